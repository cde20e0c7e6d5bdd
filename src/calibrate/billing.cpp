// A pass over the rows of a bill.
#include "src/calibrate/billing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/calibrate/statistics.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

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
      throw results::FormatError(fmt::format("{}: '{}' in column {} is no number; expected an amount such as 12.34",
                                             table_.place(row), *cell, name));
    return *number;
  }
  std::optional<double> instant(const trace::CsvRow& row, const char* name) const {
    const auto cell = text(row, name);
    if (!cell) return std::nullopt;
    const auto time = trace::parse_instant(*cell);
    if (!time)
      throw results::FormatError(
          fmt::format("{}: '{}' in column {} is no time; expected one such as 2026-01-05T00:00:00Z", table_.place(row),
                      *cell, name));
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
    if (trace::lower_case(columns.text(row, "ChargeFrequency").value_or("")) == "one-time")
      commitment.upfront += billed;
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

}  // namespace

double Bill::months() const { return (last_seconds - first_seconds) / seconds_per_hour / hours_per_month; }

double Bill::monthly() const {
  double total = 0.0;
  for (const BillItem& item : items) total += item.monthly;
  return total;
}

Bill read_bill(const trace::CsvTable& table, const BillingOptions& options) {
  const BillColumns columns(table);
  const char* cost_column = options.cost == BillingOptions::Cost::effective ? "EffectiveCost" : "BilledCost";
  const char* group_column = options.by == BillingOptions::By::category ? "ServiceCategory" : "ServiceName";
  Bill bill;
  bill.file = table.file;
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
        throw results::FormatError(fmt::format("{}: {} after {}; a scenario has one currency: divide the bill first",
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
    throw results::FormatError(
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
        const double hours = (std::min(end, span.last) - std::max(begin, span.first)) / seconds_per_hour;
        if (hours >= 24.0)
          item.months.push_back((found == group.by_period.end() ? 0.0 : found->second) * hours_per_month / hours);
      }
    bill.items.push_back(std::move(item));
  }
  if (bill.items.empty() && bill.commitments.empty())
    throw TooLittleData(fmt::format("{}: no row has a cost{}", table.file,
                                    options.leave_out.empty() ? "" : " besides what is left out"));
  put_together(bill.items, std::clamp(options.most_items, 2, 64));
  return bill;
}

}  // namespace costrisk::calibrate
