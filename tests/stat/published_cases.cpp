// The published simulator's cases of the policies that the engine has, each as an ordinary scenario file: a trace
// replayed from where the case begins, whole gaps billed, nothing ever rolled back.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "src/scenario/reader/load.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

using Json = nlohmann::json;

std::string scenario_text(const Json& published) {
  const int gap = published.at("gap_seconds").get<int>();
  const double deadline = 3600.0 * published.at("deadline_hours").get<double>();
  return fmt::format(R"(horizon = "{horizon}s"
step = "{gap}s"
[simulation]
paths = 1
[[market]]
name = "zone"
on_demand = {on_demand}
billing = {{ increment = "{gap}s" }}
[market.spot]
price = {spot}
capacity = {{ history = "{trace}", sampling = "replay", offset = "{offset}s" }}
[[job]]
name = "task"
work = {work}
throughput = {{ zone = 1.0 }}
checkpoint = {{ interval = "0s" }}
restart = "{restart}s"
deadline = "{deadline}s"
unfinished = "ignore"
[[plan]]
name = "published"
[plan.job.task]
policy = "{policy}"
)",
                     fmt::arg("horizon", gap * std::ceil(deadline / gap)), fmt::arg("gap", gap),
                     fmt::arg("on_demand", published.at("price_ondemand").get<double>()),
                     fmt::arg("spot", published.at("price_spot").get<double>()),
                     fmt::arg("trace", published.at("trace").get<std::string>()),
                     fmt::arg("offset", gap * published.at("start_index").get<int>()),
                     fmt::arg("work", published.at("task_hours").get<double>()),
                     fmt::arg("restart", 3600.0 * published.at("restart_overhead_hours").get<double>()),
                     fmt::arg("deadline", deadline),
                     fmt::arg("policy", published.at("policy") == "strawman" ? "greedy" : "uniform-progress"));
}

/// Hours, rounded up to whole gaps as the published program counts them. Time is told in 2^-20 step.
double whole_gaps(double hours, double gap_hours) { return gap_hours * std::ceil(hours / gap_hours - 1e-3); }

TEST(PublishedCases, EveryOneComesOutOfTheEngine) {
  const std::filesystem::path folder = std::filesystem::path(COSTRISK_SOURCE_DIR) / "../shared/data";
  std::ifstream file(folder / "cbl_reference.json");
  if (!file) GTEST_SKIP() << "no published cases at " << folder.lexically_normal();
  const Json cases = Json::parse(file).at("cases");
  int compared = 0;
  for (const Json& published : cases) {
    if (published.at("policy") != "strawman" && published.at("policy") != "rc_cr_threshold") continue;
    const scenario::Scenario scenario =
        scenario::load_text(scenario_text(published), "case.toml", {}, folder / "spot-traces").scenario;
    const PlanResults plan = simulate(Subject::engine, scenario, 1, 1).plans[0];
    const double gap = scenario.step_hours();
    const auto number = [&](const char* key) { return published.at(key).get<double>(); };
    const auto used = [&](Purchase purchase) { return plan.use_hours[0][static_cast<std::size_t>(purchase)].mean; };
    const double cost = number("cost");
    EXPECT_NEAR(plan.cost[0], cost, 1e-6 * cost) << published;
    EXPECT_NEAR(whole_gaps(plan.finish[0][0], gap), number("finish_hours"), 1e-6) << published;
    EXPECT_EQ(plan.interruptions[0].mean, number("preemptions")) << published;
    EXPECT_NEAR(whole_gaps(used(Purchase::spot), gap), number("spot_hours"), 1e-6) << published;
    EXPECT_NEAR(whole_gaps(used(Purchase::on_demand), gap), number("ondemand_hours"), 1e-6) << published;
    ++compared;
  }
  EXPECT_EQ(compared, 384);
}

/// Spot comes and goes gap by gap: each time 0.4 of a gap is worked and rounded in the same way.
TEST(PublishedCases, WorkLeftDoesNotDriftOverHundredsOfInterruptions) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "published_cases_drift";
  std::filesystem::create_directories(folder);
  Json trace = {{"metadata", {{"gap_seconds", 120}}}, {"data", Json::array()}};
  for (int gap = 0; gap < 730; ++gap) trace["data"].push_back(1 - gap % 2);
  std::ofstream(folder / "alternating.json") << trace;
  const Json published = {{"gap_seconds", 120},   {"deadline_hours", 24.0},         {"price_ondemand", 3.06},
                          {"price_spot", 0.9731}, {"trace", "alternating.json"},    {"start_index", 0},
                          {"task_hours", 12.0},   {"restart_overhead_hours", 0.02}, {"policy", "strawman"}};
  const scenario::Scenario scenario = scenario::load_text(scenario_text(published), "case.toml", {}, folder).scenario;
  const PlanResults plan = simulate(Subject::engine, scenario, 1, 1).plans[0];
  // By the published rules in double precision: 224 gaps of spot, then 271 on-demand.
  EXPECT_NEAR(plan.cost[0], (224 * 0.9731 + 271 * 3.06) / 30.0, 1e-5);
}

}  // namespace
}  // namespace costrisk::stat
