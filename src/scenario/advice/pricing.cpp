#include "src/scenario/advice/pricing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace costrisk::scenario {

namespace {

std::string price_of_rest(const Scenario& scenario, const Job& job, const std::vector<int>& markets) {
  if (job.unfinished == Job::Unfinished::ignore) return "costs nothing";
  std::vector<std::string> sellers;
  for (const int index : markets) {
    const Market& market = scenario.markets[static_cast<std::size_t>(index)];
    const std::string name = fmt::format("'{}'", market.name);
    if (market.on_demand && std::find(sellers.begin(), sellers.end(), name) == sellers.end()) sellers.push_back(name);
    // Who always launches is followed by nobody.
    if (market.on_demand && !market.on_demand->capacity) break;
  }
  if (sellers.empty()) return "costs nothing, since none of its markets sells on-demand instances";
  if (sellers.size() == 1) return fmt::format("is bought on-demand in {}, at the price of the last step", sellers[0]);
  return fmt::format("is bought on-demand in the first of {} that can launch it in the last step, at its price then",
                     fmt::join(sellers, ", "));
}

}  // namespace

std::vector<std::string> pricing_of(const Scenario& scenario) {
  std::vector<std::string> sentences;
  for (const Plan& plan : scenario.plans)
    for (const JobAssignment& assignment : plan.jobs) {
      const Job& job = scenario.jobs[static_cast<std::size_t>(assignment.job)];
      const std::string sentence = fmt::format("what is left of '{}' at the horizon {}", job.name,
                                               price_of_rest(scenario, job, assignment.markets));
      if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end()) sentences.push_back(sentence);
    }
  return sentences;
}

}  // namespace costrisk::scenario
