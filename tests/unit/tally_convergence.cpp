// What a run says after its first 4096·2^j paths.
#include <gtest/gtest.h>

#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/quantities/quantities.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::Results;
using results::Tally;
using results::TallyLayout;

std::size_t place_of(const Results& results, double probability) {
  std::size_t place = 0;
  while (results.context.probabilities[place] != probability) ++place;
  return place;
}

TEST(Convergence, IsWhatARunOfSoManyPathsSays) {
  const Results whole = evaluate(tally_of(small_layout(10'000), 0, 10'000, 999), small_context());
  ASSERT_EQ(whole.checkpoints, (std::vector<double>{4096, 8192}));
  for (std::size_t look = 0; look < 2; ++look) {
    const auto paths = static_cast<std::uint64_t>(whole.checkpoints[look]);
    const Results part = evaluate(tally_of(small_layout(paths), 0, paths), small_context());
    const std::size_t p95 = place_of(part, 0.95);
    for (std::size_t plan = 0; plan < 3; ++plan) {
      const std::size_t at = 2 * plan + look, tail = plan * part.context.probabilities.size() + p95;
      EXPECT_EQ(whole.convergence_mean[at], part.cost_mean[plan]);
      EXPECT_EQ(whole.convergence_mean_se[at], part.cost_mean_se[plan]);
      EXPECT_EQ(whole.convergence_p95[at], part.cost_quantile[tail]);
      EXPECT_EQ(whole.convergence_p95_low[at], part.cost_quantile_low[tail]);
      EXPECT_EQ(whole.convergence_p95_high[at], part.cost_quantile_high[tail]);
      EXPECT_EQ(whole.convergence_cvar95[at], part.cost_cvar[tail]);
      EXPECT_EQ(whole.convergence_cvar95_low[at], part.cost_cvar_low[tail]);
      EXPECT_EQ(whole.convergence_cvar95_high[at], part.cost_cvar_high[tail]);
      EXPECT_EQ(whole.convergence_over_budget[at], part.over_budget[plan]);
    }
  }
}

TEST(Convergence, IsOfTheFirstPathsOnly) {
  Tally tally = tally_of(small_layout(10'000), 5000, 5000);
  EXPECT_TRUE(evaluate(tally, small_context()).checkpoints.empty()) << "a shard from the middle";
  tally.merge(tally_of(small_layout(10'000), 0, 5000));
  EXPECT_EQ(evaluate(tally, small_context()).checkpoints.size(), 2u);
  EXPECT_TRUE(evaluate(tally_of(small_layout(4095), 0, 4095), small_context()).convergence_mean.empty());
  EXPECT_TRUE(evaluate(tally_of(small_layout(std::uint64_t{1} << 30), 0, 5000), small_context()).checkpoints.empty());
}

TEST(Continuation, OfATallyInALongerRunIsThatOfTheLongerRun) {
  constexpr std::uint64_t longest_exact = (std::uint64_t{1} << 25) / 3;
  for (const std::uint64_t run_paths : {std::uint64_t{9000}, longest_exact, longest_exact + 1, std::uint64_t{1} << 30})
    for (const bool keep_paths : {false, true}) {
      TallyLayout shorter = small_layout(5000), longer = small_layout(run_paths);
      shorter.keep_paths = longer.keep_paths = keep_paths;
      Tally continued = tally_of(shorter, 0, 5000).within(run_paths);
      add_paths(continued, 5000, 1000, 64);
      const Tally whole = tally_of(longer, 0, 6000);
      EXPECT_EQ(continued.layout(), whole.layout());
      const Results a = evaluate(continued, small_context()), b = evaluate(whole, small_context());
      for (const results::Quantity& quantity : results::quantities())
        EXPECT_TRUE(same_bits(a.*quantity.values, b.*quantity.values)) << quantity.name;
      EXPECT_EQ(continued.data().blocks.empty(), whole.data().blocks.empty());
      EXPECT_EQ(continued.data().cost_histogram.size(), whole.data().cost_histogram.size());
    }
}

}  // namespace
}  // namespace costrisk::tests
