// Words of a story: moments, episodes, and the events of timelines made by hand.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/present/page/story_page.hpp"
#include "src/present/text/story.hpp"
#include "src/present/text/story_text.hpp"
#include "src/present/text/story_words.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::tests {
namespace {

using Kind = run::JobRecord::Kind;

TEST(StoryWords, MomentsAreLocalDatesAndTheFirstDayIsOne) {
  const scenario::StartTime start{2026, 1, 5, 0, 0, 0};
  EXPECT_EQ(present::moment(0.0, start), "day 1, 5 Jan 00:00");
  EXPECT_EQ(present::moment(11 * 24 + 14.25, start), "day 12, 16 Jan 14:15");
  // A start at noon: midnight begins the second day.
  EXPECT_EQ(present::moment(12.0, {2026, 12, 31, 12, 0, 0}), "day 2, 1 Jan 00:00");
}

TEST(StoryWords, SpansAndAmounts) {
  EXPECT_EQ(present::span_words(0.005), "18 s");
  EXPECT_EQ(present::span_words(22.0 / 60.0), "22 min");
  EXPECT_EQ(present::span_words(3.2), "3.2 h");
  EXPECT_EQ(present::span_words(62.4), "2.6 d");
  EXPECT_EQ(present::amount_words(840.0), "840");
  EXPECT_EQ(present::amount_words(12'100.0), "12.1 k");
  EXPECT_EQ(present::amount_words(3'400'000.0), "3.4 M");
}

TEST(StoryWords, LevelsNeverPromiseMoreThanTheyHold) {
  EXPECT_EQ(present::level_words(0.979), "higher than in 97 of 100 futures");
  EXPECT_EQ(present::level_words(0.999), "higher than in 99.9 of 100 futures");
  EXPECT_EQ(present::level_words(0.085), "lower than in 91 of 100 futures");
  EXPECT_EQ(present::level_words(0.5), "near the middle");
}

TEST(StoryWords, EpisodesJoinOverShortPausesAlone) {
  const std::vector<float> values = {0, 1, 0, 2, 0, 0, 0, 4, 4};
  const std::vector<present::Episode> two = present::episodes(values, 0.0, 1);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].from, 1u);
  EXPECT_EQ(two[0].until, 4u);
  EXPECT_EQ(two[0].sum, 3.0);
  EXPECT_EQ(two[1].from, 7u);
  EXPECT_EQ(two[1].until, 9u);
  EXPECT_EQ(present::episodes(values, 0.0, 3).size(), 1u);
  EXPECT_EQ(present::episodes(values, 1.5, 0).size(), 2u);
  EXPECT_TRUE(present::episodes({}, 0.0, 3).empty());
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
    timeline_.category_micros[static_cast<std::size_t>(Category::spot)] = 60'000'000;
  }
  void record(Kind kind, double step, int market, Purchase purchase, double lost = 0.0, bool saved = false) {
    job_.records.push_back({kind, step, 1, market, purchase, {}, saved, lost, 48.0});
  }
  present::Story story() {
    timeline_.jobs = {job_};
    run::Timeline median = timeline_;
    median.path = 9;
    median.jobs[0].records.clear();
    median.category_micros[static_cast<std::size_t>(Category::spot)] = 40'000'000;
    median.cost_micros.assign(96, 40'000'000);
    return present::make_story(scenario_, timeline_, median, standing_);
  }
  std::vector<std::string> lines() {
    std::vector<std::string> result;
    for (const present::StoryEvent& event : story().events)
      result.push_back(present::moment(event.hours, scenario_.start) + ": " + event.words);
    return result;
  }

  scenario::Scenario scenario_ = scenario::load_text(two_zones, "by-hand").scenario;
  run::Timeline timeline_;
  run::JobTimeline job_;
  present::Standing standing_ = {1000, 990, 1};
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
  EXPECT_NE(headline.find("costs $60.0, more than in 99 of 100 futures (place 991 of 1,000)."), std::string::npos)
      << headline;
  EXPECT_NE(headline.find("within the budget of $100"), std::string::npos) << headline;
}

TEST_F(HandMadeStory, TheConclusionNamesTheCategory) {
  const present::Story told = story();
  ASSERT_FALSE(told.conclusion.empty());
  EXPECT_EQ(told.conclusion[0], "It costs $20.0 more than the median future: $20.0 more for spot.");
}

TEST_F(HandMadeStory, ManyEventsAreCutToTheWeightiestInOrderOfTime) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 0.0, 0, Purchase::spot);
  for (int i = 1; i <= 40; ++i) record(Kind::reclaimed, i, 0, Purchase::spot, i == 17 ? 0.9 : 0.1);
  record(Kind::finished, 47.0, 0, Purchase::spot);
  const present::Story told = story();
  const std::vector<present::StoryEvent> chosen = present::weightiest(told.events, 4);
  ASSERT_EQ(chosen.size(), 4u);
  EXPECT_EQ(chosen[0].hours, 0.0);
  EXPECT_EQ(chosen[1].words, "the first of 40 interruptions of train, 4.8 h of work lost in all");
  EXPECT_EQ(chosen[2].hours, 17.0);
  EXPECT_EQ(chosen[3].hours, 47.0);
  present::StoryTextOptions options;
  options.most_events = 4;
  EXPECT_NE(present::story_text(told, scenario_, options).find("(39 smaller events are left out; --all shows them)"),
            std::string::npos);
}

TEST_F(HandMadeStory, ADearLateRunIsToldAmongManySmallEvents) {
  // Forty runs of two hours, each reclaimed once on its way; the last but one ends five hours late at $100 an hour.
  scenario_.jobs[0].late_penalty_per_hour = 100.0;
  job_.runs = 40;
  for (int run = 1; run <= 40; ++run) {
    const double from = 2.0 * run, until = from + (run == 39 ? 1.9 : 1.5), deadline = until + (run == 39 ? -5.0 : 5.0);
    for (const auto& [kind, step] : {std::pair(Kind::released, from), std::pair(Kind::taken, from),
                                     std::pair(Kind::reclaimed, from + 1.0), std::pair(Kind::finished, until)})
      job_.records.push_back({kind, step, run, 0, Purchase::spot, {}, false, 0.05, deadline});
  }
  const present::Story told = story();
  ASSERT_GT(told.events.size(), 100u);
  std::string listed;
  for (const present::StoryEvent& event : present::weightiest(told.events, 5)) listed += event.words + "\n";
  EXPECT_NE(listed.find("run 39 of train is done, 5.0 h late: penalty $500\n"), std::string::npos) << listed;
  EXPECT_NE(listed.find("40 of the 40 runs of train are done by now, 1 of them late: penalty $500\n"),
            std::string::npos)
      << listed;
  EXPECT_NE(listed.find("the first of 40 interruptions of train"), std::string::npos) << listed;
  EXPECT_EQ(listed.find("before its deadline"), std::string::npos) << "on time, and one of many";
}

TEST_F(HandMadeStory, UnservedRequestsAreToldByTheirPenalty) {
  scenario_ = scenario::load_text(std::string(two_zones) + R"(
[[demand]]
name = "visits"
base = 1
[[service]]
name = "site"
demand = "visits"
rate = { east = 1.0 }
unserved_penalty = 0.5
[plan.service.site]
pools = [{ market = "east", buy = "on-demand" }]
)",
                                  "by-hand")
                  .scenario;
  run::ServiceTimeline service;
  service.served.assign(96, 3600.0f);
  service.unserved = service.overflowed = service.waiting = run::Series(96, 0.0f);
  for (const std::size_t step : {10u, 20u, 30u, 40u, 50u}) service.unserved[step] = step == 30u ? 1000.0f : 2.0f;
  service.pools.push_back({0, Purchase::on_demand, run::Series(96, 1.0f)});
  timeline_.services = {service};
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 0.0, 0, Purchase::spot);
  for (int i = 1; i <= 40; ++i) record(Kind::reclaimed, i, 0, Purchase::spot, 0.1);
  std::string listed;
  for (const present::StoryEvent& event : present::weightiest(story().events, 2)) listed += event.words + "\n";
  EXPECT_NE(listed.find("1000 requests of site unserved over 60 min, 21.7 % of all then: penalty $500"),
            std::string::npos)
      << listed;
  EXPECT_NE(listed.find("the first of 5 times that requests of site are unserved, 1008 in all, 0.29 % of its "
                        "requests: penalty $504"),
            std::string::npos)
      << listed;
}

TEST_F(HandMadeStory, TiedCostsAreToldAsTies) {
  standing_ = {500, 0, 500};
  EXPECT_NE(story().headline.find("costs $60.0, as every one of 500 futures."), std::string::npos) << story().headline;
  standing_ = {500, 0, 450};
  EXPECT_NE(story().headline.find(", the least, as in 450 of 500 futures."), std::string::npos) << story().headline;
  standing_ = {500, 50, 450};
  EXPECT_NE(story().headline.find(", the most, as in 450 of 500 futures."), std::string::npos) << story().headline;
  standing_ = {500, 50, 400};
  EXPECT_NE(story().headline.find("more than in 10 of 100 futures and as much as in 400 of them (places 51 to 450 of "
                                  "500)"),
            std::string::npos)
      << story().headline;
  // The median future itself.
  timeline_.path = 9;
  EXPECT_EQ(story().conclusion[0],
            "This is the median future itself: of 500 futures 50 cost less, 400 as much and 50 more.");
  standing_ = {500, 0, 500};
  EXPECT_EQ(story().conclusion[0], "Every future costs the same: there is nothing to compare it with.");
  standing_ = {501, 250, 1};
  EXPECT_EQ(story().conclusion[0],
            "This is the median future itself: half of all futures cost more, half of them less.");
}

TEST_F(HandMadeStory, OnlyDrawsThatThePathUsedAreTold) {
  scenario_ = scenario::load_text(std::string(two_zones) + R"(
[[item]]
name = "audit"
once = { low = 300, mode = 500, high = 900 }
chance = 0.04
)",
                                  "by-hand")
                  .scenario;
  timeline_.markets.resize(2);
  timeline_.markets[1].market = 1;
  for (run::MarketTimeline& market : timeline_.markets)
    market.spot_price = market.on_demand_price = run::Series(96, 1.0f);
  const auto told = [&](bool happens) {
    timeline_.draws = {{"item.audit.chance", happens ? 0.01 : 0.5, std::nullopt, happens},
                       {"item.audit.once", 0.003, 319.2, std::nullopt},
                       {"market.east.spot.price", 0.99, 1.5, std::nullopt},
                       {"market.east.on_demand", 0.99, 1.5, std::nullopt},
                       {"market.west.spot.price", 0.99, 1.5, std::nullopt}};
    std::vector<std::string> addresses;
    for (const present::DrawWords& draw : story().draws) addresses.push_back(draw.address);
    return addresses;
  };
  EXPECT_EQ(told(false), (std::vector<std::string>{"market.east.spot.price", "item.audit.chance"}));
  EXPECT_EQ(told(true), (std::vector<std::string>{"item.audit.once", "market.east.spot.price", "item.audit.chance"}));
}

TEST_F(HandMadeStory, AWindowOfAHistoryIsToldByItsStart) {
  scenario::History history;
  history.sampling = scenario::History::Sampling::window;
  trace::History trace;
  trace.file = "prices.csv";
  trace.gap_seconds = 3600.0;
  for (int i = 0; i < 296; ++i) {
    trace.time_seconds.push_back(3600.0 * i);
    trace.value.push_back(1.0);
  }
  history.trace = std::make_shared<const trace::History>(trace);
  scenario_.markets[0].spot->price_history = history;
  run::MarketTimeline market;
  market.spot_price = run::Series(96, 1.0f);
  timeline_.markets = {market};
  timeline_.draws = {{"market.east.spot.price.history", 0.985, std::nullopt, std::nullopt}};
  const present::Story told = story();
  ASSERT_EQ(told.draws.size(), 1u);
  // 201 starts, an hour apart: the 197th of them, counted from 0.
  EXPECT_EQ(told.draws[0].value, "8.2 d");
  EXPECT_EQ(told.draws[0].words, "later than in 98 of 100 futures");
  EXPECT_EQ(told.conclusion.back(),
            "Unusual among what was drawn: the start in the spot price history of east, 8.2 d (later than in 98 of 100 "
            "futures).");
}

TEST_F(HandMadeStory, ThePageShowsTheWeightiestEventsAndFoldsAwayTheRest) {
  const auto rows = [](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("<tr>", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  record(Kind::taken, 0.0, 0, Purchase::spot);
  for (int i = 1; i <= 40; ++i) record(Kind::reclaimed, i, 0, Purchase::spot, 0.1);
  const present::Story told = story();
  ASSERT_GT(told.events.size(), 20u);
  const std::string page = present::html_story(scenario_, timeline_, timeline_, told);
  const std::size_t events = page.find("<section id=\"events\""), folded = page.find("<details", events);
  const std::size_t end = page.find("</section>", events);
  ASSERT_LT(folded, end);
  EXPECT_EQ(rows(page.substr(events, folded - events)), 1 + 20u);
  EXPECT_EQ(rows(page.substr(folded, end - folded)), 1 + told.events.size());
}

TEST_F(HandMadeStory, NoNameCanBreakOutOfThePage) {
  record(Kind::released, 0.0, -1, Purchase::on_demand);
  const present::Story told = story();
  const std::string page = present::html_story(scenario_, timeline_, timeline_, told);
  EXPECT_EQ(page.find("<hand>"), std::string::npos);
  EXPECT_NE(page.find("by &lt;hand&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace costrisk::tests
