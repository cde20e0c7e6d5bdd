// Laws of runs: known ones are recovered within their intervals, and what is wrong with a fit is noticed.
#include "src/calibrate/sojourn.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numeric>

#include "calibrate_samples.hpp"
#include "src/calibrate/statistics.hpp"

namespace costrisk::calibrate {
namespace {

Runs drawn_runs(const SojournLaw& law, int count, std::uint64_t seed) {
  Dice dice(seed);
  Runs runs;
  runs.gap_hours = 1.0;
  for (int i = 0; i < count; ++i) runs.complete.push_back(SampledRuns::draw(law, dice));
  return runs;
}

TEST(Sojourns, RunsOfATraceAreCountedWithTheirCensoredEnds) {
  const UpDown runs = runs_of({true, true, false, true, false, false, false, true, true}, 0.5);
  EXPECT_EQ(runs.up.first, 2);
  EXPECT_EQ(runs.up.last, 2);
  EXPECT_EQ(runs.up.complete, std::vector<int>{1});
  EXPECT_EQ(runs.down.complete, (std::vector<int>{1, 3}));
  EXPECT_EQ(runs.down.first + runs.down.last, 0);
  EXPECT_DOUBLE_EQ(runs.share_up, 5.0 / 9.0);
  EXPECT_DOUBLE_EQ(runs.up.hours(), 2.5);
}

TEST(Sojourns, ChancesOfSampledRunsAreThoseOfTheirDraws) {
  for (const SojournLaw& law : {log_normal(3.0, 2.0), SojournLaw{SojournLaw::Kind::exponential, std::log(2.0), 1.0}}) {
    constexpr int draws = 100'000;
    const Runs runs = drawn_runs(law, draws, 11);
    for (const int m : {1, 2, 3, 7, 20}) {
      const double seen = static_cast<double>(std::count_if(runs.complete.begin(), runs.complete.end(),
                                                            [m](int n) { return n <= m; })) /
                          draws;
      const double p = SampledRuns::cdf(law, m);
      EXPECT_NEAR(seen, p, 4.5 * std::sqrt(p * (1.0 - p) / draws)) << m;
    }
    EXPECT_NEAR(SampledRuns::cdf(law, 1'000'000), 1.0, 1e-5);
  }
}

TEST(Sojourns, TheLikelihoodOfASingleRunIsItsChance) {
  const SojournLaw law = log_normal(40.0, 1.5);
  for (const int m : {1, 2, 150, 199, 260}) {
    Runs runs;
    runs.gap_hours = 1.0;
    runs.complete = {m};
    const double chance = SampledRuns::cdf(law, m) - (m > 1 ? SampledRuns::cdf(law, m - 1) : 0.0);
    EXPECT_NEAR(SampledRuns(runs).log_likelihood(law), std::log(chance), 1e-3) << m;
  }
}

TEST(Sojourns, IntervalsHoldTheTruthAsOftenAsTheySay) {
  // Both sides of 200 traces, each of about 150 up-runs of 5.5 h, every 195 s.
  const double gap = 195.0 / 3600.0;
  int mean_up = 0, cv_up = 0, mean_down = 0;
  double bias = 0.0;
  constexpr int turns = 200;
  for (int turn = 0; turn < turns; ++turn) {
    const auto trace = simulated_trace(log_normal(5.5 / gap, 1.6), log_normal(1.8 / gap, 1.2), 20'000,
                                       1000 + static_cast<std::uint64_t>(turn));
    const UpDown runs = runs_of(trace, gap);
    const SojournFit up = fit_log_normal(runs.up), down = fit_log_normal(runs.down);
    mean_up += holds(up.mean_hours, 5.5) ? 1 : 0;
    cv_up += holds(up.cv, 1.6) ? 1 : 0;
    mean_down += holds(down.mean_hours, 1.8) ? 1 : 0;
    bias += std::log(up.mean_hours.value / 5.5) / up.mean_log_se / turns;
  }
  EXPECT_NEAR(mean_up / 200.0, 0.95, 0.03);
  EXPECT_NEAR(cv_up / 200.0, 0.95, 0.03);
  EXPECT_NEAR(mean_down / 200.0, 0.95, 0.03);
  EXPECT_LT(std::abs(bias), 4.0 / std::sqrt(200.0)) << "in standard errors of the mean of all";
}

TEST(Sojourns, ExponentialIntervalsHoldTheTruth) {
  int held = 0;
  for (int turn = 0; turn < 200; ++turn) {
    const SojournLaw law{SojournLaw::Kind::exponential, std::log(12.0), 1.0};
    const auto trace = simulated_trace(law, law, 3000, 5000 + static_cast<std::uint64_t>(turn));
    held += holds(fit_exponential(runs_of(trace, 1.0).up).mean_hours, 12.0) ? 1 : 0;
  }
  EXPECT_NEAR(held / 200.0, 0.95, 0.05);
}

TEST(Sojourns, LeavingOutCensoredRunsWouldShortenThem) {
  // Traces hardly longer than their runs: the complete ones alone are the short ones.
  double with = 0.0, without = 0.0;
  constexpr int turns = 60;
  for (int turn = 0; turn < turns; ++turn) {
    Runs all;
    all.gap_hours = 1.0;
    Runs cut = all;
    Dice dice(900 + static_cast<std::uint64_t>(turn));
    const SojournLaw law{SojournLaw::Kind::exponential, std::log(10.0), 1.0};
    for (int i = 0; i < 12; ++i) all.complete.push_back(SampledRuns::draw(law, dice));
    all.last = 40;
    cut.complete = all.complete;
    with += fit_exponential(all).mean_hours.value / turns;
    without += fit_exponential(cut).mean_hours.value / turns;
    EXPECT_GT(fit_log_normal(all).mean_hours.value, fit_log_normal(cut).mean_hours.value);
  }
  EXPECT_GT(with, without + 2.0);
}

TEST(Sojourns, RunsThatFallBetweenSamplesDoNotBendTheFit) {
  // A third of these sojourns is never seen. Taking the seen ones as they are is far off; the chances of what is seen
  // are not.
  const SojournLaw law = log_normal(2.0, 2.0);
  EXPECT_GT(SampledRuns::missed(law), 0.25);
  const Runs runs = drawn_runs(law, 4000, 21);
  const SojournFit fit = fit_log_normal(runs);
  EXPECT_NEAR(std::log(fit.mean_hours.value / 2.0), 0.0, 4.0 * fit.mean_log_se);
  const double seen = std::accumulate(runs.complete.begin(), runs.complete.end(), 0.0) / 4000.0;
  EXPECT_GT(std::abs(std::log(seen / 2.0)), 6.0 * fit.mean_log_se) << "the planted bias";
}

TEST(Sojourns, TestsKeepTheirLevelAndFindTheWrongLaw) {
  int rejected = 0;
  constexpr int turns = 60;
  for (int turn = 0; turn < turns; ++turn) {
    const SojournFits fits =
        fit_sojourns(drawn_runs(log_normal(20.0, 1.5), 60, 300 + static_cast<std::uint64_t>(turn)), "planted", 39);
    rejected += fits.log_normal.ks_p <= 0.05 ? 1 : 0;
  }
  EXPECT_LE(rejected, 10) << "of 60 at 5 %: 3 expected, 10 at four standard deviations";

  const SojournFits fits = fit_sojourns(drawn_runs(log_normal(20.0, 2.5), 300, 77), "planted", 39);
  EXPECT_LT(fits.log_normal.aic + 20.0, fits.exponential.aic);
  EXPECT_LE(fits.exponential.ks_p, 0.05);

  Runs two_humps = drawn_runs(log_normal(4.0, 0.2), 150, 5);
  const Runs long_ones = drawn_runs(log_normal(200.0, 0.2), 150, 6);
  two_humps.complete.insert(two_humps.complete.end(), long_ones.complete.begin(), long_ones.complete.end());
  EXPECT_LE(fit_sojourns(two_humps, "planted", 39).log_normal.ks_p, 0.05);
}

TEST(Sojourns, MemorylessRunsAreTakenForExponential) {
  int preferred = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const SojournLaw law{SojournLaw::Kind::exponential, std::log(30.0), 1.0};
    const SojournFits fits = fit_sojourns(drawn_runs(law, 200, 40 + static_cast<std::uint64_t>(turn)), "planted", 0);
    preferred += fits.exponential.aic < fits.log_normal.aic ? 1 : 0;
  }
  EXPECT_GE(preferred, 18);
}

TEST(Sojourns, TooFewRunsAreSaid) {
  try {
    fit_sojourns(drawn_runs(log_normal(5.0, 1.0), 3, 1), "zone: up");
    FAIL();
  } catch (const TooLittleData& problem) {
    EXPECT_NE(std::string(problem.what()).find("zone: up has 3 complete runs"), std::string::npos) << problem.what();
  }
}

TEST(Sojourns, RunsThatAreAllAlikeAreFittedWithoutTrouble) {
  Runs runs;
  runs.gap_hours = 0.1;
  runs.complete.assign(20, 5);
  const SojournFits fits = fit_sojourns(runs, "alike", 19);
  EXPECT_NEAR(fits.log_normal.mean_hours.value, 0.5, 0.05);
  EXPECT_LT(fits.log_normal.cv.value, 0.3);
  EXPECT_EQ(fits.empirical_cv, 0.0);
}

TEST(Sojourns, AMillionSamplesAreTestedAtTheCostOfSomeThousandRuns) {
  std::vector<bool> up(1'000'000);
  for (std::size_t i = 0; i < up.size(); ++i) up[i] = i % 2 == 0;
  const auto begin = std::chrono::steady_clock::now();
  fit_sojourns(runs_of(up, 0.1).up, "up", 199);
  // Two seconds on a processor of one's own; every run simulated would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  // The test of as many runs finds the wrong law, and keeps to the right one.
  Dice dice(3);
  Runs runs;
  runs.gap_hours = 0.1;
  const SojournLaw law{SojournLaw::Kind::log_normal, 3.0, 1.2};
  for (int i = 0; i < 40'000; ++i) runs.complete.push_back(SampledRuns::draw(law, dice));
  const SojournFits fits = fit_sojourns(runs, "runs", 99);
  EXPECT_GT(fits.log_normal.ks_p, 0.02);
  EXPECT_LT(fits.exponential.ks_p, 0.02);
}

TEST(Sojourns, HazardByAgeIsEndsOverExposure) {
  const std::vector<HazardBin> bins = hazard_by_age({0.125, 0.5, 2.0, 30.0}, {true, true, false, true});
  ASSERT_EQ(bins.size(), 5u);
  EXPECT_DOUBLE_EQ(bins[0].exposure_hours, 0.125 + 3 * 0.25);
  EXPECT_EQ(bins[0].ends, 1);
  EXPECT_DOUBLE_EQ(bins[1].exposure_hours, 0.25 + 2 * 0.75);
  EXPECT_DOUBLE_EQ(bins[2].exposure_hours, 1.0 + 3.0);
  EXPECT_EQ(bins[2].ends, 0) << "censored";
  EXPECT_DOUBLE_EQ(bins[4].exposure_hours, 6.0);
  EXPECT_DOUBLE_EQ(bins[4].per_hour.value, 1.0 / 6.0);
}

TEST(Sojourns, ProbesRarerThanSamplesAreFound) {
  // A market probed every 3.23 samples, the trace filled in between.
  const auto probes = simulated_trace(log_normal(6.0, 2.0), log_normal(5.0, 1.5), 6000, 8);
  std::vector<bool> filled;
  for (std::size_t i = 0; i < 19'000; ++i)
    filled.push_back(probes[static_cast<std::size_t>(static_cast<double>(i) / 3.23)]);
  const UpDown runs = runs_of(filled, 195.0 / 3600.0);
  EXPECT_NEAR(probe_samples(runs), 3.23, 0.02);
  const UpDown counted = in_probes(runs, probe_samples(runs));
  EXPECT_NEAR(counted.up.hours(), runs.up.hours(), 0.01 * runs.up.hours());
  const std::vector<bool> in_time(probes.begin(), probes.begin() + 5882);
  EXPECT_EQ(counted.up.complete, runs_of(in_time, 1.0).up.complete);
  EXPECT_EQ(probe_samples(runs_of(probes, 1.0)), 1.0) << "every sample a probe";
}

TEST(SharedData, HazardsOfThePublishedZoneAreThoseKnown) {
  COSTRISK_SHARED_FILE(file, "spot-traces/availability/1-node/aws-02-15-2023/us-east-1c_v100_1.json");
  const trace::History history = trace::read_history(file);
  std::vector<bool> flags;
  for (const double value : history.value) flags.push_back(value >= 1.0);
  const UpDown runs = runs_of(flags, history.gap_seconds / 3600.0);
  const auto bins = hazard_by_age(runs.up);
  EXPECT_NEAR(bins[0].per_hour.value, 1.44, 0.005);
  EXPECT_NEAR(bins[1].per_hour.value, 1.15, 0.01);
  EXPECT_NEAR(bins[2].per_hour.value, 0.43, 0.005);
  EXPECT_NEAR(bins[3].per_hour.value, 0.21, 0.005);
  EXPECT_NEAR(runs.share_up, 0.467, 0.001);
  EXPECT_NEAR(probe_samples(runs), 3.23, 0.01);
}

}  // namespace
}  // namespace costrisk::calibrate
