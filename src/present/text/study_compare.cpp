// What changed between two results, as a waterfall by change and by category.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/sums/money.hpp"

namespace costrisk::present {

namespace {

using decide::Comparison;
using decide::MeanCosts;
using Json = nlohmann::ordered_json;

class ComparisonWriter {
 public:
  ComparisonWriter(const Comparison& comparison, const results::Results& a, const results::Results& b)
      : all_(comparison), a_(a), b_(b) {
    study_.title = fmt::format("compare of {} and {}", a.context.scenario_name, b.context.scenario_name);
    study_.json = {{"study", "compare"},
                   {"a", {{"scenario", a.context.scenario_name}, {"paths", a.paths}, {"seed", a.context.seed}}},
                   {"b", {{"scenario", b.context.scenario_name}, {"paths", b.paths}, {"seed", b.context.seed}}},
                   {"currency", b.context.currency},
                   {"status", comparison.complete ? "complete" : "partial"},
                   {"paired", comparison.paired}};
    study_.file.filetype = results::study_filetype;
    study_.file.title = b.context.scenario_name;
    study_.file.study = "compare";
    study_.file.currency = b.context.currency;
    study_.file.scenario_toml = b.context.scenario_toml;
    study_.file.seed = b.context.seed;
    study_.file.paths = b.paths;
    study_.file.complete = comparison.complete;
    std::vector<double> amounts;
    for (std::size_t plan = 0; plan < all_.plans.size(); ++plan)
      amounts.push_back(std::max(std::abs(results::in_currency(all_.from[plan].total)),
                                 std::abs(results::in_currency(all_.to[plan].total))));
    unit_ = money_unit(amounts, b.context.currency);
    unit_.decimals = std::min(unit_.decimals + 2, 4);
  }

  Study write() {
    sentences();
    changes();
    for (std::size_t plan = 0; plan < all_.plans.size(); ++plan) waterfall(plan);
    plots();
    json();
    arrays();
    return std::move(study_);
  }

 private:
  std::string shown(std::int64_t micros) const { return signed_money(results::in_currency(micros), unit_); }
  std::string money(double amount) const { return money_with_unit(amount, b_.context.currency, 4); }

  void sentences() {
    const auto say = [&](std::string sentence) { study_.sentences.push_back(std::move(sentence)); };
    if (!all_.complete) say("The comparison was stopped early; the waterfall is not whole.");
    for (std::size_t plan = 0; plan < all_.plans.size(); ++plan) {
      const results::Estimate& difference = all_.difference[plan];
      const double from = results::in_currency(all_.from[plan].total);
      if (all_.from[plan].total == all_.to[plan].total) {
        say(fmt::format("“{}” costs the same, {}.", all_.plans[plan], money(from)));
        continue;
      }
      std::string sentence =
          fmt::format("“{}” costs {} on average in place of {}: {} {} ({:+.1f} %)", all_.plans[plan],
                      money(results::in_currency(all_.to[plan].total)), money(from), money(std::abs(difference.value)),
                      difference.value > 0.0 ? "more" : "less", from != 0.0 ? 100.0 * difference.value / from : 0.0);
      if (difference.low <= 0.0 && difference.high >= 0.0) sentence += ", no more than sampling error";
      say(sentence + ".");
      const decide::CompareStep* largest = nullptr;
      for (const decide::CompareStep& step : all_.steps)
        if (!largest || std::abs(step.difference[plan].total) > std::abs(largest->difference[plan].total))
          largest = &step;
      if (largest && all_.steps.size() > 1)
        say(fmt::format("Most of it is {}: {}.", largest->change.what,
                        money(results::in_currency(largest->difference[plan].total))));
    }
    if (!all_.only_a.empty()) say(fmt::format("Only the first has {}.", listed(all_.only_a)));
    if (!all_.only_b.empty()) say(fmt::format("Only the second has {}.", listed(all_.only_b)));
    if (all_.plans.empty()) say("No plan stands in both results.");
    say(all_.paired ? "Both met the same futures."
                    : "They met different futures, so that sampling error is in the difference.");
    if (all_.changes.empty()) say("The scenarios are the same.");
    if (!all_.unexplained.empty()) say(fmt::format("What each change did is not known: {}", all_.unexplained));
    for (std::size_t plan = 0; plan < all_.plans.size(); ++plan)
      study_.figures.push_back({"difference." + all_.plans[plan], all_.difference[plan].value});
    study_.figures.push_back({"changes", static_cast<double>(all_.changes.size())});
  }

  void changes() {
    PlainTable table{"What changed in the scenario", {"part", "change"}, {}};
    for (const decide::Change& change : all_.changes)
      for (std::size_t i = 0; i < change.details.size(); ++i)
        table.rows.push_back({i == 0 ? change.what : "", change.details[i]});
    if (!table.rows.empty()) study_.tables.push_back(std::move(table));
  }

  /// Categories that differ somewhere.
  std::vector<std::size_t> categories(std::size_t plan) const {
    std::vector<std::size_t> shown;
    for (std::size_t category = 0; category < category_count; ++category) {
      bool any = all_.from[plan].categories[category] != 0 || all_.to[plan].categories[category] != 0;
      for (const decide::CompareStep& step : all_.steps) any = any || step.difference[plan].categories[category] != 0;
      if (any) shown.push_back(category);
    }
    return shown;
  }

  void waterfall(std::size_t plan) {
    const std::vector<std::size_t> shown_categories = categories(plan);
    PlainTable table{fmt::format("“{}”: mean cost in {}", all_.plans[plan], unit_.name), {"", "cost"}, {}};
    for (const std::size_t category : shown_categories) table.columns.emplace_back(category_names[category]);
    const auto add = [&](const std::string& what, const MeanCosts& costs, bool is_change) {
      const auto text = [&](std::int64_t micros) {
        return is_change ? shown(micros) : present::money(results::in_currency(micros), unit_);
      };
      std::vector<std::string> row = {what, text(costs.total)};
      for (const std::size_t category : shown_categories) row.push_back(text(costs.categories[category]));
      table.rows.push_back(std::move(row));
    };
    add("before", all_.from[plan], false);
    for (const decide::CompareStep& step : all_.steps) add(step.change.what, step.difference[plan], true);
    if (all_.steps.empty() && all_.from[plan].total != all_.to[plan].total) {
      MeanCosts difference{all_.to[plan].total - all_.from[plan].total, {}};
      for (std::size_t i = 0; i < category_count; ++i)
        difference.categories[i] = all_.to[plan].categories[i] - all_.from[plan].categories[i];
      add("change", difference, true);
    }
    add("after", all_.to[plan], false);
    study_.tables.push_back(std::move(table));
  }

  void plots() {
    for (std::size_t plan = 0; plan < all_.plans.size() && !all_.steps.empty(); ++plan) {
      Plot plot{fmt::format("“{}” change by change", all_.plans[plan]),
                "change, by its row in the table",
                unit_.name,
                Plot::Scale::linear,
                {},
                false};
      plot.rows.push_back("before");
      for (const auto& step : all_.steps) plot.rows.push_back(step.change.what);
      plot.rows.push_back("after");
      Series series{"mean cost", Series::Mark::steps, {}};
      double now = results::in_currency(all_.from[plan].total) / unit_.divisor;
      series.points.emplace_back(0.0, now);
      for (std::size_t i = 0; i < all_.steps.size(); ++i) {
        now += results::in_currency(all_.steps[i].difference[plan].total) / unit_.divisor;
        series.points.emplace_back(static_cast<double>(i + 1), now);
      }
      plot.series.push_back(std::move(series));
      study_.plots.push_back(std::move(plot));
    }
  }

  static Json costs_json(const MeanCosts& costs) {
    Json categories = Json::object();
    for (std::size_t category = 0; category < category_count; ++category)
      if (costs.categories[category] != 0) categories[category_names[category]] = costs.categories[category];
    return {{"micros", costs.total}, {"categories", categories}};
  }

  void json() {
    Json changes = Json::array(), plans = Json::array();
    for (const decide::Change& change : all_.changes)
      changes.push_back({{"part", change.what}, {"details", change.details}});
    for (std::size_t plan = 0; plan < all_.plans.size(); ++plan) {
      Json steps = Json::array();
      for (const decide::CompareStep& step : all_.steps) {
        Json entry = {{"change", step.change.what}};
        entry.update(costs_json(step.difference[plan]));
        steps.push_back(entry);
      }
      plans.push_back({{"plan", all_.plans[plan]},
                       {"before", costs_json(all_.from[plan])},
                       {"steps", steps},
                       {"after", costs_json(all_.to[plan])},
                       {"difference", estimate_json(all_.difference[plan])}});
    }
    study_.json["changes"] = changes;
    study_.json["plans"] = plans;
    study_.json["only_a"] = all_.only_a;
    study_.json["only_b"] = all_.only_b;
    study_.json["unexplained"] = all_.unexplained;
  }

  void arrays() {
    if (all_.plans.empty()) return;
    std::vector<std::string> cases = {"before"}, categories(category_names.begin(), category_names.end());
    for (const decide::CompareStep& step : all_.steps) cases.push_back(step.change.what);
    cases.push_back("after");
    study_.file.dimensions = {{"case", cases, {}, "1", "before, change by change, after"},
                              {"plan", all_.plans, {}, "1", "plan"},
                              {"category", categories, {}, "1", "category of cost"}};
    results::NamedArray total{
        "cost_mean", {"case", "plan"}, b_.context.currency, "mean cost; of a change what it adds", {}},
        parts{"category_mean", {"case", "plan", "category"}, b_.context.currency, "the same by category", {}};
    const auto add = [&](const std::vector<MeanCosts>& costs) {
      for (const MeanCosts& one : costs) {
        total.values.push_back(results::in_currency(one.total));
        for (const std::int64_t category : one.categories) parts.values.push_back(results::in_currency(category));
      }
    };
    add(all_.from);
    for (const decide::CompareStep& step : all_.steps) add(step.difference);
    add(all_.to);
    study_.file.arrays = {total, parts};
  }

  const Comparison& all_;
  const results::Results &a_, &b_;
  Study study_;
  MoneyUnit unit_;
};

}  // namespace

Study study_of(const Comparison& comparison, const results::Results& a, const results::Results& b) {
  return ComparisonWriter(comparison, a, b).write();
}

}  // namespace costrisk::present
