// The program as a user drives it: streams, exit codes, files.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "src/present/text/text_table.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// The row of a table that begins with a plan's name.
std::string row_of(const std::string& table, const std::string& plan) {
  const auto start = table.find("\n" + plan + " ");
  return start == std::string::npos ? "" : table.substr(start + 1, table.find('\n', start + 1) - start - 1);
}

class CommandLine : public testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments, const Environment& environment = {}) const {
    return costrisk(arguments, folder, environment);
  }
  /// `run small.toml` with more arguments.
  Ended run_small(std::vector<std::string> more = {}, const Environment& environment = {}) const {
    more.insert(more.begin(), {"run", "small.toml"});
    return costrisk(more, folder, environment);
  }

  ScratchFolder folder;
  std::string small = folder.write("small.toml", small_scenario());
};

TEST_F(CommandLine, EveryCommandExplainsItselfWithExamples) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{}, {"run"}, {"check"}, {"show"}, {"devices"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(contains(ended.out, "Examples:\n  costrisk")) << ended.out;
    EXPECT_EQ(ended.err, "");
  }
}

TEST_F(CommandLine, WhatOptionsDoFitsEightyColumns) {
  for (const char* command : {"run", "check", "show", "explain", "bench", "backtest"}) {
    std::istringstream help(run({command, "--help"}).out);
    for (std::string line; std::getline(help, line) && line.rfind("Examples", 0) != 0;)
      EXPECT_TRUE(line.size() <= 80 || line.rfind(std::string(30, ' '), 0) != 0) << line;
  }
}

TEST_F(CommandLine, VersionNamesVersionAndCommit) {
  const Ended ended = run({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out.rfind("costrisk 0.", 0), 0u) << ended.out;
}

TEST_F(CommandLine, VersionAsJsonListsWhatTheProgramIsMadeOf) {
  const Ended ended = run({"--version", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json version = Json::parse(ended.out);
  EXPECT_TRUE(contains(run({"--version"}).out, version.at("git_sha").get<std::string>()));
  std::ifstream notices(fs::path(COSTRISK_SOURCE_DIR) / "THIRD_PARTY.md");
  const std::string third_party{std::istreambuf_iterator<char>(notices), {}};
  std::set<std::string> names;
  for (const Json& component : version.at("sbom").at("components")) {
    names.insert(component.at("name"));
    EXPECT_NE(component.at("version"), "");
    EXPECT_TRUE(contains(third_party, component.at("name"))) << component.at("name");
  }
  for (const char* linked : {"HDF5", "libaec", "zlib", "oneTBB"}) EXPECT_EQ(names.count(linked), 1u) << linked;
}

TEST_F(CommandLine, WrongUsageIsExitCodeTwoAndSaysWhy) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "a command is needed"},
      {{"simulate"}, "'simulate' is no command; there are: run"},
      {{"run"}, "FILE"},
      {{"run", "small.toml", "--colour"}, "--colour"},
      {{"run", "small.toml", "--paths", "0"}, "--paths"},
      {{"run", "small.toml", "--paths", "many"}, "'many' is no whole number from 1 to"},
      {{"run", "small.toml", "--paths", "1.5"}, "'1.5' is no whole number from 1 to"},
      {{"run", "small.toml", "--paths", "2000000M"}, "as in 5000, 100k or 1M"},
      {{"run", "small.toml", "-o", ""}, "--output: nothing is given"},
      {{"run", "small.toml", "--until-error", ""}, "--until-error: nothing is given"},
      {{"run", "small.toml", "--colour"}, "Try costrisk run --help."},
      {{"backtest", "replay", "--colour"}, "Try costrisk backtest replay --help."},
      {{"backtest", "replay", "--spot-price", "-1"}, "'-1' is no number above 0"},
      {{"bench", "--case", "nosuch"}, "nosuch not in {jobs,plans,grid,commitments}"},
      {{"run", "small.toml", "--seed", "-1"}, "--seed"},
      {{"run", "small.toml", "--seed", "9223372036854775808"}, "no whole number from 0 to 9,223,372,036,854,775,807"},
      {{"bench", "--seconds", "nan"}, "'nan' is no number from 0.01 to 3600"},
      {{"ladder", "--seconds", "nan"}, "'nan' is no number from 0 to 3600"},
      {{"ladder", "--rungs", ""}, "--rungs: nothing is given"},
      {{"ladder", "--diff", "4", "4"}, "compares a rung with itself"},
      {{"run", "small.toml", "--threads", "-2"}, "--threads"},
      {{"run", "small.toml", "--backend", "abacus"}, "abacus"},
      {{"run", "small.toml", "-o", "a.h5", "-o", "b.h5"}, "-o"},
      {{"run", "small.toml", "small.toml"}, "small.toml"},
      {{"run", "nowhere.toml"}, "nowhere.toml"},
      {{"run", "."}, "."},
      {{"check", "nowhere.toml"}, "nowhere.toml"},
      {{"show", "nowhere.h5"}, "nowhere.h5"},
      {{"show", "small.toml"}, "small.toml"},
  };
  for (const auto& [arguments, reason] : cases) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << reason << "\n" << ended.err;
    EXPECT_EQ(ended.out, "") << reason;
    EXPECT_TRUE(contains(ended.err, "error")) << ended.err;
    EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
  }
  EXPECT_FALSE(fs::exists(folder / "results"));
}

TEST_F(CommandLine, RunPrintsTheTableAndWritesTheDefaultFile) {
  const Ended ended = run_small();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(row_of(ended.out, "steady"), "") << ended.out;
  EXPECT_NE(row_of(ended.out, "gamble"), "") << ended.out;
  EXPECT_TRUE(contains(ended.out, "500 futures"));
  EXPECT_TRUE(contains(ended.out, "results/small.h5"));
  EXPECT_TRUE(fs::exists(folder / "results/small.h5"));
  EXPECT_TRUE(contains(ended.err, "thread")) << ended.err;
  EXPECT_FALSE(contains(ended.out + ended.err, "\033")) << "no terminal codes in files";
  EXPECT_FALSE(contains(ended.err, "\r"));
}

TEST_F(CommandLine, TheTableFitsEightyColumns) {
  const Ended ended = run_small();
  std::size_t start = 0;
  for (std::size_t end; (end = ended.out.find('\n', start)) != std::string::npos; start = end + 1)
    EXPECT_LE(present::display_width(ended.out.substr(start, end - start)), 80) << ended.out.substr(start, end - start);
}

TEST_F(CommandLine, QuietLeavesOnlyTheResults) {
  const Ended ended = run_small({"--quiet"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_NE(row_of(ended.out, "steady"), "");
}

TEST_F(CommandLine, OptionsReplaceWhatTheFileSays) {
  const Ended ended = run_small({"--paths", "123", "--seed", "9", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json document = Json::parse(ended.out);
  EXPECT_EQ(document["paths"], 123);
  EXPECT_EQ(document["seed"], 9);
}

TEST_F(CommandLine, JsonHasEveryPlanAndFigure) {
  const Ended ended = run_small({"--json", "-o", "elsewhere/out.h5", "--paths", "4000"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json document = Json::parse(ended.out);
  EXPECT_EQ(document["scenario"], "Small");
  EXPECT_EQ(document["status"], "complete");
  EXPECT_EQ(document["currency"], "USD");
  EXPECT_EQ(document["budget"], 600);
  EXPECT_TRUE(contains(document["file"].get<std::string>(), "elsewhere/out.h5"));
  EXPECT_TRUE(fs::exists(folder / "elsewhere/out.h5"));
  ASSERT_EQ(document["plans"].size(), 2u);
  double cheapest = 0.0;
  for (const Json& plan : document["plans"]) {
    EXPECT_GT(plan["cost_mean"].get<double>(), 0.0);
    const double middle = plan["cost_quantile"]["0.5"].get<double>();
    EXPECT_LE(plan["cost_quantile_low"]["0.5"].get<double>(), middle);
    EXPECT_LE(middle, plan["cost_quantile_high"]["0.5"].get<double>());
    EXPECT_GE(plan["cost_cvar"]["0.95"].get<double>(), plan["cost_quantile"]["0.95"].get<double>());
    EXPECT_TRUE(plan["late"]["train"].is_number());
    cheapest += plan["cheapest"].get<double>();
  }
  EXPECT_NEAR(cheapest, 1.0, 1e-12) << "one plan is the cheapest in every future";
}

TEST_F(CommandLine, ShowPrintsWhatRunPrinted) {
  const Ended first = run_small();
  const Ended second = run({"show", "results/small.h5"});
  EXPECT_EQ(second.code, 0) << second.err;
  for (const std::string plan : {"steady", "gamble"}) EXPECT_EQ(row_of(second.out, plan), row_of(first.out, plan));

  const Ended from_run = run_small({"--json"}), from_file = run({"show", "results/small.h5", "--json"});
  EXPECT_EQ(Json::parse(from_run.out), Json::parse(from_file.out));
}

TEST_F(CommandLine, IntervalsAddTheirEnds) {
  ASSERT_EQ(run_small().code, 0);
  const Ended ended = run({"show", "results/small.h5", "--intervals"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.out, "\n  from ")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "\n  to ")) << ended.out;
}

TEST_F(CommandLine, TwoRunsGiveTheSameFile) {
  ASSERT_EQ(run_small({"-o", "a.h5"}).code, 0);
  ASSERT_EQ(run_small({"-o", "b.h5", "--threads", "3"}).code, 0);
  const std::string a = read_text(folder / "a.h5");
  EXPECT_GT(a.size(), 1000u);
  EXPECT_TRUE(a == read_text(folder / "b.h5"));
  ASSERT_EQ(run_small({"-o", "b.h5", "--seed", "43"}).code, 0);
  EXPECT_FALSE(a == read_text(folder / "b.h5"));
}

TEST_F(CommandLine, SetChangesAValueByItsAddress) {
  const Ended base = run_small({"--json"});
  const Ended dearer = run_small({"--json", "--set", "market.zone.on_demand.price=20", "--set", "budget=500"});
  ASSERT_EQ(dearer.code, 0) << dearer.err;
  const Json a = Json::parse(base.out), b = Json::parse(dearer.out);
  EXPECT_EQ(b["budget"], 500);
  EXPECT_NEAR(b["plans"][0]["cost_mean"].get<double>() / a["plans"][0]["cost_mean"].get<double>(), 2.0, 1e-6);
}

TEST_F(CommandLine, AWrongSetIsExitCodeTwo) {
  for (const std::string assignment : {"market.zone.on_demand.prize=20", "market.zone", "horizon=tomorrow"}) {
    const Ended ended = run_small({"--set", assignment});
    EXPECT_EQ(ended.code, 2) << assignment << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(contains(ended.err, assignment)) << ended.err;
  }
}

TEST_F(CommandLine, AGateThatHoldsChangesNothing) {
  const Ended ended = run_small({"--require", "mean>0", "--require", "steady:over_budget<=100%"});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(CommandLine, AGateThatFailsIsExitCodeThreeWithResults) {
  const Ended ended = run_small({"--require", "steady:p95<1", "--require", "mean<1k"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_NE(row_of(ended.out, "steady"), "");
  EXPECT_TRUE(fs::exists(folder / "results/small.h5"));
  EXPECT_TRUE(contains(ended.err, "steady: p95 is ")) << ended.err;
  EXPECT_FALSE(contains(ended.err, "gamble: p95"));
}

TEST_F(CommandLine, AGateThatCannotBeJudgedIsExitCodeThree) {
  const Ended ended = run_small({"--paths", "1", "--require", "sd<1k", "--require", "mean>0"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_TRUE(contains(ended.err, "gamble: sd cannot be judged: a single future has no spread")) << ended.err;
}

TEST_F(CommandLine, AGateOfNothingKnownIsExitCodeTwoBeforeAnyWork) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"over_bugdet<5%", "over_budget"}, {"fast:mean<5", "steady"}, {"late.tarin<5%", "late.train"}, {"p96<5", "p95"},
      {"mean", "over_budget<5%"},        {"mean<cheap", "5%"}};
  for (const auto& [gate, hint] : cases) {
    const Ended ended = run_small({"--require", gate});
    EXPECT_EQ(ended.code, 2) << gate;
    EXPECT_TRUE(contains(ended.err, gate)) << ended.err;
    EXPECT_TRUE(contains(ended.err, hint)) << ended.err;
    EXPECT_FALSE(fs::exists(folder / "results"));
  }
}

TEST_F(CommandLine, AGateOnATailWithoutFuturesIsExitCodeThree) {
  const Ended ended = run_small({"--paths", "20", "--require", "steady:cvar99<60k"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(contains(ended.err, "steady: cvar99 cannot be judged: of 20 futures it cannot be known; 20,000 would do"))
      << ended.err;
}

TEST_F(CommandLine, NumbersOfFuturesHaveUnits) {
  for (const std::string paths : {"1e3", "1k", "0.001M", "1000"}) {
    const Ended ended = run_small({"--paths", paths, "--json", "--quiet"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(Json::parse(ended.out)["paths"], 1000) << paths;
  }
}

TEST_F(CommandLine, ABackendThatIsMissingIsExitCodeFourBeforeAnyWork) {
  const Json devices = Json::parse(run({"devices", "--json"}).out);
  std::string missing;
  for (const Json& backend : devices["backends"])
    if (!backend["available"].get<bool>()) missing = backend["name"];
  if (missing.empty()) GTEST_SKIP() << "every backend is available here";
  for (const Ended& ended : {run_small({"--backend", missing}),
                             run({"explain", small, "--plan", "gamble", "--worst", "--backend", missing})}) {
    EXPECT_EQ(ended.code, 4) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(contains(ended.err, missing)) << ended.err;
    EXPECT_FALSE(contains(ended.err, "simulating")) << ended.err;
  }
  EXPECT_FALSE(fs::exists(folder / "results"));
}

TEST_F(CommandLine, ScalarIsAlwaysThere) {
  const Ended table = run({"devices"});
  EXPECT_EQ(table.code, 0);
  EXPECT_TRUE(contains(table.out, "scalar"));
  bool scalar = false;
  const Json document = Json::parse(run({"devices", "--json"}).out);
  for (const Json& backend : document["backends"])
    scalar = scalar || (backend["name"] == "scalar" && backend["available"].get<bool>());
  EXPECT_TRUE(scalar);
}

TEST_F(CommandLine, AnOutputThatCannotBeWrittenIsExitCodeFiveBeforeAnyWork) {
  folder.write("blocked", "a file where a folder should be");
  for (const std::string output : {"blocked/out.h5", "/proc/none/out.h5"}) {
    // Were it simulated first, this would take for ever.
    const Ended ended = run_small({"-o", output, "--paths", "1000000000"});
    EXPECT_EQ(ended.code, 5) << ended.err;
    EXPECT_TRUE(contains(ended.err, output.substr(0, output.rfind('/')))) << ended.err;
  }
  EXPECT_EQ(read_text(folder / "blocked"), "a file where a folder should be");
}

TEST_F(CommandLine, StandardOutputThatIsFullIsExitCodeFive) {
  Child child({"/bin/sh", "-c", std::string(COSTRISK_PROGRAM) + " devices >/dev/full"}, folder.path());
  const Ended ended = child.wait();
  EXPECT_EQ(ended.code, 5) << ended.err;
  EXPECT_TRUE(contains(ended.err, "standard output")) << ended.err;
}

TEST_F(CommandLine, StandardErrorThatCannotBeWrittenEndsNoRun) {
  const Ended expected = run_small();
  ASSERT_EQ(expected.code, 0) << expected.err;
  const std::string file = read_text(folder / "results/small.h5");
  for (const std::string stderr_is : {"2>/dev/full", "2>&-", "2>&1 >out | true"}) {
    fs::remove_all(folder / "results");
    // The second command is one whose error message cannot be said.
    for (const auto& [arguments, code] : {std::pair{"run small.toml", 0}, std::pair{"run nowhere.toml", 2}}) {
      const std::string line =
          std::string("{ ") + COSTRISK_PROGRAM + " " + arguments + "; echo $? >code; } " + stderr_is;
      Child child({"/bin/sh", "-c", line}, folder.path());
      child.wait();
      EXPECT_EQ(read_text(folder / "code"), std::to_string(code) + "\n") << line;
    }
    EXPECT_TRUE(read_text(folder / "results/small.h5") == file) << stderr_is;
  }
}

TEST_F(CommandLine, StandardOutputThatIsClosedIsExitCodeFive) {
  Child child({"/bin/sh", "-c", std::string(COSTRISK_PROGRAM) + " run small.toml >&-"}, folder.path());
  const Ended ended = child.wait();
  EXPECT_EQ(ended.code, 5) << ended.err;
  EXPECT_TRUE(contains(ended.err, "standard output")) << ended.err;
  EXPECT_EQ(run({"show", "results/small.h5"}).code, 0) << "the results are whole";
}

TEST_F(CommandLine, APipeThatNobodyReadsEndsAProgramQuietly) {
  ASSERT_EQ(run_small().code, 0);
  for (const std::string command : {"show results/small.h5", "check small.toml", "run small.toml --quiet"}) {
    const std::string line =
        std::string("{ sleep 0.2; ") + COSTRISK_PROGRAM + " " + command + "; echo $? >code; } | true";
    Child child({"/bin/sh", "-c", line}, folder.path());
    const Ended ended = child.wait();
    EXPECT_EQ(ended.err, "") << command;
    EXPECT_EQ(read_text(folder / "code"), "141\n") << command;
  }
}

TEST_F(CommandLine, AScenarioMayComeThroughAPipe) {
  folder.write("whole.toml", "include = [\"small.toml\"]\n");
  for (const std::string command : {"check /dev/stdin", "run /dev/stdin --quiet --paths 200",
                                    "explain /dev/stdin --plan gamble --worst --paths 200"}) {
    Child child({"/bin/sh", "-c", std::string("cat whole.toml | ") + COSTRISK_PROGRAM + " " + command}, folder.path());
    const Ended ended = child.wait();
    EXPECT_EQ(ended.code, 0) << command << "\n" << ended.err;
  }
  EXPECT_TRUE(fs::exists(folder / "results/stdin.h5"));
  Child endless({"/bin/sh", "-c", std::string("yes | ") + COSTRISK_PROGRAM + " check /dev/stdin"}, folder.path());
  const Ended ended = endless.wait();
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "more than 1 MiB")) << ended.err;
}

TEST_F(CommandLine, ASignalLeavesAValidPartialFile) {
  for (const auto& [number, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}, std::pair{SIGHUP, 129},
                                     std::pair{SIGUSR1, 138}, std::pair{SIGXCPU, 152}}) {
    fs::remove_all(folder / "results");
    Child child({COSTRISK_PROGRAM, "run", "small.toml", "--paths", "1000000000000"}, folder.path());
    ASSERT_TRUE(child.wait_for_stderr("simulating"));
    child.sleep_ms(500);
    child.signal(number);
    const Ended ended = child.wait();
    EXPECT_EQ(ended.code, code) << ended.err;
    const Ended shown = run({"show", "results/small.h5", "--json"});
    ASSERT_EQ(shown.code, 0) << shown.err;
    const Json document = Json::parse(shown.out);
    EXPECT_EQ(document["status"], "partial");
    EXPECT_GT(document["paths"].get<std::uint64_t>(), 0u);
    EXPECT_LT(document["paths"].get<std::uint64_t>(), 1'000'000'000'000u);
  }
}

/// A year of minutes, and enough services that one group of paths takes many seconds on any processor.
std::string slow_scenario() {
  std::string text =
      "horizon = \"365d\"\nstep = \"1m\"\n[[market]]\nname = \"m\"\non_demand = 1\n"
      "spot = { price = { mean = 0.5, volatility = 0.2, half_life = \"3d\" }, reclaim_every = \"20h\" }\n"
      "[[demand]]\nname = \"d\"\nbase = { low = 100, mode = 200, high = 400 }\nprofile = \"business\"\n";
  std::string plan = "[[plan]]\nname = \"p\"\n";
  for (int i = 0; i < 16; ++i) {
    const std::string name = "s" + std::to_string(i);
    text += "[[service]]\nname = \"" + name +
            "\"\ndemand = \"d\"\nrate = { m = 4 }\nqueue = { limit = 1000, drain = \"5m\" }\n";
    plan += "[plan.service." + name +
            "]\npools = [{ market = \"m\", buy = \"spot\", share = 0.5 }, { market = \"m\", buy = \"on-demand\" }]\n";
  }
  return text + plan;
}

TEST_F(CommandLine, AStopIsNoticedWithinTwoSecondsHoweverLongAPathTakes) {
  folder.write("slow.toml", slow_scenario());
  Child child({COSTRISK_PROGRAM, "run", "slow.toml", "--paths", "1000000"}, folder.path());
  ASSERT_TRUE(child.wait_for_stderr("simulating"));
  child.sleep_ms(1000);
  const auto signalled = std::chrono::steady_clock::now();
  child.signal(SIGTERM);
  const Ended ended = child.wait();
  // Two seconds on a processor of one's own; tests share theirs.
  EXPECT_LT(std::chrono::steady_clock::now() - signalled, std::chrono::seconds(4));
  EXPECT_EQ(ended.code, 143) << ended.err;
  EXPECT_TRUE(contains(ended.err, "nothing is written") || fs::exists(folder / "results/slow.h5")) << ended.err;
}

TEST_F(CommandLine, AResultThatARunDoesNotComeToAgainIsNotReplacedInSilence) {
  ASSERT_EQ(run({"run", "small.toml", "--paths", "2000", "--quiet"}).code, 0);
  EXPECT_FALSE(contains(run({"run", "small.toml", "--paths", "2000"}).err, "is replaced by"));
  EXPECT_FALSE(contains(run({"run", "small.toml", "--paths", "3000"}).err, "is replaced by"));
  EXPECT_TRUE(contains(run({"run", "small.toml", "--paths", "1000"}).err, "results/small.h5 holds 3,000 futures"));
  const Ended other = run({"run", "small.toml", "--paths", "1000", "--set", "name=\"another\""});
  EXPECT_TRUE(contains(other.err, "is replaced by this run of 'another'")) << other.err;
}

TEST_F(CommandLine, ALinkToNothingAndADashAreNoOutputs) {
  fs::create_symlink("nowhere.h5", folder.path() / "link.h5");
  for (const auto& [name, problem] : {std::pair("link.h5", "is a link to nothing"), {"-", "not standard output"}}) {
    const Ended ended = run({"run", "small.toml", "-o", name, "--quiet"});
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_TRUE(contains(ended.err, problem)) << ended.err;
  }
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.h5"));
  EXPECT_FALSE(fs::exists(folder.path() / "-"));
  folder.write("nowhere.h5", "");
  EXPECT_EQ(run({"run", "small.toml", "-o", "link.h5", "--quiet"}).code, 0);
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.h5"));
  EXPECT_EQ(run({"show", "nowhere.h5"}).code, 0);
}

TEST_F(CommandLine, AReportOfAnotherResultIsNoticed) {
  const std::string other = "was made from another result";
  const Ended first = run({"run", "small.toml", "--report", "--seed", "1"});
  EXPECT_EQ(first.code, 0);
  EXPECT_FALSE(contains(first.err, other)) << first.err;
  const std::string report = read_text(folder / "results/small.html");
  ASSERT_FALSE(contains(run({"run", "small.toml", "--report", "--seed", "2"}).err, other));
  ASSERT_FALSE(contains(run({"show", "results/small.h5"}).err, other));
  // As two runs that write at once can leave them.
  folder.write("results/small.html", report);
  const Ended shown = run({"show", "results/small.h5"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(contains(shown.err, "results/small.html " + other)) << shown.err;
  EXPECT_EQ(run({"report", "results/small.h5"}).code, 0);
  EXPECT_FALSE(contains(run({"show", "results/small.h5"}).err, other));
}

TEST_F(CommandLine, AStoppedRunDoesNotReplaceALargerStoppedOne) {
  ASSERT_EQ(run({"run", "small.toml", "--paths", "1000000", "--quiet"}).code, 0);
  fs::copy_file(folder / "results/small.h5", folder / "results/small.partial.h5");
  const std::string larger = read_text(folder / "results/small.partial.h5");
  Child child(
      {COSTRISK_PROGRAM, "run", "small.toml", "--paths", "1000000000000", "--backend", "scalar", "--threads", "1"},
      folder.path());
  ASSERT_TRUE(child.wait_for_stderr("simulating"));
  child.sleep_ms(200);
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait().code, 143);
  EXPECT_EQ(read_text(folder / "results/small.partial.h5"), larger);
  EXPECT_EQ(run({"show", "results/small.partial-2.h5"}).code, 0);
}

TEST_F(CommandLine, ATerminalGetsAProgressLineThatIsTakenAway) {
  const Ended ended = costrisk_on_terminal({"run", "small.toml"}, folder);
  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(contains(ended.out, "  0 % [...")) << ended.out;
  const auto last = ended.out.rfind("\r\033[K");
  ASSERT_NE(last, std::string::npos);
  EXPECT_LT(last, ended.out.find("steady"));
  const Ended quiet = costrisk_on_terminal({"run", "small.toml", "--quiet"}, folder);
  EXPECT_FALSE(contains(quiet.out, "0 % ["));
}

TEST_F(CommandLine, ColoursAreForTerminalsWithoutNoColor) {
  EXPECT_TRUE(contains(costrisk_on_terminal({"devices"}, folder).out, "\033[1m"));
  EXPECT_FALSE(contains(costrisk_on_terminal({"devices"}, folder, {{"NO_COLOR", "1"}}).out, "\033"));
  EXPECT_TRUE(contains(costrisk_on_terminal({"check", "none.toml"}, folder).out, "\033[31m"));
}

TEST_F(CommandLine, TimingsGoToTheirOwnFile) {
  ASSERT_EQ(run_small({"--timings", "timings.json"}).code, 0);
  const Ended ended = run_small({"--timings", "timings.json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json document = Json::parse(read_text(folder / "timings.json"));
  EXPECT_GT(document["wall_seconds"].get<double>(), 0.0);
  EXPECT_LT(document["start_up_seconds"].get<double>(), document["wall_seconds"].get<double>());
  EXPECT_TRUE(document.contains("backend"));
  EXPECT_TRUE(document.contains("threads"));
}

TEST_F(CommandLine, CheckSaysWhatIsInTheFile) {
  const Ended ended = run({"check", "small.toml"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.out, "1 market")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "2 plans")) << ended.out;
  EXPECT_TRUE(Json::parse(run({"check", "small.toml", "--json"}).out)["valid"].get<bool>());
}

TEST_F(CommandLine, CheckAsJsonTellsOfMissingFilesAndOfTheWholeScenario) {
  const Ended missing = run({"check", "nowhere.toml", "--json"});
  EXPECT_EQ(missing.code, 2);
  const Json document = Json::parse(missing.out);
  EXPECT_FALSE(document["valid"].get<bool>());
  EXPECT_TRUE(contains(document["errors"][0]["message"], "there is no such file")) << missing.out;
  EXPECT_EQ(Json::parse(run({"check", "small.toml", "--json", "--resolved"}).out)["resolved"],
            run({"check", "small.toml", "--resolved"}).out);
}

TEST_F(CommandLine, CheckFindsEveryProblemWithItsPlace) {
  std::string text = small_scenario();
  text.replace(text.find("checkpoint"), 10, "chekpoint");
  text.replace(text.find("\"1h\""), 4, "\"1hh\"");
  folder.write("bad.toml", text);
  for (const std::string command : {"check", "run"}) {
    const Ended ended = run({command, "bad.toml"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(contains(ended.err, "bad.toml:3:")) << ended.err;
    EXPECT_TRUE(contains(ended.err, "chekpoint")) << ended.err;
    EXPECT_TRUE(contains(ended.err, "'checkpoint'")) << ended.err;
  }
  const Ended ended = run({"check", "bad.toml", "--json"});
  EXPECT_EQ(ended.code, 2);
  const Json document = Json::parse(ended.out);
  EXPECT_FALSE(document["valid"].get<bool>());
  ASSERT_GE(document["errors"].size(), 2u);
  EXPECT_EQ(document["errors"][0]["line"], 3);
}

TEST_F(CommandLine, TheResolvedScenarioIsItsOwnResolution) {
  const Ended once = run({"check", "small.toml", "--resolved"});
  ASSERT_EQ(once.code, 0) << once.err;
  EXPECT_TRUE(contains(once.out, "seed")) << "defaults are filled in";
  folder.write("resolved.toml", once.out);
  const Ended twice = run({"check", "resolved.toml", "--resolved"});
  EXPECT_EQ(twice.code, 0) << twice.err;
  EXPECT_EQ(once.out, twice.out);
}

TEST_F(CommandLine, TheResolvedScenarioHasTheSameResults) {
  const Ended resolved = run({"check", "small.toml", "--resolved"});
  folder.write("resolved.toml", resolved.out);
  ASSERT_EQ(run_small({"-o", "a.h5"}).code, 0);
  ASSERT_EQ(run({"run", "resolved.toml", "-o", "b.h5"}).code, 0);
  EXPECT_TRUE(read_text(folder / "a.h5") == read_text(folder / "b.h5"));
}

TEST_F(CommandLine, EveryShippedScenarioIsValidAndRuns) {
  int found = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(COSTRISK_SOURCE_DIR) / "configs")) {
    if (entry.path().extension() != ".toml") continue;
    ++found;
    const Ended checked = run({"check", entry.path()});
    EXPECT_EQ(checked.code, 0) << checked.err;
    // Who competes for a market's depth is said of sound scenarios, too.
    std::istringstream lines(checked.err);
    for (std::string line; std::getline(lines, line);)
      EXPECT_TRUE(!contains(line, "warning") || contains(line, " share the ")) << line;
    const Ended ended = run({"run", entry.path(), "--paths", "3", "-o", "three.h5"});
    EXPECT_EQ(ended.code, 0) << ended.err;
  }
  EXPECT_GE(found, 3);
}

TEST_F(CommandLine, AHistoryWithoutValuesIsRefusedByItsFileAndItsPlace) {
  folder.write("trace.csv", "time,requests\n");
  folder.write("traced.toml", small_scenario() + "[[demand]]\nname = \"measured\"\nhistory = \"trace.csv\"\n");
  const Ended ended = run({"run", "traced.toml"});
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_TRUE(contains(ended.err, "traced.toml:")) << ended.err;
  EXPECT_TRUE(contains(ended.err, "trace.csv has a header but no rows")) << ended.err;
}

}  // namespace
}  // namespace costrisk::tests
