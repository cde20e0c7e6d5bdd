// Charts of lines that stand still, which the pages of single futures have, and how plans look on every page.
#pragma once

#include <string>
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
};

struct LineChart {
  Axis x, y;
  std::vector<Line> lines;
  std::vector<Mark> marks;
};

struct Chart {
  std::string id, title;
  std::string description;  ///< what a reader who cannot see it should know
  LineChart drawing;
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

/// An svg element 720 units wide, coloured by the page's style sheet.
std::string static_chart(const Chart& chart, const std::vector<PlanStyle>& plans);

}  // namespace costrisk::present::html
