// Warns about scenarios that can be simulated but are probably not meant.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "src/scenario/advice/advise_plan.hpp"
#include "src/scenario/entities/laws.hpp"
#include "src/scenario/lower/extremes.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

/// More interruptions of a gang than this in a step are worth a word.
constexpr double many_interruptions_per_step = 3.0;

/// Up-runs of fewer steps lose more than a twentieth to the steps in which they begin.
constexpr double few_steps = 3.0;

/// Durations in this proportion are of another order.
constexpr double much = 4.0;

class Adviser {
 public:
  Adviser(const Scenario& scenario, const Places& places, Diagnostics& diagnostics)
      : scenario_(scenario), places_(places), diagnostics_(diagnostics) {}

  void advise() {
    bins();
    for (const Factor& factor : scenario_.factors) grid(factor);
    for (const Market& market : scenario_.markets) grid(market);
    for (const Demand& demand : scenario_.demands) grid(demand);
    for (const Job& job : scenario_.jobs) deadline(job);
    each_history(scenario_, [this](const HistoryPlace& place, const History& history) { trace(place, history); });
    for (const Plan& plan : scenario_.plans) {
      for (const JobAssignment& assignment : plan.jobs) job(plan, assignment);
      advise_plan(scenario_, plan,
                  [&](const std::string& address, std::string message) { warn(address, std::move(message)); });
    }
    if (!anything_uncertain()) warn("", "nothing is uncertain: every future will be the same");
    unused();
  }

 private:
  void warn(const std::string& address, std::string message) {
    diagnostics_.warning(place_of(address, places_), std::move(message));
  }

  /// Says so when something is over within a step.
  void finer(const std::string& address, std::string_view what, double seconds) {
    if (seconds < scenario_.step_seconds)
      warn(address, fmt::format("{} of {} is shorter than the step of {}; a step this coarse misses it", what,
                                duration_text(std::round(seconds)), duration_text(scenario_.step_seconds)));
  }

  /// Says so when bins that the file gives are moved to steps.
  void bins() {
    constexpr double rounding = 1e-9;  // 1.1 minutes are no number of the machine
    const double length = scenario_.simulation.bin_seconds, steps = length / scenario_.step_seconds;
    if (scenario_.simulation.calendar_months || length >= scenario_.horizon_seconds ||
        places_.count("simulation.bins") == 0)
      return;
    if (std::abs(steps - std::round(steps)) > rounding * steps)
      warn(
          "simulation.bins",
          fmt::format("bins of {} are no whole number of steps of {}: ends within a step move to the next, so the bins "
                      "differ in length",
                      duration_text(length), duration_text(scenario_.step_seconds)));
  }

  void grid(const Factor& factor) {
    const std::string address = "factor." + factor.name;
    finer(address + ".half_life", "a half-life", factor.half_life_seconds);
    if (factor.shock)
      finer(address + ".shock.duration", "a mean duration", factor.shock->renewal.duration.mean_seconds);
  }

  void grid(const Market& market) {
    const std::string address = "market." + market.name;
    if (market.on_demand && market.on_demand->capacity)
      grid(*market.on_demand->capacity, address + ".on_demand.capacity");
    if (!market.spot) return;
    if (market.spot->capacity) grid(*market.spot->capacity, address + ".spot.capacity");
    if (market.spot->price && market.spot->price->process)
      finer(address + ".spot.price.half_life", "a half-life", market.spot->price->process->half_life_seconds);
  }

  void grid(const Capacity& capacity, const std::string& address) {
    finer(address + ".up.mean", "a mean run", center_of(capacity.up.mean_hours) * seconds_per_hour);
    finer(address + ".down.mean", "a mean run", center_of(capacity.down.mean_hours) * seconds_per_hour);
  }

  void grid(const Demand& demand) {
    const std::string address = "demand." + demand.name;
    if (demand.noise) finer(address + ".noise.half_life", "a half-life", demand.noise->half_life_seconds);
    if (demand.bursts)
      finer(address + ".bursts.duration", "a mean duration", demand.bursts->renewal.duration.mean_seconds);
  }

  /// Says so when a trace and the steps, or the horizon, are of another order.
  void trace(const HistoryPlace& place, const History& history) {
    const std::string address = place.address + ".history";
    const double gap = history.trace->gap_seconds, step = scenario_.step_seconds, span = history.trace->span_seconds();
    const auto text = [](double seconds) { return duration_text(std::round(seconds)); };
    if (gap > much * step)
      warn(address, fmt::format("the trace has a value every {}, and a step is {}: what comes in between was not "
                                "measured, and does not happen",
                                text(gap), text(step)));
    if (place.role == HistoryRole::capacity && gap > 0.0 && gap * much < step)
      warn(address, fmt::format("the trace has a value every {}, and a step is {}: capacity that comes back within a "
                                "step is not used before the next; a shorter step follows it better",
                                text(gap), text(step)));
    if (history.sampling == History::Sampling::bootstrap && span * much < scenario_.horizon_seconds)
      warn(address,
           fmt::format("the horizon of {} is drawn from a trace of {}: the same stretches come again and again",
                       text(scenario_.horizon_seconds), text(span)));
    if (history.sampling == History::Sampling::window && (span - scenario_.horizon_seconds) * much < span)
      warn(address,
           fmt::format("windows of {} in a trace of {} share most of it, so the futures hardly differ; a longer "
                       "trace, or sampling = \"bootstrap\", tells more",
                       text(scenario_.horizon_seconds), text(span)));
  }

  void job(const Plan& plan, const JobAssignment& assignment) {
    const Job& job = scenario_.jobs[static_cast<std::size_t>(assignment.job)];
    const std::string address = fmt::format("plan.{}.job.{}", plan.name, job.name);
    const double expected = expected_interruptions_per_step(scenario_, assignment);
    if (expected > many_interruptions_per_step)
      warn(address, fmt::format("a gang of {} is interrupted {:.3g} times a step; a shorter step follows it better",
                                assignment.instances, expected));
    const bool watches_slack = traits_of(assignment.policy).watches_slack;
    if (watches_slack && !job.deadline_seconds)
      warn(address + ".policy",
           fmt::format("the policy \"{}\" works towards a deadline, and the job '{}' has none; the "
                       "horizon counts as its deadline",
                       policy_names[static_cast<std::size_t>(assignment.policy)], job.name));
    if (watches_slack && assignment.restart_seconds > 0.0 &&
        assignment.restart_seconds < small_share_of_step * scenario_.step_seconds)
      warn(address, fmt::format("the restart of {} is far shorter than the step of {}, in which the policy reckons",
                                duration_text(assignment.restart_seconds), duration_text(scenario_.step_seconds)));
    short_runs(assignment, address);
    reclaims_without_loss(job, assignment, address);
    coarse_losses(assignment, address);
    waits(assignment, address);
    parts(plan, assignment, address);
    const bool has_margin = !assignment.margin_hours.is_constant() || assignment.margin_hours.mode > 0.0;
    if (!watches_slack && (has_margin || assignment.foresight != JobAssignment::Foresight::exact))
      warn(address + ".policy",
           fmt::format("the policy \"{}\" looks at no deadline, so 'margin' and 'foresight' change nothing",
                       policy_names[static_cast<std::size_t>(assignment.policy)]));
    const bool any_on_demand = std::any_of(assignment.markets.begin(), assignment.markets.end(), [&](int index) {
      return scenario_.markets[static_cast<std::size_t>(index)].on_demand.has_value();
    });
    if (job.unfinished == Job::Unfinished::buy_out && !any_on_demand)
      warn(address, fmt::format("none of the markets sells on-demand instances, so what is left of '{}' at the horizon "
                                "cannot be priced and costs nothing",
                                job.name));
  }

  /// Where the notice of a reclaim is long enough to write a checkpoint, checkpoints seem to be worth nothing.
  void reclaims_without_loss(const Job& job, const JobAssignment& assignment, const std::string& address) {
    if (!assignment.checkpoint || assignment.checkpoint->interval_seconds <= 0.0) return;
    std::vector<std::string> lossless;
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      const Market& where = market_of(assignment.markets[i]);
      if (!assignment.may_hold(i, Purchase::spot) || !where.spot) continue;
      const bool is_lost = where.spot->notice_seconds < assignment.checkpoint->write_seconds;
      const bool is_interrupted = where.spot->capacity || where.spot->capacity_history || has_lifetimes(*where.spot);
      if ((is_interrupted && is_lost) || where.hardware_mtbf_hours) return;  // work is lost, so that checkpoints matter
      if (!is_interrupted) continue;
      lossless.push_back(where.name);
    }
    if (lossless.empty()) return;
    warn(
        address,
        fmt::format("the notice of a reclaim in {} is at least as long as a checkpoint of '{}' takes to write, {}, and "
                    "nothing else takes work away: an interruption never costs work, and the fewer checkpoints the "
                    "better; a shorter 'notice', or 'hardware_mtbf', makes them matter",
                    one_of(lossless), job.name, duration_text(assignment.checkpoint->write_seconds)));
  }

  /// Whether it is met is not seen within the horizon.
  void deadline(const Job& job) {
    if (!job.deadline_seconds || job.release_seconds >= scenario_.horizon_seconds) return;
    if (job.release_seconds + *job.deadline_seconds > scenario_.horizon_seconds)
      warn(
          fmt::format("job.{}.deadline", job.name),
          fmt::format("the deadline of '{}', {} after its release, lies beyond the horizon, {}: a run that is not done "
                      "by the horizon counts as late",
                      job.name, duration_text(*job.deadline_seconds), duration_text(scenario_.horizon_seconds)));
  }

  /// Capacity is seen again at step starts, which takes half a step of each up-run on average.
  void short_runs(const JobAssignment& assignment, const std::string& address) {
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      const Market& where = market_of(assignment.markets[i]);
      if (!assignment.may_hold(i, Purchase::spot) || !where.spot || !where.spot->capacity) continue;
      const double steps = usual_value(where.spot->capacity->up.mean_hours) / scenario_.step_hours();
      if (steps < few_steps)
        warn(address,
             fmt::format("spot in '{}' is up for {:.3g} steps at a time, and a gang takes it at the start of a "
                         "step: about {:.0f} % of it is not used; a shorter step follows it better",
                         where.name, steps, std::min(100.0, 50.0 / steps)));
    }
  }

  /// Losses that a trace has by the gap of its values fall at the same places of a short cycle each time.
  void coarse_losses(const JobAssignment& assignment, const std::string& address) {
    if (!assignment.checkpoint || assignment.checkpoint->interval_seconds == 0.0) return;
    const double write = assignment.checkpoint->write_seconds, cycle = assignment.checkpoint->interval_seconds + write;
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      const Market& where = market_of(assignment.markets[i]);
      if (!assignment.may_hold(i, Purchase::spot) || !where.spot || !where.spot->capacity_history) continue;
      const double gap = where.spot->capacity_history->trace->gap_seconds;
      if (where.spot->notice_seconds >= write || cycle >= few_steps * gap) continue;
      warn(address,
           fmt::format("the trace of '{}' has a value every {}, and a cycle of checkpoints is {}: losses fall at the "
                       "same places of a cycle each time, and what is lost there is not what it would be on average; "
                       "a trace with the times of the losses tells more",
                       where.name, duration_text(std::round(gap)), duration_text(std::round(cycle))));
    }
  }

  /// A wait before a purchase ends at a step's start.
  void waits(const JobAssignment& assignment, const std::string& address) {
    for (std::size_t i = 0; i < assignment.purchases.size(); ++i) {
      const double steps = assignment.purchases[i].after_seconds / scenario_.step_seconds,
                   whole = std::ceil(steps - 1e-3);
      if (steps >= few_steps || whole - steps < small_share_of_step) continue;
      warn(fmt::format("{}.purchases.{}.after", address, i),
           fmt::format(
               "a wait of {} ends at the start of a step of {}: it is {} where the gang lost what it held at the "
               "start of one; a shorter step follows it better",
               duration_text(assignment.purchases[i].after_seconds), duration_text(scenario_.step_seconds),
               duration_text(whole * scenario_.step_seconds)));
    }
  }

  /// Says so where no purchase of a gang that may split ever has a part of it alone.
  void parts(const Plan& plan, const JobAssignment& assignment, const std::string& address) {
    if (!assignment.split) return;
    const auto counts = [](const std::optional<History>& history) { return history && highest(*history->trace) > 1.0; };
    for (const JobPurchase& purchase : assignment.purchases) {
      const Market& where = market_of(purchase.market);
      switch (purchase.buy) {
        case Purchase::spot:
          if (counts(where.spot->capacity_history) || (where.spot->capacity && where.spot->capacity->depth)) return;
          break;
        case Purchase::on_demand:
          if (where.on_demand->capacity && where.on_demand->capacity->depth) return;
          break;
        case Purchase::reserved:
          for (const Commitment& commitment : plan.commitments)
            if (commitment.kind == Commitment::Kind::capacity && commitment.market == purchase.market &&
                commitment.instances < assignment.instances)
              return;
          break;
      }
    }
    warn(address + ".split",
         "'split' changes nothing: each purchase has the whole gang or none of it; expected a 'depth', a history that "
         "counts instances, or a commitment of less than the gang");
  }

  const Market& market_of(int index) const { return scenario_.markets[static_cast<std::size_t>(index)]; }

  bool anything_uncertain() const {
    const auto drawn = [](const Law& law) { return !law.is_constant(); };
    const auto varies = [](const std::optional<History>& history) {
      return history && (history->sampling != History::Sampling::replay || history->every_seconds);
    };
    const auto uncertain = [](const Change& change) {
      return change.chance > 0.0 && (change.chance < 1.0 || !change.multiplier.is_constant());
    };
    for (const Market& market : scenario_.markets) {
      if (market.hardware_mtbf_hours || market.repricing) return true;
      if (market.on_demand && (drawn(market.on_demand->price) || market.on_demand->capacity)) return true;
      if (!market.spot) continue;
      if (market.spot->capacity || has_lifetimes(*market.spot) || varies(market.spot->capacity_history) ||
          varies(market.spot->price_history))
        return true;
      if (market.spot->price && (drawn(market.spot->price->mean) || market.spot->price->process)) return true;
    }
    for (const Demand& demand : scenario_.demands)
      if (demand.noise || demand.bursts || varies(demand.history) || drawn(demand.base) ||
          drawn(demand.growth_per_month) || std::any_of(demand.changes.begin(), demand.changes.end(), uncertain) ||
          (demand.tokens && (drawn(demand.tokens->input) || drawn(demand.tokens->output))))
        return true;
    for (const Job& job : scenario_.jobs)
      if (drawn(job.work_instance_hours) || (job.attempts && job.attempts->success < 1.0 && job.attempts->max > 1))
        return true;
    for (const Service& service : scenario_.services)
      for (const MarketRate& rate : service.rate)
        if (drawn(rate.rate)) return true;
    for (const Serverless& serverless : scenario_.serverless)
      if (drawn(serverless.per_request) || drawn(serverless.input_per_million) || drawn(serverless.output_per_million))
        return true;
    for (const Item& item : scenario_.items)
      if (drawn(item.amount) || (item.chance > 0.0 && item.chance < 1.0)) return true;
    return std::any_of(scenario_.optimizations.begin(), scenario_.optimizations.end(),
                       [&](const Optimization& o) { return drawn(o.throughput) || drawn(o.once); });
  }

  void unused() {
    std::set<int> markets, jobs, services, serverless, optimizations, demands;
    for (const Plan& plan : scenario_.plans) {
      for (const JobAssignment& assignment : plan.jobs) {
        jobs.insert(assignment.job);
        markets.insert(assignment.markets.begin(), assignment.markets.end());
        optimizations.insert(assignment.optimizations.begin(), assignment.optimizations.end());
      }
      for (const ServiceAssignment& assignment : plan.services) {
        services.insert(assignment.service);
        demands.insert(scenario_.services[static_cast<std::size_t>(assignment.service)].demand);
        for (const Pool& pool : assignment.pools) markets.insert(pool.market);
        if (assignment.overflow >= 0) serverless.insert(assignment.overflow);
        optimizations.insert(assignment.optimizations.begin(), assignment.optimizations.end());
      }
      for (const Commitment& commitment : plan.commitments) markets.insert(commitment.market);
      for (const SavingsPlan& savings_plan : plan.savings_plans)
        for (const auto& [market, discount] : savings_plan.discounts) markets.insert(market);
    }
    report_unused("market", scenario_.markets, markets, "no plan uses");
    report_unused("job", scenario_.jobs, jobs, "no plan runs");
    report_unused("service", scenario_.services, services, "no plan runs");
    report_unused("serverless", scenario_.serverless, serverless, "no plan uses");
    report_unused("optimization", scenario_.optimizations, optimizations, "no plan uses");
    report_unused("demand", scenario_.demands, demands, "no service in a plan answers");
    report_unused("factor", scenario_.factors, factors_loaded(), "nothing loads on");
  }

  template <typename Entities>
  void report_unused(const std::string& kind, const Entities& entities, const std::set<int>& used,
                     std::string_view who) {
    for (std::size_t i = 0; i < entities.size(); ++i)
      if (!used.count(static_cast<int>(i)))
        warn(fmt::format("{}.{}.name", kind, entities[i].name),
             fmt::format("{} the {} '{}'", who, kind, entities[i].name));
  }

  std::set<int> factors_loaded() const {
    std::set<int> factors;
    const auto add = [&](const Loadings& loadings) {
      for (const Loading& loading : loadings)
        if (loading.beta != 0.0) factors.insert(loading.factor);
    };
    each_law(scenario_, [&](const Law& law) { add(law.loading); });
    for (const Market& market : scenario_.markets) {
      if (market.on_demand && market.on_demand->capacity) add(market.on_demand->capacity->loading);
      if (!market.spot) continue;
      if (market.spot->capacity) add(market.spot->capacity->loading);
      if (market.spot->reclaim) add(market.spot->reclaim->loading);
      if (market.spot->price && market.spot->price->process) add(market.spot->price->process->loading);
    }
    for (const Demand& demand : scenario_.demands)
      if (demand.noise) add(demand.noise->loading);
    return factors;
  }

  const Scenario& scenario_;
  const Places& places_;
  Diagnostics& diagnostics_;
};

}  // namespace

void advise(const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  Adviser(scenario, places, diagnostics).advise();
}

}  // namespace costrisk::scenario
