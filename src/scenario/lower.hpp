// Lowers a scenario to the plain numbers that the kernels read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"
#include "src/scenario/scenario.hpp"

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
  std::vector<JobParameters> jobs;
  std::vector<JobMarketParameters> job_markets;
  std::vector<ItemParameters> items;
  std::vector<PlanParameters> plans;
  std::vector<std::int32_t> plan_components, plan_items, edges;
};

struct Lowered {
  std::unique_ptr<ParameterStorage> storage;
  Parameters parameters;  ///< points into the storage
  Shape shape;
  std::vector<std::string> owners;      ///< "unused" last
  std::vector<int> plan_job_component;  ///< [plan][job], −1 where the plan does not run the job
  std::string sha256;                   ///< of the numbers' bits, without seed and bins
};

/// The steps at which the bins of the fan charts end; the last is the horizon.
std::vector<std::int32_t> bin_edges(const Scenario& scenario);

/// @throws std::invalid_argument where two streams collide
Lowered lower(const Scenario& scenario);

}  // namespace costrisk::scenario
