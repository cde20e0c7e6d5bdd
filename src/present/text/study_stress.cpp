// Plans under stresses side by side, and what breaks the goal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::present {

namespace {

using decide::Reverse;
using decide::StressCell;
using decide::StressTest;
using Json = nlohmann::ordered_json;

class StressWriter {
 public:
  StressWriter(const StressTest& test, const scenario::Scenario& scenario)
      : test_(test),
        scenario_(scenario),
        study_(begin_study("stress", scenario, test.paths, test.seed, test.complete)) {
    std::vector<double> amounts;
    for (const StressCell& cell : test.cells) amounts.push_back(cell.figures.mean);
    unit_ = money_unit(amounts, scenario.currency);
    for (std::size_t m = 0; m < test.measures.size(); ++m)
      if (test.measures[m].limit) limited_.push_back(m);
  }

  Study write() {
    sentences();
    tables();
    plots();
    json();
    arrays();
    return std::move(study_);
  }

 private:
  std::size_t stresses() const { return test_.stresses.size(); }
  std::size_t plans() const { return test_.plans.size(); }

  void sentences() {
    if (!test_.complete) study_.sentences.push_back("The stresses were stopped early; those that are done follow.");
    std::size_t worst_stress = 0;
    for (std::size_t plan = 0; plan < plans(); ++plan) {
      std::size_t worst = 0, broken = 0;
      std::vector<std::string> breaking;
      for (std::size_t s = 1; s < stresses(); ++s) {
        if (test_.at(s, plan).change.value > test_.at(worst, plan).change.value) worst = s;
        if (test_.at(0, plan).meets && !test_.at(s, plan).meets) {
          ++broken;
          breaking.push_back(test_.stresses[s]);
        }
      }
      worst_stress = std::max(worst_stress, broken);
      std::string sentence = worst == 0
                                 ? fmt::format("“{}” gets no more expensive under any stress", test_.plans[plan])
                                 : fmt::format("“{}” costs most with {}: {} on average, {} more than as it is",
                                               test_.plans[plan], test_.stresses[worst],
                                               money_with_unit(test_.at(worst, plan).figures.mean, scenario_.currency),
                                               money_with_unit(test_.at(worst, plan).change.value, scenario_.currency));
      if (!limited_.empty())
        sentence += !test_.at(0, plan).meets ? "; it does not meet the goal as it is"
                    : breaking.empty()       ? "; it meets the goal under all"
                                             : fmt::format("; its goal breaks with {}", listed(breaking));
      study_.sentences.push_back(sentence + ".");
    }
    if (!test_.left_out.empty())
      study_.sentences.push_back(
          fmt::format("Left out, since they change nothing here or do not fit: {}.", listed(test_.left_out)));
    double most = 0.0, broken = 0.0;
    for (std::size_t s = 1; s < stresses(); ++s)
      for (std::size_t plan = 0; plan < plans(); ++plan) {
        most = std::max(most, test_.at(s, plan).change.value);
        broken += test_.at(0, plan).meets && !test_.at(s, plan).meets ? 1.0 : 0.0;
      }
    study_.figures = {{"largest_change", most}, {"broken", broken}, {"stresses", static_cast<double>(stresses() - 1)}};
    for (std::size_t plan = 0; plan < plans(); ++plan) {
      double own = 0.0;
      for (std::size_t s = 1; s < stresses(); ++s) own += test_.at(s, plan).meets ? 0.0 : 1.0;
      study_.figures.push_back({"missed." + test_.plans[plan], own});
    }
  }

  /// A row a stress, three columns a plan.
  void tables() {
    MoneyUnit finer = unit_;
    finer.decimals = std::min(finer.decimals + 1, 3);
    PlainTable costs{fmt::format("Mean cost in {} and its change, over {}", unit_.name, counted(test_.paths, "future")),
                     {"stress"},
                     {}};
    PlainTable tails{fmt::format("The goal{}", limited_.empty() ? "" : ": shares by stress"), {"stress"}, {}};
    for (const std::string& plan : test_.plans) {
      costs.columns.push_back(plan);
      costs.columns.push_back("change");
      costs.columns.push_back("P95");
      for (const std::size_t m : limited_)
        tails.columns.push_back(fmt::format("{}: {}", plan, title_of(test_.measures[m])));
    }
    for (std::size_t s = 0; s < stresses(); ++s) {
      std::vector<std::string> row = {test_.stresses[s]}, shares = row;
      for (std::size_t plan = 0; plan < plans(); ++plan) {
        const StressCell& cell = test_.at(s, plan);
        row.push_back(present::money(cell.figures.mean, finer) + (limited_.empty() || cell.meets ? " " : "!"));
        row.push_back(s == 0 ? ""
                             : fmt::format("{} ± {}", signed_money(cell.change.value, finer),
                                           present::money(0.5 * (cell.change.high - cell.change.low), finer)));
        row.push_back(present::money(cell.figures.p95, finer));
        for (const std::size_t m : limited_)
          shares.push_back(
              percent(cell.measures[m].value) +
              (std::isnan(cell.measures[m].value) || decide::keeps(cell.measures[m].value, test_.measures[m]) ? " "
                                                                                                              : "!"));
      }
      costs.rows.push_back(std::move(row));
      tails.rows.push_back(std::move(shares));
    }
    if (!limited_.empty()) costs.title += "; ! the goal is missed";
    study_.tables.push_back(std::move(costs));
    if (!limited_.empty()) study_.tables.push_back(std::move(tails));
  }

  void plots() {
    Plot plot{"Change of the mean cost by stress",
              "stress, by its row in the table",
              unit_.name,
              Plot::Scale::linear,
              {},
              true};
    plot.rows.assign(test_.stresses.begin() + 1, test_.stresses.end());
    for (std::size_t plan = 0; plan < plans(); ++plan) {
      Series series{test_.plans[plan], Series::Mark::points, {}};
      for (std::size_t s = 1; s < stresses(); ++s)
        series.points.emplace_back(static_cast<double>(s), test_.at(s, plan).change.value / unit_.divisor);
      if (!series.points.empty()) plot.series.push_back(std::move(series));
    }
    if (!plot.series.empty()) study_.plots.push_back(std::move(plot));
  }

  void json() {
    Json list = Json::array();
    for (std::size_t s = 0; s < stresses(); ++s) {
      Json by_plan = Json::array();
      for (std::size_t plan = 0; plan < plans(); ++plan) {
        const StressCell& cell = test_.at(s, plan);
        Json entry = {{"plan", test_.plans[plan]}};
        entry.update(figures_json(cell.figures));
        entry["change"] = estimate_json(cell.change);
        for (std::size_t m = 0; m < test_.measures.size(); ++m)
          entry[test_.measures[m].address] = estimate_json(cell.measures[m]);
        entry["meets_goal"] = cell.meets;
        by_plan.push_back(entry);
      }
      list.push_back({{"stress", test_.stresses[s]}, {"plans", by_plan}});
    }
    study_.json["stresses"] = list;
    study_.json["left_out"] = test_.left_out;
  }

  void arrays() {
    results::ArraysFile& file = study_.file;
    std::vector<std::string> measures;
    for (const decide::Measure& measure : test_.measures) measures.push_back(measure.address);
    file.dimensions = {{"case", test_.stresses, {}, "1", "stress; the first is none"},
                       {"plan", test_.plans, {}, "1", "plan"}};
    if (!measures.empty()) file.dimensions.push_back({"measure", measures, {}, "1", "share that the goal may bound"});
    const auto add = [&](const char* name, const std::string& unit, const char* description, auto get) {
      results::NamedArray array{name, {"case", "plan"}, unit, description, {}};
      for (const StressCell& cell : test_.cells) array.values.push_back(get(cell));
      file.arrays.push_back(std::move(array));
    };
    const std::string& currency = scenario_.currency;
    add("cost_mean", currency, "mean cost", [](const StressCell& cell) { return cell.figures.mean; });
    add("cost_p95", currency, "quantile of cost", [](const StressCell& cell) { return cell.figures.p95; });
    add("cost_cvar95", currency, "mean of the most expensive twentieth",
        [](const StressCell& cell) { return cell.figures.cvar95; });
    add("change", currency, "of the mean cost to that without the stress",
        [](const StressCell& cell) { return cell.change.value; });
    add("change_low", currency, "lower end of the interval, all together",
        [](const StressCell& cell) { return cell.change.low; });
    add("change_high", currency, "upper end of the interval, all together",
        [](const StressCell& cell) { return cell.change.high; });
    add("meets_goal", "1", "1: the goal is met", [](const StressCell& cell) { return cell.meets ? 1.0 : 0.0; });
    if (measures.empty()) return;
    results::NamedArray shares{"share", {"case", "plan", "measure"}, "1", "share of futures, runs or requests", {}};
    for (const StressCell& cell : test_.cells)
      for (const results::Estimate& estimate : cell.measures) shares.values.push_back(estimate.value);
    file.arrays.push_back(std::move(shares));
  }

  const StressTest& test_;
  const scenario::Scenario& scenario_;
  Study study_;
  MoneyUnit unit_;
  std::vector<std::size_t> limited_;
};

std::string chance_text(double chance) { return percent(chance); }

std::string value_text(double value) { return rounded_number(value, 4); }

}  // namespace

Study study_of(const StressTest& test, const scenario::Scenario& scenario) {
  return StressWriter(test, scenario).write();
}

Study study_of(const Reverse& reverse, const scenario::Scenario& scenario) {
  Study study = begin_study("reverse stress", scenario, reverse.paths, reverse.seed, reverse.complete);
  const auto say = [&](std::string sentence) { study.sentences.push_back(std::move(sentence)); };
  if (!reverse.complete) say("The search for what breaks the goal was stopped early.");
  if (reverse.broken_already)
    say(fmt::format("“{}” misses the goal as it is; there is nothing to break.", reverse.plan));
  const decide::Move* first = nullptr;
  for (const decide::Move& move : reverse.moves)
    if (move.value && !first) first = &move;
  if (first && first->is_chance)
    say(fmt::format("The goal of “{}” breaks ({}) where {} {}, in {} of all futures.", reverse.plan, first->bound,
                    first->unknown, *first->value > 0.0 ? "happens" : "does not happen", chance_text(first->chance)));
  else if (first)
    say(fmt::format(
        "The goal of “{}” breaks ({}) where {} is {} and not {}; so far or farther it is in {} of all futures.",
        reverse.plan, first->bound, first->unknown, value_text(*first->value), value_text(first->usual),
        chance_text(first->chance)));
  else if (!reverse.broken_already && reverse.complete)
    say(fmt::format("No unknown alone breaks the goal of “{}”, within four standard deviations.", reverse.plan));
  if (reverse.pair)
    say(fmt::format("The likeliest pair is {} at {} with {} at {}.", reverse.pair->a, value_text(reverse.pair->a_value),
                    reverse.pair->b, value_text(reverse.pair->b_value)));
  say(fmt::format("A bound is not kept in {} of the futures.", percent(reverse.breaking_share)));
  if (!reverse.moves.empty()) {
    PlainTable table{"What breaks the goal, each unknown by itself, the likeliest first",
                     {"unknown", "usual", "breaks at", "deviations", "chance of that or more", "bound"},
                     {}};
    for (const decide::Move& move : reverse.moves)
      table.rows.push_back({move.unknown, move.is_chance ? "" : value_text(move.usual),
                            !move.value      ? "nowhere"
                            : move.is_chance ? (*move.value > 0.0 ? "it happens" : "it does not")
                                             : value_text(*move.value),
                            move.value && !move.is_chance ? fmt::format("{:+.2f}", move.deviations) : "",
                            move.value ? chance_text(move.chance) : "", move.bound});
    study.tables.push_back(std::move(table));
  }
  PlainTable differences{"How futures that break the goal differ: mean level of the unknowns, 0.50 being usual",
                         {"unknown", "breaking", "others", "difference"},
                         {}};
  constexpr std::size_t most = 12;
  for (std::size_t i = 0; i < std::min(most, reverse.differences.size()); ++i) {
    const decide::Difference& one = reverse.differences[i];
    const double difference = one.breaking - one.others;
    differences.rows.push_back(
        {one.unknown, fmt::format("{:.2f}", one.breaking), fmt::format("{:.2f}", one.others),
         fmt::format("{:+.2f}{}", difference, std::abs(difference) > 3.0 * one.error ? "" : " (not sure)")});
  }
  if (!differences.rows.empty()) study.tables.push_back(std::move(differences));
  Json moves = Json::array(), list = Json::array();
  std::vector<std::string> labels;
  results::NamedArray value{"value", {"unknown"}, "1", "at which the goal breaks; NaN: nowhere that was tried", {}},
      deviations{"deviations", {"unknown"}, "1", "standard deviations of that from the median", {}},
      chance{"chance", {"unknown"}, "1", "that the unknown is that far off, to this side", {}};
  for (const decide::Move& move : reverse.moves) {
    moves.push_back({{"unknown", move.unknown},
                     {"value", move.value ? Json(*move.value) : Json(nullptr)},
                     {"usual", move.usual},
                     {"deviations", move.deviations},
                     {"chance", move.chance},
                     {"bound", move.bound}});
    labels.push_back(move.unknown);
    value.values.push_back(move.value.value_or(results::not_a_number));
    deviations.values.push_back(move.value ? move.deviations : results::not_a_number);
    chance.values.push_back(move.value ? move.chance : 0.0);
  }
  for (const decide::Difference& one : reverse.differences)
    list.push_back({{"unknown", one.unknown}, {"breaking", one.breaking}, {"others", one.others}, {"se", one.error}});
  study.json["plan"] = reverse.plan;
  study.json["broken_already"] = reverse.broken_already;
  study.json["breaking_share"] = reverse.breaking_share;
  study.json["moves"] = moves;
  study.json["pair"] = nullptr;
  if (reverse.pair)
    study.json["pair"] = {{"a", reverse.pair->a},
                          {"a_value", reverse.pair->a_value},
                          {"b", reverse.pair->b},
                          {"b_value", reverse.pair->b_value},
                          {"deviations", reverse.pair->deviations},
                          {"chance", reverse.pair->chance}};
  study.json["differences"] = list;
  if (!labels.empty()) {
    study.file.dimensions = {{"unknown", labels, {}, "1", "address of what is drawn once per future"}};
    study.file.arrays = {value, deviations, chance};
  }
  study.figures = {{"breaking_share", reverse.breaking_share, true},
                   {"likeliest_chance", first ? first->chance : 0.0, true},
                   {"broken_already", reverse.broken_already ? 1.0 : 0.0}};
  return study;
}

}  // namespace costrisk::present
