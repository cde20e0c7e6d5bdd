// The fragment, tables and plots of a bill.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

using calibrate::Bill;
using calibrate::BillCommitment;
using calibrate::BillingOptions;
using calibrate::BillItem;

namespace {

/// The mean, or with three months and more a law from the least to the greatest of them.
std::string monthly_text(const BillItem& item) {
  if (item.months.size() < 3) return rounded_number(item.monthly, 5);
  const auto [low, high] = std::minmax_element(item.months.begin(), item.months.end());
  if (!(*low < item.monthly && item.monthly < *high) || *low < 0.0) return rounded_number(item.monthly, 5);
  return fmt::format("{{ low = {}, mode = {}, high = {} }}", rounded_number(*low, 5), rounded_number(item.monthly, 5),
                     rounded_number(*high, 5));
}

std::string commitment_text(const BillCommitment& c, const Bill& bill) {
  const double hours = bill.months() * hours_per_month, cost = c.used + c.unused;
  std::string text =
      comment(fmt::format("{} {} ({}): effective cost {}, unused {}; billed {} for it",
                          c.spend ? "savings plan" : "commitment", c.id, c.type.empty() ? "type not given" : c.type,
                          rounded_number(cost, 5), rounded_number(c.unused, 5), rounded_number(c.purchases, 5)));
  if (!(cost > 0.0) && !(c.purchases > 0.0))
    return text + comment("its rows carry no effective cost, so nothing follows for a plan");
  text += comment("for a plan, once its market stands in the scenario; set the term that is left:");
  if (c.spend) {
    text += comment(
        fmt::format("[[plan.savings_plan]]\nspend_per_hour = {}\nterm = \"1y\"", rounded_number(cost / hours, 5)));
    return text + comment(c.covered_list > 0.0
                              ? fmt::format("discounts = {{ MARKET = {} }}",
                                            rounded_number(std::clamp(1.0 - c.used / c.covered_list, 0.0, 0.99), 3))
                              : std::string("discounts = { MARKET = … }   # the bill names no list cost"));
  }
  const double instances = c.quantity / hours;
  return text + comment(fmt::format(
                    "[[plan.commitment]]\nmarket = \"MARKET\"\nkind = \"discount\"\ninstances = {}   # {} {} an "
                    "hour\nprice_per_hour = {}\nterm = \"1y\"",
                    rounded_number(std::max(1.0, std::round(instances)), 6), rounded_number(instances, 3),
                    c.unit.empty() ? "units" : c.unit, rounded_number(c.quantity > 0.0 ? cost / c.quantity : 0.0, 5)));
}

std::string item_name(const BillItem& item) {
  return name_of(item.owner.empty() ? item.what : item.what + " - " + item.owner);
}

Plot item_chart(const Bill& bill) {
  Plot plot;
  plot.title = "Run rate a month of each item, in the order of the table";
  plot.x_label = "item";
  plot.y_label = bill.currency + " a month";
  Series bars{"monthly", Series::Mark::bars, {}};
  for (std::size_t i = 0; i < bill.items.size(); ++i)
    bars.points.emplace_back(static_cast<double>(i + 1), bill.items[i].monthly);
  plot.series = {bars};
  return plot;
}

PlainTable item_table(const Bill& bill) {
  PlainTable table;
  table.title = fmt::format("Run rate, {} a month of 730 h", bill.currency);
  table.columns = {"item", "owner", "cost", "a month"};
  for (const BillItem& item : bill.items)
    table.rows.push_back({item.what, item.owner, rounded_number(item.cost, 5), rounded_number(item.monthly, 5)});
  table.rows.push_back({"all", "", "", rounded_number(bill.monthly(), 5)});
  return table;
}

}  // namespace

Findings billing_findings(const Bill& bill, const BillingOptions& options) {
  Findings findings;
  findings.title = "Bill";
  findings.toml = comment(fmt::format("{}: {} rows, {} to {} UTC; {} cost, {} {} a month of 730 h",
                                      std::filesystem::path(bill.file).filename().string(), bill.rows,
                                      trace::instant_text(bill.first_seconds), trace::instant_text(bill.last_seconds),
                                      options.cost == BillingOptions::Cost::effective ? "effective" : "billed",
                                      rounded_number(bill.monthly(), 5), bill.currency));
  std::map<std::string, int> names;
  for (const BillItem& item : bill.items) {
    if (item.cost < 0.0) {
      findings.warnings.push_back(fmt::format("{} comes to {}: an item cannot be negative, so it is left out",
                                              item.what, rounded_number(item.cost)));
      continue;
    }
    std::string name = item_name(item);
    if (const int before = names[name]++; before > 0) name += fmt::format(" {}", before + 1);
    findings.toml += fmt::format("[[item]]\nname = {}\n", toml_string(name));
    if (!item.owner.empty()) findings.toml += fmt::format("owner = {}\n", toml_string(name_of(item.owner)));
    findings.toml += fmt::format("monthly = {}\n\n", monthly_text(item));
  }
  for (const BillCommitment& commitment : bill.commitments) findings.toml += commitment_text(commitment, bill);
  findings.tables.push_back(item_table(bill));
  if (!bill.items.empty()) findings.plots.push_back(item_chart(bill));
  findings.notes.push_back(fmt::format("billed {}, effective {} {}", rounded_number(bill.billed, 6),
                                       rounded_number(bill.effective, 6), bill.currency));
  if (bill.credits != 0.0)
    findings.notes.push_back(fmt::format("credits of {} stand in no item: plan.credit holds what is left of them",
                                         rounded_number(bill.credits)));
  if (bill.adjustments != 0.0)
    findings.notes.push_back(fmt::format("adjustments of {} stand in no item", rounded_number(bill.adjustments)));
  if (bill.left_out != 0.0)
    findings.notes.push_back(fmt::format("left out: {}", rounded_number(bill.left_out, 5)));
  else
    findings.notes.emplace_back(
        "what the scenario simulates as jobs and services is in these items too; --leave-out takes it from them");
  if (bill.without_owner > 0)
    findings.warnings.push_back(
        fmt::format("{} rows with a cost have no tag '{}'", bill.without_owner, options.owner_tag));
  if (bill.months() < 0.9)
    findings.warnings.push_back(
        fmt::format("the bill covers {} days: a run rate of so short a time misses what comes once a month",
                    rounded_number(bill.months() * hours_per_month / 24.0, 3)));
  if (options.cost == BillingOptions::Cost::effective && bill.effective < 0.5 * bill.billed)
    findings.warnings.emplace_back(
        "the effective cost is less than half of what was billed: where the export leaves EffectiveCost empty, take "
        "--cost billed");
  nlohmann::ordered_json items = nlohmann::ordered_json::array(), commitments = nlohmann::ordered_json::array();
  for (const BillItem& item : bill.items)
    items.push_back({{"item", item.what}, {"owner", item.owner}, {"cost", item.cost}, {"monthly", item.monthly}});
  for (const BillCommitment& c : bill.commitments)
    commitments.push_back({{"id", c.id},
                           {"type", c.type},
                           {"spend", c.spend},
                           {"used", c.used},
                           {"unused", c.unused},
                           {"covered_list", c.covered_list},
                           {"quantity", c.quantity},
                           {"unit", c.unit},
                           {"purchases", c.purchases}});
  findings.json = {{"currency", bill.currency},
                   {"from", trace::instant_text(bill.first_seconds)},
                   {"until", trace::instant_text(bill.last_seconds)},
                   {"monthly", bill.monthly()},
                   {"billed", bill.billed},
                   {"effective", bill.effective},
                   {"credits", bill.credits},
                   {"taxes", bill.taxes},
                   {"items", items},
                   {"commitments", commitments}};
  return findings;
}

}  // namespace costrisk::present
