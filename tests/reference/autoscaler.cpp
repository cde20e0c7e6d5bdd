// Windows over a history.
#include "tests/reference/autoscaler.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tests/reference/drawing.hpp"

namespace costrisk::reference {

namespace {

template <typename Better>
double best_over(const std::vector<double>& history, double window, Better&& better) {
  const double whole = std::floor(snap(window, time_tolerance / 1024.0));
  const double fraction = std::max(0.0, window - whole);
  const auto back = [&](std::size_t steps) {
    return history[history.size() - 1 - std::min(steps, history.size() - 1)];
  };
  double best = back(0);
  const auto last = static_cast<std::size_t>(whole);
  for (std::size_t steps = 1; steps <= last; ++steps) best = better(best, back(steps));
  return (1.0 - fraction) * best + fraction * better(best, back(last + 1));
}

}  // namespace

double most_over(const std::vector<double>& history, double window) {
  return best_over(history, window, [](double a, double b) { return std::max(a, b); });
}

double least_over(const std::vector<double>& history, double window) {
  return best_over(history, window, [](double a, double b) { return std::min(a, b); });
}

}  // namespace costrisk::reference
