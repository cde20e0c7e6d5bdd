// Lifetimes of instances: survival by hand, hazards recovered, and a hazard that changes noticed.
#include "src/calibrate/lifetimes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "calibrate_samples.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {
namespace {

Lifetimes read(const std::string& text, const LifetimeColumns& columns = {}) {
  return read_lifetimes(trace::parse_csv(text, "l.csv"), columns);
}

LifetimeColumns all_lost() {
  LifetimeColumns columns;
  columns.all_lost = true;
  return columns;
}

std::string complaint(const std::string& text) {
  try {
    read(text);
  } catch (const results::FormatError& error) {
    return error.what();
  }
  return "no error";
}

/// Weibull lives, watched for 200 h at most.
Lifetimes planted(double shape, double scale_hours, int count, std::uint64_t seed) {
  Dice dice(seed);
  Lifetimes lifetimes;
  lifetimes.file = "planted.csv";
  for (int i = 0; i < count; ++i) {
    const double life = scale_hours * std::pow(-std::log(dice.uniform()), 1.0 / shape),
                 watched = 200.0 * dice.uniform();
    lifetimes.hours.push_back(std::min(life, watched));
    lifetimes.lost.push_back(life < watched);
  }
  return lifetimes;
}

TEST(Lifetimes, AreReadInEveryUnit) {
  EXPECT_EQ(read("lifetime_hours\n2\n", all_lost()).hours, std::vector<double>{2.0});
  EXPECT_EQ(read("lifetime_minutes,lost\n90,yes\n").hours, std::vector<double>{1.5});
  EXPECT_EQ(read("seconds,event\n7200,0\n").lost, std::vector<bool>{false});
  const Lifetimes dated = read(
      "start,end,reclaimed\n2026-01-05T00:00Z,2026-01-05T03:00Z,1\n2026-01-05T01:00Z,,\n2026-01-05T01:00Z,2026-01-"
      "05T02:00Z,0\n");
  EXPECT_EQ(dated.hours, (std::vector<double>{3.0, 2.0, 1.0})) << "the second runs on at 03:00";
  EXPECT_EQ(dated.lost, (std::vector<bool>{true, false, false}));
}

TEST(Lifetimes, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_NE(complaint("lifetime_hours,lost\n-1,1\n").find("l.csv:2: '-1' is no lifetime"), std::string::npos);
  EXPECT_NE(complaint("lifetime_hours,lost\n1,perhaps\n").find("does perhaps in column lost say"), std::string::npos);
  EXPECT_NE(complaint("start,end,lost\n60,30,1\n").find("l.csv:2: it ends at '30', before it starts"),
            std::string::npos);
  EXPECT_NE(complaint("hours,lost\n1,1\n0,1\n").find("l.csv:3: an instance that is lost after a lifetime of 0"),
            std::string::npos);
  EXPECT_NE(complaint("start,end,lost\n60,60,1\n").find("l.csv:2: an instance that is lost after a lifetime of 0"),
            std::string::npos);
  EXPECT_EQ(complaint("hours,lost\n0,0\n1,1\n").find("lifetime of 0"), std::string::npos);
  EXPECT_NE(complaint("lifetime_hours\n1\n").find("which of the ends were losses?"), std::string::npos);
  EXPECT_NE(complaint("name\nx\n").find("expected a column lifetime_hours"), std::string::npos);
}

TEST(Lifetimes, NamesThatProvidersUseAreFound) {
  const Lifetimes google = read(
      "name,creationTimestamp,deletionTimestamp,preempted\na,2026-03-01T10:00:00.000-08:00,2026-03-02T10:00:00.000-08:"
      "00,"
      "TRUE\nb,2026-03-01T10:00:00.000-08:00,,false\n");
  EXPECT_EQ(google.hours, (std::vector<double>{24.0, 24.0}));
  EXPECT_EQ(google.lost, (std::vector<bool>{true, false}));
  LifetimeColumns named;
  named.start = "from";
  named.end = "to";
  named.flag = "x";
  EXPECT_EQ(read("from,to,x\n0,3600,1\n", named).hours, std::vector<double>{1.0});
}

TEST(Lifetimes, ReasonsSayWhichEndsWereLosses) {
  const Lifetimes reasons = read(
      "launch_time,end_time,termination_reason\n2026-03-01,2026-03-02,User initiated\n2026-03-01,2026-03-02,"
      "Server.SpotInstanceTermination\n2026-03-01,2026-03-02,instance-terminated-no-capacity\n2026-03-01,2026-03-02,"
      "scale-down\n2026-03-01,2026-03-02,completed\n");
  EXPECT_EQ(reasons.lost, (std::vector<bool>{false, true, true, false, false}));
  EXPECT_NE(complaint("hours,exit_reason\n1,mystery\n2,user\n").find("does mystery in column exit_reason say"),
            std::string::npos);
  LifetimeColumns words;
  words.lost_words = {"mystery"};
  EXPECT_EQ(read("hours,exit_reason\n1,mystery\n2,user\n", words).lost, (std::vector<bool>{true, false}));
  EXPECT_NE(complaint("hours,status,reason\n1,x,y\n").find("--flag"), std::string::npos) << "two that would do";
}

TEST(Lifetimes, ALongestLifetimeIsTheProvidersAndNoLoss) {
  int held = 0;
  for (int turn = 0; turn < 40; ++turn) {
    Dice dice(770 + static_cast<std::uint64_t>(turn));
    Lifetimes lifetimes;
    lifetimes.file = "planted.csv";
    for (int i = 0; i < 400; ++i) {
      lifetimes.hours.push_back(std::min(-40.0 * std::log(dice.uniform()), 24.0 - 0.02 * dice.uniform()));
      lifetimes.lost.push_back(true);
    }
    const LifetimeFit fit = fit_lifetimes(lifetimes);
    ASSERT_TRUE(fit.max_lifetime_hours);
    EXPECT_NEAR(*fit.max_lifetime_hours, 24.0, 0.05);
    held += fit.per_hour.low < 1.0 / 40.0 && 1.0 / 40.0 < fit.per_hour.high ? 1 : 0;
  }
  EXPECT_GE(held, 32) << "of 40 at 95 %: four standard deviations below 38";
  // Lives that thin out by themselves have no longest one.
  int limited = 0;
  for (int turn = 0; turn < 100; ++turn)
    limited +=
        fit_lifetimes(planted(1.0, 150.0, 200, 900 + static_cast<std::uint64_t>(turn))).max_lifetime_hours ? 1 : 0;
  EXPECT_EQ(limited, 0);
}

TEST(Lifetimes, SurvivalIsKaplanAndMeiers) {
  // By hand: 5 at risk, one lost at 1; one censored at 2; of 3 one lost at 3; of 2 both lost at 5.
  const auto steps = survival_of(read("hours,lost\n1,1\n2,0\n3,1\n5,1\n5,1\n"));
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_DOUBLE_EQ(steps[0].survival.value, 0.8);
  EXPECT_DOUBLE_EQ(steps[1].survival.value, 0.8 * 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(steps[2].survival.value, 0.0);
  EXPECT_EQ(steps[1].at_risk, 3);
  // Greenwood: 1/(5·4) at the first step; on the scale of log(−log).
  const double reach = std::exp(1.959963984540054 * std::sqrt(0.05) / -std::log(0.8));
  EXPECT_NEAR(steps[0].survival.low, std::pow(0.8, reach), 1e-12);
}

TEST(Lifetimes, AConstantHazardIsRecoveredAndNotDoubted) {
  int held = 0, doubted = 0;
  for (int turn = 0; turn < 100; ++turn) {
    const LifetimeFit fit = fit_lifetimes(planted(1.0, 150.0, 200, 10 + static_cast<std::uint64_t>(turn)));
    held += fit.per_hour.low <= 1.0 / 150.0 && 1.0 / 150.0 <= fit.per_hour.high ? 1 : 0;
    doubted += fit.constant ? 0 : 1;
  }
  EXPECT_GE(held, 86);
  EXPECT_LE(doubted, 14) << "of 100 at 5 %: four standard deviations above";
}

TEST(Lifetimes, CensoredLivesCount) {
  const Lifetimes lifetimes = planted(1.0, 150.0, 2000, 3);
  double lost_hours = 0.0, losses = 0.0;
  for (std::size_t i = 0; i < lifetimes.hours.size(); ++i)
    if (lifetimes.lost[i]) {
      lost_hours += lifetimes.hours[i];
      losses += 1.0;
    }
  EXPECT_LT(lost_hours / losses, 80.0) << "the mean of those lost alone is far too short";
  EXPECT_NEAR(1.0 / fit_lifetimes(lifetimes).per_hour.value, 150.0, 4.0 * 150.0 / std::sqrt(losses));
}

present::Findings findings_of(const Lifetimes& lifetimes) {
  return present::lifetime_findings(lifetimes, fit_lifetimes(lifetimes));
}

TEST(Lifetimes, AHazardThatFallsIsWarnedOf) {
  const present::Findings falling = findings_of(planted(0.5, 100.0, 400, 4));
  ASSERT_FALSE(falling.warnings.empty());
  EXPECT_NE(falling.warnings[0].find("falls with age"), std::string::npos) << falling.warnings[0];
  const present::Findings rising = findings_of(planted(3.0, 100.0, 400, 4));
  ASSERT_FALSE(rising.warnings.empty());
  EXPECT_NE(rising.warnings[0].find("rises with age"), std::string::npos);
  const LifetimeFit fit = fit_lifetimes(planted(0.5, 100.0, 400, 4));
  EXPECT_LE(fit.shape.low, 0.5);
  EXPECT_GE(fit.shape.high, 0.5);
}

TEST(Lifetimes, WithoutALossOnlyABoundIsKnown) {
  try {
    fit_lifetimes(read("hours,lost\n100,0\n200,0\n"));
    FAIL();
  } catch (const TooLittleData& problem) {
    EXPECT_NE(std::string(problem.what()).find("over \"100h\""), std::string::npos) << problem.what();
  }
}

}  // namespace
}  // namespace costrisk::calibrate
