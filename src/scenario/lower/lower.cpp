// Scenario to kernel parameters: the order of the parts, the pointers into their arrays, and the hash.
#include "src/scenario/lower/lower.hpp"

#include <span>

#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/lower_plan.hpp"
#include "src/scenario/lower/lower_world.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::scenario {

namespace {

/// Points the parameters at their arrays, and notes which there are.
class Pointing {
 public:
  Pointing(const Parameters& parameters, std::vector<ParameterArray>& arrays)
      : parameters_(parameters), arrays_(arrays) {}

  template <class T>
  void operator()(const T*& pointer, const std::vector<T>& array) const {
    pointer = array.data();
    const auto offset = reinterpret_cast<const std::byte*>(&pointer) - reinterpret_cast<const std::byte*>(&parameters_);
    arrays_.push_back({static_cast<std::size_t>(offset), array.data(), array.size() * sizeof(T)});
  }
  template <class T>
  void operator()(const T*& pointer, std::int32_t& count, const std::vector<T>& array) const {
    (*this)(pointer, array);
    count = static_cast<std::int32_t>(array.size());
  }

 private:
  const Parameters& parameters_;
  std::vector<ParameterArray>& arrays_;
};

Parameters parameters_of(const Lowering& lowering, const ParameterStorage& s, std::vector<ParameterArray>& arrays) {
  const Scenario& scenario = lowering.scenario();
  Parameters p;
  const Pointing point(p, arrays);
  const std::uint64_t seed = scenario.simulation.seed;
  p.key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  p.steps = static_cast<std::int32_t>(scenario.steps());
  p.slots = lowering.slots();
  point(p.laws, p.law_count, s.laws);
  point(p.event_laws, s.event_laws);
  point(p.law_lists, s.law_lists);
  point(p.loadings, s.loadings);
  point(p.renewals, p.renewal_count, s.renewals);
  point(p.factors, p.factor_count, s.factors);
  point(p.capacities, p.capacity_count, s.capacities);
  point(p.repricings, p.repricing_count, s.repricings);
  point(p.prices, p.price_count, s.prices);
  point(p.demands, p.demand_count, s.demands);
  point(p.changes, p.change_count, s.changes);
  point(p.profiles, s.profiles);
  point(p.availabilities, s.availabilities);
  point(p.histories, p.history_count, s.histories);
  point(p.history_states, s.history_states);
  point(p.history_values, s.history_values);
  point(p.history_numbers, s.history_numbers);
  point(p.drivers, p.driver_count, s.drivers);
  point(p.jobs, p.job_count, s.jobs);
  point(p.job_markets, p.job_market_count, s.job_markets);
  point(p.autoscalers, p.autoscaler_count, s.autoscalers);
  point(p.services, p.service_count, s.services);
  point(p.pools, p.pool_count, s.pools);
  point(p.service_items, p.service_item_count, s.service_items);
  point(p.use_rows, p.use_row_count, s.use_rows);
  point(p.items, p.item_count, s.items);
  point(p.plans, p.plan_count, s.plans);
  point(p.plan_jobs, s.plan_jobs);
  point(p.plan_services, s.plan_services);
  point(p.plan_service_slots, s.plan_service_slots);
  point(p.plan_items, s.plan_items);
  point(p.plan_service_items, s.plan_service_items);
  point(p.plan_uses, p.plan_use_count, s.plan_uses);
  point(p.commitments, s.commitments);
  point(p.savings_plans, s.savings_plans);
  point(p.discounts, s.discounts);
  point(p.committed_micros, s.committed_micros);
  point(p.effective_micros, s.effective_micros);
  point(p.credit_micros, s.credit_micros);
  const Settlement periods = settlement(scenario);
  p.settlement_steps = periods.steps;
  p.first_settlement = periods.first_end;
  point(p.edges, p.edge_count, s.edges);
  point(p.edge_bins, s.edge_bins);
  p.most_edges = most_edges_in_tile(s.edges);
  for (const std::int32_t bin : s.edge_bins) p.bin_count += bin != none;
  p.owner_count = static_cast<std::int32_t>(lowering.owners().size());
  p.market_count = static_cast<std::int32_t>(scenario.markets.size());
  p.service_slots = static_cast<std::int32_t>(scenario.services.size());
  return p;
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
  shape.drivers = p.driver_count;
  return shape;
}

template <class T>
void absorb(Sha256& hash, const std::vector<T>& array) {
  const std::uint64_t count = array.size();
  hash.update(std::as_bytes(std::span(&count, 1)));
  hash.update(std::as_bytes(std::span(array)));
}

/// Contracts and credits count by their terms, since what stands in the parameters goes by the ends of bins.
void absorb_contracts(Sha256& hash, const Scenario& scenario, const std::vector<std::int64_t>& credit_micros) {
  absorb(hash, credit_micros);
  std::vector<std::int32_t> scalars = {static_cast<std::int32_t>(scenario.accounting)};
  for (const Plan& plan : scenario.plans) {
    scalars.push_back(credit_step(scenario, plan));
    absorb(hash, contract_terms(plan));
  }
  absorb(hash, scalars);
}

std::string hash_of(const Scenario& scenario, const Parameters& p, const ParameterStorage& s) {
  Sha256 hash;
  const std::int32_t scalars[] = {
      p.steps, p.slots, p.owner_count, p.market_count, p.service_slots, p.settlement_steps, p.first_settlement};
  hash.update(std::as_bytes(std::span(scalars)));
  absorb(hash, s.laws);
  absorb(hash, s.event_laws);
  absorb(hash, s.law_lists);
  absorb(hash, s.loadings);
  absorb(hash, s.renewals);
  absorb(hash, s.factors);
  absorb(hash, s.capacities);
  absorb(hash, s.repricings);
  absorb(hash, s.prices);
  absorb(hash, s.demands);
  absorb(hash, s.changes);
  absorb(hash, s.profiles);
  absorb(hash, s.availabilities);
  absorb(hash, s.histories);
  absorb(hash, s.history_states);
  absorb(hash, s.history_values);
  absorb(hash, s.history_numbers);
  absorb(hash, s.jobs);
  absorb(hash, s.job_markets);
  absorb(hash, s.autoscalers);
  absorb(hash, s.services);
  absorb(hash, s.pools);
  absorb(hash, s.service_items);
  absorb(hash, s.use_rows);
  absorb(hash, s.items);
  std::vector<PlanParameters> plans = s.plans;
  for (PlanParameters& plan : plans) plan.credit_edge = none;
  absorb(hash, plans);
  absorb(hash, s.plan_jobs);
  absorb(hash, s.plan_services);
  absorb(hash, s.plan_service_slots);
  absorb(hash, s.plan_items);
  absorb(hash, s.plan_service_items);
  absorb(hash, s.plan_uses);
  absorb(hash, s.commitments);
  absorb(hash, s.savings_plans);
  absorb(hash, s.discounts);
  absorb_contracts(hash, scenario, s.credit_micros);
  return hash.hex();
}

}  // namespace

Lowered lower(const Scenario& scenario) {
  Lowering lowering(scenario);
  Lowered lowered;
  const WorldSlots world = lower_world(lowering);
  lower_plans(lowering, world, lowered);
  lowered.parameters = parameters_of(lowering, lowering.storage(), lowered.arrays);
  lowered.shape = shape_of(lowered.parameters);
  lowered.owners = lowering.owners();
  lowered.drivers = lowering.drivers();
  lowered.sha256 = hash_of(scenario, lowered.parameters, lowering.storage());
  lowered.effective_micros = lowering.storage().effective_micros;
  lowered.storage = lowering.take_storage();
  return lowered;
}

}  // namespace costrisk::scenario
