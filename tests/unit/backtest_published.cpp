// The published simulator's rules: by hand, against what it printed, and what no policy can beat.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "calibrate_samples.hpp"
#include "src/backtest/published_cases.hpp"
#include "src/backtest/published_rules.hpp"
#include "src/trace/errors.hpp"

namespace costrisk::backtest {
namespace {

using calibrate::shared_file;

/// Gaps of an hour, spot at 1, on-demand at 3.
PublishedCase hours_case(PublishedPolicy policy, double task, double deadline, double restart = 0.0) {
  return {policy, 3600.0, task * 3600.0, deadline * 3600.0, restart * 3600.0, 1.0, 3.0};
}

std::vector<char> pattern(const std::string& letters) {
  std::vector<char> up;
  for (const char c : letters) up.push_back(c == 'u' ? 1 : 0);
  return up;
}

TEST(PublishedRules, ARestartComesBeforeProgressAndEveryGapIsPaidInFull) {
  const PublishedOutcome outcome = replay(hours_case(PublishedPolicy::strawman, 2.0, 9.0, 0.5), pattern("uduuu"
                                                                                                        "uuuu"));
  // Half an hour of progress, lost spot, an hour idle, then 0.5 + 1 h.
  EXPECT_TRUE(outcome.finished);
  EXPECT_EQ(outcome.preemptions, 1);
  EXPECT_EQ(outcome.idle_gaps, 1);
  EXPECT_EQ(outcome.spot_gaps, 3);
  EXPECT_DOUBLE_EQ(outcome.cost, 3.0);
  EXPECT_DOUBLE_EQ(outcome.finish_hours, 4.0);
}

TEST(PublishedRules, TheDeadlineIsMetOnOnDemand) {
  for (const auto policy :
       {PublishedPolicy::strawman, PublishedPolicy::rc_threshold, PublishedPolicy::rc_cr_threshold}) {
    const PublishedOutcome outcome = replay(hours_case(policy, 4.0, 8.0, 0.2), pattern("dddddddd"));
    EXPECT_TRUE(outcome.finished);
    EXPECT_LE(outcome.finish_hours, 8.0);
    EXPECT_EQ(outcome.on_demand_gaps, 5);
  }
}

TEST(PublishedRules, BehindEvenProgressOnlyTheThresholdsBuyOnDemand) {
  const std::vector<char> up = pattern("dduuuuuuuuuuuuuu");
  EXPECT_EQ(replay(hours_case(PublishedPolicy::strawman, 4.0, 16.0), up).on_demand_gaps, 0);
  EXPECT_GT(replay(hours_case(PublishedPolicy::rc_threshold, 4.0, 16.0), up).on_demand_gaps, 0);
}

TEST(PublishedRules, ATraceThatEndsLeavesTheTaskUnfinished) {
  const PublishedOutcome outcome = replay(hours_case(PublishedPolicy::only_spot, 4.0, 40.0), pattern("uddd"));
  EXPECT_FALSE(outcome.finished);
  EXPECT_EQ(outcome.spot_gaps, 1);
  EXPECT_EQ(outcome.idle_gaps, 3);
}

TEST(PublishedRules, PoliciesGoByBothNamesAndOthersAreRefused) {
  EXPECT_EQ(policy_of("greedy"), policy_of("strawman"));
  EXPECT_EQ(policy_of("uniform-progress"), policy_of("rc_cr_threshold"));
  try {
    policy_of("clever");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("rc_threshold"), std::string::npos);
  }
}

TEST(PublishedRules, NoPolicyThatMeetsTheDeadlineIsCheaperThanThePlanInHindsight) {
  calibrate::Dice dice(5);
  int compared = 0, cheaper = 0;
  for (int turn = 0; turn < 60; ++turn) {
    std::vector<char> up;
    for (char state = 1; up.size() < 60;) {
      if (dice.uniform() < 0.2) state = static_cast<char>(1 - state);
      up.push_back(state);
    }
    const double restart = 0.25 * std::floor(4.0 * dice.uniform());
    const std::string plan =
        cheapest_in_hindsight(hours_case(PublishedPolicy::ideal_ilp_overhead, 20.0, 32.0, restart), up);
    ASSERT_EQ(plan.size(), 32u);
    const double best = static_cast<double>(std::count(plan.begin(), plan.end(), 's')) +
                        3.0 * static_cast<double>(std::count(plan.begin(), plan.end(), 'd'));
    for (const auto policy :
         {PublishedPolicy::strawman, PublishedPolicy::rc_threshold, PublishedPolicy::rc_cr_threshold}) {
      const PublishedOutcome other = replay(hours_case(policy, 20.0, 32.0, restart), up);
      if (other.finish_hours > 32.0) continue;
      ++compared;
      EXPECT_GE(other.cost, best - 1e-9) << "turn " << turn;
      cheaper += best < other.cost - 1e-9 ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 100);
  EXPECT_GT(cheaper, compared / 3) << "and often it is cheaper than they are";
}

TEST(PublishedRules, AHindsightTooLargeForMemoryIsRefused) {
  const std::vector<char> up(200'000, 1);
  EXPECT_THROW(replay(hours_case(PublishedPolicy::ideal_ilp_overhead, 2e4, 2e5, 0.1), up), std::invalid_argument);
}

TEST(PublishedCases, WhatIsWrongIsSaidWithItsPlace) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      parse_printed_cases(text, "c.json");
    } catch (const trace::FormatError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_NE(complaint("[]").find("c.json: there is no list named cases"), std::string::npos);
  EXPECT_NE(complaint(R"({"cases": [{"trace": "x"}]})").find("cases[0] has no number 'start_index'"),
            std::string::npos);
}

TEST(SharedData, EveryPrintedCaseIsReplayedExactly) {
  COSTRISK_SHARED_FILE(file, "cbl_reference.json");
  int cases = 0;
  for (const PolicyAgreement& agreement : compare(read_printed_cases(file), shared_file("spot-traces"))) {
    EXPECT_EQ(agreement.equal, agreement.cases) << policy_names()[static_cast<std::size_t>(agreement.policy)].published;
    EXPECT_LT(agreement.largest_relative_error, 1e-7);
    cases += agreement.cases;
  }
  EXPECT_EQ(cases, 630);
}

}  // namespace
}  // namespace costrisk::backtest
