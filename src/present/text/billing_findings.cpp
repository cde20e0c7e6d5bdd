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
using calibrate::Course;

namespace {

/// A number, or a law from the least to the greatest month, of the mean that was paid.
std::string monthly_text(const BillItem& item) {
  const calibrate::BillLaw law = calibrate::law_of(item);
  if (law.low == law.high) return rounded_number(item.monthly, 5);
  return fmt::format("{{ low = {}, mode = {}, high = {} }}", rounded_number(law.low, 5), rounded_number(law.mode, 5),
                     rounded_number(law.high, 5));
}

std::string month_text(double seconds) { return trace::instant_text(seconds).substr(0, 7); }

/// What an item does from month to month, where it is no mean that stands for it; empty where it is.
std::string course_text(const BillItem& item, const Bill& bill) {
  const std::string last = bill.period_begins.empty() || item.months.empty()
                               ? "the last month"
                               : month_text(bill.period_begins[item.months.size() - 1]);
  const std::string mean = rounded_number(item.mean_monthly, 4), now = rounded_number(item.monthly, 4);
  switch (item.course) {
    case Course::steady:
      return "";
    case Course::trend:
      return fmt::format("{} in {}, {} over {} months: {}", now, last, mean, item.months.size(),
                         growth_text(item.growth));
    case Course::newcomer:
      return fmt::format("{} in {}, after months without it", now, last);
    case Course::changed:
      return fmt::format("{} in {}, {} in the mean of all months", now, last, mean);
    case Course::gone:
      return fmt::format("nothing in {}, {} in the mean of all months", last, mean);
  }
  return "";
}

const char* course_name(Course course) {
  switch (course) {
    case Course::steady:
      return "";
    case Course::trend:
      return "trend";
    case Course::newcomer:
      return "newcomer";
    case Course::changed:
      return "changed";
    case Course::gone:
      return "gone";
  }
  return "";
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
  for (const BillItem& item : bill.items) plot.rows.push_back(item_name(item));
  for (std::size_t i = 0; i < bill.items.size(); ++i)
    bars.points.emplace_back(static_cast<double>(i + 1), bill.items[i].monthly);
  plot.series = {bars};
  return plot;
}

PlainTable item_table(const Bill& bill) {
  PlainTable table;
  table.title = fmt::format("Run rate, {} a month of 730 h", bill.currency);
  table.columns = {"item", "owner", "cost", "a month", "course"};
  for (const BillItem& item : bill.items)
    table.rows.push_back({item.what, item.owner, rounded_number(item.cost, 5), rounded_number(item.monthly, 5),
                          item.course == Course::trend ? growth_text(item.growth) : course_name(item.course)});
  table.rows.push_back({"all", "", "", rounded_number(bill.monthly(), 5), ""});
  for (const BillItem& item : bill.once)
    table.rows.push_back({item.what, item.owner, rounded_number(item.cost, 5), "once", ""});
  return table;
}

void add_items(const Bill& bill, Findings& findings) {
  std::map<std::string, int> names;
  const auto head = [&](const BillItem& item, const std::string& after) {
    std::string name = item_name(item) + after;
    if (const int before = names[name]++; before > 0) name += fmt::format(" {}", before + 1);
    findings.toml += fmt::format("[[item]]\nname = {}\n", toml_string(name));
    if (!item.owner.empty()) findings.toml += fmt::format("owner = {}\n", toml_string(name_of(item.owner)));
  };
  for (const BillItem& item : bill.items) {
    const std::string course = course_text(item, bill);
    if (!course.empty())
      findings.warnings.push_back(
          fmt::format("{}: {}; {}", item_name(item), course,
                      item.course == Course::gone ? "left out" : "the last month is written, as if it stayed so"));
    if (item.monthly < 0.0) {
      findings.warnings.push_back(fmt::format("{} comes to {}: an item cannot be negative, so it is left out",
                                              item.what, rounded_number(item.cost)));
      continue;
    }
    if (item.course == Course::gone) continue;
    if (!course.empty()) findings.toml += comment(course);
    head(item, "");
    findings.toml += fmt::format("monthly = {}\n\n", monthly_text(item));
  }
  for (const BillItem& item : bill.once) {
    if (item.cost < 0.0) {
      findings.notes.push_back(fmt::format("{} came once, and is a refund of {}: it stands in no item", item.what,
                                           rounded_number(-item.cost)));
      continue;
    }
    findings.toml += comment("came once in the bill; take it out if it will not come again");
    head(item, " once");
    findings.toml += fmt::format("once = {}\n\n", rounded_number(item.cost, 6));
  }
}

void add_sums(const Bill& bill, const BillingOptions& options, Findings& findings) {
  findings.notes.push_back(fmt::format("billed {}, effective {} {}", rounded_number(bill.billed, 6),
                                       rounded_number(bill.effective, 6), bill.currency));
  const auto apart = [&findings](double amount, const char* what) {
    if (amount != 0.0)
      findings.notes.push_back(
          fmt::format("{} of {} stand in no item{}", what, rounded_number(amount),
                      std::string_view(what) == "credits" ? ": plan.credit holds what is left of them" : ""));
  };
  apart(bill.credits, "credits");
  apart(bill.adjustments, "adjustments");
  if (bill.corrections != 0.0)
    findings.warnings.push_back(
        fmt::format("corrections and refunds of {} stand in no item; with them a month comes to {}",
                    rounded_number(bill.corrections),
                    rounded_number(bill.monthly() + bill.corrections / std::max(bill.months(), 1e-9), 5)));
  if (bill.left_out != 0.0)
    findings.notes.push_back(fmt::format("left out: {}", rounded_number(bill.left_out, 5)));
  else
    findings.notes.emplace_back(
        "what the scenario simulates as jobs and services is in these items too; --leave-out takes it from them");
  if (bill.without_owner > 0)
    findings.warnings.push_back(fmt::format("{} rows with a cost, {} {} in all, have no {}", bill.without_owner,
                                            rounded_number(bill.without_owner_cost, 5), bill.currency,
                                            options.owner_tag.empty() ? fmt::format("'{}'", options.owner_column)
                                                                      : fmt::format("tag '{}'", options.owner_tag)));
  if (bill.copies > 0)
    findings.warnings.push_back(fmt::format(
        "{} rows of {} {} are copies of rows before, as of an export that is in the files twice: counted once "
        "(--keep-copies counts them all)",
        bill.copies, rounded_number(bill.copied_cost, 5), bill.currency));
  if (bill.too_many_for_copies)
    findings.notes.emplace_back(
        "the files have more rows than copies are looked for among: the first millions alone were");
  constexpr double many_repeated = 0.3;
  if (static_cast<double>(bill.repeated) > many_repeated * static_cast<double>(bill.rows))
    findings.warnings.push_back(
        fmt::format("{} rows of {} {} are the same as the row before them, and are counted: does the export have each "
                    "twice?",
                    bill.repeated, rounded_number(bill.repeated_cost, 5), bill.currency));
  if (bill.months() < 0.9)
    findings.warnings.push_back(
        fmt::format("the bill covers {} days: a run rate of so short a time misses what comes once a month",
                    rounded_number(bill.months() * hours_per_month / 24.0, 3)));
  if (options.cost == BillingOptions::Cost::effective && bill.effective < 0.5 * bill.billed && bill.once.empty() &&
      bill.commitments.empty())
    findings.warnings.emplace_back(
        "the effective cost is less than half of what was billed: where the export leaves EffectiveCost empty, take "
        "--cost billed");
}

nlohmann::ordered_json items_json(const std::vector<BillItem>& all) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const BillItem& item : all)
    items.push_back({{"item", item.what},
                     {"owner", item.owner},
                     {"cost", item.cost},
                     {"monthly", item.monthly},
                     {"mean_monthly", item.mean_monthly},
                     {"months", item.months},
                     {"course", item.course == Course::steady ? "steady" : course_name(item.course)},
                     {"growth_per_month", item.growth}});
  return items;
}

}  // namespace

Findings billing_findings(const Bill& bill, const BillingOptions& options) {
  Findings findings;
  findings.title = "Bill";
  std::vector<std::string> files;
  for (const std::string& file : bill.files) files.push_back(std::filesystem::path(file).filename().string());
  findings.toml =
      comment(fmt::format("{}: {} rows, {} to {} UTC; {} cost, {} {} a month of 730 h", fmt::join(files, ", "),
                          bill.rows, trace::instant_text(bill.first_seconds), trace::instant_text(bill.last_seconds),
                          options.cost == BillingOptions::Cost::effective ? "effective" : "billed",
                          rounded_number(bill.monthly(), 5), bill.currency));
  add_items(bill, findings);
  for (const BillCommitment& commitment : bill.commitments) findings.toml += commitment_text(commitment, bill);
  findings.tables.push_back(item_table(bill));
  if (!bill.items.empty()) findings.plots.push_back(item_chart(bill));
  add_sums(bill, options, findings);
  findings.readings = bill.readings;
  if (!bill.items.empty()) findings.means.push_back(bill.monthly_check());
  add_readings(findings);
  nlohmann::ordered_json commitments = nlohmann::ordered_json::array();
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
                   {"adjustments", bill.adjustments},
                   {"corrections", bill.corrections},
                   {"once_cost", bill.once_cost},
                   {"copies", bill.copies},
                   {"without_owner", bill.without_owner_cost},
                   {"items", items_json(bill.items)},
                   {"once", items_json(bill.once)},
                   {"commitments", commitments}};
  return findings;
}

}  // namespace costrisk::present
