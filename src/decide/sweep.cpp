#include "src/decide/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "src/results/sums/numbers.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::decide {

namespace {

using scenario::Variation;

constexpr std::size_t most_cases = 10'000;

std::vector<std::vector<std::size_t>> product(const std::vector<Variation>& axes) {
  std::vector<std::vector<std::size_t>> cases = {{}};
  for (const Variation& axis : axes) {
    std::vector<std::vector<std::size_t>> longer;
    for (const auto& one : cases)
      for (std::size_t value = 0; value < axis.values.size(); ++value) {
        longer.push_back(one);
        longer.back().push_back(value);
      }
    cases = std::move(longer);
  }
  return cases;
}

class Sweeper {
 public:
  Sweeper(const Loader& load, const SweepOptions& options) : load_(load), options_(options) {}

  Sweep run() {
    check();
    base_ = load_({});
    result_.axes = options_.axes;
    result_.statistic = options_.statistic;
    result_.alpha = options_.alpha;
    result_.seed = base_.simulation.seed;
    sampling_ = options_.sampling;
    if (sampling_.paths == 0) sampling_.paths = base_.simulation.paths;
    cases_ = product(options_.axes);
    result_.asked = cases_.size();
    find_subjects();
    result_.measures = measures_of(base_);
    std::map<std::vector<std::size_t>, std::vector<std::size_t>> worlds;  // by places on the axes of the world
    for (std::size_t i = 0; i < cases_.size(); ++i) worlds[places(cases_[i], false)].push_back(i);
    done_.assign(cases_.size(), {});
    for (auto& [world, members] : worlds)
      if (!observe_world(members)) break;
    keep_what_is_done();
    return std::move(result_);
  }

 private:
  void check() const {
    if (options_.axes.empty() || options_.axes.size() > 2)
      throw BadRequest(fmt::format("{} variations; expected one or two", options_.axes.size()));
    std::size_t count = 1;
    for (const Variation& axis : options_.axes) count *= axis.values.size();
    if (count > most_cases)
      throw BadRequest(
          fmt::format("{} cases; expected at most {}: a larger step, or a smaller range", count, most_cases));
  }

  /// The places of a case on the axes of plans, or of the world.
  std::vector<std::size_t> places(const std::vector<std::size_t>& one, bool of_plans) const {
    std::vector<std::size_t> kept;
    for (std::size_t axis = 0; axis < one.size(); ++axis)
      if (options_.axes[axis].of_plan() == of_plans) kept.push_back(one[axis]);
    return kept;
  }

  scenario::Assignments assignments(const std::vector<std::size_t>& one) const {
    scenario::Assignments all;
    for (std::size_t axis = 0; axis < one.size(); ++axis) all.push_back(options_.axes[axis].assignment(one[axis]));
    return all;
  }

  /// Loads the first and the last value of each axis of plans, to see which plans they are.
  void find_subjects() {
    std::set<std::size_t> varied;
    for (const Variation& axis : options_.axes) {
      if (!axis.of_plan()) continue;
      std::vector<std::size_t> differ;
      scenario::Scenario first = load_({axis.assignment(0)});
      differ = plans_that_differ(base_, first);
      varied.insert(differ.begin(), differ.end());
      for (std::size_t value : {axis.values.size() - 1, axis.values.size() / 2}) {
        differ = plans_that_differ(first, load_({axis.assignment(value)}));
        varied.insert(differ.begin(), differ.end());
      }
    }
    if (!options_.plans.empty()) {
      for (const std::string& name : options_.plans) {
        std::vector<std::string> names;
        for (const scenario::Plan& plan : base_.plans) names.push_back(plan.name);
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end())
          throw BadRequest(fmt::format("no plan is named '{}'{}", name, scenario::did_you_mean(name, names)));
        subjects_.push_back(static_cast<std::size_t>(found - names.begin()));
      }
    } else {
      for (std::size_t plan = 0; plan < base_.plans.size(); ++plan)
        if (varied.empty() || varied.contains(plan)) subjects_.push_back(plan);
    }
    for (const std::size_t plan : subjects_) result_.plans.push_back(base_.plans[plan].name);
  }

  /// All cases of one world: their plans beside one another. False where it was stopped.
  bool observe_world(std::vector<std::size_t>& members) {
    // What cases share is simulated once a batch: those that differ in contracts alone stand together.
    const auto order = [&](std::size_t one) {
      std::pair<std::vector<std::size_t>, std::vector<std::size_t>> key;
      for (std::size_t axis = 0; axis < options_.axes.size(); ++axis)
        (options_.axes[axis].of_contracts() ? key.second : key.first).push_back(cases_[one][axis]);
      return key;
    };
    std::sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return order(a) < order(b); });
    std::vector<scenario::Scenario> variants;
    variants.reserve(members.size());
    for (const std::size_t one : members) {
      if (sampling_.stop && sampling_.stop->load()) return false;
      variants.push_back(load_(assignments(cases_[one])));
    }
    std::vector<Candidate> candidates;
    for (const scenario::Scenario& variant : variants)
      for (const std::size_t plan : subjects_) candidates.push_back({&variant.plans[plan], plan});
    Sampling sampling = sampling_;
    if (options_.progress)
      sampling.progress = [&](std::uint64_t done, std::uint64_t) {
        options_.progress(finished_ * subjects_.size() * sampling_.paths + done,
                          cases_.size() * subjects_.size() * sampling_.paths, best_so_far_);
      };
    const std::vector<Record> records = observe_candidates(variants.front(), candidates, sampling);
    std::vector<const Record*> kept;
    std::vector<SweepCell*> cells;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (records[(i + 1) * subjects_.size() - 1].paths() == 0) continue;
      // A world that was stopped in its first batch has fewer paths than those before it.
      if (records[i * subjects_.size()].paths() < sampling_.paths && finished_ > 0) continue;
      done_[members[i]].resize(subjects_.size());
      for (std::size_t s = 0; s < subjects_.size(); ++s) {
        kept.push_back(&records[i * subjects_.size() + s]);
        cells.push_back(&done_[members[i]][s]);
      }
    }
    if (!kept.empty()) {
      judge(kept, measures_of(variants.front()), variants.front().budget, options_.statistic, options_.alpha, cells);
      result_.paths = kept.front()->paths();
      for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells[i]->best && result_.of_plans())
          best_so_far_ = label_of(members[i / subjects_.size()], i % subjects_.size());
    }
    finished_ += members.size();
    return kept.size() == candidates.size() && kept.front()->paths() == sampling_.paths;
  }

  std::string label_of(std::size_t one, std::size_t subject) const {
    std::string text = subjects_.size() > 1 ? result_.plans[subject] + " " : "";
    for (std::size_t axis = 0; axis < options_.axes.size(); ++axis)
      text += (axis ? ", " : "") + options_.axes[axis].values[cases_[one][axis]];
    return text;
  }

  void keep_what_is_done() {
    for (std::size_t one = 0; one < cases_.size(); ++one) {
      if (done_[one].empty()) continue;
      result_.cases.push_back(cases_[one]);
      for (SweepCell& cell : done_[one]) result_.cells.push_back(std::move(cell));
    }
  }

  const Loader& load_;
  const SweepOptions& options_;
  scenario::Scenario base_;
  Sampling sampling_;
  std::vector<std::size_t> subjects_;  ///< plans
  std::vector<std::vector<std::size_t>> cases_;
  std::vector<std::vector<SweepCell>> done_;  ///< [case][subject]; empty: not done
  std::size_t finished_ = 0;
  std::string best_so_far_;
  Sweep result_;
};

}  // namespace

std::vector<std::size_t> plans_that_differ(const scenario::Scenario& a, const scenario::Scenario& b) {
  std::vector<std::size_t> plans;
  for (std::size_t plan = 0; plan < a.plans.size(); ++plan)
    if (scenario::plan_toml(a, plan) != scenario::plan_toml(b, plan)) plans.push_back(plan);
  return plans;
}

bool Sweep::of_plans() const {
  return std::any_of(axes.begin(), axes.end(), [](const Variation& axis) { return axis.of_plan(); });
}

std::string Sweep::label(std::size_t one) const {
  std::string text;
  for (std::size_t axis = 0; axis < axes.size(); ++axis)
    text += (axis ? ", " : "") + axes[axis].values[cases[one][axis]];
  return text;
}

void judge(const std::vector<const Record*>& records, const std::vector<Measure>& measures,
           std::optional<double> budget, const CostStatistic& statistic, double alpha,
           const std::vector<SweepCell*>& cells) {
  // Of each bound the intervals hold together with its part of alpha; plans that share a component share one.
  const auto limits = static_cast<std::size_t>(std::count_if(
      measures.begin(), measures.end(), [](const Measure& measure) { return measure.limit.has_value(); }));
  std::vector<results::Confidence> confidences;
  for (std::size_t m = 0; m < measures.size(); ++m) {
    std::set<const Ratio*> distinct;
    for (const Record* record : records) distinct.insert(record->ratios[m].get());
    const bool of_cost = measures[m].kind == Measure::Kind::over_budget;
    confidences.push_back(
        confidence_of(alpha, (of_cost ? records.size() : distinct.size()) * std::max<std::size_t>(limits, 1)));
  }
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < records.size(); ++i) {
    SweepCell& cell = *cells[i];
    cell.figures = figures_of(*records[i]);
    cell.value = value_of(*records[i], statistic);
    cell.meets = true;
    for (std::size_t m = 0; m < measures.size(); ++m) {
      cell.measures.push_back(estimate_of(*records[i], measures[m], m, budget, confidences[m]));
      cell.goal = joined(cell.goal, standing_of(cell.measures.back(), measures[m]));
      cell.meets = cell.meets && keeps(cell.measures.back().value, measures[m]);
    }
    if (cell.meets && (!best || cell.value < cells[*best]->value)) best = i;
  }
  if (!best) return;
  cells[*best]->best = true;
  const std::vector<Against> against = compare_with(records, *best, statistic, alpha);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i == *best) continue;
    cells[i]->against = against[i];
    cells[i]->tied = !against[i].distinct && cells[i]->goal != Standing::missed;
  }
}

Sweep sweep(const Loader& load, const SweepOptions& options) { return Sweeper(load, options).run(); }

}  // namespace costrisk::decide
