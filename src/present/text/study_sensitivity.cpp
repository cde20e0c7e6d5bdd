// What each number does, ranked, and what it is worth to find out.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/study.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present {

namespace {

using decide::Effect;
using decide::Sensitivity;
using Json = nlohmann::ordered_json;

class SensitivityWriter {
 public:
  SensitivityWriter(const Sensitivity& sensitivity, const scenario::Scenario& scenario, std::size_t plan)
      : all_(sensitivity),
        scenario_(scenario),
        plan_(plan),
        study_(begin_study("sensitivity", scenario, sensitivity.paths, sensitivity.seed, sensitivity.complete)) {
    for (std::size_t number = 0; number < all_.numbers.size(); ++number) order_.push_back(number);
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return std::abs(all_.at(a, plan_).mean.value) > std::abs(all_.at(b, plan_).mean.value);
    });
  }

  Study write() {
    sentences();
    if (!all_.numbers.empty()) effects();
    worth();
    plots();
    json();
    arrays();
    return std::move(study_);
  }

 private:
  std::string money(double amount) const { return money_with_unit(amount, scenario_.currency); }

  void sentences() {
    if (!all_.complete)
      study_.sentences.push_back(
          fmt::format("It was stopped early; {} of {} numbers are done.", all_.numbers.size(), all_.asked));
    std::size_t known = 0, still = 0;
    for (const std::size_t number : order_) {
      const results::Estimate& mean = all_.at(number, plan_).mean;
      known += Effect::sign_is_known(mean) ? 1 : 0;
      still += mean.value == 0.0 && mean.low == 0.0 && mean.high == 0.0 ? 1 : 0;
    }
    if (!order_.empty()) {
      const results::Estimate& first = all_.at(order_.front(), plan_).mean;
      study_.sentences.push_back(
          fmt::format("What moves the mean cost of “{}” most is {}: one percent more of it is {:+.2f} %.",
                      all_.plans[plan_], all_.numbers[order_.front()].address, first.value));
      study_.sentences.push_back(
          fmt::format("Of {} {} move it one way for sure, {} do nothing, and of {} the sign is not known.",
                      counted(all_.numbers.size(), "number"), known, still, all_.numbers.size() - known - still));
    }
    const double evpi = all_.value.perfect.value;
    if (all_.choices.size() < 2)
      study_.sentences.push_back(
          "There is one plan to choose, so that finding out is worth nothing; --vary gives it others.");
    else if (all_.value_paths > 0) {
      study_.sentences.push_back(
          fmt::format("To know the future before choosing among {} would be worth {} ± {} (EVPI).",
                      counted(all_.choices.size(), "plan"), money(evpi),
                      money(results::z_of_95_percent * all_.value.perfect.error)));
      std::size_t best = 0;
      for (std::size_t d = 1; d < all_.drivers.size(); ++d)
        if (all_.value.by_driver[d].value > all_.value.by_driver[best].value) best = d;
      if (!all_.drivers.empty() &&
          all_.value.by_driver[best].value > results::z_of_95_percent * all_.value.by_driver[best].error)
        study_.sentences.push_back(fmt::format("Most of it is {}: to know that alone is worth {} ± {}.",
                                               all_.drivers[best], money(all_.value.by_driver[best].value),
                                               money(results::z_of_95_percent * all_.value.by_driver[best].error)));
      else
        study_.sentences.push_back(
            "To know one unknown alone is worth nothing that shows: it would not change the choice.");
    }
    study_.figures = {{"evpi", evpi},
                      {"numbers", static_cast<double>(all_.numbers.size())},
                      {"known_signs", static_cast<double>(known)}};
    for (std::size_t d = 0; d < all_.drivers.size(); ++d)
      study_.figures.push_back({"evppi." + all_.drivers[d], all_.value.by_driver[d].value});
  }

  static std::string elasticity(const results::Estimate& figure) {
    if (figure.value == 0.0 && figure.low == figure.high) return "0";
    return fmt::format("{:+.3f} ± {:.3f}{}", figure.value, 0.5 * (figure.high - figure.low),
                       Effect::sign_is_known(figure) ? "" : " ?");
  }
  static std::string points(const results::Estimate& figure) {
    if (std::isnan(figure.value)) return "–";
    if (figure.value == 0.0 && figure.low == figure.high) return "0";
    return fmt::format("{:+.2f} ± {:.2f}{}", 100.0 * figure.value, 50.0 * (figure.high - figure.low),
                       Effect::sign_is_known(figure) ? "" : " ?");
  }

  void effects() {
    constexpr std::size_t most = 30;
    PlainTable table{
        fmt::format("“{}” over {}: percent of mean and P95 by one percent of the number, points of shares by ten; "
                    "? the sign is not known",
                    all_.plans[plan_], counted(all_.paths, "future")),
        {"number", "value", "mean", "P95"},
        {}};
    for (const decide::Measure& measure : all_.measures) table.columns.push_back(title_of(measure));
    for (const std::size_t number : order_) {
      if (table.rows.size() >= most) break;
      const Effect& effect = all_.at(number, plan_);
      const bool moves_share =
          std::any_of(effect.shares.begin(), effect.shares.end(),
                      [](const results::Estimate& share) { return share.value != 0.0 && !std::isnan(share.value); });
      if (effect.mean.value == 0.0 && effect.p95.value == 0.0 && !moves_share) continue;
      std::vector<std::string> row = {all_.numbers[number].address, fmt::format("{:.6g}", all_.numbers[number].value),
                                      elasticity(effect.mean), elasticity(effect.p95)};
      for (const results::Estimate& share : effect.shares) row.push_back(points(share));
      table.rows.push_back(std::move(row));
    }
    study_.tables.push_back(std::move(table));
  }

  void worth() {
    if (all_.choices.size() < 2 || all_.value_paths == 0) return;
    PlainTable table{
        fmt::format("What it is worth to find out before choosing, over {}", counted(all_.value_paths, "future")),
        {"unknown", "worth", "±"},
        {}};
    table.rows.push_back({"everything (EVPI)", money(all_.value.perfect.value),
                          money(results::z_of_95_percent * all_.value.perfect.error)});
    std::vector<std::size_t> order(all_.drivers.size());
    for (std::size_t d = 0; d < order.size(); ++d) order[d] = d;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return all_.value.by_driver[a].value > all_.value.by_driver[b].value;
    });
    for (const std::size_t d : order) {
      const decide::Worth& one = all_.value.by_driver[d];
      const bool known = one.value > results::z_of_95_percent * one.error;
      table.rows.push_back({all_.drivers[d],
                            known              ? money(one.value)
                            : one.value == 0.0 ? "nothing"
                                               : "nothing that shows",
                            money(results::z_of_95_percent * one.error)});
    }
    study_.tables.push_back(std::move(table));
  }

  void plots() {
    constexpr std::size_t most = 12;
    Plot plot{"The numbers that move the mean cost most",
              "number, by its row in the table",
              "percent by ten percent more of it",
              Plot::Scale::linear,
              {},
              true};
    Series series{all_.plans[plan_], Series::Mark::points, {}};
    for (std::size_t i = 0; i < std::min(most, order_.size()); ++i)
      plot.rows.push_back(all_.numbers[order_[i]].address);
    for (std::size_t i = 0; i < std::min(most, order_.size()); ++i)
      series.points.emplace_back(static_cast<double>(i + 1), 10.0 * all_.at(order_[i], plan_).mean.value);
    if (series.points.empty()) return;
    plot.series.push_back(std::move(series));
    study_.plots.push_back(std::move(plot));
  }

  void json() {
    Json numbers = Json::array(), drivers = Json::array();
    for (std::size_t number = 0; number < all_.numbers.size(); ++number) {
      Json plans = Json::array();
      for (std::size_t plan = 0; plan < all_.plans.size(); ++plan) {
        const Effect& effect = all_.at(number, plan);
        Json entry = {
            {"plan", all_.plans[plan]}, {"mean", estimate_json(effect.mean)}, {"p95", estimate_json(effect.p95)}};
        for (std::size_t m = 0; m < all_.measures.size(); ++m)
          entry[all_.measures[m].address] = estimate_json(effect.shares[m]);
        entry["sign_known"] = Effect::sign_is_known(effect.mean);
        plans.push_back(entry);
      }
      numbers.push_back(
          {{"address", all_.numbers[number].address}, {"value", all_.numbers[number].value}, {"plans", plans}});
    }
    for (std::size_t d = 0; d < all_.drivers.size(); ++d)
      drivers.push_back({{"unknown", all_.drivers[d]},
                         {"evppi", all_.value.by_driver[d].value},
                         {"se", all_.value.by_driver[d].error}});
    study_.json["numbers"] = numbers;
    study_.json["unmoved"] = all_.unmoved;
    study_.json["choices"] = all_.choices;
    study_.json["evpi"] = {
        {"value", all_.value.perfect.value}, {"se", all_.value.perfect.error}, {"paths", all_.value_paths}};
    study_.json["drivers"] = drivers;
  }

  void arrays() {
    results::ArraysFile& file = study_.file;
    std::vector<std::string> labels, measures;
    for (const scenario::NumberAt& number : all_.numbers) labels.push_back(number.address);
    for (const decide::Measure& measure : all_.measures) measures.push_back(measure.address);
    if (!labels.empty()) {
      file.dimensions = {{"number", labels, {}, "1", "address in the scenario"}, {"plan", all_.plans, {}, "1", "plan"}};
      if (!measures.empty()) file.dimensions.push_back({"measure", measures, {}, "1", "share that the goal may bound"});
      const auto add = [&](const std::string& name, const char* what, results::Estimate Effect::*figure) {
        const std::pair<const char*, double results::Estimate::*> ends[] = {
            {"", &results::Estimate::value}, {"_low", &results::Estimate::low}, {"_high", &results::Estimate::high}};
        for (const auto& [suffix, end] : ends) {
          results::NamedArray array{name + suffix, {"number", "plan"}, "1", what, {}};
          for (const Effect& effect : all_.effects) array.values.push_back(effect.*figure.*end);
          file.arrays.push_back(std::move(array));
        }
      };
      add("mean_elasticity", "percent of the mean cost by one percent of the number", &Effect::mean);
      add("p95_elasticity", "percent of P95 by one percent of the number", &Effect::p95);
      results::NamedArray shares{
          "share_effect", {"number", "plan", "measure"}, "1", "change of a share by ten percent of the number", {}};
      for (const Effect& effect : all_.effects)
        for (const results::Estimate& share : effect.shares) shares.values.push_back(share.value);
      if (!measures.empty()) file.arrays.push_back(std::move(shares));
    }
    if (all_.drivers.empty() || all_.value.by_driver.empty()) return;
    file.dimensions.push_back({"unknown", all_.drivers, {}, "1", "address of what is drawn once per future"});
    results::NamedArray worth{"evppi", {"unknown"}, scenario_.currency, "worth of knowing it before choosing", {}},
        error{"evppi_se", {"unknown"}, scenario_.currency, "standard error of evppi", {}};
    for (const decide::Worth& one : all_.value.by_driver) {
      worth.values.push_back(one.value);
      error.values.push_back(one.error);
    }
    file.arrays.push_back(std::move(worth));
    file.arrays.push_back(std::move(error));
  }

  const Sensitivity& all_;
  const scenario::Scenario& scenario_;
  std::size_t plan_;
  Study study_;
  std::vector<std::size_t> order_;
};

}  // namespace

Study study_of(const Sensitivity& sensitivity, const scenario::Scenario& scenario, std::size_t plan) {
  return SensitivityWriter(sensitivity, scenario, plan).write();
}

}  // namespace costrisk::present
