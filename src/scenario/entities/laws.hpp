// Every law of a scenario, wherever it stands.
#pragma once

#include <optional>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Calls `visit` with every law of the scenario.
template <class Visit>
void each_law(const Scenario& scenario, Visit visit) {
  const auto capacity = [&](const std::optional<Capacity>& value) {
    if (!value) return;
    visit(value->up.mean_hours);
    visit(value->down.mean_hours);
    if (value->depth) visit(*value->depth);
  };
  for (const Market& market : scenario.markets) {
    if (market.hardware_mtbf_hours) visit(*market.hardware_mtbf_hours);
    if (market.repricing) visit(market.repricing->multiplier);
    if (market.on_demand) {
      visit(market.on_demand->price);
      capacity(market.on_demand->capacity);
    }
    if (!market.spot) continue;
    if (market.spot->price) visit(market.spot->price->mean);
    capacity(market.spot->capacity);
    if (market.spot->reclaim_every_hours) visit(*market.spot->reclaim_every_hours);
    if (market.spot->reclaim) visit(market.spot->reclaim->mean_hours);
  }
  for (const Demand& demand : scenario.demands) {
    visit(demand.base);
    visit(demand.growth_per_month);
    for (const Change& change : demand.changes) visit(change.multiplier);
    if (!demand.tokens) continue;
    visit(demand.tokens->input);
    visit(demand.tokens->output);
    if (demand.tokens->cached_share) visit(*demand.tokens->cached_share);
  }
  for (const Job& job : scenario.jobs) {
    visit(job.work_instance_hours);
    for (const MarketRate& rate : job.throughput) visit(rate.rate);
  }
  for (const Service& service : scenario.services)
    for (const auto* rates : {&service.rate, &service.input_rate})
      for (const MarketRate& rate : *rates) visit(rate.rate);
  for (const Serverless& serverless : scenario.serverless) {
    visit(serverless.per_request);
    visit(serverless.input_per_million);
    visit(serverless.output_per_million);
    if (serverless.cached_input_per_million) visit(*serverless.cached_input_per_million);
  }
  for (const Plan& plan : scenario.plans) {
    const auto of_contracts = [&](const auto& contracts) {
      for (const auto& contract : contracts)
        if (contract.use_after) visit(*contract.use_after);
    };
    of_contracts(plan.commitments);
    of_contracts(plan.savings_plans);
    of_contracts(plan.spend_commitments);
  }
  for (const Plan& plan : scenario.plans)
    for (const JobAssignment& assignment : plan.jobs) visit(assignment.margin_hours);
  for (const Item& item : scenario.items) visit(item.amount);
  for (const Optimization& optimization : scenario.optimizations) {
    visit(optimization.throughput);
    visit(optimization.once);
  }
}

}  // namespace costrisk::scenario
