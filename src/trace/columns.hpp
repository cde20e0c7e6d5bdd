// Which column of a table holds what: by its name and by what stands in it, and only where one alone will do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/trace/csv.hpp"
#include "src/trace/history_time.hpp"

namespace costrisk::trace {

/// First rows of a file by which its columns are judged.
inline constexpr std::size_t judged_rows = 1000;

/// A name in lower case, of its letters and digits alone: "createdat" of "created_at" and "Created At".
std::string plain_name(std::string_view name);

/// Whether the plain name is one of these.
bool is_one_of(std::string_view plain, const std::vector<std::string_view>& names);

/// How the numbers of a column of times are to be taken.
struct TimeForm {
  double seconds = 1.0;        ///< of one unit, where numbers count from a zero of the file's own
  bool calendar_days = false;  ///< numbers such as 20260105 are days
};

/// A column that holds times.
struct TimeColumn {
  std::size_t column = 0;
  std::optional<std::size_t> clock;  ///< a column with the time of the day, beside one of dates
  TimeForm form;
};

/// The times of rows, which are to be of one kind.
class TimeReader {
 public:
  TimeReader(const CsvTable& table, TimeColumn column) : table_(table), column_(column) {}

  /// @throws FormatError with the row's place
  double seconds(const CsvRow& row);
  TimeScale scale() const { return scale_.value_or(TimeScale::elapsed); }
  /// "seconds since 1970", "dates, UTC": what the times were taken for.
  std::string form() const;

 private:
  const CsvTable& table_;
  TimeColumn column_;
  std::optional<TimeScale> scale_;
  double divisor_ = 1.0;  ///< of numbers since 1970
  bool numbers_ = false;
};

/// The column of the times: the one named, or the only one that by its name and by its first rows holds instants.
/// Durations (runtime, latency, response_time, …) are none.
/// @param rows the first rows of the file
/// @throws FormatError that names those that would do, and the option that chooses
TimeColumn time_column(const CsvTable& table, const std::vector<CsvRow>& rows, const std::string& named);

/// A number, or a word for one or zero (true, false, up, down, yes, no); nothing otherwise.
std::optional<double> value_of(std::string_view cell);

/// Columns, other than `time`, whose first rows hold values (or nothing).
std::vector<std::size_t> value_columns(const CsvTable& table, const std::vector<CsvRow>& rows, const TimeColumn& time);

/// The names of columns, with commas.
std::string names_of(const CsvTable& table, const std::vector<std::size_t>& columns);

}  // namespace costrisk::trace
