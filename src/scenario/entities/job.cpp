#include "src/scenario/entities/job.hpp"

#include <fmt/format.h>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_runs = 65536;

void check_release(const TableReader& table, const Job& job, const Scenario& scenario) {
  if (table.has("release") && scenario.horizon_seconds > 0.0 && job.release_seconds >= scenario.horizon_seconds)
    table.warning("release", fmt::format("'release' is {}, at or after the horizon, {}: the job is not begun",
                                         duration_text(job.release_seconds), duration_text(scenario.horizon_seconds)));
  if (!table.has("repeat")) return;
  if (*job.repeat_seconds < scenario.step_seconds)
    table.error("repeat", fmt::format("'repeat' is {}; expected at least the step, {}",
                                      duration_text(*job.repeat_seconds), duration_text(scenario.step_seconds)));
  else if (scenario.horizon_seconds / *job.repeat_seconds > most_runs)
    table.error("repeat", fmt::format("the job repeats more than {:.0f} times; expected fewer runs", most_runs));
}

}  // namespace

template const TableOf<Job>& table_of<Job>();

void check_interval(const TableReader& owner) {
  if (owner.has("checkpoint") && !owner.table("checkpoint").given("interval"))
    owner.error("checkpoint", "'interval' is missing in checkpoint; expected a duration such as \"30m\"");
}

void complete(const TableReader& table, const Job& job, const Scenario& scenario) {
  check_interval(table);
  if (job.late_penalty_per_hour > 0.0 && !table.given("deadline"))
    table.error("late_penalty", "'late_penalty' has no effect without a deadline; expected 'deadline' beside it");
  check_release(table, job, scenario);
}

}  // namespace costrisk::scenario
