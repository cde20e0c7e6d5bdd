// Adding, removing or reordering what a plan does not use leaves its futures and its costs as they were.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/identity/engine_runs.hpp"

namespace costrisk::identity {
namespace {

constexpr int paths = 200;

class Streams : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    text_ = file_text(std::string(COSTRISK_SOURCE_DIR) + "/configs/" + GetParam());
    before_ = load_configs_text(text_);
  }
  const std::string& text() const { return text_; }

  /// The text with tables put before its first market, where they come first in file order.
  std::string with_first(const std::string& tables) const {
    const std::size_t at = std::min(text_.find("\n[[factor]]"), text_.find("\n[[market]]"));
    const std::size_t place = at == std::string::npos ? text_.find("\n[[job]]") : at;
    return text_.substr(0, place) + "\n" + tables + text_.substr(place);
  }

  /// Every plan of the scenario as it is costs the same on every path of the changed one.
  void expect_stable(const scenario::Scenario& after, const std::string& change) const {
    const Results a = simulate(before_, paths), b = simulate(after, paths);
    for (const scenario::Plan& plan : before_.plans)
      EXPECT_EQ(costs(before_, a, plan.name), costs(after, b, plan.name)) << change << ": " << plan.name;
  }
  const scenario::Scenario& before() const { return before_; }

 private:
  std::string text_;
  scenario::Scenario before_;
};

const std::string extra_market = R"(
[[market]]
name = "elsewhere"
hardware_mtbf = { low = "100d", mode = "200d", high = "300d" }
repricing = { every = "30d", multiplier = { low = 0.5, mode = 0.9, high = 1.1 } }
on_demand = { median = 20, spread = 0.2 }
[market.spot]
price = { mean = { median = 5.0, spread = 0.1 }, volatility = 0.3, half_life = "2d" }
capacity = { up = { mean = "7h", cv = 2 }, down = { mean = "3h", cv = 1 }, depth = { median = 6, spread = 1 } }
reclaim_every = "100h"
)";
const std::string extra_factor = R"(
[[factor]]
name = "weather"
half_life = "2d"
shock = { every = "20d", size = 2.0, duration = { mean = "2d", cv = 1.0 } }
)";
const std::string extra_job = R"(
[[job]]
name = "another job"
work = { median = 300, spread = 0.5 }
throughput = { elsewhere = 1.0 }
repeat = "9d"
attempts = { success = 0.5, max = 4 }
)";
const std::string extra_plan = R"(
[[plan]]
name = "another plan"
[plan.job."another job"]
markets = ["elsewhere"]
instances = 3
policy = "spot"
)";

TEST_P(Streams, a_market_more_changes_no_plan) {
  expect_stable(load_configs_text(text() + extra_market), "a market at the end");
  expect_stable(load_configs_text(with_first(extra_market)), "a market in front");
}

TEST_P(Streams, a_factor_that_nobody_loads_on_changes_no_plan) {
  expect_stable(load_configs_text(text() + extra_factor), "a factor at the end");
  expect_stable(load_configs_text(with_first(extra_factor)), "a factor in front");
}

TEST_P(Streams, a_job_and_a_plan_more_change_no_other_plan) {
  expect_stable(load_configs_text(text() + extra_market + extra_job), "a job that no plan runs");
  expect_stable(load_configs_text(text() + extra_market + extra_job + extra_plan), "a plan at the end");
  expect_stable(load_configs_text(with_first(extra_market + extra_job + extra_plan)), "a plan in front");
}

/// The plans in another order: the plan at `order[i]` comes to place i.
scenario::Scenario reordered(const scenario::Scenario& scenario, const std::vector<int>& order) {
  scenario::Scenario result = scenario;
  result.plans.clear();
  for (const int from : order) result.plans.push_back(scenario.plans[static_cast<std::size_t>(from)]);
  for (scenario::Item& item : result.items) {
    std::vector<int> payers;
    for (std::size_t i = 0; i < order.size(); ++i)
      if (std::find(item.plans.begin(), item.plans.end(), order[i]) != item.plans.end())
        payers.push_back(static_cast<int>(i));
    item.plans = payers;
  }
  return result;
}

TEST_P(Streams, the_order_of_plans_changes_no_plan) {
  std::vector<int> order;
  for (std::size_t i = 0; i < before().plans.size(); ++i) order.insert(order.begin(), static_cast<int>(i));
  expect_stable(reordered(before(), order), "plans reversed");
}

TEST_P(Streams, a_plan_alone_costs_what_it_costs_among_others) {
  const Results all = simulate(before(), paths);
  for (std::size_t i = 0; i < before().plans.size(); ++i) {
    const scenario::Scenario alone = reordered(before(), {static_cast<int>(i)});
    EXPECT_EQ(array(simulate(alone, paths), "plan_cost").rows[0], array(all, "plan_cost").rows[i])
        << before().plans[i].name;
  }
}

TEST_P(Streams, another_seed_changes_every_plan_that_depends_on_chance) {
  scenario::Scenario other = before();
  other.simulation.seed += std::uint64_t{1} << 40;
  const Results a = simulate(before(), paths), b = simulate(other, paths);
  int changed = 0;
  for (const scenario::Plan& plan : before().plans)
    changed += costs(before(), a, plan.name) != costs(other, b, plan.name);
  EXPECT_GE(changed, 2);
}

std::string config_name(const testing::TestParamInfo<const char*>& config) {
  std::string name = config.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Configs, Streams, testing::Values("quickstart.toml", "pretraining.toml", "fine-tuning.toml"),
                         config_name);

}  // namespace
}  // namespace costrisk::identity
