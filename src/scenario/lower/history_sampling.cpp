// Starts, blocks and runs, history by history, after those drawn together have been found.
#include "src/scenario/lower/history_sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

constexpr std::int64_t most_steps = 1 << 24;
constexpr double most_instances = 0x1p24;

/// Histories that begin at the same places.
struct Group {
  std::int64_t steps = std::numeric_limits<std::int64_t>::max();  ///< of its shortest
  bool whole_days = false;                                        ///< one of them is a demand
  const SampledHistory* first = nullptr;
};

class Sampler {
 public:
  explicit Sampler(const Scenario& scenario) : scenario_(scenario), horizon_(scenario.steps()) {
    each_history(scenario, [&](const HistoryPlace& place, const History& history) {
      SampledHistory sampled;
      sampled.place = place;
      sampled.history = &history;
      histories_.push_back(std::move(sampled));
    });
  }

  std::vector<SampledHistory> run() {
    for (SampledHistory& sampled : histories_) bring_to_grid(sampled);
    for (const SampledHistory& sampled : histories_)
      if (!sampled.problem) join(sampled);
    for (SampledHistory& sampled : histories_)
      if (!sampled.problem) place_starts(sampled);
    return std::move(histories_);
  }

 private:
  static bool is_of_runs(const SampledHistory& sampled) {
    return sampled.place.role == HistoryRole::capacity && sampled.history->sampling == History::Sampling::bootstrap;
  }

  std::string text_of(std::int64_t steps) const {
    return duration_text(std::round(static_cast<double>(steps) * scenario_.step_seconds));
  }

  /// A duration in steps; a problem where it is no whole number of them.
  std::int64_t whole_steps(SampledHistory& sampled, const char* key, double seconds) const {
    const double steps = seconds / scenario_.step_seconds, nearest = std::floor(steps + 0.5);
    if (std::abs(steps - nearest) > 0x1p-10 || (seconds > 0.0 && nearest < 1.0))
      sampled.problem = {key, fmt::format("'{}' of {} is no whole number of steps; expected a multiple of {}", key,
                                          duration_text(seconds), duration_text(scenario_.step_seconds))};
    return static_cast<std::int64_t>(nearest);
  }

  void bring_to_grid(SampledHistory& sampled) const {
    const trace::History& trace = *sampled.history->trace;
    const double step = scenario_.step_seconds;
    const std::int64_t steps = steps_of(trace, step);
    if (steps < 1) {
      sampled.problem = {"history",
                         fmt::format("the trace covers {}, less than the step of {}; expected a longer trace",
                                     duration_text(std::floor(trace.span_seconds())), duration_text(step))};
    } else if (steps > most_steps) {
      sampled.problem = {
          "history",
          fmt::format("the trace has {} steps; expected at most {}: cut it, or take a longer step", steps, most_steps)};
    } else if (sampled.place.role == HistoryRole::capacity) {
      require_instances(sampled, trace);
      sampled.instances = instances_by_step(trace, step);
      sampled.counts_instances = highest(trace) > 1.0;
    } else {
      sampled.averages = averages_by_step(trace, step);
    }
  }

  static void require_instances(SampledHistory& sampled, const trace::History& trace) {
    for (std::size_t i = 0; i < trace.size(); ++i) {
      const double value = trace.value[i];
      if (value == std::floor(value) && value <= most_instances) continue;
      sampled.problem = {
          "history", fmt::format("{}: {} is no state of a capacity; expected 0 and 1, or whole numbers of instances",
                                 trace::place_of(trace, i), value)};
      return;
    }
  }

  static std::int64_t steps_in(const SampledHistory& sampled) {
    return static_cast<std::int64_t>(std::max(sampled.averages.size(), sampled.instances.held.size()));
  }

  /// Who is drawn together: by the name given, else by the bytes of the file. Runs are drawn alone.
  std::string group_of(const SampledHistory& sampled) const {
    const History& history = *sampled.history;
    const std::string content = history.content_sha256.empty() ? history.path : history.content_sha256;
    switch (history.sampling) {
      case History::Sampling::replay:
        return fmt::format("replay/{}", history.every_seconds.value_or(0.0));
      case History::Sampling::window:
        return history.joint.empty() ? fmt::format("history/{}/window", content) : "history/" + history.joint;
      case History::Sampling::bootstrap:
        break;
    }
    if (is_of_runs(sampled)) return fmt::format("history/{}/{}", content, sampled.place.owner);
    return history.joint.empty() ? fmt::format("history/{}/{}", content, duration_text(history.block_seconds))
                                 : "history/" + history.joint;
  }

  void join(const SampledHistory& sampled) {
    Group& group = groups_[group_of(sampled)];
    if (!group.first) group.first = &sampled;
    // Each replay has an end of its own; those that step on together do it as often.
    group.steps = std::min(group.steps, steps_in(sampled));
    group.whole_days = group.whole_days || sampled.place.role == HistoryRole::demand;
  }

  void place_starts(SampledHistory& sampled) const {
    const std::string name = group_of(sampled);
    const Group& group = groups_.at(name);
    const History& history = *sampled.history;
    const History& other = *group.first->history;
    if (history.sampling != other.sampling || history.block_seconds != other.block_seconds) {
      sampled.problem = {"joint", fmt::format("'{}' is joint with {} but is sampled in another way; expected the same "
                                              "'sampling', and the same 'block'",
                                              history.joint, group.first->place.address)};
      return;
    }
    if (history.sampling != History::Sampling::replay) sampled.stream = name;
    if (history.sampling == History::Sampling::replay)
      place_replay(sampled);
    else if (history.sampling == History::Sampling::window)
      place_windows(sampled, group);
    else if (is_of_runs(sampled))
      place_runs(sampled);
    else
      place_blocks(sampled, group);
  }

  /// How many replays of the group fit: the fewest of any of its traces.
  void place_replay(SampledHistory& sampled) const {
    sampled.sampling = HistorySampling::replay;
    const std::int64_t offset = whole_steps(sampled, "offset", sampled.history->offset_seconds);
    if (sampled.problem) return;
    if (steps_in(sampled) - offset < horizon_) {
      sampled.problem = {
          sampled.history->offset_seconds > 0.0 ? "offset" : "history",
          fmt::format("the trace ends {} after its beginning, and the horizon of {} from the offset of "
                      "{} on ends later; expected a longer trace, a smaller offset, or a shorter horizon",
                      text_of(steps_in(sampled)), text_of(horizon_), duration_text(sampled.history->offset_seconds))};
      return;
    }
    sampled.offset = static_cast<std::int32_t>(offset);
    if (!sampled.history->every_seconds) return;
    const std::int64_t every = whole_steps(sampled, "every", *sampled.history->every_seconds);
    if (sampled.problem) return;
    std::int64_t count = most_steps;
    for (const SampledHistory& other : histories_)
      if (other.history->sampling == History::Sampling::replay &&
          other.history->every_seconds == sampled.history->every_seconds) {
        const auto from = static_cast<std::int64_t>(other.history->offset_seconds / scenario_.step_seconds + 0.5);
        count = std::min(count, (steps_in(other) - from - horizon_) / every + 1);
      }
    sampled.every = static_cast<std::int32_t>(every);
    sampled.start_count = static_cast<std::int32_t>(std::max<std::int64_t>(1, count));
  }

  void place_windows(SampledHistory& sampled, const Group& group) const {
    sampled.sampling = HistorySampling::window;
    const std::int64_t last = group.steps - horizon_;
    if (last < 0) {
      sampled.problem = {"history",
                         fmt::format("the trace covers {}, less than the horizon of {}{}; expected a longer trace, a "
                                     "shorter horizon, or sampling = \"bootstrap\"",
                                     text_of(group.steps), text_of(horizon_),
                                     group.steps < steps_in(sampled) ? ", with the others it is joint with" : "")};
      return;
    }
    sampled.start_count = static_cast<std::int32_t>(last) + 1;
    if (!group.whole_days) return;
    for (double day = 0.0;; day += 1.0) {
      const double step = std::floor(day * seconds_per_day / scenario_.step_seconds + 0.5);
      if (step > static_cast<double>(last)) break;
      if (sampled.starts.empty() || sampled.starts.back() != static_cast<std::int32_t>(step))
        sampled.starts.push_back(static_cast<std::int32_t>(step));
    }
    sampled.start_count = static_cast<std::int32_t>(sampled.starts.size());
  }

  void place_blocks(SampledHistory& sampled, const Group& group) const {
    sampled.sampling = HistorySampling::blocks;
    const double seconds = sampled.history->block_seconds;
    const std::int64_t block = whole_steps(sampled, "block", seconds);
    if (sampled.problem) return;
    if (block > group.steps) {
      sampled.problem = {"block", fmt::format("'block' of {} is longer than the trace, which covers {}; expected less",
                                              duration_text(seconds), text_of(group.steps))};
      return;
    }
    sampled.block = static_cast<std::int32_t>(block);
    sampled.start_count = static_cast<std::int32_t>(group.steps - block) + 1;
    if (!group.whole_days || std::fmod(seconds, seconds_per_day) != 0.0) return;
    for (std::int64_t step = 0; step + block <= group.steps; step += block)
      sampled.starts.push_back(static_cast<std::int32_t>(step));
    sampled.start_count = static_cast<std::int32_t>(sampled.starts.size());
  }

  /// Instances of the smallest gang that is bought in a market; 1 where a service is, or nobody.
  double smallest_use(const std::string& market) const {
    double smallest = std::numeric_limits<double>::infinity();
    const auto is_it = [&](int index) { return scenario_.markets[static_cast<std::size_t>(index)].name == market; };
    for (const Plan& plan : scenario_.plans) {
      for (const JobAssignment& job : plan.jobs)
        if (std::any_of(job.markets.begin(), job.markets.end(), is_it) ||
            std::any_of(job.purchases.begin(), job.purchases.end(),
                        [&](const JobPurchase& purchase) { return is_it(purchase.market); }))
          smallest = std::min(smallest, static_cast<double>(job.instances));
      for (const ServiceAssignment& service : plan.services)
        if (std::any_of(service.pools.begin(), service.pools.end(),
                        [&](const Pool& pool) { return is_it(pool.market); }))
          return 1.0;
    }
    return std::isinf(smallest) ? 1.0 : smallest;
  }

  /// Stretches with that many instances and without, in turn.
  static std::vector<HistoryRun> runs_at(const InstancesByStep& instances, double least) {
    std::vector<HistoryRun> runs;
    for (std::int32_t k = 0; k < static_cast<std::int32_t>(instances.held.size()); ++k) {
      const auto at = static_cast<std::size_t>(k);
      const bool up = instances.held[at] >= least, broken = instances.least[at] < least;
      const bool follows = !runs.empty() && runs.back().up == up && !(up && broken);
      if (!follows && !runs.empty() && runs.back().up && up) runs.push_back({k, 0, false});
      if (!follows) runs.push_back({k, 0, up});
      ++runs.back().length;
    }
    return runs;
  }

  /// Whether a run of that kind begins and ends within the trace.
  static bool has_whole(const std::vector<HistoryRun>& runs, bool up) {
    return runs.size() >= 3 &&
           std::any_of(runs.begin() + 1, runs.end() - 1, [up](const HistoryRun& run) { return run.up == up; });
  }

  void place_runs(SampledHistory& sampled) const {
    sampled.sampling = HistorySampling::runs;
    std::vector<HistoryRun>& runs = sampled.runs;
    runs = runs_at(sampled.instances, sampled.run_instances);
    sampled.always_up = runs.size() == 1 && runs[0].up && !sampled.counts_instances;
    if (sampled.always_up) return;
    if (sampled.counts_instances && !(has_whole(runs, true) && has_whole(runs, false))) {
      sampled.run_instances = smallest_use(sampled.place.owner);
      runs = runs_at(sampled.instances, sampled.run_instances);
    }
    for (const bool up : {true, false})
      if (!has_whole(runs, up)) {
        const std::string what =
            sampled.run_instances > 1.0 ? fmt::format("{} instances", sampled.run_instances) : "capacity";
        sampled.problem = {
            "history",
            fmt::format(
                "no run {} {} begins and ends within the trace, so none can be drawn; expected a longer trace, or "
                "sampling = \"replay\" or \"window\"",
                up ? "with" : "without", what)};
        return;
      }
    sampled.offset = runs[1].first;
    sampled.start_count = runs.back().first - runs[1].first;
  }

  const Scenario& scenario_;
  std::int64_t horizon_;
  std::vector<SampledHistory> histories_;
  std::map<std::string, Group> groups_;
};

}  // namespace

std::vector<SampledHistory> sample_histories(const Scenario& scenario) { return Sampler(scenario).run(); }

}  // namespace costrisk::scenario
