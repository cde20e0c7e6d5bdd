// Plots as static SVG in a page of HTML that stands alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace costrisk::calibrate {

struct Series {
  enum class Mark { line, steps, bars, points };
  std::string name;
  Mark mark = Mark::line;
  std::vector<std::pair<double, double>> points;  ///< in order of x
};

enum class Axis { linear, logarithmic };

struct Chart {
  std::string title, x_label, y_label;
  Axis x_axis = Axis::linear;
  std::vector<Series> series;
  bool from_zero = true;  ///< the y axis begins at zero
};

/// A table of words and figures beside the plots and on stderr.
struct Table {
  std::string title;
  std::vector<std::string> columns;  ///< the first one is set to the left, the others to the right
  std::vector<std::vector<std::string>> rows;
};

/// A page that loads nothing and runs no script.
/// @param fragment of a scenario, at the end; empty: none
/// @param lead what to know before reading; empty: nothing
/// @param command the command whose page it is
std::string html_page(const std::string& title, const std::vector<Chart>& charts, const std::vector<Table>& tables,
                      const std::string& fragment, const std::string& lead = "",
                      const std::string& command = "calibrate");

}  // namespace costrisk::calibrate
