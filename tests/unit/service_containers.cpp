// Packing of replicas into instances, and cold starts, worked out by hand.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {
namespace {

std::string text_of(const std::string& market, const std::string& service, const std::string& assignment) {
  return fmt::format(R"(
name = "containers"
horizon = "24h"
step = "1h"
[[market]]
name = "m"
on_demand.price = 2.0
{}
[[demand]]
name = "d"
base = 1.0
by_hour = [16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]
[[service]]
name = "s"
demand = "d"
rate = {{ m = 1.0 }}
{}
[[plan]]
name = "p"
[plan.service.s]
utilization = 1.0
pools = [{{ market = "m", buy = "on-demand" }}]
{}
)",
                     market, service, assignment);
}

results::Results run(const std::string& market, const std::string& service, const std::string& assignment = "") {
  const scenario::Scenario scenario = scenario::load_text(text_of(market, service, assignment), "containers").scenario;
  run::Options options;
  options.paths = 2;
  run::Outcome outcome = run::simulate(scenario, options);
  return run::evaluate(scenario, outcome, {});
}

TEST(Containers, WholeReplicasArePackedIntoInstances) {
  struct Case {
    const char *market, *service;
    double instances;  ///< at 48 requests a second, one a replica
  };
  for (const Case& c : {Case{"gpus = 8", "", 48.0}, Case{"gpus = 8", "replica = { gpus = 1 }", 6.0},
                        Case{"gpus = 8", "replica = { gpus = 2 }", 12.0},
                        // Two GPUs of eight stay empty.
                        Case{"gpus = 8", "replica = { gpus = 3 }", 24.0},
                        // Seven slices a GPU hold three replicas of two, and one slice stays empty.
                        Case{"gpus = 4\nslices_per_gpu = 7", "replica = { slices = 2 }", 4.0},
                        Case{"gpus = 4\nslices_per_gpu = 7", "replica = { slices = 4 }", 12.0}}) {
    const results::Results results = run(c.market, c.service);
    EXPECT_EQ(results.peak_instances_mean.at(0), c.instances) << c.market << ", " << c.service;
    EXPECT_NEAR(results.cost_mean.at(0), 2.0 * 12.0 * (c.instances + std::ceil(c.instances / 3.0)), 1e-6);
    EXPECT_EQ(results.unserved_mean.at(0), 0.0);
  }
}

TEST(Containers, InstancesThatHoldNoReplicaAreRefused) {
  for (const char* market : {"gpus = 1", "", "gpus = 1\nslices_per_gpu = 2"})
    EXPECT_THROW(
        scenario::load_text(text_of(market,
                                    market[0] == 'g' && std::string(market).size() > 10 ? "replica = { slices = 3 }"
                                                                                        : "replica = { gpus = 2 }",
                                    ""),
                            "containers"),
        std::exception)
        << market;
}

TEST(Containers, ColdStartAddsWhatImageAndModelTakeToTheDelay) {
  const results::Results loaded =
      run("", "",
          "scale_up_delay = \"5m\"\n"
          "cold_start = { image_gb = 20, pull_gb_per_s = 0.1, model_gb = 16, load_gb_per_s = 0.16 }");
  EXPECT_NEAR(loaded.unserved_mean.at(0), (48.0 - 16.0) * (300.0 + 200.0 + 100.0), 1.0);
  const results::Results waited = run("", "", "scale_up_delay = \"10m\"");
  EXPECT_EQ(loaded.unserved_mean, waited.unserved_mean);
}

TEST(Containers, WarmInstancesServeUntilOthersHaveStarted) {
  // Thirty-two more instances are wanted at noon, and start within the hour; twelve of them stand ready.
  const auto with = [](const char* warm) { return run("", "", std::string("scale_up_delay = \"30m\"\n") + warm); };
  const results::Results cold = with(""), warm = with("warm = 12\nwarm_price = 0.25"), hot = with("warm = 40");
  EXPECT_NEAR(cold.unserved_mean.at(0), 32.0 * 1800.0, 1.0);
  EXPECT_NEAR(warm.unserved_mean.at(0), (32.0 - 12.0) * 1800.0, 1.0);
  EXPECT_EQ(hot.unserved_mean.at(0), 0.0);
  EXPECT_NEAR(warm.cost_mean.at(0) - cold.cost_mean.at(0), 24.0 * 12.0 * 0.25 * 2.0, 1e-5);
  EXPECT_NEAR(hot.cost_mean.at(0) - cold.cost_mean.at(0), 24.0 * 40.0 * 2.0, 1e-5);
  EXPECT_EQ(warm.peak_instances_mean, cold.peak_instances_mean);
}

}  // namespace
}  // namespace costrisk
