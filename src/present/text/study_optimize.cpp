// A search: the plan found, what shows that it meets the goal, what comes near, the frontier, what bounds cost.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;

using decide::Optimum;
using decide::Tried;

/// "99.9 %" of a confidence, rounded down so that no more is claimed than is known.
std::string confidence_text(double confidence) {
  const double floored = std::floor(confidence * 1000.0) / 10.0;
  return fmt::format("{:.{}f} %", std::min(floored, 99.9), floored >= 99.0 ? 1 : 0);
}

class OptimumWriter {
 public:
  OptimumWriter(const Optimum& optimum, const scenario::Scenario& scenario)
      : optimum_(optimum),
        scenario_(scenario),
        study_(begin_study("optimize", scenario, optimum.paths, optimum.seed, optimum.complete)) {
    for (std::size_t m = 0; m < optimum.measures.size(); ++m)
      if (optimum.measures[m].limit) limited_.push_back(m);
    std::vector<double> amounts;
    for (const Tried& tried : optimum.finalists) amounts.push_back(tried.value);
    unit_ = money_unit(amounts, scenario.currency);
    unit_.decimals = std::min(unit_.decimals + 2, 4);
  }

  Study write() {
    sentences();
    figures();
    if (!optimum_.finalists.empty()) {
      finalists();
      if (optimum_.chosen) {
        frontier();
        bounds();
      }
      plots();
      arrays();
    }
    json();
    if (optimum_.chosen) fragment();
    return std::move(study_);
  }

 private:
  std::string money(double amount) const { return money_with_unit(amount, scenario_.currency, 4); }
  const Tried& chosen() const { return optimum_.finalists[*optimum_.chosen]; }
  void say(std::string sentence) { study_.sentences.push_back(std::move(sentence)); }
  std::string statistic_words() const {
    return optimum_.statistic.name == "mean" ? "on average" : "in " + optimum_.statistic.name;
  }

  void sentences() {
    if (!optimum_.complete) say("The search was stopped early; what follows is what it had found by then.");
    if (!optimum_.chosen) {
      no_plan();
      return;
    }
    const Tried& best = chosen();
    const double value = optimum_.proof ? optimum_.proof->value : best.value;
    say(fmt::format("Choose {}: it costs {} {}.", optimum_.label(best), money(value), statistic_words()));
    proof();
    ties();
    against_present();
    if (!optimum_.at_ends.empty())
      say(fmt::format("{} {} at the end of what may vary: a wider range may hold a better plan.",
                      listed(optimum_.at_ends), optimum_.at_ends.size() == 1 ? "stands" : "stand"));
    extent();
  }

  void no_plan() {
    if (optimum_.finalists.empty()) return;
    const Tried* nearest = &optimum_.finalists.front();
    const auto excess = [&](const Tried& tried) {
      double over = 0.0;
      for (const std::size_t m : limited_) {
        const double limit = *optimum_.measures[m].limit, value = tried.measures[m].value;
        if (std::isfinite(value)) over = std::max(over, optimum_.measures[m].at_most() ? value - limit : limit - value);
      }
      return over;
    };
    for (const Tried& tried : optimum_.finalists)
      if (excess(tried) < excess(*nearest)) nearest = &tried;
    std::vector<std::string> misses;
    for (const std::size_t m : limited_)
      if (std::isfinite(nearest->measures[m].value) && !decide::keeps(nearest->measures[m].value, optimum_.measures[m]))
        misses.push_back(fmt::format("{} in {}", title_of(optimum_.measures[m]), percent(nearest->measures[m].value)));
    say("No plan of the space meets the goal.");
    say(fmt::format("Nearest is {}, at {} {}: {}.", optimum_.label(*nearest), money(nearest->value), statistic_words(),
                    listed(misses)));
    extent();
  }

  void proof() {
    if (!optimum_.proof) {
      say("It has not been tried on fresh futures.");
      return;
    }
    const Optimum::Proof& proof = *optimum_.proof;
    if (limited_.empty()) {
      say(fmt::format("That is its cost over {} that the search had not seen; the scenario has no goal to meet.",
                      counted(proof.paths, "future")));
      return;
    }
    std::vector<std::string> shares;
    for (const std::size_t m : limited_)
      if (std::isfinite(proof.measures[m].value))
        shares.push_back(fmt::format("{} in {}", title_of(optimum_.measures[m]), percent(proof.measures[m].value)));
    if (proof.shown)
      say(fmt::format("Over {} that the search had not seen it meets the goal, with {} confidence: {}.",
                      counted(proof.paths, "future"), confidence_text(proof.confidence), listed(shares)));
    else
      say(fmt::format(
          "That it meets the goal is not shown: over {} that the search had not seen, {}; confidence {} of "
          "those asked for. Of {} tried none was; take more with --proof-paths.",
          counted(proof.paths, "fresh future"), listed(shares),
          proof.confidence > 0.5 ? confidence_text(proof.confidence) : "below 50 %", counted(proof.tested, "plan")));
    if (proof.shown && proof.tested > 1)
      say(fmt::format("{} cheaper in the search {} shown to meet it.",
                      proof.tested == 2 ? "One plan" : fmt::format("{} plans", proof.tested - 1),
                      proof.tested == 2 ? "was not" : "were not"));
  }

  void ties() {
    std::vector<std::string> near;
    std::size_t count = 0;
    for (const Tried& tried : optimum_.finalists) {
      if (!tried.against || !tried.meets || tried.against->distinct) continue;
      if (++count <= 4) near.push_back(optimum_.label(tried));
    }
    if (count == 0)
      say("No other plan of the last round that meets the goal comes as cheap, sampling error allowed for.");
    else
      say(fmt::format("{} cannot be distinguished from it: {}{}.", counted(count, "plan"), fmt::join(near, "; "),
                      count > near.size() ? "; …" : ""));
  }

  void against_present() {
    for (const Tried& tried : optimum_.finalists) {
      if (!tried.point.empty() || tried.of != chosen().of || !tried.against) continue;
      const decide::Against& against = *tried.against;
      say(fmt::format("As it stands the plan costs {} {}.", money(std::abs(against.difference)),
                      against.difference >= 0.0 ? "more" : "less"));
      if (!tried.meets) say("It does not meet the goal.");
    }
  }

  void extent() {
    const double exhaustive = 20.0 * optimum_.points * static_cast<double>(optimum_.paths);
    say(fmt::format(
        "{} of {} points were tried, {} simulated futures in all ({:.2g} % of an exhaustive run at twenty times "
        "the futures).",
        count(optimum_.tried), count(static_cast<std::uint64_t>(optimum_.points)), count(optimum_.work),
        100.0 * static_cast<double>(optimum_.work) / exhaustive));
    if (optimum_.invalid > 0)
      say(fmt::format("{} {} no valid scenario.", counted(optimum_.invalid, "point"),
                      optimum_.invalid == 1 ? "is" : "are"));
  }

  void figures() {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const Optimum::Proof* proof = optimum_.proof ? &*optimum_.proof : nullptr;
    study_.figures = {{"value", proof             ? proof->value
                                : optimum_.chosen ? chosen().value
                                                  : none},
                      {"mean", proof ? proof->figures.mean : none},
                      {"p95", proof ? proof->figures.p95 : none},
                      {"cvar95", proof ? proof->figures.cvar95 : none},
                      {"shown", proof && proof->shown ? 1.0 : 0.0, false},
                      {"confidence", proof ? proof->confidence : none, true},
                      {"tried", static_cast<double>(optimum_.tried)}};
    for (std::size_t m = 0; proof && m < optimum_.measures.size(); ++m)
      study_.figures.push_back({optimum_.measures[m].address, proof->measures[m].value, true});
  }

  std::vector<std::string> row_of(const Tried& tried) const {
    std::vector<std::string> row = {optimum_.label(tried)};
    if (optimum_.statistic.name != "mean") row.push_back(present::money(tried.value, unit_));
    for (const double value : {tried.figures.mean, tried.figures.p95, tried.figures.cvar95})
      row.push_back(present::money(value, unit_));
    for (const std::size_t m : limited_) row.push_back(percent(tried.measures[m].value));
    row.push_back(tried.against ? fmt::format("{} ± {}", signed_money(tried.against->difference, unit_),
                                              present::money(0.5 * (tried.against->high - tried.against->low), unit_))
                                : "");
    return row;
  }

  std::vector<std::string> columns() const {
    std::vector<std::string> columns = {"plan"};
    if (optimum_.statistic.name != "mean") columns.push_back(optimum_.statistic.name + " " + unit_.name);
    for (const char* name : {"mean", "P95", "CVaR95"}) columns.push_back(fmt::format("{} {}", name, unit_.name));
    for (const std::size_t m : limited_) columns.push_back(title_of(optimum_.measures[m]));
    columns.push_back("to the plan chosen " + unit_.name);
    return columns;
  }

  void finalists() {
    constexpr std::size_t most = 12;
    PlainTable table{fmt::format("The cheapest plans of the last round, over {}",
                                 counted(optimum_.finalists.front().futures, "future")),
                     columns(),
                     {}};
    table.columns.push_back("");
    for (std::size_t i = 0; i < optimum_.finalists.size(); ++i) {
      const Tried& tried = optimum_.finalists[i];
      const bool is_chosen = optimum_.chosen && *optimum_.chosen == i;
      if (table.rows.size() >= most && !is_chosen && !tried.point.empty()) continue;
      std::vector<std::string> row = row_of(tried);
      row.push_back(is_chosen                                   ? "chosen"
                    : !tried.meets                              ? "misses goal"
                    : tried.against && !tried.against->distinct ? "cannot be distinguished from it"
                                                                : "");
      table.rows.push_back(std::move(row));
    }
    study_.tables.push_back(std::move(table));
  }

  void frontier() {
    PlainTable table{
        "Frontier: plans that meet the goal, none of which is better in mean and in CVaR95", columns(), {}};
    for (const std::size_t i : optimum_.frontier) table.rows.push_back(row_of(optimum_.finalists[i]));
    study_.tables.push_back(std::move(table));
  }

  void bounds() {
    if (optimum_.loosened.empty()) return;
    PlainTable table{"What looser bounds would save", {"bound", "from", "to", "saves " + unit_.name, "with"}, {}};
    for (const decide::Loosened& one : optimum_.loosened) {
      const auto shown = [&](double value) { return one.bound == "budget" ? money(value) : percent(value); };
      table.rows.push_back({one.bound, shown(one.from), shown(one.to),
                            !one.finalist ? "still no plan"
                            : one.saving.difference >= 0.0
                                ? "nothing"
                                : fmt::format("{} ± {}", present::money(-one.saving.difference, unit_),
                                              present::money(0.5 * (one.saving.high - one.saving.low), unit_)),
                            one.finalist ? optimum_.label(optimum_.finalists[*one.finalist]) : ""});
    }
    study_.tables.push_back(std::move(table));
  }

  void plots() {
    Plot plot{
        "Mean cost against its tail", "mean " + unit_.name, "CVaR95 " + unit_.name, Plot::Scale::linear, {}, false};
    Series meets{"meets the goal", Series::Mark::points, {}}, misses{"misses it", Series::Mark::points, {}},
        best{"chosen", Series::Mark::points, {}}, line{"frontier", Series::Mark::line, {}};
    const auto point = [&](const Tried& tried) {
      return std::pair{tried.figures.mean / unit_.divisor, tried.figures.cvar95 / unit_.divisor};
    };
    for (const Tried& tried : optimum_.finalists) (tried.meets ? meets : misses).points.push_back(point(tried));
    for (const std::size_t i : optimum_.frontier) line.points.push_back(point(optimum_.finalists[i]));
    if (optimum_.chosen) best.points.push_back(point(chosen()));
    for (Series* series : {&meets, &misses, &line, &best}) {
      std::sort(series->points.begin(), series->points.end());
      if (!series->points.empty()) plot.series.push_back(std::move(*series));
    }
    study_.plots.push_back(std::move(plot));
  }

  nlohmann::ordered_json tried_json(const Tried& tried) const {
    nlohmann::ordered_json json = {{"plan", optimum_.plans[tried.of]}, {"values", nlohmann::ordered_json::object()}};
    for (std::size_t i = 0; i < tried.point.size(); ++i) {
      const scenario::Variation& axis = optimum_.axes[optimum_.axes_of[tried.of][i]];
      json["values"][axis.address] = axis.values[tried.point[i]];
    }
    json["futures"] = tried.futures;
    json["value"] = tried.value;
    json.update(figures_json(tried.figures));
    for (std::size_t m = 0; m < optimum_.measures.size(); ++m)
      json[optimum_.measures[m].address] = estimate_json(tried.measures[m]);
    json["meets_goal"] = tried.meets;
    json["to_chosen"] = nullptr;
    if (tried.against)
      json["to_chosen"] = {{"value", tried.against->difference},
                           {"low", tried.against->low},
                           {"high", tried.against->high},
                           {"distinct", tried.against->distinct}};
    return json;
  }

  void json() {
    Json& json = study_.json;
    json["minimize"] = optimum_.statistic.name;
    json["points"] = optimum_.points;
    json["tried"] = optimum_.tried;
    json["invalid"] = optimum_.invalid;
    json["exhaustive"] = optimum_.exhaustive;
    json["work"] = optimum_.work;
    json["chosen"] = optimum_.chosen ? tried_json(chosen()) : Json(nullptr);
    json["set"] = optimum_.assignments;
    json["proof"] = nullptr;
    if (optimum_.proof) {
      const Optimum::Proof& proof = *optimum_.proof;
      Json shown = {{"paths", proof.paths},           {"seed", proof.seed},
                    {"tested", proof.tested},         {"shown", proof.shown},
                    {"confidence", proof.confidence}, {"value", proof.value}};
      shown.update(figures_json(proof.figures));
      for (std::size_t m = 0; m < optimum_.measures.size(); ++m)
        shown[optimum_.measures[m].address] = estimate_json(proof.measures[m]);
      json["proof"] = shown;
    }
    Json& finalists = json["finalists"] = Json::array();
    for (const Tried& tried : optimum_.finalists) finalists.push_back(tried_json(tried));
    json["frontier"] = optimum_.frontier;
    Json& loosened = json["loosened"] = Json::array();
    for (const decide::Loosened& one : optimum_.loosened) {
      Json saving = nullptr;
      if (one.finalist)
        saving = {
            {"value", std::max(-one.saving.difference, 0.0)}, {"low", -one.saving.high}, {"high", -one.saving.low}};
      loosened.push_back({{"bound", one.bound},
                          {"from", one.from},
                          {"to", one.to},
                          {"saves", saving},
                          {"finalist", one.finalist ? Json(*one.finalist) : Json(nullptr)}});
    }
    json["at_ends"] = optimum_.at_ends;
  }

  void arrays() {
    results::ArraysFile& file = study_.file;
    std::vector<std::string> labels, measures;
    for (const Tried& tried : optimum_.finalists) labels.push_back(optimum_.label(tried));
    for (const decide::Measure& measure : optimum_.measures) measures.push_back(measure.address);
    file.dimensions = {{"case", labels, {}, "1", "plan of the last round, cheapest first"}};
    if (!measures.empty()) file.dimensions.push_back({"measure", measures, {}, "1", "share that the goal may bound"});
    const auto add = [&](const char* name, const std::string& unit, const char* description, auto get) {
      results::NamedArray array{name, {"case"}, unit, description, {}};
      for (std::size_t i = 0; i < optimum_.finalists.size(); ++i) array.values.push_back(get(optimum_.finalists[i], i));
      file.arrays.push_back(std::move(array));
    };
    const std::string& currency = scenario_.currency;
    add("value", currency, "the statistic that is minimized", [](const Tried& t, std::size_t) { return t.value; });
    add("cost_mean", currency, "mean cost", [](const Tried& t, std::size_t) { return t.figures.mean; });
    add("cost_p95", currency, "quantile of cost", [](const Tried& t, std::size_t) { return t.figures.p95; });
    add("cost_cvar95", currency, "mean of the most expensive twentieth",
        [](const Tried& t, std::size_t) { return t.figures.cvar95; });
    add("meets_goal", "1", "1: it meets the goal, by the values themselves",
        [](const Tried& t, std::size_t) { return t.meets ? 1.0 : 0.0; });
    add("chosen", "1", "1: the plan that was chosen",
        [&](const Tried&, std::size_t i) { return optimum_.chosen == i ? 1.0 : 0.0; });
    add("frontier", "1", "1: of the plans that meet the goal none is better in mean and in CVaR95",
        [&](const Tried&, std::size_t i) {
          return std::find(optimum_.frontier.begin(), optimum_.frontier.end(), i) != optimum_.frontier.end() ? 1.0
                                                                                                             : 0.0;
        });
    if (measures.empty()) return;
    results::NamedArray shares{"share", {"case", "measure"}, "1", "share of futures, runs or requests", {}};
    for (const Tried& tried : optimum_.finalists)
      for (const results::Estimate& estimate : tried.measures) shares.values.push_back(estimate.value);
    file.arrays.push_back(std::move(shares));
  }

  void fragment() {
    scenario::Scenario found = scenario_;
    found.plans = {optimum_.plan};
    if (!chosen().point.empty()) found.plans.front().name += " optimized";
    study_.fragment = scenario::plan_toml(found, 0);
  }

  const Optimum& optimum_;
  const scenario::Scenario& scenario_;
  Study study_;
  std::vector<std::size_t> limited_;
  MoneyUnit unit_;
};

}  // namespace

Study study_of(const Optimum& optimum, const scenario::Scenario& scenario) {
  return OptimumWriter(optimum, scenario).write();
}

}  // namespace costrisk::present
