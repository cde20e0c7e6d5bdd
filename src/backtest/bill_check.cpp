// Months of owners are budgets: what is charged in them is what the futures and the bills are asked for.
#include "src/backtest/bill_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "src/backtest/scores.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/scenario/reader/bills.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

using scenario::Scenario;

/// A bill that ends so much before a month does covers it: rows of a day may be of its beginning.
constexpr double longest_row_seconds = 26.0 * seconds_per_hour;

/// Futures of a forecast where no number is asked for, and what months and owners of each may take.
constexpr std::uint64_t most_paths = 20'000, fewest_paths = 1000;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;

struct Month {
  std::size_t place = 0;  ///< among all of the scenario
  std::string name;
  std::int32_t begin = 0, end = 0;  ///< steps
};

scenario::Budget monthly(const std::string& owner) {
  scenario::Budget budget;
  budget.owner = owner;
  budget.per = scenario::Per::month;
  return budget;
}

/// The scenario with the bills as its actuals, to its horizon.
Scenario read_bills(const Scenario& scenario, const BillCheckOptions& options) {
  Scenario read = scenario;
  scenario::Actuals actuals;
  actuals.bill = actuals.paths = options.bills;
  actuals.until_seconds = scenario.horizon_seconds;
  actuals.owner_tag = options.owner_tag;
  actuals.owner_column = options.owner_column;
  if (options.owner_tag.empty() && options.owner_column.empty() && scenario.actuals) {
    actuals.owner_tag = scenario.actuals->owner_tag;
    actuals.owner_column = scenario.actuals->owner_column;
  }
  read.budgets = {monthly("")};
  read.actuals = std::move(actuals);
  read.actuals->paid = std::make_shared<const scenario::Paid>(scenario::read_paid(read));
  return read;
}

double last_instant(const Scenario& read) {
  double last = -INFINITY;
  for (const trace::Reading& reading : read.actuals->paid->readings)
    if (reading.span) last = std::max(last, reading.span->second);
  return last - scenario::seconds_since_1970(read.start);
}

/// Whether the bills have rows of a stretch of time.
bool has_rows(const scenario::Paid& paid, double begin_seconds, double end_seconds) {
  const auto day = [](double seconds) { return static_cast<std::size_t>(seconds / seconds_per_day); };
  const auto first =
      paid.has_day.begin() + static_cast<std::ptrdiff_t>(std::min(day(begin_seconds), paid.has_day.size()));
  const auto last = paid.has_day.begin() + static_cast<std::ptrdiff_t>(std::min(day(end_seconds), paid.has_day.size()));
  return std::find(first, last, true) != last;
}

/// The whole months that begin after the forecast does and end before `until`; those without rows are named apart.
std::vector<Month> months_between(const Scenario& scenario, const scenario::Paid& paid, double origin, double until,
                                  std::vector<std::string>& left_out) {
  std::vector<Month> months;
  const std::vector<scenario::Period> periods = scenario::periods_of_budget(scenario, scenario::Per::month);
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const scenario::Period& period = periods[i];
    const bool is_whole = period.share > 1.0 - 1e-9;
    if (!is_whole || period.begin_seconds < origin || period.end_seconds > until) continue;
    if (has_rows(paid, period.begin_seconds, period.end_seconds))
      months.push_back({i, period.name, scenario::first_step(scenario, period.begin_seconds),
                        scenario::first_step(scenario, period.end_seconds)});
    else
      left_out.push_back(period.name);
  }
  return months;
}

/// What the futures are charged, [plan][owner][month][path], the months of the scenario.
class Foretelling {
 public:
  Foretelling(Scenario scenario, const std::vector<std::string>& owners, std::uint64_t first_path, std::uint64_t paths)
      : scenario_(std::move(scenario)), first_path_(first_path), paths_(static_cast<std::size_t>(paths)) {
    scenario_.budgets.clear();
    for (const std::string& owner : owners) scenario_.budgets.push_back(monthly(owner));
    scenario_.goal.budget.clear();
    scenario_.simulation.calendar_months = 1;
    months_ = scenario::periods_of_budget(scenario_, scenario::Per::month).size();
    rows_ = owners.size() * months_;
    micros_.resize(scenario_.plans.size() * rows_ * paths_);
  }

  /// @returns how many of the paths were done
  std::size_t run(run::Options options) {
    options.first_path = first_path_;
    options.paths = paths_;
    options.whole_run.reset();
    options.keep_paths = false;
    options.observe = [this](const Output& chunk, std::uint64_t first_path, int paths) {
      const std::size_t place = static_cast<std::size_t>(first_path - first_path_);
      for (std::size_t row = 0; row < scenario_.plans.size() * rows_; ++row)
        std::copy_n(chunk.plan_period + row * static_cast<std::size_t>(chunk.stride), paths,
                    micros_.begin() + static_cast<std::ptrdiff_t>(row * paths_ + place));
    };
    return static_cast<std::size_t>(run::simulate(scenario_, options).observed);
  }

  std::vector<double> costs(std::size_t plan, std::size_t owner, const std::vector<Month>& months,
                            std::size_t done) const {
    std::vector<double> sums(done, 0.0);
    for (std::size_t path = 0; path < done; ++path) {
      std::int64_t sum = 0;
      for (const Month& month : months) sum += micros_[(plan * rows_ + owner * months_ + month.place) * paths_ + path];
      sums[path] = results::in_currency(sum);
    }
    std::sort(sums.begin(), sums.end());
    return sums;
  }

 private:
  Scenario scenario_;
  std::uint64_t first_path_;
  std::size_t paths_, months_ = 0, rows_ = 0;
  std::vector<std::int64_t> micros_;
};

BillPeriod held_against(const std::string& name, double came, const std::vector<double>& sorted) {
  const auto quantile = [&](double p) {
    const auto n = static_cast<double>(sorted.size());
    return sorted[static_cast<std::size_t>(std::clamp(std::ceil(n * p - 1e-9), 1.0, n)) - 1];
  };
  return {name,           came,           calibrate::mean_of(sorted), quantile(0.05), quantile(0.25), quantile(0.5),
          quantile(0.75), quantile(0.95), transform(sorted, came)};
}

}  // namespace

BillCheck check_bill(const Scenario& scenario, const BillCheckOptions& options) {
  BillCheck check;
  check.read = read_bills(scenario, options);
  check.origin_seconds = scenario.actuals ? scenario.actuals->until_seconds : 0.0;
  const double reach = last_instant(check.read) + longest_row_seconds;
  const std::vector<Month> months =
      months_between(scenario, *check.read.actuals->paid, check.origin_seconds,
                     std::min(reach, options.until_seconds.value_or(reach)), check.left_out);
  if (months.empty())
    throw std::invalid_argument(
        "the bill covers no whole month of the calendar that the forecast has simulated; expected a bill that goes on "
        "where the forecast begins, for a month at least");
  check.until_seconds = months.back().end * scenario.step_seconds;

  std::vector<std::string> owners = {""};
  for (const std::string& owner : scenario::owner_names(scenario)) owners.push_back(owner);
  const std::uint64_t rows =
      scenario.plans.size() * owners.size() * scenario::periods_of_budget(scenario, scenario::Per::month).size();
  const std::uint64_t room = std::max(fewest_paths, most_bytes / (rows * sizeof(std::int64_t)));
  if (options.run.paths > room)
    throw std::invalid_argument(
        fmt::format("the months and owners of {} futures take more than {} GiB; expected at most {} futures",
                    options.run.paths, most_bytes >> 30, room));
  const std::uint64_t paths = options.run.paths > 0 ? options.run.paths : std::min({options.paths, most_paths, room});
  Foretelling foretelling(scenario, owners, options.run.first_path, paths);
  const std::size_t done = foretelling.run(options.run);
  check.paths = done;
  if (done == 0) return check;

  const scenario::Paid& paid = *check.read.actuals->paid;
  const auto came = [&](const std::string& owner, const Month& month) {
    int index = -1;
    if (!owner.empty()) {
      const auto found = std::find(paid.owners.begin(), paid.owners.end(), owner);
      if (found == paid.owners.end()) return std::int64_t{0};
      index = static_cast<int>(found - paid.owners.begin());
    }
    return paid.sum(month.begin, month.end, index, scenario::all_categories);
  };
  const std::string all =
      months.size() == 1 ? months.front().name : fmt::format("{} to {}", months.front().name, months.back().name);
  for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan) {
    PlanBillCheck& of_plan = check.plans.emplace_back();
    of_plan.plan = scenario.plans[plan].name;
    for (std::size_t o = 0; o < owners.size(); ++o) {
      OwnerBillCheck& of_owner = of_plan.owners.emplace_back();
      of_owner.owner = owners[o];
      std::int64_t sum = 0;
      for (const Month& month : months) {
        const std::int64_t micros = came(owners[o], month);
        sum += micros;
        of_owner.months.push_back(
            held_against(month.name, results::in_currency(micros), foretelling.costs(plan, o, {month}, done)));
      }
      of_owner.all = held_against(all, results::in_currency(sum), foretelling.costs(plan, o, months, done));
    }
  }
  for (const std::string& owner : paid.owners)
    if (std::find(owners.begin(), owners.end(), owner) == owners.end())
      for (const Month& month : months) check.of_others += results::in_currency(came(owner, month));
  return check;
}

}  // namespace costrisk::backtest
