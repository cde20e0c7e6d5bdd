// The engine against the reference simulator over scenarios that between them use every part of the model, and
// the same comparison against a reference with one part changed, which must fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>

#include "src/scenario/reader/load.hpp"
#include "tests/stat/comparison.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

constexpr double false_alarm = 1e-3;  ///< of a whole comparison; seeds are fixed

std::string file_of(const std::string& name) {
  return std::string(COSTRISK_SOURCE_DIR) + "/tests/stat/scenarios/" + name + ".toml";
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(COSTRISK_SOURCE_DIR) + "/tests/stat/scenarios")) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class EngineVsReference : public testing::TestWithParam<std::string> {};

TEST_P(EngineVsReference, Agree) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam())).scenario;
  const Results engine = simulate(Subject::engine, scenario, 20'000, 7);
  const Results reference = simulate(Subject::reference, scenario, 2'000, 8);
  EXPECT_EQ(beyond(compare(scenario, engine, reference), false_alarm), "");
}

INSTANTIATE_TEST_SUITE_P(On, EngineVsReference, testing::ValuesIn(scenario_names()),
                         [](const auto& tested) { return tested.param; });

/// Those whose measured histories, if they have any, last for a quarter.
std::vector<std::string> names_for_a_quarter() {
  std::vector<std::string> names = scenario_names();
  std::erase_if(names, [](const std::string& name) { return name == "history_replay" || name == "history_window"; });
  return names;
}

class FullComparison : public testing::TestWithParam<std::string> {};

TEST_P(FullComparison, AgreeOverAQuarter) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam()), {"horizon=13w"}).scenario;
  const Results engine = simulate(Subject::engine, scenario, 200'000, 11);
  const Results reference = simulate(Subject::reference, scenario, 20'000, 12);
  EXPECT_EQ(beyond(compare(scenario, engine, reference), false_alarm), "");
}

INSTANTIATE_TEST_SUITE_P(LongOn, FullComparison, testing::ValuesIn(names_for_a_quarter()),
                         [](const auto& tested) { return tested.param; });

using Change = std::function<void(scenario::Scenario&)>;

/// A part of the model changed in one scenario.
struct PlantedBias {
  const char* name;
  const char* scenario;
  Change change;
};

void scale(scenario::Law& law, double factor) {
  law.low *= factor;
  law.mode *= factor;
  law.high *= factor;
  law.median *= factor;
}

/// Puts other values into a measured history: changed(trace, i) in place of each.
template <class Changed>
void measure_again(scenario::History& history, Changed changed) {
  auto trace = std::make_shared<trace::History>(*history.trace);
  for (std::size_t i = 0; i < trace->size(); ++i) trace->value[i] = changed(*history.trace, i);
  history.trace = trace;
}

/// What an outage of a single measurement hid.
double mended(const trace::History& trace, std::size_t i) {
  const bool alone = i > 0 && i + 1 < trace.size() && trace.value[i - 1] > 0.0 && trace.value[i + 1] > 0.0;
  return alone ? std::max(1.0, trace.value[i]) : trace.value[i];
}

void PrintTo(const PlantedBias& bias, std::ostream* out) { *out << bias.name; }

std::vector<PlantedBias> planted_biases() {
  using scenario::Scenario;
  return {
      {"WorkFivePercentMore", "on_demand", [](Scenario& s) { scale(s.jobs[0].work_instance_hours, 1.05); }},
      {"HardwareFailsAQuarterLess", "on_demand", [](Scenario& s) { scale(*s.markets[0].hardware_mtbf_hours, 1.25); }},
      {"PriceWithoutLoading", "on_demand", [](Scenario& s) { s.markets[0].on_demand->price.loading.clear(); }},
      {"NoShocks", "shortage", [](Scenario& s) { s.factors[0].shock.reset(); }},
      {"UnloadedCapacity", "shortage", [](Scenario& s) { s.markets[0].spot->capacity->loading.clear(); }},
      {"ReclaimsAThirdRarer", "spot_depth", [](Scenario& s) { scale(*s.markets[0].spot->reclaim_every_hours, 1.5); }},
      {"UnlimitedDepth", "spot_depth", [](Scenario& s) { s.markets[0].spot->capacity->depth.reset(); }},
      {"DroughtsAFifthLonger", "spot_depth",
       [](Scenario& s) { scale(s.markets[0].spot->capacity->down.mean_hours, 1.2); }},
      {"MemorylessSojourns", "policies", [](Scenario& s) { s.markets[0].spot->capacity->up.cv = 1.0; }},
      {"NoticeTooShort", "checkpoints", [](Scenario& s) { s.markets[0].spot->notice_seconds = 299.0; }},
      {"NoticeAlwaysEnough", "checkpoints", [](Scenario& s) { s.markets[0].spot->notice_seconds = 360.0; }},
      {"RestartTwiceAsLong", "policies",
       [](Scenario& s) {
         for (auto& plan : s.plans) plan.jobs[0].restart_seconds *= 2.0;
       }},
      {"GreedyInsteadOfUniformProgress", "policies", [](Scenario& s) { s.plans[3].jobs[0].policy = Policy::greedy; }},
      {"DeadlineTwelveHoursLater", "policies", [](Scenario& s) { *s.jobs[0].deadline_seconds += 12.0 * 3600.0; }},
      {"MarginAnHourLonger", "deadlines", [](Scenario& s) { s.plans[1].jobs[0].margin_hours.mode += 1.0; }},
      {"PlanForesees", "deadlines",
       [](Scenario& s) { s.plans[3].jobs[0].foresight = scenario::JobAssignment::Foresight::exact; }},
      {"RateOfTheOtherMarket", "deadlines",
       [](Scenario& s) { std::swap(s.plans[1].jobs[0].markets[0], s.plans[1].jobs[0].markets[1]); }},
      {"SecondServiceTurnsAway", "shared_depth", [](Scenario& s) { s.plans[0].services[1].overflow = -1; }},
      {"FirstJobIsSmaller", "shared_depth", [](Scenario& s) { s.plans[2].jobs[0].instances = 8; }},
      {"WaitsNotAtAll", "purchases", [](Scenario& s) { s.plans[0].jobs[0].purchases[3].after_seconds = 0.0; }},
      {"MovesNowhere", "purchases", [](Scenario& s) { s.plans[1].jobs[0].upgrade = Upgrade::never; }},
      {"MovesWhereItStandsBefore", "purchases", [](Scenario& s) { s.plans[2].jobs[0].upgrade = Upgrade::always; }},
      {"BlockADayLonger", "purchases", [](Scenario& s) { s.plans[3].commitments[0].term_seconds += 86'400.0; }},
      {"ObjectiveATenthLooser", "service_latency",
       [](Scenario& s) { s.services[0].latency->objective_seconds *= 1.1; }},
      {"WaitsATenthOfASecondLess", "service_latency",
       [](Scenario& s) { s.services[2].latency->objective_seconds -= 0.1; }},
      {"StartsAMinuteLater", "service_latency",
       [](Scenario& s) { s.plans[0].services[0].scale_up_delay_seconds += 60.0; }},
      {"OneWarmInstanceLess", "service_latency", [](Scenario& s) { s.plans[1].services[1].warm -= 1; }},
      {"SlowIsQuickEnough", "service_latency", [](Scenario& s) { s.serverless[1].latency_seconds.reset(); }},
      {"TheYoungLiveAsTheOld", "spot_lifetimes", [](Scenario& s) { s.markets[0].spot->reclaim->shape = 1.0; }},
      {"ShortageReclaimsNoMore", "spot_lifetimes", [](Scenario& s) { s.markets[0].spot->reclaim->loading.clear(); }},
      {"LivesAnHourLonger", "spot_lifetimes", [](Scenario& s) { *s.markets[2].spot->max_lifetime_seconds += 3600.0; }},
      {"TwoReplicasInAPair", "spot_lifetimes", [](Scenario& s) { s.services[0].replica->gpus = 1; }},
      {"ImageTwiceAsFast", "spot_lifetimes",
       [](Scenario& s) { s.plans[0].services[0].cold_start->pull_gb_per_second *= 2.0; }},
      {"FirstInsteadOfCheapest", "failover", [](Scenario& s) { s.plans[1].jobs[0].choose = Choose::first; }},
      {"EgressATenthMore", "failover", [](Scenario& s) { s.jobs[0].state_gb *= 1.1; }},
      {"RepricingAFifthMoreOften", "repricing", [](Scenario& s) { s.markets[0].repricing->every_seconds /= 1.2; }},
      {"NoPriceCap", "repricing", [](Scenario& s) { s.markets[0].spot->price->cap = 1e9; }},
      {"AttemptsPleaseMore", "repeats", [](Scenario& s) { s.jobs[0].attempts->success = 0.75; }},
      {"PenaltyATenthMore", "repeats", [](Scenario& s) { s.jobs[1].late_penalty_per_hour *= 1.1; }},
      {"NoBillingMinimum", "billing", [](Scenario& s) { s.markets[0].billing_minimum_seconds = 0.0; }},
      {"BilledByTheSecond", "billing", [](Scenario& s) { s.markets[0].billing_increment_seconds = 1.0; }},
      {"ItemsByChanceMoreOften", "items", [](Scenario& s) { s.items[1].chance = 0.5; }},
      {"ShareHalfMore", "items", [](Scenario& s) { scale(s.items[3].amount, 1.5); }},
      {"OnDemandAlwaysThere", "launches", [](Scenario& s) { s.markets[0].on_demand->capacity.reset(); }},
      {"ConstantItemHalfAPercentMore", "constant", [](Scenario& s) { scale(s.items[0].amount, 1.005); }},
      {"ConstantPriceHalfAPercentMore", "constant", [](Scenario& s) { scale(s.markets[0].on_demand->price, 1.005); }},
      {"ScalingThreePercentMore", "coarse", [](Scenario& s) { s.jobs[0].scaling += 0.03; }},
      {"LeftInsteadOfBoughtOut", "unfinished",
       [](Scenario& s) { s.jobs[0].unfinished = scenario::Job::Unfinished::ignore; }},

      {"ProfileAnHourLater", "service_known", [](Scenario& s) { s.start.hour += 1; }},
      {"WeekdaysADayLater", "service_known", [](Scenario& s) { s.start.day += 1; }},
      {"GrowthOnePercentMore", "service_known", [](Scenario& s) { scale(s.demands[0].growth_per_month, 1.01); }},
      {"ScaleDownWindowAMinuteLonger", "service_known",
       [](Scenario& s) { s.plans[1].services[0].scale_down_window_seconds += 60.0; }},
      {"ScaleUpDelayAMinuteLonger", "service_known",
       [](Scenario& s) { s.plans[1].services[2].scale_up_delay_seconds += 60.0; }},
      {"PoolsInAnotherOrder", "service_known",
       [](Scenario& s) { std::swap(s.plans[1].services[0].pools[0], s.plans[1].services[0].pools[2]); }},
      {"CapacityOfOnesOwnADayLonger", "service_known",
       [](Scenario& s) { s.plans[1].commitments[0].term_seconds += 86'400.0; }},
      {"QueueLimitOnePercentLess", "service_known", [](Scenario& s) { s.services[2].queue->limit_requests *= 0.99; }},
      {"OverflowTwiceAsFast", "service_known", [](Scenario& s) { s.serverless[1].max_rate *= 2.0; }},
      {"PaidByTheRequestAnHourLonger", "service_known", [](Scenario& s) { s.items[0].until_seconds += 3600.0; }},
      {"FewReclaimsAFifthRarer", "service_reclaims",
       [](Scenario& s) { scale(*s.markets[0].spot->reclaim_every_hours, 1.25); }},
      {"SpotDepthAFifthMore", "service_pools", [](Scenario& s) { scale(*s.markets[0].spot->capacity->depth, 1.2); }},
      {"LaunchesNeverFail", "service_pools", [](Scenario& s) { s.markets[0].on_demand->capacity.reset(); }},
      {"NoiseWithoutLoading", "service_pools", [](Scenario& s) { s.demands[0].noise->loading.clear(); }},
      {"ReplacementsTwiceAsFast", "service_pools",
       [](Scenario& s) { s.plans[1].services[0].scale_up_delay_seconds /= 2.0; }},
      {"ShareATenthLess", "service_pools", [](Scenario& s) { s.plans[0].services[0].pools[0].share = 0.54; }},
      {"ManyReclaimsATenthRarer", "service_reclaims",
       [](Scenario& s) { scale(*s.markets[2].spot->reclaim_every_hours, 1.1); }},
      {"DelayOfWholeStepsOnly", "service_reclaims",
       [](Scenario& s) { s.plans[3].services[0].scale_up_delay_seconds = 2.0 * 3600.0; }},
      {"BurstsAThirdRarer", "service_queue", [](Scenario& s) { s.demands[0].bursts->renewal.every_seconds *= 1.5; }},
      {"QueueAFifthShorter", "service_queue", [](Scenario& s) { s.services[0].queue->limit_requests *= 0.8; }},
      {"DrainTwiceAsFast", "service_queue", [](Scenario& s) { s.services[1].queue->drain_seconds /= 2.0; }},
      {"ChangesMoreLikely", "service_demand", [](Scenario& s) { s.demands[0].changes[0].chance = 0.6; }},
      {"GrowthTwiceAsFast", "service_demand", [](Scenario& s) { scale(s.demands[0].growth_per_month, 2.0); }},
      {"AnswersAFifthLonger", "service_demand", [](Scenario& s) { scale(s.demands[0].tokens->output, 1.2); }},
      {"OptimizationATenthBetter", "service_demand", [](Scenario& s) { scale(s.optimizations[0].throughput, 1.1); }},
      {"OptimizationForNothing", "service_demand", [](Scenario& s) { s.optimizations[1].once.mode = 0.0; }},
      {"CampaignsMoreLikely", "service_demand", [](Scenario& s) { s.items[1].chance = 0.75; }},
      {"StepsOfDaysSettledAnHourLonger", "service_daily",
       [](Scenario& s) { s.plans[1].savings_plans[0].term_seconds += 3600.0; }},
      {"CoveredInTurn", "commitments",
       [](Scenario& s) { s.allocation.covered = scenario::Allocation::Covered::in_turn; }},
      {"CoveredProRata", "commitments_in_turn",
       [](Scenario& s) { s.allocation.covered = scenario::Allocation::Covered::proportionally; }},
      {"CommitmentWithoutOwner", "commitments_owned", [](Scenario& s) { s.plans[1].commitments[0].owner.clear(); }},
      {"SavingsPlanWithoutOwner", "commitments_owned", [](Scenario& s) { s.plans[1].savings_plans[1].owner.clear(); }},
      {"UnusedOfNobody", "commitments_owned", [](Scenario& s) { s.plans[0].commitments[0].unused = "unused"; }},
      {"UnusedOfSomebodyElse", "commitments_owned", [](Scenario& s) { s.plans[1].commitments[2].unused = "product"; }},
      {"StrandedAsUsed", "commitments_owned", [](Scenario& s) { s.plans[1].commitments[0].use_after.reset(); }},
      {"MoreOfUseAfterTheHorizon", "commitments_owned",
       [](Scenario& s) { scale(*s.plans[1].savings_plans[0].use_after, 1.2); }},
      {"OneInstanceLessCommitted", "commitments", [](Scenario& s) { s.plans[1].commitments[1].instances = 3; }},
      {"SavingsPlansInAnotherOrder", "commitments", [](Scenario& s) { s.plans[3].savings_plans[1].owner = "product"; }},
      {"LowestDiscountFirst", "commitments",
       [](Scenario& s) {
         std::swap(s.plans[3].savings_plans[0].discounts[0].second, s.plans[3].savings_plans[0].discounts[1].second);
       }},
      {"CreditOnePercentMore", "commitments", [](Scenario& s) { s.plans[2].credit->amount *= 1.01; }},
      {"CreditADayLonger", "commitments", [](Scenario& s) { s.plans[3].credit->until_seconds += 86'400.0; }},
      {"OwnersSwapped", "commitments", [](Scenario& s) { std::swap(s.services[0].owner, s.jobs[0].owner); }},
      {"UpfrontSpread", "commitments_billed", [](Scenario& s) { s.accounting = scenario::Accounting::effective; }},
      {"SettledByTheStep", "commitments_billed", [](Scenario& s) { s.start.second += 1; }},
      {"BlockTwoHoursLater", "reserved", [](Scenario& s) { s.plans[1].commitments[2].from_seconds += 7200.0; }},
      {"OneRackInstanceMore", "reserved", [](Scenario& s) { s.plans[1].commitments[0].instances += 1; }},
      {"MeasuredPricesFivePercentMore", "history_window",
       [](Scenario& s) {
         for (scenario::Market& market : s.markets)
           measure_again(*market.spot->price_history, [](const auto& trace, auto i) { return 1.05 * trace.value[i]; });
       }},
      {"OutagesThatNoStepSeesMended", "history_replay",
       [](Scenario& s) { measure_again(*s.markets[0].spot->capacity_history, mended); }},
      {"OneMeasuredInstanceMore", "history_bootstrap",
       [](Scenario& s) {
         measure_again(*s.markets[1].spot->capacity_history,
                       [](const auto& trace, auto i) { return trace.value[i] > 0.0 ? trace.value[i] + 1.0 : 0.0; });
       }},
      {"MeasuredDemandFivePercentLess", "history_bootstrap",
       [](Scenario& s) {
         measure_again(*s.demands[0].history, [](const auto& trace, auto i) { return 0.95 * trace.value[i]; });
       }},
      {"MonthlyPromiseFivePercentMore", "budgets", [](Scenario& s) { s.plans[0].spend_commitments[0].amount *= 1.05; }},
      {"PromiseOfAnotherKindOfPeriod", "budgets",
       [](Scenario& s) { s.plans[0].spend_commitments[0].per = scenario::Per::quarter; }},
      {"ShortfallOfSomebodyElse", "budgets", [](Scenario& s) { s.plans[1].spend_commitments[0].unused = "product"; }},
      {"PromiseCountsOnDemandAlone", "budgets",
       [](Scenario& s) { s.plans[1].spend_commitments[0].of = {Category::on_demand}; }},
      {"PromisedLongerAfterTheHorizon", "budgets",
       [](Scenario& s) { s.plans[0].spend_commitments[1].until_seconds *= 0.9; }},
      {"BudgetOfSomebodyElse", "budgets", [](Scenario& s) { s.budgets[1].owner = "product"; }},
      {"CachedTokensAsOthers", "budgets", [](Scenario& s) { s.serverless[0].cached_input_per_million.reset(); }},
      {"ReadingTakesNoTime", "budgets", [](Scenario& s) { s.services[0].input_rate.clear(); }},
      {"OnDemandWaitsNotAtAll", "budgets", [](Scenario& s) { s.plans[0].services[0].pools[1].after_seconds = 0.0; }},
      {"PriceMayBeNegative", "budgets",
       [](Scenario& s) { s.markets[0].on_demand->price.least = -std::numeric_limits<double>::infinity(); }},
      {"PertAsUniform", "budgets", [](Scenario& s) { s.items[0].amount.kind = scenario::Law::Kind::uniform; }},
      {"EachPartTakesAll", "split", [](Scenario& s) { s.plans[0].jobs[0].split = false; }},
      {"PartsNeverMove", "split", [](Scenario& s) { s.plans[1].jobs[0].upgrade = Upgrade::never; }},
      {"PartsBilledByTheDay", "split", [](Scenario& s) { s.markets[1].billing_increment_seconds = 86400.0; }},
      {"FreeTenTimesAsLong", "early_reclaims", [](Scenario& s) { s.markets[0].spot->free_within_seconds *= 10.0; }},
      {"FreeToTheEndOfItsLife", "early_reclaims",
       [](Scenario& s) { s.markets[1].spot->free_within_seconds = 8 * 3600.0; }},
      {"LivesAsTheLawOfTheSameHalf", "early_reclaims",
       [](Scenario& s) {
         s.markets[0].spot->reclaim->survival = {{24.0, 0.5}};
       }},
      {"NoMargin", "early_reclaims",
       [](Scenario& s) { s.plans[2].jobs[0].margin_hours = scenario::Law::constant(0.0); }},
      {"RacksNeverFail", "reserved", [](Scenario& s) { s.markets[0].hardware_mtbf_hours.reset(); }},
      {"UpfrontOnePercentMore", "commitments_known", [](Scenario& s) { s.plans[1].commitments[0].upfront *= 1.01; }},
      {"ReservedFasterByATenth", "commitments_known", [](Scenario& s) { scale(s.optimizations[0].throughput, 1.1); }},
  };
}

class EngineVsChangedReference : public testing::TestWithParam<PlantedBias> {};

TEST_P(EngineVsChangedReference, Disagree) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam().scenario)).scenario;
  scenario::Scenario changed = scenario;
  GetParam().change(changed);
  const Results engine = simulate(Subject::engine, scenario, 10'000, 7);
  const Results reference = simulate(Subject::reference, changed, 1'000, 8);
  EXPECT_NE(beyond(compare(scenario, engine, reference), false_alarm), "");
}

INSTANTIATE_TEST_SUITE_P(On, EngineVsChangedReference, testing::ValuesIn(planted_biases()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace costrisk::stat
