// What the program replaces and what it does not, and where it finds the histories of a run again.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <iterator>

#include "src/results/store/hdf5.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Ended run(const std::vector<std::string>& arguments) const { return costrisk(arguments, folder); }
  void make(const std::vector<std::string>& arguments) const {
    const Ended ended = run(arguments);
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
  void expect_refused(const std::vector<std::string>& arguments, const std::string& file,
                      const std::string& reason) const {
    const std::string before = read_text(folder / file);
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << reason;
    EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
    EXPECT_TRUE(read_text(folder / file) == before) << file;
  }

  ScratchFolder folder;
  std::string small = folder.write("small.toml", small_scenario());
};

TEST_F(Files, ReplaceOnlyThoseOfTheirKind) {
  const std::vector<std::string> explain = {"explain", "r.h5", "--plan", "gamble", "--worst", "--quiet"};
  const auto with = [](std::vector<std::string> command, const std::vector<std::string>& more) {
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  make({"run", "small.toml", "-o", "r.h5", "--quiet", "--timings", "t.json"});
  make(with(explain, {"--hdf5", "line.h5", "--csv", "line.csv", "--html", "story.html"}));
  make({"report", "r.h5"});
  make(with(explain, {"--hdf5", "line.h5", "--csv", "line.csv", "--html", "story.html"}));
  make({"report", "r.h5"});
  make({"run", "small.toml", "-o", "r.h5", "--quiet", "--timings", "t.json"});
  {
    const results::hdf5::Handle other = results::hdf5::create_in_memory();
    const std::vector<std::byte> bytes = results::hdf5::image(other);
    folder.write("other.h5", std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  const std::vector<std::string> again = {"run", "small.toml", "--quiet"};
  expect_refused(with(again, {"-o", "other.h5"}), "other.h5", "is no result file");
  expect_refused(with(again, {"-o", "line.h5"}), "line.h5", "is no result file");
  expect_refused(with(again, {"-o", "new.h5", "--timings", "small.toml"}), "small.toml", "is no file of timings");
  expect_refused(with(again, {"-o", "new.h5", "--timings", "r.h5"}), "r.h5", "name another file with --timings");
  expect_refused(with(explain, {"--hdf5", "r.h5"}), "r.h5", "is no timeline in HDF5");
  expect_refused(with(explain, {"--csv", "t.json"}), "t.json", "is no timeline in CSV");
  expect_refused(with(explain, {"--html", "r.html"}), "r.html", "is no page of explain");
  expect_refused({"report", "r.h5", "-o", "story.html"}, "story.html", "is no report");
  EXPECT_FALSE(fs::exists(folder / "new.h5"));
}

TEST_F(Files, EachOutputNeedsAFileOfItsOwn) {
  const Ended twice = run({"explain", small, "--plan", "gamble", "--worst", "--csv", "x", "--html", "./x"});
  EXPECT_EQ(twice.code, 2);
  EXPECT_TRUE(contains(twice.err, "--csv and --html name the same file")) << twice.err;
  EXPECT_EQ(run({"run", small, "-o", "x.html", "--report"}).code, 2);
  EXPECT_FALSE(fs::exists(folder / "x") || fs::exists(folder / "x.html"));
}

TEST_F(Files, FoldersAndDevicesAreExitCodeTwoBeforeAnyWork) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"run", small, "-o", ".", "--paths", "1M"},
                                             {"run", small, "--timings", "/dev/full", "--paths", "1M"},
                                             {"report", "r.h5", "-o", "."}}) {
    folder.write("r.h5", "");
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_FALSE(contains(ended.err, "simulating")) << ended.err;
  }
}

TEST_F(Files, NamesThatCannotBeWrittenAreExitCodeFiveBeforeAnyWork) {
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& option) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 5) << ended.err;
    EXPECT_TRUE(contains(ended.err, option) && contains(ended.err, "take a shorter name")) << ended.err;
    EXPECT_FALSE(contains(ended.err, "simulating")) << ended.err;
  };
  const auto name = [](std::size_t length) { return std::string(length - 3, 'n') + ".h5"; };
  refused({"run", small, "-o", name(255)}, "-o");
  refused({"run", small, "-o", name(300), "--report"}, "-o");
  refused({"run", small, "-o", "r.h5", "--timings", name(255)}, "--timings");
  refused({"explain", small, "--plan", "gamble", "--worst", "--csv", name(255)}, "--csv");
  // What a stopped run would write beside an earlier result has the longer name.
  make({"run", small, "-o", name(240), "--quiet"});
  refused({"run", small, "-o", name(240)}, ".partial.h5");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 2) << "nothing is left";
}

TEST_F(Files, WhatIsNoResultFileIsCalledThat) {
  folder.write("empty.h5", "");
  EXPECT_TRUE(contains(run({"explain", "empty.h5", "--worst"}).err, "empty.h5 is no result file"));
  make({"explain", small, "--plan", "gamble", "--worst", "--quiet", "--hdf5", "line.h5"});
  const Ended shown = run({"show", "line.h5"});
  EXPECT_EQ(shown.code, 2);
  EXPECT_TRUE(contains(shown.err, "is the timeline of one future")) << shown.err;
}

/// A scenario in the folder h, whose price was measured.
class HistoryFiles : public Files {
 protected:
  HistoryFiles() {
    fs::create_directories(folder.path() / "h");
    folder.write("h/price.csv", prices(0));
    std::string text = small_scenario();
    const std::string law = "price = { mean = 4.0, volatility = 0.2, half_life = \"2d\", cap = 10.0 }";
    text.replace(text.find(law), law.size(), R"(price = { history = "price.csv", sampling = "window" })");
    text.replace(text.find("2w"), 2, "1w");
    folder.write("h/traced.toml", text);
  }

  static std::string prices(int more) {
    std::string text = "time,price\n";
    for (int hour = 0; hour < 400; ++hour)
      text += std::to_string(3600 * hour) + "," + std::to_string(2 + (hour / 5 + more) % 7) + "\n";
    return text;
  }
  Ended inside(const std::string& command) const {
    Child child({"/bin/sh", "-c", "cd h && exec " + (COSTRISK_PROGRAM + (" " + command))}, folder.path());
    return child.wait();
  }
};

TEST_F(HistoryFiles, ResultsAreTheSameFromWhereverTheyAreStarted) {
  make({"run", "h/traced.toml", "-o", "a.h5", "--quiet"});
  ASSERT_EQ(inside("run traced.toml -o b.h5 --quiet").code, 0);
  EXPECT_TRUE(read_text(folder / "a.h5") == read_text(folder / "h/b.h5"));
  make({"run", "h/traced.toml", "-o", "c.h5", "--quiet", "--set", "market.zone.spot.price.history=h/price.csv"});
  EXPECT_TRUE(read_text(folder / "a.h5") == read_text(folder / "c.h5"));
  make({"run", folder / "h/traced.toml", "-o", "d.h5", "--quiet"});
  EXPECT_TRUE(read_text(folder / "a.h5") == read_text(folder / "d.h5"));
}

TEST_F(HistoryFiles, TheResolvedScenarioIsValidBesideItsOrigin) {
  const Ended resolved = run({"check", "h/traced.toml", "--resolved"});
  folder.write("h/complete.toml", resolved.out);
  make({"check", "h/complete.toml"});
  EXPECT_EQ(inside("check traced.toml --resolved").out, resolved.out);
}

TEST_F(HistoryFiles, IncludedFilesNameTheirsRelativeToThemselves) {
  fs::create_directories(folder.path() / "parts");
  folder.write("parts/price.csv", prices(0));
  const std::string text = read_text(folder / "h/traced.toml");
  const auto market = text.find("[[market]]"), job = text.find("[[job]]");
  folder.write("parts/zone.toml", text.substr(market, job - market));
  folder.write("h/including.toml", "include = [\"../parts/zone.toml\"]\n" + text.substr(0, market) + text.substr(job));
  const std::string resolved = run({"check", "h/including.toml", "--resolved", "--root", "."}).out;
  EXPECT_TRUE(contains(resolved, "history = \"../parts/price.csv\"")) << resolved;
  EXPECT_EQ(inside("check including.toml --resolved --root ..").out, resolved);
}

TEST_F(HistoryFiles, ExplainFindsThemByTheirChecksums) {
  const std::string story = " --plan gamble --worst --quiet";
  make({"run", "h/traced.toml", "--quiet"});
  const std::vector<std::string> explain = {"explain", "results/traced.h5", "--plan", "gamble", "--worst", "--quiet"};
  const Ended from_above = run(explain);
  EXPECT_EQ(from_above.code, 0) << from_above.err;
  EXPECT_EQ(inside("explain ../results/traced.h5" + story).out, from_above.out);
  // A file of the same name with other values does not stand in for it.
  folder.write("price.csv", prices(1));
  EXPECT_EQ(run(explain).out, from_above.out);
  fs::remove(folder / "price.csv");

  fs::create_directories(folder.path() / "far/away");
  fs::rename(folder / "h", folder / "far/away/h");
  Ended ended = run(explain);
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "the file 'price.csv' does not exist") && contains(ended.err, "--histories"))
      << ended.err;
  std::vector<std::string> named = explain;
  named.insert(named.end(), {"--histories", "far/away/h"});
  EXPECT_EQ(run(named).out, from_above.out);
  folder.write("far/away/h/price.csv", prices(1));
  ended = run(named);
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "'far/away/h/price.csv' has changed since")) << ended.err;
  EXPECT_FALSE(contains(ended.err, "version")) << ended.err;
  EXPECT_EQ(run({"show", "results/traced.h5"}).code, 0) << "which needs no history";
}

TEST_F(HistoryFiles, WhatIsMissingOnTheCommandLineIsSaidToBeFromTheCurrentFolderOn) {
  const Ended ended = run({"check", "h/traced.toml", "--set", "market.zone.spot.price.history=price.csv"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "the file 'price.csv' does not exist; expected a trace, by a path from the current"))
      << ended.err;
}

TEST_F(HistoryFiles, AColumnThatIsNotNamedIsAskedForByItsKey) {
  folder.write("h/price.csv", "time,a,b\n0,1,2\n3600,1,2\n");
  const Ended two = run({"check", "h/traced.toml"});
  EXPECT_TRUE(contains(two.err, "column = \"a\"") && contains(two.err, ": a, b")) << two.err;
  folder.write("h/price.csv", "time,price\n2026-02-30,1\n");
  const Ended date = run({"check", "h/traced.toml"});
  EXPECT_TRUE(contains(date.err, "'2026-02-30' is no time") && !contains(date.err, "milliseconds")) << date.err;
  folder.write("h/price.csv", "time,price\n1700000000000,1\n");
  EXPECT_TRUE(contains(run({"check", "h/traced.toml"}).err, "the trace covers 0s")) << "read as milliseconds";
}

}  // namespace
}  // namespace costrisk::tests
