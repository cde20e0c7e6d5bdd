// Windows over a history.
#include "tests/reference/autoscaler.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tests/reference/drawing.hpp"

namespace costrisk::reference {

namespace {

template <typename Better>
double best_over(const std::vector<double>& history, std::size_t window, Better&& better) {
  const auto back = [&](std::size_t steps) {
    return history[history.size() - 1 - std::min(steps, history.size() - 1)];
  };
  double best = back(0);
  for (std::size_t steps = 1; steps <= window; ++steps) best = better(best, back(steps));
  return best;
}

}  // namespace

WholeAndRest whole_and_rest(double steps) {
  const double whole = std::floor(snap(steps, time_tolerance / 1024.0));
  return {static_cast<std::size_t>(whole), std::max(0.0, steps - whole)};
}

double most_over(const std::vector<double>& history, double window) {
  const auto most = [&](std::size_t steps) {
    return best_over(history, steps, [](double a, double b) { return std::max(a, b); });
  };
  const auto [whole, rest] = whole_and_rest(window);
  return (1.0 - rest) * most(whole) + rest * most(whole + 1);
}

double least_over(const std::vector<double>& history, std::size_t window) {
  return best_over(history, window, [](double a, double b) { return std::min(a, b); });
}

}  // namespace costrisk::reference
