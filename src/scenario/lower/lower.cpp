// Scenario to kernel parameters: the order of the parts, the numbers beside the arrays, and the hash.
#include "src/scenario/lower/lower.hpp"

#include <span>

#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/latency.hpp"
#include "src/scenario/lower/lower_plan.hpp"
#include "src/scenario/lower/lower_world.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::scenario {

namespace {

/// The numbers beside the arrays.
void set_scalars(Parameters& p, const Lowering& lowering, const ParameterStorage& s) {
  const Scenario& scenario = lowering.scenario();
  const std::uint64_t seed = scenario.simulation.seed;
  p.key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  p.steps = static_cast<std::int32_t>(scenario.steps());
  p.slots = lowering.slots();
  const Settlement periods = settlement(scenario);
  p.settlement_steps = periods.steps;
  p.first_settlement = periods.first_end;
  p.covered_pro_rata = scenario.allocation.covered == Allocation::Covered::proportionally;
  p.most_edges = most_edges_in_tile(s.edges);
  for (const std::int32_t bin : s.edge_bins) p.bin_count += bin != none;
  p.owner_count = static_cast<std::int32_t>(lowering.owners().size());
  p.market_count = static_cast<std::int32_t>(scenario.markets.size());
  p.service_slots = static_cast<std::int32_t>(scenario.services.size());
  for (const JobParameters& job : s.jobs) {
    p.aging_jobs += job.ages >= 0;
    if (job.split < 0) continue;
    ++p.split_jobs;
    p.part_count += job.markets.count;
  }
  p.budget_count = static_cast<std::int32_t>(scenario.budgets.size());
  if (has_latency(scenario)) p.latency_components = p.service_count;
}

Shape shape_of(const Parameters& p) {
  Shape shape;
  shape.plans = p.plan_count;
  shape.owners = p.owner_count;
  shape.bins = p.bin_count;
  shape.markets = p.market_count;
  shape.services = p.service_slots;
  shape.job_components = p.job_count;
  shape.service_components = p.service_count;
  shape.latency_components = p.latency_components;
  shape.drivers = p.driver_count;
  shape.budgets = p.budget_count;
  shape.budget_periods = p.budget_mark_count;
  return shape;
}

/// Contracts, credits and budgets count by their terms, since what stands in the parameters goes by the ends of bins.
void absorb_contracts(Sha256& hash, const Scenario& scenario) {
  std::vector<std::int32_t> scalars = {static_cast<std::int32_t>(scenario.accounting)};
  for (const Plan& plan : scenario.plans) {
    scalars.push_back(credit_step(scenario, plan));
    absorb(hash, contract_terms(plan));
  }
  for (const Budget& budget : scenario.budgets) {
    absorb(hash, std::vector<double>{budget.amount, double(budget.per)});
    absorb(hash, std::vector<char>(budget.owner.begin(), budget.owner.end()));
  }
  absorb(hash, scalars);
}

std::string hash_of(const Scenario& scenario, const Parameters& p, const ParameterStorage& s) {
  Sha256 hash;
  const std::int32_t scalars[] = {p.steps,
                                  p.slots,
                                  p.owner_count,
                                  p.market_count,
                                  p.service_slots,
                                  p.settlement_steps,
                                  p.first_settlement,
                                  p.covered_pro_rata};
  hash.update(std::as_bytes(std::span(scalars)));
  absorb(hash, s);
  absorb_contracts(hash, scenario);
  return hash.hex();
}

Lowered lower_alone(const Scenario& scenario) {
  Lowering lowering(scenario);
  Lowered lowered;
  const WorldSlots world = lower_world(lowering);
  lower_plans(lowering, world, lowered);
  lowered.arrays = point_at(lowered.parameters, lowering.storage());
  set_scalars(lowered.parameters, lowering, lowering.storage());
  lowered.shape = shape_of(lowered.parameters);
  lowered.owners = lowering.owners();
  lowered.drivers = lowering.drivers();
  lowered.sha256 = hash_of(scenario, lowered.parameters, lowering.storage());
  lowered.effective_micros = lowering.storage().effective_micros;
  lowered.storage = lowering.take_storage();
  return lowered;
}

/// What was paid counts by its cells.
std::string hash_of(const Lowered& rest, const Paid& paid) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(rest.sha256)));
  absorb(hash, paid.ends);
  absorb(hash, paid.micros);
  for (const std::string& owner : paid.owners) absorb(hash, std::vector<char>(owner.begin(), owner.end()));
  return hash.hex();
}

}  // namespace

Lowered lower(const Scenario& scenario) {
  const std::optional<Scenario> rest = remaining(scenario);
  if (!rest) return lower_alone(scenario);
  Lowered lowered = lower_alone(*rest);
  lowered.past = past_of(scenario, lowered.owners, lowered.shape);
  lowered.sha256 = hash_of(lowered, *scenario.actuals->paid);
  return lowered;
}

}  // namespace costrisk::scenario
