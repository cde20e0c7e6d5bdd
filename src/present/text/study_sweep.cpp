// A sweep: a row a case, or a grid; what is best, what cannot be distinguished from it, and where the goal is met.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;

using decide::Standing;
using decide::Sweep;
using decide::SweepCell;

class SweepWriter {
 public:
  SweepWriter(const Sweep& sweep, const scenario::Scenario& scenario)
      : sweep_(sweep),
        scenario_(scenario),
        study_(begin_study("sweep", scenario, sweep.paths, sweep.seed, sweep.complete())) {
    for (std::size_t m = 0; m < sweep.measures.size(); ++m)
      if (sweep.measures[m].limit) limited_.push_back(m);
    for (const decide::SweepCell& cell : sweep.cells) amounts_.push_back(cell.value);
    unit_ = money_unit(amounts_, scenario.currency);
    finer_ = unit_;
    finer_.decimals = std::min(unit_.decimals + 2, 4);
  }

  Study write() {
    if (sweep_.cases.empty()) {
      study_.sentences.push_back("The sweep was stopped before the first cases were done.");
      return std::move(study_);
    }
    sentences();
    if (sweep_.axes.size() == 2)
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan) grid(plan);
    else
      rows();
    plots();
    json();
    arrays();
    return std::move(study_);
  }

 private:
  std::string name_of(std::size_t one, std::size_t plan) const {
    std::string text;
    for (std::size_t axis = 0; axis < sweep_.axes.size(); ++axis)
      text += fmt::format("{}{} {}", axis ? " and " : "", short_address(sweep_.axes[axis].address),
                          sweep_.axes[axis].values[sweep_.cases[one][axis]]);
    return sweep_.plans.size() > 1 ? fmt::format("“{}” with {}", sweep_.plans[plan], text) : text;
  }

  std::string money(double amount) const { return money_with_unit(amount, scenario_.currency); }

  void sentences() {
    if (!sweep_.complete())
      study_.sentences.push_back(fmt::format("The sweep was stopped early; {} of {} are done.", sweep_.cases.size(),
                                             counted(sweep_.asked, "case")));
    if (!sweep_.of_plans()) {
      of_worlds();
      return;
    }
    std::size_t bests = 0;
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan)
        if (sweep_.at(one, plan).best && ++bests <= 6) of_best(one, plan);
    if (bests == 0) study_.sentences.push_back(fmt::format("No case meets the goal{}.", nearest()));
    figure_of_best();
  }

  /// The best of its world, and what cannot be distinguished from it.
  void of_best(std::size_t one, std::size_t plan) {
    const SweepCell& best = sweep_.at(one, plan);
    std::vector<std::string> tied;
    std::size_t meets = 0, members = 0;
    for (std::size_t other = 0; other < sweep_.cases.size(); ++other) {
      if (!same_world(one, other)) continue;
      for (std::size_t p = 0; p < sweep_.plans.size(); ++p) {
        ++members;
        meets += sweep_.at(other, p).meets ? 1 : 0;
        if (sweep_.at(other, p).tied) tied.push_back(values_of(other, p));
      }
    }
    const std::string statistic = sweep_.statistic.name == "mean" ? "on average" : "in " + sweep_.statistic.name;
    study_.sentences.push_back(fmt::format("Best is {}: {} {}{}.", name_of(one, plan), money(best.value), statistic,
                                           limited_.empty() ? "" : fmt::format(", goal {}", word_of(best.goal))));
    study_.sentences.push_back(
        tied.empty()
            ? fmt::format("All other cases cost more or miss the goal, with {:.0f} % confidence for all {} together.",
                          100.0 * (1.0 - sweep_.alpha), members)
            : fmt::format("{} cannot be distinguished from it with {}: {}.", counted(tied.size(), "case"),
                          counted(sweep_.paths, "future"), in_short(tied)));
    if (!limited_.empty())
      study_.sentences.push_back(fmt::format("The goal is met in {} of {} cases.", meets, members));
  }

  static std::string in_short(const std::vector<std::string>& values) {
    constexpr std::size_t most = 12;
    if (values.size() <= most) return listed(values);
    return fmt::format("{}, … {}", fmt::join(values.begin(), values.begin() + most - 1, ", "), values.back());
  }

  std::string values_of(std::size_t one, std::size_t plan) const {
    const std::string label = sweep_.axes.size() > 1 ? "(" + sweep_.label(one) + ")" : sweep_.label(one);
    return sweep_.plans.size() > 1 ? sweep_.plans[plan] + " " + label : label;
  }

  bool same_world(std::size_t a, std::size_t b) const {
    for (std::size_t axis = 0; axis < sweep_.axes.size(); ++axis)
      if (!sweep_.axes[axis].of_plan() && sweep_.cases[a][axis] != sweep_.cases[b][axis]) return false;
    return true;
  }

  /// Along an axis of the world: which plan is best, and where that changes.
  void of_worlds() {
    if (sweep_.plans.size() == 1) {
      const SweepCell &first = sweep_.at(0, 0), &last = sweep_.at(sweep_.cases.size() - 1, 0);
      study_.sentences.push_back(fmt::format("“{}” costs {} at {} and {} at {}.", sweep_.plans[0], money(first.value),
                                             sweep_.label(0), money(last.value),
                                             sweep_.label(sweep_.cases.size() - 1)));
      figure_of_best();
      return;
    }
    std::string before;
    std::size_t changes = 0;
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one) {
      std::string best = "no plan";
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan)
        if (sweep_.at(one, plan).best) best = "“" + sweep_.plans[plan] + "”";
      if (best != before && ++changes <= 12)
        study_.sentences.push_back(one == 0 ? fmt::format("At {} {} is best.", sweep_.label(one), best)
                                            : fmt::format("From {} on {} is.", sweep_.label(one), best));
      before = best;
    }
    figure_of_best();
  }

  std::string nearest() const {
    std::optional<std::pair<std::size_t, std::size_t>> cheapest;
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan)
        if (!cheapest || sweep_.at(one, plan).value < sweep_.at(cheapest->first, cheapest->second).value)
          cheapest = {one, plan};
    return fmt::format("; the lowest {} is {}, with {}", sweep_.statistic.name,
                       money(sweep_.at(cheapest->first, cheapest->second).value),
                       name_of(cheapest->first, cheapest->second));
  }

  void figure_of_best() {
    double best = std::numeric_limits<double>::quiet_NaN();
    std::size_t meets = 0, tied = 0;
    for (const SweepCell& cell : sweep_.cells) {
      if (cell.best && !(cell.value >= best)) best = cell.value;
      meets += cell.meets ? 1 : 0;
      tied += cell.tied ? 1 : 0;
    }
    study_.figures = {{"best", best},
                      {"cases", static_cast<double>(sweep_.cases.size())},
                      {"meets_goal", static_cast<double>(meets)},
                      {"tied", static_cast<double>(tied)}};
  }

  std::string mark_of(const SweepCell& cell) const {
    if (cell.best) return "best";
    if (cell.goal == Standing::missed) return "misses goal";
    if (cell.tied) return cell.meets ? "cannot be distinguished from it" : "cannot be distinguished, goal not sure";
    if (!cell.meets) return "goal not sure";
    return "";
  }

  void rows() {
    PlainTable table;
    table.title = fmt::format("{} over {}", sweep_.axes.front().address, counted(sweep_.paths, "future"));
    table.columns = {short_address(sweep_.axes.front().address)};
    const bool by_plan = sweep_.plans.size() > 1;
    if (by_plan) table.columns.push_back("plan");
    const std::string in = unit_.name;
    const bool other =
        sweep_.statistic.name != "mean" && sweep_.statistic.name != "p95" && sweep_.statistic.name != "cvar95";
    if (other) table.columns.push_back(fmt::format("{} {}", sweep_.statistic.name, in));
    for (const char* column : {"mean", "P95", "CVaR95"}) table.columns.push_back(fmt::format("{} {}", column, in));
    table.columns.push_back("to best " + in);
    for (const std::size_t m : limited_) table.columns.push_back(title_of(sweep_.measures[m]));
    table.columns.push_back("");
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan) {
        const SweepCell& cell = sweep_.at(one, plan);
        std::vector<std::string> row = {sweep_.label(one)};
        if (by_plan) row.push_back(sweep_.plans[plan]);
        if (other) row.push_back(amount(cell.value));
        for (const double value : {cell.figures.mean, cell.figures.p95, cell.figures.cvar95})
          row.push_back(amount(value));
        row.push_back(cell.against ? fmt::format("{} ± {}", signed_money(cell.against->difference, finer_),
                                                 present::money(0.5 * (cell.against->high - cell.against->low), finer_))
                                   : "");
        for (const std::size_t m : limited_) row.push_back(percent(cell.measures[m].value));
        row.push_back(mark_of(cell));
        table.rows.push_back(std::move(row));
      }
    study_.tables.push_back(std::move(table));
  }

  std::string amount(double value) const { return present::money(value, finer_); }

  void grid(std::size_t plan) {
    PlainTable table;
    const auto &down = sweep_.axes[0], &across = sweep_.axes[1];
    table.title = fmt::format(
        "{} in {}{}: {} down, {} across; * best, = cannot be distinguished from it, ! misses the goal, ? may miss it",
        sweep_.statistic.name, unit_.name, sweep_.plans.size() > 1 ? " of " + sweep_.plans[plan] : "", down.address,
        across.address);
    table.columns = {""};
    for (const std::string& value : across.values) table.columns.push_back(value);
    std::map<std::vector<std::size_t>, std::size_t> place;
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one) place[sweep_.cases[one]] = one;
    for (std::size_t i = 0; i < down.values.size(); ++i) {
      std::vector<std::string> row = {down.values[i]};
      for (std::size_t j = 0; j < across.values.size(); ++j) {
        const auto found = place.find({i, j});
        if (found == place.end()) {
          row.push_back("–");
          continue;
        }
        const SweepCell& cell = sweep_.at(found->second, plan);
        const char* mark = cell.best                       ? "*"
                           : cell.goal == Standing::missed ? "!"
                           : cell.tied                     ? "="
                           : !cell.meets                   ? "?"
                                                           : " ";
        row.push_back(amount(cell.value) + mark);
      }
      table.rows.push_back(std::move(row));
    }
    study_.tables.push_back(std::move(table));
  }

  /// A curve a plan; of two axes a curve for each value of the second.
  void plots() {
    const scenario::Variation& axis = sweep_.axes.front();
    Plot plot;
    plot.title = fmt::format("Cost by {}", short_address(axis.address));
    if (sweep_.axes.size() == 2) plot.title += fmt::format(", “{}”", sweep_.plans[best_plan()]);
    plot.x_label = axis.is_numeric() ? axis.address + (axis.of_durations ? ", hours" : "")
                                     : axis.address + ", by place in the list";
    plot.y_label = unit_.name;
    plot.from_zero = false;
    const auto x_of = [&](std::size_t one) {
      const std::size_t value = sweep_.cases[one][0];
      return axis.is_numeric() ? axis.numbers[value] : static_cast<double>(value + 1);
    };
    const auto add = [&](const std::string& name, Series::Mark mark, auto value_of, auto wanted, std::size_t plan) {
      Series series{name, mark, {}};
      for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
        if (wanted(one)) series.points.emplace_back(x_of(one), value_of(sweep_.at(one, plan)) / unit_.divisor);
      std::sort(series.points.begin(), series.points.end());
      if (!series.points.empty()) plot.series.push_back(std::move(series));
    };
    const auto value = [](const SweepCell& cell) { return cell.value; };
    if (sweep_.axes.size() == 2) study_.plots.push_back(grid());
    if (sweep_.axes.size() == 2) {
      const std::size_t step = std::max<std::size_t>(1, (sweep_.axes[1].values.size() + 4) / 5);
      for (std::size_t v = 0; v < sweep_.axes[1].values.size(); v += step)
        add(
            fmt::format("{} {}", short_address(sweep_.axes[1].address), sweep_.axes[1].values[v]), Series::Mark::line,
            value, [&, v](std::size_t one) { return sweep_.cases[one][1] == v; }, best_plan());
    } else {
      const auto all = [](std::size_t) { return true; };
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan) {
        const std::string prefix = sweep_.plans.size() > 1 ? sweep_.plans[plan] + " " : "";
        add(prefix + sweep_.statistic.name, Series::Mark::line, value, all, plan);
        if (sweep_.plans.size() == 1 && sweep_.statistic.name != "cvar95")
          add(
              "CVaR95", Series::Mark::line, [](const SweepCell& cell) { return cell.figures.cvar95; }, all, plan);
        if (sweep_.plans.size() == 1)
          add(
              "best, or cannot be distinguished from it", Series::Mark::points, value,
              [&](std::size_t one) { return sweep_.at(one, plan).best || sweep_.at(one, plan).tied; }, plan);
      }
    }
    study_.plots.push_back(std::move(plot));
    if (limited_.empty() || sweep_.axes.size() == 2) return;
    Plot shares;
    shares.title = "What the goal asks for";
    shares.x_label = axis.address;
    shares.y_label = "share";
    shares.from_zero = false;
    for (const std::size_t m : limited_) {
      Series series{title_of(sweep_.measures[m]), Series::Mark::line, {}};
      for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
        if (std::isfinite(sweep_.at(one, 0).measures[m].value))
          series.points.emplace_back(x_of(one), sweep_.at(one, 0).measures[m].value);
      std::sort(series.points.begin(), series.points.end());
      if (!series.points.empty()) shares.series.push_back(std::move(series));
    }
    if (!shares.series.empty()) study_.plots.push_back(std::move(shares));
  }

  /// The plan of the best case, or the first.
  std::size_t best_plan() const {
    for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan)
      for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
        if (sweep_.at(one, plan).best) return plan;
    return 0;
  }

  /// The values of that plan, a row for each value of the second axis.
  Plot grid() const {
    Plot plot;
    plot.title = fmt::format("“{}”: {} by {} (across) and {} (down)", sweep_.plans[best_plan()], sweep_.statistic.name,
                             short_address(sweep_.axes[0].address), short_address(sweep_.axes[1].address));
    plot.y_label = unit_.name;
    plot.columns = sweep_.axes[0].values;
    plot.rows = sweep_.axes[1].values;
    plot.cells.assign(plot.rows.size(), std::vector<double>(plot.columns.size()));
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one)
      plot.cells[sweep_.cases[one][1]][sweep_.cases[one][0]] = sweep_.at(one, best_plan()).value / unit_.divisor;
    return plot;
  }

  void json() {
    Json axes = Json::array(), cases = Json::array();
    for (const scenario::Variation& axis : sweep_.axes)
      axes.push_back(
          {{"address", axis.address}, {"scales", axis.scales}, {"values", axis.values}, {"of_plans", axis.of_plan()}});
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one) {
      Json values = Json::array(), plans = Json::array();
      for (std::size_t axis = 0; axis < sweep_.axes.size(); ++axis)
        values.push_back(sweep_.axes[axis].values[sweep_.cases[one][axis]]);
      for (std::size_t plan = 0; plan < sweep_.plans.size(); ++plan) {
        const SweepCell& cell = sweep_.at(one, plan);
        Json entry = {{"plan", sweep_.plans[plan]}};
        entry.update(figures_json(cell.figures));
        entry["value"] = cell.value;
        for (std::size_t m = 0; m < sweep_.measures.size(); ++m)
          entry[sweep_.measures[m].address] = estimate_json(cell.measures[m]);
        entry["goal"] = word_of(cell.goal);
        entry["best"] = cell.best;
        entry["tied"] = cell.tied;
        entry["to_best"] = nullptr;
        if (cell.against)
          entry["to_best"] = {
              {"value", cell.against->difference}, {"low", cell.against->low}, {"high", cell.against->high}};
        plans.push_back(entry);
      }
      cases.push_back({{"values", values}, {"plans", plans}});
    }
    study_.json["minimize"] = sweep_.statistic.name;
    study_.json["confidence"] = 1.0 - sweep_.alpha;
    study_.json["axes"] = axes;
    study_.json["cases"] = cases;
  }

  void arrays() {
    results::ArraysFile& file = study_.file;
    std::vector<std::string> labels, measures;
    for (std::size_t one = 0; one < sweep_.cases.size(); ++one) labels.push_back(sweep_.label(one));
    for (const decide::Measure& measure : sweep_.measures) measures.push_back(measure.address);
    file.dimensions = {{"case", labels, {}, "1", "values of what varies"}, {"plan", sweep_.plans, {}, "1", "plan"}};
    if (!measures.empty()) file.dimensions.push_back({"measure", measures, {}, "1", "share that the goal may bound"});
    for (std::size_t axis = 0; axis < sweep_.axes.size(); ++axis) {
      results::NamedArray values{fmt::format("axis_{}", axis + 1),
                                 {"case"},
                                 sweep_.axes[axis].of_durations ? "h" : "1",
                                 sweep_.axes[axis].address,
                                 {}};
      for (const auto& one : sweep_.cases) values.values.push_back(sweep_.axes[axis].numbers[one[axis]]);
      file.arrays.push_back(std::move(values));
    }
    const auto add = [&](const char* name, const std::string& unit, const char* description, auto get) {
      results::NamedArray array{name, {"case", "plan"}, unit, description, {}};
      for (const SweepCell& cell : sweep_.cells) array.values.push_back(get(cell));
      file.arrays.push_back(std::move(array));
    };
    const std::string& currency = scenario_.currency;
    const auto figure = [&](const char* name, const char* description, double decide::CostFigures::*member) {
      add(name, currency, description, [member](const SweepCell& cell) { return cell.figures.*member; });
    };
    figure("cost_mean", "mean cost", &decide::CostFigures::mean);
    figure("cost_mean_se", "standard error of the mean cost", &decide::CostFigures::mean_error);
    figure("cost_sd", "standard deviation of cost", &decide::CostFigures::sd);
    figure("cost_p5", "quantile of cost", &decide::CostFigures::p5);
    figure("cost_p50", "quantile of cost", &decide::CostFigures::p50);
    figure("cost_p90", "quantile of cost", &decide::CostFigures::p90);
    figure("cost_p95", "quantile of cost", &decide::CostFigures::p95);
    figure("cost_cvar95", "mean of the most expensive twentieth", &decide::CostFigures::cvar95);
    add("value", currency, "the statistic that is minimized", [](const SweepCell& cell) { return cell.value; });
    const double none = std::numeric_limits<double>::quiet_NaN();
    add("to_best", currency, "what it costs more than the best; NaN: it is the best, or there is none",
        [none](const SweepCell& cell) { return cell.against ? cell.against->difference : none; });
    add("to_best_low", currency, "lower end of the interval, all together",
        [none](const SweepCell& cell) { return cell.against ? cell.against->low : none; });
    add("to_best_high", currency, "upper end of the interval, all together",
        [none](const SweepCell& cell) { return cell.against ? cell.against->high : none; });
    add("best", "1", "1: the best of its world", [](const SweepCell& cell) { return cell.best ? 1.0 : 0.0; });
    add("tied", "1", "1: cannot be distinguished from the best",
        [](const SweepCell& cell) { return cell.tied ? 1.0 : 0.0; });
    add("goal", "1", "1: the goal is met, 0: it is missed, NaN: that is not known", [none](const SweepCell& cell) {
      return cell.goal == Standing::met ? 1.0 : cell.goal == Standing::missed ? 0.0 : none;
    });
    const auto add_measure = [&](const char* name, const char* description, double results::Estimate::*member) {
      results::NamedArray array{name, {"case", "plan", "measure"}, "1", description, {}};
      for (const SweepCell& cell : sweep_.cells)
        for (const results::Estimate& estimate : cell.measures) array.values.push_back(estimate.*member);
      if (!measures.empty()) file.arrays.push_back(std::move(array));
    };
    add_measure("share", "share of futures, runs or requests", &results::Estimate::value);
    add_measure("share_low", "lower end of the interval, all together", &results::Estimate::low);
    add_measure("share_high", "upper end of the interval, all together", &results::Estimate::high);
  }

  const Sweep& sweep_;
  const scenario::Scenario& scenario_;
  Study study_;
  std::vector<std::size_t> limited_;  ///< measures with a limit
  std::vector<double> amounts_;
  MoneyUnit unit_;
  MoneyUnit finer_;  ///< with two more decimals
};

}  // namespace

Study study_of(const decide::Sweep& sweep, const scenario::Scenario& scenario) {
  return SweepWriter(sweep, scenario).write();
}

}  // namespace costrisk::present
