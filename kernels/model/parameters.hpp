// The lowered scenario as a kernel sees it: pointers into arrays that the host owns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/math/philox.hpp"
#include "kernels/model/driver_parameters.hpp"
#include "kernels/model/history_parameters.hpp"
#include "kernels/model/job_parameters.hpp"
#include "kernels/model/plan_parameters.hpp"
#include "kernels/model/service_parameters.hpp"
#include "kernels/model/world_parameters.hpp"

namespace costrisk {

/// Everything a kernel reads.
struct Parameters {
  PhiloxKey key;
  std::int32_t steps = 0;
  std::int32_t slots = 0;  ///< numbers a step of the world

  // The world
  const LawParameters* laws = nullptr;
  std::int32_t law_count = 0;
  const LawParameters* event_laws = nullptr;
  const LawIndex* law_lists = nullptr;
  const LoadingParameters* loadings = nullptr;
  const RenewalParameters* renewals = nullptr;
  std::int32_t renewal_count = 0;
  const FactorParameters* factors = nullptr;
  std::int32_t factor_count = 0;
  const CapacityParameters* capacities = nullptr;
  std::int32_t capacity_count = 0;
  const RepricingParameters* repricings = nullptr;
  std::int32_t repricing_count = 0;
  const PriceParameters* prices = nullptr;
  std::int32_t price_count = 0;
  const DemandParameters* demands = nullptr;
  std::int32_t demand_count = 0;
  const ChangeParameters* changes = nullptr;
  std::int32_t change_count = 0;
  const float* profiles = nullptr;
  const AvailabilityParameters* availabilities = nullptr;
  const HistoryParameters* histories = nullptr;
  std::int32_t history_count = 0;
  const std::int32_t* history_states = nullptr;   ///< of capacities: bits, and steps to the end of the run
  const float* history_values = nullptr;          ///< prices (relative), requests a second, depths
  const std::int32_t* history_numbers = nullptr;  ///< starts, and pairs of runs

  const DriverParameters* drivers = nullptr;
  std::int32_t driver_count = 0;

  // Components
  const JobParameters* jobs = nullptr;
  std::int32_t job_count = 0;
  const JobMarketParameters* job_markets = nullptr;
  std::int32_t job_market_count = 0;
  const AutoscalerParameters* autoscalers = nullptr;
  std::int32_t autoscaler_count = 0;
  const ServiceParameters* services = nullptr;
  std::int32_t service_count = 0;
  const PoolParameters* pools = nullptr;
  std::int32_t pool_count = 0;
  const ServiceItemParameters* service_items = nullptr;
  std::int32_t service_item_count = 0;
  const UseRowParameters* use_rows = nullptr;
  std::int32_t use_row_count = 0;

  // Plans
  const ItemParameters* items = nullptr;
  std::int32_t item_count = 0;
  const PlanParameters* plans = nullptr;
  std::int32_t plan_count = 0;
  const std::int32_t* plan_jobs = nullptr;
  const std::int32_t* plan_services = nullptr;
  const std::int32_t* plan_service_slots = nullptr;  ///< beside plan_services: which of the scenario's services it is
  const std::int32_t* plan_items = nullptr;
  const std::int32_t* plan_service_items = nullptr;
  const PlanUseParameters* plan_uses = nullptr;
  std::int32_t plan_use_count = 0;
  const CommitmentParameters* commitments = nullptr;
  const SavingsPlanParameters* savings_plans = nullptr;
  const DiscountParameters* discounts = nullptr;
  const std::int64_t* committed_micros = nullptr;  ///< [plan][edge]: commitments and savings plans up to there
  const std::int64_t* effective_micros = nullptr;  ///< [plan]: what these cost, upfront payments spread over their term
  const std::int64_t* credit_micros = nullptr;     ///< [plan]
  std::int32_t settlement_steps = 1;               ///< of a settlement period: the clock hour where steps divide it
  std::int32_t first_settlement = 1;               ///< the step at which the first period ends

  // Where cumulative cost is looked at
  const std::int32_t* edges = nullptr;      ///< [edge_count]: steps, ascending, the last is the horizon
  const std::int32_t* edge_bins = nullptr;  ///< [edge_count]: the bin of the fan charts that ends there; −1: none
  std::int32_t edge_count = 0;
  std::int32_t most_edges = 0;  ///< edges in one tile, at most
  std::int32_t bin_count = 0;
  std::int32_t owner_count = 0;
  std::int32_t market_count = 0;
  std::int32_t service_slots = 0;  ///< services of the scenario
};

/// One of the arrays behind a Parameters, for whoever copies them elsewhere.
struct ParameterArray {
  std::size_t pointer_offset = 0;  ///< of its pointer within Parameters
  const void* data = nullptr;
  std::size_t bytes = 0;
};

}  // namespace costrisk
