// Measured histories: something that was observed over time, and logs of single requests.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "src/trace/history_time.hpp"

namespace costrisk::trace {

/// A quantity that is never negative, at increasing times. Each value holds until the next one.
struct History {
  std::string file;
  TimeScale scale = TimeScale::elapsed;
  double gap_seconds = 0.0;          ///< distance of the measurements where it is even; 0: it is not
  std::vector<double> time_seconds;  ///< strictly increasing
  std::vector<double> value;         ///< as many
  std::vector<std::size_t> line;     ///< where each stands in the file; empty for JSON

  std::size_t size() const { return value.size(); }
  /// From the first measurement to the last, and one gap more where they are even.
  double span_seconds() const;
};

/// The columns of a CSV file; an empty name is found: the first column named time, timestamp, date or t_…, and the only
/// other one.
struct HistoryColumns {
  std::string time, value;
};

/// Reads `.json` ({"metadata": {"gap_seconds": 300}, "data": [1, 0, …]}, gap_seconds may also stand at the top) or CSV
/// (a time column and a value).
/// @throws FormatError with file and line (CSV) or index (JSON): times that are no times, come twice or go back, zones
/// on some rows only, values that are no numbers, negative or beyond 1e12, no data. @throws IoError where it cannot be
/// read.
History read_history(const std::filesystem::path& path, const HistoryColumns& columns = {});
/// Likewise, of the text of a file of either kind.
History parse_history(const std::string& text, const std::string& file, const HistoryColumns& columns = {});
History parse_history_json(const std::string& text, const std::string& file);
History parse_history_csv(const std::string& text, const std::string& file, const HistoryColumns& columns = {});

/// "file:line" of a value, or "file: data[i]".
std::string place_of(const History& history, std::size_t index);

/// @throws FormatError that names the first place where the distance is another, and how many values are missing
void require_even(const History& history);

/// The values in force at start, start + gap, … up to the last measurement, of a history that need not be even.
std::vector<double> held_values(const History& history, double gap_seconds);

/// Requests, one by one, in order of time.
struct RequestLog {
  std::string file;
  TimeScale scale = TimeScale::elapsed;
  std::vector<double> time_seconds;
  std::vector<double> input_tokens, output_tokens;  ///< as many, or none
  std::size_t out_of_order = 0;  ///< how many stood later in the file than a later one; they have been sorted
};

struct LogColumns {
  std::string time, input_tokens, output_tokens;  ///< empty: found by their usual names
};

/// @throws FormatError, IoError as read_history; several requests at one time are welcome
RequestLog read_request_log(const std::filesystem::path& path, const LogColumns& columns = {});
RequestLog parse_request_log(const std::string& text, const std::string& file, const LogColumns& columns = {});

}  // namespace costrisk::trace
