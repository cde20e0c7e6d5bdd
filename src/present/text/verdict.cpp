// The verdict's sentences, each from figures of the results.
#include "src/present/text/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/summary.hpp"

namespace costrisk::present {

namespace {

/// Fewer futures than these say too little of how far they may be off.
constexpr std::uint64_t fewest_for_an_error = 30;

/// "93.1 of 100".
std::string of_hundred(double share) {
  const std::string percentage = percent(share);
  return percentage.substr(0, percentage.find(' ')) + " of 100";
}

/// An error in money, to two digits and in the unit of the amount that it is of.
std::string error_money(double error, double amount, const std::string& currency) {
  const MoneyUnit unit = money_unit(std::span(&amount, 1), currency);
  if (!(error > 0.0) || !std::isfinite(error)) return fmt::format("{:.4g} {}", error / unit.divisor, unit.name);
  const int decimals = std::max(1 - static_cast<int>(std::floor(std::log10(error / unit.divisor))), 0);
  const double step = std::pow(10.0, std::floor(std::log10(error)) - 1.0);
  return fmt::format("{:.{}f} {}", std::round(error / step) * step / unit.divisor, decimals, unit.name);
}

class Speaker {
 public:
  explicit Speaker(const results::Results& results) : results_(results), summary_(results::summarize(results)) {
    verdict_.recommendation = recommend(results);
  }

  Verdict speak() {
    extent();
    if (summary_.plans.empty()) return verdict_;
    choice();
    if (choice_.plan >= 0) {
      const auto plan = static_cast<std::size_t>(choice_.plan);
      budget(plan);
      spread(plan);
      drivers(plan);
      ties(plan);
      runner_up(plan);
      if (choice_.bounds.empty())
        weaknesses(plan);
      else
        cheaper_plans(plan);
      obligation(plan);
    }
    warnings();
    return verdict_;
  }

 private:
  /// The plan in quotation marks.
  std::string name(std::size_t plan) const { return "\u201c" + summary_.plans[plan].plan + "\u201d"; }
  std::string money(double amount) const { return money_with_unit(amount, summary_.currency); }
  double difference(std::size_t plan, std::size_t other) const {
    return results_.difference_mean[plan * summary_.plans.size() + other];
  }
  /// Half the width of its 95 % interval; NaN for a single path.
  double difference_error(std::size_t plan, std::size_t other) const {
    return results::z_of_95_percent * results_.difference_mean_se[plan * summary_.plans.size() + other];
  }

  void say(std::string sentence) { verdict_.sentences.push_back(std::move(sentence)); }
  void warn(std::string sentence) { verdict_.warnings.push_back(std::move(sentence)); }
  std::string futures() const { return counted(summary_.paths, "future"); }

  /// "sampling error ±0.4 of 100", or that there are too few futures to say.
  std::string sampling_error(const std::string& error) const {
    return summary_.paths < fewest_for_an_error ? fmt::format("from {}, too few to give an error", futures())
                                                : fmt::format("sampling error ±{}", error);
  }

  /// Whether the run shows no spread at all: nothing differs, or there is only one future.
  bool certain(std::size_t plan) const { return summary_.paths < 2 || summary_.plans[plan].cost_sd == 0.0; }

  void extent() {
    if (!summary_.complete)
      say(fmt::format("The run was stopped early; what follows rests on {} simulated until then.", futures()));
  }

  void choice() {
    const bool goal = !choice_.bounds.empty();
    if (choice_.plan < 0) {
      say("No plan meets the goal.");
      for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan)
        say(fmt::format("{}: {}.", name(plan), failings(plan)));
      return;
    }
    const auto plan = static_cast<std::size_t>(choice_.plan);
    const std::string mean = money(summary_.plans[plan].cost_mean);
    const char* lowest = certain(plan) ? "lowest cost" : "lowest mean cost";
    if (summary_.plans.size() == 1)
      say(fmt::format("{} costs {}{}.", name(plan), mean, certain(plan) ? "" : " on average"));
    else if (goal)
      say(fmt::format("{} is the plan to choose: of those that meet the goal it has the {}, {}.", name(plan), lowest,
                      mean));
    else
      say(fmt::format("{} has the {}, {}.", name(plan), lowest, mean));
  }

  void budget(std::size_t plan) {
    const std::optional<results::Estimate>& over = summary_.plans[plan].over_budget;
    if (!over || !summary_.budget) return;
    const double inside = 1.0 - over->value;
    if (certain(plan)) {
      say(fmt::format("It {} the budget of {}.", inside == 1.0 ? "stays within" : "breaks", money(*summary_.budget)));
      return;
    }
    const double error = std::max(over->high - over->value, over->value - over->low);
    say(fmt::format("In {} simulated futures it stays within the budget of {} ({}; says nothing about wrong inputs).",
                    inside == 1.0   ? "all"
                    : inside == 0.0 ? "none of the"
                                    : of_hundred(inside),
                    money(*summary_.budget), sampling_error(fmt::format("{:.2g} of 100", 100.0 * error))));
  }

  void spread(std::size_t plan) {
    if (certain(plan)) {
      if (summary_.paths > 1) say("It costs the same in every future.");
      return;
    }
    const int low = results::find_probability(summary_.probabilities, 0.1),
              high = results::find_probability(summary_.probabilities, 0.9),
              tail = results::find_probability(summary_.probabilities, 0.95);
    if (low < 0 || high < 0) return;
    const results::PlanSummary& chosen = summary_.plans[plan];
    const double least = chosen.cost_quantile[static_cast<std::size_t>(low)].value,
                 most = chosen.cost_quantile[static_cast<std::size_t>(high)].value;
    std::string sentence = least == most
                               ? fmt::format("At least eight futures of ten cost {}", money(least))
                               : fmt::format("Eight futures of ten cost between {} and {}", money(least), money(most));
    if (tail >= 0 && results::tail_is_told(summary_.paths, 0.95))
      sentence += fmt::format("; the dearest twentieth costs {} on average",
                              money(chosen.cost_cvar[static_cast<std::size_t>(tail)].value));
    say(sentence + ".");
  }

  /// What makes the spread, and from where on it breaks the budget.
  void drivers(std::size_t plan) {
    std::vector<std::string> words;
    const std::vector<results::DriverSummary>& all = summary_.plans[plan].drivers;
    for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 3); ++i)
      if (all[i].stands_out && all[i].share >= 0.05)
        words.push_back(
            fmt::format("{:.0f} % is {}", 100.0 * std::min(all[i].share, 1.0), driver_words(all[i].driver)));
    if (words.empty()) return;
    say(fmt::format("Of its spread (variance of cost), {}.", listed(words)));
    if (const std::string where = break_condition(all.front()); !where.empty())
      say(fmt::format("It breaks the budget more often than not where {}.", where));
  }

  void ties(std::size_t plan) {
    std::vector<std::string> same, near;
    for (const std::size_t other : choice_.near_ties) (always_equal(plan, other) ? same : near).push_back(name(other));
    if (!same.empty())
      say(fmt::format("{} {} the same as {} in every future.", few_listed(same), same.size() == 1 ? "costs" : "cost",
                      name(plan)));
    if (!near.empty())
      say(fmt::format("{} cannot be told from {} by mean cost with {}: any of them may be the cheapest.",
                      few_listed(near), name(plan), futures()));
  }

  /// Whether two plans differ in no future that was simulated.
  bool always_equal(std::size_t plan, std::size_t other) const {
    return summary_.paths > 1 && difference(other, plan) == 0.0 && difference_error(other, plan) == 0.0;
  }

  /// Names, the last of many as a number.
  static std::string few_listed(std::vector<std::string> names) {
    constexpr std::size_t most_named = 4;
    if (names.size() > most_named + 1) {
      const std::size_t others = names.size() - most_named;
      names.resize(most_named);
      names.push_back(fmt::format("{} others", others));
    }
    return listed(names);
  }

  /// The next dearer plan among those that could have been chosen too and can be told from the chosen one.
  void runner_up(std::size_t plan) {
    std::optional<std::size_t> next;
    for (std::size_t other = 0; other < summary_.plans.size(); ++other) {
      const bool tied = std::find(choice_.near_ties.begin(), choice_.near_ties.end(), other) != choice_.near_ties.end();
      if (other != plan && !tied && choice_.meets_all(other) &&
          (!next || summary_.plans[other].cost_mean < summary_.plans[*next].cost_mean))
        next = other;
    }
    if (!next) return;
    const double share = results_.cheaper[*next * summary_.plans.size() + plan];
    const double error = difference_error(*next, plan);
    if (!(error > 0.0)) {
      say(fmt::format("{} costs {} more{}.", name(*next), money(difference(*next, plan)),
                      summary_.paths > 1 ? " in every future" : ""));
      return;
    }
    const double more = difference(*next, plan);
    std::string sentence = fmt::format("{} costs {} more on average ({})", name(*next), money(more),
                                       sampling_error(error_money(error, more, summary_.currency)));
    if (share > 0.0) sentence += fmt::format(", though less in {} futures", of_hundred(share));
    say(sentence + ".");
  }

  /// Without a goal: what a dearer plan does clearly better than the cheapest.
  void weaknesses(std::size_t plan) {
    const results::PlanSummary& chosen = summary_.plans[plan];
    std::vector<std::string> words;
    const auto add = [&](const std::string& statistic_name, bool low_is_good, auto phrase) {
      const double own = results::value_of(results_, plan, statistic_name);
      std::optional<std::size_t> best;
      double best_value = own;
      for (std::size_t other = 0; other < summary_.plans.size(); ++other) {
        const double value = results::value_of(results_, other, statistic_name);
        if (other == plan || std::isnan(value) || !(low_is_good ? value < best_value : value > best_value)) continue;
        best = other;
        best_value = value;
      }
      if (best && std::abs(best_value - own) >= 0.01) words.push_back(phrase(own, name(*best), best_value));
    };
    if (summary_.budget)
      add("over_budget", true, [](double own, const std::string& other, double value) {
        return fmt::format("it is over budget in {} of futures ({}: {})", percent(own), other, percent(value));
      });
    for (const results::JobSummary& job : chosen.jobs)
      add("late." + job.job, true, [&](double own, const std::string& other, double value) {
        return fmt::format("{} is late in {} of its runs ({}: {})", job.job, percent(own), other, percent(value));
      });
    for (const results::ServiceSummary& service : chosen.services)
      add("served." + service.service, false, [&](double own, const std::string& other, double value) {
        return fmt::format("{} is served to {} ({}: {})", service.service, percent(own), other, percent(value));
      });
    for (const results::ServiceSummary& service : chosen.services)
      if (!service.latency_quantile.empty())
        add("within." + service.service, false, [&](double own, const std::string& other, double value) {
          return fmt::format("{} of requests to {} meet its objective ({}: {})", percent(own), service.service, other,
                             percent(value));
        });
    if (!words.empty()) say(fmt::format("The scenario sets no goal. What dearer plans do better: {}.", listed(words)));
  }

  void cheaper_plans(std::size_t plan) {
    for (std::size_t other = 0; other < summary_.plans.size(); ++other)
      if (difference(other, plan) < 0.0 && !choice_.meets_all(other))
        say(fmt::format("{} costs {} less on average, but misses the goal: {}.", name(other),
                        money(-difference(other, plan)), failings(other)));
  }

  void warnings() {
    const bool none_differs = std::all_of(summary_.plans.begin(), summary_.plans.end(),
                                          [](const results::PlanSummary& plan) { return plan.cost_sd == 0.0; });
    if (none_differs)
      warn(
          "Nothing in this scenario makes costs differ: every future costs the same, so that intervals of costs and "
          "chances of more than a sum say nothing.");
    if (summary_.paths < 2)
      warn("A single future has no spread: chances, intervals and comparisons say nothing.");
    else if (results::find_probability(summary_.probabilities, 0.95) >= 0 &&
             !results::tail_is_told(summary_.paths, 0.95))
      warn(fmt::format("CVaR95 is withheld: fewer than {} of the {} lie in its tail; {} would do.",
                       results::fewest_in_tail, futures(), count(20 * results::fewest_in_tail)));
    goal_too_close();
  }

  /// Whether a plan keeps to the budget's bound where its interval holds the limit.
  void goal_too_close() {
    for (const GoalBound& bound : choice_.bounds) {
      if (bound.statistic != "over_budget") continue;
      std::vector<std::string> names;
      for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan) {
        const std::optional<results::Estimate>& over = summary_.plans[plan].over_budget;
        if (over && over->low < bound.limit && bound.limit < over->high) names.push_back(name(plan));
      }
      if (!names.empty())
        warn(fmt::format("Too close to call with {}: whether {} {} {}.", futures(), listed(names),
                         names.size() == 1 ? "is" : "are", bound.words));
    }
  }

  void obligation(std::size_t plan) {
    if (results_.obligation[plan] > 0.0)
      say(fmt::format("{} commits {} beyond the horizon.", name(plan), money(results_.obligation[plan])));
  }

  std::string failings(std::size_t plan) const {
    std::vector<std::string> words;
    for (std::size_t b = 0; b < choice_.bounds.size(); ++b) {
      if (choice_.met[plan][b]) continue;
      const GoalBound& bound = choice_.bounds[b];
      const double value = results::value_of(results_, plan, bound.statistic);
      const std::string subject = bound.statistic.substr(bound.statistic.find('.') + 1);
      if (std::isnan(value))
        words.push_back(fmt::format("it does not run {}", subject));
      else if (bound.side == GoalBound::Side::at_least)
        words.push_back(fmt::format("{} is {} to {} (goal: at least {})", subject, bound.answered, percent(value),
                                    percent(bound.limit)));
      else if (bound.statistic == "over_budget")
        words.push_back(
            fmt::format("over budget in {} of futures (goal: at most {})", percent(value), percent(bound.limit)));
      else
        words.push_back(fmt::format("{} is late in {} of its runs (goal: at most {})", subject, percent(value),
                                    percent(bound.limit)));
    }
    return fmt::format("{}", fmt::join(words, ", "));
  }

  const results::Results& results_;
  results::Summary summary_;
  Verdict verdict_;
  const Recommendation& choice_ = verdict_.recommendation;
};

}  // namespace

Verdict verdict(const results::Results& results) { return Speaker(results).speak(); }

std::vector<std::string> verdict_sentences(const results::Results& results) {
  Verdict said = verdict(results);
  said.sentences.insert(said.sentences.end(), said.warnings.begin(), said.warnings.end());
  return said.sentences;
}

std::string verdict_text(const Verdict& verdict, int width) {
  std::string text = broken_text(fmt::format("{}", fmt::join(verdict.sentences, " ")), width);
  for (const std::string& warning : verdict.warnings) text += broken_text("Note: " + warning, width);
  return text;
}

}  // namespace costrisk::present
