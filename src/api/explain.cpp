// One future of results, gone through again.
#include "costrisk/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kernels/model/terms.hpp"
#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/present/page/story_page.hpp"
#include "src/present/text/story_text.hpp"
#include "src/present/text/timeline_files.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/run/explained_run.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk {

namespace {

/// Simulates the futures of the run to know what the plan costs in each.
void find_costs(run::ExplainedRun& run, std::uint64_t paths, const run::Options& options) {
  run::require_backend(options.backend, {});
  if (options.progress) options.progress(0, paths);
  run::simulate_costs(run, paths, options);
}

run::ExplainedRun run_of(const Results::Data& data, std::size_t plan, const ExplainOptions& options) {
  run::ExplainedRun run;
  run.file = data.file.empty() ? data.results.context.scenario_name : data.file;
  const scenario::Scenario whole =
      data.scenario ? *data.scenario
                    : run::scenario_of(data.results, data.file, options.histories.string(), options.root.string());
  run.scenario = scenario::simulated(whole);
  run.plan = plan;
  run.first_path = data.results.first_path;
  if (data.tally().layout().holds_costs()) {
    run.costs = data.tally().costs_by_path(static_cast<int>(plan));
    for (std::int64_t& cost : run.costs) cost -= scenario::paid_before(run.scenario);
    return run;
  }
  run::Options simulation;
  simulation.backend = options.backend;
  simulation.threads = options.threads;
  simulation.progress = options.progress;
  simulation.notice = options.notice;
  find_costs(run, data.results.paths, simulation);
  return run;
}

run::ExplainedRun run_of(const scenario::Scenario& scenario, const std::string& name, std::size_t plan,
                         const RunOptions& options) {
  run::ExplainedRun run;
  run.file = name;
  run.scenario = scenario::simulated(scenario);
  if (options.paths > 0) run.scenario.simulation.paths = options.paths;
  if (options.seed) run.scenario.simulation.seed = *options.seed;
  run.plan = plan;
  run::Options simulation;
  simulation.backend = options.backend;
  simulation.threads = options.threads;
  simulation.progress = options.progress;
  simulation.notice = options.notice;
  simulation.stop = &Access::stop(options.cancellation);
  find_costs(run, run.scenario.simulation.paths, simulation);
  if (run.costs.size() < run.scenario.simulation.paths)
    throw Cancelled("the run was cancelled before all of its futures were done");
  return run;
}

/// @throws InputError
run::Timeline rows_of(const run::Timeline& timeline, std::size_t steps_a_row) {
  if (steps_a_row == 0) throw InputError("rows of 0 steps; expected 1 or more");
  return steps_a_row > 1 ? run::in_intervals(timeline, steps_a_row) : timeline;
}

std::size_t plan_or_only(const std::vector<std::string>& plans, const std::string& plan) {
  return plan.empty() && plans.size() == 1 ? 0 : plan_of(plans, plan);
}

Story story_of(const run::ExplainedRun& run, const Future& future) {
  const std::size_t place = Access::place(future, run.costs, run.first_path);
  const std::size_t median = run::place_of_rank(run.costs, results::quantile_rank(run.costs.size(), 0.5));
  Story::Data story{run.scenario, run::trace_checked(run, place), run::trace_checked(run, median), {}};
  story.story = present::make_story(run.scenario, story.timeline, story.median,
                                    present::standing_of(run.costs, run.costs[place]));
  return Access::story(std::move(story));
}

}  // namespace

std::size_t Access::place(const Future& future, const std::vector<std::int64_t>& costs, std::uint64_t first_path) {
  if (const double* probability = std::get_if<double>(&future.choice_)) {
    if (!(*probability > 0.0 && *probability < 1.0))
      throw InputError(fmt::format("the probability {:g} is not between 0 and 1", *probability));
    return run::place_of_rank(costs, results::quantile_rank(costs.size(), *probability));
  }
  if (const std::uint64_t* path = std::get_if<std::uint64_t>(&future.choice_)) {
    if (*path < first_path || *path - first_path >= costs.size())
      throw InputError(fmt::format("there is no future {}: the run has the futures {} to {}", *path, first_path,
                                   first_path + costs.size() - 1));
    return static_cast<std::size_t>(*path - first_path);
  }
  return run::place_of_rank(costs, costs.size());
}

Story Access::story(Story::Data data) {
  const present::Story& told = data.story;
  Story story;
  story.plan = told.plan;
  story.path = told.path;
  story.cost = told.cost;
  story.median_path = told.median_path;
  story.median_cost = told.median_cost;
  story.paths = told.standing.paths;
  story.cheaper = told.standing.cheaper;
  story.headline = told.headline;
  for (const auto& category : told.categories)
    story.categories.push_back({category.category, category.cost, category.median_cost});
  for (const auto& event : told.events) story.events.push_back({event.hours, event.words, event.weight});
  for (const auto& draw : told.draws)
    story.draws.push_back({draw.address, draw.unknown, draw.value, draw.words, draw.level});
  story.conclusion = told.conclusion;
  story.data_ = std::make_shared<const Story::Data>(std::move(data));
  return story;
}

std::string Story::text(const StoryTextOptions& options) const {
  return at_boundary([&] {
    present::StoryTextOptions shown;
    shown.width = options.width;
    shown.styled = options.bold;
    if (options.every_event) shown.most_events = data_->story.events.size();
    return present::story_text(data_->story, data_->scenario, shown);
  });
}

std::string Story::json() const {
  return at_boundary([&] { return present::story_json(data_->story, data_->scenario); });
}

std::string Story::html() const {
  return at_boundary(
      [&] { return present::html_story(data_->scenario, data_->timeline, data_->median, data_->story); });
}

std::string Story::csv(std::size_t steps_a_row) const {
  return at_boundary([&] { return present::timeline_csv(data_->scenario, rows_of(data_->timeline, steps_a_row)); });
}

std::vector<std::byte> Story::hdf5(std::size_t steps_a_row) const {
  return at_boundary([&] { return present::timeline_hdf5(data_->scenario, rows_of(data_->timeline, steps_a_row)); });
}

std::vector<Series> Story::timeline() const {
  return at_boundary([&] {
    const trace::CsvTable table = trace::parse_csv(csv(), "timeline");
    std::vector<Series> columns;
    for (std::size_t column = 0; column < table.header.size(); ++column) {
      Series series{table.header[column], {}};
      const bool numbers = std::all_of(table.rows.begin(), table.rows.end(), [&](const trace::CsvRow& row) {
        const std::string& cell = row.cells[column];
        const std::optional<double> number = trace::parse_number(cell);
        series.values.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
        return number || cell.empty();
      });
      if (numbers) columns.push_back(std::move(series));
    }
    return columns;
  });
}

Story explain(const Results& results, const std::string& plan, const Future& future, const ExplainOptions& options) {
  return at_boundary([&] {
    const Results::Data& data = Access::data(results);
    return story_of(run_of(data, plan_or_only(data.results.context.plans, plan), options), future);
  });
}

Story explain(const Scenario& scenario, const std::string& plan, const Future& future, const RunOptions& options) {
  return at_boundary([&] {
    const std::size_t place = plan_or_only(scenario.plans(), plan);
    const Scenario::Data& data = Access::data(scenario);
    return story_of(run_of(data.loaded()->scenario, data.name, place, options), future);
  });
}

}  // namespace costrisk
