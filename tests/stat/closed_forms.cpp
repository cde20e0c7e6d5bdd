// The laws of the model against closed forms, for the engine and for the reference alike. Every check is also
// fed a wrong expectation, which it must reject.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/stat/builder.hpp"
#include "tests/stat/subject.hpp"
#include "tests/stat/z_test.hpp"

namespace costrisk::stat {
namespace {

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// Log-normal by mean and coefficient of variation, as sojourns are.
struct Sojourns {
  double mean, sigma, mu;
  Sojourns(double mean_hours, double cv)
      : mean(mean_hours), sigma(std::sqrt(std::log1p(cv * cv))), mu(std::log(mean_hours) - sigma * sigma / 2.0) {}
  /// The chance that what is left of the sojourn going on at a random instant exceeds x.
  double residual_above(double x) const {
    if (x <= 0.0) return 1.0;
    const double z = (std::log(x) - mu) / sigma;
    return normal_below(sigma - z) - x / mean * normal_below(-z);
  }
};

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i];
    sy += y[i];
    sxx += x[i] * x[i];
    syy += y[i] * y[i];
    sxy += x[i] * y[i];
  }
  return (sxy - sx * sy / n) / std::sqrt((sxx - sx * sx / n) * (syy - sy * sy / n));
}

std::vector<double> logs(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

double share_where(const std::vector<double>& values, const std::function<bool(double)>& holds) {
  double count = 0.0;
  for (const double value : values) count += holds(value) ? 1.0 : 0.0;
  return count / static_cast<double>(values.size());
}

bool about(double value, double expected) { return std::abs(value - expected) < 1e-3; }

class ClosedForms : public testing::TestWithParam<Subject> {
 protected:
  Results simulate(const scenario::Scenario& scenario, std::uint64_t paths = 40'000, std::uint64_t seed = 20260105) {
    trials_ = static_cast<double>(paths);
    return stat::simulate(GetParam(), scenario, paths, seed);
  }
  void share(const std::string& what, double measured, double expected, double bias) {
    checks_.share(what, measured, trials_, expected, bias);
  }
  /// A correlation by Fisher's transformation.
  void correlated(const std::string& what, const std::vector<double>& x, const std::vector<double>& y, double expected,
                  double bias) {
    checks_.mean(what, std::atanh(correlation(x, y)), 1.0 / std::sqrt(trials_ - 3.0), std::atanh(expected),
                 std::atanh(expected * (1.0 + bias)) / std::atanh(expected) - 1.0);
  }
  /// Log-normal with this median and spread; the planted bias widens the spread.
  void log_normally_distributed(const std::string& what, const std::vector<double>& values, double median,
                                double spread, double bias) {
    const auto z_of = [&](double sd) {
      return kolmogorov_z(values, [&](double x) { return normal_below(std::log(x / median) / sd); });
    };
    checks_.z_values(what, z_of(spread), z_of(spread * (1.0 + bias)));
  }
  void TearDown() override {
    if (checks_.size() == 0) return;
    EXPECT_EQ(checks_.failures(), "");
    EXPECT_EQ(checks_.undetected_biases(), "") << "the check cannot tell its planted bias";
  }

  Checks checks_;
  double trials_ = 0.0;
};

// One plan per instant: a job of one step on spot costs exactly the price of that step.
scenario::Scenario price_probes(const std::vector<int>& steps) {
  scenario::Scenario scenario = one_market(1.0, 64.0);
  for (const int step : steps) {
    scenario::Job job = plain_job("at " + std::to_string(step), scenario::Law::constant(1.0));
    job.release_seconds = step * 3600.0;
    add_job(scenario, job, Policy::spot);
  }
  return scenario;
}

TEST_P(ClosedForms, SpotPriceIsStationaryLogNormalWithItsMeanAndCorrelation) {
  const std::vector<int> steps = {0, 1, 6, 12, 60};
  scenario::Scenario scenario = price_probes(steps);
  const double mean = 8.9, volatility = 0.5, half_life = 12.0;
  scenario.markets[0].spot->price->mean.mode = mean;
  scenario.markets[0].spot->price->process = scenario::Process{volatility, half_life * 3600.0, {}};
  const Results results = simulate(scenario);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string at = " at step " + std::to_string(steps[i]);
    const std::vector<double>& price = results.plans[i].cost;
    checks_.mean("mean price" + at, sample_mean(price), mean, 0.05);
    log_normally_distributed("price" + at, price, mean * std::exp(-volatility * volatility / 2.0), volatility, 0.15);
    if (i > 0 && steps[i] < 60) {
      correlated("correlation with step 0" + at, logs(results.plans[0].cost), logs(price),
                 std::exp2(-steps[i] / half_life), -0.1);
    }
  }
}

TEST_P(ClosedForms, CappedSpotPriceHasTheMeanOfACappedLogNormal) {
  scenario::Scenario scenario = price_probes({0, 30});
  const double mean = 10.0, v = 0.6, cap = 12.0;
  scenario.markets[0].spot->price->mean.mode = mean;
  scenario.markets[0].spot->price->cap = cap;
  scenario.markets[0].spot->price->process = scenario::Process{v, 6 * 3600.0, {}};
  const Results results = simulate(scenario);
  const double d = (std::log(cap / mean) + v * v / 2.0) / v;
  const double expected = mean * normal_below(d - v) + cap * normal_below(-d);
  const double capped = normal_below(-d);
  for (const PlanResults& plan : results.plans) {
    checks_.mean("mean", sample_mean(plan.cost), expected, 0.03);
    share("share of steps at the cap", share_where(plan.cost, [&](double price) { return about(price, cap); }), capped,
          0.1);
  }
}

TEST_P(ClosedForms, ConstantHalfLifeForeverIsOneDrawPerFuture) {
  scenario::Scenario scenario = price_probes({0, 60});
  scenario.markets[0].spot->price->process = scenario::Process{0.5, std::numeric_limits<double>::infinity(), {}};
  const Results results = simulate(scenario, 1000);
  for (std::size_t path = 0; path < 1000; ++path) {
    ASSERT_NEAR(results.plans[0].cost[path], results.plans[1].cost[path], 2e-6);
  }
  EXPECT_GT(sample_mean(results.plans[0].cost).standard_error, 0.01);
}

TEST_P(ClosedForms, LoadedPricesMoveTogetherAndShocksRaiseThem) {
  scenario::Scenario scenario = price_probes({0, 7, 60});
  scenario::Factor factor;
  factor.name = "shortage";
  factor.half_life_seconds = 40.0 * 3600.0;
  factor.shock = scenario::Shock{{20.0 * 3600.0, {10.0 * 3600.0, 1.3}}, 2.0};
  scenario::Factor calm = factor;
  calm.name = "calm";
  calm.shock.reset();
  scenario.factors = {factor, calm};
  const double mean = 5.0, v = 0.4;
  scenario.markets[0].spot->price->mean.mode = mean;
  scenario.markets[0].spot->price->process = scenario::Process{v, 12 * 3600.0, {{0, 0.6}}};
  for (const char* name : {"x", "y"}) {
    scenario::Market market = plain_market(name);
    market.spot->price->process = scenario::Process{v, 12 * 3600.0, {{1, name[0] == 'x' ? 0.8 : -0.7}}};
    scenario.markets.push_back(market);
    scenario::Job job = plain_job(name, scenario::Law::constant(1.0));
    const int index = static_cast<int>(scenario.markets.size()) - 1;
    job.throughput[0].market = index;
    job.release_seconds = 30 * 3600.0;
    add_job(scenario, job, Policy::spot).markets = {index};
  }
  const Results results = simulate(scenario);
  const double shocked = 10.0 / 30.0;
  const double expected = mean * (1.0 - shocked + shocked * std::exp(v * 0.6 * 2.0));
  for (int i = 0; i < 3; ++i) checks_.mean("mean under shocks", sample_mean(results.plans[i].cost), expected, 0.05);
  correlated("two markets on one factor", logs(results.plans[3].cost), logs(results.plans[4].cost), -0.56, 0.15);
}

TEST_P(ClosedForms, RepricingCompoundsAtExponentialTimes) {
  scenario::Scenario scenario = price_probes({0, 20, 60});
  const double every = 40.0;
  scenario.markets[0].repricing =
      scenario::Repricing{every * 3600.0, at("market.m.repricing.multiplier", triangular(0.5, 0.8, 1.1))};
  scenario.markets[0].spot->price->mean.mode = 9.0;
  const Results results = simulate(scenario);
  share("no price changes before the start", share_where(results.plans[0].cost, [](double c) { return about(c, 9.0); }),
        1.0 - 1e-9, -0.1);
  for (const int i : {1, 2}) {
    const double t = i == 1 ? 20.0 : 60.0;
    checks_.mean("mean price", sample_mean(results.plans[i].cost), 9.0 * std::exp(t / every * (0.8 - 1.0)), 0.02);
    share("unchanged prices", share_where(results.plans[i].cost, [](double c) { return std::abs(c - 9.0) < 1e-5; }),
          std::exp(-t / every), 0.1);
  }
}

TEST_P(ClosedForms, CapacityHasItsShareFromTheFirstStepOnAndLogNormalSojourns) {
  scenario::Scenario scenario = one_market(1.0, 64.0);
  const Sojourns up(40.0, 1.5), down(12.0, 1.2);
  scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", up.mean, 1.5, down.mean, 1.2);
  const std::vector<int> instants = {0, 1, 7, 60};
  for (const int step : instants) {
    scenario::Job job = plain_job("at " + std::to_string(step), scenario::Law::constant(1.0));
    job.release_seconds = step * 3600.0;
    add_job(scenario, job, Policy::spot);
  }
  const std::vector<int> lengths = {3, 10, 30, 60};
  for (const int length : lengths) {
    add_job(scenario, plain_job("for " + std::to_string(length), scenario::Law::constant(length)), Policy::spot);
  }
  const Results results = simulate(scenario);
  const double share_up = up.mean / (up.mean + down.mean);
  for (std::size_t i = 0; i < instants.size(); ++i) {
    share("up at step " + std::to_string(instants[i]),
          share_where(results.plans[i].finish[0], [&](double finish) { return about(finish, instants[i] + 1); }),
          share_up * up.residual_above(1.0), 0.03);
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const int length = lengths[i];
    share(
        "up without a break for " + std::to_string(length),
        share_where(results.plans[instants.size() + i].finish[0], [&](double finish) { return about(finish, length); }),
        share_up * up.residual_above(length), 0.08);
  }
}

TEST_P(ClosedForms, OfSojournsShorterThanAStepThePartFromItsStartOnIsUsed) {
  scenario::Scenario scenario = one_market(1.0, 400.0);
  const Sojourns up(0.9, 1.0);
  scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", up.mean, 1.0, 0.35, 0.5);
  add_job(scenario, plain_job("j", scenario::Law::constant(1e6)), Policy::spot);
  const Results results = simulate(scenario, 4000);
  // What is left of an up-run at a step's start, up to the step's end.
  double used = 0.0;
  for (int i = 0; i < 1000; ++i) used += up.residual_above((i + 0.5) / 1000.0) / 1000.0;
  checks_.mean("hours of use", sample_mean(results.plans[0].cost), 400.0 * 0.9 / 1.25 * used, 0.02);
}

TEST_P(ClosedForms, DroughtsLastLogNormalTimesAndComeAtTheRateOfTheirCycle) {
  scenario::Scenario scenario = one_market(1.0, 101.0);
  const Sojourns up(200.0, 0.8), down(25.0, 1.2);
  scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", up.mean, 0.8, down.mean, 1.2);
  add_job(scenario, plain_job("soon", scenario::Law::constant(1.0)), Policy::spot);
  add_job(scenario, plain_job("endless", scenario::Law::constant(1e6)), Policy::spot);
  const Results results = simulate(scenario);
  const double share_down = down.mean / (up.mean + down.mean);
  for (const int steps : {1, 6, 20, 50}) {
    share("no capacity for " + std::to_string(steps),
          share_where(results.plans[0].finish[0], [&](double finish) { return finish > steps + 0.5; }),
          share_down * down.residual_above(steps - 1.0), 0.3);
  }
  const double losses = 100.0 / (up.mean + down.mean);
  checks_.mean("losses", results.plans[1].interruptions[0].mean, std::sqrt(losses / trials_), losses, 0.08);
}

TEST_P(ClosedForms, DepthIsAFloorAndAGangNeedsAllOfIt) {
  scenario::Scenario scenario = one_market(1.0, 64.0);
  const Sojourns up(30.0, 1.0);
  scenario::Capacity limited = capacity("market.m.spot.capacity", up.mean, 1.0, 10.0, 1.0);
  limited.depth = at("market.m.spot.capacity.depth", log_normal(12.0, 1.0));
  scenario.markets[0].spot->capacity = limited;
  for (const int gang : {1, 8, 20}) {
    for (const int step : {0, 50}) {
      scenario::Job job =
          plain_job(std::to_string(gang) + " at " + std::to_string(step), scenario::Law::constant(gang));
      job.release_seconds = step * 3600.0;
      add_job(scenario, job, Policy::spot).instances = gang;
    }
  }
  const Results results = simulate(scenario);
  std::size_t plan = 0;
  for (const int gang : {1, 8, 20}) {
    for (const int step : {0, 50}) {
      const double enough = normal_below(-std::log(gang / 12.0));
      share("a gang of " + std::to_string(gang) + " at step " + std::to_string(step),
            share_where(results.plans[plan++].finish[0], [&](double finish) { return about(finish, step + 1); }),
            0.75 * up.residual_above(1.0) * enough, 0.1);
    }
  }
}

TEST_P(ClosedForms, OnDemandDroughtsHinderTheLaunchAndNotWhatRuns) {
  scenario::Scenario scenario = one_market(1.0, 200.0);
  const Sojourns down(15.0, 1.5);
  scenario.markets[0].on_demand->capacity = capacity("market.m.on_demand.capacity", 100.0, 0.7, down.mean, 1.5);
  add_job(scenario, plain_job("j", scenario::Law::constant(120.0)), Policy::on_demand);
  const Results results = simulate(scenario);
  const std::vector<double>& finish = results.plans[0].finish[0];
  share("launched at once", share_where(finish, [](double f) { return about(f, 120.0); }), 100.0 / 115.0, 0.03);
  share("waited for 11 steps or more", share_where(finish, [](double f) { return f > 130.5; }),
        15.0 / 115.0 * down.residual_above(10.0), 0.15);
}

struct CycleCase {
  double interruptions_per_hour, interval, write, restart, step;
  int gang;
};

// Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps" (2006): the expected
// time of a segment of length x between interruptions at rate λ with restarts R is e^(λR)(e^(λx) − 1)/λ.
double segment_time(double rate, double restart, double length) {
  return std::exp(rate * restart) * std::expm1(rate * length) / rate;
}

TEST_P(ClosedForms, CheckpointCyclesTakeDalysTime) {
  for (const CycleCase& c : {CycleCase{0.05, 2.0, 0.1, 0.2, 0.25, 1}, CycleCase{0.5, 0.5, 0.05, 0.1, 1.0, 4},
                             CycleCase{2.0, 0.6, 0.02, 0.05, 2.0, 8}, CycleCase{8.0, 0.1, 0.03, 0.02, 4.0, 2},
                             CycleCase{0.3, 4.0, 0.5, 1.0, 24.0, 16}}) {
    const int cycles = 30;
    const double expected = std::expm1(c.interruptions_per_hour * c.restart) / c.interruptions_per_hour +
                            (cycles - 1) * segment_time(c.interruptions_per_hour, c.restart, c.interval + c.write) +
                            segment_time(c.interruptions_per_hour, c.restart, c.interval);
    scenario::Scenario scenario = one_market(c.step, std::ceil(8.0 * expected / c.step) * c.step);
    scenario.markets[0].spot->reclaim_every_hours =
        at("market.m.spot.reclaim_every", scenario::Law::constant(c.gang / c.interruptions_per_hour));
    scenario.markets[0].spot->notice_seconds = 60.0;
    scenario::Job job = plain_job("j", scenario::Law::constant(c.gang * cycles * c.interval));
    job.checkpoint = scenario::Checkpoint{c.interval * 3600.0, c.write * 3600.0};
    job.restart_seconds = c.restart * 3600.0;
    scenario::JobAssignment& assignment = add_job(scenario, job, Policy::spot);
    assignment.instances = c.gang;
    assignment.checkpoint = job.checkpoint;
    assignment.restart_seconds = job.restart_seconds;
    const Results results = simulate(scenario, 10'000);
    const PlanResults& plan = results.plans[0];
    const std::string rate = " at " + std::to_string(c.interruptions_per_hour) + " an hour";
    const SampleMean finish = sample_mean(plan.finish[0]);
    checks_.mean("finish" + rate, finish, expected, 0.04);
    checks_.mean(
        "interruptions" + rate, plan.interruptions[0].mean,
        c.interruptions_per_hour * finish.standard_error + std::sqrt(c.interruptions_per_hour * expected / trials_),
        c.interruptions_per_hour * expected, 0.08);
    checks_.mean("instance-hours" + rate, plan.use_hours[0][static_cast<int>(Purchase::spot)].mean,
                 c.gang * finish.standard_error, c.gang * expected, 0.04);
  }
}

// 48.5 h at 0.15 interruptions an hour and 35 % of the on-demand price: nearly seventy times the on-demand
// bill without checkpoints, a third of it with them.
TEST_P(ClosedForms, LongJobWithoutCheckpointsCostsTheExponentialOfItsLength) {
  const double rate = 0.15, hours = 48.5, discounted = 0.35;
  scenario::Scenario scenario = one_market(24.0, 240'000.0);
  scenario.markets[0].spot->reclaim_every_hours =
      at("market.m.spot.reclaim_every", scenario::Law::constant(1.0 / rate));
  scenario.markets[0].spot->price->mean.mode = discounted;
  add_job(scenario, plain_job("without", scenario::Law::constant(hours)), Policy::spot);
  scenario::Job with = plain_job("with", scenario::Law::constant(hours));
  with.checkpoint = scenario::Checkpoint{1800.0, 60.0};
  add_job(scenario, with, Policy::spot).checkpoint = with.checkpoint;
  const Results results = simulate(scenario, 4000);
  checks_.mean("without checkpoints", sample_mean(results.plans[0].cost), discounted * std::expm1(rate * hours) / rate,
               0.2);
  const double expected = 96 * segment_time(rate, 0.0, 0.5 + 1.0 / 60.0) + segment_time(rate, 0.0, 0.5);
  checks_.mean("with checkpoints, hours", sample_mean(results.plans[1].finish[0]), expected, 0.01);
}

TEST_P(ClosedForms, HardwareFailsUnderOnDemandTooAndGivesNoNotice) {
  const double rate = 0.05, restart = 0.5, hours = 30.0;
  scenario::Scenario scenario = one_market(1.0, 4000.0);
  scenario.markets[0].hardware_mtbf_hours = at("market.m.hardware_mtbf", scenario::Law::constant(4.0 / rate));
  scenario.markets[0].spot->notice_seconds = 3600.0;
  for (const Policy policy : {Policy::on_demand, Policy::spot}) {
    for (const bool checkpoints : {false, true}) {
      scenario::Job job =
          plain_job(std::string(policy == Policy::spot ? "spot" : "on-demand") + (checkpoints ? " with" : ""),
                    scenario::Law::constant(4.0 * hours));
      if (checkpoints) job.checkpoint = scenario::Checkpoint{3.0 * 3600.0, 360.0};
      scenario::JobAssignment& assignment = add_job(scenario, job, policy);
      assignment.instances = 4;
      assignment.checkpoint = job.checkpoint;
      assignment.restart_seconds = restart * 3600.0;
    }
  }
  const Results results = simulate(scenario, 10'000);
  const double first_start = std::expm1(rate * restart) / rate;
  for (std::size_t i = 0; i < 4; ++i) {
    const double segments = i % 2 == 0 ? segment_time(rate, restart, hours)
                                       : 9 * segment_time(rate, restart, 3.1) + segment_time(rate, restart, 3.0);
    checks_.mean("plan " + std::to_string(i), sample_mean(results.plans[i].finish[0]), first_start + segments, 0.08);
  }
}

TEST_P(ClosedForms, NoticeLongEnoughForACheckpointLosesNothing) {
  const double rate = 0.5, restart = 0.25, hours = 20.0;
  scenario::Scenario scenario = one_market(1.0, 400.0);
  scenario.markets[0].spot->reclaim_every_hours =
      at("market.m.spot.reclaim_every", scenario::Law::constant(1.0 / rate));
  scenario.markets[0].spot->notice_seconds = 120.0;
  const scenario::Checkpoint rare{1000.0 * 3600.0, 120.0}, none_lost{0.0, 600.0};
  for (const scenario::Checkpoint& checkpoint : {rare, none_lost}) {
    scenario::Job job =
        plain_job(checkpoint.interval_seconds > 0.0 ? "rare" : "none lost", scenario::Law::constant(hours));
    scenario::JobAssignment& assignment = add_job(scenario, job, Policy::spot);
    assignment.checkpoint = checkpoint;
    assignment.restart_seconds = restart * 3600.0;
  }
  const Results results = simulate(scenario, 10'000);
  const double one_restart = std::expm1(rate * restart) / rate;
  for (const PlanResults& plan : results.plans) {
    checks_.mean("finish", sample_mean(plan.finish[0]), hours + (1.0 + rate * hours) * one_restart, 0.02);
    EXPECT_EQ(plan.lost_hours[0].mean, 0.0);
  }
}

TEST_P(ClosedForms, LawsOfWorkHaveTheirQuantilesAndLoadingsTieThem) {
  scenario::Scenario scenario = one_market(24.0, 24'000.0);
  scenario::Factor factor;
  factor.name = "optimism";
  factor.half_life_seconds = 10.0 * 3600.0;
  factor.shock = scenario::Shock{{30.0 * 3600.0, {30.0 * 3600.0, 1.0}}, 3.0};
  scenario.factors = {factor};
  const double median = 300.0, spread = 0.4;
  scenario::Law plain = log_normal(median, spread), tied = log_normal(median, spread),
                also_tied = triangular(100, 150, 400);
  tied.loading = {{0, 0.8}};
  also_tied.loading = {{0, -0.75}};
  add_job(scenario, plain_job("plain", plain), Policy::on_demand);
  add_job(scenario, plain_job("tied", tied), Policy::on_demand);
  add_job(scenario, plain_job("also", also_tied), Policy::on_demand);
  const Results results = simulate(scenario);
  const double z[] = {-1.6448536269514722, -0.6744897501960817, 0.0,
                      0.6744897501960817,  1.6448536269514722,  2.3263478740408408};
  for (const int plan : {0, 1}) {
    const std::vector<double>& finish = results.plans[plan].finish[0];
    log_normally_distributed("work", finish, median, spread, 0.15);
    for (const double at_z : z) {
      const double quantile = median * std::exp(spread * at_z);
      share("work below its quantile", share_where(finish, [&](double f) { return f < quantile; }), normal_below(at_z),
            at_z > 2.0   ? -0.01
            : at_z > 0.5 ? -0.04
                         : 0.15);
    }
  }
  const auto triangular_below = [](double low, double mode, double high, double x) {
    return x < mode ? (x - low) * (x - low) / ((high - low) * (mode - low))
                    : 1.0 - (high - x) * (high - x) / ((high - low) * (high - mode));
  };
  const auto z_of = [&](double mode) {
    return kolmogorov_z(results.plans[2].finish[0], [&](double x) { return triangular_below(100, mode, 400, x); });
  };
  checks_.z_values("triangular work", z_of(150.0), z_of(170.0));
  checks_.mean("mean of triangular work", sample_mean(results.plans[2].finish[0]), 650.0 / 3.0, 0.02);

  std::vector<double> first, second;
  for (std::size_t path = 0; path < results.plans[1].finish[0].size(); ++path) {
    first.push_back(std::log(results.plans[1].finish[0][path]));
    second.push_back(triangular_below(100, 150, 400, results.plans[2].finish[0][path]));
  }
  // Between a normal and the uniform of another that it correlates with by ρ: ρ·√(3/π).
  correlated("works on one factor", first, second, -0.6 * std::sqrt(3.0 / std::acos(-1.0)), 0.1);
}

TEST_P(ClosedForms, LawsOfPricesAndHazardsAreDrawnOncePerFuture) {
  scenario::Scenario scenario = one_market(1.0, 100.0);
  scenario.markets[0].on_demand->price = at("market.m.on_demand.price", log_normal(3.0, 0.3));
  scenario.markets[0].spot->price->mean = at("market.m.spot.price.mean", triangular(1.0, 1.0, 2.5));
  scenario.markets[0].hardware_mtbf_hours = at("market.m.hardware_mtbf", log_normal(50.0, 0.7));
  add_job(scenario, plain_job("on-demand", scenario::Law::constant(1e6)), Policy::on_demand);
  add_job(scenario, plain_job("spot", scenario::Law::constant(1e6)), Policy::spot);
  const Results results = simulate(scenario);
  std::vector<double> price = results.plans[0].cost;
  for (double& value : price) value /= 100.0;
  log_normally_distributed("on-demand price", price, 3.0, 0.3, 0.15);
  checks_.mean("spot price", sample_mean(results.plans[1].cost), 150.0, 0.02);
  const double failures = 2.0 * std::exp(0.7 * 0.7 / 2.0);
  const double deviation = std::sqrt(failures + failures * failures * std::expm1(0.7 * 0.7));
  checks_.mean("failures", results.plans[0].interruptions[0].mean, deviation / std::sqrt(trials_), failures, 0.05);
}

TEST_P(ClosedForms, AttemptsAreGeometricAndTheLastOnePleases) {
  scenario::Scenario scenario = one_market(1.0, 100.0);
  scenario::Job job = plain_job("j", scenario::Law::constant(5.0));
  job.attempts = scenario::Attempts{0.4, 3};
  add_job(scenario, job, Policy::on_demand).restart_seconds = 1800.0;
  const Results results = simulate(scenario);
  const std::vector<double>& finish = results.plans[0].finish[0];
  checks_.mean("finish", sample_mean(finish), 5.5 * 1.96, 0.05);
  const double chances[] = {0.4, 0.24, 0.36};
  for (int i = 0; i < 3; ++i) {
    share("attempts " + std::to_string(i + 1), share_where(finish, [&](double f) { return about(f, 5.5 * (i + 1)); }),
          chances[i], 0.1);
  }
  checks_.mean("cost", sample_mean(results.plans[0].cost), 2.0 * 5.5 * 1.96, 0.05);
}

TEST_P(ClosedForms, EveryRunOfARepeatedJobDrawsItsOwnWork) {
  scenario::Scenario scenario = one_market(1.0, 700.0);
  scenario::Job job = plain_job("j", triangular(10.0, 20.0, 60.0));
  job.repeat_seconds = 70.0 * 3600.0;
  add_job(scenario, job, Policy::on_demand);
  const Results results = simulate(scenario);
  const double variance = (100.0 + 400.0 + 3600.0 - 200.0 - 600.0 - 1200.0) / 18.0;
  checks_.mean("cost of ten runs", sample_mean(results.plans[0].cost), 2.0 * 10.0 * 30.0, 0.02);
  std::vector<double> squares;
  for (const double cost : results.plans[0].cost) squares.push_back((cost / 2.0 - 300.0) * (cost / 2.0 - 300.0));
  checks_.mean("variance of ten runs", sample_mean(squares), 10.0 * variance, 0.15);
  EXPECT_EQ(results.plans[0].runs[0].mean, 10.0);
}

TEST_P(ClosedForms, ItemsHaveTheirLawsAndChances) {
  scenario::Scenario scenario = one_market(1.0, 100.0);
  add_job(scenario, plain_job("j", scenario::Law::constant(50.0)), Policy::on_demand);
  add_job(scenario, plain_job("k", scenario::Law::constant(50.0)), Policy::on_demand);
  scenario::Item monthly;
  monthly.name = monthly.owner = "monthly";
  monthly.amount = at("item.monthly.monthly", triangular(1000.0, 2000.0, 6000.0));
  monthly.from_seconds = 10.5 * 3600.0;
  monthly.until_seconds = 83.5 * 3600.0;
  monthly.plans = {0};
  scenario::Item risk = monthly;
  risk.name = risk.owner = "risk";
  risk.kind = scenario::Item::Kind::once;
  risk.amount = at("item.risk.once", log_normal(500.0, 0.5));
  risk.chance = 0.3;
  scenario::Item second_risk = risk;
  second_risk.name = "second risk";
  second_risk.amount.address = "item.second risk.once";
  second_risk.plans = {1};
  scenario.items = {monthly, risk, second_risk};
  const Results results = simulate(scenario);
  const double expected_risk = 0.3 * 500.0 * std::exp(0.125);
  const double expected_monthly = 3000.0 * 73.0 / 730.0;
  checks_.mean("cost", sample_mean(results.plans[0].cost), 100.0 + expected_monthly + expected_risk, 0.03);
  const double items = results.plans[0].category[static_cast<int>(Category::item)].mean +
                       results.plans[0].category[static_cast<int>(Category::one_off)].mean;
  checks_.mean("items", items, sample_mean(results.plans[0].cost).standard_error, expected_monthly + expected_risk,
               0.05);
  share("the risk happened", share_where(results.plans[1].cost, [](double cost) { return cost > 100.0; }), 0.3, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Of, ClosedForms, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
