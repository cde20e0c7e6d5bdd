// How the estimates settled while futures were added.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present::html {

namespace {

/// The tables of more plans than this have those alone that the page shows at first.
constexpr std::size_t most_plans_shown = 16;

/// One statistic after growing numbers of futures, [plan][number]; intervals are empty where the results have none.
struct Course {
  std::string id, name;
  std::vector<double> value, low, high;
  bool share = false;  ///< a share of futures, not money
};

struct Courses {
  std::vector<double> paths;
  std::vector<Course> list;
};

/// Values by plan with one more at the end of each row.
void append_last(std::vector<double>& values, const std::vector<double>& last) {
  if (values.empty()) return;
  const std::size_t width = values.size() / last.size();
  std::vector<double> wider;
  for (std::size_t plan = 0; plan < last.size(); ++plan) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(plan * width);
    wider.insert(wider.end(), first, first + static_cast<std::ptrdiff_t>(width));
    wider.push_back(last[plan]);
  }
  values = std::move(wider);
}

/// What all futures say, after what the first ones said.
void append_all_futures(Courses& courses, const Material& material) {
  const int p95 = results::find_probability(material.summary.probabilities, 0.95);
  if (p95 < 0 || static_cast<double>(material.summary.paths) <= courses.paths.back()) return;
  const auto place = static_cast<std::size_t>(p95);
  courses.paths.push_back(static_cast<double>(material.summary.paths));
  const auto add = [&](Course& course, auto estimate) {
    std::vector<double> value, low, high;
    for (const results::PlanSummary& plan : material.summary.plans) {
      const results::Estimate one = estimate(plan);
      value.push_back(one.value);
      low.push_back(one.low);
      high.push_back(one.high);
    }
    append_last(course.value, value);
    append_last(course.low, low);
    append_last(course.high, high);
  };
  add(courses.list[0], [](const results::PlanSummary& plan) {
    const double error = results::z_of_95_percent * plan.cost_mean_se;
    return results::Estimate{plan.cost_mean, plan.cost_mean - error, plan.cost_mean + error};
  });
  add(courses.list[1], [&](const results::PlanSummary& plan) { return plan.cost_quantile[place]; });
  add(courses.list[2], [&](const results::PlanSummary& plan) { return plan.cost_cvar[place]; });
  if (courses.list.size() > 3) add(courses.list[3], [](const results::PlanSummary& plan) { return *plan.over_budget; });
}

Courses courses_of(const Material& material) {
  const results::Results& results = material.results;
  Course mean{"mean", "Mean cost", results.convergence_mean, {}, {}};
  for (std::size_t i = 0; i < mean.value.size(); ++i) {
    const double error = results::z_of_95_percent * results.convergence_mean_se[i];
    mean.low.push_back(mean.value[i] - error);
    mean.high.push_back(mean.value[i] + error);
  }
  std::vector<Course> list = {
      mean,
      {"p95", "P95", results.convergence_p95, results.convergence_p95_low, results.convergence_p95_high},
      {"cvar95", "CVaR95", results.convergence_cvar95, results.convergence_cvar95_low,
       results.convergence_cvar95_high}};
  if (!results.convergence_over_budget.empty())
    list.push_back({"over", "Chance over the budget", results.convergence_over_budget, {}, {}, true});
  Courses courses{results.checkpoints, std::move(list)};
  append_all_futures(courses, material);
  return courses;
}

Table course_table(const Material& material, const Course& course, const std::vector<double>& checkpoints) {
  const MoneyUnit unit = money_unit(course.value, material.currency());
  Table table;
  table.caption = fmt::format("{}{} after so many futures{}", course.name, course.share ? "" : ", " + unit.name + ",",
                              course.low.empty() ? "" : ", with its 95 % interval at the last");
  table.columns = {"plan"};
  for (const double paths : checkpoints) table.columns.push_back(count(static_cast<std::uint64_t>(paths)));
  if (!course.low.empty()) table.columns.push_back("interval");
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    if (material.plan_count() > most_plans_shown && !material.plans[plan].shown) continue;
    TableRow row{static_cast<int>(plan), {material.plan_name(plan)}};
    for (std::size_t i = 0; i < checkpoints.size(); ++i) {
      const double value = course.value[plan * checkpoints.size() + i];
      row.cells.push_back(course.share ? percent(value) : money(value, unit));
    }
    if (!course.low.empty()) {
      const std::size_t last = (plan + 1) * checkpoints.size() - 1;
      row.cells.push_back(fmt::format("{} to {}", money(course.low[last], unit), money(course.high[last], unit)));
    }
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

Section convergence_section(const Material& material) {
  Section section;
  section.id = "convergence";
  section.title = "Are there enough futures?";
  if (material.results.checkpoints.empty()) return section;
  const Courses courses = courses_of(material);
  const bool course = courses.paths.size() > 1;
  section.lead = fmt::format(
      "How the estimates settled as futures were added{} The futures say nothing about wrong inputs, however many "
      "there are.",
      course ? fmt::format(": how far each lay from its last value; the shade is the 95 % interval of {}. Lines that "
                           "still wander at the right end call for a longer run.",
                           material.plan_name(material.featured))
             : fmt::format(". This run was looked at once, after {}; a longer one shows a course.",
                           counted(static_cast<std::uint64_t>(courses.paths.front()), "future")));
  section.panels = true;
  for (const Course& one : courses.list) {
    if (course)
      section.figures.push_back({"convergence-" + one.id, one.name,
                                 fmt::format("{} after {} to {}, as {} from its last value; lines that run into zero.",
                                             one.name, count(static_cast<std::uint64_t>(courses.paths.front())),
                                             counted(static_cast<std::uint64_t>(courses.paths.back()), "future"),
                                             one.share ? "points" : "percent")});
    section.tables.push_back(course_table(material, one, courses.paths));
  }
  return section;
}

}  // namespace costrisk::present::html
