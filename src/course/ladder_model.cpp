// Picks the ladder's numbers from a lowered scenario, and makes sure that nothing else would matter.
#include "src/course/ladder_model.hpp"

#include <stdexcept>
#include <string>

#include "kernels/model/tile.hpp"

namespace costrisk::course {

namespace {

/// @throws std::logic_error
void require(bool holds, const char* what) {
  if (!holds)
    throw std::logic_error(std::string("the ladder's model does not hold its scenario: ") + what +
                           "; kernels/ladder/ladder.toml and src/course/ladder_model.cpp are to agree");
}

ladder::Process process_of(const ProcessParameters& process) { return {process.stream, process.c, process.b}; }

float constant_of(const Parameters& p, LawIndex law) {
  require(p.laws[law].kind == LawKind::constant, "a law varies");
  return p.laws[law].value;
}

ladder::SpotPrice price_of(const Parameters& p, const PriceParameters& price) {
  const MixtureParameters& mixture = price.process.mixture;
  require(mixture.loadings.count == 1 && p.loadings[mixture.loadings.first].factor == 0 && price.repricing < 0,
          "a price moves in another way");
  return {process_of(price.process),
          p.loadings[mixture.loadings.first].beta,
          mixture.residual,
          price.process.volatility,
          price.process.drift,
          constant_of(p, price.mean),
          price.cap};
}

ladder::Demand demand_of(const Parameters& p, const DemandParameters& demand) {
  const MixtureParameters& mixture = demand.noise.mixture;
  require(demand.has_noise && mixture.loadings.count == 0 && mixture.residual == 1.0f && demand.log_growth < 0 &&
              demand.profile.count == 1 && p.profiles[demand.profile.first] == 1.0f && demand.bursts < 0 &&
              demand.changes.count == 0,
          "the demand moves in another way");
  return {process_of(demand.noise), demand.noise.volatility, demand.noise.drift, constant_of(p, demand.base)};
}

/// The market whose price stands in that slot.
std::int32_t market_of(const Parameters& p, int slot) {
  for (int i = 0; i < p.price_count; ++i)
    if (p.prices[i].slot == slot) return i;
  require(false, "a spot pool pays no spot price");
  return none;
}

ladder::Fleet fleet_of(const Parameters& p, const ServiceParameters& service) {
  const AutoscalerParameters& autoscaler = p.autoscalers[service.autoscaler];
  require(service.pools.count == 2 && autoscaler.speedups.count == 0 && !service.has_queue && !service.overflows &&
              service.service_items.count == 0 && service.unserved_penalty.high == 0.0f &&
              autoscaler.scale_up_delay.whole == 0 && autoscaler.scale_up_delay.fraction == 0.0f &&
              autoscaler.scale_down_window.whole == 0 && autoscaler.scale_down_window.fraction == 0.0f &&
              autoscaler.output_tokens < 0,
          "a fleet does more than follow its demand");
  const PoolParameters& spot = p.pools[service.pools.first];
  const PoolParameters& on_demand = p.pools[service.pools.first + 1];
  require(spot.buy == Purchase::spot && spot.share < 1.0f && spot.capacity < 0 && spot.reclaim_rate < 0 &&
              spot.most_instances >= autoscaler.most_instances && spot.price.law < 0,
          "the first pool of a fleet is not a share on spot without bounds");
  require(on_demand.buy == Purchase::on_demand && on_demand.share >= 1.0f && on_demand.capacity < 0 &&
              on_demand.most_instances >= autoscaler.most_instances && on_demand.rate == spot.rate &&
              on_demand.price.slot < 0 && constant_of(p, on_demand.price.law) == 1.0f,
          "the second pool of a fleet is not the rest on-demand at a constant price");
  return {market_of(p, spot.price.slot),
          autoscaler.inverse_utilization / constant_of(p, spot.rate),
          autoscaler.least_instances,
          autoscaler.most_instances,
          spot.share,
          spot.money,
          on_demand.money};
}

}  // namespace

ladder::Model ladder_model(const scenario::Lowered& lowered) {
  const Parameters& p = lowered.parameters;
  require(p.steps % tile_steps == 0 && p.steps <= ladder::most_steps, "the horizon");
  require(p.factor_count == 1 && p.factors[0].shock < 0 && p.price_count == ladder::market_count &&
              p.demand_count == 1 && p.service_count == ladder::fleet_count && p.plan_count == ladder::plan_count &&
              p.job_count == 0 && p.item_count == 0,
          "there are other things in it");
  ladder::Model model;
  model.key = p.key;
  model.steps = p.steps;
  model.factor = process_of(p.factors[0].process);
  for (int i = 0; i < ladder::market_count; ++i) model.prices[i] = price_of(p, p.prices[i]);
  model.demand = demand_of(p, p.demands[0]);
  for (int i = 0; i < ladder::fleet_count; ++i) model.fleets[i] = fleet_of(p, p.services[i]);
  for (int i = 0; i < ladder::plan_count; ++i) {
    const PlanParameters& plan = p.plans[i];
    require(plan.services.count == ladder::plan_fleet_count && plan.jobs.count == 0 && plan.items.count == 0 &&
                plan.commitments.count == 0 && plan.savings_plans.count == 0 && plan.credit_edge < 0,
            "a plan pays for more than two fleets");
    for (int k = 0; k < ladder::plan_fleet_count; ++k)
      model.plan_fleets[i][k] = p.plan_services[plan.services.first + k];
  }
  return model;
}

}  // namespace costrisk::course
