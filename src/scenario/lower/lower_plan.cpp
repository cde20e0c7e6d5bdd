// Plans become ranges of components, items, uses and commitments.
#include "src/scenario/lower/lower_plan.hpp"

#include <algorithm>
#include <map>
#include <type_traits>

#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/lower_contracts.hpp"
#include "src/scenario/lower/lower_items.hpp"
#include "src/scenario/lower/lower_job.hpp"
#include "src/scenario/lower/lower_service.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/scenario/lower/shared.hpp"

namespace costrisk::scenario {

namespace {

class PlanLowering {
 public:
  PlanLowering(Lowering& lowering, const WorldSlots& world, Lowered& lowered)
      : lowering_(lowering),
        scenario_(lowering.scenario()),
        storage_(lowering.storage()),
        world_(world),
        lowered_(lowered),
        items_(lowering),
        jobs_(lowering, world),
        services_(lowering, world) {}

  void run() {
    lowered_.plan_job_component.assign(scenario_.plans.size() * scenario_.jobs.size(), none);
    lowered_.plan_service_component.assign(scenario_.plans.size() * scenario_.services.size(), none);
    for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) lower_plan(plan);
    items_.lower_service_items();
    add_edges();
    for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan)
      lower_contracts(lowering_, world_.markets, scenario_.plans[plan], storage_.plans[plan]);
    lower_edges();
  }

 private:
  /// What the workloads of a plan find, one after the other.
  class Sharing {
   public:
    Sharing(const PlanLowering& lowering, const Plan& plan) {
      const auto add = [&](const auto& assignment) {
        const Claims claims = claims_of(lowering.scenario_, lowering.world_, lowering.storage_, assignment);
        for (const int capacity : claims.capacities) ++claims_[capacity];
        for (const int serverless : claims.serverless) ++overflows_[serverless];
      };
      for (const ServiceAssignment& assignment : plan.services) add(assignment);
      for (const JobAssignment& assignment : plan.jobs) add(assignment);
    }
    const Shared& found() const { return found_; }
    /// A component takes its part; what it leaves is for those after it, if there are any.
    template <class Components>
    void leave(const Claims& claims, Components& components, int component) {
      for (const int capacity : claims.capacities)
        if (--claims_[capacity] > 0) found_.capacities[capacity] = components.left_capacity(component, capacity);
      if constexpr (std::is_same_v<Components, ServiceLowering>)
        for (const int serverless : claims.serverless)
          if (--overflows_[serverless] > 0) found_.overflow[serverless] = components.left_overflow(component);
    }

   private:
    Shared found_;
    std::map<int, int> claims_, overflows_;  ///< how many have yet to take
  };

  void lower_plan(std::size_t index) {
    const Plan& plan = scenario_.plans[index];
    const Allotments allotments = allotted(scenario_, plan);
    PlanParameters result;
    Sharing sharing(*this, plan);
    result.services = {size_of(storage_.plan_services), size_of(plan.services)};
    for (std::size_t i = 0; i < plan.services.size(); ++i) {
      const int component = services_.component(plan.services[i], allotments.services[i], sharing.found());
      sharing.leave(claims_of(scenario_, world_, storage_, plan.services[i]), services_, component);
      const int slot = plan.services[i].service;
      storage_.plan_services.push_back(component);
      storage_.plan_service_slots.push_back(slot);
      lowered_.plan_service_component[index * scenario_.services.size() + static_cast<std::size_t>(slot)] = component;
    }
    result.jobs = {size_of(storage_.plan_jobs), size_of(plan.jobs)};
    for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
      const int component = jobs_.component(plan.jobs[i], allotments.jobs[i], sharing.found());
      sharing.leave(claims_of(scenario_, world_, storage_, plan.jobs[i]), jobs_, component);
      storage_.plan_jobs.push_back(component);
      lowered_.plan_job_component[index * scenario_.jobs.size() + static_cast<std::size_t>(plan.jobs[i].job)] =
          component;
    }
    result.items.first = size_of(storage_.plan_items);
    items_.add_items_of(index);
    result.items.count = size_of(storage_.plan_items) - result.items.first;
    storage_.plans.push_back(result);
  }

  /// Where cumulative cost is looked at.
  void add_edges() {
    const Edges edges = all_edges(scenario_);
    storage_.edges = edges.steps;
    storage_.edge_bins = edges.bins;
    for (const std::int32_t edge : edges.steps)
      storage_.edge_months.push_back(month_time(calendar_months(scenario_, edge * scenario_.step_seconds)));
    const std::vector<BudgetPeriod> periods = budget_periods(scenario_);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      const Budget& budget = at(scenario_.budgets, periods[i].budget);
      storage_.budget_marks.push_back(
          {to_micros(periods[i].amount), edge_at(scenario_, edges.steps, periods[i].end_seconds), periods[i].budget,
           static_cast<std::int32_t>(i), budget.owner.empty() ? none : lowering_.owner_index(budget.owner)});
    }
    std::stable_sort(storage_.budget_marks.begin(), storage_.budget_marks.end(),
                     [](const auto& a, const auto& b) { return a.edge < b.edge; });
  }

  /// What the contracts have cost at the edges.
  void lower_edges() {
    const std::vector<std::int32_t>& edges = storage_.edges;
    for (std::size_t index = 0; index < scenario_.plans.size(); ++index) {
      const Plan& plan = scenario_.plans[index];
      const std::int32_t until = credit_step(scenario_, plan);
      if (until != none)
        storage_.plans[index].credit_edge =
            static_cast<std::int32_t>(std::lower_bound(edges.begin(), edges.end(), until) - edges.begin());
      storage_.credit_micros.push_back(plan.credit ? to_micros(plan.credit->amount) : 0);
      for (const std::int32_t edge : edges)
        storage_.committed_micros.push_back(
            to_micros(contract_cost(plan, scenario_.accounting, edge * scenario_.step_seconds)));
      storage_.effective_micros.push_back(
          to_micros(contract_cost(plan, Accounting::effective, scenario_.horizon_seconds)));
      lowered_.obligation.push_back(obligation_beyond_horizon(scenario_, plan));
    }
  }

  Lowering& lowering_;
  const Scenario& scenario_;
  ParameterStorage& storage_;
  const WorldSlots& world_;
  Lowered& lowered_;
  ItemLowering items_;
  JobLowering jobs_;
  ServiceLowering services_;
};

}  // namespace

void lower_plans(Lowering& lowering, const WorldSlots& world, Lowered& lowered) {
  PlanLowering(lowering, world, lowered).run();
}

}  // namespace costrisk::scenario
