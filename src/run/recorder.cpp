// What the engine reports of the world and of services, as a timeline.
#include "src/run/recorder.hpp"

#include <algorithm>

#include "src/run/path_draws.hpp"

namespace costrisk::run {

namespace {

double in_double(const CompensatedSum<Lane>& sum) {
  return static_cast<double>(sum.sum) + static_cast<double>(sum.rest);
}

bool bit(std::int32_t bits, int k) { return (static_cast<std::uint32_t>(bits) >> k & 1u) != 0; }

}  // namespace

Recorder::Recorder(const scenario::Scenario& scenario, const scenario::Lowered& lowered, Timeline& timeline)
    : scenario_(scenario),
      lowered_(lowered),
      parameters_(lowered.parameters),
      timeline_(timeline),
      jobs_(static_cast<std::size_t>(lowered.parameters.job_count)),
      services_(static_cast<std::size_t>(lowered.parameters.service_count)) {
  const scenario::Plan& plan = scenario.plans.front();
  for (const scenario::JobAssignment& job : plan.jobs)
    add_job(job, lowered.plan_job_component[static_cast<std::size_t>(job.job)]);
  for (const scenario::ServiceAssignment& service : plan.services)
    add_service(service, lowered.plan_service_component[static_cast<std::size_t>(service.service)]);
}

std::size_t Recorder::market_place(int market) {
  std::vector<MarketTimeline>& markets = timeline_.markets;
  const auto found =
      std::find_if(markets.begin(), markets.end(), [&](const MarketTimeline& known) { return known.market == market; });
  if (found != markets.end()) return static_cast<std::size_t>(found - markets.begin());
  markets.push_back({});
  markets.back().market = market;
  repricings_.push_back(none);
  multipliers_.push_back(1.0f);
  return markets.size() - 1;
}

void Recorder::tap_price(int market, Purchase purchase, const PriceSource& source, double per_hour) {
  const std::size_t place = market_place(market);
  for (const PriceTap& tap : prices_)
    if (tap.market == place && tap.purchase == purchase) return;
  prices_.push_back({source, per_hour, place, purchase});
  // List prices are the multiplier itself; a price that moves names what it is multiplied by.
  for (int i = 0; i < parameters_.repricing_count; ++i)
    if (parameters_.repricings[i].slot == source.slot) repricings_[place] = i;
  for (int i = 0; i < parameters_.price_count; ++i)
    if (parameters_.prices[i].slot == source.slot && parameters_.prices[i].repricing >= 0)
      repricings_[place] = parameters_.prices[i].repricing;
}

void Recorder::tap_capacity(int market, Purchase purchase, int capacity) {
  if (capacity < 0) return;
  const std::size_t place = market_place(market);
  for (const CapacityTap& tap : capacities_)
    if (tap.market == place && tap.purchase == purchase) return;
  capacities_.push_back({capacity, place, purchase});
}

void Recorder::add_job(const scenario::JobAssignment& assignment, int component) {
  const JobParameters& job = parameters_.jobs[component];
  JobMemory& memory = jobs_[static_cast<std::size_t>(component)];
  JobTimeline timeline;
  timeline.job = assignment.job;
  timeline.runs = job.repeats;
  timeline.progress.assign(static_cast<std::size_t>(parameters_.steps), 0.0f);
  timeline.run.assign(static_cast<std::size_t>(parameters_.steps), 0);
  const Series nothing(static_cast<std::size_t>(parameters_.steps), 0.0f);
  const double per_hour = 1.0 / (static_cast<double>(job.gang) * timeline_.step_hours);
  const auto currency = [&](Pair money) {
    return (static_cast<double>(money.high) + static_cast<double>(money.low)) * per_hour;
  };
  for (int m = 0; m < job.markets.count; ++m) {
    const JobMarketParameters& market = parameters_.job_markets[job.markets.first + m];
    for (int held = 0; held < job_holding_count; ++held) {
      const Purchase purchase = job_purchase(job.policy, market, held);
      std::vector<Holding>& holdings = timeline.holdings;
      const auto known = std::find_if(holdings.begin(), holdings.end(), [&](const Holding& holding) {
        return holding.market == market.market && holding.purchase == purchase;
      });
      memory.holdings.push_back(static_cast<std::size_t>(known - holdings.begin()));
      if (known == holdings.end()) holdings.push_back({market.market, purchase, nothing});
    }
    market_place(market.market);
    if (market.has_on_demand && takes_on_demand(job.policy)) {
      tap_price(market.market, Purchase::on_demand, market.on_demand, currency(market.on_demand_money));
      tap_capacity(market.market, Purchase::on_demand, market.launch_capacity);
    }
    if (market.has_spot && takes_spot(job.policy)) {
      tap_price(market.market, Purchase::spot, market.spot, currency(market.spot_money));
      tap_capacity(market.market, Purchase::spot, market.spot_capacity);
    }
  }
  memory.place = timeline_.jobs.size();
  timeline_.jobs.push_back(std::move(timeline));
}

void Recorder::add_demand(int demand, int slot) {
  for (const DemandTimeline& known : timeline_.demands)
    if (known.demand == demand) return;
  timeline_.demands.push_back({demand, {}});
  demand_slots_.push_back(slot);
}

void Recorder::add_service(const scenario::ServiceAssignment& assignment, int component) {
  const ServiceParameters& service = parameters_.services[component];
  ServiceTimeline timeline;
  timeline.service = assignment.service;
  add_demand(scenario_.services[static_cast<std::size_t>(assignment.service)].demand, service.demand_slot);
  for (int p = 0; p < service.pools.count; ++p) {
    const PoolParameters& pool = parameters_.pools[service.pools.first + p];
    timeline.pools.push_back({pool.market, pool.buy, {}});
    market_place(pool.market);
    if (traits_of(pool.buy).coverage == Coverage::capacity) continue;
    tap_price(pool.market, pool.buy, pool.price,
              (static_cast<double>(pool.money.high) + static_cast<double>(pool.money.low)) / timeline_.step_hours);
    tap_capacity(pool.market, pool.buy, pool.capacity);
  }
  services_[static_cast<std::size_t>(component)].place = timeline_.services.size();
  timeline_.services.push_back(std::move(timeline));
}

void Recorder::begins(const PathContext<Lane>& path, const Workspace<Lane>& work) {
  path_ = &path;
  parts_ = work.job_memory->parts;
  mixes_ = work.job_memory->mixes;
  timeline_.draws = path_draws(scenario_, lowered_, path);
  for (const DemandTimeline& demand : timeline_.demands) {
    const DemandParameters& parameters = parameters_.demands[demand.demand];
    for (int i = 0; i < parameters.changes.count; ++i) {
      const int change = parameters.changes.first + i;
      const float multiplier = work.world.changes[change];
      const std::int32_t step = parameters_.changes[change].step;
      if (multiplier != 1.0f && step < parameters_.steps)
        timeline_.changes.push_back({demand.demand, i, step, static_cast<double>(multiplier)});
    }
    if (parameters.bursts >= 0)
      add_stretches(path, parameters_.renewals[parameters.bursts], demand.demand, timeline_.bursts);
  }
  for (int f = 0; f < parameters_.factor_count; ++f)
    if (const int shock = parameters_.factors[f].shock; shock >= 0)
      add_stretches(path, parameters_.renewals[shock], f, timeline_.shocks);
}

void Recorder::tile(const WorldTile<Lane>& tile, const Workspace<Lane>& work) {
  const int steps = tile.end - tile.start;
  for (const PriceTap& tap : prices_) {
    MarketTimeline& market = timeline_.markets[tap.market];
    Series& series = *prices_of(market, tap.purchase);
    const double scale = tap.per_hour * (tap.source.law < 0 ? 1.0 : static_cast<double>(path_->law(tap.source.law)));
    const float* row = tap.source.slot < 0 ? nullptr : tile.row(tap.source.slot);
    for (int k = 0; k < steps; ++k)
      series.push_back(static_cast<float>(row ? static_cast<double>(row[k]) * scale : scale));
  }
  for (const CapacityTap& tap : capacities_) {
    MarketTimeline& market = timeline_.markets[tap.market];
    const CapacityLimit limit = traits_of(tap.purchase).limit;
    const std::int32_t up = tile.capacities[tap.capacity].up;
    for (int k = 0; k < steps; ++k) capacity_of(market, limit)->push_back(bit(up, k) ? 1 : 0);
    const int slot = parameters_.capacities[tap.capacity].depth_slot;
    if (limit != CapacityLimit::use || slot < 0) continue;
    for (int k = 0; k < steps; ++k) market.spot_depth.push_back(bit(up, k) ? tile.row(slot)[k] : 0.0f);
  }
  for (std::size_t d = 0; d < timeline_.demands.size(); ++d) {
    const float* row = tile.row(demand_slots_[d]);
    timeline_.demands[d].requests_per_second.insert(timeline_.demands[d].requests_per_second.end(), row, row + steps);
  }
  record_repricings(tile);
  if (tile.end == parameters_.steps) end(work);
}

void Recorder::record_repricings(const WorldTile<Lane>& tile) {
  for (std::size_t m = 0; m < repricings_.size(); ++m) {
    if (repricings_[m] < 0) continue;
    const float* row = tile.row(parameters_.repricings[repricings_[m]].slot);
    for (int k = 0; k < tile.end - tile.start; ++k) {
      if (row[k] == multipliers_[m]) continue;
      timeline_.markets[m].repricing_step.push_back(tile.start + k);
      timeline_.markets[m].repricing.push_back(row[k] / multipliers_[m]);
      multipliers_[m] = row[k];
    }
  }
}

void Recorder::end(const Workspace<Lane>& work) {
  for (std::size_t j = 0; j < jobs_.size(); ++j) {
    if (jobs_[j].place == none_here) continue;
    JobTimeline& timeline = timeline_.jobs[jobs_[j].place];
    const JobState<Lane>& state = work.jobs[j];
    timeline.late = state.late;
    timeline.interruptions = state.interruptions;
    timeline.never_done = timeline.runs - state.runs_begun + (state.active ? 1 : 0);
    timeline.lost_steps =
        state.lost_steps + static_cast<double>(state.lost_ticks) / static_cast<double>(ticks_per_step);
  }
}

void Recorder::serves(int i, const WorldTile<Lane>& tile, int k, const ServiceState<Lane>& state,
                      const ServiceArrays<Lane>& arrays, const ServiceRows<Lane>& rows) {
  ServiceMemory& memory = services_[static_cast<std::size_t>(i)];
  if (memory.place == none_here) return;
  const ServiceParameters& service = parameters_.services[i];
  ServiceTimeline& timeline = timeline_.services[memory.place];
  for (int p = 0; p < service.pools.count; ++p) {
    const PoolParameters& pool = parameters_.pools[service.pools.first + p];
    Series& instances = timeline.pools[static_cast<std::size_t>(p)].instances;
    const float before = instances.empty() ? 0.0f : instances.back(), now = arrays.pools[p].instances;
    instances.push_back(now);
    if (traits_of(pool.buy).limit == CapacityLimit::use && pool.capacity >= 0 && before > 0.0f &&
        !bit(arrays.pools[p].bits.unbroken, k))
      timeline.losses.push_back({tile.start + k, p, before, now});
    if (p == 0 && any_reclaims(service)) timeline.reclaimed += static_cast<double>(rows.reclaimed[k]);
  }
  if (k == 0) memory.overflowed = memory.unserved = 0.0;
  const double overflowed = in_double(state.overflowed), unserved = in_double(state.unserved);
  timeline.served.push_back(rows.served[k]);
  timeline.overflowed.push_back(static_cast<float>(overflowed - memory.overflowed));
  timeline.unserved.push_back(static_cast<float>(unserved - memory.unserved));
  timeline.waiting.push_back(state.backlog);
  memory.overflowed = overflowed;
  memory.unserved = unserved;
}

bool Recorder::any_reclaims(const ServiceParameters& service) const {
  for (int p = 0; p < service.pools.count; ++p)
    if (parameters_.pools[service.pools.first + p].reclaim_rate >= 0) return true;
  return false;
}

}  // namespace costrisk::run
