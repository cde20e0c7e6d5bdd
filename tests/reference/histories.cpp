// A trace is a function of time that jumps; all else is looking it up.
#include "tests/reference/histories.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace costrisk::reference {

namespace {

using scenario::History;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double day_seconds = 86'400.0;

/// A trace over steps of a length, in seconds since its first value.
class Measured {
 public:
  Measured(const History& history, double step) : trace_(*history.trace), step_(step) {}

  std::int64_t steps() const {
    return static_cast<std::int64_t>(std::floor(trace_.span_seconds() / step_ + tolerance));
  }
  double held(std::int64_t step) const { return trace_.value[in_force(step)]; }
  double least(std::int64_t step) const {
    const std::size_t from = in_force(std::max<std::int64_t>(0, step - 1)), to = in_force(step);
    return *std::min_element(trace_.value.begin() + static_cast<std::ptrdiff_t>(from),
                             trace_.value.begin() + static_cast<std::ptrdiff_t>(to) + 1);
  }
  /// What begins between the start of the step and that of the next.
  std::vector<MeasuredFall> within(std::int64_t step) const {
    std::vector<MeasuredFall> values;
    for (std::size_t i = in_force(step) + 1; i < trace_.size(); ++i) {
      const double offset = seconds(i) / step_ - static_cast<double>(step);
      if (offset >= 1.0) break;
      values.push_back({offset, trace_.value[i]});
    }
    return values;
  }
  double average(std::int64_t step) const {
    const double begin = static_cast<double>(step) * step_, end = begin + step_;
    double sum = 0.0;
    for (std::size_t i = in_force(step); i < trace_.size() && seconds(i) < end; ++i) {
      const double until = i + 1 < trace_.size() ? seconds(i + 1) : infinity;
      sum += trace_.value[i] * std::max(0.0, std::min(end, until) - std::max(begin, seconds(i)));
    }
    return sum / step_;
  }
  double highest() const { return *std::max_element(trace_.value.begin(), trace_.value.end()); }

 private:
  static constexpr double tolerance = 1.0 / 1024.0;

  /// An instant within the tolerance of a step's start is that start.
  double seconds(std::size_t i) const {
    const double seconds = trace_.time_seconds[i] - trace_.time_seconds[0];
    const double start = std::round(seconds / step_) * step_;
    return std::abs(seconds - start) <= tolerance * step_ ? start : seconds;
  }
  std::size_t in_force(std::int64_t step) const {
    const double time = trace_.time_seconds[0] + (static_cast<double>(step) + tolerance) * step_;
    const auto later = std::upper_bound(trace_.time_seconds.begin(), trace_.time_seconds.end(), time);
    return static_cast<std::size_t>(later - trace_.time_seconds.begin()) - 1;
  }

  const trace::History& trace_;
  double step_;
};

std::int64_t one_of(Stream& stream, std::int64_t count) {
  return static_cast<std::int64_t>(stream.uniform() * static_cast<double>(count));
}

}  // namespace

/// Those of the same name, or of the same file, that are sampled alike.
std::vector<const History*> HistoryDrawer::drawn_with(const History& history, bool& any_demand) const {
  std::vector<const History*> members;
  const auto visit = [&](const std::optional<History>& other, bool is_demand, bool is_capacity) {
    if (!other || other->sampling != history.sampling) return;
    if (history.sampling == History::Sampling::replay) {
      if (other->every_seconds != history.every_seconds) return;
    } else {
      if (is_capacity && history.sampling == History::Sampling::bootstrap) return;
      if (other->joint != history.joint || other->block_seconds != history.block_seconds) return;
      if (history.joint.empty() && other->content_sha256 != history.content_sha256) return;
    }
    members.push_back(&*other);
    any_demand = any_demand || is_demand;
  };
  for (const scenario::Market& market : scenario_.markets) {
    if (!market.spot) continue;
    visit(market.spot->price_history, false, false);
    visit(market.spot->capacity_history, false, true);
  }
  for (const scenario::Demand& demand : scenario_.demands) visit(demand.history, true, false);
  return members;
}

/// Of histories that are not drawn run by run: the step of the trace that each step of the horizon shows.
std::vector<std::int64_t> HistoryDrawer::steps_shown(const History& history) const {
  const double step = scenario_.step_seconds;
  const std::int64_t horizon = scenario_.steps();
  bool any_demand = false;
  const std::vector<const History*> members = drawn_with(history, any_demand);
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
  for (const History* member : members) {
    const std::int64_t skipped = std::llround(member->offset_seconds / step);
    shortest = std::min(shortest, Measured(*member, step).steps() - skipped);
  }
  std::string role = history.joint.empty() ? history.content_sha256 : history.joint;
  for (const double part : {static_cast<double>(history.sampling), history.block_seconds})
    role += "/" + std::to_string(part);
  Stream stream = streams_("history/" + role);

  std::vector<std::int64_t> shown;
  const auto show = [&](std::int64_t first, std::int64_t count) {
    for (std::int64_t k = 0; k < count && static_cast<std::int64_t>(shown.size()) < horizon; ++k)
      shown.push_back(first + k);
  };
  switch (history.sampling) {
    case History::Sampling::replay: {
      std::int64_t first = std::llround(history.offset_seconds / step);
      if (history.every_seconds) {
        const std::int64_t every = std::llround(*history.every_seconds / step);
        const std::int64_t fit = (shortest - horizon) / every + 1;
        first += static_cast<std::int64_t>(streams_.path % static_cast<std::uint64_t>(fit)) * every;
      }
      show(first, horizon);
      break;
    }
    case History::Sampling::window: {
      std::vector<std::int64_t> starts;
      for (std::int64_t k = 0; k <= shortest - horizon; ++k) {
        const double days = std::round(static_cast<double>(k) * step / day_seconds);
        if (!any_demand || std::llround(days * day_seconds / step) == k) starts.push_back(k);
      }
      show(starts[static_cast<std::size_t>(one_of(stream, static_cast<std::int64_t>(starts.size())))], horizon);
      break;
    }
    case History::Sampling::bootstrap: {
      const std::int64_t block = std::llround(history.block_seconds / step);
      const bool on_days = any_demand && std::fmod(history.block_seconds, day_seconds) == 0.0;
      while (static_cast<std::int64_t>(shown.size()) < horizon)
        show(on_days ? block * one_of(stream, shortest / block) : one_of(stream, shortest - block + 1), block);
    }
  }
  return shown;
}

/// Run by run, each from its own beginning on, with and without capacity in turn.
/// The instances that counts are cut at which never come to 0.
double HistoryDrawer::smallest_gang(const std::string& market) const {
  const auto is_it = [&](int index) { return scenario_.markets.at(static_cast<std::size_t>(index)).name == market; };
  double smallest = infinity;
  for (const scenario::Plan& plan : scenario_.plans) {
    for (const auto& service : plan.services)
      for (const auto& pool : service.pools)
        if (is_it(pool.market)) return 1.0;
    for (const auto& job : plan.jobs) {
      bool runs_here = false;
      for (const int index : job.markets) runs_here = runs_here || is_it(index);
      for (const auto& purchase : job.purchases) runs_here = runs_here || is_it(purchase.market);
      if (runs_here) smallest = std::min(smallest, static_cast<double>(job.instances));
    }
  }
  return smallest < infinity ? smallest : 1.0;
}

std::vector<std::int64_t> HistoryDrawer::runs_shown(const History& history, const std::string& market) const {
  const Measured measured(history, scenario_.step_seconds);
  const std::int64_t horizon = scenario_.steps();
  double least_up = 1.0;
  std::vector<std::vector<std::int64_t>> ups, downs;
  std::int64_t last_begins = 0;
  const auto cut = [&] {
    ups.clear();
    downs.clear();
    std::vector<std::int64_t> run;
    bool whole = false, was_up = measured.held(0) >= least_up;
    const auto close = [&] {
      if (whole) (was_up ? ups : downs).push_back(run);
      run.clear();
      whole = true;
    };
    for (std::int64_t k = 0; k < measured.steps(); ++k) {
      const bool up = measured.held(k) >= least_up;
      const bool unseen = up && was_up && measured.least(k) < least_up;
      if (unseen || up != was_up) close();
      if (unseen) downs.emplace_back();
      was_up = up;
      run.push_back(k);
    }
    last_begins = run.empty() ? measured.steps() : run.front();
  };
  cut();
  if (measured.highest() > 1.0 && (ups.empty() || downs.empty())) {
    least_up = smallest_gang(market);
    cut();
  }

  std::vector<std::int64_t> shown;
  const auto show = [&](const std::vector<std::int64_t>& steps, std::size_t from) {
    for (std::size_t i = from; i < steps.size() && static_cast<std::int64_t>(shown.size()) < horizon; ++i)
      shown.push_back(steps[i]);
  };
  Stream stream = streams_("history/" + market + "/runs");
  // Any step of a whole run may be the first.
  std::vector<std::pair<const std::vector<std::int64_t>*, std::size_t>> beginnings;
  for (const auto* kind : {&ups, &downs})
    for (const auto& steps : *kind)
      for (std::size_t i = 0; i < steps.size(); ++i) beginnings.emplace_back(&steps, i);
  if (beginnings.empty() || last_begins == 0) throw std::runtime_error("a trace without whole runs");
  const auto [first, place] =
      beginnings[static_cast<std::size_t>(one_of(stream, static_cast<std::int64_t>(beginnings.size())))];
  bool up = measured.held(first->front()) >= least_up;
  show(*first, place);
  while (static_cast<std::int64_t>(shown.size()) < horizon) {
    up = !up;
    const auto& kind = up ? ups : downs;
    show(kind[static_cast<std::size_t>(one_of(stream, static_cast<std::int64_t>(kind.size())))], 0);
  }
  return shown;
}

std::vector<double> HistoryDrawer::rates(const History& history) const {
  const Measured measured(history, scenario_.step_seconds);
  std::vector<double> result;
  for (const std::int64_t step : steps_shown(history)) result.push_back(measured.average(step));
  return result;
}

MeasuredCapacity HistoryDrawer::capacity(const History& history, const std::string& market) const {
  const Measured measured(history, scenario_.step_seconds);
  const bool counts = measured.highest() > 1.0, by_runs = history.sampling == History::Sampling::bootstrap;
  const auto instances = [&](double value) { return counts || value < 1.0 ? value : infinity; };
  MeasuredCapacity result;
  for (const std::int64_t step : by_runs ? runs_shown(history, market) : steps_shown(history)) {
    result.held.push_back(instances(measured.held(step)));
    result.least.push_back(instances(measured.least(step)));
    result.falls.push_back(measured.within(step));
    for (MeasuredFall& fall : result.falls.back()) fall.left = instances(fall.left);
  }
  return result;
}

}  // namespace costrisk::reference
