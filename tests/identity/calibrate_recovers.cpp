// What the engine simulates, calibration fits: of 200 histories that the engine drew, the 95 % intervals hold the
// parameters that it drew them by in 95 ± 3 %.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernels/model/tile.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/sojourn.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"
#include "tests/identity/lane_run.hpp"

namespace costrisk::identity {
namespace {

constexpr int histories = 200;

/// A market whose capacity and price are to be found again: a hundred days in steps of ten minutes.
scenario::Scenario planted() {
  return scenario::load_text(R"(
horizon = "100d"
step = "10m"
[[market]]
name = "zone"
on_demand = 3.0
[market.spot]
price = { mean = 0.9, volatility = 0.3, half_life = "12h" }
capacity = { up = { mean = "5.5h", cv = 1.6 }, down = { mean = "2.5h", cv = 1.2 } }
[[job]]
name = "train"
work = 1
throughput = { zone = 1.0 }
[[plan]]
name = "spot"
[plan.job.train]
policy = "spot"
)",
                             "planted.toml")
      .scenario;
}

/// The world of one path as a trace would show it.
struct SeenWorld {
  std::vector<bool> up;
  std::vector<double> price;  ///< relative to its reference

  static void put(void* context, const char* what, int, int, bool, const std::int32_t* bits) {
    auto& self = *static_cast<SeenWorld*>(context);
    if (std::strcmp(what, "capacity up") == 0) {
      for (int k = 0; k < tile_steps; ++k) self.up.push_back(((static_cast<std::uint32_t>(bits[0]) >> k) & 1u) != 0);
    } else if (std::strcmp(what, "price") == 0) {
      float value;
      std::memcpy(&value, bits, sizeof value);
      self.price.push_back(value);
    }
  }
};

class CalibrationRecovers : public testing::Test {
 protected:
  SeenWorld world(std::uint64_t path) {
    const std::size_t bytes = scalar_run.workspace_bytes(lowered_.parameters);
    const std::unique_ptr<std::byte[]> memory(new std::byte[bytes + 64]());
    auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.get()) + 63) / 64 * 64);
    SeenWorld seen;
    scalar_run.record(lowered_.parameters, path, aligned, {&seen, SeenWorld::put}, Forms::chosen);
    const auto steps = static_cast<std::size_t>(scenario_.steps());
    seen.up.resize(steps);
    seen.price.resize(steps);
    return seen;
  }

  const scenario::Scenario scenario_ = planted();
  const scenario::Lowered lowered_ = scenario::lower(scenario_);
};

bool holds(const calibrate::Estimate& estimate, double truth) {
  return estimate.low <= truth && truth <= estimate.high;
}

TEST_F(CalibrationRecovers, TheRunsOfCapacity) {
  int up_mean = 0, up_cv = 0, down_mean = 0, down_cv = 0, planted_fault = 0;
  for (int i = 0; i < histories; ++i) {
    const calibrate::UpDown runs = calibrate::runs_of(world(static_cast<std::uint64_t>(i)).up, scenario_.step_hours());
    const calibrate::SojournFit up = calibrate::fit_log_normal(runs.up), down = calibrate::fit_log_normal(runs.down);
    up_mean += holds(up.mean_hours, 5.5) ? 1 : 0;
    up_cv += holds(up.cv, 1.6) ? 1 : 0;
    down_mean += holds(down.mean_hours, 2.5) ? 1 : 0;
    down_cv += holds(down.cv, 1.2) ? 1 : 0;
    planted_fault += holds(up.mean_hours, 5.5 * 1.2) ? 1 : 0;
  }
  EXPECT_NEAR(up_mean, 0.95 * histories, 0.03 * histories);
  EXPECT_NEAR(up_cv, 0.95 * histories, 0.03 * histories);
  EXPECT_NEAR(down_mean, 0.95 * histories, 0.03 * histories);
  EXPECT_NEAR(down_cv, 0.95 * histories, 0.03 * histories);
  EXPECT_LT(planted_fault, 0.8 * histories) << "a mean a fifth longer is not taken for the true one";
}

TEST_F(CalibrationRecovers, TheProcessOfThePrice) {
  int mean = 0, volatility = 0, half_life = 0;
  for (int i = 0; i < histories; ++i) {
    const SeenWorld seen = world(static_cast<std::uint64_t>(i));
    trace::History prices;
    prices.file = "drawn";
    prices.gap_seconds = scenario_.step_seconds;
    for (std::size_t k = 0; k < seen.price.size(); ++k) {
      prices.time_seconds.push_back(static_cast<double>(k) * scenario_.step_seconds);
      prices.value.push_back(0.9 * seen.price[k]);
    }
    calibrate::PriceOptions options;
    options.grid_hours = 1.0;
    const calibrate::PriceFit fit = calibrate::fit_price(prices, options);
    mean += holds(fit.mean, 0.9) ? 1 : 0;
    volatility += holds(fit.process.volatility, 0.3) ? 1 : 0;
    half_life += holds(fit.process.half_life_hours, 12.0) ? 1 : 0;
  }
  EXPECT_NEAR(mean, 0.95 * histories, 0.03 * histories);
  EXPECT_NEAR(volatility, 0.95 * histories, 0.03 * histories);
  EXPECT_NEAR(half_life, 0.95 * histories, 0.03 * histories);
}

}  // namespace
}  // namespace costrisk::identity
