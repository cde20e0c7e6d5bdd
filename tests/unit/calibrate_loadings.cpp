// Correlation between zones and the loadings that give it.
#include "src/calibrate/loadings.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "calibrate_samples.hpp"

namespace costrisk::calibrate {
namespace {

std::vector<Zone> three_zones() {
  std::vector<Zone> zones(3);
  const double means[][2] = {{5.0, 2.0}, {3.0, 3.0}, {8.0, 1.5}};
  for (std::size_t i = 0; i < 3; ++i) {
    zones[i].up_hours = log_normal(means[i][0], 1.5);
    zones[i].down_hours = log_normal(means[i][1], 1.2);
  }
  return zones;
}

TEST(Loadings, ZonesOnOneFactorAreCorrelatedAndOthersAreNot) {
  const std::vector<Zone> zones = three_zones();
  const double none = simulated_correlation(zones[0], zones[1], 0.0, 24.0, 0.1);
  const double some = simulated_correlation(zones[0], zones[1], 0.4, 24.0, 0.1);
  const double much = simulated_correlation(zones[0], zones[1], 0.9, 24.0, 0.1);
  EXPECT_NEAR(none, 0.0, 0.04);
  EXPECT_GT(some, none + 0.1);
  EXPECT_GT(much, some + 0.1);
}

TEST(Loadings, PlantedOnesAreRecovered) {
  std::vector<Zone> zones = three_zones();
  const std::vector<double> beta = {0.8, 0.7, 0.6};
  const auto flags = simulate_zones(zones, beta, 24.0, 0.25, 80'000, 3);
  for (std::size_t i = 0; i < 3; ++i) zones[i].up = flags[i];
  const FactorLoadings found = fit_loadings(zones, 0.25, 24.0);
  ASSERT_EQ(found.pairs.size(), 3u);
  EXPECT_FALSE(found.saturated);
  for (const PairCorrelation& pair : found.pairs) {
    EXPECT_GT(pair.correlation.low, 0.0);
    // The correlation of flags grows by about a half of the product, so its error stands for twice that of the product.
    const double se = (pair.correlation.high - pair.correlation.low) / 3.92;
    EXPECT_NEAR(pair.product, beta[pair.a] * beta[pair.b], 4.0 * 2.5 * se + 0.04);
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found.beta[i], beta[i], 0.12) << i;
}

TEST(Loadings, TheHalfLifeOfTheFactorIsOfTheRightOrder) {
  for (const double half_life : {12.0, 72.0}) {
    std::vector<Zone> zones = three_zones();
    const auto flags = simulate_zones(zones, {0.8, 0.8, 0.8}, half_life, 0.25, 80'000, 4);
    for (std::size_t i = 0; i < 3; ++i) zones[i].up = flags[i];
    const double found = fit_loadings(zones, 0.25).half_life_hours;
    EXPECT_GT(found, half_life / 2.5);
    EXPECT_LT(found, half_life * 2.5);
  }
}

TEST(Loadings, IntervalsOfIndependentZonesHoldZero) {
  // A standard error that took samples for independent would hold it far less often.
  int held = 0, naive = 0;
  constexpr int turns = 100;
  for (int turn = 0; turn < turns; ++turn) {
    std::vector<Zone> zones = three_zones();
    zones.resize(2);
    const auto flags = simulate_zones(zones, {0.0, 0.0}, 24.0, 0.25, 4000, 100 + static_cast<std::uint64_t>(turn));
    zones[0].up = flags[0];
    zones[1].up = flags[1];
    const Estimate r = fit_loadings(zones, 0.25, 24.0).pairs[0].correlation;
    held += r.low <= 0.0 && r.high >= 0.0 ? 1 : 0;
    naive += std::abs(r.value) <= 1.96 / std::sqrt(4000.0) ? 1 : 0;
  }
  EXPECT_GE(held, 86) << "of 100 at 95 %: four standard deviations below";
  EXPECT_LT(naive, 70);
}

TEST(Loadings, MoreCorrelationThanTheFactorCanGiveIsSaid) {
  std::vector<Zone> zones = three_zones();
  zones.resize(2);
  zones[0].up = simulate_zones(zones, {0.0, 0.0}, 24.0, 0.25, 8000, 9)[0];
  zones[1].up = zones[0].up;
  EXPECT_TRUE(fit_loadings(zones, 0.25, 2.0).saturated);
}

}  // namespace
}  // namespace costrisk::calibrate
