// The run that a future is explained of: its scenario, and the costs of one plan by path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/run/run.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

struct ExplainedRun {
  std::string file;  ///< for messages
  scenario::Scenario scenario;
  std::size_t plan = 0;
  std::uint64_t first_path = 0;
  std::vector<std::int64_t> costs;  ///< [path]: micro-units of the plan
};

/// The scenario that results carry, which must lower to the parameters that their numbers came from.
/// @param file the results' file
/// @param histories as history_folder has `named`
/// @param root as history_folder has it
/// @throws results::FormatError where another version made them, or a history is missing or has changed
scenario::Scenario scenario_of(const results::Results& results, const std::string& file, const std::string& histories,
                               const std::string& root);

/// Simulates `paths` futures of the run for the costs of its plan, path by path.
/// @param options backend, threads, progress and notice; the rest is set here
/// @throws as simulate
void simulate_costs(ExplainedRun& run, std::uint64_t paths, Options options);

/// The first place in `costs` that holds the order statistic of a rank, from 1 on.
std::size_t place_of_rank(const std::vector<std::int64_t>& costs, std::uint64_t rank);

/// Goes through the path at a place of `costs` again.
/// @throws results::FormatError where its cost is not that of the run
Timeline trace_checked(const ExplainedRun& run, std::size_t place);

}  // namespace costrisk::run
