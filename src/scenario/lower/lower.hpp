// Lowers a scenario to the plain numbers that the kernels read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/edges.hpp"

namespace costrisk::scenario {

/// The arrays behind a Parameters.
struct ParameterStorage {
  std::vector<LawParameters> laws, event_laws;
  std::vector<LoadingParameters> loadings;
  std::vector<RenewalParameters> renewals;
  std::vector<FactorParameters> factors;
  std::vector<CapacityParameters> capacities;
  std::vector<RepricingParameters> repricings;
  std::vector<PriceParameters> prices;
  std::vector<LawIndex> law_lists;
  std::vector<DemandParameters> demands;
  std::vector<ChangeParameters> changes;
  std::vector<float> profiles;
  std::vector<AvailabilityParameters> availabilities;
  std::vector<HistoryParameters> histories;
  std::vector<std::int32_t> history_states, history_numbers;
  std::vector<float> history_values;
  std::vector<DriverParameters> drivers;
  std::vector<JobParameters> jobs;
  std::vector<JobMarketParameters> job_markets;
  std::vector<AutoscalerParameters> autoscalers;
  std::vector<ServiceParameters> services;
  std::vector<PoolParameters> pools;
  std::vector<ServiceItemParameters> service_items;
  std::vector<UseRowParameters> use_rows;
  std::vector<ItemParameters> items;
  std::vector<PlanParameters> plans;
  std::vector<std::int32_t> plan_jobs, plan_services, plan_service_slots, plan_items, plan_service_items;
  std::vector<PlanUseParameters> plan_uses;
  std::vector<CommitmentParameters> commitments;
  std::vector<SavingsPlanParameters> savings_plans;
  std::vector<DiscountParameters> discounts;
  std::vector<std::int64_t> committed_micros, effective_micros, credit_micros;
  std::vector<std::int32_t> edges, edge_bins;
};

struct Lowered {
  std::unique_ptr<ParameterStorage> storage;
  Parameters parameters;               ///< points into the storage
  std::vector<ParameterArray> arrays;  ///< all that it points to
  costrisk::Shape shape;
  std::vector<std::string> drivers;            ///< addresses of the unknowns drawn once per future
  std::vector<std::string> owners;             ///< "unused" last
  std::vector<int> plan_job_component;         ///< [plan][job], −1 where the plan does not run the job
  std::vector<int> plan_service_component;     ///< [plan][service], −1 where the plan does not run the service
  std::vector<double> obligation;              ///< [plan]: currency owed beyond the horizon
  std::vector<std::int64_t> effective_micros;  ///< [plan]: what commitments and savings plans cost over the horizon,
                                               ///< upfront payments spread over their term
  std::string sha256;                          ///< of the numbers' bits, without seed and bins
};

/// @throws std::invalid_argument where two streams collide, or a history cannot be sampled
Lowered lower(const Scenario& scenario);

}  // namespace costrisk::scenario
