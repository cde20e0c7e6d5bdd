// What is said of services and commitments, against arithmetic by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::Results;
using results::Tally;
using results::TallyLayout;

constexpr std::int64_t requests = 1 << 10, dollars = micros_per_unit;
constexpr double bin_rounding = 1e-9;  // relative, of the mean of a bin that holds equal values

/// Two plans, two services of which the second plan runs only the first, no jobs. The first service's demand tells
/// tokens. Steps of half an hour. All values are 0 until a test sets them.
class ByHand {
 public:
  explicit ByHand(int paths) : paths_(paths), layout_(make_layout(paths)), chunk_(layout_.shape, 0, 0, paths) {
    context.plans = {"a", "b"};
    context.jobs = context.drivers = {};
    context.driver_bin_low = context.driver_bin_high = {};
    context.obligation = context.commitment_cost = context.discount_cost = {0.0, 0.0};
    context.time_hours = {1};
    context.probabilities = {0.5, 0.9};
  }

  static TallyLayout make_layout(int paths) {
    TallyLayout layout;
    layout.shape = {.plans = 2, .owners = 3, .bins = 1, .markets = 2, .services = 2, .service_components = 3};
    layout.service_component = {0, 1, 2, -1};
    layout.tells_tokens = {1, 0};
    layout.paths = static_cast<std::uint64_t>(paths);
    layout.step_hours = 0.5;
    layout.keep_paths = true;
    return layout;
  }

  /// Sets the values of a row, a value a path.
  template <class Value>
  void set(Value* rows, int row, const std::vector<std::int64_t>& values) {
    for (std::size_t p = 0; p < values.size(); ++p)
      rows[row * paths_ + static_cast<int>(p)] = static_cast<Value>(values[p]);
  }

  Output out() { return chunk_.output(); }
  Tally tally() {
    Tally tally(layout_);
    tally.add(out(), 0, paths_);
    return tally;
  }
  Results results() { return evaluate(tally(), context); }

  results::ResultsContext context = small_context();

 private:
  int paths_;
  TallyLayout layout_;
  SyntheticChunk chunk_;
};

void expect_price(double price, double expected) { EXPECT_NEAR(price, expected, expected * bin_rounding); }

TEST(TallyServices, TheServedShareIsOfAllRequestsAndNotTheMeanOfShares) {
  ByHand run(2);
  run.set(run.out().service_served, 0, {900 * requests, 1 * requests});
  run.set(run.out().service_unserved, 0, {0, 99 * requests});
  const Results results = run.results();
  EXPECT_DOUBLE_EQ(results.served[0], 0.901);
  EXPECT_DOUBLE_EQ(results.unserved_mean[0], 49.5);
}

TEST(TallyServices, WhereNothingIsAskedAllIsServedAtOnceAndAtAnyPrice) {
  const Results results = ByHand(3).results();
  EXPECT_EQ(results.served[0], 1.0);
  EXPECT_EQ(results.unserved_mean[0], 0.0);
  EXPECT_EQ(results.wait_mean[0], 0.0);
  EXPECT_TRUE(std::isinf(results.unit_cost_quantile[0]));
  EXPECT_TRUE(std::isinf(results.token_cost_quantile[0]));
}

TEST(TallyServices, WhatAPlanDoesNotRunHasNoNumbers) {
  const Results results = ByHand(3).results();
  constexpr std::size_t place = 3;
  for (const auto* values : {&results.served, &results.unserved_mean, &results.peak_instances_mean, &results.wait_mean,
                             &results.service_cost_mean})
    EXPECT_TRUE(std::isnan((*values)[place]));
  EXPECT_TRUE(std::isnan(results.unit_cost_quantile[place * 2]));
  EXPECT_TRUE(std::isnan(results.token_cost_quantile[place * 2]));
}

TEST(TallyServices, TheWaitIsOfRequestsAndThePeakOfPaths) {
  ByHand run(2);
  run.set(run.out().service_queued, 1, {300 * requests, 100 * requests});
  run.set(run.out().service_waiting, 1, {0, 1000 * requests});
  run.set(run.out().service_peak, 1, {7, 10});
  const Results results = run.results();
  EXPECT_DOUBLE_EQ(results.wait_mean[1], 1000.0 / 400.0 * 0.5);
  EXPECT_DOUBLE_EQ(results.peak_instances_mean[1], 8.5);
}

TEST(TallyServices, UnitCostIsOfEachPathAndInfiniteWhereNothingWasServed) {
  ByHand run(4);
  run.set(run.out().service_served, 0, {500 * requests, 250 * requests, 0, 2'000'000 * requests});
  run.set(run.out().plan_service, 0, {2 * dollars, 2 * dollars, 2 * dollars, 8});
  const Results results = run.results();
  expect_price(results.unit_cost_quantile[0], 4.0);
  EXPECT_TRUE(std::isinf(results.unit_cost_quantile[1]));
  EXPECT_DOUBLE_EQ(results.service_cost_mean[0], (6.0 + 8e-6) / 4.0);

  run.context.probabilities = {0.25, 0.75};
  const Results others = run.results();
  expect_price(others.unit_cost_quantile[0], 4e-9);
  expect_price(others.unit_cost_quantile[1], 8.0);
}

TEST(TallyServices, TokenCostIsPerMillionWhereTheDemandTellsTokens) {
  ByHand run(1);
  run.set(run.out().service_tokens, 0, {8'000'000});
  run.set(run.out().service_served, 1, {1000 * requests});
  run.set(run.out().plan_service, 0, {2 * dollars});
  run.set(run.out().plan_service, 1, {3 * dollars});
  const Results results = run.results();
  expect_price(results.token_cost_quantile[0], 0.25);
  expect_price(results.unit_cost_quantile[2], 3.0);
  EXPECT_TRUE(std::isnan(results.token_cost_quantile[2])) << "the second service's demand tells none";
}

TEST(TallyServices, WithoutTokensThereIsNoTokenCost) {
  TallyLayout layout = small_layout(10);
  layout.tells_tokens = {0, 0};
  EXPECT_TRUE(evaluate(tally_of(layout, 0, 10), small_context()).token_cost_quantile.empty());
  EXPECT_FALSE(evaluate(tally_of(small_layout(10), 0, 10), small_context()).token_cost_quantile.empty());
}

TEST(TallyServices, UseIsAddedUpOverAPlansServices) {
  ByHand run(2);
  constexpr int uses = 2 * purchase_count;
  const int second_market_spot = purchase_count + static_cast<int>(Purchase::spot);
  run.set(run.out().service_use, 0 * uses + second_market_spot, {4 * ticks_per_step, 8 * ticks_per_step});
  run.set(run.out().service_use, 1 * uses + second_market_spot, {2 * ticks_per_step, 2 * ticks_per_step});
  run.set(run.out().service_use, 2 * uses + second_market_spot, {100 * ticks_per_step, 0});
  const Results results = run.results();
  EXPECT_DOUBLE_EQ(results.use_hours_mean[static_cast<std::size_t>(second_market_spot)], (6.0 + 2.0) * 0.5);
  EXPECT_DOUBLE_EQ(results.use_hours_mean[static_cast<std::size_t>(uses + second_market_spot)], 25.0);
}

TEST(TallyServices, KeptSharesAreOfEachPath) {
  ByHand run(3);
  run.set(run.out().service_served, 2, {3 * requests, 0, 0});
  run.set(run.out().service_unserved, 2, {1 * requests, 5 * requests, 0});
  EXPECT_EQ(run.tally().served_by_path(2), (std::vector<float>{0.75f, 0.0f, 1.0f}));
}

TEST(TallyCommitments, CoverageUtilizationAndSavingsAreThoseOfAllPathsTogether) {
  ByHand run(2);
  const int on_demand = category_count + static_cast<int>(Category::on_demand);
  const int unused = waste_kind_count + static_cast<int>(WasteKind::unused_commitment);
  run.set(run.out().plan_covered, 1, {60 * dollars, 0});
  run.set(run.out().plan_category, on_demand, {15 * dollars, 5 * dollars});
  run.set(run.out().plan_waste, unused, {0, 32 * dollars});
  run.context.commitment_cost = {0.0, 40.0};
  run.context.discount_cost = {0.0, 35.0};
  run.context.obligation = {0.0, 123.0};
  const Results results = run.results();
  EXPECT_DOUBLE_EQ(results.coverage[1], 60.0 / 80.0);
  EXPECT_DOUBLE_EQ(results.utilization[1], (80.0 - 32.0) / 80.0);
  EXPECT_DOUBLE_EQ(results.commitment_savings_mean[1], 30.0 - 35.0) << "prices fell: the commitments lose money";
  EXPECT_DOUBLE_EQ(results.commitment_cost[1], 40.0);
  EXPECT_DOUBLE_EQ(results.obligation[1], 123.0);
  EXPECT_TRUE(std::isnan(results.coverage[0]));
  EXPECT_TRUE(std::isnan(results.utilization[0]));
  EXPECT_EQ(results.commitment_savings_mean[0], 0.0);
}

TEST(TallyServices, AComponentThatDoesNotExistIsRefused) {
  TallyLayout layout = small_layout(10);
  layout.service_component[2] = 4;
  EXPECT_THROW(Tally{layout}, std::invalid_argument);
  layout = small_layout(10);
  layout.tells_tokens.pop_back();
  EXPECT_THROW(Tally{layout}, std::invalid_argument);
}

}  // namespace
}  // namespace costrisk::tests
