// The plans of a class side by side: who is first, what cannot be distinguished, and in which worlds the goal is met.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"

namespace costrisk::present {

namespace {

using decide::GradeCell;
using decide::Grades;
using decide::Standing;
using Json = nlohmann::ordered_json;

std::string range(std::size_t first, std::size_t last) {
  return first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last);
}

class GradeWriter {
 public:
  GradeWriter(const Grades& grades, const scenario::Scenario& scenario)
      : grades_(grades),
        currency_(scenario.currency),
        futures_(grades.paths * grades.seeds.size()),
        study_(begin_study("grade", scenario, futures_, grades.seeds.front(), grades.complete)) {
    std::vector<double> amounts;
    for (const GradeCell& cell : grades.cells) amounts.push_back(cell.figures.mean);
    unit_ = money_unit(amounts, currency_);
    unit_.decimals = std::min(unit_.decimals + 1, 3);
    for (std::size_t m = 0; m < grades.measures.size(); ++m)
      if (grades.measures[m].limit) limited_.push_back(m);
    order_.resize(teams());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return grades.at(0, a).rank < grades.at(0, b).rank; });
  }

  Study write() {
    sentences();
    class_table();
    if (worlds() > 1) world_table();
    ungraded_table();
    plots();
    json();
    arrays();
    return std::move(study_);
  }

 private:
  std::size_t teams() const { return grades_.teams.size(); }
  std::size_t worlds() const { return grades_.worlds.size(); }
  bool has_goal() const { return !limited_.empty(); }
  void say(std::string sentence) { study_.sentences.push_back(std::move(sentence)); }
  std::string statistic_words() const {
    return grades_.statistic.name == "mean" ? "on average" : "in " + grades_.statistic.name;
  }
  std::string quoted(std::size_t team) const { return fmt::format("“{}”", grades_.teams[team]); }
  std::string points(std::size_t team) const {
    const Grades::Points points = grades_.points(team);
    return range(points.sure, points.most);
  }

  void sentences() {
    if (!grades_.complete) say("It was stopped early; the worlds that were done follow.");
    const std::size_t first = order_.front();
    const GradeCell& best = grades_.at(0, first);
    const std::string cost = money_with_unit(best.value, currency_);
    if (!has_goal())
      say(fmt::format("{} costs least: {} {}; the scenario has no goal.", quoted(first), cost, statistic_words()));
    else if (!best.meets)
      say(fmt::format("No team meets the goal as expected; {} costs least, {} {}.", quoted(first), cost,
                      statistic_words()));
    else
      say(fmt::format("{} meets the goal as expected{} at the least cost: {} {}.", quoted(first),
                      best.goal == Standing::met ? "" : ", though not surely,", cost, statistic_words()));
    std::vector<std::string> near;
    for (const std::size_t team : order_)
      if (team != first && grades_.at(0, team).first_rank <= best.last_rank && grades_.at(0, team).first_rank == 1)
        near.push_back(quoted(team));
    if (!near.empty())
      say(fmt::format("{} may be first as well, for all that {} show.", listed(near), counted(futures_, "future")));
    if (worlds() > 1) {
      std::size_t strongest = order_.front();
      for (const std::size_t team : order_)
        if (grades_.points(team).sure > grades_.points(strongest).sure) strongest = team;
      if (has_goal() && grades_.points(strongest).sure > 0)
        say(fmt::format("Most points has {}: {} of {}.", quoted(strongest), points(strongest), worlds() + 1));
    }
    if (!grades_.saw.empty())
      say(fmt::format("{} may have seen some of these futures: a seed is that of the file; take others with --seeds.",
                      listed(grades_.saw)));
    for (const decide::Ungraded& one : grades_.ungraded) say(fmt::format("“{}” has no grade.", one.team));
    study_.figures = {{"teams", static_cast<double>(teams())},
                      {"ungraded", static_cast<double>(grades_.ungraded.size())},
                      {"met", 0.0}};
    for (std::size_t team = 0; team < teams(); ++team) {
      study_.figures[2].value += grades_.at(0, team).goal == Standing::met ? 1.0 : 0.0;
      study_.figures.push_back({"points." + grades_.teams[team], static_cast<double>(grades_.points(team).sure)});
      study_.figures.push_back({"rank." + grades_.teams[team], static_cast<double>(grades_.at(0, team).rank)});
    }
  }

  std::string signed_interval(const decide::Against& against) const {
    return fmt::format("{} ± {}", signed_money(against.difference, unit_),
                       money(0.5 * (against.high - against.low), unit_));
  }

  void class_table() {
    const bool of_mean = grades_.statistic.name == "mean";
    PlainTable table{fmt::format("As expected: cost in {} over {}, seed{} {}", unit_.name, counted(futures_, "future"),
                                 grades_.seeds.size() == 1 ? "" : "s", fmt::join(grades_.seeds, ", ")),
                     {"team", "plan", "rank"},
                     {}};
    if (!of_mean) table.columns.push_back(grades_.statistic.name);
    table.columns.insert(table.columns.end(), {"mean", "P95", "to the first"});
    for (const std::size_t m : shown()) table.columns.push_back(title_of(grades_.measures[m]));
    if (has_goal()) {
      table.columns.push_back("goal");
      table.columns.push_back(fmt::format("points of {}", worlds() + 1));
    }
    for (const std::size_t team : order_) {
      const GradeCell& cell = grades_.at(0, team);
      std::vector<std::string> row = {grades_.teams[team], grades_.plans[team], range(cell.first_rank, cell.last_rank)};
      if (!of_mean) row.push_back(money(cell.value, unit_));
      row.push_back(money(cell.figures.mean, unit_));
      row.push_back(money(cell.figures.p95, unit_));
      row.push_back(cell.against ? signed_interval(*cell.against) : "");
      for (const std::size_t m : shown()) {
        const double value = cell.measures[m].value;
        row.push_back(std::isnan(value) ? "not run"
                                        : percent(value) + (decide::keeps(value, grades_.measures[m]) ? " " : "!"));
      }
      if (has_goal()) {
        row.push_back(word_of(cell.goal));
        row.push_back(points(team));
      }
      table.rows.push_back(std::move(row));
    }
    study_.tables.push_back(std::move(table));
  }

  /// The measures in the table: those that the goal bounds, and the budget.
  std::vector<std::size_t> shown() const {
    std::vector<std::size_t> all;
    for (std::size_t m = 0; m < grades_.measures.size(); ++m)
      if (grades_.measures[m].limit || grades_.measures[m].kind == decide::Measure::Kind::over_budget) all.push_back(m);
    return all;
  }

  /// A row a world, two columns a team.
  void world_table() {
    PlainTable table{fmt::format("Worlds that went otherwise: {} in {}, and the rank{}",
                                 grades_.statistic.name == "mean" ? "mean cost" : grades_.statistic.name, unit_.name,
                                 has_goal() ? "; ! the goal is missed, ? not sure" : ""),
                     {"world"},
                     {}};
    for (const std::size_t team : order_) {
      table.columns.push_back(grades_.teams[team]);
      table.columns.push_back("rank");
    }
    for (std::size_t world = 0; world < worlds(); ++world) {
      std::vector<std::string> row = {grades_.worlds[world]};
      for (const std::size_t team : order_) {
        const GradeCell& cell = grades_.at(world, team);
        const char* mark = cell.goal == Standing::missed ? "!" : cell.goal == Standing::unknown ? "?" : " ";
        row.push_back(money(cell.value, unit_) + mark);
        row.push_back(range(cell.first_rank, cell.last_rank));
      }
      table.rows.push_back(std::move(row));
    }
    study_.tables.push_back(std::move(table));
  }

  void ungraded_table() {
    if (grades_.ungraded.empty()) return;
    PlainTable table{"Without a grade", {"team", "why"}, {}};
    for (const decide::Ungraded& one : grades_.ungraded)
      table.rows.push_back({one.team, one.reason.substr(0, one.reason.find('\n'))});
    study_.tables.push_back(std::move(table));
  }

  void plots() {
    Plot plot{"Cost by world", "world, by its row in the table", unit_.name, Plot::Scale::linear, {}, true};
    for (const std::size_t team : order_) {
      Series series{grades_.teams[team], Series::Mark::points, {}};
      for (std::size_t world = 0; world < worlds(); ++world)
        series.points.emplace_back(static_cast<double>(world + 1), grades_.at(world, team).value / unit_.divisor);
      plot.series.push_back(std::move(series));
    }
    study_.plots.push_back(std::move(plot));
  }

  void json() {
    study_.json["seeds"] = grades_.seeds;
    study_.json["paths_per_seed"] = grades_.paths;
    study_.json["minimize"] = grades_.statistic.name;
    Json list = Json::array();
    for (const std::size_t team : order_) {
      Json entry = {{"team", grades_.teams[team]}, {"plan", grades_.plans[team]}};
      if (has_goal()) {
        const Grades::Points points = grades_.points(team);
        entry["points"] = {{"sure", points.sure}, {"most", points.most}, {"of", worlds() + 1}};
      }
      Json worlds_json = Json::array();
      for (std::size_t world = 0; world < worlds(); ++world) {
        const GradeCell& cell = grades_.at(world, team);
        Json one = {{"world", grades_.worlds[world]}, {"value", cell.value}};
        one.update(figures_json(cell.figures));
        one["rank"] = {{"value", cell.rank}, {"first", cell.first_rank}, {"last", cell.last_rank}};
        one["to_the_first"] = nullptr;
        if (cell.against)
          one["to_the_first"] = estimate_json({cell.against->difference, cell.against->low, cell.against->high});
        for (std::size_t m = 0; m < grades_.measures.size(); ++m)
          one[grades_.measures[m].address] = estimate_json(cell.measures[m]);
        one["goal"] = has_goal() ? Json(word_of(cell.goal)) : Json();
        one["meets_goal"] = cell.meets;
        worlds_json.push_back(std::move(one));
      }
      entry["worlds"] = std::move(worlds_json);
      list.push_back(std::move(entry));
    }
    study_.json["teams"] = std::move(list);
    Json without = Json::array();
    for (const decide::Ungraded& one : grades_.ungraded)
      without.push_back({{"team", one.team}, {"reason", one.reason}});
    study_.json["ungraded"] = std::move(without);
    study_.json["saw_the_futures"] = grades_.saw;
  }

  void arrays() {
    results::ArraysFile& file = study_.file;
    std::vector<std::string> measures;
    for (const decide::Measure& measure : grades_.measures) measures.push_back(measure.address);
    file.dimensions = {{"case", grades_.worlds, {}, "1", "world; the first is as expected"},
                       {"team", grades_.teams, {}, "1", "team"}};
    if (!measures.empty()) file.dimensions.push_back({"measure", measures, {}, "1", "share that the goal may bound"});
    const auto add = [&](const char* name, const std::string& unit, const char* description, auto get) {
      results::NamedArray array{name, {"case", "team"}, unit, description, {}};
      for (const GradeCell& cell : grades_.cells) array.values.push_back(get(cell));
      file.arrays.push_back(std::move(array));
    };
    const auto bound = [](const GradeCell& cell, double decide::Against::*end) {
      return cell.against ? (*cell.against).*end : 0.0;
    };
    add("value", currency_, "what the best has least of", [](const GradeCell& cell) { return cell.value; });
    add("cost_mean", currency_, "mean cost", [](const GradeCell& cell) { return cell.figures.mean; });
    add("cost_p95", currency_, "quantile of cost", [](const GradeCell& cell) { return cell.figures.p95; });
    add("cost_cvar95", currency_, "mean of the most expensive twentieth",
        [](const GradeCell& cell) { return cell.figures.cvar95; });
    add("difference", currency_, "of the value to that of the first",
        [&](const GradeCell& cell) { return bound(cell, &decide::Against::difference); });
    add("difference_low", currency_, "lower end of the interval, all of a world together",
        [&](const GradeCell& cell) { return bound(cell, &decide::Against::low); });
    add("difference_high", currency_, "upper end of the interval, all of a world together",
        [&](const GradeCell& cell) { return bound(cell, &decide::Against::high); });
    add("rank", "1", "by the values", [](const GradeCell& cell) { return static_cast<double>(cell.rank); });
    add("rank_first", "1", "best rank that it may have",
        [](const GradeCell& cell) { return static_cast<double>(cell.first_rank); });
    add("rank_last", "1", "worst rank that it may have",
        [](const GradeCell& cell) { return static_cast<double>(cell.last_rank); });
    add("meets_goal", "1", "1 where the values meet the goal",
        [](const GradeCell& cell) { return cell.meets ? 1.0 : 0.0; });
    if (measures.empty()) return;
    results::NamedArray shares{"share", {"case", "team", "measure"}, "1", "share of futures, runs or requests", {}};
    for (const GradeCell& cell : grades_.cells)
      for (const results::Estimate& estimate : cell.measures) shares.values.push_back(estimate.value);
    file.arrays.push_back(std::move(shares));
  }

  const Grades& grades_;
  std::string currency_;
  std::uint64_t futures_;
  Study study_;
  MoneyUnit unit_;
  std::vector<std::size_t> limited_, order_;
};

}  // namespace

Study study_of(const Grades& grades, const scenario::Scenario& scenario) {
  return GradeWriter(grades, scenario).write();
}

}  // namespace costrisk::present
