// What a simulated chunk of paths leaves behind: integers, one per path, in structure-of-arrays order.
// The arrays belong to the caller; kernels only write. `path` is the fastest axis and every row has
// `stride` entries, of which the first `paths` are filled.
#pragma once

#include <cstdint>

#include "kernels/model/services/service_parameters.hpp"
#include "kernels/model/terms.hpp"

namespace costrisk {

/// The extents of a run. Fixed for all of its chunks.
struct Shape {
  int plans = 0;
  int owners = 0;  ///< workloads' and items' owners, and "unused" last
  int bins = 0;    ///< of the fan charts: cumulative cost is taken at each bin's end
  int markets = 0;
  int services = 0;            ///< of the scenario
  int job_components = 0;      ///< distinct job assignments
  int service_components = 0;  ///< distinct service assignments
  int latency_components = 0;  ///< all of these where some service has a latency, else none
  int drivers = 0;             ///< unknowns drawn once per future
  int budgets = 0;             ///< by owner and period
  int budget_periods = 0;      ///< of all budgets

  bool operator==(const Shape&) const = default;
};

/// Results of one chunk, by path. Money in micro-units, time in 2^-20 step, requests in 2^-10.
struct Output {
  int stride = 0;

  std::int64_t* plan_cost = nullptr;         ///< [plan][path]
  std::int64_t* plan_category = nullptr;     ///< [plan][category][path]; sums to plan_cost
  std::int64_t* plan_owner = nullptr;        ///< [plan][owner][path]; sums to plan_cost
  std::int64_t* plan_bin = nullptr;          ///< [plan][bin][path]: cost up to the end of the bin
  std::int64_t* plan_waste = nullptr;        ///< [plan][waste_kind][path]
  std::int64_t* plan_covered = nullptr;      ///< [plan][path]: list price of on-demand use that commitments covered
  std::int64_t* plan_period = nullptr;       ///< [plan][budget period][path]: what the budget's owner is charged in it
  std::int32_t* plan_period_over = nullptr;  ///< [plan][budget period][path]: 1 where that is above the amount
  std::int32_t* plan_budget_over = nullptr;  ///< [plan][budget][path]: 1 where it is in some period
  std::int64_t* plan_service = nullptr;      ///< [plan][service][path]: what the service costs the plan; 0 if not run

  std::int64_t* job_finish = nullptr;         ///< [job component][path]: instant the last run ended, or never_ticks
  std::int32_t* job_runs = nullptr;           ///< [job component][path]: runs released before the horizon
  std::int32_t* job_late = nullptr;           ///< [job component][path]: of these, late or unfinished
  std::int32_t* job_interruptions = nullptr;  ///< [job component][path]
  std::int64_t* job_lost = nullptr;           ///< [job component][path]: run time lost to interruptions
  std::int64_t* job_use = nullptr;  ///< [job component][market][purchase][path]: instance time billed, gang included

  std::int64_t* service_served = nullptr;    ///< [service component][path]: requests, overflow included
  std::int64_t* service_unserved = nullptr;  ///< [service component][path]: requests
  std::int64_t* service_tokens = nullptr;    ///< [service component][path]: output tokens served; 0 without tokens
  std::int64_t* service_queued = nullptr;    ///< [service component][path]: requests that entered the queue or fleet
  std::int64_t* service_waiting = nullptr;   ///< [service component][path]: requests in the queue, summed over steps
  std::int32_t* service_peak = nullptr;      ///< [service component][path]: most instances at a time
  std::int64_t* service_use = nullptr;       ///< [service component][market][purchase][path]: instance time billed
  std::int64_t* service_within = nullptr;    ///< [latency component][path]: requests answered within the objective
  std::int64_t* service_latency = nullptr;   ///< [latency component][latency range][path]: requests of the fleet

  std::int32_t* driver_cell = nullptr;  ///< [driver][path]: 0 … driver_cells − 1

  std::uint32_t* status = nullptr;  ///< [path]: Status bits; 0 is good
};

/// Walks over the arrays: `visit(name, pointer, rows)`.
template <class AnyOutput, class Visit>
constexpr void each_array(const Shape& s, AnyOutput& out, Visit visit) {
  visit("plan_cost", out.plan_cost, s.plans);
  visit("plan_category", out.plan_category, s.plans * category_count);
  visit("plan_owner", out.plan_owner, s.plans * s.owners);
  visit("plan_bin", out.plan_bin, s.plans * s.bins);
  visit("plan_waste", out.plan_waste, s.plans * waste_kind_count);
  visit("plan_covered", out.plan_covered, s.plans);
  visit("plan_service", out.plan_service, s.plans * s.services);
  visit("plan_period", out.plan_period, s.plans * s.budget_periods);
  visit("plan_period_over", out.plan_period_over, s.plans * s.budget_periods);
  visit("plan_budget_over", out.plan_budget_over, s.plans * s.budgets);
  visit("job_finish", out.job_finish, s.job_components);
  visit("job_runs", out.job_runs, s.job_components);
  visit("job_late", out.job_late, s.job_components);
  visit("job_interruptions", out.job_interruptions, s.job_components);
  visit("job_lost", out.job_lost, s.job_components);
  visit("job_use", out.job_use, s.job_components * s.markets * purchase_count);
  visit("service_served", out.service_served, s.service_components);
  visit("service_unserved", out.service_unserved, s.service_components);
  visit("service_tokens", out.service_tokens, s.service_components);
  visit("service_queued", out.service_queued, s.service_components);
  visit("service_waiting", out.service_waiting, s.service_components);
  visit("service_peak", out.service_peak, s.service_components);
  visit("service_use", out.service_use, s.service_components * s.markets * purchase_count);
  visit("service_within", out.service_within, s.latency_components);
  visit("service_latency", out.service_latency, s.latency_components * latency_ranges);
  visit("driver_cell", out.driver_cell, s.drivers);
  visit("status", out.status, 1);
}

/// Bits of the status word.
enum Status : std::uint32_t {
  status_ok = 0,
  status_event_loop = 1,      ///< more than event_limit events of one process in a tile
  status_money_overflow = 2,  ///< a close beyond largest_close
};

}  // namespace costrisk
