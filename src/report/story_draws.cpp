// By the first two names of the address.
#include "src/report/story_draws.hpp"

#include <algorithm>
#include <vector>

namespace costrisk::report {

namespace {

template <class Entities>
int index_of(const Entities& entities, const std::string& name) {
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return e.name == name; });
  return found == entities.end() ? -1 : static_cast<int>(found - entities.begin());
}

bool has(const std::vector<int>& values, int value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

bool concerns_plan(const scenario::Scenario& scenario, const run::Timeline& timeline, const std::string& address) {
  const scenario::Plan& plan = scenario.plans[static_cast<std::size_t>(timeline.plan)];
  const auto dot = address.find('.');
  if (dot == std::string::npos) return true;
  const std::string kind = address.substr(0, dot), rest = address.substr(dot + 1),
                    name = rest.substr(0, rest.find('.'));
  const auto any_job = [&](auto holds) { return std::any_of(plan.jobs.begin(), plan.jobs.end(), holds); };
  const auto any_service = [&](auto holds) { return std::any_of(plan.services.begin(), plan.services.end(), holds); };
  const auto uses = [](int index) { return [index](const auto& entry) { return has(entry.optimizations, index); }; };
  if (kind == "market") {
    const int market = index_of(scenario.markets, name);
    return std::any_of(timeline.markets.begin(), timeline.markets.end(),
                       [&](const run::MarketTimeline& entry) { return entry.market == market; });
  }
  if (kind == "demand") {
    const int demand = index_of(scenario.demands, name);
    return std::any_of(timeline.demands.begin(), timeline.demands.end(),
                       [&](const run::DemandTimeline& entry) { return entry.demand == demand; });
  }
  if (kind == "job") {
    const int job = index_of(scenario.jobs, name);
    return any_job([&](const scenario::JobAssignment& entry) { return entry.job == job; });
  }
  if (kind == "service") {
    const int service = index_of(scenario.services, name);
    const int market = index_of(scenario.markets, address.substr(address.rfind('.') + 1));
    return any_service([&](const scenario::ServiceAssignment& entry) {
      return entry.service == service &&
             (market < 0 || std::any_of(entry.pools.begin(), entry.pools.end(),
                                        [&](const scenario::Pool& pool) { return pool.market == market; }));
    });
  }
  if (kind == "serverless") {
    const int offer = index_of(scenario.serverless, name);
    return any_service([&](const scenario::ServiceAssignment& entry) { return entry.overflow == offer; });
  }
  if (kind == "item") {
    const int item = index_of(scenario.items, name);
    return item >= 0 && has(scenario.items[static_cast<std::size_t>(item)].plans, timeline.plan);
  }
  if (kind == "optimization") {
    const int optimization = index_of(scenario.optimizations, name);
    return any_job(uses(optimization)) || any_service(uses(optimization));
  }
  return true;
}

}  // namespace costrisk::report
