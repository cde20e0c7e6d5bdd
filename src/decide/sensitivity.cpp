#include "src/decide/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "src/decide/sweep.hpp"
#include "src/results/sums/numbers.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::decide {

namespace {

constexpr std::uint64_t most_moved_paths = 4096, most_value_paths = 20'000;

/// A number moved to one side.
struct Moved {
  double change = 0.0;  ///< relative
  std::string assignment;
};

Moved moved(const scenario::NumberAt& number, double by) {
  if (!number.is_integer) return {by, fmt::format("{} *= {}", number.address, 1.0 + by)};
  double value = std::round(number.value * (1.0 + by));
  if (value == number.value) value += by > 0.0 ? 1.0 : -1.0;
  return {value / number.value - 1.0, fmt::format("{}={:.0f}", number.address, value)};
}

/// What each path contributes to a share.
std::vector<double> share_contributions(const Record& record, const Measure& measure, std::size_t index,
                                        std::optional<double> budget) {
  std::vector<double> values(record.paths());
  if (measure.kind == Measure::Kind::over_budget) {
    const auto micros = static_cast<std::int64_t>(*budget * static_cast<double>(micros_per_unit) + 0.5);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = record.cost[i] > micros ? 1.0 : 0.0;
    return values;
  }
  const Ratio& ratio = *record.ratios[index];
  const double value = ratio.value();
  const double mean_whole = std::max(static_cast<double>(ratio.whole_sum) / static_cast<double>(values.size()), 1e-300);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = value + (static_cast<double>(ratio.part[i]) - value * static_cast<double>(ratio.whole[i])) / mean_whole;
  return values;
}

class Mover {
 public:
  Mover(const Loader& load, const SensitivityOptions& options) : load_(load), options_(options) {}

  Sensitivity run() {
    base_ = load_({});
    result_.seed = base_.simulation.seed;
    result_.measures = measures_of(base_);
    result_.asked = options_.numbers.size();
    for (const scenario::Plan& plan : base_.plans) result_.plans.push_back(plan.name);
    sampling_ = options_.sampling;
    if (sampling_.paths == 0) sampling_.paths = std::min<std::uint64_t>(base_.simulation.paths, most_moved_paths);
    result_.paths = sampling_.paths;
    total_ = (2 * options_.numbers.size() + 1) * sampling_.paths;
    // Only a part of the numbers does anything, but which is not known before.
    confidence_ = confidence_of(options_.alpha, options_.numbers.size());
    result_.complete = find_value() && observe_base() && move_all();
    return std::move(result_);
  }

 private:
  bool stopped() const { return sampling_.stop && sampling_.stop->load(); }

  std::vector<Record> records_of(const scenario::Scenario& scenario) {
    Sampling sampling = sampling_;
    if (options_.progress)
      sampling.progress = [&](std::uint64_t done, std::uint64_t) { options_.progress(done_ + done, total_); };
    std::vector<Record> records = observe(scenario, sampling).plans;
    done_ += sampling_.paths;
    return records;
  }
  bool whole(const std::vector<Record>& records) const {
    return std::all_of(records.begin(), records.end(),
                       [&](const Record& record) { return record.paths() == sampling_.paths; });
  }

  bool observe_base() {
    standing_ = records_of(base_);
    if (!whole(standing_)) return false;
    for (const Record& record : standing_) {
      figures_.push_back({value_of(record, CostStatistic{}), value_of(record, p95)});
      result_.figures.push_back(figures_of(record));
    }
    return true;
  }

  bool move_all() {
    for (const scenario::NumberAt& number : options_.numbers) {
      std::optional<std::vector<Record>> sides[2];
      double change[2] = {0.0, 0.0};
      for (const int side : {0, 1}) {
        if (stopped()) return false;
        const Moved to = moved(number, side == 0 ? -options_.step : options_.step);
        try {
          const scenario::Scenario scenario = load_({to.assignment});
          sides[side] = records_of(scenario);
          budgets_[side] = scenario.budget;
        } catch (const scenario::InvalidScenario&) {
          done_ += sampling_.paths;
          continue;
        }
        if (!whole(*sides[side])) return false;
        change[side] = to.change;
      }
      if (!sides[0] && !sides[1]) {
        result_.unmoved.push_back(number.address);
        continue;
      }
      // A number that may not move to one side is held against where it stands.
      for (const int side : {0, 1})
        if (!sides[side]) budgets_[side] = base_.budget;
      const std::vector<Record>& low = sides[0] ? *sides[0] : standing_;
      const std::vector<Record>& high = sides[1] ? *sides[1] : standing_;
      result_.numbers.push_back(number);
      for (std::size_t plan = 0; plan < standing_.size(); ++plan)
        result_.effects.push_back(effect(plan, low[plan], high[plan], change[1] - change[0]));
    }
    return true;
  }

  Effect effect(std::size_t plan, const Record& low, const Record& high, double change) const {
    Effect effect;
    const auto scaled = [&](const MeanError& difference, double by) -> results::Estimate {
      const double value = difference.mean / by;
      const double reach = difference.error > 0.0 ? confidence_.z_score * difference.error / std::abs(by) : 0.0;
      return {value, value - reach, value + reach};
    };
    effect.mean = scaled(mean_error(contributions(high, CostStatistic{}), contributions(low, CostStatistic{})),
                         figures_[plan][0] * change);
    MeanError tail = mean_error(contributions(high, p95), contributions(low, p95));
    tail.mean = value_of(high, p95) - value_of(low, p95);
    effect.p95 = scaled(tail, figures_[plan][1] * change);
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const Measure& measure = result_.measures[m];
      if (measure.kind != Measure::Kind::over_budget && !low.ratios[m]) {
        effect.shares.push_back({results::not_a_number, results::not_a_number, results::not_a_number});
        continue;
      }
      effect.shares.push_back(scaled(mean_error(share_contributions(high, measure, m, budgets_[1]),
                                                share_contributions(low, measure, m, budgets_[0])),
                                     change / 0.1));
    }
    return effect;
  }

  /// The value of finding out, among the plans that meet the goal and what else may be chosen.
  bool find_value() {
    std::vector<scenario::Scenario> variants = {base_};
    std::vector<std::string> names;
    std::vector<Candidate> candidates;
    if (options_.axes.size() == 1) {
      for (std::size_t value = 0; value < options_.axes[0].values.size(); ++value)
        variants.push_back(load_({options_.axes[0].assignment(value)}));
    }
    for (std::size_t plan = 0; plan < base_.plans.size(); ++plan) {
      candidates.push_back({&variants[0].plans[plan], plan});
      names.push_back(base_.plans[plan].name);
    }
    for (std::size_t v = 1; v < variants.size(); ++v)
      for (const std::size_t plan : plans_that_differ(base_, variants[v])) {
        candidates.push_back({&variants[v].plans[plan], plan});
        names.push_back(fmt::format("{} {}", base_.plans[plan].name, options_.axes[0].values[v - 1]));
      }
    if (candidates.size() > most_plans) {
      candidates.resize(most_plans);
      names.resize(most_plans);
    }
    Sampling sampling = sampling_;
    sampling.paths = std::max(sampling_.paths, std::min<std::uint64_t>(base_.simulation.paths, most_value_paths));
    sampling.with_drivers = true;
    if (options_.sampling.paths > 0) sampling.paths = options_.sampling.paths;
    const Observations observed = observe(beside_one_another(base_, candidates), sampling);
    if (observed.plans.front().paths() < sampling.paths) return false;
    result_.value_paths = sampling.paths;
    result_.drivers = observed.drivers;
    std::vector<const Record*> choices, all;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      bool meets = true;
      for (std::size_t m = 0; m < result_.measures.size(); ++m) {
        const double share = estimate_of(observed.plans[i], result_.measures[m], m, base_.budget, {}).value;
        meets = meets && (std::isnan(share) || keeps(share, result_.measures[m]));
      }
      if (i < base_.plans.size()) result_.meets.push_back(meets);
      all.push_back(&observed.plans[i]);
      if (!meets) continue;
      choices.push_back(&observed.plans[i]);
      result_.choices.push_back(names[i]);
    }
    if (choices.empty()) {
      choices = all;
      result_.choices = names;
    }
    result_.value = value_of_information(choices, observed.cells);
    return true;
  }

  const CostStatistic p95 = {CostStatistic::Kind::quantile, 0.95, "p95"};
  const Loader& load_;
  const SensitivityOptions& options_;
  scenario::Scenario base_;
  Sampling sampling_;
  results::Confidence confidence_;
  std::vector<Record> standing_;
  std::vector<std::array<double, 2>> figures_;
  std::optional<double> budgets_[2];
  std::uint64_t done_ = 0, total_ = 0;
  Sensitivity result_;
};

}  // namespace

Sensitivity sensitivity(const Loader& load, const SensitivityOptions& options) { return Mover(load, options).run(); }

}  // namespace costrisk::decide
