// What remains of a scenario whose first part is known from bills, and what that part adds to each future of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/output.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// The scenario as it goes on at `[actuals] until`, as one that starts there; nothing where it has no actuals, or is
/// itself what remains of one. Entities keep their places.
std::optional<Scenario> remaining(const Scenario& scenario);

/// The same, or the scenario itself.
Scenario simulated(const Scenario& scenario);

/// Of what remains of a scenario: what was paid before its start, in micro-units; 0 of others.
/// @param categories a bit each
std::int64_t paid_before(const Scenario& rest, std::uint32_t categories = all_categories);

/// What was paid, as it is added to each future of what remains. Money in micro-units.
struct Past {
  Shape shape;             ///< of results: that of what remains, with the bins and periods that are over
  std::int32_t steps = 0;  ///< from the start to that of what remains
  std::int64_t cost = 0;
  std::vector<std::int64_t> category, owner;
  std::vector<std::int64_t> bins;  ///< of the bins that are over: the cost up to their ends

  struct Period {
    int budget = 0;
    std::int64_t amount = 0, cost = 0;  ///< of the budget; what was paid in the period
    bool is_over = false;               ///< in time: nothing of it remains
  };
  std::vector<Period> periods;  ///< all of them
};

/// @param owners of results
/// @param rest   the shape of what remains
/// @pre the bills have been read
Past past_of(const Scenario& scenario, const std::vector<std::string>& owners, const Shape& rest);

/// A line of what becomes of a demand that starts before `until`, for each: what it is there.
struct Continued {
  std::string demand;
  double base = 0.0;         ///< requests per second at `until`, without profile, noise and bursts
  bool is_measured = false;  ///< else as it was planned, grown at the median rate
};
std::vector<Continued> continued_demands(const Scenario& scenario);

}  // namespace costrisk::scenario
