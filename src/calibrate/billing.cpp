// A pass over the rows of a bill, and what comes of it.
#include "src/calibrate/billing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>

#include "src/calibrate/errors.hpp"
#include "src/calibrate/toml_text.hpp"
#include "src/trace/history_time.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double hours_per_month = 730.0;

/// The columns of a bill that are read, and the cells of a row by them.
class BillColumns {
 public:
  explicit BillColumns(const trace::CsvTable& table) : table_(table) {
    for (const char* name : {"ChargeCategory", "BilledCost", "EffectiveCost"}) table.required_column({name});
  }

  /// Nothing where the column is missing or the cell is empty or NULL.
  std::optional<std::string> text(const trace::CsvRow& row, const char* name) const {
    const auto column = table_.column(name);
    if (!column || trace::is_absent(row.cells[*column])) return std::nullopt;
    return row.cells[*column];
  }
  double amount(const trace::CsvRow& row, const char* name) const {
    const auto cell = text(row, name);
    if (!cell) return 0.0;
    const auto number = trace::parse_number(*cell);
    if (!number)
      throw io::FormatError(fmt::format("{}: '{}' in column {} is no number", table_.place(row), *cell, name));
    return *number;
  }
  std::optional<double> instant(const trace::CsvRow& row, const char* name) const {
    const auto cell = text(row, name);
    if (!cell) return std::nullopt;
    const auto time = trace::parse_instant(*cell);
    if (!time) throw io::FormatError(fmt::format("{}: '{}' in column {} is no time", table_.place(row), *cell, name));
    return time->seconds;
  }

 private:
  const trace::CsvTable& table_;
};

/// The value of a key in Tags, which is a JSON object; a text that is none has no tags.
std::string tag_of(const std::optional<std::string>& tags, const std::string& key) {
  if (!tags) return "";
  const auto parsed = nlohmann::json::parse(*tags, nullptr, false);
  if (!parsed.is_object() || !parsed.contains(key)) return "";
  const auto& value = parsed[key];
  return value.is_string() ? value.get<std::string>() : value.dump();
}

struct Span {
  double first = std::numeric_limits<double>::infinity(), last = -std::numeric_limits<double>::infinity();

  void add(std::optional<double> from, std::optional<double> to) {
    if (from) first = std::min(first, *from);
    if (to) last = std::max(last, *to);
  }
  bool known() const { return first < last; }
};

struct Group {
  double cost = 0.0;
  std::map<double, double> by_period;  ///< begin of the billing period, cost
};

BillCommitment& commitment_of(std::vector<BillCommitment>& commitments, const std::string& id) {
  for (BillCommitment& commitment : commitments)
    if (commitment.id == id) return commitment;
  commitments.emplace_back();
  commitments.back().id = id;
  return commitments.back();
}

void read_commitment(const BillColumns& columns, const trace::CsvRow& row, const std::string& category, Bill& bill) {
  const auto id = columns.text(row, "CommitmentDiscountId");
  if (!id) return;
  BillCommitment& commitment = commitment_of(bill.commitments, *id);
  if (const auto type = columns.text(row, "CommitmentDiscountType")) commitment.type = *type;
  if (const auto unit = columns.text(row, "CommitmentDiscountUnit")) commitment.unit = *unit;
  if (const auto kind = columns.text(row, "CommitmentDiscountCategory"))
    commitment.spend = trace::lower_case(*kind) == "spend";
  else if (!commitment.spend && !commitment.unit.empty())
    commitment.spend = commitment.unit == columns.text(row, "BillingCurrency").value_or("USD");
  if (category == "purchase") {
    const double billed = columns.amount(row, "BilledCost");
    commitment.purchases += billed;
    const auto from = columns.instant(row, "ChargePeriodStart"), to = columns.instant(row, "ChargePeriodEnd");
    if (trace::lower_case(columns.text(row, "ChargeFrequency").value_or("")) == "one-time")
      commitment.upfront += billed;
    else if (from && to)
      commitment.purchase_hours += (*to - *from) / 3600.0;
    return;
  }
  const bool unused = trace::lower_case(columns.text(row, "CommitmentDiscountStatus").value_or("")) == "unused";
  (unused ? commitment.unused : commitment.used) += columns.amount(row, "EffectiveCost");
  if (!unused) commitment.covered_list += columns.amount(row, "ListCost");
  commitment.quantity += columns.text(row, "CommitmentDiscountQuantity")
                             ? columns.amount(row, "CommitmentDiscountQuantity")
                             : columns.amount(row, "PricingQuantity");
}

void put_together(std::vector<BillItem>& items, int most) {
  std::sort(items.begin(), items.end(), [](const BillItem& a, const BillItem& b) {
    return a.cost != b.cost ? a.cost > b.cost : a.what + a.owner < b.what + b.owner;
  });
  if (static_cast<int>(items.size()) <= most) return;
  BillItem rest;
  rest.what = "everything else";
  for (std::size_t i = static_cast<std::size_t>(most) - 1; i < items.size(); ++i) {
    rest.cost += items[i].cost;
    rest.monthly += items[i].monthly;
    rest.months.resize(std::max(rest.months.size(), items[i].months.size()), 0.0);
    for (std::size_t k = 0; k < items[i].months.size(); ++k) rest.months[k] += items[i].months[k];
  }
  items.resize(static_cast<std::size_t>(most) - 1);
  items.push_back(rest);
}

/// The mean, or with three months and more a law from the least to the greatest of them.
std::string monthly_text(const BillItem& item) {
  if (item.months.size() < 3) return number_text(item.monthly, 5);
  const auto [low, high] = std::minmax_element(item.months.begin(), item.months.end());
  if (!(*low < item.monthly && item.monthly < *high) || *low < 0.0) return number_text(item.monthly, 5);
  return fmt::format("{{ low = {}, mode = {}, high = {} }}", number_text(*low, 5), number_text(item.monthly, 5),
                     number_text(*high, 5));
}

std::string commitment_text(const BillCommitment& c, const Bill& bill) {
  const double hours = bill.months() * hours_per_month, cost = c.used + c.unused;
  std::string text =
      comment(fmt::format("{} {} ({}): effective cost {}, unused {}; billed {} for it",
                          c.spend ? "savings plan" : "commitment", c.id, c.type.empty() ? "type not given" : c.type,
                          number_text(cost, 5), number_text(c.unused, 5), number_text(c.purchases, 5)));
  if (!(cost > 0.0) && !(c.purchases > 0.0))
    return text + comment("its rows carry no effective cost, so nothing follows for a plan");
  text += comment("for a plan, once its market stands in the scenario; set the term that is left:");
  if (c.spend) {
    text +=
        comment(fmt::format("[[plan.savings_plan]]\nspend_per_hour = {}\nterm = \"1y\"", number_text(cost / hours, 5)));
    return text + comment(c.covered_list > 0.0
                              ? fmt::format("discounts = {{ MARKET = {} }}",
                                            number_text(std::clamp(1.0 - c.used / c.covered_list, 0.0, 0.99), 3))
                              : std::string("discounts = { MARKET = … }   # the bill names no list cost"));
  }
  const double instances = c.quantity / hours;
  return text + comment(fmt::format(
                    "[[plan.commitment]]\nmarket = \"MARKET\"\nkind = \"discount\"\ninstances = {}   # {} {} an "
                    "hour\nprice_per_hour = {}\nterm = \"1y\"",
                    number_text(std::max(1.0, std::round(instances)), 6), number_text(instances, 3),
                    c.unit.empty() ? "units" : c.unit, number_text(c.quantity > 0.0 ? cost / c.quantity : 0.0, 5)));
}

std::string item_name(const BillItem& item) {
  return name_of(item.owner.empty() ? item.what : item.what + " - " + item.owner);
}

Chart item_chart(const Bill& bill) {
  Chart chart;
  chart.title = "Run rate a month of each item, in the order of the table";
  chart.x_label = "item";
  chart.y_label = bill.currency + " a month";
  Series bars{"monthly", Series::Mark::bars, {}};
  for (std::size_t i = 0; i < bill.items.size(); ++i)
    bars.points.emplace_back(static_cast<double>(i + 1), bill.items[i].monthly);
  chart.series = {bars};
  return chart;
}

Table item_table(const Bill& bill) {
  Table table;
  table.title = fmt::format("Run rate, {} a month of 730 h", bill.currency);
  table.columns = {"item", "owner", "cost", "a month"};
  double total = 0.0;
  for (const BillItem& item : bill.items) {
    table.rows.push_back({item.what, item.owner, number_text(item.cost, 5), number_text(item.monthly, 5)});
    total += item.monthly;
  }
  table.rows.push_back({"all", "", "", number_text(total, 5)});
  return table;
}

}  // namespace

double Bill::months() const { return (last_seconds - first_seconds) / 3600.0 / hours_per_month; }

Bill read_bill(const trace::CsvTable& table, const BillingOptions& options) {
  const BillColumns columns(table);
  const char* cost_column = options.cost == BillingOptions::Cost::effective ? "EffectiveCost" : "BilledCost";
  const char* group_column = options.by == BillingOptions::By::category ? "ServiceCategory" : "ServiceName";
  Bill bill;
  Span use, periods;
  std::map<std::pair<std::string, std::string>, Group> groups;
  std::map<double, double> period_ends;
  for (const trace::CsvRow& row : table.rows) {
    ++bill.rows;
    const std::string category = trace::lower_case(columns.text(row, "ChargeCategory").value_or(""));
    const double cost = columns.amount(row, cost_column);
    bill.billed += columns.amount(row, "BilledCost");
    bill.effective += columns.amount(row, "EffectiveCost");
    if (const auto currency = columns.text(row, "BillingCurrency")) {
      if (!bill.currency.empty() && bill.currency != *currency)
        throw io::FormatError(fmt::format("{}: {} after {}; a scenario has one currency: divide the bill first",
                                          table.place(row), *currency, bill.currency));
      bill.currency = *currency;
    }
    const auto period = columns.instant(row, "BillingPeriodStart"),
               period_end = columns.instant(row, "BillingPeriodEnd");
    periods.add(period, period_end);
    if (period && period_end) period_ends[*period] = *period_end;
    if (category == "usage")
      use.add(columns.instant(row, "ChargePeriodStart"), columns.instant(row, "ChargePeriodEnd"));
    read_commitment(columns, row, category, bill);
    if (category == "credit") {
      bill.credits += cost;
      continue;
    }
    if (category == "tax") bill.taxes += cost;
    if (category == "adjustment") {
      bill.adjustments += cost;
      continue;
    }
    std::string what = category == "tax" ? "tax" : columns.text(row, group_column).value_or("Other");
    if (std::find(options.leave_out.begin(), options.leave_out.end(), what) != options.leave_out.end()) {
      bill.left_out += cost;
      continue;
    }
    std::string owner;
    if (!options.owner_tag.empty()) {
      owner = tag_of(columns.text(row, "Tags"), options.owner_tag);
      if (owner.empty() && cost != 0.0) ++bill.without_owner;
    }
    Group& group = groups[{std::move(what), std::move(owner)}];
    group.cost += cost;
    if (period) group.by_period[*period] += cost;
  }
  const Span& span = use.known() ? use : periods;
  if (!span.known())
    throw io::FormatError(
        fmt::format("{}: no row says when it was; expected ChargePeriodStart and ChargePeriodEnd, or "
                    "BillingPeriodStart and BillingPeriodEnd",
                    table.file));
  bill.first_seconds = span.first;
  bill.last_seconds = span.last;
  if (bill.currency.empty()) bill.currency = "USD";
  for (const auto& [key, group] : groups) {
    if (group.cost == 0.0) continue;
    BillItem item;
    item.what = key.first;
    item.owner = key.second;
    item.cost = group.cost;
    item.monthly = group.cost / bill.months();
    if (period_ends.size() >= 3)
      for (const auto& [begin, end] : period_ends) {
        const auto found = group.by_period.find(begin);
        const double hours = (std::min(end, span.last) - std::max(begin, span.first)) / 3600.0;
        if (hours >= 24.0)
          item.months.push_back((found == group.by_period.end() ? 0.0 : found->second) * hours_per_month / hours);
      }
    bill.items.push_back(std::move(item));
  }
  put_together(bill.items, std::clamp(options.most_items, 2, 64));
  return bill;
}

Findings calibrate_billing(const trace::CsvTable& table, const BillingOptions& options) {
  const Bill bill = read_bill(table, options);
  if (bill.items.empty() && bill.commitments.empty())
    throw TooLittleData(fmt::format("{}: no row has a cost{}", table.file,
                                    options.leave_out.empty() ? "" : " besides what is left out"));
  Findings findings;
  findings.title = "Bill";
  double total = 0.0;
  for (const BillItem& item : bill.items) total += item.monthly;
  findings.toml = comment(fmt::format("{}: {} rows, {} to {} UTC; {} cost, {} {} a month of 730 h",
                                      std::filesystem::path(table.file).filename().string(), bill.rows,
                                      trace::instant_text(bill.first_seconds), trace::instant_text(bill.last_seconds),
                                      options.cost == BillingOptions::Cost::effective ? "effective" : "billed",
                                      number_text(total, 5), bill.currency));
  std::map<std::string, int> names;
  for (const BillItem& item : bill.items) {
    if (item.cost < 0.0) {
      findings.warnings.push_back(fmt::format("{} comes to {}: an item cannot be negative, so it is left out",
                                              item.what, number_text(item.cost)));
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
  if (!bill.items.empty()) findings.charts.push_back(item_chart(bill));
  findings.notes.push_back(fmt::format("billed {}, effective {} {}", number_text(bill.billed, 6),
                                       number_text(bill.effective, 6), bill.currency));
  if (bill.credits != 0.0)
    findings.notes.push_back(fmt::format("credits of {} stand in no item: plan.credit holds what is left of them",
                                         number_text(bill.credits)));
  if (bill.adjustments != 0.0)
    findings.notes.push_back(fmt::format("adjustments of {} stand in no item", number_text(bill.adjustments)));
  if (bill.left_out != 0.0)
    findings.notes.push_back(fmt::format("left out: {}", number_text(bill.left_out, 5)));
  else
    findings.notes.emplace_back(
        "what the scenario simulates as jobs and services is in these items too; --leave-out takes it from them");
  if (bill.without_owner > 0)
    findings.warnings.push_back(
        fmt::format("{} rows with a cost have no tag '{}'", bill.without_owner, options.owner_tag));
  if (bill.months() < 0.9)
    findings.warnings.push_back(
        fmt::format("the bill covers {} days: a run rate of so short a time misses what comes once a month",
                    number_text(bill.months() * hours_per_month / 24.0, 3)));
  if (options.cost == BillingOptions::Cost::effective && bill.effective < 0.5 * bill.billed)
    findings.warnings.emplace_back(
        "the effective cost is less than half of what was billed: where the export leaves EffectiveCost empty, take "
        "--cost "
        "billed");
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
                   {"monthly", total},
                   {"billed", bill.billed},
                   {"effective", bill.effective},
                   {"credits", bill.credits},
                   {"taxes", bill.taxes},
                   {"items", items},
                   {"commitments", commitments}};
  return findings;
}

}  // namespace costrisk::calibrate
