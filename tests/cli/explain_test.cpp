// `costrisk explain` as a user drives it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/results/store/hdf5.hpp"
#include "src/results/store/results_file.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string config(const std::string& name) { return (fs::path(COSTRISK_SOURCE_DIR) / "configs" / name).string(); }

/// Money in a CSV cell to micro-units.
std::int64_t micros(const std::string& cell) {
  const auto point = cell.find('.');
  const std::int64_t whole = std::stoll(cell.substr(0, point)), rest = std::stoll(cell.substr(point + 1));
  return cell[0] == '-' ? whole * 1'000'000 - rest : whole * 1'000'000 + rest;
}

/// The columns of a CSV file by their names.
std::map<std::string, std::vector<std::string>> columns_of(const std::string& file) {
  std::istringstream text(read_text(file));
  std::map<std::string, std::vector<std::string>> columns;
  std::vector<std::string> names;
  for (std::string line; std::getline(text, line);) {
    std::istringstream cells(line);
    std::size_t place = 0;
    for (std::string cell; std::getline(cells, cell, ','); ++place)
      if (columns.size() < place + 1 && names.size() == place)
        names.push_back(cell), columns[cell] = {};
      else
        columns[names.at(place)].push_back(cell);
  }
  return columns;
}

class Explain : public testing::Test {
 protected:
  Ended run(const std::vector<std::string>& arguments) const { return costrisk(arguments, folder); }
  Json story(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "explain");
    arguments.push_back("--json");
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.code == 0 ? Json::parse(ended.out) : Json();
  }

  ScratchFolder folder;
};

struct Case {
  const char* config;
  const char* paths;
  const char* plan;
};

class ExplainConfigs : public Explain, public testing::WithParamInterface<Case> {};

TEST_P(ExplainConfigs, CostsAreThoseKeptByTheRun) {
  const auto [name, paths, plan] = GetParam();
  ASSERT_EQ(run({"run", config(name), "--paths", paths, "--keep-paths", "-o", "kept.h5", "--quiet"}).code, 0);
  const results::Results results = results::read_results(folder / "kept.h5");
  const auto place = std::find(results.context.plans.begin(), results.context.plans.end(), plan);
  ASSERT_NE(place, results.context.plans.end());
  const std::vector<std::int64_t> costs =
      results::read_tally(folder / "kept.h5").costs_by_path(static_cast<int>(place - results.context.plans.begin()));
  std::vector<std::int64_t> sorted = costs;
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(costs.size());
  const std::vector<std::pair<std::vector<std::string>, std::int64_t>> cases = {
      {{"--quantile", "0.5"}, sorted[static_cast<std::size_t>(std::ceil(0.5 * n)) - 1]},
      {{"--quantile", "0.99"}, sorted[static_cast<std::size_t>(std::ceil(0.99 * n)) - 1]},
      {{"--worst"}, sorted.back()}};
  for (const auto& [choice, cost] : cases) {
    std::vector<std::string> arguments = {"kept.h5", "--plan", plan, "--csv", "path.csv"};
    arguments.insert(arguments.end(), choice.begin(), choice.end());
    const Json told = story(arguments);
    const auto path = told["path"].get<std::size_t>();
    EXPECT_EQ(costs.at(path), cost);
    EXPECT_EQ(std::llround(told["cost"].get<double>() * 1e6), cost);
    // Of equal costs the lowest path.
    EXPECT_EQ(static_cast<std::size_t>(std::find(costs.begin(), costs.end(), cost) - costs.begin()), path);

    const auto columns = columns_of(folder / "path.csv");
    std::int64_t sum = 0;
    for (const std::string& cell : columns.at("cost")) sum += micros(cell);
    EXPECT_EQ(sum, cost);
    EXPECT_EQ(micros(columns.at("cumulative_cost").back()), cost);

    double categories = 0.0;
    for (const Json& category : told["categories"]) categories += category["cost"].get<double>();
    EXPECT_NEAR(categories, told["cost"].get<double>(), 1e-6 * static_cast<double>(told["categories"].size()));
  }
}

TEST_P(ExplainConfigs, AScenarioAndItsResultsTellTheSameStory) {
  const auto [name, paths, plan] = GetParam();
  ASSERT_EQ(run({"run", config(name), "--paths", paths, "-o", "run.h5", "--quiet"}).code, 0);
  const Ended from_results = run({"explain", "run.h5", "--plan", plan, "--quantile", "0.9"});
  const Ended from_scenario = run({"explain", config(name), "--paths", paths, "--plan", plan, "--quantile", "0.9"});
  EXPECT_EQ(from_results.code, 0) << from_results.err;
  EXPECT_EQ(from_results.out, from_scenario.out);
  EXPECT_TRUE(contains(from_results.out, "than the median future")) << from_results.out;
}

INSTANTIATE_TEST_SUITE_P(Configs, ExplainConfigs,
                         testing::Values(Case{"quickstart.toml", "2000", "uniform"},
                                         Case{"llm-chat.toml", "150", "autoscaled"}),
                         [](const auto& test) { return test.index == 0 ? "quickstart" : "llmchat"; });

/// Nothing in it is left to chance: the job runs for 24 hours from day 2 on, the fleet is a third too small from day 4
/// on.
constexpr const char* certain = R"(
name = "certain"
start = 2026-03-02T00:00:00
horizon = "7d"
step = "30m"
[simulation]
paths = 3
[[market]]
name = "m"
on_demand = 2.0
[[job]]
name = "train"
work = 48
throughput = { m = 1.0 }
release = "1d"
deadline = "2d"
[[demand]]
name = "chat"
base = 3.0
change = [ { at = "3d", multiplier = 2.0 } ]
[[service]]
name = "bot"
demand = "chat"
rate = { m = 1.0 }
[[plan]]
name = "only"
[plan.job.train]
markets = ["m"]
instances = 2
[plan.service.bot]
utilization = 1.0
max = 4
pools = [ { market = "m", buy = "on-demand" } ]
[[plan.commitment]]
market = "m"
instances = 1
price_per_hour = 1.0
from = "2d"
term = "1y"
)";

TEST_F(Explain, TellsAScenarioWhoseStoryIsKnown) {
  const Json told = story({folder.write("certain.toml", certain), "--path", "1", "--csv", "c.csv"});
  std::vector<std::string> events;
  for (const Json& event : told["events"])
    events.push_back(event["moment"].get<std::string>() + ": " + event["words"].get<std::string>());
  // From day 4 on 2 of 6 requests a second find nobody: 2 · 86,400 · 4.
  EXPECT_EQ(events, (std::vector<std::string>{
                        "day 2, 3 Mar 00:00: train is released",
                        "day 2, 3 Mar 00:00: train starts on-demand in m",
                        "day 3, 4 Mar 00:00: the commitment for 1 instance in m begins",
                        "day 3, 4 Mar 00:00: train is done, 24.0 h before its deadline",
                        "day 4, 5 Mar 00:00: change 1 of chat happens, demand ×2.00 from here on",
                        "day 4, 5 Mar 00:00: 691 k requests of bot unserved over 4.0 d, 33.3 % of all then",
                    }));
  EXPECT_EQ(told["conclusion"][0], "It costs as much as the median future.");
  const auto columns = columns_of(folder / "c.csv");
  ASSERT_EQ(columns.at("hours").size(), 7u * 48u);
  EXPECT_EQ(columns.at("start")[49], "2026-03-03T00:30:00");
  EXPECT_EQ(columns.at("job.train.instances.m.on-demand")[47], "0");
  EXPECT_EQ(columns.at("job.train.instances.m.on-demand")[48], "2");
  EXPECT_EQ(columns.at("job.train.progress")[71], "0.5");
  EXPECT_EQ(columns.at("service.bot.instances.m.on-demand")[0], "3");
  EXPECT_EQ(columns.at("service.bot.instances.m.on-demand")[200], "4");
  EXPECT_EQ(columns.at("service.bot.unserved")[0], "0");
  EXPECT_EQ(columns.at("service.bot.unserved")[200], "3600");
  EXPECT_EQ(columns.at("market.m.on_demand_price")[5], "2");
  // What a commitment may cover is settled by the hour: three instances at 2, and on day 2 two more.
  EXPECT_EQ(columns.at("cost")[0], "0.000000");
  EXPECT_EQ(columns.at("cost")[1], "6.000000");
  EXPECT_EQ(columns.at("cost")[51], "10.000000");
}

TEST_F(Explain, ALongHorizonHasFewerRowsThanSteps) {
  const std::string file = folder.write("small.toml", small_scenario());
  const auto rows_of = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"explain", file, "--set",   "step=1m", "--plan", "gamble",
                                          "--path",  "0",  "--paths", "8",       "--csv",  "t.csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return std::pair(ended.out, columns_of(folder / "t.csv"));
  };
  const auto [coarse_text, coarse] = rows_of({});
  const auto [fine_text, fine] = rows_of({"--every", "1m"});
  EXPECT_TRUE(contains(coarse_text, "written to t.csv, a row for every 5m; --every 1m gives all 20,160 steps"))
      << coarse_text;
  EXPECT_FALSE(contains(fine_text, "--every")) << fine_text;
  ASSERT_EQ(coarse.at("cost").size(), 4032u);
  ASSERT_EQ(fine.at("cost").size(), 20160u);
  EXPECT_EQ(coarse.at("start")[1], fine.at("start")[5]);
  for (std::size_t row = 0; row < 4032; ++row) {
    std::int64_t cost = 0;
    double held = 0.0;
    for (std::size_t k = 5 * row; k < 5 * row + 5; ++k) {
      cost += micros(fine.at("cost")[k]);
      held += std::stod(fine.at("job.train.instances.zone.spot")[k]) / 5;
    }
    EXPECT_EQ(micros(coarse.at("cost")[row]), cost) << row;
    EXPECT_NEAR(std::stod(coarse.at("job.train.instances.zone.spot")[row]), held, 1e-5) << row;
    EXPECT_EQ(coarse.at("cumulative_cost")[row], fine.at("cumulative_cost")[5 * row + 4]);
    EXPECT_EQ(coarse.at("job.train.progress")[row], fine.at("job.train.progress")[5 * row + 4]);
  }
  for (const char* every : {"90s", "0m", "5y", "soon"}) {
    const Ended refused =
        run({"explain", file, "--set", "step=1m", "--plan", "gamble", "--path", "0", "--paths", "8", "--every", every});
    EXPECT_EQ(refused.code, 2) << every;
    EXPECT_TRUE(contains(refused.err, "multiple of the step of 1m")) << refused.err;
  }
}

TEST_F(Explain, WritesTheTimelineAsHdf5AndAPage) {
  const std::string file = folder.write("certain.toml", certain);
  const Ended ended = run({"explain", file, "--worst", "--hdf5", "new/t.h5", "--html", "t.html", "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.out, "written to new/t.h5"));
  const results::hdf5::Handle timeline = results::hdf5::open_to_read(folder / "new/t.h5");
  EXPECT_EQ(results::hdf5::read_text_attribute(timeline, "filetype"), "costrisk timeline");
  const std::vector<double> cumulative = results::hdf5::read_values<double>(timeline, "cumulative_cost");
  ASSERT_EQ(cumulative.size(), 7u * 48u);
  EXPECT_EQ(results::hdf5::read_strings(timeline, "holding"),
            (std::vector<std::string>{"train m on-demand", "train m spot", "bot m on-demand"}));
  const std::string page = read_text(folder / "t.html");
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0u);
  EXPECT_TRUE(contains(page, "<svg"));
  EXPECT_FALSE(contains(page, "<script"));
  EXPECT_FALSE(contains(page, "http://"));
  EXPECT_FALSE(contains(page, "https://"));
  // Written again over themselves, and over nothing else.
  EXPECT_EQ(run({"explain", file, "--worst", "--hdf5", "new/t.h5", "--html", "t.html", "--quiet"}).code, 0);
  const Ended refused = run({"explain", file, "--worst", "--csv", file});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(refused.err, "is no timeline in CSV")) << refused.err;
  EXPECT_EQ(read_text(file), certain);
}

TEST_F(Explain, ABadCommandLineIsExitCodeTwoWithARemedy) {
  const std::string small = folder.write("small.toml", small_scenario());
  ASSERT_EQ(run({"run", small, "-o", "small.h5", "--quiet"}).code, 0);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{small, "--plan", "gamble"}, "Say --path N, --quantile 0.99 or --worst"},
      {{small, "--plan", "gamble", "--worst", "--path", "3"}, "give one of them"},
      {{small, "--plan", "gamble", "--quantile", "1"}, "not between 0 and 1"},
      {{small, "--worst"}, "there are 'steady', 'gamble'"},
      {{small, "--worst", "--plan", "gambol"}, "'gambol' is no plan"},
      {{"small.h5", "--plan", "gamble", "--path", "500"}, "the futures 0 to 499"},
      {{"small.h5", "--plan", "gamble", "--worst", "--set", "budget=3"}, "name its scenario file"},
      {{"none.h5", "--worst"}, "there is no such file"},
      {{small, "--plan", "gamble", "--worst", "--csv", "."}, "is a folder"},
  };
  for (const auto& [arguments, words] : cases) {
    std::vector<std::string> all = {"explain"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Ended ended = run(all);
    EXPECT_EQ(ended.code, 2) << words;
    EXPECT_TRUE(contains(ended.err, words)) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

TEST_F(Explain, AResultFileOfOtherParametersIsRefused) {
  const std::string small = folder.write("small.toml", small_scenario());
  ASSERT_EQ(run({"run", small, "-o", "small.h5", "--quiet"}).code, 0);
  results::Results results = results::read_results(folder / "small.h5");
  results.context.parameters_sha256 = std::string(64, '0');
  results::write_results(folder / "other.h5", results, results::read_tally(folder / "small.h5"));
  const Ended ended = run({"explain", "other.h5", "--plan", "gamble", "--worst"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "parameters_sha256 differs")) << ended.err;
}

TEST_F(Explain, JsonOfARunHoldsItsConvergence) {
  const std::string small = folder.write("small.toml", small_scenario());
  const Ended ended = run({"run", small, "--paths", "9000", "--json", "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json plan = Json::parse(ended.out)["plans"][0];
  ASSERT_EQ(plan["convergence_mean"].size(), 2u);
  EXPECT_LT(plan["convergence_mean_se"]["8192"].get<double>(), plan["convergence_mean_se"]["4096"].get<double>());
  EXPECT_LE(plan["convergence_p95_low"]["4096"].get<double>(), plan["convergence_p95"]["4096"].get<double>());
}

}  // namespace
}  // namespace costrisk::tests
