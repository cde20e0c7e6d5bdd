// The verdict's sentences, each from figures of the results.
#include "src/present/text/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "src/present/text/actuals.hpp"
#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/summary.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

/// Fewer futures than these say too little of how far they may be off.
constexpr std::uint64_t fewest_for_an_error = 30;

/// "93.1 of 100".
std::string of_hundred(double share) {
  const std::string percentage = percent(share);
  return percentage.substr(0, percentage.find(' ')) + " of 100";
}

class Speaker {
 public:
  explicit Speaker(const results::Results& results)
      : results_(results), summary_(results::summarize(results)), scenario_(stored_scenario(results)) {
    verdict_.recommendation = recommend(results, scenario_);
  }

  Verdict speak() {
    extent();
    if (summary_.plans.empty()) return verdict_;
    choice();
    if (choice_.plan >= 0) {
      const auto plan = static_cast<std::size_t>(choice_.plan);
      sampling(plan);
      spread(plan);
      drivers(plan);
      ties(plan);
      runner_up(plan);
      if (choice_.bounds.empty())
        weaknesses(plan);
      else
        cheaper_plans(plan);
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
    if (summary_.shard)
      say(fmt::format("This is shard {} of {} of a run of {}; what follows rests on the {} in it.",
                      summary_.shard->index, summary_.shard->count, counted(summary_.run_paths, "future"), futures()));
    else if (!summary_.complete)
      say(fmt::format("The run was stopped early; what follows rests on {} simulated until then.", futures()));
  }

  /// What to do, what it costs and what may go wrong with it.
  void choice() {
    if (choice_.plan < 0) {
      say("No plan meets the goal.");
      if (const std::string paid = paid_words(results_); !paid.empty()) say(fmt::format("{}, in each plan.", paid));
      nearest_plan();
      owed_elsewhere(summary_.plans.size());
      for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan)
        say(fmt::format("{}: {}.", name(plan), failings(plan)));
      return;
    }
    const auto plan = static_cast<std::size_t>(choice_.plan);
    const bool alone = summary_.plans.size() == 1;
    const std::string mean = money(summary_.plans[plan].cost_mean) + (certain(plan) ? "" : " on average");
    std::string sentence =
        alone ? fmt::format("{} costs {}", name(plan), mean) : fmt::format("Choose {}: it costs {}", name(plan), mean);
    if (!alone) sentence += choice_.bounds.empty() ? ", the least" : ", the least of the plans that meet the goal";
    if (const std::string paid = paid_words(results_); !paid.empty()) sentence += ", of which " + paid;
    const std::vector<std::string> risks = risks_of(plan);
    for (std::size_t i = 0; i < risks.size(); ++i) sentence += (i == 0 ? "; " : ", ") + risks[i];
    say(sentence + ".");
    owed_elsewhere(plan);
  }

  /// What a plan may bring besides its mean cost.
  std::vector<std::string> risks_of(std::size_t plan) const {
    std::vector<std::string> risks;
    const results::PlanSummary& of = summary_.plans[plan];
    if (of.over_budget && summary_.budget) {
      const std::string sum = money(*summary_.budget);
      const double over = of.over_budget->value;
      if (certain(plan))
        risks.push_back(fmt::format("it {} the budget of {}", over > 0.0 ? "breaks" : "stays within", sum));
      else if (over == 0.0)
        risks.push_back(fmt::format("it stays within the budget of {} in all {}", sum, futures()));
      else
        risks.push_back(fmt::format("it is over the budget of {} in {} of the futures", sum, percent(over)));
    }
    for (const results::BudgetSummary& budget : of.budgets)
      if (budget.over.value > 0.0 && !(of.over_budget && scenario_ && is_budget_of_all(*scenario_, budget.budget)))
        risks.push_back(
            fmt::format("the budget {} is broken in {} of the futures", budget.budget, percent(budget.over.value)));
    for (const results::JobSummary& job : of.jobs)
      if (job.late > 0.0)
        risks.push_back(fmt::format("{} is late or unfinished in {} of its runs", job.job, percent(job.late)));
    for (const results::ServiceSummary& service : of.services)
      if (service.served < 1.0)
        risks.push_back(fmt::format("{} is served to {}", service.service, percent(service.served)));
    if (owes_much(summary_, summary_.plans[plan])) risks.push_back(owed_words(plan));
    return risks;
  }

  /// What a plan owes after the horizon, and what of it its cost has.
  std::string owed_words(std::size_t plan) const {
    const results::CommitmentSummary& contracts = *summary_.plans[plan].commitments;
    const double owed = contracts.obligation, stranded = contracts.stranded;
    const std::string words = fmt::format("it owes {} for the time after the horizon", money(owed));
    if (stranded <= 0.0) return words + ", which is no part of its cost";
    if (stranded >= (1.0 - 1e-6) * owed) return words + ", all of it stranded (of no use) and in its cost";
    return fmt::format("{}, of which {} are stranded (of no use) and in its cost", words, money(stranded));
  }
  void owed_elsewhere(std::size_t chosen) {
    for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan)
      if (plan != chosen && owes_much(summary_, summary_.plans[plan]))
        say(fmt::format("{}: {}.", name(plan), owed_words(plan)));
  }

  /// Where no plan meets the goal: the one that misses it by the fewest bounds, and what would do for it.
  void nearest_plan() {
    std::size_t nearest = 0, fewest = choice_.bounds.size() + 1;
    for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan) {
      const std::vector<bool>& met = choice_.met[plan];
      const auto missed = static_cast<std::size_t>(std::count(met.begin(), met.end(), false));
      if (missed > fewest || (missed == fewest && results_.cost_mean[plan] >= results_.cost_mean[nearest])) continue;
      nearest = plan;
      fewest = missed;
    }
    say_remedies("Nearest", nearest);
    const auto cheapest = static_cast<std::size_t>(
        std::min_element(results_.cost_mean.begin(), results_.cost_mean.end()) - results_.cost_mean.begin());
    if (cheapest != nearest) say_remedies("Cheapest", cheapest);
  }
  /// Says with what a plan would meet the goal, where the results tell.
  void say_remedies(const char* which, std::size_t plan) {
    std::vector<std::string> remedies;
    for (std::size_t b = 0; b < choice_.bounds.size(); ++b) {
      if (choice_.met[plan][b]) continue;
      const std::string remedy = remedy_of(plan, choice_.bounds[b]);
      if (remedy.empty()) return;
      remedies.push_back(remedy);
    }
    say(fmt::format("{} is {}, {} on average: it would meet the goal with {}.", which, name(plan),
                    money(results_.cost_mean[plan]), listed(remedies)));
  }
  /// "a budget of $2.21M ($410k more)"; empty where the results do not tell.
  std::string remedy_of(std::size_t plan, const GoalBound& bound) const {
    const double value = results::value_of(results_, plan, bound.statistic);
    if (std::isnan(value)) return "";
    const std::string subject = bound.statistic.substr(bound.statistic.find('.') + 1);
    if (bound.side == GoalBound::Side::at_least)
      return fmt::format("a goal of {} {} for {}", percent(std::floor(value * 1e4) / 1e4), bound.answered, subject);
    // The smallest of the quantiles that would do.
    const auto place =
        std::lower_bound(summary_.probabilities.begin(), summary_.probabilities.end(), 1.0 - bound.limit);
    if (place != summary_.probabilities.end()) {
      const auto i = static_cast<std::size_t>(place - summary_.probabilities.begin());
      if (bound.statistic == "over_budget" && summary_.budget) {
        const double needed = summary_.plans[plan].cost_quantile[i].high;
        return fmt::format("a budget of {} ({} more)", money(needed), money(needed - *summary_.budget));
      }
      if (const double amount = amount_needed(plan, subject, i); bound.statistic.starts_with("budget.") && amount > 0.0)
        return fmt::format("{} in each period of the budget {}, or more", money(amount), subject);
      if (const double more = lateness(plan, subject, i); bound.statistic.starts_with("late.") && more > 0.0)
        return fmt::format("{} more for {}", hours(more), subject);
    }
    const std::string accepted = percent(std::ceil(value * 1e4) / 1e4);
    if (bound.statistic == "over_budget")
      return fmt::format("a chance of {} of breaking the budget accepted", accepted);
    if (bound.statistic.starts_with("budget."))
      return fmt::format("a chance of {} of breaking the budget {} accepted", accepted, subject);
    return fmt::format("{} of late runs of {} accepted", accepted, subject);
  }

  /// The amount for a whole period of a budget that a quantile of its cost keeps to in each; 0 where there is none.
  double amount_needed(std::size_t plan, const std::string& name, std::size_t probability) const {
    double whole = 0.0, needed = 0.0;
    for (const results::BudgetSummary& budget : summary_.plans[plan].budgets) {
      if (budget.budget != name) continue;
      for (const results::BudgetPeriodSummary& period : budget.periods) whole = std::max(whole, period.amount);
      for (const results::BudgetPeriodSummary& period : budget.periods)
        if (period.amount > 0.0) needed = std::max(needed, period.quantile[probability] * whole / period.amount);
    }
    return needed;
  }

  /// Hours by which a quantile of the end of a job's only run is after its deadline; 0 where that says nothing.
  double lateness(std::size_t plan, const std::string& name, std::size_t probability) const {
    if (!scenario_) return 0.0;
    for (const results::JobSummary& summary : summary_.plans[plan].jobs)
      for (const scenario::Job& job : scenario_->jobs) {
        if (summary.job != name || job.name != name || job.repeat_seconds || !job.deadline_seconds) continue;
        const double late =
            summary.finish_quantile[probability] - (job.release_seconds + *job.deadline_seconds) / seconds_per_hour;
        return std::isfinite(late) ? late : 0.0;
      }
    return 0.0;
  }

  void sampling(std::size_t plan) {
    const std::optional<results::Estimate>& over = summary_.plans[plan].over_budget;
    if (!over || !summary_.budget || certain(plan)) return;
    const double error = std::max(over->high - over->value, over->value - over->low);
    say(fmt::format("The chance of breaking the budget {}; it says nothing about wrong inputs.",
                    summary_.paths < fewest_for_an_error
                        ? fmt::format("rests on {}, too few to give an error", futures())
                        : fmt::format("is known to ±{:.2g} of 100 (sampling error)", 100.0 * error)));
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
      sentence += fmt::format("; the most expensive twentieth costs {} on average",
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

  /// The next more expensive plan among those that could have been chosen too and can be told from the chosen one.
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
                                       sampling_error(money_with_unit(error, summary_.currency, 2)));
    if (share > 0.0) sentence += fmt::format(", though less in {} futures", of_hundred(share));
    say(sentence + ".");
  }

  /// Without a goal: what a more expensive plan does clearly better than the cheapest.
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
    if (!words.empty())
      say(fmt::format("The scenario sets no goal. What more expensive plans do better: {}.", listed(words)));
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
      if (bound.statistic != "over_budget" && !bound.statistic.starts_with("budget.")) continue;
      std::vector<std::string> names;
      for (std::size_t plan = 0; plan < summary_.plans.size(); ++plan) {
        std::optional<results::Estimate> over = summary_.plans[plan].over_budget;
        for (const results::BudgetSummary& budget : summary_.plans[plan].budgets)
          if (bound.statistic == "budget." + budget.budget) over = budget.over;
        if (over && over->low < bound.limit && bound.limit < over->high) names.push_back(name(plan));
      }
      if (!names.empty())
        warn(fmt::format("Too close to call with {}: whether {} {} {}.", futures(), listed(names),
                         names.size() == 1 ? "is" : "are", bound.words));
    }
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
      else if (bound.statistic.starts_with("budget."))
        words.push_back(fmt::format("the budget {} is broken in {} of futures (goal: at most {})", subject,
                                    percent(value), percent(bound.limit)));
      else
        words.push_back(fmt::format("{} is late in {} of its runs (goal: at most {})", subject, percent(value),
                                    percent(bound.limit)));
    }
    return fmt::format("{}", fmt::join(words, ", "));
  }

  const results::Results& results_;
  results::Summary summary_;
  std::optional<scenario::Scenario> scenario_;
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
