// Job assignments become components: run times in steps, prices of the gang, its markets in order.
#include "src/scenario/lower/lower_job.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "kernels/math/host.hpp"
#include "src/scenario/lower/extremes.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

JobLowering::JobLowering(Lowering& lowering, const WorldSlots& world) : lowering_(lowering), world_(world) {}

int JobLowering::component(const JobAssignment& a, const std::vector<AvailabilityList>& availability,
                           const Shared& shared) {
  std::vector<double> key = {double(a.job),
                             double(a.choose),
                             double(a.instances),
                             double(a.policy),
                             a.restart_seconds,
                             margin_key(a),
                             double(a.foresight),
                             double(a.upgrade),
                             double(a.split),
                             a.checkpoint ? a.checkpoint->interval_seconds : -1.0,
                             a.checkpoint ? a.checkpoint->write_seconds : -1.0,
                             double(a.markets.size())};
  key.insert(key.end(), a.markets.begin(), a.markets.end());
  for (const JobPurchase& purchase : a.purchases) key.insert(key.end(), {double(purchase.buy), purchase.after_seconds});
  key.push_back(double(a.optimizations.size()));
  key.insert(key.end(), a.optimizations.begin(), a.optimizations.end());
  for (const AvailabilityList& list : availability) append_to_key(list, key);
  for (const int market : a.markets) {
    const MarketSlots& slots = at(world_.markets, market);
    key.insert(key.end(),
               {double(shared.capacity(slots.spot_capacity)), double(shared.capacity(slots.launch_capacity))});
  }
  const auto next = static_cast<int>(lowering_.storage().jobs.size());
  const auto [entry, fresh] = components_.emplace(std::move(key), next);
  if (fresh) lower(a, availability, shared);
  return entry->second;
}

LawIndex JobLowering::margin_law(const JobAssignment& a) {
  return lowering_.law(a.margin_hours, 1.0 / lowering_.scenario().step_hours());
}

/// What tells margins apart: their length, or which law they are drawn from.
double JobLowering::margin_key(const JobAssignment& a) {
  return a.margin_hours.is_constant() ? a.margin_hours.mode : -1.0 - margin_law(a);
}

int JobLowering::left_capacity(int component, int of_world) {
  const auto [entry, fresh] = left_.emplace(std::pair(component, of_world), none);
  if (!fresh) return entry->second;
  ParameterStorage& storage = lowering_.storage();
  const auto is_of_world = [&](std::int32_t capacity) {
    return capacity != none && (capacity == of_world || at(storage.capacities, capacity).source == of_world);
  };
  const Range markets = at(storage.jobs, component).markets;
  for (int m = markets.first; m < markets.first + markets.count && entry->second == none; ++m) {
    JobMarketParameters& market = storage.job_markets[static_cast<std::size_t>(m)];
    if (is_of_world(market.spot_capacity))
      entry->second = add_left_capacity(lowering_, market.spot_capacity, market.spot_left_slot);
    else if (is_of_world(market.launch_capacity))
      entry->second = add_left_capacity(lowering_, market.launch_capacity, market.launch_left_slot);
  }
  return entry->second;
}

void JobLowering::lower(const JobAssignment& a, const std::vector<AvailabilityList>& availability,
                        const Shared& shared) {
  const Scenario& scenario = lowering_.scenario();
  ParameterStorage& storage = lowering_.storage();
  const Job& job = scenario.jobs[static_cast<std::size_t>(a.job)];
  const std::string name = "job/" + job.name;
  const double step_hours = scenario.step_hours();
  JobParameters result;
  result.policy = a.upgrade == Upgrade::never ? a.policy : Policy::in_order;
  result.upgrade = a.upgrade;
  result.choose = a.choose;
  result.gang = narrow(a.instances);
  result.inverse_gang = narrow(1.0 / a.instances);
  result.gang_instances = a.instances;
  // Instance-hours of work a step of the gang does at throughput 1.
  const double speed = host::power(a.instances, 1.0 + host::logarithm(job.scaling) / host::logarithm(2.0)) * step_hours;
  const double first_throughput = throughput_in(job, a.markets.front());
  result.work = lowering_.event_law(job.work_instance_hours, 1.0 / (first_throughput * speed));
  lower_releases(job, result);
  // Runs draw their work each for itself, so that of a repeated job there is no one unknown.
  if (!job.work_instance_hours.is_constant() && result.repeats == 1)
    lowering_.driver(job.work_instance_hours.address, {DriverKind::only_run, result.work});
  std::vector<LawIndex> speedups;
  for (const int optimization : a.optimizations)
    speedups.push_back(
        lowering_.inverted_law(scenario.optimizations[static_cast<std::size_t>(optimization)].throughput, 1.0));
  result.speedups = lowering_.law_list(speedups);
  result.clock_stream = lowering_.stream(name + "/clock");
  result.attempt_stream = lowering_.stream(name + "/attempts");
  lower_checkpoint(a, result);
  result.restart = narrow(lowering_.steps(a.restart_seconds));
  if (a.margin_hours.is_constant())
    result.margin = lowering_.step_time(seconds_per_hour * a.margin_hours.mode);
  else
    result.margin_law = margin_law(a);
  result.plans_median = a.foresight == JobAssignment::Foresight::planned && !job.work_instance_hours.is_constant();
  if (result.plans_median)
    result.planned = narrow(quantile(job.work_instance_hours, 0.5, 0.0) / (first_throughput * speed));
  result.late_penalty = narrow(job.late_penalty_per_hour * step_hours);
  result.buy_out = job.unfinished == Job::Unfinished::buy_out;
  if (job.attempts && job.attempts->success < 1.0) {
    result.max_attempts = job.attempts->max;
    result.inverse_log_failure = narrow(1.0 / host::logarithm(1.0 - job.attempts->success));
  }
  result.owner = lowering_.owner_index(job.owner);
  result.markets.first = static_cast<std::int32_t>(storage.job_markets.size());
  result.markets.count = static_cast<std::int32_t>(a.markets.size());
  for (std::size_t i = 0; i < a.markets.size(); ++i) {
    const bool sells = at(scenario.markets, a.markets[i]).on_demand.has_value();
    if (sells && result.buy_out_market < 0) result.buy_out_market = static_cast<std::int32_t>(i);
    if (sells && a.may_hold(i, Purchase::on_demand) && result.on_demand_market < 0)
      result.on_demand_market = static_cast<std::int32_t>(i);
    result.repeats_market |= std::count(a.markets.begin(), a.markets.end(), a.markets[i]) > 1;
    lower_market(job, a, i, first_throughput, availability[i], shared);
  }
  const auto markets = std::span(storage.job_markets).subspan(static_cast<std::size_t>(result.markets.first));
  result.one_rate = std::all_of(markets.begin(), markets.end(), [](const auto& m) { return m.steps_ratio == 1.0f; });
  result.plain_view = result.one_rate && !result.plans_median && result.write == 0.0f && result.margin_law < 0 &&
                      result.margin.step == 0 && result.margin.offset == 0.0f;
  result.one_billing = std::all_of(markets.begin(), markets.end(), [&](const auto& m) {
    return m.increments == markets[0].increments && m.increments_per_step == markets[0].increments_per_step &&
           m.minimum == markets[0].minimum;
  });
  result.frees = std::any_of(markets.begin(), markets.end(), [](const auto& m) { return m.free_within > 0.0f; });
  if (traits_of(a.policy).takes_spot) {
    for (const JobMarketParameters& market : markets) {
      if (!market.has_spot || !ages(market.lifetime)) continue;
      result.most_knots = std::max(result.most_knots, market.lifetime.curve.count);
      result.has_multipliers = result.has_multipliers || market.lifetime.multiplier_slot >= 0;
      result.ages = aging_jobs_;
    }
    if (result.ages >= 0) ++aging_jobs_;
  }
  if (a.split) {
    result.split = split_jobs_++;
    result.first_part = parts_;
    parts_ += result.markets.count;
  }
  storage.jobs.push_back(result);
}

void JobLowering::lower_checkpoint(const JobAssignment& a, JobParameters& result) const {
  result.interval = result.cycle = endless;
  if (!a.checkpoint) return;
  result.lossless = a.checkpoint->interval_seconds == 0.0;
  if (result.lossless) return;
  const double interval = lowering_.steps(a.checkpoint->interval_seconds);
  const double write = lowering_.steps(a.checkpoint->write_seconds);
  result.interval = narrow(interval);
  result.cycle = narrow(interval + write);
  result.write = narrow(write);
  result.inverse_interval = narrow(1.0 / interval);
  result.inverse_cycle = narrow(1.0 / (interval + write));
}

void JobLowering::lower_releases(const Job& job, JobParameters& result) const {
  const double horizon_seconds = lowering_.scenario().horizon_seconds;
  result.release = lowering_.step_time(job.release_seconds);
  result.repeats = job.release_seconds < horizon_seconds ? 1 : 0;
  if (job.repeat_seconds) {
    result.repeat = lowering_.step_time(*job.repeat_seconds);
    const double span = horizon_seconds - job.release_seconds;
    result.repeats = static_cast<std::int32_t>(std::max(0.0, std::ceil(span / *job.repeat_seconds - 1e-9)));
  }
  if (job.deadline_seconds) {
    result.has_deadline = 1;
    result.deadline = lowering_.step_time(*job.deadline_seconds);
  }
}

/// Where no size is between two, both are lost at the same instants.
void JobLowering::add_part_losses(const std::map<int, int>& losses, int instances, JobMarketParameters& market) {
  std::vector<PartLossParameters>& table = lowering_.storage().part_losses;
  market.part_losses.first = size_of(table);
  for (const auto& [size, slot] : losses) {
    table.push_back({narrow(size), slot});
    if (slot != none) market.loss_slot = slot;
    if (size >= instances) break;
  }
  market.part_losses.count = size_of(table) - market.part_losses.first;
}

void JobLowering::lower_market(const Job& job, const JobAssignment& a, std::size_t i, double first_throughput,
                               const AvailabilityList& availability, const Shared& shared) {
  const Scenario& scenario = lowering_.scenario();
  const int index = a.markets[i];
  const Market& market = scenario.markets[static_cast<std::size_t>(index)];
  const MarketSlots& slots = world_.markets[static_cast<std::size_t>(index)];
  const double gang_hours = a.instances * scenario.step_hours();
  JobMarketParameters result;
  result.market = index;
  result.has_spot = market.spot.has_value() && a.may_hold(i, Purchase::spot);
  if (result.has_spot) {
    result.spot_capacity = shared.capacity(slots.spot_capacity);
    if (a.split)
      add_part_losses(slots.losses, a.instances, result);
    else if (const auto losses = slots.losses.find(a.instances); losses != slots.losses.end())
      result.loss_slot = losses->second;
  }
  result.launch_capacity = shared.capacity(slots.launch_capacity);
  result.availability = add_availability(lowering_.storage(), availability);
  result.spot = slots.spot;
  result.on_demand = slots.on_demand;
  result.spot_money = split(gang_hours * slots.spot_reference);
  result.on_demand_money = split(gang_hours * slots.on_demand_reference);
  const double here = throughput_in(job, index);
  result.steps_ratio = narrow(first_throughput / here);
  result.has_own = !a.purchases.empty() && a.may_hold(i, Purchase::reserved);
  if (!result.has_own) {
    result.reclaim_rate = slots.reclaim_rate;
    result.lifetime = slots.lifetime;
  }
  result.failure_rate = slots.failure_rate;
  result.notice_saves =
      !result.has_own && market.spot && a.checkpoint && market.spot->notice_seconds >= a.checkpoint->write_seconds;
  result.spot_weight = narrow(slots.spot_reference / here);
  result.on_demand_weight = narrow(slots.on_demand_reference / here);
  result.sells_on_demand = market.on_demand.has_value();
  result.has_on_demand = result.sells_on_demand && a.may_hold(i, Purchase::on_demand);
  if (!a.purchases.empty()) result.after = narrow(lowering_.steps(a.purchases[i].after_seconds));
  const double increments = scenario.step_seconds / market.billing_increment_seconds;
  if (result.has_spot) result.free_within = narrow(lowering_.steps(market.spot->free_within_seconds));
  result.increments = static_cast<std::uint32_t>(
      static_cast<std::uint64_t>(std::floor((increments - std::floor(increments)) * 0x1p32 + 0.5)));
  result.increments_per_step = narrow(increments);
  // Many increments a step are told apart no finer than the instants are.
  result.increment_tolerance = narrow(std::clamp(increments * 0x1p-18, 0x1p-10, 0x1p-4));
  result.increment = narrow(1.0 / increments);
  result.minimum = narrow(lowering_.steps(market.billing_minimum_seconds));
  result.egress = narrow(job.state_gb * market.egress_per_gb);
  lowering_.storage().job_markets.push_back(result);
}

}  // namespace costrisk::scenario
