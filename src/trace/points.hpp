// What the readers of histories have in common: points of time and value become a history.
#pragma once

#include <string>
#include <vector>

#include "src/trace/history.hpp"

namespace costrisk::trace {

struct Point {
  double seconds = 0.0, value = 0.0;
  std::size_t line = 0;  ///< in the file; 0 for JSON
};

/// What the points of a file are, besides their numbers.
struct PointsOf {
  std::string file;
  std::string column;           ///< or key, or metric, of the values
  bool in_any_order = false;    ///< sorted here; else a time that goes back is an error
  bool changes = false;         ///< the times are those of changes
  double period_seconds = 0.0;  ///< that counts are of; 0: the distance of the points
};

/// The lower median of the distances of times.
/// @pre two of them at least
double usual_gap(const std::vector<double>& times);

/// @throws FormatError where a value is negative, or beyond anything that is measured
void require_value(double value, const std::string& place);

/// The history of the points, whose reading has file, form, rows, what was taken and what was dropped so far.
/// @throws FormatError as read_history
History history_of(std::vector<Point> points, TimeScale scale, Reading reading, const PointsOf& of,
                   const HistoryColumns& columns);

}  // namespace costrisk::trace
