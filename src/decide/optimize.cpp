#include "src/decide/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "src/decide/sweep.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::decide {

namespace {

/// Points that are all tried.
constexpr double most_exhaustive = 1024.0;
/// Points of a larger space that a search begins with, and most that it tries.
constexpr std::size_t sample_points = 256, most_tried = 1024;
/// Plans that each ranking keeps at least.
constexpr std::size_t fewest_kept = 8, fewest_by_side = 2;
constexpr std::size_t most_tested = 6;
/// Plans at the edge of the goal that get more futures, and how many times those of the others.
constexpr std::size_t most_resolved = 4, resolved_times = 4;
constexpr std::uint64_t most_search_paths = 8192, fewest_first = 256;

/// A goal as it stands, or with one bound a step looser.
struct Goal {
  std::vector<Measure> measures;
  std::optional<double> budget;
  std::string loosened;  ///< the bound; empty: none
  double from = 0.0, to = 0.0;
};

struct Entry {
  std::size_t of = 0;
  std::vector<std::size_t> point;
  bool as_it_stands = false;
  scenario::Plan plan = {};
  std::vector<Record> record = {};  ///< one, once it is simulated
  std::uint64_t futures() const { return record.empty() ? 0 : record.front().paths(); }
};

/// How a plan ranks under a goal: what meets it by cost, then what may, then what does not by how far it is off.
struct Rank {
  double value = 0.0, excess = 0.0;  ///< excess: over the limits, in standard errors of half an interval; ≤ 0: kept
  bool meets = false, may_meet = false;
};

class Optimizer {
 public:
  Optimizer(const Loader& load, const OptimizeOptions& options) : load_(load), options_(options) {}

  Optimum run() {
    begin();
    const bool small = result_.points <= most_exhaustive;
    result_.exhaustive = small;
    std::vector<std::size_t> alive = small ? all_points() : sampled_points();
    const std::uint64_t n = sampling_.paths;
    const std::uint64_t first = std::min(n, std::max(fewest_first, n / 16)),
                        second = std::min(n, std::max(first, n / 4));
    planned_ = static_cast<double>(alive.size()) * static_cast<double>(first) * (small ? 1.5 : 6.0) +
               static_cast<double>(n) * 24.0 + static_cast<double>(proof_paths()) * 2.0;
    bool going = simulate(alive, first);
    if (going) {
      alive = keep(alive, 4);
      going = simulate(alive, second);
    }
    if (going && !small) going = walk(alive, second);
    if (going) {
      alive = keep(alive, 4);
      going = simulate(alive, n) && resolve(alive, n);
    }
    alive = those_of_most_futures(alive, n);
    choose(alive);
    if (going && result_.chosen) going = prove();
    result_.complete = going;
    finish();
    return std::move(result_);
  }

 private:
  bool stopped() const { return sampling_.stop && sampling_.stop->load(); }
  std::uint64_t proof_paths() const { return options_.proof_paths ? options_.proof_paths : 4 * sampling_.paths; }

  void begin() {
    if (options_.axes.empty())
      throw BadRequest("nothing may vary; expected a table [search] in the scenario with vary = [\"ADDRESS=VALUES\"]");
    base_ = load_({});
    sampling_ = options_.sampling;
    if (sampling_.paths == 0) sampling_.paths = std::min<std::uint64_t>(base_.simulation.paths, most_search_paths);
    result_.axes = options_.axes;
    result_.statistic = options_.statistic;
    result_.paths = sampling_.paths;
    result_.seed = base_.simulation.seed;
    result_.measures = measures_of(base_);
    for (const scenario::Plan& plan : base_.plans) result_.plans.push_back(plan.name);
    find_axes();
    set_goals();
  }

  /// Which plans each axis varies.
  void find_axes() {
    result_.axes_of.resize(base_.plans.size());
    for (std::size_t axis = 0; axis < options_.axes.size(); ++axis) {
      const scenario::Variation& variation = options_.axes[axis];
      if (!variation.of_plan())
        throw BadRequest(
            fmt::format("'{}' is of the world, which no plan can choose; expected addresses that begin with "
                        "plan.",
                        variation.address));
      std::set<std::size_t> plans;
      std::vector<scenario::Scenario> seen;
      std::exception_ptr invalid;
      for (std::size_t value = 0; value < variation.values.size() && (seen.size() < 2 || plans.empty()); ++value) {
        try {
          seen.push_back(load_({variation.assignment(value)}));
        } catch (const scenario::InvalidScenario&) {
          if (!invalid) invalid = std::current_exception();
          continue;  // it may fit together with values of other axes
        }
        for (const std::size_t plan : plans_that_differ(base_, seen.back())) plans.insert(plan);
        for (const std::size_t plan : plans_that_differ(seen.front(), seen.back())) plans.insert(plan);
      }
      if (seen.empty()) std::rethrow_exception(invalid);
      for (const std::size_t plan : plans) result_.axes_of[plan].push_back(axis);
    }
    result_.points = static_cast<double>(base_.plans.size());
    for (const std::vector<std::size_t>& axes : result_.axes_of) {
      if (axes.empty()) continue;
      double points = 1.0;
      for (const std::size_t axis : axes) points *= static_cast<double>(options_.axes[axis].values.size());
      result_.points += points;
    }
  }

  /// The goal, and it with each bound a step looser: half as many more may fail, and the budget is a twentieth larger.
  void set_goals() {
    goals_.push_back({result_.measures, base_.budget, "", 0.0, 0.0});
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const Measure& measure = result_.measures[m];
      if (!measure.limit) continue;
      Goal looser = goals_.front();
      const double failing = measure.at_most() ? *measure.limit : 1.0 - *measure.limit;
      const double step = std::max(0.5 * failing, 1e-4);
      looser.loosened = measure.address;
      looser.from = *measure.limit;
      looser.to = std::clamp(measure.at_most() ? looser.from + step : looser.from - step, 0.0, 1.0);
      looser.measures[m].limit = looser.to;
      goals_.push_back(looser);
      if (measure.kind == Measure::Kind::over_budget) {
        Goal richer = goals_.front();
        richer.loosened = "budget";
        richer.from = *base_.budget;
        richer.to = 1.05 * richer.from;
        richer.budget = richer.to;
        goals_.push_back(richer);
      }
    }
  }

  scenario::Assignments assignments_of(std::size_t of, const std::vector<std::size_t>& point) const {
    scenario::Assignments all;
    const std::vector<std::size_t>& axes = result_.axes_of[of];
    for (std::size_t i = 0; i < point.size(); ++i) all.push_back(options_.axes[axes[i]].assignment(point[i]));
    return all;
  }

  /// The place of a point among the entries; nothing where it is no valid scenario.
  std::optional<std::size_t> entry(std::size_t of, const std::vector<std::size_t>& point) {
    const auto [found, is_new] = places_.try_emplace({of, point});
    if (!is_new) return found->second;
    Entry made{of, point, point.empty()};
    try {
      made.plan = load_(assignments_of(of, point)).plans[of];
    } catch (const scenario::InvalidScenario&) {
      ++result_.invalid;
      return std::nullopt;
    }
    entries_.push_back(std::move(made));
    found->second = entries_.size() - 1;
    return found->second;
  }

  void add(std::vector<std::size_t>& list, std::size_t of, const std::vector<std::size_t>& point) {
    if (const auto place = entry(of, point)) list.push_back(*place);
  }

  std::vector<std::size_t> plans_as_they_stand() {
    std::vector<std::size_t> list;
    for (std::size_t plan = 0; plan < base_.plans.size(); ++plan) add(list, plan, {});
    return list;
  }

  std::vector<std::size_t> all_points() {
    std::vector<std::size_t> list = plans_as_they_stand();
    for (std::size_t plan = 0; plan < base_.plans.size(); ++plan) {
      const std::vector<std::size_t>& axes = result_.axes_of[plan];
      if (axes.empty()) continue;
      std::vector<std::size_t> point(axes.size(), 0);
      for (bool more = true; more;) {
        if (stopped()) return list;
        add(list, plan, point);
        more = false;
        for (std::size_t i = axes.size(); i-- > 0 && !more;) {
          more = ++point[i] < options_.axes[axes[i]].values.size();
          if (!more) point[i] = 0;
        }
      }
    }
    return list;
  }

  /// Points spread over the space: a Halton sequence (one prime an axis), moved by the seed, and the ends of the axes.
  std::vector<std::size_t> sampled_points() {
    constexpr std::array<unsigned, 16> primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};
    std::vector<std::size_t> list = plans_as_they_stand();
    std::vector<std::size_t> searched;
    for (std::size_t plan = 0; plan < base_.plans.size(); ++plan)
      if (!result_.axes_of[plan].empty()) searched.push_back(plan);
    const double shift = std::fmod(0.6180339887498949 * static_cast<double>(result_.seed % 1'000'003), 1.0);
    for (const std::size_t plan : searched) {
      const std::vector<std::size_t>& axes = result_.axes_of[plan];
      std::vector<std::size_t> low, middle, high;
      for (const std::size_t axis : axes) {
        low.push_back(0);
        middle.push_back(options_.axes[axis].values.size() / 2);
        high.push_back(options_.axes[axis].values.size() - 1);
      }
      for (const auto& point : {low, middle, high}) add(list, plan, point);
      for (std::size_t k = 1; k <= sample_points / searched.size() && !stopped(); ++k) {
        std::vector<std::size_t> point;
        for (std::size_t i = 0; i < axes.size(); ++i) {
          double level = shift, scale = 1.0;
          for (std::size_t rest = k; rest > 0; rest /= primes[i % primes.size()]) {
            scale /= primes[i % primes.size()];
            level += scale * static_cast<double>(rest % primes[i % primes.size()]);
          }
          const auto size = static_cast<double>(options_.axes[axes[i]].values.size());
          point.push_back(static_cast<std::size_t>(std::min(std::fmod(level, 1.0) * size, size - 1.0)));
        }
        add(list, plan, point);
      }
    }
    return without_copies(list);
  }

  static std::vector<std::size_t> without_copies(const std::vector<std::size_t>& list) {
    std::vector<std::size_t> once;
    std::set<std::size_t> seen;
    for (const std::size_t place : list)
      if (seen.insert(place).second) once.push_back(place);
    return once;
  }

  /// Simulates entries until each has so many futures. False where it was stopped.
  bool simulate(const std::vector<std::size_t>& list, std::uint64_t futures) {
    std::map<std::uint64_t, std::vector<std::size_t>> by_futures;
    for (const std::size_t place : without_copies(list))
      if (entries_[place].futures() < futures) by_futures[entries_[place].futures()].push_back(place);
    for (auto& [before, places] : by_futures) {
      // Those that differ in contracts alone stand together, since they share what is simulated.
      const auto order = [&](std::size_t place) {
        std::pair<std::vector<std::size_t>, std::vector<std::size_t>> key;
        const Entry& one = entries_[place];
        key.first.push_back(one.of);
        for (std::size_t i = 0; i < one.point.size(); ++i)
          (options_.axes[result_.axes_of[one.of][i]].of_contracts() ? key.second : key.first).push_back(one.point[i]);
        return key;
      };
      std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return order(a) < order(b); });
      std::vector<Candidate> candidates;
      for (const std::size_t place : places) candidates.push_back({&entries_[place].plan, entries_[place].of});
      Sampling sampling = sampling_;
      sampling.first_path = before;
      sampling.paths = futures - before;
      sampling.progress = progress_from(result_.work);
      std::vector<Record> records = observe_candidates(base_, candidates, sampling);
      bool whole = true;
      for (std::size_t i = 0; i < places.size(); ++i) {
        const std::uint64_t done = records[i].paths();
        result_.work += done;
        whole = whole && done == sampling.paths;
        if (done == 0) continue;
        std::vector<Record> one;
        one.push_back(std::move(records[i]));
        if (entries_[places[i]].record.empty())
          entries_[places[i]].record = std::move(one);
        else
          append(entries_[places[i]].record, std::move(one));
      }
      if (!whole) return false;
    }
    note_best(list);
    return true;
  }

  std::function<void(std::uint64_t, std::uint64_t)> progress_from(std::uint64_t before) const {
    if (!options_.progress) return nullptr;
    return [this, before](std::uint64_t done, std::uint64_t) {
      const std::uint64_t now = before + done;
      options_.progress(now, std::max<std::uint64_t>(now, static_cast<std::uint64_t>(planned_)), best_so_far_);
    };
  }

  void note_best(const std::vector<std::size_t>& list) {
    std::optional<std::size_t> best;
    std::optional<Rank> rank;
    for (const std::size_t place : list) {
      if (entries_[place].record.empty()) continue;
      const Rank one = rank_of(entries_[place].record.front(), goals_.front(), options_.statistic);
      if (one.meets && (!rank || one.value < rank->value)) {
        rank = one;
        best = place;
      }
    }
    if (!best) return;
    best_so_far_ = fmt::format("{} ({:.4g} {})", result_.label(tried_of(*best)), rank->value, base_.currency);
  }

  Rank rank_of(const Record& record, const Goal& goal, const CostStatistic& statistic) const {
    Rank rank;
    rank.value = value_of(record, statistic);
    rank.meets = rank.may_meet = true;
    for (std::size_t m = 0; m < goal.measures.size(); ++m) {
      const Measure& measure = goal.measures[m];
      if (!measure.limit) continue;
      const results::Estimate estimate = estimate_of(record, measure, m, goal.budget, {});
      if (std::isnan(estimate.value)) continue;  // a plan without the workload
      rank.meets = rank.meets && keeps(estimate.value, measure);
      rank.may_meet = rank.may_meet && standing_of(estimate, measure) != Standing::missed;
      const double over = measure.at_most() ? estimate.value - *measure.limit : *measure.limit - estimate.value;
      rank.excess = std::max(rank.excess, over);
    }
    return rank;
  }

  /// A part of the entries: the best by the statistic under the goal, among those that meet it and those that may; some
  /// by what is to be shown besides, the tail and looser goals; and where none may meet the goal, the nearest.
  std::vector<std::size_t> keep(const std::vector<std::size_t>& list, std::size_t part) const {
    const std::size_t most = std::max(list.size() / part, fewest_kept);
    std::set<std::size_t> kept;
    const auto take = [&](const Goal& goal, const CostStatistic& statistic, std::size_t count) {
      std::vector<std::pair<double, std::size_t>> meet, may, miss;
      for (const std::size_t place : list) {
        if (entries_[place].record.empty()) continue;
        const Rank rank = rank_of(entries_[place].record.front(), goal, statistic);
        if (rank.meets)
          meet.emplace_back(rank.value, place);
        else if (rank.may_meet)
          may.emplace_back(rank.value, place);
        else
          miss.emplace_back(rank.excess, place);
      }
      if (!meet.empty() || !may.empty()) miss.clear();
      for (auto* group : {&meet, &may, &miss}) {
        std::sort(group->begin(), group->end());
        for (std::size_t i = 0; i < std::min(count, group->size()); ++i) kept.insert((*group)[i].second);
      }
    };
    take(goals_.front(), options_.statistic, most);
    for (const CostStatistic& side : sides()) take(goals_.front(), side, fewest_by_side);
    for (std::size_t g = 1; g < goals_.size(); ++g) take(goals_[g], options_.statistic, fewest_by_side);
    for (const std::size_t place : list)
      if (entries_[place].as_it_stands) kept.insert(place);
    return {kept.begin(), kept.end()};
  }

  /// The ends of the frontier.
  static std::vector<CostStatistic> sides() {
    return {
        CostStatistic{}, {CostStatistic::Kind::tail_mean, 0.95, "cvar95"}, {CostStatistic::Kind::tail_mean, 0.5, ""}};
  }

  /// From the best points step by step to better ones: all neighbours along each axis, at growing and then shrinking
  /// distances, until none is better.
  bool walk(std::vector<std::size_t>& alive, std::uint64_t futures) {
    std::set<std::size_t> expanded;
    for (int turn = 0; turn < 24 && entries_.size() < most_tried; ++turn) {
      std::vector<std::size_t> starts;
      for (const std::size_t place : leaders(alive))
        if (!entries_[place].point.empty() && expanded.insert(place).second) starts.push_back(place);
      if (starts.empty()) return true;
      std::vector<std::size_t> fresh;
      for (const std::size_t place : starts) {
        const std::size_t of = entries_[place].of;
        const std::vector<std::size_t> point = entries_[place].point;
        for (std::size_t i = 0; i < point.size(); ++i) {
          const auto size = static_cast<std::ptrdiff_t>(options_.axes[result_.axes_of[of][i]].values.size());
          const bool is_numeric = options_.axes[result_.axes_of[of][i]].is_numeric();
          for (const std::ptrdiff_t step : {1, -1, 3, -3, 9, -9}) {
            const std::ptrdiff_t value = static_cast<std::ptrdiff_t>(point[i]) + step;
            if (value < 0 || value >= size || (!is_numeric && size <= 4 && std::abs(step) > 3)) continue;
            std::vector<std::size_t> next = point;
            next[i] = static_cast<std::size_t>(value);
            add(fresh, of, next);
          }
          // Two axes at once, since levels of what stands in for one another move together.
          for (std::size_t j = i + 1; j < point.size(); ++j)
            for (const auto& [a, b] : {std::pair{1, -1}, std::pair{-1, 1}, std::pair{1, 1}, std::pair{-1, -1}}) {
              const std::ptrdiff_t x = static_cast<std::ptrdiff_t>(point[i]) + a,
                                   y = static_cast<std::ptrdiff_t>(point[j]) + b;
              const auto other = static_cast<std::ptrdiff_t>(options_.axes[result_.axes_of[of][j]].values.size());
              if (x < 0 || y < 0 || x >= size || y >= other) continue;
              std::vector<std::size_t> next = point;
              next[i] = static_cast<std::size_t>(x);
              next[j] = static_cast<std::size_t>(y);
              add(fresh, of, next);
            }
        }
      }
      fresh = without_copies(fresh);
      if (!simulate(fresh, futures)) return false;
      alive.insert(alive.end(), fresh.begin(), fresh.end());
      alive = without_copies(alive);
    }
    return true;
  }

  /// The few to step from.
  std::vector<std::size_t> leaders(const std::vector<std::size_t>& list) const {
    std::vector<std::size_t> chosen;
    const auto take = [&](const CostStatistic& statistic, std::size_t count) {
      std::vector<std::tuple<bool, double, std::size_t>> order;
      for (const std::size_t place : list) {
        if (entries_[place].record.empty()) continue;
        const Rank rank = rank_of(entries_[place].record.front(), goals_.front(), statistic);
        order.emplace_back(!rank.meets, rank.meets ? rank.value : rank.excess, place);
      }
      std::sort(order.begin(), order.end());
      for (std::size_t i = 0; i < std::min(count, order.size()); ++i) chosen.push_back(std::get<2>(order[i]));
    };
    take(options_.statistic, 3);
    for (const CostStatistic& side : sides()) take(side, 1);
    return without_copies(chosen);
  }

  /// Of the cheapest plans those that may or may not meet the goal are tried on more futures, until one is cheaper than
  /// all that are left and meets it for sure.
  bool resolve(const std::vector<std::size_t>& list, std::uint64_t futures) {
    std::vector<std::pair<double, std::size_t>> order;
    for (const std::size_t place : list) {
      const Rank rank = rank_of(entries_[place].record.front(), goals_.front(), options_.statistic);
      if (rank.may_meet) order.emplace_back(rank.value, place);
    }
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> unsure;
    for (const auto& [value, place] : order) {
      if (meets_for_sure(entries_[place].record.front()) || unsure.size() == most_resolved) break;
      unsure.push_back(place);
    }
    return simulate(unsure, resolved_times * futures);
  }

  bool meets_for_sure(const Record& record) const {
    Standing all = Standing::met;
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const results::Estimate estimate = estimate_of(record, result_.measures[m], m, base_.budget, {});
      if (!std::isnan(estimate.value)) all = joined(all, standing_of(estimate, result_.measures[m]));
    }
    return all == Standing::met;
  }

  /// Those that reached the last round, or the farthest that any did.
  std::vector<std::size_t> those_of_most_futures(const std::vector<std::size_t>& list, std::uint64_t last) const {
    std::uint64_t most = 0;
    for (const std::size_t place : list) most = std::max(most, entries_[place].futures());
    most = std::min(most, last);
    std::vector<std::size_t> kept;
    for (const std::size_t place : list)
      if (most > 0 && entries_[place].futures() >= most) kept.push_back(place);
    return kept;
  }

  Tried tried_of(std::size_t place) const {
    const Entry& one = entries_[place];
    Tried tried;
    tried.of = one.of;
    tried.point = one.point;
    tried.futures = one.futures();
    return tried;
  }

  void choose(const std::vector<std::size_t>& list) {
    for (const std::size_t place : list) {
      const Record& record = entries_[place].record.front();
      Tried tried = tried_of(place);
      tried.figures = figures_of(record);
      tried.value = value_of(record, options_.statistic);
      tried.meets = true;
      for (std::size_t m = 0; m < result_.measures.size(); ++m) {
        tried.measures.push_back(estimate_of(record, result_.measures[m], m, base_.budget, {}));
        const double value = tried.measures.back().value;
        tried.meets = tried.meets && (std::isnan(value) || keeps(value, result_.measures[m]));
      }
      finalists_.emplace_back(std::move(tried), place);
    }
    std::stable_sort(finalists_.begin(), finalists_.end(),
                     [](const auto& a, const auto& b) { return a.first.value < b.first.value; });
    for (std::size_t i = 0; i < finalists_.size() && !result_.chosen; ++i)
      if (finalists_[i].first.meets) result_.chosen = i;
  }

  const Record& record_of(std::size_t finalist) const { return entries_[finalists_[finalist].second].record.front(); }

  /// The costs of all finalists on the futures that all of them met.
  std::vector<Record> common_records() const {
    std::size_t paths = record_of(0).paths();
    for (std::size_t i = 0; i < finalists_.size(); ++i) paths = std::min(paths, record_of(i).paths());
    std::vector<Record> common(finalists_.size());
    for (std::size_t i = 0; i < finalists_.size(); ++i)
      common[i].cost.assign(record_of(i).cost.begin(), record_of(i).cost.begin() + static_cast<std::ptrdiff_t>(paths));
    return common;
  }

  /// Tries the finalists on fresh futures, from the best on, until one is shown to meet the goal.
  bool prove() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < finalists_.size() && order.size() < most_tested; ++i)
      if (finalists_[i].first.meets) order.push_back(i);
    Optimum::Proof proof;
    const std::uint64_t all_paths = proof_paths();
    proof.seed = (result_.seed + 0x9E3779B97F4A7C15ull) & 0x7FFFFFFFFFFFFFFFull;
    scenario::Scenario fresh = base_;
    fresh.simulation.seed = proof.seed;
    const double alpha = 1.0 - options_.confidence;
    std::optional<std::pair<Optimum::Proof, std::size_t>> first;
    const std::uint64_t first_look = std::min(all_paths, sampling_.paths), last_look = 4 * all_paths;
    std::size_t looks = 0;
    bool extended = false;
    for (std::size_t j = 0; j < order.size(); ++j) {
      const Entry& one = entries_[finalists_[order[j]].second];
      std::vector<Record> record;
      const auto judge = [&] {
        const auto spent = static_cast<double>((looks + 1) * (looks + 2));  // α/2, α/6, α/12, … add up to α
        proof.tested = j + 1;
        proof.paths = record.front().paths();
        judge_proof(record.front(), alpha / spent, spent, proof);
        if (!first || first->second == order[j]) first = {proof, order[j]};
      };
      // What clearly misses the goal on the first of the fresh futures is not tried on the others. Once, a plan of
      // which all of them do not say gets more: those like it would not say either.
      for (const std::uint64_t end : {first_look, all_paths, last_look}) {
        const std::uint64_t done = record.empty() ? 0 : record.front().paths();
        if (done >= end) continue;
        if (done > 0 && misses_for_sure(record.front())) break;
        if (end > all_paths && std::exchange(extended, true)) break;
        Sampling sampling = sampling_;
        sampling.first_path = done;
        sampling.paths = end - done;
        sampling.progress = progress_from(result_.work);
        std::vector<Record> more = observe_candidates(fresh, {{&one.plan, one.of}}, sampling);
        result_.work += more.front().paths();
        if (more.front().paths() < sampling.paths) return false;
        if (record.empty())
          record = std::move(more);
        else
          append(record, std::move(more));
        if (end < all_paths) continue;
        judge();
        ++looks;
        if (!proof.shown) continue;
        result_.proof = proof;
        result_.chosen = order[j];
        return true;
      }
      if (!first) {
        judge();
        first->first.shown = false;
      }
    }
    if (first) {
      result_.proof = first->first;
      result_.proof->tested = order.size();
      result_.chosen = first->second;
    }
    return true;
  }

  bool misses_for_sure(const Record& record) const {
    for (std::size_t m = 0; m < result_.measures.size(); ++m) {
      const results::Estimate estimate = estimate_of(record, result_.measures[m], m, base_.budget, {});
      if (!std::isnan(estimate.value) && standing_of(estimate, result_.measures[m]) == Standing::missed) return true;
    }
    return false;
  }

  /// Whether all bounds hold with a chance of being wrong of at most `alpha`, and with which confidence they do.
  void judge_proof(const Record& record, double alpha, double spent, Optimum::Proof& proof) const {
    const std::vector<Measure>& measures = result_.measures;
    const auto bounds = static_cast<double>(
        std::max<std::ptrdiff_t>(1, std::count_if(measures.begin(), measures.end(),
                                                  [](const Measure& measure) { return measure.limit.has_value(); })));
    const auto holds_at = [&](double chance) {
      Standing all = Standing::met;
      // One-sided: a bound is shown by one end of the interval.
      const results::Confidence confidence = confidence_of(2.0 * chance / bounds, 1);
      for (std::size_t m = 0; m < measures.size(); ++m) {
        if (!measures[m].limit) continue;
        const results::Estimate estimate = estimate_of(record, measures[m], m, base_.budget, confidence);
        if (!std::isnan(estimate.value)) all = joined(all, standing_of(estimate, measures[m]));
      }
      return all == Standing::met;
    };
    proof.figures = figures_of(record);
    proof.value = value_of(record, options_.statistic);
    proof.measures.clear();
    for (std::size_t m = 0; m < measures.size(); ++m)
      proof.measures.push_back(estimate_of(record, measures[m], m, base_.budget, {}));
    proof.shown = holds_at(alpha);
    // The smallest chance at which they hold, by halving its logarithm.
    double low = std::log(1e-9), high = std::log(0.5);
    if (!holds_at(std::exp(high))) {
      proof.confidence = 0.5;
      return;
    }
    for (int i = 0; i < 20; ++i) {
      const double middle = 0.5 * (low + high);
      (holds_at(std::exp(middle)) ? high : low) = middle;
    }
    proof.confidence = 1.0 - std::min(std::exp(high) * spent, 1.0);
  }

  void finish() {
    result_.tried = static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& one) { return one.futures() > 0; }));
    if (result_.chosen) {
      const Entry& one = entries_[finalists_[*result_.chosen].second];
      result_.plan = one.plan;
      result_.assignments = assignments_of(one.of, one.point).texts();
      compare();
      note_ends(one);
    }
    for (const auto& [tried, place] : finalists_) result_.finalists.push_back(tried);
    find_frontier();
  }

  /// Every finalist with the plan chosen, and what looser bounds would save.
  void compare() {
    const double alpha = 0.05;
    const std::vector<Record> common = common_records();
    std::vector<const Record*> records;
    for (const Record& record : common) records.push_back(&record);
    // The intervals hold for all that were tried, since the best of them was looked for.
    const double all = std::max(1.0, static_cast<double>(entries_.size()) - 1.0);
    const double share = static_cast<double>(std::max<std::size_t>(records.size(), 2) - 1) / all;
    const std::vector<Against> against =
        compare_with(records, *result_.chosen, options_.statistic, alpha * std::min(1.0, share));
    for (std::size_t i = 0; i < finalists_.size(); ++i)
      if (i != *result_.chosen) finalists_[i].first.against = against[i];
    for (std::size_t g = 1; g < goals_.size(); ++g) {
      Loosened loosened{goals_[g].loosened, goals_[g].from, goals_[g].to, std::nullopt, {}};
      for (std::size_t i = 0; i < finalists_.size() && !loosened.finalist; ++i)
        if (rank_of(record_of(i), goals_[g], options_.statistic).meets) loosened.finalist = i;
      if (loosened.finalist && *loosened.finalist != *result_.chosen)
        loosened.saving =
            compare_with({records[*result_.chosen], records[*loosened.finalist]}, 0, options_.statistic, alpha)[1];
      result_.loosened.push_back(std::move(loosened));
    }
  }

  void note_ends(const Entry& one) {
    for (std::size_t i = 0; i < one.point.size(); ++i) {
      const scenario::Variation& axis = options_.axes[result_.axes_of[one.of][i]];
      if (!axis.is_numeric() || axis.values.size() < 3) continue;
      const auto [least, most] = std::minmax_element(axis.numbers.begin(), axis.numbers.end());
      const double value = axis.numbers[one.point[i]];
      if (value == *most || (value == *least && value != 0.0))
        result_.at_ends.push_back(fmt::format("{}={}", axis.address, axis.values[one.point[i]]));
    }
  }

  void find_frontier() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < result_.finalists.size(); ++i)
      if (result_.finalists[i].meets) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return result_.finalists[a].figures.mean < result_.finalists[b].figures.mean;
    });
    double least = std::numeric_limits<double>::infinity();
    for (const std::size_t i : order)
      if (result_.finalists[i].figures.cvar95 < least) {
        least = result_.finalists[i].figures.cvar95;
        result_.frontier.push_back(i);
      }
  }

  const Loader& load_;
  const OptimizeOptions& options_;
  scenario::Scenario base_;
  Sampling sampling_;
  std::vector<Goal> goals_;  ///< the goal first
  std::vector<Entry> entries_;
  std::map<std::pair<std::size_t, std::vector<std::size_t>>, std::optional<std::size_t>> places_;
  std::vector<std::pair<Tried, std::size_t>> finalists_;  ///< with their entries
  double planned_ = 0.0;
  std::string best_so_far_;
  Optimum result_;
};

}  // namespace

std::string Optimum::label(const Tried& one) const {
  std::string text = plans.size() > 1 ? plans[one.of] + ": " : "";
  if (one.point.empty()) return text + "as it stands";
  const auto last_of = [](const std::string& address) { return address.substr(address.rfind('.') + 1); };
  for (std::size_t i = 0; i < one.point.size(); ++i) {
    const scenario::Variation& axis = axes[axes_of[one.of][i]];
    std::string name = last_of(axis.address);
    const auto alike = std::count_if(axes_of[one.of].begin(), axes_of[one.of].end(),
                                     [&](std::size_t other) { return last_of(axes[other].address) == name; });
    if (alike > 1) name = axis.address.substr(axis.address.find('.', 5) + 1);  // without the plan
    text += fmt::format("{}{}={}", i ? ", " : "", name, axis.values[one.point[i]]);
  }
  return text;
}

Optimum optimize(const Loader& load, const OptimizeOptions& options) { return Optimizer(load, options).run(); }

}  // namespace costrisk::decide
