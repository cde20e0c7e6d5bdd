// What a scenario asks for that this version's model cannot simulate.
#include "src/scenario/unsupported.hpp"

#include <fmt/format.h>

namespace costrisk::scenario {

std::vector<std::string> unsupported(const Scenario& scenario) {
  std::vector<std::string> addresses;
  for (const Market& market : scenario.markets) {
    if (!market.spot) continue;
    if (market.spot->price_history) addresses.push_back(fmt::format("market.{}.spot.price.history", market.name));
    if (market.spot->capacity_history) addresses.push_back(fmt::format("market.{}.spot.capacity.history", market.name));
  }
  for (const Demand& demand : scenario.demands) addresses.push_back("demand." + demand.name);
  for (const Service& service : scenario.services) addresses.push_back("service." + service.name);
  for (const Serverless& serverless : scenario.serverless) addresses.push_back("serverless." + serverless.name);
  for (const Item& item : scenario.items)
    if (item.kind == Item::Kind::per_1000) addresses.push_back(fmt::format("item.{}.per_1000", item.name));
  for (const Optimization& optimization : scenario.optimizations)
    addresses.push_back("optimization." + optimization.name);
  for (const Plan& plan : scenario.plans) {
    const std::string address = "plan." + plan.name;
    if (plan.credit) addresses.push_back(address + ".credit");
    for (const JobAssignment& assignment : plan.jobs) {
      const std::string& job = scenario.jobs.at(static_cast<std::size_t>(assignment.job)).name;
      if (assignment.policy == Policy::reserved) addresses.push_back(fmt::format("{}.job.{}.policy", address, job));
      if (!assignment.optimizations.empty()) addresses.push_back(fmt::format("{}.job.{}.optimizations", address, job));
    }
    for (const ServiceAssignment& assignment : plan.services)
      addresses.push_back(fmt::format("{}.service.{}", address,
                                      scenario.services.at(static_cast<std::size_t>(assignment.service)).name));
    for (std::size_t i = 0; i < plan.commitments.size(); ++i)
      addresses.push_back(fmt::format("{}.commitment.{}", address, i));
    for (std::size_t i = 0; i < plan.savings_plans.size(); ++i)
      addresses.push_back(fmt::format("{}.savings_plan.{}", address, i));
  }
  return addresses;
}

}  // namespace costrisk::scenario
