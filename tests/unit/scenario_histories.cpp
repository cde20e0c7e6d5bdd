// Measured histories: brought to the grid, sampled, lowered, and refused with a reason where that cannot be.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "src/scenario/lower/history_grid.hpp"
#include "src/scenario/lower/history_sampling.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::scenario {
namespace {

namespace fs = std::filesystem;

trace::History even(double gap, std::vector<double> values) {
  trace::History trace;
  trace.gap_seconds = gap;
  for (std::size_t i = 0; i < values.size(); ++i) trace.time_seconds.push_back(gap * static_cast<double>(i));
  trace.value = std::move(values);
  return trace;
}

trace::History uneven(std::vector<double> times, std::vector<double> values) {
  trace::History trace;
  trace.time_seconds = std::move(times);
  trace.value = std::move(values);
  return trace;
}

TEST(HistoryGrid, ATraceWithTheStepAsItsGapIsItself) {
  const std::vector<double> values = {0.1, 0.7, 0.3, 1e-3};
  EXPECT_EQ(averages_by_step(even(195, values), 195), values);
  EXPECT_EQ(instances_by_step(even(195, values), 195).held, values);
}

TEST(HistoryGrid, AveragesWeightEachValueWithTheTimeThatItHeld) {
  const std::vector<double> found = averages_by_step(uneven({500, 590, 650, 800}, {1, 3, 5, 7}), 60);
  EXPECT_EQ(found, (std::vector<double>{1, 2, 4, 5, 5})) << "a trace of uneven times ends with its last";
  EXPECT_EQ(averages_by_step(even(90, {2, 4, 6}), 60), (std::vector<double>{2, 3, 4, 6}))
      << "the last value of an even trace holds for one gap";
  EXPECT_EQ(averages_by_step(even(120, {2, 4}), 60), (std::vector<double>{2, 2, 4, 4}));
}

TEST(HistoryGrid, InstancesAreThoseAtTheStepsStartAndTheFewestSinceTheOneBefore) {
  const InstancesByStep found = instances_by_step(even(20, {4, 4, 4, 4, 0, 4, 5, 3, 5, 6, 6, 6}), 60);
  EXPECT_EQ(found.held, (std::vector<double>{4, 4, 5, 6}));
  EXPECT_EQ(found.least, (std::vector<double>{4, 4, 0, 3}));
  const InstancesByStep back = instances_by_step(even(60, {0, 2, 2}), 60);
  EXPECT_EQ(back.least, (std::vector<double>{0, 0, 2})) << "what was not there at the step before counts";
}

TEST(HistoryGrid, InstantsAlmostAtAStepAreThatStep) {
  const std::vector<double> times = {0, 60.05, 119.96, 180};
  EXPECT_EQ(averages_by_step(uneven(times, {1, 2, 3, 4}), 60), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(instances_by_step(uneven(times, {1, 2, 3, 4}), 60).held, (std::vector<double>{1, 2, 3}));
}

/// Scenarios beside traces, in a folder of their own.
class ScenarioHistories : public testing::Test {
 protected:
  ScenarioHistories()
      : folder_(fs::path(testing::TempDir()) /
                ("costrisk_histories_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    fs::create_directories(folder_);
  }
  ~ScenarioHistories() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  /// Values an hour apart.
  void write_hourly(const std::string& name, const std::vector<double>& values) const {
    std::string text;
    for (const double value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
    write(name, "{ \"gap_seconds\": 3600, \"data\": [" + text + "] }");
  }

  /// A market "east" with these prices and capacity, a demand with those keys.
  static std::string text(const std::string& price, const std::string& capacity, const std::string& demand) {
    return "horizon = \"1d\"\nstep = \"1h\"\n[[market]]\nname = \"east\"\non_demand = 2.0\n[market.spot]\nprice = " +
           price + "\n" + (capacity.empty() ? "" : "capacity = " + capacity + "\n") + "[[demand]]\nname = \"chat\"\n" +
           demand + R"(
[[job]]
name = "train"
work = 20
throughput = { east = 1.0 }
[[service]]
name = "api"
demand = "chat"
rate = { east = 4.0 }
[[plan]]
name = "plain"
job.train.policy = "spot"
[plan.service.api]
pools = [ { market = "east", buy = "on-demand" } ]
)";
  }
  Scenario load(const std::string& price, const std::string& capacity, const std::string& demand,
                const std::vector<std::string>& overrides = {}) const {
    return load_text(text(price, capacity, demand), "traced.toml", overrides, folder_).scenario;
  }
  std::vector<SampledHistory> sampled(const std::string& price, const std::string& capacity, const std::string& demand,
                                      const std::vector<std::string>& overrides = {}) const {
    scenario_ = load(price, capacity, demand, overrides);
    return sample_histories(scenario_);
  }

  /// What is wrong, or "".
  std::string problem(const std::string& price, const std::string& capacity, const std::string& demand,
                      const std::vector<std::string>& overrides = {}) const {
    try {
      load(price, capacity, demand, overrides);
    } catch (const InvalidScenario& invalid) {
      EXPECT_EQ(invalid.diagnostics.size(), 1u) << invalid.what();
      EXPECT_GT(invalid.diagnostics[0].line, 6) << invalid.what();
      return invalid.diagnostics[0].message;
    }
    return "";
  }
  void expect_problem(const std::string& part, const std::string& price, const std::string& capacity = "",
                      const std::string& demand = "base = 1") const {
    const std::string found = problem(price, capacity, demand);
    EXPECT_NE(found.find(part), std::string::npos) << "expected: " << part << "\nfound: " << found;
    EXPECT_NE(found.find("expected"), std::string::npos) << found;
  }

  std::vector<std::string> warnings(const std::string& price, const std::string& capacity,
                                    const std::string& demand) const {
    return load_text(text(price, capacity, demand), "traced.toml", {}, folder_).warnings;
  }

  const fs::path folder_;
  mutable Scenario scenario_;
};

std::vector<double> counting(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST_F(ScenarioHistories, ReplayIsLoweredToTheTraceItselfRelativeToItsMean) {
  write_hourly("p.json", counting(31));
  write_hourly("d.json", counting(40));
  const Lowered lowered = lower(load(R"({ history = "p.json", offset = "7h" })", "", "history = \"d.json\""));
  const Parameters& p = lowered.parameters;
  ASSERT_EQ(p.history_count, 2);
  const HistoryParameters &price = p.histories[p.prices[0].history], &demand = p.histories[p.demands[0].history];
  EXPECT_EQ(price.offset, 7);
  EXPECT_EQ(demand.offset, 0);
  for (int k = 0; k < 31; ++k) EXPECT_EQ(p.history_values[price.first_value + k], static_cast<float>((k + 1) / 16.0));
  for (int k = 0; k < 40; ++k) EXPECT_EQ(p.history_values[demand.first_value + k], static_cast<float>(k + 1));
  EXPECT_TRUE(lowered.drivers.empty());
}

TEST_F(ScenarioHistories, CapacityOfZerosAndOnesHasNoDepthAndCountsHaveOne) {
  write_hourly("up.json", std::vector<double>(30, 1.0));
  write("counts.csv", "t,n\n0,3\n3600,2\n5400,1\n7200,5\n172800,5\n");
  const Lowered plain = lower(load("1", R"({ history = "up.json" })", "base = 1"));
  EXPECT_EQ(plain.parameters.capacities[0].depth_slot, none);
  EXPECT_EQ(plain.parameters.history_states[0] & (history_up | history_unbroken), history_up | history_unbroken);
  const Lowered counted = lower(load("1", R"({ history = "counts.csv" })", "base = 1"));
  const Parameters& p = counted.parameters;
  ASSERT_GE(p.capacities[0].depth_slot, 0);
  ASSERT_GE(p.capacities[0].least_slot, 0);
  const HistoryParameters& history = p.histories[p.capacities[0].history];
  const std::vector<float> held(p.history_values + history.first_value, p.history_values + history.first_value + 4);
  const std::vector<float> least(p.history_values + history.first_least, p.history_values + history.first_least + 4);
  EXPECT_EQ(held, (std::vector<float>{3, 2, 5, 5}));
  EXPECT_EQ(least, (std::vector<float>{3, 2, 1, 5}));
}

TEST_F(ScenarioHistories, ReplaysOfOneEveryBeginTogetherAsOftenAsTheShortestTraceAllows) {
  write_hourly("long.json", counting(100));
  write_hourly("short.json", counting(50));
  write_hourly("up.json", std::vector<double>(90, 1.0));
  const auto found = sampled(R"({ history = "long.json", every = "5h" })", R"({ history = "up.json", every = "1h" })",
                             "history = \"short.json\"\noffset = \"2h\"\nevery = \"5h\"");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].start_count, 5) << "(50 − 2 − 24) / 5 + 1";
  EXPECT_EQ(found[1].start_count, 90 - 24 + 1);
  EXPECT_EQ(found[2].start_count, 5);
  EXPECT_EQ(found[2].every, 5);
}

TEST_F(ScenarioHistories, WindowsOfDemandsBeginAtWholeDaysAndSoDoThoseDrawnWithThem) {
  write_hourly("d.json", counting(24 * 5 + 3));
  write_hourly("p.json", counting(24 * 4 + 2));
  const std::string window = "sampling = \"window\"", named = window + ", joint = \"one\"";
  const auto alone = sampled("{ history = \"p.json\", " + window + " }", "", "history = \"d.json\"\n" + window);
  EXPECT_EQ(alone[0].start_count, 24 * 3 + 3);
  EXPECT_TRUE(alone[0].starts.empty());
  EXPECT_EQ(alone[1].starts, (std::vector<std::int32_t>{0, 24, 48, 72, 96}));
  EXPECT_NE(alone[0].stream, alone[1].stream);
  const auto together =
      sampled("{ history = \"p.json\", " + named + " }", "", "history = \"d.json\"\n" + window + "\njoint = \"one\"");
  EXPECT_EQ(together[0].starts, (std::vector<std::int32_t>{0, 24, 48, 72}));
  EXPECT_EQ(together[1].starts, together[0].starts);
  EXPECT_EQ(together[0].stream, "history/one");
  EXPECT_EQ(together[1].stream, together[0].stream);
}

TEST_F(ScenarioHistories, ThoseOfTheSameFileAreDrawnTogetherWhereverItLies) {
  fs::create_directories(folder_ / "copy");
  for (const char* file : {"h.json", "copy/h.json"}) write_hourly(file, counting(60));
  const auto found =
      sampled(R"({ history = "h.json", sampling = "window" })", "", "history = \"copy/h.json\"\nsampling = \"window\"");
  EXPECT_EQ(found[0].stream, found[1].stream);
  EXPECT_EQ(found[0].starts, found[1].starts);
  EXPECT_EQ(lower(scenario_).drivers, (std::vector<std::string>{"market.east.spot.price.history"}));
}

TEST_F(ScenarioHistories, BlocksOfWholeDaysBeginAtTheirMultiplesForDemandsAndOthersAnywhere) {
  write_hourly("h.json", counting(24 * 7));
  const auto blocks = [&](const std::string& block) {
    const std::string keys = "sampling = \"bootstrap\", block = \"" + block + "\"";
    return sampled("{ history = \"h.json\", " + keys + ", joint = \"p\" }", "",
                   "history = \"h.json\"\nsampling = \"bootstrap\"\nblock = \"" + block + "\"");
  };
  EXPECT_EQ(blocks("2d")[0].start_count, 24 * 5 + 1);
  EXPECT_EQ(blocks("2d")[1].starts, (std::vector<std::int32_t>{0, 48, 96}));
  EXPECT_EQ(blocks("2d")[1].block, 48);
  EXPECT_EQ(blocks("5h")[1].start_count, 24 * 7 - 5 + 1);
  EXPECT_TRUE(blocks("5h")[1].starts.empty());
}

TEST_F(ScenarioHistories, RunsAreCutWhereCapacityWasLostUnseen) {
  // Hours: up, up | down | up, up, lost and back within a step | up | down, down | up
  write("c.csv", "t,up\n0,1\n7200,0\n10800,1\n16000,0\n17000,1\n21600,0\n28800,1\n172800,1\n");
  const auto found = sampled("1", R"({ history = "c.csv", sampling = "bootstrap" })", "base = 1");
  std::vector<int> lengths, ups;
  for (const HistoryRun& run : found[0].runs) {
    lengths.push_back(run.length);
    ups.push_back(run.up);
  }
  EXPECT_EQ(ups, (std::vector<int>{1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(lengths, (std::vector<int>{2, 1, 2, 0, 1, 2, 40}));
  EXPECT_EQ(found[0].offset, 2);
  EXPECT_EQ(found[0].start_count, 6);
  EXPECT_NE(found[0].stream.find("east"), std::string::npos) << "each market draws its own";
  const Lowered lowered = lower(scenario_);
  const HistoryParameters& history = lowered.parameters.histories[0];
  EXPECT_EQ(history.up_runs.count, 2);
  EXPECT_EQ(history.down_runs.count, 3);
  EXPECT_EQ(lowered.parameters.history_states[history.first_state + 3] >> history_state_bits, 2);
}

TEST_F(ScenarioHistories, ABootstrapOfWhatIsNeverLostStaysUp) {
  write_hourly("up.json", std::vector<double>(30, 1.0));
  EXPECT_EQ(
      lower(load("1", R"({ history = "up.json", sampling = "bootstrap" })", "base = 1")).parameters.capacity_count, 0);
}

TEST_F(ScenarioHistories, WhatCannotBeSampledIsRefusedWithItsReason) {
  write_hourly("day.json", counting(24));
  write_hourly("half.json", {1, 0.5, 0});
  write_hourly("down.json", std::vector<double>(30, 0.0));
  write_hourly("counts.json", std::vector<double>(30, 2.0));
  write_hourly("once.json", {1, 1, 0, 1, 1});
  write("empty.json", "{ \"gap_seconds\": 60, \"data\": [] }");
  write("negative.csv", "t,v\n0,1\n60,-2\n");
  write("unsorted.csv", "t,v\n0,1\n120,1\n60,1\n");
  write("two.csv", "t,a,b\n0,1,2\n86400,1,2\n");
  write("short.csv", "t,v\n0,1\n60,2\n");
  const auto of = [](const std::string& file, const std::string& more = "") {
    return "{ history = \"" + file + "\"" + (more.empty() ? "" : ", " + more) + " }";
  };
  const std::string window = "sampling = \"window\"", bootstrap = "sampling = \"bootstrap\"";

  expect_problem("empty.json: data is empty", of("empty.json"));
  expect_problem("negative.csv:3: -2 is negative", of("negative.csv"));
  EXPECT_NE(problem(of("unsorted.csv"), "", "base = 1").find("unsorted.csv:4: its time is before that of line 3"),
            std::string::npos);
  EXPECT_NE(problem(of("two.csv"), "", "base = 1").find("on the command line: a, b"), std::string::npos);
  EXPECT_EQ(problem(of("two.csv", "column = \"b\""), "", "base = 1"), "");
  EXPECT_NE(problem(of("two.csv", "column = \"c\""), "", "base = 1").find("no column is named c"), std::string::npos);
  expect_problem("has no columns to name; expected a table", of("day.json", "column = \"b\""));
  expect_problem("half.json: data[1]: 0.5 is no state of a capacity", "1", of("half.json"));
  expect_problem("less than the step of 1h", of("short.csv"));
  expect_problem("the trace ends 1d after its beginning", of("day.json", "offset = \"1h\""));
  expect_problem("'offset' of 90m is no whole number of steps", of("day.json", "offset = \"90m\""));
  expect_problem("'every' of 10m is no whole number of steps", of("day.json", "every = \"10m\""));
  expect_problem("'every' cannot stand beside sampling", of("day.json", window + ", every = \"1h\""));
  expect_problem("sampling = \"bootstrap\"", of("once.json", window));
  expect_problem("'block' of 2d is longer than the trace", of("day.json", bootstrap + ", block = \"2d\""));
  expect_problem("'block' of 90m is no whole number of steps", of("day.json", bootstrap + ", block = \"90m\""));
  expect_problem("no run with capacity begins and ends", "1", of("down.json", bootstrap));
  expect_problem("no run with capacity begins and ends", "1", of("counts.json", bootstrap));
  expect_problem("no run with capacity begins and ends", "1", of("once.json", bootstrap));
  expect_problem("'joint' cannot stand beside sampling = \"replay\"", of("day.json", "joint = \"a\""));
  expect_problem("drawn market by market", "1", of("once.json", bootstrap + ", joint = \"a\""));
  expect_problem("is no name", of("day.json", window + ", joint = \"a.b\""));
  expect_problem("is sampled in another way", of("day.json", window + ", joint = \"a\""), "",
                 "history = \"day.json\"\nsampling = \"bootstrap\"\nblock = \"1h\"\njoint = \"a\"");
}

TEST_F(ScenarioHistories, ResolvedScenariosReadBackAsTheSame) {
  write("h.csv", "t,p,up\n0,1,1\n3600,2,0\n7200,3,1\n172800,1,1\n");
  const Scenario scenario =
      load(R"({ history = "h.csv", column = "p", sampling = "bootstrap", block = "6h", joint = "x" })",
           R"({ history = "h.csv", column = "up", offset = "2h", every = "1h" })",
           "history = \"h.csv\"\ncolumn = \"p\"\nsampling = \"window\"");
  const Scenario again = load_text(resolved_toml(scenario), "again.toml", {}, folder_).scenario;
  EXPECT_EQ(resolved_toml(again), resolved_toml(scenario));
  EXPECT_EQ(scenario_sha256(again), scenario_sha256(scenario));
  EXPECT_EQ(lower(again).sha256, lower(scenario).sha256);
}

TEST_F(ScenarioHistories, WhatTheFuturesReadCountsInTheHashOfTheParameters) {
  std::vector<double> values = counting(60);
  write_hourly("h.json", values);
  const std::string first = lower(load(R"({ history = "h.json" })", "", "base = 1")).sha256;
  EXPECT_NE(lower(load(R"({ history = "h.json", offset = "1h" })", "", "base = 1")).sha256, first);
  EXPECT_NE(lower(load(R"({ history = "h.json", every = "1h" })", "", "base = 1")).sha256, first);
  values[7] += 1.0;
  values[8] -= 1.0;
  write_hourly("h.json", values);
  EXPECT_NE(lower(load(R"({ history = "h.json" })", "", "base = 1")).sha256, first);
}

TEST_F(ScenarioHistories, TracesOfAnotherGrainOrLengthAreWarnedOf) {
  const auto warned = [&](const std::string& part, const std::string& price, const std::string& capacity = "") {
    for (const std::string& warning : warnings(price, capacity, "base = 1"))
      if (warning.find(part) != std::string::npos) return true;
    return false;
  };
  write("coarse.json", R"({ "gap_seconds": 43200, "data": [1, 2, 3] })");
  std::string fine = "1";
  for (int i = 0; i < 200; ++i) fine += i % 7 ? ",1" : ",0";
  write("fine.json", "{ \"gap_seconds\": 600, \"data\": [" + fine + "] }");
  write_hourly("brief.json", {1, 2, 1, 2});
  write_hourly("tight.json", counting(26));
  write_hourly("fit.json", counting(72));
  EXPECT_TRUE(warned("was not measured", R"({ history = "coarse.json" })"));
  EXPECT_TRUE(warned("a shorter step follows it better", "1", R"({ history = "fine.json" })"));
  EXPECT_TRUE(warned("come again and again", R"({ history = "brief.json", sampling = "bootstrap", block = "1h" })"));
  EXPECT_TRUE(warned("share most of it", R"({ history = "tight.json", sampling = "window" })"));
  for (const char* quiet : {"was not measured", "a shorter step follows", "come again", "share most"})
    EXPECT_FALSE(warned(quiet, R"({ history = "fit.json", sampling = "window" })")) << quiet;
  EXPECT_TRUE(warned("nothing is uncertain", R"({ history = "fit.json" })"));
  EXPECT_FALSE(warned("nothing is uncertain", R"({ history = "fit.json", every = "1h" })"));
}

}  // namespace
}  // namespace costrisk::scenario
