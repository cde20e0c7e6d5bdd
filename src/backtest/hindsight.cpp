// The cheapest plan for one who knows the whole trace, by dynamic programming over gaps, gaps used and starts.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "src/backtest/published_rules.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

constexpr char states[] = {'-', 's', 'd'};
/// Of sums of gaps and of costs, so that what is equal but for it counts as equal.
constexpr double rounding = 1e-9;
constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

std::string cheapest_in_hindsight(const PublishedCase& job, std::span<const char> up) {
  const auto gaps = std::min(up.size(), static_cast<std::size_t>(job.deadline_seconds / job.gap_seconds));
  const double price[] = {0.0, job.spot_price * job.gap_seconds / seconds_per_hour,
                          job.on_demand_price * job.gap_seconds / seconds_per_hour};
  // Gaps that the task takes with so many starts.
  const auto needed = [&](std::size_t starts) {
    return static_cast<std::size_t>(
        std::ceil((job.task_seconds + static_cast<double>(starts) * job.restart_seconds) / job.gap_seconds - rounding));
  };
  std::size_t most_starts = 1;
  while (most_starts < gaps && needed(most_starts + 1) <= gaps) ++most_starts;
  if (needed(1) > gaps) return {};

  if (const double cells = 3.0 * static_cast<double>(gaps) * static_cast<double>((most_starts + 1) * (gaps + 1));
      cells > 1e9)
    throw std::invalid_argument(
        "the cheapest plan in hindsight would take more than 1 GB: ask for a shorter deadline, or leave out "
        "ideal_ilp_overhead");

  // cheapest[state][starts][used]: of the gaps from `gap` on, to reach the task, when that is where one stands before
  // it.
  const std::size_t row = gaps + 1, plane = (most_starts + 1) * row;
  const auto at = [&](std::size_t state, std::size_t starts, std::size_t used) {
    return state * plane + starts * row + used;
  };
  std::vector<double> next(3 * plane), here(3 * plane);
  std::vector<std::int8_t> choice(gaps * 3 * plane);
  for (std::size_t state = 0; state < 3; ++state)
    for (std::size_t starts = 0; starts <= most_starts; ++starts)
      for (std::size_t used = 0; used <= gaps; ++used)
        next[at(state, starts, used)] = starts > 0 && used >= needed(starts) ? 0.0 : infinite;
  for (std::size_t gap = gaps; gap-- > 0;) {
    for (std::size_t state = 0; state < 3; ++state)
      for (std::size_t starts = 0; starts <= most_starts; ++starts)
        for (std::size_t used = 0; used <= gap; ++used) {
          double best = infinite;
          std::int8_t taken = 0;
          for (std::size_t to = 0; to < 3; ++to) {
            if (to == 1 && up[gap] == 0) continue;
            const std::size_t started = starts + (to != 0 && to != state ? 1 : 0);
            if (started > most_starts) continue;
            const double cost = price[to] + next[at(to, started, used + (to != 0 ? 1 : 0))];
            if (cost < best - rounding) {
              best = cost;
              taken = static_cast<std::int8_t>(to);
            }
          }
          here[at(state, starts, used)] = best;
          choice[gap * 3 * plane + at(state, starts, used)] = taken;
        }
    std::swap(here, next);
  }
  if (!(next[at(0, 0, 0)] < infinite)) return {};
  std::string plan;
  std::size_t state = 0, starts = 0, used = 0;
  for (std::size_t gap = 0; gap < gaps; ++gap) {
    const auto to = static_cast<std::size_t>(choice[gap * 3 * plane + at(state, starts, used)]);
    starts += to != 0 && to != state ? 1 : 0;
    used += to != 0 ? 1 : 0;
    state = to;
    plan += states[to];
  }
  return plan;
}

}  // namespace costrisk::backtest
