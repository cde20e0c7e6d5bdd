// The scenario's part in a tally's layout.
#include "src/run/layout.hpp"

#include "src/results/sums/money.hpp"

namespace costrisk::run {

results::TallyLayout layout_of(const scenario::Scenario& scenario, const scenario::Lowered& lowered,
                               std::uint64_t first_path, std::uint64_t paths, bool keep_paths) {
  results::TallyLayout layout;
  layout.shape = lowered.result_shape();
  layout.jobs = static_cast<int>(scenario.jobs.size());
  layout.job_component = lowered.plan_job_component;
  layout.service_component = lowered.plan_service_component;
  for (const scenario::Service& service : scenario.services)
    layout.tells_tokens.push_back(scenario.demands[static_cast<std::size_t>(service.demand)].tokens ? 1 : 0);
  layout.first_path = first_path;
  layout.paths = paths;
  layout.step_hours = scenario.step_hours();
  if (scenario.budget)
    layout.budget_micros = static_cast<std::int64_t>(*scenario.budget * static_cast<double>(micros_per_unit) + 0.5);
  layout.keep_paths = keep_paths;
  return layout;
}

}  // namespace costrisk::run
