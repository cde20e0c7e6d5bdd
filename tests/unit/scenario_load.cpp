// What a good scenario file means: values, defaults, includes, likenesses.
#include "src/scenario/reader/load.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "scenario_samples.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::scenario {
namespace {

Scenario loaded(const std::string& text) { return load_text(text, "test.toml", {}, good_inputs).scenario; }

const Market& market_of(const Scenario& scenario, const std::string& name) {
  for (const Market& market : scenario.markets)
    if (market.name == name) return market;
  throw std::out_of_range(name);
}

TEST(ScenarioLoad, ASmallScenarioHasTheDocumentedDefaults) {
  const Scenario scenario = loaded(small_scenario);
  EXPECT_EQ(scenario.name, "test");
  EXPECT_EQ(scenario.currency, "USD");
  EXPECT_EQ(scenario.accounting, Accounting::effective);
  EXPECT_EQ(scenario.start.year, 2026);
  EXPECT_EQ(scenario.horizon_seconds, 604800.0);
  EXPECT_EQ(scenario.steps(), 168);
  EXPECT_FALSE(scenario.budget);
  EXPECT_EQ(scenario.simulation.paths, 100000u);
  EXPECT_EQ(scenario.simulation.seed, 42u);
  EXPECT_EQ(scenario.simulation.probabilities.size(), 9u);
  EXPECT_EQ(scenario.simulation.bin_seconds, 604800.0);
  EXPECT_FALSE(scenario.simulation.calendar_months);
  const Market& market = scenario.markets.at(0);
  EXPECT_EQ(market.billing_increment_seconds, 1.0);
  EXPECT_EQ(market.billing_minimum_seconds, 0.0);
  EXPECT_FALSE(market.hardware_mtbf_hours);
  EXPECT_TRUE(std::isinf(market.spot->price->cap));
  EXPECT_EQ(market.spot->notice_seconds, 0.0);
  EXPECT_FALSE(market.spot->capacity);
  const Job& job = scenario.jobs.at(0);
  EXPECT_EQ(job.owner, "train");
  EXPECT_EQ(job.scaling, 1.0);
  EXPECT_FALSE(job.checkpoint);
  EXPECT_EQ(job.unfinished, Job::Unfinished::buy_out);
  const JobAssignment& assignment = scenario.plans.at(0).jobs.at(0);
  EXPECT_EQ(assignment.markets, std::vector<int>{0});
  EXPECT_EQ(assignment.choose, Choose::first);
  EXPECT_EQ(assignment.instances, 4);
  EXPECT_EQ(assignment.policy, Policy::greedy);
}

TEST(ScenarioLoad, EveryKindOfEntityIsRead) {
  const Scenario scenario = load(good_inputs / "everything.toml").scenario;
  EXPECT_EQ(scenario.name, "Everything, \"quoted\" and all");
  EXPECT_EQ(scenario.factors.at(0).shock->size, 2.5);
  EXPECT_EQ(scenario.factors.at(0).shock->renewal.duration.mean_seconds, 864000.0);
  const Market& market = market_of(scenario, "p4d-use1");
  EXPECT_EQ(market.hardware_mtbf_hours->mode, 6300.0);
  EXPECT_EQ(market.repricing->multiplier.kind, Law::Kind::triangular);
  EXPECT_EQ(market.on_demand->capacity->up.mean_hours.mode, 480.0);
  EXPECT_EQ(market.spot->price->process->half_life_seconds, 259200.0);
  EXPECT_EQ(market.spot->capacity->depth->median, 12.0);
  EXPECT_EQ(market.spot->capacity->loading.at(0).beta, 0.6);
  EXPECT_EQ(market_of(scenario, "traced").as_of, "2026-01-05");
  EXPECT_EQ(market_of(scenario, "traced").spot->price_history->block_seconds, 86400.0);
  EXPECT_EQ(market_of(scenario, "traced").spot->capacity_history->offset_seconds, 5400.0);
  EXPECT_EQ(scenario.demands.size(), 2u);
  EXPECT_EQ(scenario.demands.at(1).by_hour[9], 1.5);
  EXPECT_EQ(scenario.demands.at(1).changes.at(0).chance, 0.4);
  EXPECT_EQ(scenario.jobs.at(0).attempts->max, 3);
  EXPECT_EQ(scenario.services.at(0).queue->limit_requests, 500000.0);
  EXPECT_EQ(scenario.serverless.at(0).output_per_million.mode, 1.5);
  EXPECT_EQ(scenario.items.at(1).of, (std::vector<Category>{Category::on_demand, Category::spot}));
  EXPECT_EQ(scenario.items.at(2).until_seconds, scenario.horizon_seconds);
  EXPECT_EQ(scenario.items.at(0).plans, std::vector<int>{0});
  EXPECT_EQ(scenario.items.at(1).plans, (std::vector<int>{0, 1}));
  const Plan& plan = scenario.plans.at(0);
  EXPECT_EQ(plan.services.at(0).pools.at(1).share, 0.5);
  EXPECT_EQ(plan.services.at(0).overflow, 0);
  EXPECT_EQ(plan.commitments.at(1).kind, Commitment::Kind::capacity);
  EXPECT_EQ(plan.savings_plans.at(0).discounts.size(), 2u);
  EXPECT_EQ(plan.credit->amount, 25000.0);
  EXPECT_EQ(scenario.goal.late.at(0), (std::pair<int, double>{0, 0.05}));
}

TEST(ScenarioLoad, APlanThatExtendsAnotherChangesOnlyWhatItSays) {
  const Scenario scenario = load(good_inputs / "everything.toml").scenario;
  const Plan& plan = scenario.plans.at(1);
  const JobAssignment& assignment = plan.jobs.at(0);
  EXPECT_EQ(assignment.instances, 8);
  EXPECT_EQ(assignment.choose, Choose::cheapest);
  EXPECT_EQ(assignment.checkpoint->interval_seconds, 3600.0);
  EXPECT_EQ(assignment.checkpoint->write_seconds, 180.0);
  EXPECT_EQ(assignment.restart_seconds, 0.25);
  EXPECT_EQ(plan.jobs.at(1).policy, Policy::reserved);
  EXPECT_EQ(plan.commitments.size(), 1u) << "a list given again replaces the old one";
  EXPECT_EQ(plan.savings_plans.size(), 1u);
  EXPECT_EQ(plan.services.size(), 1u);
}

TEST(ScenarioLoad, LikeMergesTablesAndLawsOfAnotherKindReplace) {
  const Scenario scenario = load(good_inputs / "everything.toml").scenario;
  const Market& market = market_of(scenario, "p4d-usw2");
  EXPECT_EQ(market.egress_per_gb, 0.09);
  EXPECT_TRUE(market.on_demand->capacity);
  EXPECT_EQ(market.on_demand->price.kind, Law::Kind::log_normal);
  EXPECT_EQ(market.spot->price->mean.kind, Law::Kind::triangular);
  EXPECT_EQ(market.spot->price->process->volatility, 0.25);
  const std::string text =
      std::string(small_scenario) +
      "[[factor]]\nname = \"f\"\nhalf_life = \"1d\"\n"
      "[[job]]\nname = \"a\"\nlike = \"train\"\nwork = { low = 1, mode = 2, high = 3, loading = { f = 0.5 } }\n"
      "[[job]]\nname = \"b\"\nlike = \"a\"\nwork = { high = 5 }\n"
      "[[job]]\nname = \"c\"\nlike = \"b\"\nwork = 7\n"
      "[[item]]\nname = \"i\"\nmonthly = 5\n[[item]]\nname = \"k\"\nlike = \"i\"\nonce = 6\n";
  const Scenario chain = loaded(text);
  EXPECT_EQ(chain.jobs.at(2).work_instance_hours.high, 5.0);
  EXPECT_EQ(chain.jobs.at(2).work_instance_hours.low, 1.0);
  EXPECT_EQ(chain.jobs.at(2).work_instance_hours.loading.size(), 1u);
  EXPECT_TRUE(chain.jobs.at(3).work_instance_hours.is_constant());
  EXPECT_EQ(chain.jobs.at(3).deadline_seconds, 432000.0);
  EXPECT_EQ(chain.jobs.at(3).owner, "c");
  EXPECT_EQ(chain.items.at(1).kind, Item::Kind::once);
}

TEST(ScenarioLoad, PercentilesBecomeMedianAndSpread) {
  const Scenario scenario = load(good_inputs / "everything.toml").scenario;
  const Law& law = market_of(scenario, "traced").on_demand->price;
  const double z = 1.2815515655446004;
  EXPECT_NEAR(law.median * std::exp(-z * law.spread), 3.0, 1e-12);
  EXPECT_NEAR(law.median * std::exp(z * law.spread), 5.0, 1e-12);
  EXPECT_EQ(law.loading.at(0).beta, -0.25);
}

TEST(ScenarioLoad, DurationLawsHoldHours) {
  const Scenario scenario =
      loaded(std::string(small_scenario) +
             "[[market]]\nname = \"law\"\nhardware_mtbf = { low = \"90m\", mode = \"4h\", high = \"1d\", "
             "loading = {} }\n[market.spot]\nprice = 1\nreclaim_every = { p10 = \"10h\", p90 = \"40h\" }\n");
  const Market& market = market_of(scenario, "law");
  EXPECT_EQ(market.hardware_mtbf_hours->low, 1.5);
  EXPECT_EQ(market.hardware_mtbf_hours->mode, 4.0);
  EXPECT_EQ(market.hardware_mtbf_hours->high, 24.0);
  EXPECT_DOUBLE_EQ(market.spot->reclaim_every_hours->median, 20.0);
}

TEST(ScenarioLoad, LawsKnowTheirAddressWhereverTheyStand) {
  const Scenario scenario = load(good_inputs / "everything.toml").scenario;
  const Market& market = market_of(scenario, "p4d-usw2");
  EXPECT_EQ(market.on_demand->price.address, "market.p4d-usw2.on_demand.price");
  EXPECT_EQ(market.spot->price->mean.address, "market.p4d-usw2.spot.price.mean");
  EXPECT_EQ(market.spot->capacity->up.mean_hours.address, "market.p4d-usw2.spot.capacity.up.mean");
  EXPECT_EQ(market.spot->capacity->depth->address, "market.p4d-usw2.spot.capacity.depth");
  EXPECT_EQ(market.spot->reclaim_every_hours->address, "market.p4d-usw2.spot.reclaim_every");
  EXPECT_EQ(market.hardware_mtbf_hours->address, "market.p4d-usw2.hardware_mtbf");
  EXPECT_EQ(market.repricing->multiplier.address, "market.p4d-usw2.repricing.multiplier");
  EXPECT_EQ(scenario.jobs.at(0).work_instance_hours.address, "job.pretrain.work");
  EXPECT_EQ(scenario.jobs.at(0).throughput.at(0).rate.address, "job.pretrain.throughput.p4d-use1");
  EXPECT_EQ(scenario.items.at(0).amount.address, "item.storage.monthly");
  EXPECT_EQ(scenario.items.at(1).amount.address, "item.support.share");
  EXPECT_EQ(scenario.demands.at(1).base.address, "demand.chat.base");
  EXPECT_EQ(scenario.demands.at(1).changes.at(0).multiplier.address, "demand.chat.change.0.multiplier");
  EXPECT_EQ(scenario.demands.at(1).tokens->input.address, "demand.chat.tokens.input");
  EXPECT_EQ(scenario.services.at(0).rate.at(1).rate.address, "service.chat-api.rate.rack");
  EXPECT_EQ(scenario.serverless.at(0).input_per_million.address, "serverless.hosted-llm.per_million.input");
  EXPECT_EQ(scenario.optimizations.at(0).once.address, "optimization.int8.once");
}

TEST(ScenarioLoad, AnEmptyListTakesOffTheOptimizationsOfAnExtendedPlan) {
  const std::string text = std::string(small_scenario) +
                           "optimizations = [\"int8\"]\n[[optimization]]\nname = \"int8\"\nthroughput = 2\n"
                           "[[plan]]\nname = \"kept\"\nextends = \"spot first\"\n"
                           "[[plan]]\nname = \"without\"\nextends = \"spot first\"\njob.train.optimizations = []\n";
  const Scenario scenario = loaded(text);
  EXPECT_EQ(scenario.plans.at(0).jobs.at(0).optimizations, std::vector<int>{0});
  EXPECT_EQ(scenario.plans.at(1).jobs.at(0).optimizations, std::vector<int>{0});
  EXPECT_EQ(scenario.plans.at(2).jobs.at(0).optimizations, std::vector<int>{});
  EXPECT_EQ(scenario.plans.at(2).jobs.at(0).instances, 4) << "the rest is inherited";
}

TEST(ScenarioLoad, IncludedFilesAddEntitiesOnceAndTheIncludingFileWins) {
  const Loaded loaded_file = load(good_inputs / "including.toml");
  const Scenario& scenario = loaded_file.scenario;
  ASSERT_EQ(scenario.markets.size(), 2u);
  EXPECT_EQ(scenario.markets.at(1).on_demand->price.mode, 3.0);
  EXPECT_EQ(scenario.budget, 2000.0);
  EXPECT_EQ(scenario.simulation.paths, 20u);
  EXPECT_EQ(scenario.simulation.seed, 7u);
  EXPECT_EQ(scenario.horizon_seconds, 4 * 604800.0);
  EXPECT_EQ(scenario.name, "including");
  for (const Market& market : scenario.markets)
    EXPECT_EQ(std::filesystem::path(market.spot->capacity_history->path),
              (good_inputs / "catalogue" / "trace.csv").lexically_normal())
        << "paths are relative to the file that names them";
}

TEST(ScenarioLoad, CalendarMonthsAndForeverAreUnderstood) {
  const Scenario scenario = loaded(std::string(small_scenario) +
                                   "[simulation]\nbins = \"month\"\nseed = 9223372036854775807\n"
                                   "[[factor]]\nname = \"f\"\nhalf_life = \"forever\"\n");
  EXPECT_TRUE(scenario.simulation.calendar_months);
  EXPECT_EQ(scenario.simulation.seed, 9223372036854775807u);
  EXPECT_TRUE(std::isinf(scenario.factors.at(0).half_life_seconds));
}

TEST(ScenarioLoad, ProfilesHaveAMeanOfOne) {
  for (const char* profile : {"flat", "business", "consumer"}) {
    const Scenario scenario =
        loaded(std::string(small_scenario) + "[[demand]]\nname = \"d\"\nbase = 1\nprofile = \"" + profile + "\"\n");
    double hours = 0.0, days = 0.0;
    for (double value : scenario.demands.at(0).by_hour) hours += value;
    for (double value : scenario.demands.at(0).by_weekday) days += value;
    EXPECT_NEAR(hours, 24.0, 1e-9) << profile;
    EXPECT_NEAR(days, 7.0, 1e-9) << profile;
  }
}

TEST(ScenarioLoad, AReservedPoolWithoutALimitTakesWhatIsCommitted) {
  const std::string text = text_of(good_inputs / "everything.toml");
  std::string open = text;
  const std::string limited = "{ market = \"rack\", buy = \"reserved\", max = 4 }";
  open.replace(open.find(limited), limited.size(), "{ market = \"rack\", buy = \"reserved\" }");
  open.erase(open.find("[[plan]]\nname = \"cheapest\""),
             open.find("[[job]]\nname = \"small job\"") - open.find("[[plan]]\nname = \"cheapest\""));
  EXPECT_EQ(loaded(open).plans.at(0).services.at(0).pools.at(0).max, 4);
}

TEST(ScenarioDates, StandForDurationsFromTheStart) {
  const std::string text = R"(
name = "dates"
start = 2026-03-30T12:00:00
horizon = "200d"
step = "1h"
[simulation]
bins = "quarter"
[[market]]
name = "m"
on_demand.price = 1.0
[[demand]]
name = "d"
base = 1.0
change = [{ at = 2026-04-01, multiplier = 2.0 }]
[[job]]
name = "j"
work = 10
throughput = { m = 1.0 }
release = 2026-04-02T00:00:00
deadline = 2026-05-01
[[service]]
name = "s"
demand = "d"
rate = { m = 1.0 }
[[item]]
name = "i"
monthly = 10.0
from = 2026-03-31
until = 2026-06-30T12:00:00
[[plan]]
name = "p"
credit = { amount = 5.0, until = 2026-04-30 }
[plan.job.j]
markets = ["m"]
[plan.service.s]
pools = [{ market = "m", buy = "on-demand" }]
[[plan.commitment]]
market = "m"
instances = 1
price_per_hour = 0.5
from = 2026-04-01T12:00:00
term = 2027-04-01T12:00:00
)";
  const Scenario scenario = load_text(text, "dates").scenario;
  EXPECT_EQ(scenario.demands[0].changes[0].at_seconds, 36 * 3600.0);
  EXPECT_EQ(scenario.jobs[0].release_seconds, 60 * 3600.0);
  EXPECT_EQ(scenario.jobs[0].deadline_seconds, 29 * 86400.0);
  EXPECT_EQ(scenario.items[0].from_seconds, 12 * 3600.0);
  EXPECT_EQ(scenario.items[0].until_seconds, 92 * 86400.0);
  EXPECT_EQ(scenario.plans[0].credit->until_seconds, 30.5 * 86400.0);
  EXPECT_EQ(scenario.plans[0].commitments[0].from_seconds, 2 * 86400.0);
  EXPECT_EQ(scenario.plans[0].commitments[0].term_seconds, 365 * 86400.0);
  // Quarters end with March, June and September, whatever day the scenario starts on.
  const std::vector<std::int32_t> edges = bin_edges(scenario);
  EXPECT_EQ(edges, (std::vector<std::int32_t>{36, 36 + 91 * 24, 36 + 183 * 24, 200 * 24}));
  // What is resolved reads back as the same.
  EXPECT_EQ(load_text(resolved_toml(scenario), "again").scenario.plans[0].commitments[0].term_seconds, 365 * 86400.0);
  EXPECT_EQ(load_text(text, "dates", {"job.j.deadline=2026-04-03"}).scenario.jobs[0].deadline_seconds, 86400.0);
}

TEST(ScenarioDates, BeforeWhatTheyCountFromAreErrors) {
  const auto message = [](const std::string& job) {
    try {
      load_text(
          "name = \"d\"\nstart = 2026-03-30T12:00:00\nhorizon = \"20d\"\n[[market]]\nname = \"m\"\n"
          "on_demand.price = 1.0\n[[job]]\nname = \"j\"\nwork = 1\nthroughput = { m = 1.0 }\n" +
              job + "\n[[plan]]\nname = \"p\"\n[plan.job.j]\nmarkets = [\"m\"]\n",
          "dates");
    } catch (const InvalidScenario& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_NE(message("release = 2026-03-30").find("is before the scenario's start"), std::string::npos);
  EXPECT_NE(message("release = 2026-04-05\ndeadline = 2026-04-04").find("is before 'release'"), std::string::npos);
  EXPECT_NE(message("release = 2026-04-05T00:00:00Z").find("expected a duration"), std::string::npos);
  EXPECT_EQ(message("release = 2026-04-05"), "none");
}

}  // namespace
}  // namespace costrisk::scenario
