// The verdict, drivers and precision on request, as the program shows them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "src/present/text/drivers.hpp"
#include "src/present/text/precision.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/sparkline.hpp"
#include "src/present/text/tables.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/quantities/summary.hpp"
#include "tests/cli/program.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;
using tests::small_context;
using tests::small_layout;
using tests::tally_of;
using tests::uniform;

constexpr std::uint64_t paths = 5000;

results::Results made_up_results(std::uint64_t count = paths) {
  return evaluate(tally_of(small_layout(count), 0, count), small_context());
}

/// Three plans whose paired differences to the first are given, with standard error 1.
results::Results with_differences(double second, double third) {
  results::Results results = made_up_results();
  const double mean[] = {100.0, 100.0 + second, 100.0 + third};
  for (std::size_t i = 0; i < 3; ++i) {
    results.cost_mean[i] = mean[i];
    for (std::size_t j = 0; j < 3; ++j) {
      results.difference_mean[3 * i + j] = mean[i] - mean[j];
      results.difference_mean_se[3 * i + j] = i == j ? 0.0 : 1.0;
    }
  }
  return results;
}

std::string all_of(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += sentence + "\n";
  return text;
}

TEST(Comparisons, BoundIsBonferronis) {
  EXPECT_EQ(present::comparison_bound(1), 0.0);
  EXPECT_NEAR(present::comparison_bound(2), 1.6448536, 1e-6);
  EXPECT_NEAR(present::comparison_bound(3), 1.9599640, 1e-6);
  EXPECT_NEAR(present::comparison_bound(11), 2.5758293, 1e-6);
}

TEST(Comparisons, PlansWithinTheBoundAreNearTies) {
  EXPECT_EQ(present::recommend(with_differences(1.9, 2.0)).near_ties, (std::vector<std::size_t>{1}));
  EXPECT_EQ(present::recommend(with_differences(1.9, 1.9)).near_ties, (std::vector<std::size_t>{1, 2}));
  EXPECT_TRUE(present::recommend(with_differences(5.0, 9.0)).near_ties.empty());
  EXPECT_TRUE(contains(all_of(present::verdict_sentences(with_differences(1.0, 9.0))), "cannot be told from"));
  EXPECT_FALSE(contains(all_of(present::verdict_sentences(with_differences(5.0, 9.0))), "cannot be told from"));
}

TEST(Comparisons, PlansThatNeverDifferAreSaidToCostTheSame) {
  results::Results results = with_differences(0.0, 1.0);
  results.difference_mean_se[1] = results.difference_mean_se[3] = 0.0;
  const std::string text = all_of(present::verdict_sentences(results));
  const std::string first = results.context.plans[0], second = results.context.plans[1],
                    third = results.context.plans[2];
  EXPECT_TRUE(contains(text, "\u201c" + second + "\u201d costs the same as \u201c" + first + "\u201d in every future."))
      << text;
  EXPECT_TRUE(contains(text, "\u201c" + third + "\u201d cannot be told from \u201c" + first + "\u201d")) << text;
  EXPECT_FALSE(contains(text, "\u201c" + second + "\u201d cannot be told")) << text;
}

TEST(Comparisons, ASamplingErrorIsInTheUnitOfItsAmount) {
  results::Results results = with_differences(33'020.0, 90'000.0);
  for (double& error : results.difference_mean_se) error *= 1275.0;
  const std::string text = all_of(present::verdict_sentences(results));
  EXPECT_TRUE(contains(text, "$33.0k more on average (sampling error ±$2.5k)")) << text;
}

TEST(Comparisons, TheTrueBestIsAmongTheTiesInNineteenOfTwentySamples) {
  // The first of four plans is the best by a hair; errors of the means are independent normals of variance 1/2.
  constexpr int samples = 2000, plans = 4;
  const double bound = present::comparison_bound(plans);
  int held = 0, held_by_half = 0;
  for (std::uint64_t s = 0; s < samples; ++s) {
    double lead = 0.0, own = 0.0;
    for (std::uint64_t plan = 0; plan < plans; ++plan) {
      const double u = uniform(s, 2 * plan), v = uniform(s, 2 * plan + 1);
      const double mean = std::sqrt(-std::log(u)) * std::cos(6.283185307179586 * v);
      if (plan == 0) own = mean;
      lead = std::max(lead, own - mean);
    }
    held += lead <= bound;
    held_by_half += lead <= 0.5 * bound;
  }
  EXPECT_GE(held, static_cast<int>(0.945 * samples));
  EXPECT_LT(held_by_half, static_cast<int>(0.945 * samples)) << "half the bound would be told from it";
}

TEST(VerdictWarns, WhereTheTailIsTooSmallToTell) {
  EXPECT_FALSE(results::tail_is_told(3999, 0.95));
  EXPECT_TRUE(results::tail_is_told(4000, 0.95));
  const results::Results few = made_up_results(3000);
  EXPECT_TRUE(contains(all_of(present::verdict(few).warnings), "CVaR95 is withheld"));
  EXPECT_FALSE(contains(all_of(present::verdict_sentences(few)), "twentieth"));
  const Json document = Json::parse(present::results_json(few, "a.h5"));
  for (const char* name : {"cost_cvar", "cost_cvar_low", "cost_cvar_high"}) {
    EXPECT_TRUE(document["plans"][0][name]["0.95"].is_null()) << name;
    EXPECT_FALSE(document["plans"][0][name]["0.05"].is_null()) << name;
  }
  EXPECT_FALSE(document["plans"][0]["cost_quantile"]["0.95"].is_null());
  EXPECT_FALSE(contains(all_of(present::verdict(made_up_results()).warnings), "withheld"));
}

TEST(VerdictWarns, WhereNothingIsUncertain) {
  results::Results results = made_up_results();
  EXPECT_FALSE(contains(all_of(present::verdict(results).warnings), "Nothing in this scenario"));
  std::fill(results.cost_sd.begin(), results.cost_sd.end(), 0.0);
  EXPECT_TRUE(contains(all_of(present::verdict(results).warnings), "Nothing in this scenario"));
}

TEST(Verdict, OfCostsThatNeverDifferSpeaksOfNoChances) {
  results::Results results = made_up_results();
  for (std::vector<double>* spread : {&results.cost_sd, &results.difference_mean_se})
    std::fill(spread->begin(), spread->end(), 0.0);
  for (std::size_t plan = 0; plan < 3; ++plan)
    for (std::size_t i = 0; i < results.context.probabilities.size(); ++i)
      results.cost_quantile[plan * results.context.probabilities.size() + i] = results.cost_mean[plan];
  std::fill(results.over_budget.begin(), results.over_budget.end(), 0.0);
  const std::string text = all_of(present::verdict(results).sentences);
  EXPECT_TRUE(contains(text, "it stays within the budget of")) << text;
  EXPECT_TRUE(contains(text, "It costs the same in every future.")) << text;
  EXPECT_TRUE(contains(text, "more in every future.")) << text;
  for (const std::string word : {"Eight futures", "sampling error", "of 100 ", "average"})
    EXPECT_FALSE(contains(text, word)) << text;
  std::fill(results.over_budget.begin(), results.over_budget.end(), 1.0);
  EXPECT_TRUE(contains(all_of(present::verdict(results).sentences), "it breaks the budget of"));
}

TEST(Verdict, WhereMostFuturesCostTheSameSaysSo) {
  results::Results results = made_up_results();
  std::fill(results.cost_quantile.begin(), results.cost_quantile.end(), 5000.0);
  results.context.probabilities = {0.1, 0.5, 0.9, 0.95, 0.999};
  const std::string text = all_of(present::verdict(results).sentences);
  EXPECT_TRUE(contains(text, "At least eight futures of ten cost $5.00k")) << text;
  EXPECT_FALSE(contains(text, "between")) << text;
}

TEST(Verdict, OfASingleFutureCountsItAsOne) {
  results::Results results = made_up_results(1);
  results.context.status = results::RunStatus::partial;
  const present::Verdict verdict = present::verdict(results);
  const std::string text = all_of(verdict.sentences) + all_of(verdict.warnings);
  EXPECT_TRUE(contains(text, "rests on 1 future simulated until then")) << text;
  EXPECT_TRUE(contains(text, "A single future has no spread")) << text;
  for (const std::string word : {"1 futures", "Eight futures", "nan", "withheld"})
    EXPECT_FALSE(contains(text, word)) << text;
  const std::string table = present::plan_table(results::summarize(results), {});
  EXPECT_TRUE(contains(table, "over 1 future ")) << table;
}

TEST(Verdict, OfAFewFuturesGivesNoError) {
  results::Results results = made_up_results(29);
  std::fill(results.difference_mean_se.begin(), results.difference_mean_se.end(), 1.0);
  const std::string few = all_of(present::verdict_sentences(results));
  EXPECT_TRUE(contains(few, "rests on 29 futures, too few to give an error; it says nothing about wrong inputs"))
      << few;
  EXPECT_TRUE(contains(few, "on average (from 29 futures, too few to give an error)")) << few;
  EXPECT_FALSE(contains(few, "±")) << few;
  EXPECT_TRUE(contains(all_of(present::verdict_sentences(made_up_results(30))), "sampling error"));
}

TEST(Verdict, SaysInWhichCaseOfAChanceTheBudgetBreaks) {
  results::Results results = made_up_results();
  const present::Verdict before = present::verdict(results);
  const auto plan = static_cast<std::size_t>(before.recommendation.plan);
  results.driver_share[2 * plan] = 0.1;
  results.driver_share[2 * plan + 1] = 0.6;
  std::fill(results.driver_share_se.begin(), results.driver_share_se.end(), 0.01);
  results.driver_break_below[2 * plan + 1] = 0.04;
  results.driver_break_above[2 * plan + 1] = std::numeric_limits<double>::quiet_NaN();
  const auto said = [&] { return all_of(present::verdict_sentences(results)); };
  EXPECT_TRUE(contains(said(), "more often than not where rent happens.")) << said();
  EXPECT_EQ(present::break_words(results::drivers_of(results, plan).front().budget_break), "where it happens");
  std::swap(results.driver_break_below[2 * plan + 1], results.driver_break_above[2 * plan + 1]);
  EXPECT_TRUE(contains(said(), "more often than not where rent does not happen.")) << said();
}

TEST(Verdict, SaysWhatMakesTheSpreadAndNotWhatCannotBeTold) {
  results::Results results = made_up_results();
  std::fill(results.driver_share.begin(), results.driver_share.end(), 0.62);
  std::fill(results.driver_share_se.begin(), results.driver_share_se.end(), 0.01);
  EXPECT_TRUE(contains(all_of(present::verdict_sentences(results)), "62 % is the growth of chat"));
  std::fill(results.driver_share_se.begin(), results.driver_share_se.end(), 0.3);
  EXPECT_FALSE(contains(all_of(present::verdict_sentences(results)), "the growth of chat"));
}

TEST(Verdict, LinesKeepToTheWidth) {
  present::Verdict verdict;
  verdict.sentences = {"One two three four.", "Five six \u201cseven\u201d eight."};
  verdict.warnings = {"nine ten"};
  EXPECT_EQ(present::verdict_text(verdict, 20),
            "One two three four.\nFive six \u201cseven\u201d\neight.\nNote: nine ten\n");
}

TEST(DriverWords, TellWhatIsUnknownOfWhom) {
  const std::vector<std::pair<std::string, std::string>> known = {
      {"demand.chat.growth", "the growth of chat"},
      {"demand.chat.change.0.chance", "whether change 1 of chat happens"},
      {"demand.chat.change.1.multiplier", "the size of change 2 of chat"},
      {"factor.adoption", "the factor adoption"},
      {"item.vector store.monthly", "the cost of vector store"},
      {"item.fine.chance", "whether fine happens"},
      {"service.chat-api.rate.g5-use1", "the rate of chat-api on g5-use1"},
      {"market.p4d.spot.capacity.up.mean", "the spot capacity up mean of p4d"},
      {"market.p4d.on_demand.price", "the on demand price of p4d"},
  };
  for (const auto& [address, words] : known) EXPECT_EQ(present::driver_words(address), words);
}

TEST(DriverWords, ValuesAreWrittenWithoutPowersOfTen) {
  EXPECT_EQ(present::driver_value(0.88714), "0.8871");
  EXPECT_EQ(present::driver_value(-1.5341), "-1.534");
  EXPECT_EQ(present::driver_value(1329.6), "1,330");
  EXPECT_EQ(present::driver_value(-13300.0), "-13,300");
}

TEST(DriverTable, ShowsTheLargestShareFirstAndTheRest) {
  results::Results results = made_up_results(20'000);
  results::Summary summary = results::summarize(results);
  ASSERT_EQ(summary.plans[0].drivers.size(), 2u);
  EXPECT_EQ(summary.plans[0].drivers[0].driver, "demand.chat.growth");
  EXPECT_TRUE(summary.plans[0].drivers[0].stands_out);
  EXPECT_FALSE(summary.plans[0].drivers[1].stands_out);
  const std::string table = present::driver_table(summary, {});
  EXPECT_TRUE(contains(table, "on-demand  demand.chat.growth")) << table;
  EXPECT_TRUE(contains(table, "1 other unknown ")) << table;
  EXPECT_TRUE(contains(table, "fluctuation and interactions")) << table;
  present::TableOptions narrow;
  narrow.width = 60;
  EXPECT_TRUE(contains(present::driver_table(summary, narrow), "\non-demand\n  demand.chat.growth")) << table;
  for (results::PlanSummary& plan : summary.plans) plan.drivers.clear();
  EXPECT_TRUE(contains(present::driver_table(summary, {}), "no value of the scenario is unknown"));
}

TEST(DriverTable, HasNoShareOfWhatASingleFutureCannotTell) {
  const std::string table = present::driver_table(results::summarize(made_up_results(1)), {});
  EXPECT_TRUE(contains(table, "2 other unknowns")) << table;
  EXPECT_FALSE(contains(table, "0.0 %")) << table;
  EXPECT_FALSE(contains(table, "nan")) << table;
}

TEST(Sparklines, CountEveryPathOnOneAxis) {
  const results::Tally tally = tally_of(small_layout(paths), 0, paths);
  const present::CostHistogram histogram = present::cost_histogram(tally, 16);
  for (const auto& counts : histogram.paths) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts) sum += count;
    EXPECT_EQ(sum, paths);
  }
  EXPECT_EQ(present::sparkline({0, 1, 50, 100}), " \u2581\u2584\u2588");
}

TEST(PrecisionOption, NamesPlanStatisticAndError) {
  results::Scope scope;
  scope.labels[static_cast<std::size_t>(results::Dimension::plan)] = {"steady", "gamble"};
  scope.labels[static_cast<std::size_t>(results::Dimension::other_plan)] = {"steady", "gamble"};
  scope.labels[static_cast<std::size_t>(results::Dimension::probability)] = {"0.5"};
  const auto values = [](const run::Precision& precision) { return precision.statistic.quantity->values; };
  using results::Results;
  const run::Precision usual = present::parse_precision("0.5%", scope);
  EXPECT_EQ(values(usual), &Results::cost_cvar);
  EXPECT_EQ(usual.statistic.probability(), 0.95);
  EXPECT_FALSE(usual.plan.has_value());
  EXPECT_DOUBLE_EQ(usual.error, 0.005);
  for (const char* text : {"gamble: p99 = 0.02", "gamble:cost_quantile.0.99=2%"}) {
    const run::Precision named = present::parse_precision(text, scope);
    EXPECT_EQ(values(named), &Results::cost_quantile) << text;
    EXPECT_DOUBLE_EQ(named.statistic.probability(), 0.99) << text;
    EXPECT_EQ(named.plan, std::size_t{1}) << text;
    EXPECT_DOUBLE_EQ(named.error, 0.02) << text;
  }
  const run::Precision difference = present::parse_precision("steady:difference_mean.gamble=5%", scope);
  EXPECT_EQ(values(difference), &Results::difference_mean);
  EXPECT_EQ(difference.other_plan, 1u);
  for (const char* wrong : {"", "five", "0%", "-1%", "120%", "sd=1%", "p0=1%", "p100=1%", "other:mean=1%",
                            "mean=", "over_budget=1%", "0.5% or so", "cost_quantile_low.0.5=1%", "cheapest=1%"})
    EXPECT_THROW(present::parse_precision(wrong, scope), std::invalid_argument) << wrong;
  scope.budget = true;
  EXPECT_EQ(values(present::parse_precision("over_budget=1%", scope)), &Results::over_budget);
}

class VerdictCommands : public testing::Test {
 protected:
  void SetUp() override { folder.write("small.toml", small_scenario()); }
  std::string bytes(const char* name) const {
    std::ifstream stream(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  ScratchFolder folder;
};

TEST_F(VerdictCommands, RunAndShowEndInTheSameWordsAndJsonHasThem) {
  const Ended first = costrisk({"run", "small.toml", "-o", "a.h5"}, folder);
  const Ended second = costrisk({"show", "a.h5"}, folder);
  EXPECT_TRUE(contains(second.out, "it stays within the budget\nof $600")) << second.out;
  EXPECT_EQ(first.out.substr(0, first.out.find("\nwritten to")), second.out);
  const Json document = Json::parse(costrisk({"show", "a.h5", "--json"}, folder).out);
  EXPECT_TRUE(document["verdict"]["recommended"].is_string());
  EXPECT_FALSE(document["verdict"]["sentences"].empty());
  EXPECT_FALSE(document["plans"][0]["histogram"]["paths"].empty());
  EXPECT_TRUE(document["plans"][0].contains("drivers"));
}

TEST_F(VerdictCommands, PreciseRunsAreRunsOfAsManyPaths) {
  const Ended precise =
      costrisk({"run", "small.toml", "-o", "a.h5", "--until-error", "mean=1%", "--threads", "1"}, folder);
  ASSERT_EQ(precise.code, 0) << precise.err;
  EXPECT_TRUE(contains(precise.err, "futures: mean of ")) << precise.err;
  const Json document = Json::parse(costrisk({"show", "a.h5", "--json"}, folder).out);
  const auto count = document["paths"].get<std::uint64_t>();
  EXPECT_EQ(count & (count - 1), 0u);
  ASSERT_EQ(costrisk({"run", "small.toml", "-o", "b.h5", "--paths", std::to_string(count)}, folder).code, 0);
  EXPECT_TRUE(bytes("a.h5") == bytes("b.h5"));
}

TEST_F(VerdictCommands, WhereTheMostPathsDoNotDoItSaysSo) {
  const Ended ended =
      costrisk({"run", "small.toml", "-o", "a.h5", "--until-error", "mean=0.001%", "--paths", "5000"}, folder);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.err, "5,000 futures are not enough")) << ended.err;
  EXPECT_EQ(costrisk({"run", "small.toml", "--until-error", "soon"}, folder).code, 2);
}

}  // namespace
}  // namespace costrisk::tests
