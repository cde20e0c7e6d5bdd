// Each roof is the best of many short repetitions, since whatever disturbs a loop makes it slower.
#include "src/course/ladder_roofs.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include "src/run/stopwatch.hpp"

namespace costrisk::course {

namespace {

/// The best rate of `work`, which does `amount` of it.
template <class Work>
double best_rate(double amount, int repetitions, Work work) {
  double best = 0.0;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const auto start = run::SteadyClock::now();
    work();
    best = std::max(best, amount / run::seconds_since(start));
  }
  return best;
}

}  // namespace

double measure_issue_rate(const ladder::RoofLoops& roofs) {
  constexpr int rounds = 200'000;
  volatile float keep = 0.0f;
  return best_rate(static_cast<double>(rounds) * ladder::issue_operations, 200, [&] { keep = roofs.issue(rounds); });
}

double measure_draw_rate(const ladder::RoofLoops& roofs) {
  constexpr int blocks = 20'000;
  volatile float keep = 0.0f;
  return best_rate(4.0 * blocks * roofs.lanes, 200, [&] { keep = roofs.draw(blocks); });
}

double measure_memory_rate() {
  constexpr std::size_t bytes = std::size_t{96} << 20u;
  const auto from = std::make_unique<char[]>(bytes), to = std::make_unique<char[]>(bytes);
  volatile char keep = 0;
  return best_rate(2.0 * static_cast<double>(bytes), 10, [&] {
    std::memcpy(to.get(), from.get(), bytes);
    keep = to[bytes / 2];
  });
}

}  // namespace costrisk::course
