// What a calibration or a backtest has to say, in every form it is said in.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "src/calibrate/mean_check.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::present {

struct Series {
  enum class Mark { line, steps, bars, points };
  std::string name;
  Mark mark = Mark::line;
  std::vector<std::pair<double, double>> points;  ///< in order of x
};

struct Plot {
  std::string title, x_label, y_label;
  enum class Scale { linear, logarithmic };
  Scale x_scale = Scale::linear;
  std::vector<Series> series;
  bool from_zero = true;  ///< the y axis begins at zero
  /// Names of the places 1, 2, … of x, of which each has a row of its own; steps begin and end at totals.
  std::vector<std::string> rows = {};
  /// With these, in place of series, a value for each row and column: the darker, the more.
  std::vector<std::string> columns = {};
  std::vector<std::vector<double>> cells = {};
};

/// A table of words and figures beside the plots and on stderr.
struct PlainTable {
  std::string title;
  std::vector<std::string> columns;  ///< the first one is set to the left, the others to the right
  std::vector<std::vector<std::string>> rows;
};

struct Findings {
  std::string title;
  std::string toml;                   ///< a fragment of a scenario, with comments
  std::vector<PlainTable> tables;     ///< estimates and goodness of fit
  std::vector<std::string> notes;     ///< how the data were taken
  std::vector<std::string> warnings;  ///< why the fit may not hold
  std::vector<Plot> plots;
  std::vector<trace::Reading> readings;     ///< what the files were taken for
  std::vector<calibrate::MeanCheck> means;  ///< what the data came to beside what the fragment does
  nlohmann::ordered_json json;
};

/// Puts what was read, and the means of the data beside those of the fragment, into notes, warnings and tables.
void add_readings(Findings& findings);

/// Why the fragment is not to be used unless that is asked for; empty where its means are near those of the data.
std::string refusal(const Findings& findings);

/// Every figure, note and warning and the fragment, as the text of a JSON document.
std::string json_text(const Findings& findings);

/// The table as lines of text, below its title.
/// @param bold whether the header is set in bold by terminal codes
std::string table_text(const PlainTable& table, bool bold);

/// "5.4 (4.8 – 6.1)"
std::string estimate_text(const results::Estimate& estimate, int digits = 3);
nlohmann::ordered_json estimate_json(const results::Estimate& estimate);
/// "+10 % a month", "−3 % a month".
std::string growth_text(double per_month);
/// "0.03"; "≤ 0.0001" for what is no larger than `smallest`, the least that the test can give.
std::string p_text(double p, double smallest = 1e-4);

}  // namespace costrisk::present
