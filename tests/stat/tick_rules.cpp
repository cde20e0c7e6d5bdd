// The published tick rules, told once more.
#include "tests/stat/tick_rules.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace costrisk::stat {

namespace {

constexpr char idle = '-', spot = 's', demand = 'd';

double gaps_up(double x) { return std::abs(x - std::round(x)) <= 1.0 / 1024 ? std::round(x) : std::ceil(x); }
double gaps_down(double x) { return std::abs(x - std::round(x)) <= 1.0 / 1024 ? std::round(x) : std::floor(x); }

}  // namespace

TickOutcome replay(const TickCase& c, const std::vector<char>& up) {
  TickOutcome result;
  const double tolerance = c.gap / 1024;
  double done = 0, rem = 0;
  char state = idle;
  for (std::size_t t = 0; t < up.size(); ++t) {
    const double elapsed = static_cast<double>(t) * c.gap;
    const bool has_spot = up[t] != 0;
    const char last = state;
    if (state == spot && !has_spot) {
      state = idle;
      ++result.preemptions;
    }
    const double left = c.task - done;
    const double room = gaps_down((c.deadline - elapsed) / c.gap);
    const bool tight = gaps_up((left + c.restart) / c.gap) >= room;
    const bool nearly = gaps_up((left + 2 * c.restart) / c.gap) >= room;

    char want = has_spot ? spot : idle;
    if (c.uniform_progress) {
      if (done - elapsed * c.task / c.deadline < -tolerance) want = has_spot ? spot : demand;
      const bool leave = has_spot && (elapsed + 2 * c.restart) * c.task / c.deadline - done < -tolerance;
      if (state == demand && !leave) want = demand;
    }
    if (nearly && state != spot) want = demand;
    if (tight) want = state == spot && rem == 0 ? spot : demand;
    if (left > tolerance && tight) want = last == spot && rem == 0 ? spot : demand;
    if (want == spot && !has_spot) want = idle;

    if (want != idle && want != state) rem = c.restart;
    state = want;
    if (state == idle) {
      ++result.idle_gaps;
      continue;
    }
    ++(state == spot ? result.spot_gaps : result.on_demand_gaps);
    const double work = std::max(c.gap - rem, 0.0);
    if (done + work >= c.task - 1e-9 * c.gap) {
      result.finish = elapsed + rem + (c.task - done);
      return result;
    }
    done += work;
    rem -= c.gap - work;
    if (rem < 1e-3) rem = 0;
  }
  throw std::runtime_error("the capacity pattern ends before the task does");
}

}  // namespace costrisk::stat
