// Words of a story: moments, episodes, and the events of timelines made by hand.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/report/html/story_page.hpp"
#include "src/report/story.hpp"
#include "src/report/story_text.hpp"
#include "src/report/story_words.hpp"
#include "src/scenario/load.hpp"

namespace costrisk::test {
namespace {

using Kind = run::JobRecord::Kind;

TEST(StoryWords, MomentsAreLocalDatesAndTheFirstDayIsOne) {
  const scenario::StartTime start{2026, 1, 5, 0, 0, 0};
  EXPECT_EQ(report::moment(0.0, start), "day 1, 5 Jan 00:00");
  EXPECT_EQ(report::moment(11 * 24 + 14.25, start), "day 12, 16 Jan 14:15");
  // A start at noon: midnight begins the second day.
  EXPECT_EQ(report::moment(12.0, {2026, 12, 31, 12, 0, 0}), "day 2, 1 Jan 00:00");
}

TEST(StoryWords, SpansAndAmounts) {
  EXPECT_EQ(report::span_words(0.005), "18 s");
  EXPECT_EQ(report::span_words(22.0 / 60.0), "22 min");
  EXPECT_EQ(report::span_words(3.2), "3.2 h");
  EXPECT_EQ(report::span_words(62.4), "2.6 d");
  EXPECT_EQ(report::amount_words(840.0), "840");
  EXPECT_EQ(report::amount_words(12'100.0), "12.1 k");
  EXPECT_EQ(report::amount_words(3'400'000.0), "3.4 M");
}

TEST(StoryWords, LevelsNeverPromiseMoreThanTheyHold) {
  EXPECT_EQ(report::level_words(0.979), "higher than in 97 of 100 futures");
  EXPECT_EQ(report::level_words(0.999), "higher than in 99.9 of 100 futures");
  EXPECT_EQ(report::level_words(0.085), "lower than in 91 of 100 futures");
  EXPECT_EQ(report::level_words(0.5), "near the middle");
}

TEST(StoryWords, EpisodesJoinOverShortPausesAlone) {
  const std::vector<float> values = {0, 1, 0, 2, 0, 0, 0, 4, 4};
  const std::vector<report::Episode> two = report::episodes(values, 0.0, 1);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].from, 1u);
  EXPECT_EQ(two[0].until, 4u);
  EXPECT_EQ(two[0].sum, 3.0);
  EXPECT_EQ(two[1].from, 7u);
  EXPECT_EQ(two[1].until, 9u);
  EXPECT_EQ(report::episodes(values, 0.0, 3).size(), 1u);
  EXPECT_EQ(report::episodes(values, 1.5, 0).size(), 2u);
  EXPECT_TRUE(report::episodes({}, 0.0, 3).empty());
}

constexpr const char* two_zones = R"(
name = "by <hand>"
start = 2026-01-05T00:00:00
horizon = "4d"
step = "1h"
budget = 100
[[market]]
name = "east"
on_demand = 2.0
spot = { price = 1.0 }
[[market]]
name = "west"
on_demand = 2.0
[[job]]
name = "train"
work = 48
throughput = { east = 1.0, west = 1.0 }
deadline = "2d"
[[plan]]
name = "mix"
[plan.job.train]
markets = ["east", "west"]
policy = "greedy"
)";

class HandMadeStory : public testing::Test {
 protected:
  HandMadeStory() {
    job_.runs = 1;
    job_.progress.assign(96, 0.0f);
    for (std::size_t k = 0; k < 96; ++k) job_.progress[k] = std::min(1.0f, static_cast<float>(k + 1) / 60.0f);
    job_.run.assign(96, 1);
    job_.holdings.push_back({0, Purchase::spot, run::Series(96, 1.0f)});
    timeline_.step_hours = 1.0;
    timeline_.cost_micros.assign(96, 60'000'000);
    timeline_.plan_cost_micros = {60'000'000};
    timeline_.category_micros[static_cast<std::size_t>(Category::spot)] = 60'000'000;
  }
  void record(Kind kind, double step, int market, Purchase purchase, double lost = 0.0, bool saved = false) {
    job_.records.push_back({kind, step, 1, market, purchase, saved, lost, 48.0});
  }
  report::Story story() {
    timeline_.jobs = {job_};
    run::Timeline median = timeline_;
    median.path = 9;
    median.jobs[0].records.clear();
    median.category_micros[static_cast<std::size_t>(Category::spot)] = 40'000'000;
    median.plan_cost_micros = {40'000'000};
    return report::tell_story(scenario_, timeline_, median, {1000, 990});
  }
  std::vector<std::string> lines() {
    std::vector<std::string> result;
    for (const report::StoryEvent& event : story().events)
      result.push_back(report::moment(event.hours, scenario_.start) + ": " + event.words);
    return result;
  }

  scenario::Scenario scenario_ = scenario::load_text(two_zones, "by-hand").scenario;
  run::Timeline timeline_;
  run::JobTimeline job_;
};

TEST_F(HandMadeStory, AnInterruptionIsToldWithHowTheJobGoesOn) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 3.0, 0, Purchase::spot);
  record(Kind::capacity_lost, 10.0, 0, Purchase::spot, 22.0 / 60.0);
  record(Kind::taken, 13.0, 0, Purchase::spot);
  record(Kind::reclaimed, 20.5, 0, Purchase::spot, 0.0, true);
  record(Kind::failed, 21.25, 0, Purchase::spot, 2.0);
  record(Kind::capacity_lost, 30.0, 0, Purchase::spot);
  record(Kind::taken, 30.0, 1, Purchase::on_demand);
  record(Kind::left, 40.0, 1, Purchase::on_demand);
  record(Kind::taken, 40.0, 0, Purchase::spot);
  record(Kind::finished, 60.0, 0, Purchase::spot);
  EXPECT_EQ(lines(), (std::vector<std::string>{
                         "day 1, 5 Jan 03:00: train starts on spot in east after a wait of 3.0 h",
                         "day 1, 5 Jan 10:00: spot gone in east, 22 min of work lost; 3.0 h later "
                         "spot",
                         "day 1, 5 Jan 20:30: reclaimed in east, work saved; restarts at once",
                         "day 1, 5 Jan 21:15: hardware failure in east, 2.0 h of work lost; restarts at once",
                         "day 2, 6 Jan 06:00: spot gone in east, no work lost; at once "
                         "on-demand in west",
                         "day 2, 6 Jan 16:00: train switches from on-demand in west to spot in east",
                         "day 3, 7 Jan 00:00: the deadline of train passes, 20 % of its work is left",
                         "day 3, 7 Jan 12:00: train is done, 12.0 h late",
                     }));
}

TEST_F(HandMadeStory, AJobThatNeverGoesOnIsToldToTheEnd) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 0.0, 0, Purchase::spot);
  record(Kind::capacity_lost, 90.0, 0, Purchase::spot, 1.5);
  job_.never_done = 1;
  for (float& progress : job_.progress) progress = 0.5f;
  const std::vector<std::string> told = lines();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0], "day 1, 5 Jan 00:00: train starts on spot in east");
  EXPECT_EQ(told[2], "day 4, 8 Jan 18:00: spot gone in east, 90 min of work lost; waits to the end");
  EXPECT_EQ(told[3], "day 5, 9 Jan 00:00: train is not done, 50 % of its work is left, when the horizon ends");
}

TEST_F(HandMadeStory, TheHeadlineSaysWhereTheFutureStands) {
  const std::string headline = story().headline;
  EXPECT_NE(headline.find("costs 60 $, more than in 99 of 100 futures (place 991 of 1,000)."), std::string::npos)
      << headline;
  EXPECT_NE(headline.find("within the budget of 100 $"), std::string::npos) << headline;
}

TEST_F(HandMadeStory, TheConclusionNamesTheCategory) {
  const report::Story told = story();
  ASSERT_FALSE(told.conclusion.empty());
  EXPECT_EQ(told.conclusion[0], "It costs 20 $ more than the median future: 20 $ more for spot.");
}

TEST_F(HandMadeStory, ManyEventsAreCutToTheWeightiestInOrderOfTime) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 0.0, 0, Purchase::spot);
  for (int i = 1; i <= 40; ++i) record(Kind::reclaimed, i, 0, Purchase::spot, i == 17 ? 0.9 : 0.1);
  record(Kind::finished, 47.0, 0, Purchase::spot);
  const report::Story told = story();
  const std::vector<report::StoryEvent> chosen = report::weightiest(told.events, 3);
  ASSERT_EQ(chosen.size(), 3u);
  EXPECT_EQ(chosen[0].hours, 0.0);
  EXPECT_EQ(chosen[1].hours, 17.0);
  EXPECT_EQ(chosen[2].hours, 47.0);
  report::StoryTextOptions options;
  options.most_events = 3;
  EXPECT_NE(report::story_text(told, scenario_, options).find("(39 smaller events are left out; --all shows them)"),
            std::string::npos);
}

TEST_F(HandMadeStory, NoNameCanBreakOutOfThePage) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  const report::Story told = story();
  const std::string page = report::html_story(scenario_, timeline_, timeline_, told);
  EXPECT_EQ(page.find("<hand>"), std::string::npos);
  EXPECT_NE(page.find("by &lt;hand&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace costrisk::test
