#include "src/decide/stress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "src/results/sums/numbers.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::decide {

namespace {

constexpr std::uint64_t most_stress_paths = 20'000;
constexpr double late_by_seconds = 30.0 * 86'400.0;

/// Capacity that is never there: a depth that holds no whole instance.
constexpr const char* nothing_there = "{ up = { mean = \"520w\" }, down = { mean = \"1m\" }, depth = 0.5 }";

std::vector<NamedStress> losses(const scenario::Scenario& scenario) {
  std::set<std::string> regions;
  for (const scenario::Market& market : scenario.markets) regions.insert(market.region);
  std::vector<NamedStress> stresses;
  if (regions.size() < 2) return stresses;
  for (const std::string& region : regions) {
    if (region.empty()) continue;
    NamedStress lost{fmt::format("{} lost", region), {}};
    for (const scenario::Market& market : scenario.markets) {
      if (market.region != region) continue;
      if (market.spot)
        lost.assignments.push_back({fmt::format("market.{}.spot.capacity={}", market.name, nothing_there)});
      if (market.on_demand)
        lost.assignments.push_back({fmt::format("market.{}.on_demand.capacity={}", market.name, nothing_there)});
    }
    stresses.push_back(std::move(lost));
  }
  return stresses;
}

NamedStress late_launch(const scenario::Scenario& scenario) {
  NamedStress late{"launch a month late", {}};
  // What has begun before what is simulated comes no later.
  const double now = scenario.actuals ? scenario.actuals->until_seconds : -1.0;
  const auto moved = [&](double seconds) { return scenario::duration_text(seconds + late_by_seconds); };
  for (const scenario::Job& job : scenario.jobs)
    if (job.deadline_seconds && job.release_seconds >= now &&
        job.release_seconds + late_by_seconds < scenario.horizon_seconds)
      late.assignments.push_back({fmt::format("job.{}.release=\"{}\"", job.name, moved(job.release_seconds))});
  for (const scenario::Demand& demand : scenario.demands)
    for (std::size_t i = 0; i < demand.changes.size(); ++i)
      if (demand.changes[i].at_seconds > now &&
          demand.changes[i].at_seconds + late_by_seconds < scenario.horizon_seconds)
        late.assignments.push_back(
            {fmt::format("demand.{}.change.{}.at=\"{}\"", demand.name, i, moved(demand.changes[i].at_seconds))});
  return late;
}

bool all_equal(const std::vector<Record>& a, const std::vector<Record>& b) {
  for (std::size_t plan = 0; plan < a.size(); ++plan) {
    if (a[plan].cost != b[plan].cost) return false;
    for (std::size_t m = 0; m < a[plan].ratios.size(); ++m)
      if (a[plan].ratios[m] && a[plan].ratios[m]->part != b[plan].ratios[m]->part) return false;
  }
  return true;
}

}  // namespace

std::vector<NamedStress> usual_stresses(const scenario::Scenario& scenario) {
  bool any_price = false, any_list = false, any_drought = false;
  NamedStress no_spot{"no spot", {}}, demand{"demand twice", {}}, serverless{"", {}};
  for (const scenario::Market& market : scenario.markets) {
    any_list = any_list || market.on_demand;
    any_price = any_price || market.on_demand || (market.spot && market.spot->price);
    any_drought =
        any_drought || (market.on_demand && market.on_demand->capacity) || (market.spot && market.spot->capacity);
    if (market.spot)
      no_spot.assignments.push_back({fmt::format("market.{}.spot.capacity={}", market.name, nothing_there)});
  }
  std::set<int> measured;
  if (scenario.actuals)
    for (const auto& [index, rate] : scenario.actuals->measured) measured.insert(index);
  for (std::size_t i = 0; i < scenario.demands.size(); ++i) {
    const scenario::Demand& one = scenario.demands[i];
    if (measured.contains(static_cast<int>(i)))
      demand.assignments.push_back({fmt::format("actuals.measured.{} *= 2", one.name)});
    else if (one.base.mode > 0.0 || one.base.median > 0.0)
      demand.assignments.push_back({fmt::format("demand.{}.base *= 2", one.name)});
  }
  std::vector<NamedStress> stresses;
  if (any_price) stresses.push_back({"prices +20 %", {"market.*.price *= 1.2"}});
  if (any_list) stresses.push_back({"list prices cut by 45 %", {"market.*.on_demand.price *= 0.55"}});
  if (any_drought) stresses.push_back({"droughts twice as long", {"market.*.capacity.down.mean *= 2"}});
  if (!no_spot.assignments.empty()) stresses.push_back(std::move(no_spot));
  for (NamedStress& lost : losses(scenario)) stresses.push_back(std::move(lost));
  if (!demand.assignments.empty()) stresses.push_back(std::move(demand));
  if (NamedStress late = late_launch(scenario); !late.assignments.empty()) stresses.push_back(std::move(late));
  return stresses;
}

std::vector<NamedStress> own_stresses(const scenario::Scenario& scenario) {
  std::vector<NamedStress> stresses;
  for (const scenario::Stress& stress : scenario.stresses) {
    NamedStress own{stress.name, {}, true};
    const std::string source = fmt::format("[[stress]] '{}'", stress.name);
    for (const std::string& assignment : stress.set) own.assignments.push_back({assignment, source});
    for (std::string assignment : stress.scale) {
      assignment.replace(assignment.find('='), 1, " *= ");
      own.assignments.push_back({std::move(assignment), source});
    }
    stresses.push_back(std::move(own));
  }
  return stresses;
}

StressTest stress(const Loader& load, const StressOptions& options) {
  const scenario::Scenario base = load({});
  StressTest test;
  test.measures = measures_of(base);
  test.seed = base.simulation.seed;
  for (const scenario::Plan& plan : base.plans) test.plans.push_back(plan.name);
  Sampling sampling = options.sampling;
  if (sampling.paths == 0) sampling.paths = std::min<std::uint64_t>(base.simulation.paths, most_stress_paths);
  test.paths = sampling.paths;
  const std::uint64_t total = (options.stresses.size() + 1) * sampling.paths;
  std::uint64_t done = 0;
  if (options.progress)
    sampling.progress = [&](std::uint64_t now, std::uint64_t) { options.progress(done + now, total); };
  const results::Confidence confidence = confidence_of(options.alpha, options.stresses.size() * base.plans.size());
  std::vector<Record> standing;
  const auto add = [&](const std::string& name, const scenario::Scenario& scenario,
                       const std::vector<Record>& records) {
    test.stresses.push_back(name);
    for (std::size_t plan = 0; plan < records.size(); ++plan) {
      StressCell cell;
      cell.figures = figures_of(records[plan]);
      const MeanError change =
          mean_error(contributions(records[plan], CostStatistic{}), contributions(standing[plan], CostStatistic{}));
      const double reach = change.error > 0.0 ? confidence.z_score * change.error : 0.0;
      cell.change = {change.mean, change.mean - reach, change.mean + reach};
      for (std::size_t m = 0; m < test.measures.size(); ++m) {
        cell.measures.push_back(estimate_of(records[plan], test.measures[m], m, scenario.budget, {}));
        const double value = cell.measures.back().value;
        cell.meets = cell.meets && (std::isnan(value) || keeps(value, test.measures[m]));
      }
      test.cells.push_back(std::move(cell));
    }
  };
  const auto whole = [&](const std::vector<Record>& records) { return records.front().paths() == sampling.paths; };
  standing = observe(base, sampling).plans;
  if (!whole(standing)) {
    test.complete = false;
    return test;
  }
  add("as it is", base, standing);
  for (const NamedStress& one : options.stresses) {
    done += sampling.paths;
    scenario::Scenario stressed;
    try {
      stressed = load(one.assignments);
    } catch (const scenario::InvalidScenario&) {
      if (one.is_own) throw;
      test.left_out.push_back(one.name);
      continue;
    }
    const std::vector<Record> records = observe(stressed, sampling).plans;
    if (!whole(records)) {
      test.complete = false;
      return test;
    }
    if (!one.is_own && all_equal(records, standing))
      test.left_out.push_back(one.name);
    else
      add(one.name, stressed, records);
  }
  return test;
}

}  // namespace costrisk::decide
