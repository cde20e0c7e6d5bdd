#include "src/scenario/lower/periods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "src/scenario/reader/dates.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

using namespace std::chrono;

year_month month_of(const StartTime& start) {
  return year_month{year(start.year), month(static_cast<unsigned>(start.month))};
}

/// The same time of day so many months later, at the end of a month that has no such day.
sys_seconds months_later(sys_seconds time, int count) {
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const year_month_day later = date + months(count);
  return sys_seconds(later.ok() ? sys_days(later) : sys_days(later.year() / later.month() / last)) + (time - day);
}

std::string name_of(year_month begin, Per per) {
  const auto year_number = static_cast<int>(begin.year());
  const unsigned month_number = static_cast<unsigned>(begin.month());
  switch (per) {
    case Per::horizon:
      return "";
    case Per::year:
      return fmt::format("{}", year_number);
    case Per::quarter:
      return fmt::format("{}-Q{}", year_number, (month_number + 2) / 3);
    case Per::month:
      return fmt::format("{}-{:02}", year_number, month_number);
  }
  __builtin_unreachable();
}

}  // namespace

double month_begin(const StartTime& start, int i) {
  const year_month first = month_of(start);
  const auto days_from_start = (sys_days((first + months(i)) / 1) - sys_days(first / start.day)).count();
  const double start_of_day = seconds_per_hour * start.hour + seconds_per_minute * start.minute + start.second;
  return seconds_per_day * static_cast<double>(days_from_start) - start_of_day;
}

std::vector<Period> periods_of_budget(const Scenario& scenario, Per per) {
  const double horizon = scenario.horizon_seconds;
  const int length = months_of(per);
  if (length == 0) return {{0.0, horizon}};
  std::vector<Period> periods;
  for (int i = -((scenario.start.month - 1) % length); month_begin(scenario.start, i) < horizon; i += length) {
    const double begin = month_begin(scenario.start, i), end = month_begin(scenario.start, i + length);
    Period period{std::max(begin, 0.0), std::min(end, horizon)};
    if (period.end_seconds <= period.begin_seconds) continue;
    period.share = (period.end_seconds - period.begin_seconds) / (end - begin);
    period.name = name_of(month_of(scenario.start) + months(i), per);
    periods.push_back(std::move(period));
  }
  return periods;
}

std::vector<BudgetPeriod> budget_periods(const Scenario& scenario) {
  std::vector<BudgetPeriod> all;
  for (std::size_t b = 0; b < scenario.budgets.size(); ++b) {
    const Budget& budget = scenario.budgets[b];
    for (const Period& period : periods_of_budget(scenario, budget.per))
      all.push_back({static_cast<int>(b), period.begin_seconds, period.end_seconds, budget.amount * period.share,
                     period.name.empty() ? budget.name : budget.name + "/" + period.name});
  }
  return all;
}

SpendPeriods spend_periods(const Scenario& scenario, const SpendCommitment& commitment) {
  const double horizon = scenario.horizon_seconds, until = commitment.until_seconds;
  const int length = months_of(commitment.per);
  const sys_seconds first{seconds(std::llround(seconds_since_1970(scenario.start) + commitment.from_seconds))};
  SpendPeriods result;
  double begin = commitment.from_seconds;
  for (int i = 1; begin < until; ++i) {
    const double whole_end =
        length == 0 ? until
                    : commitment.from_seconds + static_cast<double>((months_later(first, i * length) - first).count());
    const double end = std::min(whole_end, until), whole = whole_end - begin;
    const double cut = std::clamp(horizon, begin, end);
    if (cut > std::max(begin, 0.0)) result.within.push_back({begin, cut, (cut - begin) / whole});
    result.periods_after += (end - cut) / whole;
    begin = whole_end;
  }
  return result;
}

}  // namespace costrisk::scenario
