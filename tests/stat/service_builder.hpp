// Demands and services built in code for tests: an hourly profile as a sequence of known requests per second.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "tests/stat/builder.hpp"

namespace costrisk::stat {

/// A demand of `base` requests per second, always.
inline scenario::Demand flat_demand(const std::string& name, double base) {
  scenario::Demand demand;
  demand.name = name;
  demand.base = at("demand." + name + ".base", scenario::Law::constant(base));
  demand.growth_per_month = at("demand." + name + ".growth", scenario::Law::constant(0.0));
  demand.by_hour.fill(1.0);
  demand.by_weekday.fill(1.0);
  return demand;
}

/// Requests per second in each hour of the first day, 0 beyond the list.
inline scenario::Demand hourly_demand(const std::string& name, const std::vector<double>& by_hour) {
  scenario::Demand demand = flat_demand(name, 1.0);
  for (std::size_t h = 0; h < 24; ++h) demand.by_hour[h] = h < by_hour.size() ? by_hour[h] : 0.0;
  return demand;
}

/// A world that begins at midnight and asks `by_hour`, one market "m" of on-demand at 2 and spot at 1, always up.
inline scenario::Scenario asked_by_hour(const std::vector<double>& by_hour, double step_hours = 1.0) {
  scenario::Scenario scenario = one_market(step_hours, static_cast<double>(by_hour.size()));
  scenario.simulation.bin_seconds = scenario.step_seconds;
  scenario.demands.push_back(hourly_demand("d", by_hour));
  return scenario;
}

inline scenario::Pool pool(Purchase buy, int market = 0, double share = 1.0, int max = 4096) {
  scenario::Pool result;
  result.market = market;
  result.buy = buy;
  result.share = share;
  result.max = max;
  return result;
}

inline scenario::Plan& add_plan(scenario::Scenario& scenario, const std::string& name) {
  scenario.plans.emplace_back();
  scenario.plans.back().name = name;
  return scenario.plans.back();
}

/// A service for the demand that sustains `rate` requests per second in every market, with an owner of its own name.
inline int define_service(scenario::Scenario& scenario, const std::string& name, double rate, int demand = 0) {
  scenario::Service service;
  service.name = service.owner = name;
  service.demand = demand;
  for (std::size_t m = 0; m < scenario.markets.size(); ++m) {
    service.rate.push_back({static_cast<int>(m), at("service." + name + ".rate." + scenario.markets[m].name,
                                                    scenario::Law::constant(rate))});
  }
  scenario.services.push_back(service);
  return static_cast<int>(scenario.services.size()) - 1;
}

/// Has the plan run the service on the pools, at utilization 1, without delays. The next addition invalidates what it
/// returns.
inline scenario::ServiceAssignment& run_service(scenario::Plan& plan, int service,
                                                const std::vector<scenario::Pool>& pools) {
  scenario::ServiceAssignment assignment;
  assignment.service = service;
  assignment.pools = pools;
  plan.services.push_back(assignment);
  return plan.services.back();
}

/// A serverless offer at a price a request, without limit.
inline int define_serverless(scenario::Scenario& scenario, const std::string& name, double per_request) {
  scenario::Serverless serverless;
  serverless.name = name;
  const std::string address = "serverless." + name;
  serverless.per_request = at(address + ".per_request", scenario::Law::constant(per_request));
  serverless.input_per_million = at(address + ".per_million.input", scenario::Law::constant(0.0));
  serverless.output_per_million = at(address + ".per_million.output", scenario::Law::constant(0.0));
  serverless.max_rate = std::numeric_limits<double>::infinity();
  scenario.serverless.push_back(serverless);
  return static_cast<int>(scenario.serverless.size()) - 1;
}

inline scenario::Commitment commitment(int market, int instances, double price_per_hour, double from_hours = 0.0,
                                       double term_hours = 8760.0) {
  scenario::Commitment result;
  result.market = market;
  result.instances = instances;
  result.price_per_hour = price_per_hour;
  result.from_seconds = from_hours * 3600.0;
  result.term_seconds = term_hours * 3600.0;
  result.use_after = scenario::Law::constant(1.0);  // nothing stranded
  return result;
}

inline scenario::Commitment own_capacity(int market, int instances, double price_per_hour, double from_hours = 0.0,
                                         double term_hours = 8760.0) {
  scenario::Commitment result = commitment(market, instances, price_per_hour, from_hours, term_hours);
  result.kind = scenario::Commitment::Kind::capacity;
  return result;
}

inline scenario::SavingsPlan savings_plan(double spend_per_hour, std::vector<std::pair<int, double>> discounts,
                                          double from_hours = 0.0, double term_hours = 8760.0) {
  scenario::SavingsPlan result;
  result.spend_per_hour = spend_per_hour;
  result.discounts = std::move(discounts);
  result.from_seconds = from_hours * 3600.0;
  result.term_seconds = term_hours * 3600.0;
  result.use_after = scenario::Law::constant(1.0);  // nothing stranded
  return result;
}

}  // namespace costrisk::stat
