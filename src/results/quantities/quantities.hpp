// The catalogue of quantities: what a run says, each under the one name that files, JSON, gates and tables share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/results/estimators/evidence.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/quantities/dimensions.hpp"

namespace costrisk::results {

enum class Unit { money, hours, seconds, share, count, scenario };

/// What a quantity is, which also says how it is estimated (docs/statistics.md).
enum class Kind {
  mean,
  standard_deviation,
  extreme,  ///< lowest or highest path
  quantile,
  tail_mean,    ///< conditional value at risk
  share,        ///< of paths, runs, requests or money
  known,        ///< the same on every path
  error,        ///< standard error of another quantity
  interval_end  ///< of another quantity's 95 % interval
};

enum class Better { lower, higher, neither };

/// What plans must have for a quantity to say anything of them.
enum class Part { every_plan, commitments, discounts };

/// A row of the catalogue.
struct Quantity {
  const char* name = nullptr;
  std::vector<double> Results::*values = nullptr;
  // What tells how sure it is; null where nothing does.
  std::vector<double> Results::*error = nullptr;
  std::vector<double> Results::*low = nullptr, Results::*high = nullptr;

  const char* of = nullptr;  ///< of a standard error or an interval's end: the quantity's name

  std::vector<Dimension> dimensions;
  Unit unit = Unit::money;
  Kind kind = Kind::mean;
  Better better = Better::neither;
  Needs needs = Needs::nothing;
  Part part = Part::every_plan;
  double probability = 0.0;      ///< of a quantile or tail mean that has no dimension for it
  const char* alias = nullptr;   ///< another name in gates; with a dimension `probability` the percentage follows
  const char* title = "";        ///< in words
  const char* column = nullptr;  ///< heading of a narrow column; null: the title
  std::string description;
  const char* absent = nullptr;  ///< what NaN stands for; null: it has none but for workloads that a plan does not run
  const char* name_in_1 = nullptr;  ///< in files of format 1.x; null: the same
  const char* error_in_1 = nullptr;

  // One of these, or none where a joint evaluation fills the values in.
  CellEstimate* estimate = nullptr;
  CellEstimate* error_estimate = nullptr;
  ProbabilityEstimates* quantiles = nullptr;

  bool has(Dimension dimension) const;
  /// Whether it is a mean beyond a quantile, or an end of its interval.
  bool tail_mean() const;
  /// Whether a 95 % interval can be had.
  bool has_interval() const { return error || low; }
};

/// All rows, in the order in which files hold and documents list them.
const std::vector<Quantity>& quantities();

/// The row whose values those are.
const Quantity& quantity_of(std::vector<double> Results::*values);

/// @throws std::out_of_range for a name that is none
const Quantity& quantity_named(std::string_view name);

/// The heading of a column: `column` or else `title`.
const char* heading_of(std::vector<double> Results::*values);

/// The description with what NaN stands for: "mean work lost; NaN: the plan does not run the job".
std::string described(const Quantity& quantity);

/// The units of a quantity's values as the file names them: a currency, "h", "s" or "1".
std::string units_of(Unit unit, const std::string& currency);

}  // namespace costrisk::results
