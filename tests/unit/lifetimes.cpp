// Lifetimes of spot instances against closed forms: interruptions of jobs, and what fleets lose.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {
namespace {

struct JobSetup {
  std::string spot;  ///< keys of [market.spot]
  std::string work;
  int instances = 1;
  std::string job = "", more = "", market = "", step = "1h", horizon = "30d";
  std::uint64_t paths = 20'000;
};

results::Results run(const JobSetup& setup) {
  const std::string text = fmt::format(R"(
name = "lifetimes"
horizon = "{}"
step = "{}"
{}
[[market]]
name = "m"
{}
[market.spot]
price = 1.0
{}
[[job]]
name = "j"
work = {}
throughput = {{ m = 1.0 }}
{}
[[plan]]
name = "p"
[plan.job.j]
policy = "spot"
markets = ["m"]
instances = {}
)",
                                       setup.horizon, setup.step, setup.more, setup.market, setup.spot, setup.work,
                                       setup.job, setup.instances);
  const scenario::Scenario scenario = scenario::load_text(text, "lifetimes").scenario;
  run::Options options;
  options.paths = setup.paths;
  run::Outcome outcome = run::simulate(scenario, options);
  return run::evaluate(scenario, outcome, {});
}

constexpr const char* lossless = "checkpoint = { interval = \"0s\", write = \"0s\" }";

/// Five standard errors of a mean of counts with this mean and variance.
double five_errors(double variance, std::uint64_t paths) { return 5.0 * std::sqrt(variance / double(paths)); }

TEST(Lifetimes, ShapeFollowsFromTheSpread) {
  const auto shape = [](double cv) {
    scenario::Reclaim reclaim;
    reclaim.cv = cv;
    return scenario::weibull_shape(reclaim);
  };
  EXPECT_EQ(shape(1.0), 1.0);
  for (const double cv : {0.1, 0.5, 0.9, 1.1, 2.0, 4.0}) {
    const double k = shape(cv), mean = std::tgamma(1.0 + 1.0 / k);
    EXPECT_NEAR(std::sqrt(std::tgamma(1.0 + 2.0 / k) / (mean * mean) - 1.0), cv, 1e-9 * cv) << cv;
    EXPECT_NEAR(scenario::mean_of_weibull(k), mean, 1e-10 * mean) << cv;
  }
}

TEST(Lifetimes, MarketThatLosesAnEighthWithinSeventeenMinutesInterruptsATwentyMinuteJob) {
  // 12 % are lost within 17 minutes; with this shape the mean is days.
  constexpr double shape = 0.45;
  const double scale_hours = 17.0 / 60.0 / std::pow(-std::log(0.88), 1.0 / shape);
  const double mean_hours = scale_hours * std::tgamma(1.0 + 1.0 / shape);
  const double chance = 1.0 - std::exp(-std::pow(20.0 / 60.0 / scale_hours, shape));
  EXPECT_NEAR(chance, 0.1285, 1e-4);
  for (const char* step : {"1h", "5m"}) {
    // Each interruption loses all, so that attempts are alike: their number is geometric.
    const results::Results results =
        run({.spot = fmt::format("reclaim = {{ mean = \"{:.9f}h\", shape = {} }}", mean_hours, shape),
             .work = "0.333333333333",
             .step = step,
             .horizon = "2d",
             .paths = 40'000});
    const double expected = chance / (1.0 - chance);
    EXPECT_NEAR(results.interruptions_mean.at(0), expected, five_errors(expected / (1.0 - chance), 40'000)) << step;
  }
  const results::Results exponential =
      run({.spot = fmt::format("reclaim_every = \"{:.9f}h\"", mean_hours), .work = "0.333333333333", .horizon = "2d"});
  EXPECT_LT(exponential.interruptions_mean.at(0), 0.01);
}

TEST(Lifetimes, SurvivalAsMeasuredInterruptsAsOftenAsWasMeasured) {
  // 12 % are lost within 17 minutes, few after that: of 20-minute attempts 1 − S(20 min) are interrupted.
  const double chance = 1.0 - 0.88 * std::pow(0.8 / 0.88, (20.0 - 17.0) / (24.0 * 60.0 - 17.0));
  EXPECT_NEAR(chance, 0.12, 2e-4);
  for (const char* step : {"1h", "5m"}) {
    const results::Results results = run({.spot = "reclaim = { survival = [[0.2833333333, 0.88], [24, 0.8]] }",
                                          .work = "0.333333333333",
                                          .step = step,
                                          .horizon = "2d",
                                          .paths = 40'000});
    const double expected = chance / (1.0 - chance);
    EXPECT_NEAR(results.interruptions_mean.at(0), expected, five_errors(expected / (1.0 - chance), 40'000)) << step;
  }
}

TEST(Lifetimes, ACurveOfOneRateIsThatRate) {
  // Three instances whose common age counts for nothing.
  const results::Results constant = run({.spot = "reclaim = { survival = [[10, 0.778800783], [40, 0.367879441]] }",
                                         .work = "300",
                                         .instances = 3,
                                         .job = lossless});
  EXPECT_NEAR(constant.interruptions_mean.at(0), 7.5, five_errors(7.5, 20'000));
  const results::Results never = run({.spot = "reclaim = { survival = [[10, 0.5], [20, 0.5]] }\nmax_lifetime = \"30h\"",
                                      .work = "30",
                                      .job = lossless});
  // One instance that is struck within its first ten hours or, up to its limit, never.
  std::uint64_t state = 77;
  double strikes = 0.0;
  constexpr int paths = 200'000;
  for (int path = 0; path < paths; ++path)
    for (double time = 0.0; time < 30.0;) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      const double life = -std::log((double(state >> 11) + 0.5) * 0x1p-53) * 10.0 / std::log(2.0);
      time += life < 10.0 ? life : 30.0;
      if (life < 10.0 && time < 30.0) strikes += 1.0;
    }
  EXPECT_NEAR(never.interruptions_mean.at(0), strikes / paths, five_errors(2.0, 18'000));
}

TEST(Lifetimes, GangOnACurveIsStruckAsItsCommonAgeSays) {
  // H rises by 1 in the first ten hours and by 0.1 an hour after twenty; three instances; H becomes two thirds when
  // struck.
  const auto level_at = [](double age) {
    return age < 10.0 ? 0.1 * age : age < 20.0 ? 1.0 : 1.0 + 0.05 * (age - 20.0);
  };
  const auto age_at = [](double level) { return level < 1.0 ? 10.0 * level : 20.0 + (level - 1.0) / 0.05; };
  std::uint64_t state = 4711;
  double strikes = 0.0;
  constexpr int paths = 200'000;
  for (int path = 0; path < paths; ++path) {
    double time = 0.0, age = 0.0;
    for (;;) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      const double clock = -std::log((double(state >> 11) + 0.5) * 0x1p-53);
      const double next = age_at(level_at(age) + clock / 3.0);
      time += next - age;
      if (time >= 60.0) break;
      strikes += 1.0;
      age = age_at(level_at(next) * 2.0 / 3.0);
    }
  }
  const std::string survival =
      fmt::format("[[10, {0:.12f}], [20, {0:.12f}], [40, {1:.12f}]]", std::exp(-1.0), std::exp(-2.0));
  const results::Results results = run({.spot = "reclaim = { survival = " + survival + " }",
                                        .work = "180",
                                        .instances = 3,
                                        .job = lossless,
                                        .paths = 40'000});
  EXPECT_NEAR(results.interruptions_mean.at(0), strikes / paths, five_errors(6.0, 33'000));
}

TEST(Lifetimes, NoInstanceOutlivesItsLimit) {
  for (const int instances : {1, 4}) {
    const results::Results results = run({.spot = "max_lifetime = \"24h\"",
                                          .work = fmt::format("{}", 100 * instances),
                                          .instances = instances,
                                          .job = lossless,
                                          .paths = 16});
    EXPECT_EQ(results.interruptions_mean.at(0), 4.0) << instances;
    EXPECT_NEAR(results.finish_quantile.at(0), 100.0, 1e-4);
  }
  // Without checkpoints no run outlasts the limit: the work is never done.
  const results::Results never = run({.spot = "max_lifetime = \"24h\"", .work = "25", .paths = 16});
  EXPECT_EQ(never.late.at(0), 1.0);
  EXPECT_EQ(never.interruptions_mean.at(0), 29.0);
}

TEST(Lifetimes, AgeOfAnExponentialLawMeansNothing) {
  // A limit beyond the horizon makes the gang count its age, which an exponential law does not heed.
  const double expected = 3.0 * 100.0 / 40.0;
  for (const char* spot : {"reclaim_every = \"40h\"", "reclaim_every = \"40h\"\nmax_lifetime = \"1y\""}) {
    const results::Results results = run({.spot = spot, .work = "300", .instances = 3, .job = lossless});
    EXPECT_NEAR(results.interruptions_mean.at(0), expected, five_errors(expected, 20'000)) << spot;
  }
}

TEST(Lifetimes, FailuresOfAgingGangsComeAsBefore) {
  const double expected = 2.0 * 100.0 / 50.0;
  const results::Results results = run({.spot = "max_lifetime = \"1y\"",
                                        .work = "200",
                                        .instances = 2,
                                        .job = lossless,
                                        .market = "hardware_mtbf = \"50h\""});
  EXPECT_NEAR(results.interruptions_mean.at(0), expected, five_errors(expected, 20'000));
}

TEST(Lifetimes, OneInstanceIsARenewalProcess) {
  // Of lifetimes with shape 2 (cv 0.52) over 60 h, mean 20 h: renewals counted by a recursion over their times.
  constexpr double shape = 2.0, mean = 20.0, end = 60.0;
  const double scale = mean / std::tgamma(1.5);
  constexpr int cells = 6000;
  std::vector<double> expected(cells + 1, 0.0);
  const auto survival = [&](double t) { return std::exp(-std::pow(t / scale, shape)); };
  for (int i = 1; i <= cells; ++i) {
    double sum = 0.0;
    for (int j = 1; j <= i; ++j) {
      const double weight = survival((j - 1) * end / cells) - survival(j * end / cells);
      sum += weight * (1.0 + 0.5 * (expected[i - j] + expected[i - j + 1]));
    }
    expected[i] = sum;
  }
  const results::Results results =
      run({.spot = "reclaim = { mean = \"20h\", shape = 2.0 }", .work = "60", .job = lossless});
  EXPECT_NEAR(results.interruptions_mean.at(0), expected[cells], five_errors(1.0, 20'000) + 2e-3);
}

TEST(Lifetimes, GangIsStruckAsItsCommonAgeSays) {
  // Shape 2, three instances, in units of the scale: the first strike comes at √(E/3); then 3·age² is two thirds of it.
  constexpr double scale_hours = 30.0, work_hours = 20.0;
  constexpr int paths = 200'000;
  std::uint64_t state = 12345;
  const auto exponential = [&state] {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return -std::log((double(state >> 11) + 0.5) * 0x1p-53);
  };
  double strikes = 0.0;
  for (int path = 0; path < paths; ++path) {
    double time = 0.0, age = 0.0;
    for (;;) {
      const double next = std::sqrt(age * age + exponential() / 3.0);
      time += next - age;
      if (time >= work_hours / scale_hours) break;
      strikes += 1.0;
      age = next * std::sqrt(2.0 / 3.0);
    }
  }
  const results::Results results =
      run({.spot = fmt::format("reclaim = {{ mean = \"{:.9f}h\", shape = 2.0 }}", scale_hours * std::tgamma(1.5)),
           .work = "60",
           .instances = 3,
           .job = lossless,
           .paths = 40'000});
  EXPECT_NEAR(results.interruptions_mean.at(0), strikes / paths, five_errors(1.5, 33'000));
}

TEST(Lifetimes, LoadedRatesKeepTheirMeanAndSpreadInterruptions) {
  const std::string factor = "[[factor]]\nname = \"shortage\"\nhalf_life = \"forever\"\n";
  const results::Results loaded = run({.spot = "reclaim = { mean = \"20h\", loading = { shortage = 0.8 } }",
                                       .work = "50",
                                       .job = lossless,
                                       .more = factor});
  // A log-normal multiplier of mean 1: variance of a mixed Poisson count is mean + mean²·(e^0.64 − 1).
  EXPECT_NEAR(loaded.interruptions_mean.at(0), 2.5, five_errors(2.5 + 6.25 * (std::exp(0.64) - 1.0), 20'000));
  const results::Results moving = run({.spot = "reclaim = { mean = \"20h\", loading = { shortage = 0.8 } }",
                                       .work = "50",
                                       .job = lossless,
                                       .more = "[[factor]]\nname = \"shortage\"\nhalf_life = \"1h\"\n"});
  EXPECT_NEAR(moving.interruptions_mean.at(0), 2.5, five_errors(4.0, 20'000));
}

results::Results run_fleet(const std::string& spot, const std::string& more = "") {
  const std::string text = fmt::format(R"(
name = "fleet"
horizon = "10d"
step = "1h"
{}
[[market]]
name = "m"
[market.spot]
price = 1.0
{}
[[demand]]
name = "d"
base = 10.0
[[service]]
name = "s"
demand = "d"
rate = {{ m = 1.0 }}
[[plan]]
name = "p"
[plan.service.s]
utilization = 1.0
scale_up_delay = "15m"
pools = [{{ market = "m", buy = "spot" }}]
)",
                                       more, spot);
  const scenario::Scenario scenario = scenario::load_text(text, "fleet").scenario;
  run::Options options;
  options.paths = 2000;
  run::Outcome outcome = run::simulate(scenario, options);
  return run::evaluate(scenario, outcome, {});
}

TEST(Lifetimes, FleetsLoseAtTheRateOfTheLongRun) {
  const auto lost = [](double life_hours) { return 240.0 * 10.0 * (1.0 - std::exp(-1.0 / life_hours)) * 900.0; };
  const auto expect = [&](const std::string& spot, double life_hours, const std::string& more = "") {
    const results::Results results = run_fleet(spot, more);
    EXPECT_NEAR(results.unserved_mean.at(0), lost(life_hours), 0.01 * lost(life_hours)) << spot;
  };
  expect("max_lifetime = \"6h\"", 6.0);
  expect("reclaim_every = \"8h\"", 8.0);
  expect("reclaim = { mean = \"8h\", shape = 0.6 }", 8.0);
  expect("reclaim = { survival = [[4, 0.6065306597], [8, 0.36787944117]] }", 8.0);
  // Twice the rate after four hours.
  expect("reclaim = { survival = [[4, 0.6065306597], [8, 0.2231301601]] }",
         8.0 * (1.0 - std::exp(-0.5)) + 4.0 * std::exp(-0.5));
  // ∫ e^(−t/8) dt up to 6.
  expect("reclaim_every = \"8h\"\nmax_lifetime = \"6h\"", 8.0 * (1.0 - std::exp(-0.75)));
  // Half of a gamma function: ∫ e^(−(t/s)²) dt up to 6 with s = 8/Γ(1.5).
  const double scale = 8.0 / std::tgamma(1.5);
  expect("reclaim = { mean = \"8h\", shape = 2.0 }\nmax_lifetime = \"6h\"",
         scale * 0.5 * std::sqrt(std::acos(-1.0)) * std::erf(6.0 / scale));
}

TEST(Lifetimes, LoadedRatesOfFleetsAreDrawnStepByStep) {
  // E[1 − e^(−m/8)] over a log-normal m of mean 1, by quadrature.
  double chance = 0.0, weights = 0.0;
  for (double z = -6.0; z <= 6.0; z += 0.01) {
    const double weight = std::exp(-0.5 * z * z);
    chance += weight * (1.0 - std::exp(-std::exp(0.6 * z - 0.18) / 8.0));
    weights += weight;
  }
  const double expected = 240.0 * 10.0 * chance / weights * 900.0;
  const results::Results results = run_fleet("reclaim = { mean = \"8h\", loading = { shortage = 0.6 } }",
                                             "[[factor]]\nname = \"shortage\"\nhalf_life = \"2h\"\n");
  EXPECT_NEAR(results.unserved_mean.at(0), expected, 0.015 * expected);
}

}  // namespace
}  // namespace costrisk
