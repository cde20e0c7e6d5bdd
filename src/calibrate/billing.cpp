// Run rates of billing periods, and what they come to as items.
#include "src/calibrate/billing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "src/calibrate/statistics.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

/// From the mean, beyond which the last period is another level.
constexpr double notable_change = 0.25;
/// Two-sided 1 % quantiles of Student's t.
double student(std::size_t freedom) {
  constexpr double quantiles[] = {63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169};
  constexpr std::size_t count = sizeof(quantiles) / sizeof(quantiles[0]);
  return freedom == 0 ? std::numeric_limits<double>::infinity() : freedom <= count ? quantiles[freedom - 1] : 3.0;
}

/// Hours of a period that rows reach over.
struct Covered {
  double short_hours = 0.0, long_hours = 0.0;
  bool whole_short = false;

  double hours() const { return short_hours > 0.0 ? short_hours : long_hours; }
};

/// Between the first and the last period everything is covered.
std::vector<Covered> coverage_of(const std::vector<BillingPeriod>& periods) {
  double first = std::numeric_limits<double>::infinity(), last = -first;
  for (const BillingPeriod& period : periods) {
    if (period.short_first < period.short_last) {
      first = std::min(first, period.short_first);
      last = std::max(last, period.short_last);
    }
  }
  std::vector<Covered> covered;
  for (const BillingPeriod& period : periods) {
    Covered one;
    if (period.short_first < period.short_last) {
      const double from = std::max(period.begin, first), to = std::min(period.end, last);
      one.short_hours = std::max(0.0, to - from) / seconds_per_hour;
    }
    if (period.long_first < period.long_last)
      one.long_hours = (period.long_last - period.long_first) / seconds_per_hour;
    covered.push_back(one);
  }
  return covered;
}

/// The cost of a group in a period, by what it is scaled with.
struct InPeriod {
  double short_cost = 0.0, long_cost = 0.0, spread = 0.0;

  double cost() const { return short_cost + long_cost; }
  /// For a month of 730 h.
  double monthly(const Covered& covered) const {
    const double short_hours = covered.short_hours > 0.0 ? covered.short_hours : covered.long_hours;
    const double long_hours = covered.long_hours > 0.0 ? covered.long_hours : covered.short_hours;
    return spread + (short_hours > 0.0 ? short_cost * hours_per_month / short_hours : 0.0) +
           (long_hours > 0.0 ? long_cost * hours_per_month / long_hours : 0.0);
  }
};

struct Group {
  double cost = 0.0, once = 0.0;
  std::map<std::int32_t, InPeriod> periods;
};

/// Purchases whose export does not say how often they come: those of one period come once.
bool comes_once(const LedgerKey& key, const std::map<std::uint32_t, std::map<std::int32_t, bool>>& purchases) {
  if (key.frequency == Frequency::one_time) return true;
  if (key.charge != Charge::purchase || key.frequency != Frequency::not_given) return false;
  return purchases.at(key.service).size() == 1;
}

/// How the rates go, and the amount that stands for them.
void judge(BillItem& item, std::vector<double> rates, const std::vector<double>& hours) {
  // A few days of a last month say little of how things go.
  constexpr double week = 168.0;
  while (rates.size() > 1 && hours[rates.size() - 1] < week) rates.pop_back();
  const std::size_t n = rates.size();
  double sum = 0.0, all = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += rates[i] * hours[i];
    all += hours[i];
  }
  item.mean_monthly = item.monthly = all > 0.0 ? sum / all : 0.0;
  item.months = rates;
  if (n < 2) return;
  const double last = rates.back();
  constexpr double nothing = 1e-9;
  const auto is_nothing = [&](double rate) { return std::abs(rate) <= nothing * (1.0 + std::abs(item.mean_monthly)); };
  if (is_nothing(last)) {
    item.course = Course::gone;
    item.monthly = 0.0;
    return;
  }
  if (is_nothing(rates.front())) {
    item.course = Course::newcomer;
    item.monthly = last;
    return;
  }
  const bool all_positive =
      std::all_of(rates.begin(), rates.end(), [&](double rate) { return rate > 0.0 && !is_nothing(rate); });
  const auto far = [](double a, double b) {
    return a > 0.0 && b > 0.0 ? std::abs(std::log(a / b)) > std::log1p(notable_change) : true;
  };
  if (all_positive && n >= 3) {
    double mean_log = 0.0;
    const double middle = 0.5 * static_cast<double>(n - 1);
    for (const double rate : rates) mean_log += std::log(rate) / static_cast<double>(n);
    double along = 0.0, across = 0.0, left_over = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) - middle;
      along += t * std::log(rates[i]);
      across += t * t;
    }
    const double slope = along / across;
    for (std::size_t i = 0; i < n; ++i) {
      const double off = std::log(rates[i]) - mean_log - slope * (static_cast<double>(i) - middle);
      left_over += off * off;
    }
    const double error = std::sqrt(left_over / static_cast<double>(std::max<std::size_t>(n - 2, 1)) / across);
    const bool clear = std::abs(slope) > student(n - 2) * error && std::abs(slope) * static_cast<double>(n - 1) > 0.1;
    const bool one_way = std::is_sorted(rates.begin(), rates.end()) || std::is_sorted(rates.rbegin(), rates.rend());
    if (clear || (one_way && far(last, rates.front()))) {
      item.course = Course::trend;
      item.growth = std::expm1(slope);
      item.monthly = last;
      return;
    }
  }
  // Before the last period: what a change is measured against.
  double before = 0.0, before_hours = 0.0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    before += rates[i] * hours[i];
    before_hours += hours[i];
  }
  before /= before_hours;
  const auto [least, most] = std::minmax_element(rates.begin(), rates.end() - 1);
  if (far(last, before) && (last < *least || last > *most)) {
    item.course = Course::changed;
    item.monthly = last;
  }
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
    rest.mean_monthly += items[i].mean_monthly;
    rest.months.resize(std::max(rest.months.size(), items[i].months.size()), 0.0);
    for (std::size_t k = 0; k < items[i].months.size(); ++k) rest.months[k] += items[i].months[k];
    if (items[i].course != Course::steady && rest.course == Course::steady) rest.course = Course::changed;
  }
  items.resize(static_cast<std::size_t>(most) - 1);
  items.push_back(rest);
}

}  // namespace

LedgerOptions BillingOptions::ledger() const {
  LedgerOptions result;
  result.billed_cost = cost == Cost::billed;
  result.owner_tag = owner_tag;
  result.owner_column = owner_column;
  result.keep_copies = keep_copies;
  return result;
}

BillLaw law_of(const BillItem& item) {
  const BillLaw number = {item.monthly, item.monthly, item.monthly};
  constexpr std::size_t fewest = 3;
  if (item.course != Course::steady || item.months.size() < fewest) return number;
  const auto [least, most] = std::minmax_element(item.months.begin(), item.months.end());
  const double mean = item.monthly;
  double low = *least, high = *most;
  if (!(low < mean && mean < high) || low < 0.0) return number;
  // The mean is that which was paid; a bound that does not allow it is drawn in.
  double mode = 3.0 * mean - low - high;
  if (mode < low) {
    mode = low;
    high = 3.0 * mean - 2.0 * low;
  } else if (mode > high) {
    mode = high;
    low = 3.0 * mean - 2.0 * high;
  }
  return {low, mode, high};
}

double Bill::months() const { return hours / hours_per_month; }

double Bill::monthly() const {
  double total = 0.0;
  for (const BillItem& item : items) total += item.monthly;
  return total;
}

MeanCheck Bill::monthly_check() const {
  double model = 0.0;
  for (const BillItem& item : items)
    if (item.monthly > 0.0) model += law_of(item).mean();
  return {"cost a month of 730 h", monthly(), model};
}

Bill bill_of(const Ledger& ledger, const BillingOptions& options) {
  const bool billed_cost = options.cost == BillingOptions::Cost::billed;
  Bill bill;
  bill.files = ledger.files;
  bill.currency = ledger.currency;
  bill.readings = ledger.readings;
  bill.commitments = ledger.totals.commitments;
  bill.rows = ledger.totals.rows + ledger.copies;
  bill.without_owner = ledger.totals.without_owner;
  bill.without_owner_cost = ledger.totals.without_owner_cost;
  bill.copies = ledger.copies;
  bill.copied_cost = ledger.copied_cost;
  bill.repeated = ledger.repeated;
  bill.repeated_cost = ledger.repeated_cost;
  bill.too_many_for_copies = ledger.too_many_for_copies;

  const std::vector<Covered> covered = coverage_of(ledger.periods);
  std::vector<std::size_t> order;  // periods, by when they begin
  for (std::size_t i = 0; i < ledger.periods.size(); ++i) order.push_back(i);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ledger.periods[a].begin < ledger.periods[b].begin; });

  std::map<std::uint32_t, std::map<std::int32_t, bool>> purchases;
  for (const auto& [key, sums] : ledger.totals.sums)
    if (key.charge == Charge::purchase) purchases[key.service][key.period] = true;

  std::map<std::pair<std::string, std::string>, Group> groups;
  double scaled_cost = 0.0;
  std::map<std::pair<std::string, std::string>, double> taxes;
  for (const auto& [key, sums] : ledger.totals.sums) {
    const double cost = billed_cost ? sums.billed : sums.effective;
    bill.billed += sums.billed;
    bill.effective += sums.effective;
    switch (key.charge) {
      case Charge::credit:
        bill.credits += cost;
        continue;
      case Charge::adjustment:
        bill.adjustments += cost;
        continue;
      case Charge::tax:
        bill.taxes += cost;
        break;
      case Charge::usage:
      case Charge::purchase:
        break;
    }
    if (key.correction) {
      bill.corrections += cost;
      continue;
    }
    const Ledger::Service& service = ledger.services[key.service];
    const std::string& named = options.by == BillingOptions::By::category ? service.category : service.name;
    std::string what = key.charge == Charge::tax ? "tax" : named.empty() ? "Other" : named;
    if (std::find(options.leave_out.begin(), options.leave_out.end(), what) != options.leave_out.end()) {
      bill.left_out += cost;
      continue;
    }
    const std::string& owner = ledger.owners[key.owner];
    if (key.charge == Charge::tax) {
      taxes[{what, owner}] += cost;
      continue;
    }
    Group& group = groups[{std::move(what), owner}];
    if (comes_once(key, purchases)) {
      group.once += cost;
      continue;
    }
    group.cost += cost;
    scaled_cost += cost;
    InPeriod& in = group.periods[key.period];
    if (sums.spread != 0.0)
      in.spread += sums.spread;
    else
      (key.long_row ? in.long_cost : in.short_cost) += cost;
  }

  std::vector<double> hours;
  std::vector<std::int32_t> counted;
  double first = std::numeric_limits<double>::infinity(), last = -first;
  for (const std::size_t i : order) {
    const BillingPeriod& period = ledger.periods[i];
    const Covered& one = covered[i];
    if (one.hours() <= 0.0) continue;
    bill.hours += one.hours();
    first = std::min({first, period.short_first, one.short_hours > 0.0 ? first : period.long_first});
    last = std::max({last, period.short_last, one.short_hours > 0.0 ? last : period.long_last});
    hours.push_back(one.hours());
    counted.push_back(static_cast<std::int32_t>(i));
  }
  if (counted.empty()) {
    // Purchases and taxes alone: the periods themselves.
    for (const std::size_t i : order) {
      const BillingPeriod& period = ledger.periods[i];
      bill.hours += (period.end - period.begin) / seconds_per_hour;
      first = std::min(first, period.begin);
      last = std::max(last, period.end);
    }
    if (ledger.periods.empty()) throw TooLittleData("the bill has no rows; expected some");
  }
  bill.first_seconds = first;
  bill.last_seconds = last;
  // A period of less than a day says little of a month, where there are others.
  if (counted.size() > 1)
    for (std::size_t i = counted.size(); i-- > 0;)
      if (hours[i] < 24.0 && counted.size() > 1) {
        counted.erase(counted.begin() + static_cast<std::ptrdiff_t>(i));
        hours.erase(hours.begin() + static_cast<std::ptrdiff_t>(i));
      }
  for (const std::int32_t period : counted)
    bill.period_begins.push_back(ledger.periods[static_cast<std::size_t>(period)].begin);

  for (const auto& [key, group] : groups) {
    BillItem item;
    item.what = key.first;
    item.owner = key.second;
    if (group.once != 0.0) {
      BillItem once = item;
      once.cost = group.once;
      bill.once_cost += group.once;
      bill.once.push_back(std::move(once));
    }
    if (group.cost == 0.0) continue;
    if (group.cost < 0.0) {
      // Refunds of what is not in the bill.
      bill.corrections += group.cost;
      continue;
    }
    item.cost = group.cost;
    std::vector<double> rates;
    for (const std::int32_t period : counted) {
      const auto found = group.periods.find(period);
      rates.push_back(found == group.periods.end() ? 0.0
                                                   : found->second.monthly(covered[static_cast<std::size_t>(period)]));
    }
    if (rates.empty()) {
      rates = {group.cost * hours_per_month / bill.hours};
      hours = {bill.hours};
    }
    judge(item, rates, hours);
    bill.items.push_back(std::move(item));
  }
  // A tax is a share of the rest.
  const double taxed = bill.monthly();
  for (const auto& [key, cost] : taxes) {
    if (cost == 0.0) continue;
    BillItem item;
    item.what = key.first;
    item.owner = key.second;
    item.cost = cost;
    item.monthly = item.mean_monthly = scaled_cost + bill.once_cost > 0.0 && taxed > 0.0
                                           ? cost / (scaled_cost + bill.once_cost) * taxed
                                           : cost * hours_per_month / bill.hours;
    bill.items.push_back(std::move(item));
  }
  if (bill.items.empty() && bill.commitments.empty() && bill.once.empty())
    throw TooLittleData(fmt::format("{}: no row has a cost{}", fmt::join(bill.files, ", "),
                                    options.leave_out.empty() ? "" : " besides what is left out"));
  put_together(bill.items, std::clamp(options.most_items, 2, 64));
  std::sort(bill.once.begin(), bill.once.end(), [](const BillItem& a, const BillItem& b) { return a.cost > b.cost; });
  return bill;
}

Bill read_bill(const std::string& text, const std::string& file, const BillingOptions& options) {
  Ledger ledger(options.ledger());
  std::size_t given = 0;
  trace::CsvReader reader(
      [&](std::span<char> room) {
        const std::size_t got = std::min(room.size(), text.size() - given);
        std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(given), got, room.begin());
        given += got;
        return got;
      },
      file);
  ledger.add(reader);
  ledger.close();
  return bill_of(ledger, options);
}

}  // namespace costrisk::calibrate
