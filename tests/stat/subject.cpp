// Brings the engine's tallies and the reference's samples into one form.
#include "tests/stat/subject.hpp"

#include <cmath>
#include <limits>

#include "src/run/run.hpp"
#include "src/scenario/lower.hpp"
#include "tests/reference/reference.hpp"

namespace costrisk::stat {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The average over the paths of a plan of what `value` reads from a path.
template <typename Value>
Average average(const std::vector<reference::PlanPath>& paths, Value&& value) {
  std::vector<double> values;
  values.reserve(paths.size());
  for (const reference::PlanPath& path : paths) values.push_back(static_cast<double>(value(path)));
  const Estimate result = estimate(values);
  return {result.mean, result.standard_error * std::sqrt(static_cast<double>(values.size()))};
}

PlanResults read_reference(const std::vector<reference::PlanPath>& paths, const std::vector<std::string>& owners) {
  PlanResults plan;
  const reference::PlanPath& any = paths.front();
  for (const reference::PlanPath& path : paths) plan.cost.push_back(path.cost);
  for (int c = 0; c < category_count; ++c) {
    plan.category.push_back(average(paths, [c](const auto& path) { return path.category[c]; }));
  }
  for (std::size_t o = 0; o < owners.size(); ++o) {
    plan.owner[owners[o]] = average(paths, [o](const auto& path) { return path.owner[o]; });
  }
  for (std::size_t e = 0; e < any.cumulative.size(); ++e) {
    plan.cumulative.push_back(average(paths, [e](const auto& path) { return path.cumulative[e]; }));
  }
  const auto waste = [&](double reference::JobPath::*member) {
    return average(paths, [member](const auto& path) {
      double sum = 0.0;
      for (const reference::JobPath& job : path.jobs) sum += job.*member;
      return sum;
    });
  };
  plan.restart_waste = waste(&reference::JobPath::restart_cost);
  plan.lost_work_waste = waste(&reference::JobPath::lost_work_cost);
  for (std::size_t j = 0; j < any.jobs.size(); ++j) {
    std::vector<double> finish;
    for (const reference::PlanPath& path : paths) finish.push_back(path.jobs[j].finish_hours);
    plan.finish.push_back(finish);
    plan.runs.push_back(average(paths, [j](const auto& path) { return path.jobs[j].runs; }));
    plan.late.push_back(average(paths, [j](const auto& path) { return path.jobs[j].late; }));
    plan.interruptions.push_back(average(paths, [j](const auto& path) { return path.jobs[j].interruptions; }));
    plan.lost_hours.push_back(average(paths, [j](const auto& path) { return path.jobs[j].lost_hours; }));
    std::vector<Average> use;
    for (std::size_t m = 0; m < any.jobs[j].use_hours.size(); ++m) {
      for (int p = 0; p < purchase_count; ++p) {
        use.push_back(average(paths, [j, m, p](const auto& path) { return path.jobs[j].use_hours[m][p]; }));
      }
    }
    plan.use_hours.push_back(use);
  }
  return plan;
}

Results simulate_with_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  Results results;
  results.paths = paths;
  const reference::Sample sample = reference::simulate_reference(scenario, paths, seed);
  for (const auto& plan : sample.plans) results.plans.push_back(read_reference(plan, sample.owners));
  return results;
}

/// Reads one plan of a tally whose costs and finishes are kept by path.
class TallyReader {
 public:
  TallyReader(const tally::Tally& tally, int plan) : tally_(tally), data_(tally.data()), plan_(plan) {}

  PlanResults read(const scenario::Scenario& scenario, const std::vector<std::string>& owners) const {
    const Shape& shape = tally_.layout().shape;
    PlanResults plan;
    for (const std::int64_t micros : tally_.costs_by_path(plan_)) plan.cost.push_back(money(micros));
    for (int c = 0; c < category_count; ++c) {
      const tally::Moments& moments = data_.category[at(plan_, c, category_count)];
      const double mean = money(moments.sum) / paths();
      const double variance = tally::scaled_variance(moments, tally_.paths()) / (paths() * (paths() - 1.0));
      plan.category.push_back({mean, money(std::sqrt(variance))});
    }
    for (int o = 0; o < shape.owners; ++o) {
      if (owners[o] != "unused") {
        plan.owner[owners[o]] = {money(data_.owner[at(plan_, o, shape.owners)]) / paths(), unknown};
      }
    }
    for (int e = 0; e < shape.edges; ++e) plan.cumulative.push_back(of_histogram(at(plan_, e, shape.edges)));
    plan.restart_waste = waste(WasteKind::restart);
    plan.lost_work_waste = waste(WasteKind::lost_work);
    for (const scenario::JobAssignment& assignment : scenario.plans[plan_].jobs) add_job(assignment.job, plan);
    return plan;
  }

 private:
  static std::size_t at(int row, int column, int columns) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
  }
  template <typename Integer>
  static double money(Integer micros) {
    return static_cast<double>(micros) / static_cast<double>(micros_per_unit);
  }
  double paths() const { return static_cast<double>(tally_.paths()); }
  template <typename Integer>
  Average mean_of(Integer sum) const {
    return {static_cast<double>(sum) / paths(), unknown};
  }
  template <typename Integer>
  Average mean_hours(Integer ticks) const {
    return {static_cast<double>(ticks) / static_cast<double>(ticks_per_step) * tally_.layout().step_hours / paths(),
            unknown};
  }
  Average waste(WasteKind kind) const {
    return {money(data_.waste[at(plan_, static_cast<int>(kind), waste_kind_count)]) / paths(), unknown};
  }
  Average of_histogram(std::size_t edge) const {
    double sum = 0.0;
    for (const tally::HistogramBin& bin : data_.fan_histogram[edge].bins()) {
      sum += bin.mean * static_cast<double>(bin.count);
    }
    return {money(sum) / paths(), unknown};
  }

  void add_job(int job, PlanResults& plan) const {
    const int component = tally_.layout().job_component[at(plan_, job, tally_.layout().jobs)];
    std::vector<double> finish;
    for (const float hours : tally_.finish_by_path(component)) finish.push_back(static_cast<double>(hours));
    plan.finish.push_back(finish);
    plan.runs.push_back(mean_of(data_.job_runs[component]));
    plan.late.push_back(mean_of(data_.job_late[component]));
    plan.interruptions.push_back(mean_of(data_.job_interruptions[component]));
    plan.lost_hours.push_back(mean_hours(data_.job_lost[component]));
    std::vector<Average> use;
    const int columns = tally_.layout().shape.markets * purchase_count;
    for (int c = 0; c < columns; ++c) use.push_back(mean_hours(data_.job_use[at(component, c, columns)]));
    plan.use_hours.push_back(use);
  }

  const tally::Tally& tally_;
  const tally::TallyData& data_;
  const int plan_;
};

Results simulate_with_engine(scenario::Scenario scenario, std::uint64_t paths, std::uint64_t seed) {
  scenario.simulation.paths = paths;
  scenario.simulation.seed = seed;
  run::Options options;
  options.keep_paths = true;
  const run::Outcome outcome = run::simulate(scenario, options);
  const std::vector<std::string> owners = scenario::lower(scenario).owners;
  Results results;
  results.paths = outcome.tally.paths();
  for (int p = 0; p < static_cast<int>(scenario.plans.size()); ++p) {
    results.plans.push_back(TallyReader(outcome.tally, p).read(scenario, owners));
  }
  return results;
}

}  // namespace

Results simulate(Subject subject, const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  return subject == Subject::engine ? simulate_with_engine(scenario, paths, seed)
                                    : simulate_with_reference(scenario, paths, seed);
}

}  // namespace costrisk::stat
