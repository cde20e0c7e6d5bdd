#include "src/present/text/actuals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "src/present/text/numbers.hpp"
#include "src/present/text/reading.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

class Account {
 public:
  explicit Account(const scenario::Scenario& scenario)
      : scenario_(scenario), actuals_(*scenario.actuals), paid_(*actuals_.paid), until_(paid_.ends.back()) {}

  ActualsText entered() const {
    const double total = of_owner(-1);
    ActualsText result;
    result.address = "actuals";
    std::vector<std::string> owners;
    for (std::size_t o = 0; o < paid_.owners.size(); ++o)
      owners.push_back(fmt::format("{} {}", paid_.owners[o], money(of_owner(static_cast<int>(o)))));
    result.text = fmt::format("{} was paid from {} until {}, of {} in the bill; {}; {}", money(total), date(0.0),
                              date(actuals_.until_seconds), money(paid_.data_total), fmt::join(owners, ", "),
                              scenario_.accounting == scenario::Accounting::effective
                                  ? "EffectiveCost, each row evenly over its charge period"
                                  : "BilledCost, each row as its charge period begins");
    std::vector<std::string>& remarks = result.remarks;
    apart(remarks, paid_.before, fmt::format("before the scenario's start, {}", date(0.0)));
    apart(remarks, paid_.after, fmt::format("after 'until', {}", date(actuals_.until_seconds)));
    for (std::string& remark : of_rows()) remarks.push_back(std::move(remark));
    gaps(remarks);
    return result;
  }

  /// Of rows that are not what most are.
  std::vector<std::string> of_rows() const {
    std::vector<std::string> remarks;
    if (paid_.copies > 0)
      remarks.push_back(fmt::format("{} ({}) stand in the files twice and count once", counted(paid_.copies, "row"),
                                    money(paid_.copied_cost)));
    if (paid_.credits != 0.0) remarks.push_back(fmt::format("of it {} are credits", money(paid_.credits)));
    if (paid_.corrections != 0.0)
      remarks.push_back(fmt::format("of it {} are corrections, refunds and adjustments", money(paid_.corrections)));
    owners_apart(remarks);
    return remarks;
  }

  std::vector<ActualsText> demands() const {
    std::vector<ActualsText> result;
    for (const scenario::Continued& demand : scenario::continued_demands(scenario_)) {
      const std::string rate = rounded_number(demand.base);
      if (demand.is_measured)
        result.push_back({"actuals.measured",
                          fmt::format("{} goes on from {} requests a second on {}, as measured", demand.demand, rate,
                                      date(actuals_.until_seconds)),
                          {}});
      else
        result.push_back(
            {"actuals.measured",
             fmt::format("{} goes on from {} requests a second on {}, its base grown as planned (at the median rate); "
                         "give measured.{} where it was measured",
                         demand.demand, rate, date(actuals_.until_seconds), demand.demand),
             {}});
    }
    return result;
  }

 private:
  std::string money(double amount) const { return money_with_unit(amount, scenario_.currency); }
  std::string date(double seconds) const { return date_after(scenario_.start, seconds); }
  double of_owner(int owner) const {
    return results::in_currency(paid_.sum(0, until_, owner, scenario::all_categories));
  }

  void apart(std::vector<std::string>& remarks, const scenario::Paid::Apart& part, const std::string& when) const {
    if (part.rows > 0)
      remarks.push_back(fmt::format("{} of {} {} for the time {}, and did not enter", money(part.cost),
                                    counted(part.rows, "row"), part.rows == 1 ? "is" : "are", when));
  }

  void owners_apart(std::vector<std::string>& remarks) const {
    scenario::Scenario without = scenario_;
    without.actuals.reset();
    const std::vector<std::string> known = scenario::owner_names(without);
    std::vector<std::string> of_bill_alone, not_in_bill;
    for (const std::string& owner : paid_.owners)
      if (owner != scenario::unused_owner && owner != scenario::untagged_owner &&
          std::find(known.begin(), known.end(), owner) == known.end())
        of_bill_alone.push_back(owner);
    for (const std::string& owner : known)
      if (std::find(paid_.owners.begin(), paid_.owners.end(), owner) == paid_.owners.end())
        not_in_bill.push_back(owner);
    if (actuals_.owner_tag.empty() && actuals_.owner_column.empty()) {
      remarks.push_back(
          "nothing says who owns the bill's rows: all of it is of 'untagged'; give owner_tag or owner_column");
      return;
    }
    const auto untagged = std::find(paid_.owners.begin(), paid_.owners.end(), scenario::untagged_owner);
    if (untagged != paid_.owners.end())
      remarks.push_back(fmt::format("{} is of nobody, and stands under the owner 'untagged'",
                                    money(of_owner(static_cast<int>(untagged - paid_.owners.begin())))));
    if (!of_bill_alone.empty())
      remarks.push_back(fmt::format("{} {} in the bill and in no workload or item: nothing is simulated for {}",
                                    listed(of_bill_alone), of_bill_alone.size() == 1 ? "stands" : "stand",
                                    of_bill_alone.size() == 1 ? "it" : "them"));
    if (!not_in_bill.empty()) remarks.push_back(fmt::format("no row of the bill is of {}", listed(not_in_bill)));
  }

  /// Days that the bill has nothing of.
  void gaps(std::vector<std::string>& remarks) const {
    constexpr std::size_t fewest_days = 2;  // a day in which nothing ran is no wonder
    const auto day = [this](std::size_t number) { return date(static_cast<double>(number) * seconds_per_day); };
    std::vector<scenario::Paid::Days> inside;
    for (const scenario::Paid::Days& gap : paid_.gaps()) {
      if (gap.count() < fewest_days || gap.count() == paid_.has_day.size()) continue;
      if (gap.first == 0)
        remarks.push_back(fmt::format(
            "the bill begins on {}, after the scenario's start: what was paid before is missing", day(gap.last)));
      else if (gap.last == paid_.has_day.size())
        remarks.push_back(
            fmt::format("the bill ends on {}, before 'until': what was paid from then on is missing", day(gap.first)));
      else
        inside.push_back(gap);
    }
    if (inside.empty()) return;
    const auto longest = std::max_element(inside.begin(), inside.end(),
                                          [](const auto& x, const auto& y) { return x.count() < y.count(); });
    std::string words = fmt::format("the bill has no row from {} until {}", day(longest->first), day(longest->last));
    if (inside.size() > 1) words += fmt::format(" and in {}", counted(inside.size() - 1, "shorter gap"));
    remarks.push_back(words + ": what was paid then is missing, unless nothing ran");
  }

  const scenario::Scenario& scenario_;
  const scenario::Actuals& actuals_;
  const scenario::Paid& paid_;
  std::int32_t until_;
};

}  // namespace

std::vector<ActualsText> actuals_text(const scenario::Scenario& scenario) {
  if (!scenario.actuals || !scenario.actuals->paid) return {};
  std::vector<ActualsText> result;
  for (const trace::Reading& reading : scenario.actuals->paid->readings)
    result.push_back({"actuals.bill", reading_text(reading), reading_remarks(reading)});
  const Account account(scenario);
  result.push_back(account.entered());
  for (ActualsText& demand : account.demands()) result.push_back(std::move(demand));
  return result;
}

std::vector<std::string> bill_remarks(const scenario::Scenario& scenario) { return Account(scenario).of_rows(); }

std::string date_after(const scenario::StartTime& start, double seconds) {
  std::string text = trace::instant_text(scenario::seconds_since_1970(start) + seconds);
  if (text.ends_with(" 00:00")) text.resize(text.size() - 6);
  return text;
}

std::string paid_words(const results::Results& results) {
  const results::ResultsContext& context = results.context;
  if (!context.actual_until_hours) return "";
  const std::optional<scenario::Scenario> scenario = stored_scenario(results);
  const double paid = std::accumulate(context.actual_category.begin(), context.actual_category.end(), 0.0);
  const std::string until = scenario ? date_after(scenario->start, *context.actual_until_hours * seconds_per_hour)
                                     : fmt::format("hour {:g}", *context.actual_until_hours);
  return fmt::format("{} was paid until {}", money_with_unit(paid, context.currency), until);
}

}  // namespace costrisk::present
