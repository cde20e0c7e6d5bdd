// A tally evaluated with the scenario's labels and the outcome's sorter.
#include "src/run/evaluate.hpp"

#include <functional>

#include "src/run/context.hpp"
#include "src/run/cost_sort.hpp"

namespace costrisk::run {

results::Results evaluate(const scenario::Scenario& scenario, Outcome& outcome,
                          const std::function<void(const std::string&)>& notice) {
  CostSort sort(outcome, notice);
  results::Results results = results::evaluate(outcome.tally, results_context(scenario, outcome), std::ref(sort));
  if (const auto time = sort.launch_time()) outcome.timings.launches.push_back(*time);
  return results;
}

}  // namespace costrisk::run
