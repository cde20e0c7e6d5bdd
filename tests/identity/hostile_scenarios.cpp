// Scenarios at the limits of what is accepted: the backends agree, every number is finite, every path is simulated.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "src/scenario/reader/load.hpp"
#include "tests/identity/engine_runs.hpp"

namespace costrisk::identity {
namespace {

/// Runs on every backend and expects equal results without a failed path; returns them.
Results expect_agreement(const scenario::Scenario& scenario, int paths) {
  const scenario::Lowered lowered = scenario::lower(scenario);
  const Results expected = simulate(*builds()[0].backend, lowered, 0, paths);
  EXPECT_EQ(first_failed_path(expected), -1);
  for (const Build& build : builds())
    EXPECT_EQ(difference(expected, simulate(*build.backend, lowered, 0, paths)), "") << build.name;
  for (const std::vector<std::int64_t>& row : array(expected, "plan_cost").rows)
    for (const std::int64_t cost : row) EXPECT_GE(cost, 0);
  return expected;
}

const std::string plans_of_every_policy = R"(
[[plan]]
name = "on-demand"
[plan.job.train]
instances = 4
policy = "on-demand"
[[plan]]
name = "spot"
[plan.job.train]
instances = 4
policy = "spot"
[[plan]]
name = "greedy"
[plan.job.train]
instances = 4
policy = "greedy"
[[plan]]
name = "uniform"
[plan.job.train]
instances = 4
policy = "uniform-progress"
)";

std::string job_with(const std::string& more) {
  return "\n[[job]]\nname = \"train\"\nthroughput = { m = 1.0 }\n" + more;
}

TEST(Hostile, sojourns_of_a_sixty_fourth_of_a_step) {
  for (const char* cv : {"0.5", "1.0", "3.0"})
    expect_agreement(load_configs_text(std::string(R"(
name = "sojourns"
horizon = "96h"
step = "1h"
[[factor]]
name = "f"
half_life = "5h"
[[market]]
name = "m"
on_demand = 5.0
[market.spot]
price = { mean = 1.0, volatility = 0.5, half_life = "1h" }
capacity = { up = { mean = "57s", cv = )") +
                                       cv + R"( }, down = { mean = "57s", cv = )" + cv +
                                       R"( }, depth = { median = 5, spread = 1.0 }, loading = { f = 0.9 } }
)" +
                                       job_with("work = 100\nrestart = \"1m\"\ncheckpoint = { interval = \"10m\", "
                                                "write = \"10s\" }\ndeadline = \"60h\"\n") +
                                       plans_of_every_policy),
                     40);
}

TEST(Hostile, many_interruptions_in_every_step) {
  const Results results = expect_agreement(
      load_configs_text(
          R"(
name = "interruptions"
horizon = "40d"
step = "24h"
[[market]]
name = "m"
hardware_mtbf = "20h"
on_demand = 5.0
billing = { increment = "1m", minimum = "10m" }
[market.spot]
price = 1.0
reclaim_every = "2h"
notice = "2m"
)" +
          job_with(
              "work = 300\nrestart = \"2m\"\ncheckpoint = { interval = \"10m\", write = \"1m\" }\ndeadline = \"20d\"\n"
              "late_penalty = 10\n") +
          plans_of_every_policy),
      60);
  // 4 instances, (1/2 + 1/20) an hour each: some 52 interruptions a day of spot.
  EXPECT_GT(array(results, "job_interruptions").rows[1][0], 100);
}

TEST(Hostile, deadlines_that_cannot_be_met) {
  for (const char* deadline : {"1s", "1m", "1h", "5h"}) {
    const Results results = expect_agreement(
        load_configs_text(
            R"(
name = "deadlines"
horizon = "10d"
step = "1h"
[[market]]
name = "m"
on_demand = 5.0
[market.spot]
price = 1.0
capacity = { up = { mean = "5h", cv = 1.0 }, down = { mean = "5h", cv = 1.0 } }
)" +
            job_with(std::string("work = 100\nrestart = \"10m\"\nrelease = \"90m\"\nlate_penalty = 7\ndeadline = \"") +
                     deadline + "\"\n") +
            plans_of_every_policy),
        40);
    for (int plan = 0; plan < 4; ++plan)
      for (const std::int64_t late : array(results, "job_late").rows[plan]) EXPECT_EQ(late, 1);
  }
}

TEST(Hostile, a_gang_of_4096) {
  const Results results = expect_agreement(load_configs_text(R"(
name = "gang"
horizon = "4w"
step = "15m"
[[market]]
name = "m"
hardware_mtbf = "6300h"
on_demand = 21.957642
[market.spot]
price = { mean = 8.9, volatility = 0.3, half_life = "3d" }
capacity = { up = { mean = "5h", cv = 2.5 }, down = { mean = "2h", cv = 1.7 }, depth = { median = 4096, spread = 0.5 } }
reclaim_every = "400h"
[[job]]
name = "train"
work = 1_000_000
throughput = { m = 1.0 }
scaling = 0.97
restart = "10m"
checkpoint = { interval = "15m", write = "30s" }
deadline = "2w"
[[plan]]
name = "on-demand"
[plan.job.train]
instances = 4096
[[plan]]
name = "uniform"
[plan.job.train]
instances = 4096
policy = "uniform-progress"
)"),
                                           20);
  EXPECT_GT(array(results, "plan_cost").rows[0][0], std::int64_t{20'000'000} * micros_per_unit);
}

TEST(Hostile, sixteen_markets_and_sixty_four_plans) {
  std::string text =
      "name = \"many\"\nhorizon = \"2w\"\nstep = \"30m\"\n[[factor]]\nname = \"f\"\nhalf_life = \"2d\"\n";
  std::string throughput, markets;
  for (int i = 0; i < 16; ++i) {
    const std::string name = "m" + std::to_string(i);
    text += "[[market]]\nname = \"" + name + "\"\negress_per_gb = 0.0" + std::to_string(1 + i % 8) + "\n";
    text += "on_demand = " + std::to_string(4 + i % 5) + ".25\n";
    text += "[market.spot]\nprice = { mean = 1." + std::to_string(i) + ", volatility = 0.3, half_life = \"1d\" }\n";
    text += "capacity = { up = { mean = \"" + std::to_string(1 + i) + "h\", cv = 1.5 }, down = { mean = \"" +
            std::to_string(20 - i) + "h\", cv = 1.2 }, loading = { f = 0.5 } }\nreclaim_every = \"50h\"\n";
    throughput += (i ? ", " : "") + name + " = " + std::to_string(1.0 + 0.1 * (i % 4));
    markets += (i ? ", \"" : "\"") + name + "\"";
  }
  text +=
      "[[job]]\nname = \"train\"\nwork = 400\nthroughput = { " + throughput +
      " }\nrestart = \"20m\"\ncheckpoint = { interval = \"1h\", write = \"1m\" }\ndeadline = \"8d\"\nstate_gb = 100\n";
  const char* policies[] = {"on-demand", "spot", "greedy", "uniform-progress"};
  for (int i = 0; i < 64; ++i)
    text += "[[plan]]\nname = \"p" + std::to_string(i) + "\"\n[plan.job.train]\nmarkets = [" + markets +
            "]\ninstances = " + std::to_string(1 + i / 8) + "\npolicy = \"" + policies[i % 4] + "\"\nchoose = \"" +
            (i / 4 % 2 ? "cheapest" : "first") + "\"\n";
  const scenario::Scenario scenario = load_configs_text(text);
  ASSERT_EQ(scenario.plans.size(), 64u);
  expect_agreement(scenario, 24);
}

TEST(Hostile, shocks_and_repricings_within_every_step) {
  expect_agreement(
      load_configs_text(R"(
name = "events"
horizon = "30d"
step = "24h"
[[factor]]
name = "f"
half_life = "1m"
shock = { every = "2h", size = 4.0, duration = { mean = "1h", cv = 3.0 } }
[[factor]]
name = "g"
half_life = "forever"
[[market]]
name = "m"
on_demand = { low = 3, mode = 5, high = 9, loading = { g = 1.0 } }
repricing = { every = "12h", multiplier = { low = 0.97, mode = 1.0, high = 1.02 } }
[market.spot]
price = { mean = 1.0, volatility = 2.0, half_life = "1m", loading = { f = 1.0 }, cap = 20.0 }
)" +
                        job_with("work = { median = 500, spread = 0.5, loading = { g = -0.5 } }\nrepeat = \"25h\"\n"
                                 "attempts = { success = 0.1, max = 50 }\ndeadline = \"4d\"\nlate_penalty = 1\n") +
                        plans_of_every_policy),
      60);
}

TEST(Hostile, work_that_could_cost_more_than_can_be_counted_is_refused) {
  const auto text = [](const char* median) {
    return std::string(R"(
name = "wide"
horizon = "1w"
step = "1h"
[[market]]
name = "m"
on_demand = 20.0
)") + job_with(std::string("work = { median = ") + median + ", spread = 1.0 }\n") +
           "[[plan]]\nname = \"p\"\n[plan.job.train]\ninstances = 8\n";
  };
  EXPECT_THROW(load_configs_text(text("1e6")), scenario::InvalidScenario);
  // Just inside: nothing is cut off.
  const Results results = expect_agreement(load_configs_text(text("7e4")), 4000);
  std::vector<std::int64_t> bought = array(results, "plan_category").rows[static_cast<int>(Category::unfinished)];
  std::sort(bought.begin(), bought.end());
  EXPECT_LT(bought.back(), (std::int64_t{1} << 30) * micros_per_unit);
  EXPECT_GT(bought.back(), bought[bought.size() - 2]);
}

}  // namespace
}  // namespace costrisk::identity
