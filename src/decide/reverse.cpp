// Which moves of the unknowns break a goal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/decide/stress.hpp"
#include "src/results/estimators/distributions.hpp"
#include "src/results/sums/drivers.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/laws.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::decide {

namespace {

constexpr std::uint64_t most_reverse_paths = 4096;
/// As far as an unknown is moved, in standard deviations of its normal score; and how finely.
constexpr double farthest = 4.0;
constexpr int halvings = 9;
constexpr std::size_t most_in_pairs = 4;

/// The middle of a driver's cell, as a share of its distribution.
double level_of_cell(std::size_t cell) {
  constexpr std::size_t tail = driver_tail_cells, last = driver_cells - 1;
  const auto of_tail = [](std::size_t from_end) {
    // Cell 0 is all below 2^-12; cell k is 2^-(13-k) … 2^-(12-k).
    const double high = std::ldexp(1.0, -static_cast<int>(12 - from_end));
    return from_end == 0 ? 0.5 * high : 0.75 * high;
  };
  if (cell < tail) return of_tail(cell);
  if (cell > last - tail) return 1.0 - of_tail(last - cell);
  return (static_cast<double>(cell - tail) + 1.5) / driver_bins;
}

class Breaker {
 public:
  Breaker(const Loader& load, const ReverseOptions& options) : load_(load), options_(options) {}

  Reverse run() {
    base_ = load_({});
    result_.plan = base_.plans[options_.plan].name;
    result_.measures = measures_of(base_);
    result_.seed = base_.simulation.seed;
    if (std::none_of(result_.measures.begin(), result_.measures.end(),
                     [](const Measure& measure) { return measure.limit.has_value(); }))
      throw std::invalid_argument(
          "the scenario has no goal that could break; expected a table [goal], such as over_budget = 0.1 with a "
          "budget");
    sampling_ = options_.sampling;
    if (sampling_.paths == 0) sampling_.paths = std::min<std::uint64_t>(base_.simulation.paths, most_reverse_paths);
    result_.paths = sampling_.paths;
    result_.complete = look_at_base() && (result_.broken_already || (move_each() && move_pairs()));
    return std::move(result_);
  }

 private:
  struct Unknown {
    std::string address;
    const scenario::Law* law = nullptr;  ///< null: a chance, or a factor
    bool in_hours = false;               ///< a law of durations
    double correlation = 0.0;            ///< of cost with its level
    double breaks_at = 0.0;              ///< in deviations; 0: nowhere
  };

  bool stopped() const { return sampling_.stop && sampling_.stop->load(); }

  Record record_of(const scenario::Scenario& scenario, bool with_drivers = false, Observations* all = nullptr) {
    Sampling sampling = sampling_;
    sampling.with_drivers = with_drivers;
    Observations observed =
        observe(beside_one_another(scenario, {{&scenario.plans[options_.plan], options_.plan}}), sampling);
    Record record = observed.plans.front();
    if (all) *all = std::move(observed);
    done_ += sampling_.paths;
    if (options_.progress) options_.progress(done_, std::max(done_, total_));
    return record;
  }

  /// The first bound that is not kept; empty: none.
  std::string broken_bound(const Record& record, std::optional<double> budget) const {
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const Measure& measure = result_.measures[m];
      if (!measure.limit) continue;
      const double value = estimate_of(record, measure, m, budget, {}).value;
      if (!std::isnan(value) && !keeps(value, measure)) return measure.address;
    }
    return "";
  }

  bool look_at_base() {
    Observations observed;
    const Record record = record_of(base_, true, &observed);
    if (record.paths() < sampling_.paths) return false;
    result_.broken_already = !broken_bound(record, base_.budget).empty();
    std::vector<char> breaks(record.paths(), 0);
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const Measure& measure = result_.measures[m];
      if (!measure.limit) continue;
      for (std::size_t path = 0; path < breaks.size(); ++path) {
        if (measure.kind == Measure::Kind::over_budget) {
          const auto micros = static_cast<std::int64_t>(*base_.budget * static_cast<double>(micros_per_unit) + 0.5);
          breaks[path] |= record.cost[path] > micros;
        } else if (record.ratios[m] && record.ratios[m]->whole[path] > 0.0f) {
          const double share = static_cast<double>(record.ratios[m]->part[path] / record.ratios[m]->whole[path]);
          breaks[path] |= measure.at_most() ? share > 0.0 : share < *measure.limit;
        }
      }
    }
    const auto broken = static_cast<double>(std::count(breaks.begin(), breaks.end(), 1));
    result_.breaking_share = broken / static_cast<double>(breaks.size());
    const std::vector<double> cost = contributions(record, CostStatistic{});
    for (std::size_t d = 0; d < observed.drivers.size(); ++d) {
      std::vector<double> level(breaks.size());
      for (std::size_t path = 0; path < level.size(); ++path) level[path] = level_of_cell(observed.cells[d][path]);
      if (results::is_chance(observed.drivers[d]))
        for (double& one : level) one = one < 0.5 ? 1.0 : 0.0;  // 1: it happens
      note_difference(observed.drivers[d], level, breaks);
      add_unknown(observed.drivers[d], level, cost);
    }
    std::stable_sort(result_.differences.begin(), result_.differences.end(), [](const auto& a, const auto& b) {
      return std::abs(a.breaking - a.others) > std::abs(b.breaking - b.others);
    });
    total_ = done_ + (2 * (halvings + 1) * unknowns_.size() + 6 * 3 * halvings) * sampling_.paths;
    return true;
  }

  void note_difference(const std::string& driver, const std::vector<double>& level, const std::vector<char>& breaks) {
    double sum[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0}, count[2] = {0.0, 0.0};
    for (std::size_t path = 0; path < level.size(); ++path) {
      const int side = breaks[path];
      sum[side] += level[path];
      squares[side] += level[path] * level[path];
      count[side] += 1.0;
    }
    if (count[0] < 2.0 || count[1] < 2.0) return;
    Difference difference{driver, sum[1] / count[1], sum[0] / count[0], 0.0};
    for (const int side : {0, 1}) {
      const double mean = sum[side] / count[side];
      difference.error += std::max(squares[side] / count[side] - mean * mean, 0.0) / count[side];
    }
    difference.error = std::sqrt(difference.error);
    result_.differences.push_back(difference);
  }

  void add_unknown(const std::string& driver, const std::vector<double>& level, const std::vector<double>& cost) {
    Unknown unknown{driver};
    scenario::each_law(base_, [&](const scenario::Law& law) {
      if (law.address == driver) unknown.law = &law;
    });
    const bool chance = results::is_chance(driver);
    if (!unknown.law && !chance) return;  // a factor has no address that could be set
    const MeanError x = mean_error(level), y = mean_error(cost);
    double sum = 0.0;
    for (std::size_t i = 0; i < level.size(); ++i) sum += (level[i] - x.mean) * (cost[i] - y.mean);
    const auto n = static_cast<double>(level.size());
    unknown.correlation = sum / (n * n * std::max(x.error * y.error, 1e-300));
    unknowns_.push_back(unknown);
  }

  double value_at(const Unknown& unknown, double z) const {
    return scenario::quantile(*unknown.law, results::normal_cdf(z), z);
  }

  /// What fixes an unknown; laws of durations are tried as hours where a number is refused.
  std::string assignment(const Unknown& unknown, double z) const {
    if (!unknown.law) return fmt::format("{}={}", unknown.address, z > 0.0 ? 1 : 0);
    const double value = value_at(unknown, z);
    return unknown.in_hours ? fmt::format("{}=\"{}h\"", unknown.address, value)
                            : fmt::format("{}={}", unknown.address, value);
  }

  /// The bound that breaks with the unknowns fixed; nothing where that is no valid scenario.
  std::optional<std::string> broken_with(const std::vector<std::pair<Unknown*, double>>& fixed) {
    for (const bool again : {false, true}) {
      std::vector<std::string> assignments;
      for (const auto& [unknown, z] : fixed) assignments.push_back(assignment(*unknown, z));
      try {
        const scenario::Scenario scenario = load_(assignments);
        return broken_bound(record_of(scenario), scenario.budget);
      } catch (const scenario::InvalidScenario&) {
        if (again) break;
        for (const auto& [unknown, z] : fixed)
          if (unknown->law) unknown->in_hours = !unknown->in_hours;
      }
    }
    for (const auto& [unknown, z] : fixed) unknown->in_hours = false;
    return std::nullopt;
  }

  bool move_each() {
    for (Unknown& unknown : unknowns_) {
      if (stopped()) return false;
      if (!unknown.law)
        move_chance(unknown);
      else
        move_law(unknown);
    }
    std::stable_sort(result_.moves.begin(), result_.moves.end(), [](const Move& a, const Move& b) {
      if (a.value.has_value() != b.value.has_value()) return a.value.has_value();
      return a.value && a.chance > b.chance;
    });
    return !stopped();
  }

  void move_chance(Unknown& unknown) {
    Move move{unknown.address, std::nullopt, 0.0, 0.0, 0.0, "", true};
    for (const double happens : {1.0, 0.0}) {
      const auto bound = broken_with({{&unknown, happens > 0.0 ? 1.0 : -1.0}});
      if (!bound || bound->empty() || move.value) continue;
      move.value = happens;
      move.bound = *bound;
      const double chance = chance_of(unknown.address);
      move.chance = happens > 0.0 ? chance : 1.0 - chance;
    }
    result_.moves.push_back(std::move(move));
  }

  double chance_of(const std::string& address) const {
    for (const scenario::Item& item : base_.items)
      if (address == fmt::format("item.{}.chance", item.name)) return item.chance;
    for (const scenario::Demand& demand : base_.demands)
      for (std::size_t i = 0; i < demand.changes.size(); ++i)
        if (address == fmt::format("demand.{}.change.{}.chance", demand.name, i)) return demand.changes[i].chance;
    return 0.0;
  }

  void move_law(Unknown& unknown) {
    Move move{unknown.address, std::nullopt, value_at(unknown, 0.0), 0.0, 0.0, "", false};
    // First to the side that costs more.
    const double toward = unknown.correlation >= 0.0 ? 1.0 : -1.0;
    for (const double side : {toward, -toward}) {
      const auto far = broken_with({{&unknown, side * farthest}});
      if (stopped()) return;
      if (!far || far->empty()) continue;
      double good = 0.0, bad = farthest;
      std::string bound = *far;
      for (int i = 0; i < halvings && !stopped(); ++i) {
        const double middle = 0.5 * (good + bad);
        const auto broken = broken_with({{&unknown, side * middle}});
        if (broken && !broken->empty()) {
          bad = middle;
          bound = *broken;
        } else {
          good = middle;
        }
      }
      if (move.value && std::abs(move.deviations) <= bad) continue;
      move.value = value_at(unknown, side * bad);
      move.deviations = side * bad;
      move.chance = results::normal_cdf(-bad);
      move.bound = bound;
    }
    unknown.breaks_at = move.deviations;
    result_.moves.push_back(std::move(move));
  }

  /// Of the unknowns that weigh most, the two that break the goal with the least move of both.
  bool move_pairs() {
    std::vector<Unknown*> by_weight;
    for (Unknown& unknown : unknowns_)
      if (unknown.law) by_weight.push_back(&unknown);
    std::stable_sort(by_weight.begin(), by_weight.end(), [](const Unknown* a, const Unknown* b) {
      const auto key = [](const Unknown* one) {
        return std::pair(one->breaks_at != 0.0 ? std::abs(one->breaks_at) : 2.0 * farthest,
                         -std::abs(one->correlation));
      };
      return key(a) < key(b);
    });
    if (by_weight.size() > most_in_pairs) by_weight.resize(most_in_pairs);
    for (std::size_t i = 0; i < by_weight.size(); ++i)
      for (std::size_t j = i + 1; j < by_weight.size(); ++j)
        for (const double part : {0.25, 0.5, 0.75}) {
          if (stopped()) return false;
          try_pair(*by_weight[i], *by_weight[j], part * std::acos(0.0));
        }
    return true;
  }

  void try_pair(Unknown& a, Unknown& b, double angle) {
    const auto side = [](const Unknown& unknown) {
      const double toward = unknown.breaks_at != 0.0 ? unknown.breaks_at : unknown.correlation;
      return toward >= 0.0 ? 1.0 : -1.0;
    };
    const double x = side(a) * std::cos(angle), y = side(b) * std::sin(angle);
    const double most = result_.pair ? result_.pair->deviations : farthest;
    const auto breaks = [&](double r) {
      const auto bound = broken_with({{&a, r * x}, {&b, r * y}});
      return bound && !bound->empty();
    };
    if (!breaks(most)) return;
    double good = 0.0, bad = most;
    for (int i = 0; i + 2 < halvings && !stopped(); ++i) {
      const double middle = 0.5 * (good + bad);
      (breaks(middle) ? bad : good) = middle;
    }
    if (result_.pair && bad >= result_.pair->deviations) return;
    result_.pair = JointMove{a.address,
                             b.address,
                             value_at(a, bad * x),
                             value_at(b, bad * y),
                             bad,
                             results::normal_cdf(-std::abs(bad * x)) * results::normal_cdf(-std::abs(bad * y))};
  }

  const Loader& load_;
  const ReverseOptions& options_;
  scenario::Scenario base_;
  Sampling sampling_;
  std::vector<Unknown> unknowns_;
  std::uint64_t done_ = 0, total_ = 0;
  Reverse result_;
};

}  // namespace

Reverse reverse(const Loader& load, const ReverseOptions& options) { return Breaker(load, options).run(); }

}  // namespace costrisk::decide
