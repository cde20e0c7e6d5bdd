// Measured histories: something that was observed over time, and logs of single requests.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/trace/files.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::trace {

/// A quantity that is never negative, at increasing times. Each value holds until the next one.
struct History {
  std::string file;
  TimeScale scale = TimeScale::elapsed;
  double gap_seconds = 0.0;          ///< distance of the measurements where it is even; 0: it is not
  std::vector<double> time_seconds;  ///< strictly increasing
  std::vector<double> value;         ///< as many
  std::vector<std::size_t> line;     ///< where each stands in the file; empty for JSON
  /// The times are those of the changes themselves: events, or a log that has a row where its value changed.
  bool at_changes = false;
  bool counted = false;  ///< a demand whose values were counts
  Reading reading;

  std::size_t size() const { return value.size(); }
  /// From the first measurement to the last, and one gap more where they are even.
  double span_seconds() const;
};

/// What a history is of, from which a reader knows how its values may be named and written.
enum class Quantity { any, capacity, price, demand };

/// What the values of a demand count.
enum class RateUnit {
  per_second,
  per_minute,
  per_hour,
  per_day,
  count,   ///< requests since the value before
  counter  ///< requests since some beginning; a value below the one before begins anew
};
/// As the command line and scenarios name them, in that order.
inline constexpr const char* rate_unit_names[] = {"per-second", "per-minute", "per-hour",
                                                  "per-day",    "count",      "counter"};

/// The columns of a file; an empty name is found: of the times by name and by content, of the values where only one
/// column holds numbers. A file without a header has "column 1", "column 2", …
struct HistoryColumns {
  std::string time, value;
  Quantity quantity = Quantity::any;
  std::optional<RateUnit> unit;     ///< of a demand; absent: by the name of its column
  bool rates_unless_named = false;  ///< a demand whose column's name has no unit is taken for rates a second
};

/// Reads CSV (a time column and a value; of a capacity also events: add, remove, …) or JSON: {"metadata":
/// {"gap_seconds": 300}, "data": [1, 0, …]} (gap_seconds may also stand at the top), a range of Prometheus, statistics
/// of CloudWatch, Azure Monitor and Cloud Monitoring, pairs of time and value, objects one by one. Values of a demand
/// become requests a second. Rows without a value are left out; of several values of one instant the last counts; a
/// file with the latest first is turned round. What was done so stands in `reading`.
/// @throws FormatError with file and line (CSV) or index (JSON): times that are no times or go back, zones on some rows
/// only, values that are no numbers, negative or beyond 1e12, several columns or series or units that would do, no
/// data.
/// @throws IoError where it cannot be read.
History read_history(const std::filesystem::path& path, const HistoryColumns& columns = {},
                     Pipes pipes = Pipes::refused);
/// Likewise, of the text of a file of either kind.
History parse_history(const std::string& text, const std::string& file, const HistoryColumns& columns = {});
History parse_history_json(const std::string& text, const std::string& file, const HistoryColumns& columns = {});
History parse_history_csv(const std::string& text, const std::string& file, const HistoryColumns& columns = {});

/// "file:line" of a value, or "file: data[i]".
std::string place_of(const History& history, std::size_t index);

/// Most of the samples that may be missing from a series that is to be even.
inline constexpr double most_missing = 0.05;

/// Whether `evened` makes it even.
bool is_nearly_even(const History& history);

/// The history with its samples at even distances: those that came a little early or late are put where they belong
/// (within a fifth of the distance), and where few are missing the value before holds on. What was done so is added to
/// `reading`.
/// @throws FormatError that names the first place where the distance is another, and how many values are missing
History evened(const History& history);

/// A log of changes as samples at the distance that divides all its times (whole seconds, at most two million
/// samples).
/// @pre at_changes
History sampled_changes(const History& history);

/// The values in force at start, start + gap, … up to the last measurement, of a history that need not be even.
std::vector<double> held_values(const History& history, double gap_seconds);

/// The mean over time of a history whose values hold until the next one: to the last of them, or to `until_seconds`.
double mean_over_time(const History& history, std::optional<double> until_seconds = std::nullopt);

/// Requests, one by one, in order of time.
struct RequestLog {
  std::string file;
  TimeScale scale = TimeScale::elapsed;
  std::vector<double> time_seconds;
  std::vector<double> input_tokens, output_tokens;  ///< as many, or none
  std::size_t out_of_order = 0;  ///< how many stood later in the file than a later one; they have been sorted
  Reading reading;
};

struct LogColumns {
  std::string time, input_tokens, output_tokens;  ///< empty: found by their usual names
};

/// Of CSV, row by row, or JSON, an object a request.
/// @throws FormatError, IoError as read_history; several requests at one time are welcome
RequestLog read_request_log(const std::filesystem::path& path, const LogColumns& columns = {},
                            Pipes pipes = Pipes::refused);
RequestLog parse_request_log(const std::string& text, const std::string& file, const LogColumns& columns = {});

}  // namespace costrisk::trace
