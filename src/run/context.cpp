// Labels, in the order in which the kernels count what they stand for.
#include "src/run/context.hpp"

#include "src/io/version.hpp"
#include "src/scenario/lower.hpp"
#include "src/scenario/resolved.hpp"

namespace costrisk::run {

namespace {

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& entities) {
  std::vector<std::string> names;
  for (const Named& entity : entities) names.push_back(entity.name);
  return names;
}

}  // namespace

tally::ResultsContext results_context(const scenario::Scenario& scenario, const Outcome& outcome) {
  tally::ResultsContext context;
  context.plans = names_of(scenario.plans);
  context.jobs = names_of(scenario.jobs);
  context.markets = names_of(scenario.markets);
  context.categories.assign(category_names.begin(), category_names.end());
  context.purchases.assign(purchase_names.begin(), purchase_names.end());
  context.owners = outcome.owners;
  context.probabilities = scenario.simulation.probabilities;
  for (const std::int32_t edge : scenario::bin_edges(scenario))
    context.time_hours.push_back(edge * scenario.step_hours());

  context.scenario_name = scenario.name;
  context.currency = scenario.currency;
  context.horizon_hours = scenario.horizon_hours();
  context.scenario_toml = scenario::resolved_toml(scenario);
  context.scenario_sha256 = scenario::scenario_sha256(scenario);
  context.parameters_sha256 = outcome.parameters_sha256;
  context.seed = scenario.simulation.seed;
  context.status = outcome.complete ? tally::RunStatus::complete : tally::RunStatus::partial;
  context.costrisk_version = io::version().version;
  context.git_sha = io::version().git_sha;
  return context;
}

}  // namespace costrisk::run
