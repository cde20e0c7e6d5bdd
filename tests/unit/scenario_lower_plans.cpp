// Lowered plans: components shared, capacity allotted, use told where it may be covered, items by the request.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "src/scenario/lower/availability.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/lower/streams.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

/// Two markets, a rack, a service and two jobs.
const char* const world = R"(horizon = "1d"
step = "1h"
[[market]]
name = "east"
on_demand = 2.0
spot = { price = 0.5, reclaim_every = "50h" }
[[market]]
name = "west"
on_demand = 3.0
[[market]]
name = "rack"
[[demand]]
name = "chat"
base = 10
[[service]]
name = "api"
owner = "product"
demand = "chat"
rate = { east = 4, west = 4, rack = 8 }
[[service]]
name = "batch"
demand = "chat"
rate = { east = 4, west = 4, rack = 8 }
[[job]]
name = "train"
owner = "research"
work = 100
throughput = { east = 1, west = 1, rack = 2 }
[[job]]
name = "tune"
work = 10
throughput = { east = 1, west = 1, rack = 2 }
[[optimization]]
name = "int8"
throughput = { low = 1.2, mode = 1.5, high = 2 }
once = 1000
)";

const char* const plain = R"([[plan]]
name = "plain"
[plan.service.api]
pools = [ { market = "east", buy = "spot", share = 0.5 }, { market = "east", buy = "on-demand" },
          { market = "west", buy = "on-demand" } ]
[plan.job.train]
markets = ["east", "west"]
instances = 3
)";

Scenario loaded(const std::string& plans) { return load_text(world + plans, "plans.toml").scenario; }
Lowered lowered(const std::string& plans) { return lower(loaded(plans)); }

std::string extended(const std::string& name, const std::string& more) {
  return "[[plan]]\nname = \"" + name + "\"\nextends = \"plain\"\n" + more;
}

using Steps = std::vector<std::pair<int, float>>;
Steps steps_of(const AvailabilityList& list) {
  Steps steps;
  for (const AvailabilityParameters& entry : list) steps.emplace_back(entry.step, entry.instances);
  return steps;
}

TEST(LowerComponents, EqualAssignmentsAreOneComponentAcrossPlans) {
  const Lowered found = lowered(plain + extended("committed", R"([[plan.commitment]]
market = "east"
instances = 2
price_per_hour = 1
term = "1y"
)") + extended("larger", "[plan.service.api]\nmin = 1\n"));
  EXPECT_EQ(found.shape.job_components, 1);
  EXPECT_EQ(found.shape.service_components, 2);
  EXPECT_EQ(found.shape.services, 2);
  EXPECT_EQ(found.plan_service_component, (std::vector<int>{0, -1, 0, -1, 1, -1}));
  EXPECT_EQ(found.plan_job_component, (std::vector<int>{0, -1, 0, -1, 0, -1}));
}

TEST(LowerComponents, WhateverChangesTheSimulationMakesAnother) {
  for (const std::string other :
       {"utilization = 0.6", "min = 1", "max = 9", "scale_up_delay = \"2h\"", "scale_down_window = \"2h\"",
        "optimizations = [\"int8\"]", "pools = [ { market = \"east\", buy = \"on-demand\" } ]",
        "pools = [ { market = \"east\", buy = \"spot\", share = 0.4 }, { market = \"east\", buy = \"on-demand\" }, { "
        "market = \"west\", buy = \"on-demand\" } ]"})
    EXPECT_EQ(lowered(plain + extended("other", "[plan.service.api]\n" + other + "\n")).shape.service_components, 2)
        << other;
  EXPECT_EQ(lowered(plain + extended("same", "[plan.service.api]\nutilization = 0.7\n")).shape.service_components, 1);
  EXPECT_EQ(lowered(plain + extended("o", "[plan.job.train]\noptimizations = [\"int8\"]\n")).shape.job_components, 2);
}

TEST(LowerAutoscalers, AreSharedByServicesThatAskForTheSame) {
  const auto autoscalers = [](const std::string& other) {
    return lowered(plain + extended("other", "[plan.service.api]\n" + other + "\n")).storage->autoscalers;
  };
  for (const std::string other : {"utilization = 0.6", "min = 1", "max = 9", "scale_up_delay = \"2h\"",
                                  "scale_down_window = \"2h\"", "optimizations = [\"int8\"]"})
    EXPECT_EQ(autoscalers(other).size(), 2u) << other;
  for (const std::string other : {"pools = [ { market = \"east\", buy = \"spot\", max = 2 } ]",
                                  "pools = [ { market = \"west\", buy = \"on-demand\" } ]", "utilization = 0.7"})
    EXPECT_EQ(autoscalers(other).size(), 1u) << other << ": the same instances are asked for";

  const std::string rates = "[[service]]\nname = \"uneven\"\ndemand = \"chat\"\nrate = { east = 4, west = 5 }\n";
  const auto in = [](const std::string& market) {
    return "[[plan]]\nname = \"" + market + "\"\n[plan.service.uneven]\npools = [ { market = \"" + market +
           "\", buy = \"on-demand\" } ]\n";
  };
  EXPECT_EQ(lowered(rates + in("east") + in("west")).storage->autoscalers.size(), 2u) << "at other rates";

  const std::vector<AutoscalerParameters> delayed = autoscalers("scale_up_delay = \"2h\"");
  EXPECT_EQ(delayed[0].wanted_slot, delayed[0].asked_slot) << "without a delay all that is asked for is wanted";
  EXPECT_NE(delayed[1].wanted_slot, delayed[1].asked_slot);
  EXPECT_NE(delayed[1].asked_slot, delayed[0].asked_slot);
}

TEST(LowerAutoscalers, OfAQueueOrOfNoPoolsAreNobodyElses) {
  const std::string queued =
      "[[service]]\nname = \"queued\"\ndemand = \"chat\"\nrate = { east = 4 }\nqueue = { drain = \"1h\", limit = 100 "
      "}\n";
  const auto plan = [](const std::string& name, const std::string& max) {
    return "[[plan]]\nname = \"" + name +
           "\"\n[plan.service.queued]\npools = [ { market = \"east\", buy = \"spot\", max = " + max + " } ]\n";
  };
  const std::vector<AutoscalerParameters> waiting =
      lowered(queued + plan("a", "2") + plan("b", "3")).storage->autoscalers;
  ASSERT_EQ(waiting.size(), 2u) << "what waits differs by the pools";
  EXPECT_EQ(waiting[0].asked_slot, none);

  const std::string serverless = "[[serverless]]\nname = \"calls\"\nper_request = 0.01\n";
  const auto without =
      lowered(serverless + plain + extended("none", "[plan.service.api]\npools = []\noverflow = \"calls\"\n"))
          .storage->autoscalers;
  ASSERT_EQ(without.size(), 2u);
  EXPECT_EQ(without[1].asked_slot, none);
  EXPECT_EQ(without[1].rate, no_law);
}

TEST(LowerComponents, ReclaimsOfASecondPoolInOneMarketAreItsOwn) {
  const Lowered found = lowered(R"([[plan]]
name = "plain"
[plan.service.api]
pools = [ { market = "east", buy = "spot", max = 2 }, { market = "east", buy = "spot" } ]
)");
  ASSERT_EQ(found.storage->pools.size(), 2u);
  EXPECT_EQ(found.storage->pools[0].reclaim_stream, stream_of("service/api/east/reclaims"));
  EXPECT_NE(found.storage->pools[0].reclaim_stream, found.storage->pools[1].reclaim_stream);
}

const char* const racks = R"([[plan]]
name = "racks"
[plan.service.batch]
pools = [ { market = "rack", buy = "reserved", max = 3 } ]
[plan.service.api]
pools = [ { market = "rack", buy = "reserved", max = 2 }, { market = "east", buy = "on-demand" } ]
[plan.job.tune]
markets = ["rack"]
policy = "reserved"
[plan.job.train]
markets = ["rack"]
policy = "reserved"
instances = 2
)";
std::string rack(int instances, const std::string& from, const std::string& term) {
  return "[[plan.commitment]]\nmarket = \"rack\"\nkind = \"capacity\"\nprice_per_hour = 1\ninstances = " +
         std::to_string(instances) + "\nfrom = \"" + from + "\"\nterm = \"" + term + "\"\n";
}

TEST(LowerAvailability, ServicesDrawBeforeJobsInFileOrderAndGangsAllOrNothing) {
  // 8 are committed at most, so that the allotments of 2 + 3 + 2 + 1 hold; in between there are fewer.
  const Scenario scenario =
      loaded(racks + rack(4, "0h", "10h") + rack(2, "2h", "8h") + rack(2, "5h30m", "2h") + rack(1, "12h", "1y"));
  const Allotments found = allotted(scenario, scenario.plans[0]);
  // Services stand in the file's order: api, then batch. Committed: 4 from 0, 6 from 2, 8 from 6, 6 from 8, 0 from 10,
  // 1 from 12 on.
  ASSERT_EQ(found.services.size(), 2u);
  EXPECT_EQ(steps_of(found.services[0][0]), (Steps{{0, 2}, {10, 0}, {12, 1}}));
  EXPECT_TRUE(found.services[0][1].empty()) << "an on-demand pool draws on nothing";
  EXPECT_EQ(steps_of(found.services[1][0]), (Steps{{0, 2}, {2, 3}, {10, 0}}));
  // The gang of two finds 0, 1, 3, 1, 0, 0 left.
  EXPECT_EQ(steps_of(found.jobs[0][0]), (Steps{{0, 0}, {6, 2}, {8, 0}}));
  EXPECT_EQ(steps_of(found.jobs[1][0]), (Steps{{0, 0}, {2, 1}, {10, 0}}));
}

TEST(LowerAvailability, ListsStandInTheComponentsAndTellThemApart) {
  const std::string other = "[[plan]]\nname = \"late racks\"\nextends = \"racks\"\n";
  const Lowered found = lowered(racks + rack(8, "0h", "1y") + other + rack(8, "6h", "1y"));
  EXPECT_EQ(found.shape.service_components, 4);
  EXPECT_EQ(found.shape.job_components, 4);
  const ParameterStorage& s = *found.storage;
  const Range first = s.pools[0].availability;
  ASSERT_EQ(first.count, 1);
  EXPECT_EQ(s.availabilities[first.first].step, 0);
  EXPECT_EQ(s.availabilities[first.first].instances, 2.0f);
  const Range late = s.job_markets[2].availability;
  ASSERT_EQ(late.count, 2);
  EXPECT_EQ(s.availabilities[late.first].instances, 0.0f);
  EXPECT_EQ(s.availabilities[late.first + 1].step, 6);
  EXPECT_EQ(s.availabilities[late.first + 1].instances, 2.0f);
}

TEST(LowerUses, PlansWithoutContractsTellNoUse) {
  const Lowered found = lowered(plain);
  EXPECT_EQ(found.parameters.use_row_count, 0);
  EXPECT_EQ(found.parameters.plan_use_count, 0);
  for (const PoolParameters& pool : found.storage->pools) EXPECT_EQ(pool.use_row, none);
}

TEST(LowerUses, AComponentTellsItsUseOnceForAllPlansThatMayCoverIt) {
  const std::string commitment =
      "[[plan.commitment]]\nmarket = \"east\"\ninstances = 2\nprice_per_hour = 1\nterm = \"1y\"\n";
  const Lowered found = lowered(plain + extended("one", commitment) + extended("two", commitment + commitment));
  const ParameterStorage& s = *found.storage;
  // api: east and west on-demand, settled because of east; train: the first market alone.
  EXPECT_EQ(s.use_rows.size(), 3u);
  EXPECT_EQ(s.plan_uses.size(), 6u);
  EXPECT_EQ(s.plans[0].uses.count, 0);
  EXPECT_EQ(s.plans[0].settled_services, 0u);
  ASSERT_EQ(s.plans[1].uses.count, 3);
  EXPECT_EQ(s.plans[1].settled_services, 1u);
  EXPECT_EQ(s.plans[1].settled_jobs, 1u);
  EXPECT_EQ(s.plans[1].commitments.count, 1);
  EXPECT_EQ(s.plans[2].commitments.count, 2);
  EXPECT_EQ(s.pools[0].use_row, none) << "spot is covered by nothing";
  const PlanUseParameters* const uses = s.plan_uses.data() + s.plans[1].uses.first;
  EXPECT_EQ(uses[0].use_row, s.pools[1].use_row);
  EXPECT_EQ(uses[1].use_row, s.pools[2].use_row);
  EXPECT_EQ(uses[2].use_row, s.job_markets[0].use_row);
  EXPECT_EQ(s.job_markets[1].use_row, none) << "on-demand runs in the first market that sells it";
  EXPECT_EQ(uses[0].service, 0);
  EXPECT_EQ(uses[2].service, none);
  EXPECT_EQ(found.owners[uses[0].owner], "product");
  EXPECT_EQ(found.owners[uses[2].owner], "research");
  EXPECT_EQ(uses[1].market, 1);
  EXPECT_FLOAT_EQ(s.use_rows[uses[1].use_row].money.high, 3.0f);
  EXPECT_FLOAT_EQ(s.use_rows[uses[2].use_row].money.high, 2.0f);
}

TEST(LowerUses, OnlyWhatAContractMayCoverIsSettled) {
  const Lowered found = lowered(plain + extended("west", R"([[plan.savings_plan]]
spend_per_hour = 5
discounts = { west = 0.4 }
term = "1y"
)") + extended("rack alone", R"([[plan.commitment]]
market = "rack"
kind = "capacity"
instances = 2
price_per_hour = 1
term = "1y"
)"));
  const ParameterStorage& s = *found.storage;
  EXPECT_EQ(s.plans[1].settled_services, 1u);
  EXPECT_EQ(s.plans[1].settled_jobs, 0u) << "the job buys in the east";
  EXPECT_EQ(s.plans[1].uses.count, 2);
  EXPECT_EQ(s.plans[2].uses.count, 0);
  EXPECT_EQ(s.plans[2].commitments.count, 0) << "nothing draws on the rack";
  EXPECT_EQ(found.effective_micros[2], 2 * 24 * micros_per_unit) << "which costs all the same";
}

TEST(LowerUses, ACheapestJobMayBuyWhereverItIsSold) {
  const Lowered found = lowered(plain + extended("west", R"([plan.job.train]
choose = "cheapest"
[[plan.commitment]]
market = "west"
instances = 2
price_per_hour = 1
term = "1y"
)"));
  const PlanParameters& plan = found.storage->plans[1];
  EXPECT_EQ(plan.settled_jobs, 1u);
  EXPECT_EQ(plan.uses.count, 4);
}

TEST(LowerUses, ReservedUseIsToldWithoutAPrice) {
  const Lowered found = lowered(racks + rack(8, "0h", "1y"));
  const ParameterStorage& s = *found.storage;
  ASSERT_EQ(s.plans[0].uses.count, 4);
  EXPECT_EQ(s.plans[0].settled_services, 0u);
  EXPECT_EQ(s.plans[0].settled_jobs, 0u);
  for (const PlanUseParameters& use : s.plan_uses) {
    EXPECT_EQ(use.buy, Purchase::reserved);
    EXPECT_EQ(s.use_rows[use.use_row].price.law, no_law);
    EXPECT_EQ(s.use_rows[use.use_row].money.high, 0.0f);
  }
}

TEST(LowerContracts, SavingsPlansTakeTheirHighestDiscountFirst) {
  const Lowered found = lowered(plain + extended("saving", R"([[plan.savings_plan]]
spend_per_hour = 5
discounts = { east = 0.25, west = 0.5 }
from = "90m"
term = "4h"
)"));
  ASSERT_EQ(found.storage->savings_plans.size(), 1u);
  const SavingsPlanParameters& saving = found.storage->savings_plans[0];
  ASSERT_EQ(saving.discounts.count, 2);
  const DiscountParameters* const discounts = found.storage->discounts.data() + saving.discounts.first;
  EXPECT_EQ(discounts[0].market, 1);
  EXPECT_FLOAT_EQ(discounts[0].money, 1.5f);
  EXPECT_EQ(discounts[1].market, 0);
  EXPECT_FLOAT_EQ(discounts[1].money, 1.5f);
  EXPECT_FLOAT_EQ(saving.spend.high, 5.0f);
  EXPECT_FLOAT_EQ(saving.inverse_spend, 0.2f);
  EXPECT_EQ(saving.from.step, 1);
  EXPECT_EQ(saving.from.offset, 0.5f);
  EXPECT_EQ(saving.until.step, 5);
  EXPECT_EQ(saving.until.offset, 0.5f);
}

TEST(LowerContracts, ARateSpreadsTheUpfrontPaymentOverInstancesAndTerm) {
  const Lowered found = lowered(plain + extended("upfront", R"([[plan.commitment]]
market = "east"
instances = 4
price_per_hour = 0.5
upfront = 800
term = "100h"
)"));
  ASSERT_EQ(found.storage->commitments.size(), 1u);
  EXPECT_FLOAT_EQ(found.storage->commitments[0].rate.high, 2.5f);
  EXPECT_EQ(found.storage->commitments[0].until.step, 100);
}

TEST(LowerItems, ItemsByTheRequestGoToTheServicesOfPlansThatPayThem) {
  const Lowered found =
      lowered(plain + extended("both", "[plan.service.batch]\npools = [ { market = \"east\", buy = \"spot\" } ]\n") +
              extended("neither", "") + R"([[item]]
name = "moderation"
per_1000 = { low = 1, mode = 2, high = 4 }
demand = "chat"
plans = ["plain", "both"]
[[item]]
name = "logs"
per_1000 = 3
demand = "chat"
plans = ["both"]
[[item]]
name = "rent"
monthly = 730
)");
  const ParameterStorage& s = *found.storage;
  EXPECT_EQ(s.items[0].kind, ItemKind::per_request);
  EXPECT_FLOAT_EQ(s.items[0].money.high, 0.002f);
  ASSERT_EQ(found.shape.service_components, 2);
  EXPECT_EQ(s.services[0].service_items.count, 2) << "api pays logs in one of its plans";
  EXPECT_EQ(s.services[1].service_items.count, 2);
  const auto paid = [&](int plan) {
    std::vector<int> pairs;
    const Range range = s.plans[plan].service_items;
    for (int i = 0; i < range.count; ++i) pairs.push_back(s.plan_service_items[range.first + i]);
    return pairs;
  };
  EXPECT_EQ(paid(0), (std::vector<int>{0}));
  EXPECT_EQ(paid(1), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(paid(2), std::vector<int>{});
  for (const PlanParameters& plan : s.plans) {
    ASSERT_EQ(plan.items.count, 1);
    EXPECT_EQ(s.plan_items[plan.items.first], 2) << "the rent alone goes by time";
  }
}

TEST(LowerItems, AnOptimizationIsPaidOnceAPlanByTheFirstThatUsesIt) {
  const std::string job = "[plan.job.train]\noptimizations = [\"int8\"]\n";
  const std::string both = job + "[plan.service.api]\noptimizations = [\"int8\"]\n";
  const Lowered found = lowered(plain + extended("job", job) + extended("both", both) + extended("job again", job));
  const ParameterStorage& s = *found.storage;
  ASSERT_EQ(s.items.size(), 2u);
  EXPECT_EQ(s.plans[0].items.count, 0);
  for (const int plan : {1, 2, 3}) ASSERT_EQ(s.plans[plan].items.count, 1);
  const auto owner = [&](int plan) { return found.owners[s.items[s.plan_items[s.plans[plan].items.first]].owner]; };
  EXPECT_EQ(owner(1), "research");
  EXPECT_EQ(owner(2), "product");
  EXPECT_EQ(s.plan_items[s.plans[1].items.first], s.plan_items[s.plans[3].items.first]);
  EXPECT_EQ(s.items[0].kind, ItemKind::once);
  EXPECT_FLOAT_EQ(s.items[0].money.high, 1000.0f);
}

TEST(LowerItems, SpeedupsMultiplyRatesAndDivideRunTimes) {
  const Lowered found =
      lowered(plain + extended("both",
                               "[plan.job.train]\noptimizations = [\"int8\"]\n[plan.service.api]\noptimizations "
                               "= [\"int8\"]\n"));
  const ParameterStorage& s = *found.storage;
  EXPECT_EQ(s.jobs[0].speedups.count, 0);
  ASSERT_EQ(s.jobs[1].speedups.count, 1);
  const AutoscalerParameters& autoscaler = s.autoscalers[s.services[1].autoscaler];
  ASSERT_EQ(autoscaler.speedups.count, 1);
  const LawParameters& of_job = s.laws[s.law_lists[s.jobs[1].speedups.first]];
  const LawParameters& of_service = s.laws[s.law_lists[autoscaler.speedups.first]];
  EXPECT_EQ(of_job.transform, Transform::reciprocal);
  EXPECT_EQ(of_service.transform, Transform::identity);
  EXPECT_EQ(of_job.stream, of_service.stream) << "one optimization is one unknown";
}

}  // namespace
}  // namespace costrisk::scenario
