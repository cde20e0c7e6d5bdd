// What the plans achieve: when jobs are done and how services are kept.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/distribution.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present::html {

namespace {

/// Whether any plan runs the job.
bool is_run(const Material& material, std::size_t job) {
  const results::TallyLayout& layout = material.tally.layout();
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
    if (layout.job_component[plan * static_cast<std::size_t>(layout.jobs) + job] >= 0) return true;
  return false;
}

}  // namespace

Section finish_section(const Material& material) {
  Section section;
  section.id = "finish";
  section.title = "When is the work done?";
  const results::Results& results = material.results;
  if (results.context.jobs.empty()) return section;
  section.lead =
      "The share of futures in which a job is done by a moment. A curve that does not reach 100 % has futures in which "
      "the job is not done within the horizon.";
  for (std::size_t job = 0; job < results.context.jobs.size(); ++job) {
    const std::string& name = results.context.jobs[job];
    const bool repeats = material.scenario && material.scenario->jobs[job].repeat_seconds;
    if (is_run(material, job))
      section.figures.push_back(
          {fmt::format("finish-{}", job),
           fmt::format("Share of futures in which {}{} is done", repeats ? "the last run of " : "", name),
           fmt::format("Rising curves, one a plan: in what share of the futures {} is done by a moment.", name)});
  }
  section.panels = section.figures.size() > 1;
  Table table;
  table.caption =
      "Jobs: share of runs late or unfinished, end of the last run, interruptions and lost run time in a future";
  table.columns = {"plan", "job", results::heading_of(&results::Results::late)};
  table.text_columns = 2;
  for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
    table.columns.push_back("done, " + material.level_name(level));
  table.columns.insert(table.columns.end(), {results::heading_of(&results::Results::interruptions_mean), "lost, h"});
  for (std::size_t p = 0; p < material.plan_count(); ++p)
    for (const results::JobSummary& job : material.summary.plans[p].jobs) {
      const auto j = static_cast<std::size_t>(
          std::find(results.context.jobs.begin(), results.context.jobs.end(), job.job) - results.context.jobs.begin());
      TableRow row{static_cast<int>(p), {material.plan_name(p), job.job, percent(job.late)}};
      for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
        row.cells.push_back(instant(job.finish_quantile[level], material.start()));
      row.cells.push_back(fmt::format("{:.1f}", job.interruptions_mean));
      row.cells.push_back(fmt::format("{:.1f}", results.lost_work_mean[p * results.context.jobs.size() + j]));
      table.rows.push_back(row);
    }
  section.tables.push_back(table);
  section.open = true;
  return section;
}

Section service_section(const Material& material) {
  Section section;
  section.id = "services";
  section.title = "How well are users served?";
  const std::vector<std::string>& names = material.results.context.services;
  if (names.empty()) return section;
  section.lead = fmt::format(
      "Requests that get no answer, as a share of all; and what a thousand answers cost: the dot is the median future, "
      "the line reaches from {} to {}.",
      material.level_name(material.levels.low), material.level_name(material.levels.high));
  section.panels = true;
  section.figures.push_back({"unserved", "Requests not served", "A dot a plan for each service."});
  for (std::size_t s = 0; s < names.size(); ++s)
    section.figures.push_back({fmt::format("unit-cost-{}", s), fmt::format("{}: cost of 1000 requests", names[s]),
                               "A line a plan, from low to high futures."});
  Table table;
  table.caption = fmt::format("Services: requests served, mean most instances at a time, and cost in {}",
                              currency_sign(material.currency()));
  using R = results::Results;
  table.columns = {"plan",
                   "service",
                   results::heading_of(&R::served),
                   "not served",
                   results::quantity_of(&R::peak_instances_mean).title,
                   results::heading_of(&R::wait_mean),
                   results::heading_of(&R::service_cost_mean)};
  table.text_columns = 2;
  for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
    table.columns.push_back("1000 requests, " + material.level_name(level));
  const bool tokens = !material.results.token_cost_quantile.empty();
  if (tokens) table.columns.push_back("million tokens, " + material.level_name(material.levels.middle));
  for (std::size_t p = 0; p < material.plan_count(); ++p)
    for (const results::ServiceSummary& service : material.summary.plans[p].services) {
      TableRow row{static_cast<int>(p),
                   {material.plan_name(p), service.service, percent(service.served),
                    count(static_cast<std::uint64_t>(std::llround(service.unserved_mean))),
                    fmt::format("{:.1f}", service.peak_instances_mean),
                    service.wait_mean > 0.0 ? wait(service.wait_mean * seconds_per_hour) : "–",
                    money_with_unit(service.service_cost_mean, material.currency())}};
      for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
        row.cells.push_back(price(service.unit_cost_quantile[level]));
      if (tokens)
        row.cells.push_back(
            service.token_cost_quantile.empty() ? "–" : price(service.token_cost_quantile[material.levels.middle]));
      table.rows.push_back(row);
    }
  section.tables.push_back(table);
  section.open = true;
  return section;
}

}  // namespace costrisk::present::html
