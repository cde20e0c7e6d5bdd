// Budgets, promises to spend, early reclaims, waits, tokens and laws, by hand and in closed form.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/backends/backend.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/run/chunk.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk {
namespace {

scenario::Scenario loaded(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return scenario::load_text(text, "test", overrides, {}).scenario;
}

results::Results results_of(const scenario::Scenario& scenario) {
  run::Outcome outcome = run::simulate(scenario, {});
  return run::evaluate(scenario, outcome);
}
results::Results results_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return results_of(loaded(text, overrides));
}
double value(const results::Results& results, const std::string& address, std::size_t plan = 0) {
  return results::value_of(results, plan, address);
}

/// An hourly service of ten requests a second in a market at 5 an hour.
const std::string plain = R"(
horizon = "1y"
[simulation]
paths = 4
[[market]]
name = "m"
on_demand = 5
[[demand]]
name = "d"
base = 1
[[service]]
name = "s"
demand = "d"
rate = { m = 1 }
[[plan]]
name = "p"
[plan.service.s]
utilization = 1
pools = [{ market = "m", buy = "on-demand" }]
)";

TEST(SpendCommitments, WhatTheBillFallsShortOfIsDue) {
  const results::Results results = results_of(plain + "[[plan.spend_commitment]]\namount = 100_000\nuntil = \"1y\"\n");
  EXPECT_NEAR(value(results, "mean"), 100'000.0, 1e-6);
  EXPECT_NEAR(value(results, "category_mean.on-demand"), 43'800.0, 1e-6);
  EXPECT_NEAR(value(results, "category_mean.commitment"), 56'200.0, 1e-6);
  EXPECT_NEAR(value(results, "owner_mean.unused"), 56'200.0, 1e-6);
  EXPECT_NEAR(value(results, "waste_mean.unused commitment"), 56'200.0, 1e-6);
}

TEST(SpendCommitments, ATableAloneIsAListOfOne) {
  std::string text = plain;
  text.replace(text.find("[plan.service.s]"), 0, "spend_commitment = { amount = 100_000, until = \"1y\" }\n");
  EXPECT_NEAR(value(results_of(text), "mean"), 100'000.0, 1e-6);
}

TEST(SpendCommitments, EachPeriodFallsShortByItself) {
  // 5 an hour: 3720 in a month of 31 days, 3600 in one of 30, 3360 in February.
  const std::string months = plain + "[[plan.spend_commitment]]\namount = 3_600\nper = \"month\"\nunused = \"s\"\n";
  const results::Results results = results_of(months);
  EXPECT_NEAR(value(results, "category_mean.commitment"), 240.0, 1e-6);
  EXPECT_NEAR(value(results, "owner_mean.s"), 43'800.0 + 240.0, 1e-6);
  // A year of 36 months, the first of which asks for half of its amount.
  const results::Results part =
      results_of(plain + "[[plan.spend_commitment]]\namount = 43_800\nper = \"year\"\nfrom = \"8616h\"\n");
  EXPECT_NEAR(value(part, "category_mean.commitment"), 0.0, 1e-6);
}

TEST(SpendCommitments, CategoriesThatDoNotCountAreNotSpent) {
  const std::string none = plain + "[[plan.spend_commitment]]\namount = 1_000\nof = [\"spot\"]\n";
  EXPECT_NEAR(value(results_of(none), "category_mean.commitment"), 1000.0, 1e-6);
}

TEST(SpendCommitments, WhatIsPromisedAfterTheHorizonIsOwedAndStrandedByWhatWasSpent) {
  // Half a year of a promise of a year: 43,800 of 50,000 are spent in the first half.
  const std::string promise = plain + "[[plan.spend_commitment]]\namount = 100_000\nuntil = \"2y\"\n";
  const results::Results results = results_of(promise);
  EXPECT_NEAR(value(results, "obligation"), 50'000.0, 1.0);
  EXPECT_NEAR(value(results, "category_mean.commitment"), 50'000.0 - 43'800.0, 1.0);
  EXPECT_NEAR(value(results, "category_mean.stranded"), 50'000.0 * (1.0 - 43'800.0 / 50'000.0), 1.0);
  EXPECT_NEAR(value(results_of(promise + "after_horizon = \"of-use\"\n"), "category_mean.stranded"), 0.0, 1e-6);
  EXPECT_NEAR(value(results_of(promise + "after_horizon = \"stranded\"\n"), "category_mean.stranded"), 50'000.0, 1.0);
}

TEST(Commitments, OfNothingCostNothingAndCoverNothing) {
  const std::string zero = plain +
                           "commitment = [{ market = \"m\", instances = 0, price_per_hour = 3, term = \"1y\" }]\n"
                           "savings_plan = [{ spend_per_hour = 0, discounts = { m = 0.4 }, term = \"1y\" }]\n";
  std::string text = plain;
  text.replace(text.find("[plan.service.s]"), 0, zero.substr(plain.size()));
  EXPECT_NEAR(value(results_of(text), "mean"), 43'800.0, 1e-6);
}

/// Two owners, a commitment whose unused part one of them pays, an item, a credit, a savings plan and noise.
const std::string shared = R"(
start = 2027-02-01T00:00:00
horizon = "365d"
[simulation]
paths = 64
bins = "month"
[[market]]
name = "m"
on_demand = 5
[market.spot]
price = { mean = 2, volatility = 0.3, half_life = "3d" }
reclaim_every = "20h"
capacity = { up = { mean = "20h" }, down = { mean = "6h" } }
[[demand]]
name = "d"
base = 4
noise = { volatility = 0.4, half_life = "2d" }
[[demand]]
name = "e"
base = 3
profile = "business"
[[job]]
name = "j"
owner = "research"
work = { p10 = 60, p90 = 120 }
throughput = { m = 1 }
repeat = "2w"
unfinished = "ignore"
[[service]]
name = "s"
owner = "product"
demand = "d"
rate = { m = 1 }
[[service]]
name = "t"
owner = "search"
demand = "e"
rate = { m = 1 }
[[item]]
name = "storage"
owner = "search"
monthly = 100
[[item]]
name = "setup"
owner = "product"
once = 500
from = "20d"
[[budgets]]
name = "search"
owner = "search"
amount = 48_300
per = "quarter"
[[budgets]]
name = "research"
owner = "research"
amount = 1_400
per = "month"
[[budgets]]
name = "all"
amount = 340_000
per = "year"
[[plan]]
name = "p"
credit = { amount = 2_000, until = "100d" }
[plan.service.s]
pools = [{ market = "m", buy = "spot" }, { market = "m", buy = "on-demand" }]
[plan.service.t]
pools = [{ market = "m", buy = "on-demand" }]
[plan.job.j]
policy = "on-demand"
[[plan.commitment]]
market = "m"
instances = 2
price_per_hour = 3
term = "365d"
unused = "search"
[[plan.savings_plan]]
spend_per_hour = 4
discounts = { m = 0.3 }
term = "200d"
from = "25d"
unused = "pro-rata"
[[plan.spend_commitment]]
amount = 25_500
per = "month"
unused = "research"
)";

/// What a run leaves by path.
struct Paths {
  explicit Paths(const scenario::Scenario& scenario)
      : lowered(scenario::lower(scenario)),
        count(static_cast<int>(scenario.simulation.paths)),
        buffers(scalar_backend, lowered.parameters, lowered.shape, count) {
    StageSeconds stages;
    scalar_backend.simulate(lowered.parameters, 0, count, buffers.output(), buffers.workspace(), stages);
  }
  const std::int64_t* owner(int which) const { return row(buffers.output().plan_owner, which); }
  template <class Value>
  const Value* row(const Value* rows, int which) const {
    return rows + std::int64_t{which} * buffers.output().stride;
  }

  scenario::Lowered lowered;
  int count;
  run::ChunkBuffers buffers;
};

TEST(Commitments, CapacityOfNothingStandsInTheResolvedScenario) {
  for (const char* terms : {"instances = 0", "instances = 0\nupfront = 500", "instances = 2\nfrom = \"40d\""}) {
    const scenario::Scenario scenario = scenario::load_text(fmt::format(R"(
horizon = "30d"
step = "1h"
market = [{{ name = "m", on_demand = 2 }}]
demand = [{{ name = "d", base = 10 }}]
service = [{{ name = "s", demand = "d", rate = {{ m = 4 }} }}]
[[plan]]
name = "p"
[plan.service.s]
pools = [ {{ market = "m", buy = "reserved" }}, {{ market = "m", buy = "on-demand" }} ]
[[plan.commitment]]
market = "m"
kind = "capacity"
{}
price_per_hour = 0.5
term = "60d"
)",
                                                                        terms),
                                                            "nothing.toml")
                                            .scenario;
    const scenario::Scenario again = scenario::load_text(scenario::resolved_toml(scenario), "resolved.toml").scenario;
    EXPECT_EQ(scenario::lower(again).sha256, scenario::lower(scenario).sha256) << terms;
  }
}

TEST(Budgets, PeriodsAreDifferencesOfWhatIsChargedUntilTheirEnds) {
  const scenario::Scenario scenario = loaded(shared);
  const Paths whole(scenario);
  const run::Outcome outcome = run::simulate(scenario, {});
  const std::vector<std::string> labels = run::results_context(scenario, outcome).budget_periods;
  // Without what happens at the horizon alone, an owner is charged up to an instant what a run charges that ends there.
  const std::map<std::string, double> ends = {
      {"search/2027-Q1", 59},   {"search/2027-Q2", 150},   {"search/2027-Q3", 242},
      {"search/2027-Q4", 334},  {"research/2027-02", 28},  {"research/2027-03", 59},
      {"research/2027-04", 89}, {"research/2027-05", 120}, {"all/2027", 334}};
  const std::vector<std::string> owners = whole.lowered.owners;
  for (const auto& [label, days] : ends) {
    const auto period = std::find(labels.begin(), labels.end(), label) - labels.begin();
    ASSERT_LT(period, static_cast<std::ptrdiff_t>(labels.size())) << label;
    const Paths cut(loaded(
        shared, {fmt::format("horizon={}d", days), "plan.p.commitment.0.after_horizon=of-use",
                 "plan.p.savings_plan.0.after_horizon=of-use", "plan.p.spend_commitment.0.after_horizon=of-use"}));
    const std::string budget = label.substr(0, label.find('/'));
    for (int path = 0; path < whole.count; ++path) {
      std::int64_t charged = 0, until = 0;
      for (std::ptrdiff_t p = 0; p <= period; ++p)
        if (labels[static_cast<std::size_t>(p)].starts_with(budget + "/"))
          charged += whole.row(whole.buffers.output().plan_period, static_cast<int>(p))[path];
      for (std::size_t owner = 0; owner < owners.size(); ++owner)
        if (budget == "all" || owners[owner] == budget) until += cut.owner(static_cast<int>(owner))[path];
      EXPECT_NEAR(static_cast<double>(charged), static_cast<double>(until), 20.0 + 1e-7 * static_cast<double>(until))
          << label << ", path " << path;
    }
  }
}

TEST(Budgets, ChancesAndQuantilesAreThoseOfThePaths) {
  const scenario::Scenario scenario = loaded(shared);
  const Paths paths(scenario);
  const results::Results results = results_of(scenario);
  const std::vector<std::string>& labels = results.context.budget_periods;
  ASSERT_EQ(results.context.budgets, (std::vector<std::string>{"search", "research", "all"}));
  ASSERT_EQ(labels.size(), 5u + 12u + 2u);
  std::map<std::string, std::vector<bool>> broken;
  for (std::size_t p = 0; p < labels.size(); ++p) {
    const std::int64_t* row = paths.row(paths.buffers.output().plan_period, static_cast<int>(p));
    std::vector<double> charged(row, row + paths.count);
    int over = 0;
    std::vector<bool>& any = broken[labels[p].substr(0, labels[p].find('/'))];
    any.resize(static_cast<std::size_t>(paths.count));
    for (std::size_t path = 0; path < charged.size(); ++path) {
      charged[path] /= 1e6;
      if (charged[path] <= results.budget_amount[p]) continue;
      ++over;
      any[path] = true;
    }
    EXPECT_EQ(value(results, "budget_period_over." + labels[p]), over / static_cast<double>(paths.count));
    EXPECT_NEAR(value(results, "budget_period_mean." + labels[p]),
                std::accumulate(charged.begin(), charged.end(), 0.0) / paths.count, 1e-6);
    std::sort(charged.begin(), charged.end());
    const double p90 = charged[57];  // rank 58 of 64
    EXPECT_NEAR(value(results, "budget_period_quantile." + labels[p] + ".0.9"), p90, 1e-3 * p90) << labels[p];
  }
  int some = 0;
  for (const auto& [budget, any] : broken) {
    const auto count = std::count(any.begin(), any.end(), true);
    EXPECT_EQ(value(results, "budget." + budget), static_cast<double>(count) / paths.count) << budget;
    EXPECT_LE(value(results, "budget_over_low." + budget), value(results, "budget." + budget));
    some += count > 0 && count < paths.count;
  }
  EXPECT_GT(some, 0) << "no budget is broken on some paths and kept on others";
  // Of the whole plan: what its owners are charged in all.
  double total = 0.0;
  for (const std::string& label : labels)
    if (label.starts_with("all/")) total += value(results, "budget_period_mean." + label);
  EXPECT_NEAR(total, value(results, "mean"), 1e-3);
}

TEST(Budgets, PeriodsThatTheHorizonCutsOffHaveTheirPartOfTheAmount) {
  const results::Results results = results_of(loaded(shared));
  const auto amount = [&](const std::string& label) {
    const std::vector<std::string>& labels = results.context.budget_periods;
    return results
        .budget_amount[static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin())];
  };
  EXPECT_NEAR(amount("search/2027-Q1"), 48300.0 * 59.0 / 90.0, 1e-9);
  EXPECT_NEAR(amount("search/2027-Q2"), 48300.0, 1e-9);
  EXPECT_NEAR(amount("search/2028-Q1"), 48300.0 * 31.0 / 91.0, 1e-9);
  EXPECT_NEAR(amount("all/2027"), 340000.0 * 334.0 / 365.0, 1e-9);
}

TEST(Budgets, AListStandsForTheBudgetOfTheScenarioToo) {
  std::string text = plain;
  text.insert(
      0, "[[budget]]\nname = \"total\"\namount = 40_000\n[[budget]]\nname = \"s\"\nowner = \"s\"\namount = 50_000\n");
  // Single keys stand before the tables of a file.
  const std::string single = "horizon = \"1y\"\n";
  text.erase(text.find(single), single.size());
  text.insert(0, single);
  const results::Results results = results_of(text);
  ASSERT_TRUE(results.budget.has_value());
  EXPECT_EQ(*results.budget, 40'000.0);
  EXPECT_EQ(value(results, "over_budget"), 1.0);
  EXPECT_EQ(value(results, "budget.total"), 1.0);
  EXPECT_EQ(value(results, "budget.s"), 0.0);
  EXPECT_EQ(value(results, "budget"), 1.0) << "the worst of them";
  EXPECT_EQ(value(results_of(text, {"budget.s.amount=43k"}), "budget.s"), 1.0);
}

TEST(EarlyReclaims, TheFirstHourIsFreeWhereTheProviderEndsIt) {
  const std::string job = R"(
horizon = "60d"
[simulation]
paths = 20_000
[[market]]
name = "m"
[market.spot]
price = 1
reclaim_every = "2h"
free_within = "1h"
[[job]]
name = "j"
work = 200
throughput = { m = 1 }
checkpoint = { interval = "0s" }
restart = "6m"
[[plan]]
name = "p"
[plan.job.j]
policy = "spot"
)";
  // Of runs that last an exponential of 2 h those shorter than 1 h are free: 1 - e^-h(1 + h), h = 1/2, of all time. All
  // time is the work and a restart each run, but for what the last run, which no reclaim ends, makes of both.
  const results::Results results = results_of(job);
  EXPECT_NEAR(value(results, "mean"), 191.35, 5.0 * value(results, "cost_mean_se") + 0.15);
  const results::Results billed = results_of(job, {"market.m.spot.free_within=0s"});
  EXPECT_NEAR(value(billed, "mean"), 200.0 / (1.0 - 0.05), 5.0 * value(billed, "cost_mean_se") + 0.15);
  // A failure of hardware is no reclaim.
  const results::Results failing =
      results_of(job, {"market.m.spot.reclaim_every=1000000h", "market.m.hardware_mtbf=2h"});
  EXPECT_NEAR(value(failing, "mean"), value(billed, "mean"), 5.0 * 1.5 * value(billed, "cost_mean_se") + 0.05);
}

TEST(EarlyReclaims, CapacityThatEndsEarlyFreesTheWholeGang) {
  // Spot for 30 minutes at a time: nothing is ever billed.
  const std::string gang = R"(
horizon = "20d"
step = "10m"
[simulation]
paths = 200
[[market]]
name = "m"
[market.spot]
price = 1
free_within = "40m"
capacity = { up = { mean = "30m", cv = 0.01 }, down = { mean = "30m", cv = 0.01 } }
[[job]]
name = "j"
work = 4000
throughput = { m = 1 }
checkpoint = { interval = "0s" }
[[plan]]
name = "p"
[plan.job.j]
policy = "spot"
instances = 4
)";
  const results::Results results = results_of(gang);
  // What is held at the horizon is billed: at most 40 minutes of four.
  EXPECT_LT(value(results, "mean"), 4.0 * 40.0 / 60.0);
  EXPECT_GT(value(results_of(gang, {"market.m.spot.free_within=0s"}), "mean"), 400.0);
}

TEST(Pools, OnDemandWaitsForWhatThoseBeforeItLeave) {
  // Spot is away for 30 minutes each hour. On-demand that waits for 20 of them stands in for 10.
  const std::string text = R"(
horizon = "1d"
step = "5m"
[simulation]
paths = 2
[[market]]
name = "m"
on_demand = 3
[market.spot]
price = 1
capacity = { history = "HISTORY" }
[[demand]]
name = "d"
base = 10
[[service]]
name = "s"
demand = "d"
rate = { m = 1 }
[[plan]]
name = "now"
[plan.service.s]
utilization = 1
pools = [{ market = "m", buy = "spot" }, { market = "m", buy = "on-demand" }]
[[plan]]
name = "later"
[plan.service.s]
utilization = 1
pools = [{ market = "m", buy = "spot" }, { market = "m", buy = "on-demand", after = "20m" }]
)";
  std::string laws = text;
  const std::string history = "{ history = \"HISTORY\" }";
  laws.replace(laws.find(history), history.size(),
               "{ up = { mean = \"3h\", cv = 1 }, down = { mean = \"40m\", cv = 1 } }");
  const results::Results results = results_of(laws, {"simulation.paths=4000", "horizon=4w"});
  const double now = value(results, "use_hours_mean.m.on-demand", 0),
               later = value(results, "use_hours_mean.m.on-demand", 1);
  EXPECT_EQ(value(results, "served", 0), 1.0);
  EXPECT_LT(later, now);
  EXPECT_GT(later, 0.0);
  // What is not bought is not served: ten instances serve what comes.
  const double hours = 4.0 * 7.0 * 24.0;
  EXPECT_NEAR(1.0 - value(results, "served", 1), (now - later) / (10.0 * hours), 1e-4);
  EXPECT_NEAR(value(results, "use_hours_mean.m.spot", 0), value(results, "use_hours_mean.m.spot", 1), 1e-9);
}

TEST(Tokens, CachedInputHasAPriceOfItsOwn) {
  const std::string api = R"(
horizon = "1h"
[simulation]
paths = 2
[[demand]]
name = "d"
base = 1
tokens = { input = 20212, output = 931, cached_share = 0.8063526617 }
[[service]]
name = "s"
demand = "d"
[[serverless]]
name = "api"
per_million = { input = 0.50, cached_input = 0.05, output = 3.00 }
[[plan]]
name = "p"
[plan.service.s]
pools = []
overflow = "api"
)";
  const double request = ((20212 - 16298) * 0.50 + 16298 * 0.05 + 931 * 3.00) * 1e-6;
  EXPECT_NEAR(request, 0.00556, 1e-5);
  EXPECT_NEAR(value(results_of(api), "mean") / 3600.0, request, 1e-8);
  // Drawn shares too: uniform from 0.7 to 0.9.
  const results::Results drawn =
      results_of(api, {"demand.d.tokens.cached_share={ from = 0.7, to = 0.9 }", "simulation.paths=4000"});
  const double mean = 20212 * (0.2 * 0.50 + 0.8 * 0.05) * 1e-6 + 931 * 3e-6;
  EXPECT_NEAR(value(drawn, "mean") / 3600.0, mean, 5.0 * value(drawn, "cost_mean_se") / 3600.0);
  // Without a price of their own cached tokens cost as others do.
  std::string plain_price = api;
  plain_price.erase(plain_price.find("cached_input = 0.05, "), 21);
  EXPECT_NEAR(value(results_of(plain_price), "mean") / 3600.0, 20212 * 0.5e-6 + 931 * 3e-6, 1e-8);
}

TEST(Tokens, PrefillAndDecodeTakeTurnsOnAnInstance) {
  const std::string fleet = R"(
horizon = "1d"
[simulation]
paths = 2
[[market]]
name = "m"
on_demand = 1
[[market]]
name = "n"
on_demand = 1
[[demand]]
name = "d"
base = 10
tokens = { input = 2048, output = 28 }
[[service]]
name = "s"
demand = "d"
output_token_rate = { m = 1000, n = 2000 }
input_token_rate = { m = 8000, n = 4000 }
[[plan]]
name = "p"
[plan.service.s]
utilization = 1
pools = [{ market = "m", buy = "on-demand", max = 2 }, { market = "n", buy = "on-demand" }]
)";
  // 2.84 instances of m: 2 of m, and what is left of an instance of m in n, which does 0.284 / 0.526 of it: 2 of n.
  const results::Results results = results_of(fleet);
  EXPECT_NEAR(value(results, "use_hours_mean.m.on-demand"), 48.0, 1e-6);
  EXPECT_NEAR(value(results, "use_hours_mean.n.on-demand"), 48.0, 1e-6);
  EXPECT_NEAR(value(results_of(fleet, {"plan.p.service.s.pools.0.max=9"}), "mean"), 72.0, 1e-6);
}

TEST(Waste, HeadroomCountsAtWhatIsPaidAndWhatTheAutoscalerAimsAtApart) {
  // 7 requests a second at a target of 0.7: ten instances at 5, three of them for the target. With a minimum of 12 two
  // more stand idle.
  std::string text = plain;
  text.replace(text.find("utilization = 1"), 15, "utilization = 0.7\nmin = 12");
  const results::Results list = results_of(text, {"demand.d.base=7"});
  EXPECT_NEAR(value(list, "waste_mean.planned headroom"), 3.0 * 5.0 * 8760.0, 1.0);
  EXPECT_NEAR(value(list, "waste_mean.idle headroom"), 2.0 * 5.0 * 8760.0, 1.0);
  // Twelve instances committed to at 3.
  const results::Results committed =
      results_of(text + "[[plan.commitment]]\nmarket = \"m\"\ninstances = 12\nprice_per_hour = 3\nterm = \"1y\"\n",
                 {"demand.d.base=7"});
  EXPECT_NEAR(value(committed, "waste_mean.planned headroom"), 3.0 * 3.0 * 8760.0, 1.0);
  EXPECT_NEAR(value(committed, "waste_mean.idle headroom"), 2.0 * 3.0 * 8760.0, 1.0);
}

struct LawCase {
  const char* name;
  const char* text;
  double mean, sd;
};

class LawsDrawn : public testing::TestWithParam<LawCase> {};

TEST_P(LawsDrawn, HaveTheirMeanAndSpread) {
  // The price of a year of one instance is drawn once per future.
  const results::Results results = results_of(
      plain, {fmt::format("market.m.on_demand.price={}", GetParam().text), "horizon=1h", "simulation.paths=40000"});
  EXPECT_NEAR(value(results, "mean"), GetParam().mean, 5.0 * GetParam().sd / 200.0);
  EXPECT_NEAR(value(results, "sd"), GetParam().sd, 0.03 * GetParam().sd);
  // What the host knows of the law is what the kernels draw.
  const scenario::Scenario scenario = loaded(plain, {fmt::format("market.m.on_demand.price={}", GetParam().text)});
  const scenario::Law& law = scenario.markets[0].on_demand->price;
  for (const auto& [level, z] : {std::pair{0.05, -1.6448536269514722}, {0.5, 0.0}, {0.9, 1.2815515655446004}}) {
    const double quantile = scenario::quantile(law, level, z);
    EXPECT_NEAR(value(results, fmt::format("cost_quantile.{}", level)), quantile, 0.05 * GetParam().sd) << level;
    EXPECT_GE(quantile, scenario::lowest(law));
    EXPECT_LE(quantile, scenario::highest(law));
  }
}

// A normal of mean 1 and deviation 1 above 0 has mean 1 + φ(1)/Φ(1) and variance 1 − φ(1)/Φ(1) − (φ(1)/Φ(1))².
constexpr double mills = 0.24197072451914337 / 0.8413447460685429;
INSTANTIATE_TEST_SUITE_P(All, LawsDrawn,
                         testing::Values(LawCase{"Uniform", "{ from = 3, to = 6 }", 4.5, 0.8660254037844386},
                                         LawCase{"Normal", "{ mean = 100, sd = 5 }", 100.0, 5.0},
                                         LawCase{"NormalAboveZero", "{ mean = 1, sd = 1 }", 1.0 + mills, 0.7935},
                                         LawCase{"Pert", "{ min = 2, mode = 3, max = 8 }", 22.0 / 6.0, 1.0157},
                                         LawCase{"Discrete", "{ values = [5, 1, 2], weights = [1, 1, 2] }", 2.5, 1.5},
                                         LawCase{"EquallyOften", "{ values = [1, 2, 3] }", 2.0, 0.816496580927726}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Laws, LoadOnFactors) {
  // Two prices that load on one factor entirely are as high as one another.
  std::string text = plain;
  text += "[[factor]]\nname = \"f\"\nhalf_life = \"forever\"\n";
  const scenario::Scenario scenario =
      loaded(text, {"market.m.on_demand.price={ from = 1, to = 2, loading = { f = 1 } }", "horizon=1h"});
  EXPECT_EQ(scenario.markets[0].on_demand->price.loading.size(), 1u);
  const results::Results results = results_of(scenario);
  EXPECT_GE(value(results, "cost_min"), 1.0);
  EXPECT_LE(value(results, "cost_max"), 2.0);
}

TEST(Laws, AreWrittenAsTheyAreRead) {
  for (const char* text : {"{ from = 3, to = 6 }", "{ mean = 100, sd = 5 }", "{ min = 2, mode = 3, max = 8 }",
                           "{ values = [1, 2, 5], weights = [1, 2, 1] }"}) {
    const scenario::Scenario scenario = loaded(plain, {fmt::format("market.m.on_demand.price={}", text)});
    const scenario::Law& law = scenario.markets[0].on_demand->price;
    const scenario::Scenario scaled =
        loaded(plain, {fmt::format("market.m.on_demand.price={}", text), "market.m.on_demand.price *= 2"});
    const scenario::Law& twice = scaled.markets[0].on_demand->price;
    EXPECT_NEAR(scenario::quantile(twice, 0.9, 1.2815515655446004),
                2.0 * scenario::quantile(law, 0.9, 1.2815515655446004), 1e-9)
        << text;
  }
}

TEST(Laws, ThatCannotBeAreRefused) {
  for (const char* text : {"{ from = 6, to = 3 }", "{ mean = 1 }", "{ mean = 1, sd = 0 }", "{ min = 2, max = 8 }",
                           "{ values = [1, 2], weights = [1] }", "{ values = [1, 2], weights = [0, 0] }",
                           "{ values = [] }", "{ from = 1, sd = 2 }", "{ mean = -10, sd = 1 }", "{ values = [-1, 2] }"})
    EXPECT_THROW(loaded(plain, {fmt::format("market.m.on_demand.price={}", text)}), scenario::InvalidScenario) << text;
}

TEST(Laws, AreDrawnFromTheColumnOfAFile) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "laws_of_files";
  std::filesystem::create_directories(folder);
  std::ofstream file(folder / "prices.csv");
  file << "name,price\n";
  double sum = 0.0;
  for (int i = 0; i < 1000; ++i) {
    file << "x," << (i * 37) % 1000 << "\n";
    sum += (i * 37) % 1000;
  }
  file.close();
  const auto read = [&](const std::string& law, const std::string& within = "") {
    std::string text = plain;
    text.replace(text.find("on_demand = 5"), 13, "on_demand = " + law);
    return scenario::load_text(text, "test", {"horizon=1h", "simulation.paths=20000"}, folder,
                               scenario::HistoryFiles::read, within)
        .scenario;
  };
  const scenario::Scenario scenario = read("{ file = \"prices.csv\", column = \"price\" }");
  const scenario::Law& law = scenario.markets[0].on_demand->price;
  ASSERT_EQ(law.values.size(), 256u);
  EXPECT_NEAR(scenario::usual_value(law), sum / 1000.0, 1e-9);
  const results::Results results = results_of(scenario);
  EXPECT_NEAR(value(results, "mean"), sum / 1000.0, 5.0 * value(results, "cost_mean_se"));
  EXPECT_NEAR(value(results, "cost_quantile.0.9"), 900.0, 15.0);
  EXPECT_NEAR(scenario::usual_value(
                  read("{ file = \"prices.csv\", column = \"price\", times = 0.5 }").markets[0].on_demand->price),
              sum / 2000.0, 1e-9);
  for (const char* wrong :
       {"{ file = \"prices.csv\", column = \"name\" }", "{ file = \"none.csv\", column = \"price\" }",
        "{ file = \"prices.csv\" }", "{ file = \"prices.csv\", column = \"cost\" }",
        "{ file = \"../prices.csv\", column = \"price\" }"})
    EXPECT_THROW(read(wrong), scenario::InvalidScenario) << wrong;
  std::filesystem::remove_all(folder);
}

/// Cases from the field, where they are.
class FieldCases : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder_ / "K1-macc.toml")) GTEST_SKIP() << "there is no ../shared/cases/K1-macc.toml";
  }
  results::Results run_case(const std::string& name, const std::vector<std::string>& overrides = {}) const {
    return results_of(scenario::load(folder_ / (name + ".toml"), overrides).scenario);
  }
  const std::filesystem::path folder_ = std::filesystem::path(COSTRISK_SOURCE_DIR) / "../shared/cases";
};

TEST_F(FieldCases, ComeToWhatTheyShould) {
  EXPECT_NEAR(value(run_case("K1-macc"), "mean"), 100'000.0, 1e-6);
  const results::Results reclaimed = run_case("R1-first-hour-free", {"market.m.spot.free_within=1h"});
  EXPECT_NEAR(value(reclaimed, "mean"), 191.35, 5.0 * value(reclaimed, "cost_mean_se"));
  EXPECT_NEAR(value(run_case("K2-prefill", {"service.s.input_token_rate={ m = 8000 }"}), "use_hours_mean.m.on-demand"),
              72.0, 1e-6);
  EXPECT_NEAR(value(run_case("T1-cached-tokens", {"demand.d.tokens.cached_share=0.80635266178"}), "mean") / 3600.0,
              0.00556, 1e-5);
  EXPECT_NEAR(value(run_case("M1-calendar-month"), "mean"), 3000.0, 1e-6);
  const results::Results waits = run_case("K3-spot-then-ondemand", {"plan.now.service.s.pools.1.after=15m"});
  EXPECT_LT(value(waits, "served"), 1.0);
  EXPECT_FALSE(scenario::load(folder_ / "S6-savings-plan-step.toml").warnings.empty());
}

}  // namespace
}  // namespace costrisk
