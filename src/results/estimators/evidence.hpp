// What the formulas of the catalogue are made of: the sums over paths, and how they become numbers with units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/quantities/dimensions.hpp"
#include "src/results/sums/histogram.hpp"
#include "src/results/sums/money.hpp"
#include "src/results/sums/numbers.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

/// What a scenario must have for a quantity to exist.
enum class Needs { nothing, budget, tokens, latency, drivers, budgets, actuals };

/// The tally, and the results as far as they are evaluated: labels, units, and the quantities that stand before.
struct Evidence {
  Evidence(const Tally& all, const Results& so_far);

  const Tally& tally;
  const TallyData& sums;
  const Results& results;
  const ResultsContext& context;
  std::uint64_t n = 0;  ///< paths
  double hours_per_tick = 0.0;

  bool has(Needs needs) const;

  /// The place of a cell in an array of the tally over these dimensions.
  std::size_t at(const Cell& cell, const std::vector<Dimension>& over) const { return place_of(results, cell, over); }

  // The component as which the plan of a cell runs its job or service; −1: it does not.
  int job(const Cell& cell) const;
  int service(const Cell& cell) const;

  /// A count of paths as a share of all; NaN without paths.
  double share(std::uint64_t count) const;

  /// Instance-ticks that a plan holds of a market, bought one way.
  Int128 use(const Cell& cell) const;

  // Quantiles at each probability.
  std::vector<double> money_quantiles(const Histogram& histogram) const;
  /// Of what only some paths have: the others stand at infinity.
  std::vector<double> quantiles_of_all(const Histogram& some, const std::function<double(double)>& in_units) const;
  std::vector<double> no_quantiles() const;

  /// Whether the service of a cell has a latency.
  bool has_latency(const Cell& cell) const;
  /// Seconds that a share of the requests take at most, at each probability.
  std::vector<double> latency_quantiles(const Cell& cell) const;
};

/// part / whole; `of_nothing` where the whole is zero.
double ratio(Int128 part, Int128 whole, double of_nothing);

/// Sums of the cost of one plan less that of another.
Moments difference_of_costs(const Tally& tally, std::size_t plan, std::size_t other);

/// A value of a cell.
using CellEstimate = double(const Evidence&, const Cell&);
/// The values of a cell at each probability.
using ProbabilityEstimates = std::vector<double>(const Evidence&, const Cell&);

}  // namespace costrisk::results
