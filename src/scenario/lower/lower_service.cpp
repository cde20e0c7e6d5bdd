// Service assignments become components: pools in order, the autoscaler's windows, queue and overflow.
#include "src/scenario/lower/lower_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/model/arithmetic.hpp"
#include "src/scenario/lower/erlang.hpp"
#include "src/scenario/lower/latency.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

ServiceLowering::ServiceLowering(Lowering& lowering, const WorldSlots& world) : lowering_(lowering), world_(world) {}

int ServiceLowering::component(const ServiceAssignment& a, const std::vector<AvailabilityList>& availability,
                               const Shared& shared) {
  std::vector<double> key = {
      double(a.service),           a.utilization,      double(a.min),          double(a.max),  a.start_up_seconds(),
      a.scale_down_window_seconds, double(a.overflow), double(a.pools.size()), double(a.warm), a.warm_price};
  for (const Pool& pool : a.pools)
    key.insert(key.end(), {double(pool.market), double(pool.buy), pool.share, double(pool.max), pool.after_seconds,
                           double(shared.capacity(capacity_of(pool)))});
  key.push_back(double(shared.overflow_slot(a.overflow)));
  key.push_back(double(a.optimizations.size()));
  key.insert(key.end(), a.optimizations.begin(), a.optimizations.end());
  for (const AvailabilityList& list : availability) append_to_key(list, key);
  const auto next = static_cast<int>(lowering_.storage().services.size());
  const auto [entry, fresh] = components_.emplace(std::move(key), next);
  if (fresh) lower(a, availability, shared);
  return entry->second;
}

int ServiceLowering::capacity_of(const Pool& pool) const {
  const MarketSlots& slots = at(world_.markets, pool.market);
  switch (pool.buy) {
    case Purchase::on_demand:
      return slots.launch_capacity;
    case Purchase::spot:
      return slots.spot_capacity;
    case Purchase::reserved:
      return none;
  }
  __builtin_unreachable();
}

int ServiceLowering::left_by(int pool) {
  const auto [entry, fresh] = left_.emplace(pool, none);
  PoolParameters& parameters = lowering_.storage().pools[static_cast<std::size_t>(pool)];
  if (fresh) entry->second = add_left_capacity(lowering_, parameters.capacity, parameters.left_slot);
  return entry->second;
}

int ServiceLowering::left_capacity(int component, int of_world) {
  const ParameterStorage& storage = lowering_.storage();
  const Range pools = at(storage.services, component).pools;
  int last = none;
  for (int pool = pools.first; pool < pools.first + pools.count; ++pool) {
    const std::int32_t capacity = at(storage.pools, pool).capacity;
    if (capacity != none && (capacity == of_world || at(storage.capacities, capacity).source == of_world)) last = pool;
  }
  return left_by(last);
}

int ServiceLowering::left_overflow(int component) {
  std::int32_t& slot = lowering_.storage().services[static_cast<std::size_t>(component)].overflow_left_slot;
  if (slot == none) slot = lowering_.new_slot();
  return slot;
}

void ServiceLowering::lower(const ServiceAssignment& a, const std::vector<AvailabilityList>& availability,
                            const Shared& shared) {
  const Scenario& scenario = lowering_.scenario();
  const Service& service = scenario.services[static_cast<std::size_t>(a.service)];
  const Demand& demand = scenario.demands[static_cast<std::size_t>(service.demand)];
  ServiceParameters result;
  result.owner = lowering_.owner_index(service.owner);
  result.demand_slot = world_.demands[static_cast<std::size_t>(service.demand)];
  result.step_seconds = narrow(scenario.step_seconds);
  lower_pools(a, availability, shared, result);
  result.scale_up_delay = window(a.start_up_seconds());
  if (demand.tokens) result.output_tokens = lowering_.law(demand.tokens->output, 1.0);
  if (demand.tokens && !service.input_rate.empty()) result.input_tokens = lowering_.law(demand.tokens->input, 1.0);
  result.inverse_utilization = narrow(1.0 / a.utilization);
  // Without pools nobody would ever serve what waits.
  if (service.queue && !a.pools.empty()) {
    result.has_queue = 1;
    result.inverse_drain_seconds = narrow(1.0 / service.queue->drain_seconds);
    result.queue_limit = narrow(service.queue->limit_requests);
  }
  result.autoscaler = autoscaler(a, result.has_queue || a.pools.empty());
  if (a.overflow >= 0) {
    const Serverless& serverless = scenario.serverless[static_cast<std::size_t>(a.overflow)];
    result.overflows = 1;
    result.most_overflow =
        std::isfinite(serverless.max_rate) ? narrow(serverless.max_rate * scenario.step_seconds) : endless;
    result.overflow_slot = shared.overflow_slot(a.overflow);
    result.serverless = serverless_price(serverless, demand);
  }
  result.unserved_penalty = split(service.unserved_penalty);
  if (a.warm > 0 && !a.pools.empty()) {
    const MarketSlots& slots = world_.markets[static_cast<std::size_t>(a.pools[0].market)];
    result.warm_instances = narrow(a.warm);
    result.warm_price = slots.on_demand;
    result.warm_money = split(a.warm * a.warm_price * scenario.step_hours() * slots.on_demand_reference);
  }
  if (service.latency) {
    const Serverless* overflow = a.overflow < 0 ? nullptr : &scenario.serverless[static_cast<std::size_t>(a.overflow)];
    result.latency = latency_parameters(*service.latency, scenario.step_seconds, overflow);
    if (std::vector<float>& chances = lowering_.storage().chances_to_wait;
        chances.empty() && result.latency.kind == LatencyKind::mmc)
      chances = chances_to_wait();
  }
  lowering_.storage().services.push_back(result);
}

int ServiceLowering::autoscaler(const ServiceAssignment& a, bool alone) {
  const Scenario& scenario = lowering_.scenario();
  const Service& service = scenario.services[static_cast<std::size_t>(a.service)];
  const Demand& demand = scenario.demands[static_cast<std::size_t>(service.demand)];
  std::vector<LawIndex> speedups;
  for (const int optimization : a.optimizations)
    speedups.push_back(lowering_.law(scenario.optimizations[static_cast<std::size_t>(optimization)].throughput, 1.0));
  AutoscalerParameters result;
  result.demand_slot = world_.demands[static_cast<std::size_t>(service.demand)];
  if (!a.pools.empty()) result.rate = rate_in(service, a.pools[0].market);
  if (demand.tokens && service.rate_is_output_tokens) {
    result.output_tokens = lowering_.law(demand.tokens->output, 1.0);
    if (!a.pools.empty()) result.input_rate = input_rate_in(service, a.pools[0].market);
    if (result.input_rate != none) result.input_tokens = lowering_.law(demand.tokens->input, 1.0);
  }
  std::vector<double> key = {double(result.demand_slot),
                             double(result.rate),
                             double(result.output_tokens),
                             double(result.input_rate),
                             a.utilization,
                             double(a.min),
                             double(a.max),
                             a.start_up_seconds(),
                             a.scale_down_window_seconds};
  key.insert(key.end(), speedups.begin(), speedups.end());
  std::vector<AutoscalerParameters>& autoscalers = lowering_.storage().autoscalers;
  const auto next = static_cast<int>(autoscalers.size());
  if (!alone) {
    const auto [entry, fresh] = autoscalers_.emplace(std::move(key), next);
    if (!fresh) return entry->second;
  }
  result.speedups = lowering_.law_list(speedups);
  result.step_seconds = narrow(scenario.step_seconds);
  result.inverse_utilization = narrow(1.0 / a.utilization);
  result.least_instances = narrow(a.min);
  result.most_instances = narrow(a.max);
  result.scale_up_delay = window(a.start_up_seconds());
  result.scale_down_window = window(a.scale_down_window_seconds);
  if (!alone) {
    result.asked_slot = lowering_.new_slot();
    result.wanted_slot = result.scale_up_delay.whole > 0 ? lowering_.new_slot() : result.asked_slot;
    result.wanted_first_slot = result.scale_up_delay.fraction > 0.0f ? lowering_.new_slot() : result.wanted_slot;
  }
  autoscalers.push_back(result);
  return next;
}

LawIndex ServiceLowering::rate_in(const Service& service, int market) {
  const auto found = std::ranges::find(service.rate, market, &MarketRate::market);
  return found == service.rate.end() ? LawIndex{0} : lowering_.law(found->rate, found->replicas);
}

LawIndex ServiceLowering::input_rate_in(const Service& service, int market) {
  const auto found = std::ranges::find(service.input_rate, market, &MarketRate::market);
  return found == service.input_rate.end() ? no_law : lowering_.law(found->rate, found->replicas);
}

void ServiceLowering::lower_pools(const ServiceAssignment& a, const std::vector<AvailabilityList>& availability,
                                  Shared shared, ServiceParameters& result) {
  const Scenario& scenario = lowering_.scenario();
  ParameterStorage& storage = lowering_.storage();
  const Service& service = scenario.services[static_cast<std::size_t>(a.service)];
  result.pools = {static_cast<std::int32_t>(storage.pools.size()), static_cast<std::int32_t>(a.pools.size())};
  std::map<int, int> spot_pools;
  for (std::size_t i = 0; i < a.pools.size(); ++i) {
    const Pool& pool = a.pools[i];
    const MarketSlots& slots = world_.markets[static_cast<std::size_t>(pool.market)];
    PoolParameters entry;
    entry.market = pool.market;
    entry.buy = pool.buy;
    entry.share = narrow(pool.share);
    entry.most_instances = narrow(pool.max);
    entry.rate = rate_in(service, pool.market);
    entry.input_rate = input_rate_in(service, pool.market);
    const double wait = lowering_.steps(pool.after_seconds);
    entry.wait = static_cast<std::int32_t>(std::ceil(wait - static_cast<double>(time_tolerance)));
    entry.capacity = shared.capacity(capacity_of(pool));
    switch (pool.buy) {
      case Purchase::on_demand:
        entry.price = slots.on_demand;
        entry.money = split(scenario.step_hours() * slots.on_demand_reference);
        break;
      case Purchase::spot: {
        entry.price = slots.spot;
        entry.money = split(scenario.step_hours() * slots.spot_reference);
        entry.reclaim_rate = slots.reclaim_rate;
        entry.lifetime = slots.lifetime;
        if (entry.lifetime.curve.count > 0) {
          const Spot& spot = *scenario.markets[static_cast<std::size_t>(pool.market)].spot;
          const double most = spot.max_lifetime_seconds.value_or(HUGE_VAL) / seconds_per_hour;
          const double hours = mean_lifetime_hours(lifetime_knots(*spot.reclaim), most);
          entry.reclaim_rate = lowering_.law(Law::constant(scenario.step_hours() / hours), 1.0);
          LifetimeParameters long_run;
          long_run.multiplier_slot = slots.lifetime.multiplier_slot;
          entry.lifetime = long_run;
        } else if (entry.reclaim_rate < 0 && entry.lifetime.most < endless)
          entry.reclaim_rate = lowering_.law(Law::constant(1.0 / entry.lifetime.most), 1.0);
        // A second spot pool in the market has instances, and so reclaims, of its own.
        std::string name =
            fmt::format("service/{}/{}", service.name, scenario.markets[static_cast<std::size_t>(pool.market)].name);
        if (const int ordinal = spot_pools[pool.market]++; ordinal > 0) name += fmt::format("/{}", ordinal);
        entry.reclaim_stream = lowering_.stream(name + "/reclaims");
        entry.further_reclaims_stream = lowering_.stream(name + "/further_reclaims");
        break;
      }
      case Purchase::reserved:
        entry.availability = add_availability(storage, availability[i]);
        break;
    }
    storage.pools.push_back(entry);
    // Pools of one market find what those before them leave.
    const int of_world = capacity_of(pool);
    const bool again = std::any_of(a.pools.begin() + static_cast<std::ptrdiff_t>(i) + 1, a.pools.end(),
                                   [&](const Pool& later) { return capacity_of(later) == of_world; });
    if (again && of_world != none && at(storage.capacities, of_world).depth_slot != none)
      shared.capacities[of_world] = left_by(size_of(storage.pools) - 1);
  }
}

ServerlessPriceParameters ServiceLowering::serverless_price(const Serverless& serverless, const Demand& demand) {
  const Law no_tokens = Law::constant(0.0);
  const Law& input = demand.tokens ? demand.tokens->input : no_tokens;
  const Law& output = demand.tokens ? demand.tokens->output : no_tokens;
  const auto is_zero = [](const Law& law) { return law.is_constant() && law.mode == 0.0; };
  const auto is_known = [&](const Law& tokens, const Law& price) {
    return is_zero(price) || is_zero(tokens) || (tokens.is_constant() && price.is_constant());
  };
  const bool caches = demand.tokens && demand.tokens->cached_share && serverless.cached_input_per_million;
  const Law& cached_share = caches ? *demand.tokens->cached_share : no_tokens;
  const Law& cached_price = caches ? *serverless.cached_input_per_million : no_tokens;
  const double share = center_of(cached_share);
  const double input_price = (1.0 - share) * center_of(serverless.input_per_million) + share * center_of(cached_price);
  const double center =
      center_of(serverless.per_request) +
      (center_of(input) * input_price + center_of(output) * center_of(serverless.output_per_million)) * 1e-6;
  ServerlessPriceParameters result;
  result.is_constant = serverless.per_request.is_constant() && is_known(input, serverless.input_per_million) &&
                       (!caches || (input.is_constant() && serverless.input_per_million.is_constant() &&
                                    cached_share.is_constant() && cached_price.is_constant())) &&
                       is_known(output, serverless.output_per_million);
  const double money = result.is_constant || center > 0.0 ? center : 1.0;
  result.money = split(money);
  result.per_request = lowering_.law(serverless.per_request, 1.0);
  result.input_price = lowering_.law(serverless.input_per_million, 1.0);
  result.output_price = lowering_.law(serverless.output_per_million, 1.0);
  if (demand.tokens) {
    result.input_tokens = lowering_.law(demand.tokens->input, 1.0);
    result.output_tokens = lowering_.law(demand.tokens->output, 1.0);
  }
  if (caches) {
    result.cached_share = lowering_.law(cached_share, 1.0);
    result.cached_price = lowering_.law(cached_price, 1.0);
  }
  if (money > 0.0) {
    result.per_request_weight = narrow(1.0 / money);
    result.token_weight = narrow(1e-6 / money);
  }
  return result;
}

WindowParameters ServiceLowering::window(double seconds) const {
  const StepTime time = lowering_.step_time(seconds);
  return {time.step, time.offset};
}

}  // namespace costrisk::scenario
