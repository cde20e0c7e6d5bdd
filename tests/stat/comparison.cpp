// Two-sample z values of means, shares and quantiles.
#include "tests/stat/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace costrisk::stat {

namespace {

/// Time is kept in float on one side only, so that a billed second more or less may come of a tie.
constexpr double rounding = 1e-5;
/// What rounding leaves of sums that cancel, in units of the quantity.
constexpr double dust = 1e-4;
/// Likewise of a small part of something large, as a share of the whole.
constexpr double rounding_of_whole = 5e-7;
/// What a table of chances to wait leaves of requests within the objective, as a share of what is asked.
constexpr double rounding_of_waits = 2e-4;
/// What counting in 2^-10 leaves of requests.
constexpr double rounding_of_requests = 0.02;

class Comparison {
 public:
  Comparison(const scenario::Scenario& scenario, const Results& first, const Results& second)
      : scenario_(scenario), n_first_(static_cast<double>(first.paths)), n_second_(static_cast<double>(second.paths)) {
    for (std::size_t p = 0; p < scenario.plans.size(); ++p) compare_plan(p, first.plans[p], second.plans[p]);
    for (std::size_t i = 0; i < scenario.plans.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        share(fmt::format("'{}' cheaper than '{}'", scenario.plans[i].name, scenario.plans[j].name),
              cheaper(first.plans[i].cost, first.plans[j].cost), cheaper(second.plans[i].cost, second.plans[j].cost));
      }
    }
  }
  std::vector<Difference> differences;

 private:
  void compare_plan(std::size_t index, const PlanResults& first, const PlanResults& second) {
    const scenario::Plan& plan = scenario_.plans[index];
    const std::string name = "'" + plan.name + "' ";
    slack_ = dust;
    for (std::size_t s = 0; s < plan.services.size(); ++s)
      slack_ +=
          rounding_of_whole * asked(first.services[s]) * scenario_.services[plan.services[s].service].unserved_penalty;
    mean(name + "cost", average(first.cost), average(second.cost));
    quantiles(name + "cost", first.cost, second.cost);
    for (int c = 0; c < category_count; ++c) {
      mean(name + category_names[c], first.category[c], second.category[c]);
    }
    const double slack_of_unused = 3.0 * rounding_of_whole * first.effective;
    for (const auto& [owner, cost] : first.owner) {
      const double slack = takes_unused(plan, owner) ? slack_of_unused : 0.0;
      slack_ += slack;
      mean(name + "owner " + owner, cost, second.owner.at(owner));
      slack_ -= slack;
    }
    if (first.period.size() != second.period.size() || first.budget_over.size() != second.budget_over.size())
      throw std::runtime_error("the budgets' periods differ in number");
    const double slack_of_periods = slack_of_unused + rounding_of_whole * average(first.cost).mean;
    slack_ += slack_of_periods;
    for (std::size_t p = 0; p < first.period.size(); ++p) {
      mean(fmt::format("{}charged in period {}", name, p), first.period[p], second.period[p]);
      share(fmt::format("{}period {} over", name, p), first.period_over[p], second.period_over[p]);
    }
    slack_ -= slack_of_periods;
    for (std::size_t b = 0; b < first.budget_over.size(); ++b)
      share(fmt::format("{}budget {} over", name, b), first.budget_over[b], second.budget_over[b]);
    for (std::size_t e = 0; e < first.cumulative.size(); ++e) {
      mean(fmt::format("{}cumulative cost of bin {}", name, e), first.cumulative[e], second.cumulative[e]);
    }
    // Nearly every path may pay the same restart, and a few none at all.
    mean(name + "restart waste", first.restart_waste, second.restart_waste, std::max(1.0, first.restart_waste.mean));
    mean(name + "lost-work waste", first.lost_work_waste, second.lost_work_waste);
    // Found as what is had less what is used.
    const auto of = [&](Category category) { return first.category[static_cast<std::size_t>(category)].mean; };
    const double bought = of(Category::on_demand) + of(Category::spot) + first.covered.mean;
    slack_ += rounding_of_whole * bought + slack_of_unused;
    mean(name + "idle waste", first.idle_waste, second.idle_waste);
    mean(name + "planned headroom", first.planned_headroom, second.planned_headroom);
    mean(name + "unused-commitment waste", first.unused_commitment_waste, second.unused_commitment_waste);
    mean(name + "list price covered", first.covered, second.covered);
    known(name + "effective cost of commitments", first.effective, second.effective);
    known(name + "obligation", first.obligation, second.obligation);
    for (std::size_t s = 0; s < plan.services.size(); ++s) {
      const scenario::Service& service = scenario_.services[plan.services[s].service];
      compare_service(name + service.name + " ", service.unserved_penalty, first.services[s], second.services[s]);
    }
    slack_ = dust;
    for (std::size_t j = 0; j < plan.jobs.size(); ++j) {
      const std::string job = name + scenario_.jobs[plan.jobs[j].job].name + " ";
      share(job + "never finishes", never(first.finish[j]), never(second.finish[j]));
      quantiles(job + "finish", first.finish[j], second.finish[j]);
      mean(job + "runs", first.runs[j], second.runs[j]);
      mean(job + "late runs", first.late[j], second.late[j], 1.0);
      mean(job + "interruptions", first.interruptions[j], second.interruptions[j], 1.0);
      mean(job + "lost hours", first.lost_hours[j], second.lost_hours[j], 1.0);
      for (std::size_t u = 0; u < first.use_hours[j].size(); ++u) {
        compare_use(job, u, first.use_hours[j], second.use_hours[j], 24.0 * plan.jobs[j].instances);
      }
    }
  }

  /// Whether what is left of some contract is the owner's.
  static bool takes_unused(const scenario::Plan& plan, const std::string& owner) {
    const auto gives = [&](const auto& contract) {
      return contract.unused == owner || contract.unused == scenario::pro_rata;
    };
    return owner == scenario::unused_owner || std::any_of(plan.commitments.begin(), plan.commitments.end(), gives) ||
           std::any_of(plan.savings_plans.begin(), plan.savings_plans.end(), gives);
  }

  static double asked(const ServiceResults& service) { return service.served.mean + service.unserved.mean; }

  void compare_service(const std::string& name, double unserved_penalty, const ServiceResults& first,
                       const ServiceResults& second) {
    const double known_to = rounding_of_requests + rounding_of_whole * (asked(first) + first.waiting.mean);
    slack_ = known_to;
    mean(name + "served", first.served, second.served);
    mean(name + "unserved", first.unserved, second.unserved, 1.0);
    slack_ += rounding_of_waits * asked(first);
    mean(name + "within", first.within, second.within, 1.0);
    slack_ = known_to;
    mean(name + "queued", first.queued, second.queued);
    // What is too much in the queue stays there.
    slack_ = known_to * static_cast<double>(scenario_.steps());
    mean(name + "waiting", first.waiting, second.waiting, 1.0);
    const double served = std::max(1.0, first.served.mean), tokens = std::max(1.0, first.tokens.mean);
    slack_ = 1.0 + known_to * tokens / served;
    mean(name + "tokens", first.tokens, second.tokens);
    slack_ = known_to;
    quantiles(name + "unserved", first.unserved_by_path, second.unserved_by_path);
    slack_ = dust;
    mean(name + "peak", first.peak, second.peak);
    slack_ += rounding_of_whole * asked(first) * unserved_penalty;
    mean(name + "cost", first.cost, second.cost);
    slack_ = dust + 1e3 * first.cost.mean / served * (known_to / served);
    quantiles(name + "unit cost", first.unit_cost, second.unit_cost);
    slack_ = dust + 1e6 * first.cost.mean / tokens * (known_to / served);
    if (!first.token_cost.empty()) quantiles(name + "token cost", first.token_cost, second.token_cost);
    slack_ = dust;
    for (std::size_t u = 0; u < first.use_hours.size(); ++u)
      compare_use(name, u, first.use_hours, second.use_hours, 24.0);
  }

  void compare_use(const std::string& name, std::size_t u, const std::vector<Average>& first,
                   const std::vector<Average>& second, double rare) {
    mean(fmt::format("{}use of '{}' {}", name, scenario_.markets[u / purchase_count].name,
                     purchase_names[u % purchase_count]),
         first[u], second[u], rare);
  }

  static Average average(const std::vector<double>& values) {
    const SampleMean result = sample_mean(values);
    return {result.mean, result.standard_error * std::sqrt(static_cast<double>(values.size()))};
  }
  static double cheaper(const std::vector<double>& one, const std::vector<double>& other) {
    double count = 0.0;
    for (std::size_t path = 0; path < one.size(); ++path)
      count += one[path] < other[path] * (1.0 - rounding) - dust ? 1.0 : 0.0;
    return count / static_cast<double>(one.size());
  }
  static double never(const std::vector<double>& finish) {
    return static_cast<double>(std::count_if(finish.begin(), finish.end(), [](double f) { return std::isinf(f); })) /
           static_cast<double>(finish.size());
  }

  // Where neither side shows a spread, both must be the same but for rounding. A quantity of `rare` events, of which
  // one is of this size, has a spread that the side which keeps it may have missed: there the few paths that differ
  // are taken to differ by one event, or by all of it if that is more.
  void mean(const std::string& what, const Average& first, const Average& second, double rare = 0.0) {
    double deviation = std::fmax(first.deviation, second.deviation);
    const double largest = std::max(std::abs(first.mean), std::abs(second.mean));
    const double apart = std::abs(first.mean - second.mean);
    if (deviation <= 1e-9 * largest) {
      const bool both_known = !std::isnan(first.deviation) && !std::isnan(second.deviation);
      if (both_known || rare == 0.0) {
        differences.push_back({what, first.mean, second.mean, apart <= rounding * largest + slack_ ? 0.0 : HUGE_VAL});
        return;
      }
      deviation = std::sqrt(std::max(rare, largest) * apart);
    }
    const double error = deviation * std::sqrt(1.0 / n_first_ + 1.0 / n_second_);
    add(what, first.mean, second.mean, error + rounding * largest + slack_);
  }

  /// What no chance decides.
  void known(const std::string& what, double first, double second) {
    const double apart = std::abs(first - second);
    const double largest = std::max(std::abs(first), std::abs(second));
    differences.push_back({what, first, second, apart <= 1e-9 * largest + dust ? 0.0 : HUGE_VAL});
  }

  void share(const std::string& what, double first, double second) {
    const double pooled = (first * n_first_ + second * n_second_) / (n_first_ + n_second_);
    add(what, first, second, std::sqrt(pooled * (1.0 - pooled) * (1.0 / n_first_ + 1.0 / n_second_)));
  }

  // The share of the first sample below a quantile of the second must be that of the quantile; where values
  // pile up, the share strictly below and the share up to it must enclose it.
  void quantiles(const std::string& what, const std::vector<double>& first, std::vector<double> second) {
    std::sort(second.begin(), second.end());
    for (const double p : {0.05, 0.5, 0.95}) {
      const double quantile = second[static_cast<std::size_t>(std::ceil(p * n_second_)) - 1];
      const double below = share_up_to(first, quantile, -1.0, slack_ - dust);
      const double up_to = share_up_to(first, quantile, 1.0, slack_ - dust);
      const double outside = std::max({0.0, below - p, p - up_to});
      const double error = std::sqrt(p * (1.0 - p) * (1.0 / n_first_ + 1.0 / n_second_));
      add(fmt::format("{} P{:.0f} at {:.6g}, share", what, 100 * p, quantile),
          below - p > p - up_to ? p + outside : p - outside, p, error);
    }
  }
  static double share_up_to(const std::vector<double>& values, double x, double side, double slack) {
    if (std::isinf(x)) return side > 0.0 ? 1.0 : 1.0 - never(values);
    const double limit = x + side * (std::abs(x) * rounding + rounding + slack);
    return static_cast<double>(std::count_if(values.begin(), values.end(), [&](double v) { return v <= limit; })) /
           static_cast<double>(values.size());
  }

  void add(const std::string& what, double first, double second, double error) {
    differences.push_back({what, first, second, first == second ? 0.0 : (first - second) / error});
  }

  const scenario::Scenario& scenario_;
  const double n_first_, n_second_;
  double slack_ = dust;  ///< of means
};

}  // namespace

std::vector<Difference> compare(const scenario::Scenario& scenario, const Results& first, const Results& second) {
  return Comparison(scenario, first, second).differences;
}

std::string beyond(const std::vector<Difference>& differences, double false_alarm) {
  const double bound = two_sided_z(false_alarm / static_cast<double>(differences.size()));
  std::string listed;
  for (const Difference& d : differences) {
    if (std::abs(d.z) <= bound) continue;
    listed += fmt::format("{}: {:.9g} against {:.9g}, {:.1f} standard errors\n", d.what, d.first, d.second, d.z);
  }
  return listed;
}

}  // namespace costrisk::stat
