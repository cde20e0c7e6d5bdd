// One path lived through again: its cost and counts are those of the run, to the last bit.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <string>

#include "src/run/run.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::run {
namespace {

namespace fs = std::filesystem;
using Kind = JobRecord::Kind;

const fs::path configs = fs::path(COSTRISK_SOURCE_DIR) / "configs";

double sum(const Series& series) { return std::accumulate(series.begin(), series.end(), 0.0); }

/// The run's own tally of one path, on the fastest backend here.
results::Tally tally_of(const scenario::Scenario& scenario, std::uint64_t path) {
  Options options;
  options.first_path = path;
  options.paths = 1;
  options.threads = 1;
  return simulate(scenario, options).tally;
}

class EveryConfig : public testing::TestWithParam<const char*> {
 protected:
  scenario::Scenario scenario_ = scenario::load(configs / GetParam()).scenario;
};

TEST_P(EveryConfig, CostOfEveryPlanIsThatOfTheRun) {
  const std::uint64_t path = 7;
  const results::Tally run = tally_of(scenario_, path);
  for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) {
    const Timeline timeline = trace_path(scenario_, plan, path);
    ASSERT_EQ(timeline.steps(), static_cast<std::size_t>(scenario_.steps()));
    EXPECT_EQ(timeline.total_micros(), run.costs_by_path(static_cast<int>(plan)).front());
    EXPECT_EQ(std::accumulate(timeline.category_micros.begin(), timeline.category_micros.end(), std::int64_t{0}),
              timeline.total_micros());
  }
}

TEST_P(EveryConfig, RecordsCountWhatTheRunCounts) {
  const std::uint64_t path = 3;
  const results::Tally run = tally_of(scenario_, path);
  for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) {
    const Timeline timeline = trace_path(scenario_, plan, path);
    for (const JobTimeline& job : timeline.jobs) {
      const auto component = static_cast<std::size_t>(
          run.layout().job_component[plan * scenario_.jobs.size() + static_cast<std::size_t>(job.job)]);
      int interruptions = 0, finished = 0;
      double lost = 0.0;
      for (const JobRecord& record : job.records) {
        interruptions +=
            record.kind == Kind::capacity_lost || record.kind == Kind::reclaimed || record.kind == Kind::failed;
        finished += record.kind == Kind::finished;
        lost += record.lost_steps;
      }
      EXPECT_EQ(static_cast<std::uint64_t>(interruptions), run.data().job_interruptions[component]);
      EXPECT_EQ(static_cast<std::uint64_t>(job.late), run.data().job_late[component]);
      EXPECT_EQ(finished + job.never_done, job.runs);
      // Each interruption is kept in 2^-20 of a step.
      EXPECT_NEAR(lost, job.lost_steps, 0x1p-19 * (1 + interruptions));
      for (const float progress : job.progress) ASSERT_TRUE(progress >= 0.0f && progress <= 1.0f);
    }
    for (const ServiceTimeline& service : timeline.services) {
      const auto component = static_cast<std::size_t>(
          run.layout().service_component[plan * scenario_.services.size() + static_cast<std::size_t>(service.service)]);
      // A tile's sum in single precision, told apart into steps, and the run's count in 2^-10.
      const double served = static_cast<double>(run.data().service_served[component]) / 1024.0;
      const double unserved = static_cast<double>(run.data().service_unserved[component]) / 1024.0;
      EXPECT_NEAR(sum(service.served), served, 1.0 + 1e-5 * served);
      EXPECT_NEAR(sum(service.unserved), unserved, 1.0 + 1e-5 * (served + unserved));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, EveryConfig,
                         testing::Values("quickstart.toml", "pretraining.toml", "fine-tuning.toml", "multi-cloud.toml",
                                         "llm-chat.toml", "hybrid.toml", "company-year.toml"),
                         [](const auto& test) {
                           std::string name = fs::path(test.param).stem().string();
                           std::erase(name, '-');
                           return name;
                         });

constexpr const char* bursty = R"(
horizon = "3w"
step = "1h"
[[market]]
name = "m"
on_demand = 1.0
repricing = { every = "1w", multiplier = { low = 0.5, mode = 0.8, high = 1.2 } }
[[demand]]
name = "d"
base = { low = 5, mode = 10, high = 20 }
bursts = { every = "3d", multiplier = 3.0, duration = { mean = "5h", cv = 1.0 } }
change = [ { at = "1w", multiplier = 2.0, chance = 0.5 } ]
[[service]]
name = "s"
demand = "d"
rate = { m = 5.0 }
[[plan]]
name = "p"
[plan.service.s]
max = 4
pools = [ { market = "m", buy = "on-demand" } ]
)";

TEST(Timeline, AGangThatSplitsHasItsParts) {
  const scenario::Scenario scenario = scenario::load_text(R"(
horizon = "10d"
step = "1h"
[[market]]
name = "block"
hardware_mtbf = "300h"
[[market]]
name = "east"
on_demand = 3.0
hardware_mtbf = "400h"
billing = { increment = "1h" }
[market.spot]
price = { mean = 1.0, volatility = 0.3, half_life = "1d" }
capacity = { up = { mean = "9h" }, down = { mean = "4h" }, depth = { median = 4, spread = 0.6 } }
reclaim_every = "60h"
[[job]]
name = "train"
work = 900
throughput = { block = 1.0, east = 1.2 }
checkpoint = { interval = "2h", write = "5m" }
restart = "20m"
[[plan]]
name = "split"
[plan.job.train]
instances = 8
policy = "in-order"
purchases = [ { market = "block", buy = "reserved" }, { market = "east", buy = "spot" }, { market = "east", buy = "on-demand", after = "2h" } ]
split = true
upgrade = "always"
[[plan.commitment]]
market = "block"
kind = "capacity"
instances = 4
price_per_hour = 1.0
from = "6h"
term = "3d"
)",
                                                          "split")
                                          .scenario;
  int mixes = 0;
  for (std::uint64_t path = 0; path < 20; ++path) {
    const Timeline timeline = trace_path(scenario, 0, path);
    EXPECT_EQ(timeline.total_micros(), tally_of(scenario, path).costs_by_path(0).front()) << path;
    const JobTimeline& job = timeline.jobs.front();
    int interruptions = 0;
    for (const JobRecord& record : job.records) {
      int instances = 0;
      for (const GangPart& part : record.parts) instances += part.instances;
      EXPECT_EQ(instances, record.kind == Kind::released ? 0 : 8);
      mixes += record.kind == Kind::taken && record.parts.size() > 1;
      interruptions +=
          record.kind == Kind::capacity_lost || record.kind == Kind::reclaimed || record.kind == Kind::failed;
    }
    EXPECT_EQ(interruptions, job.interruptions);
    // A part is held with all others or not at all.
    for (std::size_t k = 0; k < timeline.steps(); ++k) {
      double held = 0.0;
      for (const Holding& holding : job.holdings) held += static_cast<double>(holding.instances[k]);
      EXPECT_LE(held, 8.0 + 1e-5);
    }
  }
  EXPECT_GT(mixes, 20);
}

TEST(Timeline, BurstsAreOnWhereTheyMultiplyTheDemand) {
  const scenario::Scenario with = scenario::load_text(bursty, "bursty").scenario;
  const scenario::Scenario without = scenario::load_text(bursty, "bursty", {"demand.d.bursts.multiplier=1"}).scenario;
  int on = 0;
  for (std::uint64_t path = 0; path < 20; ++path) {
    const Timeline timeline = trace_path(with, 0, path), plain = trace_path(without, 0, path);
    for (std::size_t k = 0; k < timeline.steps(); ++k) {
      bool in_burst = false;
      for (const Stretch& burst : timeline.bursts)
        // The state of a step is that at its start, but for a thousandth of a step.
        in_burst = in_burst ||
                   (burst.from <= static_cast<double>(k) + 0x1p-9 && static_cast<double>(k) + 0x1p-9 < burst.until);
      const float ratio = timeline.demands[0].requests_per_second[k] / plain.demands[0].requests_per_second[k];
      EXPECT_NEAR(ratio, in_burst ? 3.0f : 1.0f, 1e-5f) << "path " << path << ", step " << k;
      on += in_burst;
    }
  }
  EXPECT_GT(on, 100);
}

TEST(Timeline, ListPricesMoveWhereARepricingIsRecorded) {
  const scenario::Scenario scenario = scenario::load_text(bursty, "bursty").scenario;
  std::size_t repricings = 0;
  for (std::uint64_t path = 0; path < 10; ++path) {
    const MarketTimeline market = trace_path(scenario, 0, path).markets.at(0);
    double price = 1.0;
    std::size_t next = 0;
    for (std::size_t k = 0; k < market.on_demand_price.size(); ++k) {
      if (next < market.repricing_step.size() && market.repricing_step[next] == static_cast<int>(k))
        price *= static_cast<double>(market.repricing[next++]);
      EXPECT_NEAR(market.on_demand_price[k], price, 1e-5 * price);
    }
    EXPECT_EQ(next, market.repricing_step.size());
    repricings += next;
  }
  EXPECT_GT(repricings, 5u);
}

TEST(Timeline, DrawsSayWhatTheChanceBrought) {
  const scenario::Scenario scenario = scenario::load_text(bursty, "bursty").scenario;
  int happened = 0;
  for (std::uint64_t path = 0; path < 40; ++path) {
    const Timeline timeline = trace_path(scenario, 0, path);
    for (const Draw& draw : timeline.draws) {
      if (draw.address == "demand.d.base") {
        EXPECT_GT(draw.value.value(), 5.0);
        EXPECT_LT(draw.value.value(), 20.0);
      }
      if (draw.address != "demand.d.change.0.chance") continue;
      EXPECT_EQ(draw.happens.value(), timeline.changes.size() == 1);
      happened += *draw.happens;
    }
  }
  EXPECT_GT(happened, 5);
  EXPECT_LT(happened, 35);
}

}  // namespace
}  // namespace costrisk::run
