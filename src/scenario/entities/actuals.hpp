// What was paid until an instant, from bills. The futures are simulated from there on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/values.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::scenario {

struct Scenario;

/// The owner of what a bill charges to nobody.
inline constexpr std::string_view untagged_owner = "untagged";

/// What bills come to until an instant, in micro-units. All sums are of the same integers.
struct Paid {
  /// Rows that are not in the sums, or in part, and what of their cost that is.
  struct Apart {
    std::size_t rows = 0;
    double cost = 0.0;
  };

  std::vector<std::string> owners;       ///< sorted
  std::vector<std::int32_t> ends;        ///< steps at which the stretches of time end; the last is `until`
  std::vector<std::int64_t> micros;      ///< [stretch][owner][category]
  std::vector<trace::Reading> readings;  ///< a file each
  std::vector<std::string> sha256;       ///< of each file's text
  std::size_t rows = 0, copies = 0;      ///< of all files; left out, since they stand in the files twice
  double copied_cost = 0.0;
  Apart before, after;        ///< the scenario's start; `until`
  double credits = 0.0;       ///< of the sums: charges of category Credit
  double corrections = 0.0;   ///< of the sums: corrections, refunds and adjustments
  double data_total = 0.0;    ///< of all files, whenever it was
  std::vector<bool> has_day;  ///< of the days from the start until `until`: whether a row, of a month at most, is of it

  /// Days since the start, [first, last).
  struct Days {
    std::size_t first = 0, last = 0;
    std::size_t count() const { return last - first; }
  };
  /// Stretches of days without a row, in order.
  std::vector<Days> gaps() const;
  /// Of all stretches that end after the step `from`, and at `until` or before.
  /// @param owner an index of owners; −1: all
  /// @param categories a bit each
  std::int64_t sum(std::int32_t from, std::int32_t until, int owner, std::uint32_t categories) const;
};
inline constexpr std::uint32_t all_categories = (1u << category_count) - 1;

struct Actuals {
  std::vector<std::string> bill;  ///< as the scenario file itself would write the paths
  double until_seconds = 0.0;
  std::string owner_tag, owner_column;
  std::vector<std::pair<int, double>> measured;  ///< demand, its base at `until`
  std::vector<std::pair<int, double>> done;      ///< job, share of its work
  std::vector<std::string> paths;                ///< of the bills, resolved against the folder of the file
  std::shared_ptr<const Paid> paid;              ///< what they hold; absent where files are left unread

  static constexpr std::string_view table_name = "actuals";
  template <class Rows>
  static void fields(Rows& row) {
    row.paths("bill", &Actuals::bill,
              {.about = "bills in the FOCUS format, one file or several, relative to this file", .required = true});
    row.instant("until", &Actuals::until_seconds,
                {.about = "what was charged until then is as it was; the futures are simulated from there on",
                 .range = positive,
                 .required = true});
    row.text("owner_tag", &Actuals::owner_tag,
             {.about = "the key of the bill's tags that names the owner; absent: nobody does"});
    row.text("owner_column", &Actuals::owner_column, {.about = "a column of the bill in its place"});
    row.numbers_by_name("measured", &Actuals::measured, Kind::demand,
                        {.about = "requests per second at until, by demand, in place of its base grown until then",
                         .range = non_negative});
    row.numbers_by_name(
        "done", &Actuals::done, Kind::job,
        {.about = "share of the work that is done at until, by job that began before it", .range = shares});
    row.alternatives({{"owner_tag"}, {"owner_column"}}, false);
    row.derived(&Actuals::paths, &Actuals::paid);
  }
};

extern template const TableOf<Actuals>& table_of<Actuals>();

/// Fills in the paths of the bills, and notes which values do not fit the scenario.
void complete(const TableReader& table, Actuals& actuals, const Scenario& scenario);

}  // namespace costrisk::scenario
