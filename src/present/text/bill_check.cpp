#include "src/present/text/bill_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/actuals.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"

namespace costrisk::present {

namespace {

using backtest::BillCheck;
using backtest::BillPeriod;
using backtest::OwnerBillCheck;
using backtest::PlanBillCheck;

constexpr const char* all_owners = "all";

/// "inside 50 %", "inside 90 %", "below", "above".
const char* place_of(const BillPeriod& period) {
  if (period.within50()) return "inside 50 %";
  if (period.within90()) return "inside 90 %";
  return period.came < period.p5 ? "below" : "above";
}

std::string plan_sentence(const PlanBillCheck& plan, const std::string& currency) {
  const OwnerBillCheck& all = plan.owners.front();
  const auto money = [&](double amount) { return money_with_unit(amount, currency); };
  const auto inside = std::count_if(all.months.begin(), all.months.end(), [](const auto& m) { return m.within90(); });
  std::string sentence = fmt::format(
      "The forecast of “{}” {}: {} came in {} and {} was foretold on average, with nine futures of ten between {} and "
      "{}",
      plan.plan, plan.held() ? "held" : "did not hold", money(all.all.came), all.all.name, money(all.all.mean),
      money(all.all.p5), money(all.all.p95));
  if (all.months.size() > 1)
    sentence +=
        fmt::format("; {} of {} lie within their own such interval", inside, counted(all.months.size(), "month"));
  std::vector<std::string> outside;
  for (std::size_t o = 1; o < plan.owners.size(); ++o)
    if (const BillPeriod& of = plan.owners[o].all; !of.within90())
      outside.push_back(fmt::format("{} ({} for {})", plan.owners[o].owner, money(of.came), money(of.mean)));
  if (!outside.empty())
    sentence += fmt::format("; outside of it {} {}", outside.size() == 1 ? "is" : "are", listed(outside));
  return sentence + ".";
}

}  // namespace

std::vector<std::string> bill_verdict(const BillCheck& check) {
  std::vector<std::string> sentences;
  for (const PlanBillCheck& plan : check.plans) sentences.push_back(plan_sentence(plan, check.read.currency));
  if (check.of_others != 0.0)
    sentences.push_back(fmt::format("Of what came, {} is of owners of whom the scenario foretells nothing.",
                                    money_with_unit(check.of_others, check.read.currency)));
  if (!check.left_out.empty())
    sentences.push_back(fmt::format("The bills have no row of {}: {} not compared.", listed(check.left_out),
                                    check.left_out.size() == 1 ? "it is" : "they are"));
  return sentences;
}

std::vector<PlainTable> bill_tables(const BillCheck& check) {
  std::vector<PlainTable> tables;
  for (const PlanBillCheck& plan : check.plans) {
    std::vector<double> amounts;
    for (const OwnerBillCheck& owner : plan.owners)
      for (const double amount : {owner.all.came, owner.all.p95}) amounts.push_back(amount);
    const MoneyUnit unit = money_unit(amounts, check.read.currency);
    PlainTable table;
    table.title = fmt::format("{}, in {}", plan.plan, unit.name);
    table.columns = {"owner", "month", "came", "mean", "P5", "P25", "P50", "P75", "P95", "PIT", ""};
    for (const OwnerBillCheck& owner : plan.owners) {
      std::vector<BillPeriod> periods = owner.months;
      if (periods.size() > 1) periods.push_back(owner.all);
      for (const BillPeriod& p : periods)
        table.rows.push_back({owner.owner.empty() ? all_owners : owner.owner, p.name, money(p.came, unit),
                              money(p.mean, unit), money(p.p5, unit), money(p.p25, unit), money(p.p50, unit),
                              money(p.p75, unit), money(p.p95, unit), fmt::format("{:.2f}", p.transform), place_of(p)});
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

nlohmann::ordered_json bill_json(const BillCheck& check) {
  using Json = nlohmann::ordered_json;
  const auto date = [&](double seconds) { return date_after(check.read.start, seconds); };
  const auto period_json = [](const BillPeriod& p) {
    return Json{{"period", p.name},
                {"came", p.came},
                {"mean", p.mean},
                {"p5", p.p5},
                {"p25", p.p25},
                {"p50", p.p50},
                {"p75", p.p75},
                {"p95", p.p95},
                {"transform", p.transform},
                {"within50", p.within50()},
                {"within90", p.within90()}};
  };
  Json document = {{"scenario", check.read.name},
                   {"currency", check.read.currency},
                   {"paths", check.paths},
                   {"forecast_from", date(check.origin_seconds)},
                   {"until", date(check.until_seconds)},
                   {"left_out", check.left_out},
                   {"of_others", check.of_others}};
  Json& plans = document["plans"] = Json::array();
  for (const PlanBillCheck& plan : check.plans) {
    Json owners = Json::array();
    for (const OwnerBillCheck& owner : plan.owners) {
      Json months = Json::array();
      for (const BillPeriod& month : owner.months) months.push_back(period_json(month));
      owners.push_back({{"owner", owner.owner.empty() ? Json(nullptr) : Json(owner.owner)},
                        {"months", months},
                        {"all", period_json(owner.all)}});
    }
    plans.push_back({{"plan", plan.plan}, {"held", plan.held()}, {"owners", owners}});
  }
  document["verdict"] = bill_verdict(check);
  return document;
}

}  // namespace costrisk::present
