// The ladder as a user climbs it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

class Ladder : public testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "ladder");
    return costrisk(arguments, folder);
  }
  /// The quickest measurement there is.
  Ended measure(std::vector<std::string> arguments) const {
    const std::vector<std::string> quick = {"--paths", "64", "--seconds", "0", "--repetitions", "1"};
    arguments.insert(arguments.end(), quick.begin(), quick.end());
    return run(arguments);
  }

  ScratchFolder folder;
};

TEST_F(Ladder, ListsEveryRungThatWasAskedFor) {
  const Ended ended = measure({"--rungs", "2-4"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* words : {"one path at a time", "random words by counter", "nothing is stored", "× previous",
                            "of roof", "02_paths.cpp:", "04_fused.cpp:", "memory", "issue"})
    EXPECT_TRUE(contains(ended.out, words)) << words << "\n" << ended.out;
  EXPECT_FALSE(contains(ended.out, "01_arrays.cpp")) << ended.out;
  EXPECT_FALSE(contains(ended.out, "DIFFERS")) << ended.out;
}

TEST_F(Ladder, EveryRungRunsOrSaysWhyNot) {
  const Ended ended = measure({"--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json document = Json::parse(ended.out);
  int number = 0;
  for (const Json& rung : document["rungs"]) {
    EXPECT_EQ(rung["rung"], ++number);
    if (rung.contains("problem")) {
      EXPECT_NE(rung["problem"], "");
      continue;
    }
    EXPECT_GT(rung["path_steps_per_second"], 0.0);
    EXPECT_EQ(rung["same_bits"], rung["engine_bits"]) << number;
    if (rung["engine_bits"]) {
      EXPECT_EQ(rung["checksum"], document["engine_checksum"]) << number;
    }
  }
  EXPECT_EQ(number, 16);
  EXPECT_FALSE(document["rungs"][0].contains("problem")) << "the first rung runs on every processor";
  EXPECT_FALSE(document["roofs"].empty());
  for (const Json& roof : document["roofs"]) EXPECT_GT(roof["per_second"], 0.0) << roof;
}

TEST_F(Ladder, WritesCsvWithAsManyFieldsInEveryLine) {
  const Ended ended = measure({"--csv"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const bool has_gpu = !contains(ended.out, "NVIDIA");
  std::istringstream lines(ended.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    int fields = 1;
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) ++fields;
    }
    EXPECT_EQ(fields, 18) << line;
    EXPECT_TRUE(has_gpu || count <= 8 || contains(line, "\",,,,,,,,,,,,,,kernels/ladder/")) << line;
  }
  EXPECT_EQ(count, 17);
}

TEST_F(Ladder, SaysWhyNothingRanOfWhatWasAskedFor) {
  const Ended devices = costrisk({"devices", "--json"}, folder);
  const Json listed = Json::parse(devices.out);
  for (const Json& backend : listed["backends"])
    if (backend["name"] == "cuda" && backend["available"].get<bool>()) GTEST_SKIP() << "there is a GPU";
  for (const char* rungs : {"9", "9-16"})
    for (const char* format : {"", "--json", "--csv"}) {
      const Ended ended = *format ? measure({"--rungs", rungs, format}) : measure({"--rungs", rungs});
      EXPECT_EQ(ended.code, 4) << rungs;
      EXPECT_EQ(ended.out, "");
      EXPECT_TRUE(contains(ended.err, std::string(rungs) + " cannot run here: ")) << ended.err;
    }
  const Ended some = measure({"--rungs", "8-9"});
  if (!contains(some.out, "\n 8  ")) GTEST_SKIP() << "rung 8 does not run here either";
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_TRUE(contains(some.out, "not run here: ")) << some.out;
}

TEST_F(Ladder, RefusesOptionsThatItWouldDrop) {
  const std::vector<std::vector<std::string>> cases = {{"--scenario", "--json"},
                                                       {"--scenario", "--rungs", "3"},
                                                       {"--scenario", "--explain", "3"},
                                                       {"--explain", "3", "--csv"},
                                                       {"--explain", "3", "--rungs", "4"},
                                                       {"--explain", "3", "--diff", "4", "5"},
                                                       {"--diff", "4", "5", "--rungs", "3"},
                                                       {"--diff", "4", "5", "--paths", "64"},
                                                       {"--scenario", "--seconds", "1"}};
  for (const std::vector<std::string>& arguments : cases) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << arguments[0] << " " << arguments[1];
    EXPECT_TRUE(contains(ended.err, "excludes")) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

TEST_F(Ladder, ExplainsARungInItsOwnWords) {
  const Ended ended = run({"--explain", "3"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(ended.out.starts_with("Rung 3: random words by counter")) << ended.out;
  EXPECT_TRUE(contains(ended.out, "\nfile                  kernels/ladder/03_counter_based.cpp:")) << ended.out;
  EXPECT_FALSE(contains(ended.out, "//")) << ended.out;
}

TEST_F(Ladder, ShowsWhatChangesBetweenRungs) {
  const Ended ended = run({"--diff", "4", "5"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(ended.out.starts_with("--- kernels/ladder/04_fused.cpp\n+++ kernels/ladder/05_avx2.cpp\n@@ -1,"))
      << ended.out;
  EXPECT_TRUE(contains(ended.out, "\n+using Lane = HWY_NAMESPACE::SimdLane;\n")) << ended.out;
}

TEST_F(Ladder, PrintsAScenarioThatTheEngineRuns) {
  const Ended printed = run({"--scenario"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  const std::string file = folder.write("ladder.toml", printed.out);
  EXPECT_EQ(costrisk({"check", file}, folder).code, 0);
}

TEST_F(Ladder, RefusesRungsThatThereAreNot) {
  for (const char* rungs : {"0", "9-4", "1-99", "x", "3-", "1-2-3"}) {
    const Ended ended = measure({"--rungs", rungs});
    EXPECT_EQ(ended.code, 2) << rungs;
    EXPECT_TRUE(contains(ended.err, "--rungs")) << ended.err;
  }
  EXPECT_EQ(run({"--explain", "99"}).code, 2);
  EXPECT_EQ(run({"--diff", "1"}).code, 2);
}

}  // namespace
}  // namespace costrisk::tests
