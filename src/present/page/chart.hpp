// What the charts of the page show, apart from how they are drawn: svg.cpp draws them as they stand, and the page's own
// script draws them so that they answer to the reader.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace costrisk::present::html {

struct Tick {
  double at = 0.0;
  std::string label;  ///< of one or two lines
};

struct Axis {
  enum class Kind { money, share, time, number };
  std::string title;
  Kind kind = Kind::number;
  double low = 0.0, high = 1.0;
  double divisor = 1.0;     ///< what ticks are labelled in
  int decimals = 0;         ///< of the labels
  std::vector<Tick> ticks;  ///< where these are given; otherwise round numbers
};

/// A line across the whole chart, such as a deadline.
struct Mark {
  enum class Direction { vertical, horizontal };
  Direction direction = Direction::vertical;
  double at = 0.0;
  std::string label;
};

struct Line {
  int plan = 0;
  std::vector<double> x, y;
  std::vector<double> low = {}, high = {};  ///< an interval about y; empty without one
};

struct LineChart {
  Axis x, y;
  std::vector<Line> lines;
  std::vector<Mark> marks;
  bool budget = false;  ///< the chart that carries the budget line
};

/// The space between two quantiles over time.
struct Band {
  std::string label;
  std::vector<double> low, high;
};

/// The spread of one plan's cost over time.
struct FanChart {
  Axis x, y;
  int plan = 0;
  std::vector<double> time;
  std::vector<Band> bands;  ///< widest first
  std::vector<double> median;
  std::vector<Mark> marks;
};

/// How the cost of a plan is distributed: a row of its own, heights relative to the highest.
struct Ridge {
  int plan = 0;
  double first = 0.0, width = 0.0;  ///< left edge of the first bin, and the bins' width
  std::vector<double> heights;
  double p10 = 0.0, p50 = 0.0, p90 = 0.0;
};

struct RidgeChart {
  Axis x;
  std::vector<Ridge> ridges;
  std::vector<Mark> marks;
};

/// A bar a plan, made of parts.
struct StackChart {
  Axis x;
  std::vector<std::string> parts;
  std::vector<int> styles;  ///< [part]: which of the part colours
  struct Bar {
    int plan = 0;
    std::vector<double> values;  ///< [part]; negative ones stack to the left
  };
  std::vector<Bar> bars;
};

/// Figures with intervals, in groups.
struct RangeChart {
  Axis x;
  std::vector<std::string> groups;
  struct Range {
    int plan = 0;
    int group = 0;
    double low = 0.0, middle = 0.0, high = 0.0;
  };
  std::vector<Range> ranges;
  std::string words;  ///< what low, middle and high are: "P10, P50 and P90"
  std::vector<Mark> marks;
};

/// Cost period by period: a column each, its lower part up to the median, its upper part up to a high quantile.
struct ColumnChart {
  Axis x, y;
  int plan = 0;
  std::vector<double> edges;  ///< hours: the periods lie between them
  std::vector<double> middle, high;
  std::string middle_words, high_words;  ///< "P50", "P90"
  std::vector<double> pace;              ///< what each period may cost; empty without
  std::string pace_words;
};

/// What a plan costs on average at either end of each unknown, the others left as they come.
struct TornadoChart {
  Axis x;
  int plan = 0;
  double middle = 0.0;  ///< the plan's mean
  struct Bar {
    std::string label;
    double low = 0.0, high = 0.0;                            ///< mean cost where the unknown is lowest, and highest
    std::vector<std::pair<std::string, std::string>> notes;  ///< further figures, each with its name
  };
  std::vector<Bar> bars;
};

struct ScatterChart {
  Axis x, y;
  struct Dot {
    int plan = 0;
    double x = 0.0, y = 0.0;
  };
  std::vector<Dot> dots;
  std::vector<int> frontier;  ///< plans that no other one beats in both, in ascending order of x
};

using Drawing =
    std::variant<LineChart, FanChart, RidgeChart, StackChart, RangeChart, ScatterChart, ColumnChart, TornadoChart>;

struct Chart {
  std::string id, title;
  std::string description;  ///< what a reader who cannot see it should know
  int plan = -1;            ///< the one plan that it is of; −1: all
  Drawing drawing;
};

/// How the plans look wherever they appear.
struct PlanStyle {
  std::string name;
  bool shown = true;  ///< at first
};

/// Colours that colour-blind readers can distinguish; further plans repeat them with other dashes.
inline constexpr int color_count = 8;
inline constexpr int dash_count = 4;
inline int color_of(int plan) { return plan % color_count; }
inline int dash_of(int plan) { return plan / color_count % dash_count; }

/// An svg element 720 units wide, coloured by the page's style sheet. Plans that are not shown at first are left out.
std::string static_chart(const Chart& chart, const std::vector<PlanStyle>& plans);

/// {"id", "kind", "plan", axes, series}; numbers that do not exist or are infinite are null.
nlohmann::ordered_json chart_json(const Chart& chart);

/// A number to so many digits, of which curves need no more than a screen can show.
double rounded(double value, int digits = 6);

}  // namespace costrisk::present::html
