// Variants of a scenario: plans with other values, put beside one another in one scenario so that they meet the same
// world and share what they have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "src/decide/observe.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/assignment.hpp"

namespace costrisk::decide {

/// Loads the scenario with more assignments after its own.
/// @throws scenario::InvalidScenario
using Loader = std::function<scenario::Scenario(const scenario::Assignments& assignments)>;

/// Most plans of one run.
inline constexpr std::size_t most_plans = 64;

/// A plan of a variant of the scenario that differs from it in its plans alone.
struct Candidate {
  const scenario::Plan* plan = nullptr;
  std::size_t of = 0;  ///< the plan of the scenario that it was made of
};

/// The scenario with these plans in place of its own, named "0", "1", …: items that only some plans pay are paid by
/// what was made of these.
scenario::Scenario beside_one_another(const scenario::Scenario& scenario, const std::vector<Candidate>& candidates);

/// Records of the candidates over the same futures, in batches of most_plans. Where it was stopped, those of the
/// batches that were done (of a first batch, of the paths that were done); the others are empty.
std::vector<Record> observe_candidates(const scenario::Scenario& scenario, const std::vector<Candidate>& candidates,
                                       const Sampling& sampling);

}  // namespace costrisk::decide
