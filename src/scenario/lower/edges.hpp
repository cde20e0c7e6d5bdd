// The steps at which something is looked at: ends of bins, ends of credits, ends of settlement periods.
#pragma once

#include <cstdint>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// The steps at which the bins of the fan charts end; the last is the horizon.
std::vector<std::int32_t> bin_edges(const Scenario& scenario);

/// Calendar months from the beginning of the month of the scenario's start to an instant, a part of a month by its
/// length.
double calendar_months(const Scenario& scenario, double seconds);

/// The step until which a plan's credit is drawn; −1 where it has none, or one that never applies.
std::int32_t credit_step(const Scenario& scenario, const Plan& plan);

struct Edges {
  std::vector<std::int32_t> steps;  ///< ascending; the last is the horizon
  std::vector<std::int32_t> bins;   ///< the bin that ends there; −1: none
};

/// The ends of bins and of credits, and where periods of budgets and of spend commitments begin and end.
Edges all_edges(const Scenario& scenario);

/// The edge, among the steps of all edges, at the first step that begins at or after an instant within the horizon.
std::int32_t edge_at(const Scenario& scenario, const std::vector<std::int32_t>& edges, double seconds);

/// The most edges that end within one tile.
std::int32_t most_edges_in_tile(const std::vector<std::int32_t>& edges);

/// Periods in which commitments are settled: clock hours where steps divide them, else steps.
struct Settlement {
  std::int32_t steps = 1;
  std::int32_t first_end = 1;  ///< the step at which the first period ends

  /// The step at which the last quarter of the periods begins, rounded up to whole ones.
  std::int32_t start_of_last_quarter(std::int64_t horizon_steps) const;
};

Settlement settlement(const Scenario& scenario);

}  // namespace costrisk::scenario
