// The laws of demand and services against closed forms. Every check is also fed a wrong expectation, which it must
// reject.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/stat/path_bills.hpp"
#include "tests/stat/service_builder.hpp"
#include "tests/stat/z_test.hpp"

namespace costrisk::stat {
namespace {

constexpr double hour = 3600.0;
using Values = std::vector<double>;

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// The chance of at most `most` successes among n.
double binomial_below(int n, double p, int most) {
  double sum = 0.0;
  for (int k = 0; k <= most; ++k)
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
  return sum;
}

/// The fourth central moment of a binomial.
double binomial_fourth_moment(int n, double p) {
  const double variance = n * p * (1.0 - p);
  return variance * (1.0 + 3.0 * variance - 6.0 * p * (1.0 - p));
}

class ServiceClosedForms : public testing::TestWithParam<Subject> {
 protected:
  std::vector<PlanBills> simulate(const scenario::Scenario& scenario, int paths = 20'000) {
    trials_ = static_cast<double>(paths);
    return path_bills(GetParam(), scenario, paths, 20260105);
  }
  static Values values(const PlanBills& plan, const std::function<double(const PathBill&)>& value) {
    Values result;
    for (const PathBill& path : plan.paths) result.push_back(value(path));
    return result;
  }
  static Values cost_of_bin(const PlanBills& plan, std::size_t bin) {
    return values(plan, [bin](const PathBill& path) {
      return path.cumulative[bin] - (bin > 0 ? path.cumulative[bin - 1] : 0.0);
    });
  }
  void share(const std::string& what, const Values& measured, const std::function<bool(double)>& holds, double expected,
             double bias) {
    double count = 0.0;
    for (const double value : measured) count += holds(value) ? 1.0 : 0.0;
    checks_.share(what, count / static_cast<double>(measured.size()), static_cast<double>(measured.size()), expected,
                  bias);
  }
  void log_normally_distributed(const std::string& what, const Values& measured, double median, double spread) {
    const auto z_of = [&](double sd) {
      return kolmogorov_z(measured, [&](double x) { return normal_below(std::log(x / median) / sd); });
    };
    checks_.z_values(what, z_of(spread), z_of(spread * 1.15));
  }
  void correlated(const std::string& what, const Values& x, const Values& y, double expected) {
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    const double n = static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double a = std::log(x[i]), b = std::log(y[i]);
      sx += a;
      sy += b;
      sxx += a * a;
      syy += b * b;
      sxy += a * b;
    }
    const double measured = (sxy - sx * sy / n) / std::sqrt((sxx - sx * sx / n) * (syy - sy * sy / n));
    checks_.mean(what, std::atanh(measured), 1.0 / std::sqrt(n - 3.0), std::atanh(expected), -0.2);
  }
  void TearDown() override {
    if (checks_.size() == 0) return;
    EXPECT_EQ(checks_.failures(), "");
    EXPECT_EQ(checks_.undetected_biases(), "") << "the check cannot tell its planted bias";
  }

  Checks checks_;
  double trials_ = 0.0;
};

/// A demand whose requests cost 1 each, in bins of a step.
scenario::Scenario asked(const scenario::Demand& demand, double hours) {
  scenario::Scenario scenario = one_market(1.0, hours);
  scenario.simulation.bin_seconds = hour;
  scenario.demands.push_back(demand);
  define_service(scenario, "s", 1.0);
  define_serverless(scenario, "hosted", 1.0 / hour);
  run_service(add_plan(scenario, "p"), 0, {}).overflow = 0;
  return scenario;
}

struct Reclaims {
  int instances;
  double chance;
};

/// One service a case, each on spot of a market of its own; what is reclaimed in a step is out for the delay.
scenario::Scenario reclaimed(const std::vector<Reclaims>& cases, double hours, double delay_hours) {
  scenario::Scenario scenario = one_market(1.0, hours);
  scenario.markets.clear();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string name = "m" + std::to_string(i);
    scenario.markets.push_back(plain_market(name));
    scenario.markets.back().spot->reclaim_every_hours =
        at("market." + name + ".spot.reclaim_every", scenario::Law::constant(-1.0 / std::log1p(-cases[i].chance)));
    scenario.demands.push_back(flat_demand("d" + std::to_string(i), cases[i].instances));
  }
  for (std::size_t i = 0; i < cases.size(); ++i)
    define_service(scenario, "s" + std::to_string(i), 1.0, static_cast<int>(i));
  scenario::Plan& plan = add_plan(scenario, "p");
  for (std::size_t i = 0; i < cases.size(); ++i)
    run_service(plan, static_cast<int>(i), {pool(Purchase::spot, static_cast<int>(i))}).scale_up_delay_seconds =
        delay_hours * hour;
  return scenario;
}

const std::vector<Reclaims> reclaim_cases = {{1, 0.3},       {3, 0.5},    {7, 0.9},     {40, 0.02},    {40, 0.5},
                                             {40, 0.51},     {250, 0.4},  {250, 0.064}, {1000, 0.003}, {1000, 0.3},
                                             {4096, 0.0005}, {4096, 0.5}, {4096, 0.97}, {33, 0.49},    {600, 0.75}};

TEST_P(ServiceClosedForms, IndividualReclaimsAreBinomialInEveryStep) {
  const int steps = 3;
  const bool fast = GetParam() == Subject::engine;
  const PlanBills plan = simulate(reclaimed(reclaim_cases, steps, 1.0), fast ? 20'000 : 4'000)[0];
  // The planted biases are as small as can be told apart with so many paths.
  const auto smallest_bias = [](double standard_error, double expected) { return 10.0 * standard_error / expected; };
  double fleet_cost = 0.0;
  for (std::size_t i = 0; i < reclaim_cases.size(); ++i) {
    const auto& [n, p] = reclaim_cases[i];
    fleet_cost += steps * n;
    const std::string what = std::to_string(n) + " at " + std::to_string(p);
    // Steps are independent, so their sum is binomial too.
    const Values out = values(plan, [i](const PathBill& path) { return path.services[i].unserved / hour; });
    const int all = steps * n;
    const double mean = all * p, variance = mean * (1.0 - p);
    for (const double lost : out) ASSERT_NEAR(lost, std::round(lost), 1e-3) << what;
    const double error = std::sqrt(variance / trials_);
    checks_.mean("mean of " + what, sample_mean(out).mean, error, mean, smallest_bias(error, mean));
    double squares = 0.0;
    for (const double lost : out) squares += (lost - mean) * (lost - mean);
    const double error_of_variance = std::sqrt((binomial_fourth_moment(all, p) - variance * variance) / trials_);
    checks_.mean("variance of " + what, squares / trials_, error_of_variance, variance,
                 smallest_bias(error_of_variance, variance));
    const int middle = static_cast<int>(mean);
    const double below = binomial_below(all, p, middle);
    share(
        "below the mean, of " + what, out, [&](double lost) { return lost < middle + 0.5; }, below,
        smallest_bias(std::sqrt(below * (1.0 - below) / trials_), below));
  }
  for (const PathBill& path : plan.paths) ASSERT_NEAR(path.cost, fleet_cost, 1e-2) << "reclaims are replaced at once";
}

TEST_P(ServiceClosedForms, ReclaimedInstancesAreOutForTheDelayFromTheStartOfTheirStep) {
  const int n = 50;
  const double p = 0.2;
  // Weights of the losses of steps 0, 1, 2 over a horizon of three steps: those still out at its end count in part.
  struct Case {
    double delay;
    std::vector<double> weights;
  };
  for (const Case& c : {Case{0.25, {0.25, 0.25, 0.25}}, Case{1.5, {1.5, 1.5, 1.0}}, Case{2.75, {2.75, 2.0, 1.0}}}) {
    const PlanBills plan = simulate(reclaimed({{n, p}}, 3.0, c.delay))[0];
    const Values out = values(plan, [](const PathBill& path) { return path.services[0].unserved / hour; });
    double sum = 0.0, squares = 0.0;
    for (const double weight : c.weights) {
      sum += weight;
      squares += weight * weight;
    }
    const double variance = n * p * (1.0 - p) * squares;
    const std::string what = "delay " + std::to_string(c.delay);
    checks_.mean("mean, " + what, sample_mean(out).mean, std::sqrt(variance / trials_), n * p * sum, 0.02);
    Values deviations;
    for (const double lost : out) deviations.push_back((lost - n * p * sum) * (lost - n * p * sum));
    checks_.mean("variance, " + what, sample_mean(deviations), variance, 0.15);
  }
}

TEST_P(ServiceClosedForms, BurstsHoldTheirShareOfTimeAndMultiply) {
  scenario::Demand demand = flat_demand("d", 2.0);
  demand.bursts = scenario::Bursts{{15.0 * hour, {5.0 * hour, 1.0}}, 3.0};
  const int hours = 48;
  const PlanBills plan = simulate(asked(demand, hours))[0];
  for (const std::size_t bin : {0, 1, 10, 47}) {
    const Values cost = cost_of_bin(plan, bin);
    share(
        "in a burst in hour " + std::to_string(bin), cost, [](double c) { return std::abs(c - 6.0) < 1e-3; }, 0.25,
        0.1);
    share(
        "in none in hour " + std::to_string(bin), cost, [](double c) { return std::abs(c - 2.0) < 1e-3; }, 0.75, 0.1);
  }
  checks_.mean("mean demand", sample_mean(values(plan, [](const PathBill& path) { return path.cost; })),
               2.0 * hours * (1.0 + 2.0 * 0.25), 0.03);
}

TEST_P(ServiceClosedForms, NoiseIsLogNormalWithMeanOneAndItsHalfLife) {
  scenario::Demand demand = flat_demand("d", 5.0);
  const double volatility = 0.4;
  demand.noise = scenario::Process{volatility, 6.0 * hour, {}};
  const PlanBills plan = simulate(asked(demand, 24.0))[0];
  const Values first = cost_of_bin(plan, 0), later = cost_of_bin(plan, 6), last = cost_of_bin(plan, 23);
  for (const Values* cost : {&first, &last}) {
    checks_.mean("mean", sample_mean(*cost), 5.0, 0.03);
    log_normally_distributed("noise", *cost, 5.0 * std::exp(-volatility * volatility / 2.0), volatility);
  }
  correlated("after a half-life", first, later, 0.5);
}

TEST_P(ServiceClosedForms, BaseAndGrowthAreLawsThatMoveTogetherThroughAFactor) {
  scenario::Demand demand = flat_demand("d", 1.0);
  demand.base = at("demand.d.base", log_normal(3.0, 0.3));
  demand.base.loading = {{0, 0.8}};
  demand.growth_per_month = at("demand.d.growth", log_normal(0.1, 0.5));
  demand.growth_per_month.loading = {{0, 0.6}};
  scenario::Scenario scenario = asked(demand, 731.0);
  scenario.factors.push_back({"adoption", std::numeric_limits<double>::infinity(), {}});
  const PlanBills plan = simulate(scenario, 8'000)[0];
  const Values first = cost_of_bin(plan, 0), month_later = cost_of_bin(plan, 730);
  Values growth;
  for (std::size_t i = 0; i < first.size(); ++i) growth.push_back(month_later[i] / first[i] - 1.0);
  log_normally_distributed("base", first, 3.0, 0.3);
  log_normally_distributed("growth", growth, 0.1, 0.5);
  correlated("base and growth", first, growth, 0.48);
}

TEST_P(ServiceClosedForms, ChangesHappenInTheirShareOfFuturesEachWithItsMultiplier) {
  scenario::Demand demand = flat_demand("d", 2.0);
  for (const auto& [index, chance] : std::vector<std::pair<int, double>>{{0, 0.4}, {1, 0.7}}) {
    scenario::Change change;
    change.at_seconds = (1.0 + index) * hour;
    change.chance = chance;
    change.multiplier = at("demand.d.change." + std::to_string(index) + ".multiplier", log_normal(10.0, 0.2));
    demand.changes.push_back(change);
  }
  const PlanBills plan = simulate(asked(demand, 3.0))[0];
  const Values before = cost_of_bin(plan, 0), between = cost_of_bin(plan, 1), after = cost_of_bin(plan, 2);
  const auto happened = [](double ratio) { return ratio > 1.5; };
  Values first, second, multipliers;
  double both = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    first.push_back(between[i] / before[i]);
    second.push_back(after[i] / between[i]);
    if (happened(first.back())) multipliers.push_back(first.back());
    both += happened(first.back()) && happened(second.back()) ? 1.0 : 0.0;
  }
  share("the first", first, happened, 0.4, 0.1);
  share("the second", second, happened, 0.7, 0.1);
  checks_.share("both, independent of each other", both / trials_, trials_, 0.28, 0.15);
  log_normally_distributed("multiplier", multipliers, 10.0, 0.2);
}

TEST_P(ServiceClosedForms, RatesOptimizationsAndTokensAreLaws) {
  scenario::Scenario scenario = one_market(1.0, 1.0);
  scenario.demands.push_back(flat_demand("d", 100.0));
  scenario.demands[0].tokens = scenario::Tokens{
      at("demand.d.tokens.input", log_normal(900.0, 0.3)), at("demand.d.tokens.output", log_normal(250.0, 0.2)), {}};
  define_service(scenario, "plain", 1.0);
  define_service(scenario, "by tokens", 1000.0);
  scenario.services[0].rate[0].rate = at("service.plain.rate.m", log_normal(4.0, 0.15));
  scenario.services[1].rate_is_output_tokens = true;
  scenario::Optimization optimization;
  optimization.name = "batching";
  optimization.throughput = at("optimization.batching.throughput", log_normal(1.5, 0.1));
  optimization.once = at("optimization.batching.once", scenario::Law::constant(0.0));
  scenario.optimizations.push_back(optimization);
  // One instance each, far below what is asked: what is served is what it can do.
  for (int s = 0; s < 2; ++s) run_service(add_plan(scenario, "p" + std::to_string(s)), s, {pool(Purchase::on_demand)});
  run_service(add_plan(scenario, "optimized"), 0, {pool(Purchase::on_demand)}).optimizations = {0};
  define_serverless(scenario, "hosted", 0.0);
  scenario.serverless[0].input_per_million.mode = 10.0;
  run_service(add_plan(scenario, "hosted"), 0, {}).overflow = 0;
  for (scenario::Plan& plan : scenario.plans) plan.services[0].max = 1;
  const std::vector<PlanBills> plans = simulate(scenario);
  const auto served = [](const PathBill& path) { return path.services[0].served / hour; };
  const Values plain = values(plans[0], served), optimized = values(plans[2], served);
  log_normally_distributed("rate", plain, 4.0, 0.15);
  log_normally_distributed("rate in output tokens", values(plans[1], served), 1000.0 / 250.0, 0.2);
  log_normally_distributed("optimized", optimized, 6.0, std::hypot(0.15, 0.1));
  correlated("plain and optimized", plain, optimized, 0.15 / std::hypot(0.15, 0.1));
  log_normally_distributed(
      "output tokens",
      values(plans[0], [](const PathBill& path) { return path.services[0].tokens / path.services[0].served; }), 250.0,
      0.2);
  log_normally_distributed("price by input tokens", values(plans[3], [](const PathBill& path) { return path.cost; }),
                           100.0 * hour * 900.0 * 10.0 / 1e6, 0.3);
}

INSTANTIATE_TEST_SUITE_P(Of, ServiceClosedForms, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
