// The public interface: the same numbers and messages as the engine, errors of its own, and what stopping leaves.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "costrisk/costrisk.hpp"

namespace costrisk {
namespace {

namespace fs = std::filesystem;

const std::string source = COSTRISK_SOURCE_DIR;
const std::string quickstart = source + "/configs/quickstart.toml";

RunOptions few(std::uint64_t paths = 500) {
  RunOptions options;
  options.paths = paths;
  return options;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder that is gone with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "costrisk-library-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// The message of what `work` throws, which must be of this very type.
template <class Expected, class Work>
std::string refused(Work work) {
  try {
    work();
  } catch (const Expected& error) {
    EXPECT_EQ(typeid(error), typeid(Expected)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(Library, WritesTheFileThatTheCommandLineWrites) {
  const Folder folder;
  simulate(Scenario::from_file(quickstart), few()).write(folder / "library.h5");
  const std::string command = std::string(COSTRISK_PROGRAM) + " run " + quickstart + " --paths 500 --quiet -o " +
                              (folder / "program.h5").string() + " > /dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(bytes_of(folder / "library.h5"), bytes_of(folder / "program.h5"));
}

TEST(Library, ReadsWhatItWrote) {
  const Folder folder;
  const Results written = simulate(Scenario::from_file(quickstart), few());
  written.write(folder / "run.h5");
  const Results read = Results::read(folder / "run.h5");
  EXPECT_EQ(read.names(), written.names());
  for (const std::string& name : written.names()) {
    const Array before = written.array(name), after = read.array(name);
    EXPECT_EQ(after.dimensions, before.dimensions);
    EXPECT_EQ(after.unit, before.unit);
    ASSERT_EQ(after.values.size(), before.values.size());
    for (std::size_t i = 0; i < before.values.size(); ++i)
      EXPECT_TRUE(after.values[i] == before.values[i] || (std::isnan(after.values[i]) && std::isnan(before.values[i])));
  }
  EXPECT_EQ(read.path_costs("spot"), written.path_costs("spot"));
  read.write(folder / "again.h5");
  EXPECT_EQ(bytes_of(folder / "again.h5"), bytes_of(folder / "run.h5"));
}

TEST(Library, EveryArrayFitsItsDimensions) {
  const Results results = simulate(Scenario::from_file(quickstart), few());
  for (const std::string& name : results.names()) {
    const Array array = results.array(name);
    ASSERT_EQ(array.dimensions.size(), array.shape.size());
    std::size_t entries = 1;
    for (std::size_t i = 0; i < array.shape.size(); ++i) {
      const Dimension dimension = results.dimension(array.dimensions[i]);
      EXPECT_EQ(dimension.size, array.shape[i]) << name;
      EXPECT_EQ(dimension.labels.size() + dimension.coordinates.size(), array.shape[i]) << name;
      entries *= array.shape[i];
    }
    EXPECT_EQ(array.values.size(), entries) << name;
    EXPECT_FALSE(array.description.empty()) << name;
    EXPECT_FALSE(array.unit.empty()) << name;
  }
}

TEST(Library, CostsByPathHaveTheMeanOfTheResults) {
  const Results results = simulate(Scenario::from_file(quickstart), few());
  const std::vector<double> costs = results.path_costs("spot");
  ASSERT_EQ(costs.size(), 500u);
  EXPECT_NEAR(std::accumulate(costs.begin(), costs.end(), 0.0) / 500.0, results.array("cost_mean").values[1], 1e-5);
}

TEST(Library, AValueThatIsSetIsReadAndSimulated) {
  Scenario scenario = Scenario::from_file(quickstart);
  const Scenario before = scenario;
  EXPECT_EQ(scenario.number("market.p4d-east.spot.price.mean"), 6.15);
  scenario.set("market.p4d-east.spot.price.mean", 9.5);
  EXPECT_EQ(scenario.number("market.p4d-east.spot.price.mean"), 9.5);
  EXPECT_EQ(before.number("market.p4d-east.spot.price.mean"), 6.15);
  EXPECT_EQ(std::get<std::string>(scenario.get("job.train.restart").data), "10m");
  EXPECT_GT(simulate(scenario, few()).array("cost_mean").values[1],
            simulate(before, few()).array("cost_mean").values[1]);
}

TEST(Library, ARefusedValueChangesNothing) {
  Scenario scenario = Scenario::from_file(quickstart);
  EXPECT_NE(refused<InvalidScenario>([&] {
              scenario.set("market.p4d-est.spot.price.mean", 8.0);
            }).find("did you mean 'p4d-east'"),
            std::string::npos);
  refused<InvalidScenario>([&] { scenario.set("budget", "-1"); });
  refused<InvalidScenario>([&] { scenario.set("budget", "[[["); });
  EXPECT_EQ(scenario.number("budget"), 40000.0);
  EXPECT_TRUE(scenario.check().valid());
}

TEST(Library, ValuesThatOnlyFitTogetherAreSetTogether) {
  Scenario scenario = Scenario::from_file(quickstart);
  scenario.set({{"horizon", "6w"}, {"job.train.deadline", "5w"}});
  EXPECT_EQ(std::get<std::string>(scenario.get("horizon").data), "6w");
}

TEST(Library, AddressesThatThereAreNotAreNamedWithTheNearest) {
  const Scenario scenario = Scenario::from_file(quickstart);
  EXPECT_NE(refused<UnknownName>([&] { scenario.get("market.p4d-east.spot.prize"); }).find("did you mean 'price'"),
            std::string::npos);
  refused<InputError>([&] { scenario.number("horizon"); });
}

TEST(Library, ProblemsHavePlaces) {
  const Scenario scenario = Scenario::from_text("horizon = \"1w\"\nbugdet = 3\n", "mine.toml");
  const Check check = scenario.check();
  ASSERT_FALSE(check.valid());
  bool found = false;
  for (const Problem& problem : check.problems)
    if (problem.message.find("bugdet") != std::string::npos) {
      found = true;
      EXPECT_EQ(problem.file, "mine.toml");
      EXPECT_EQ(problem.line, 2);
      EXPECT_EQ(problem.column, 1);
      EXPECT_EQ(problem.text.find("mine.toml:2:1: error: "), 0u);
    }
  EXPECT_TRUE(found);
  try {
    simulate(scenario);
    ADD_FAILURE() << "an invalid scenario was simulated";
  } catch (const InvalidScenario& invalid) {
    EXPECT_EQ(invalid.problems().size(), check.problems.size());
  }
}

TEST(Library, FilesThatAreNotThereAreNamed) {
  EXPECT_EQ(refused<InputError>([] { Scenario::from_file("/nowhere/at/all.toml"); }),
            "/nowhere/at/all.toml: there is no such file");
  EXPECT_EQ(refused<InputError>([] { Results::read("/nowhere.h5"); }), "/nowhere.h5: there is no such file");
  refused<InputError>([] { Results::read(quickstart); });
  const Results results = simulate(Scenario::from_file(quickstart), few(20));
  refused<FileError>([&] { results.write("/nowhere/at/all.h5"); });
  refused<UnknownName>([&] { results.array("cost_maen"); });
  refused<UnknownName>([&] { results.path_costs("no such plan"); });
}

TEST(Library, BackendsThatThereAreNotAreRefused) {
  const Scenario scenario = Scenario::from_file(quickstart);
  RunOptions options = few();
  options.backend = "abacus";
  refused<InputError>([&] { simulate(scenario, options); });
  for (const BackendInfo& backend : backends())
    if (!backend.available) {
      options.backend = backend.name;
      refused<BackendUnavailable>([&] { simulate(scenario, options); });
    }
}

TEST(Library, ACancelledRunKeepsTheFirstPaths) {
  const Scenario scenario = Scenario::from_file(quickstart);
  RunOptions options = few(100000);
  options.threads = 1;
  std::atomic<std::uint64_t> seen{0};
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 100000u);
    seen = done;
    options.cancellation.cancel();
  };
  const Results partial = simulate(scenario, options);
  EXPECT_FALSE(partial.complete());
  EXPECT_GT(partial.paths(), 0u);
  EXPECT_LT(partial.paths(), 100000u);
  EXPECT_EQ(partial.paths(), seen.load());
  EXPECT_EQ(partial.path_costs("spot"), simulate(scenario, few(partial.paths())).path_costs("spot"));
  refused<Cancelled>([&] { simulate(scenario, options); });
}

TEST(Library, AnExceptionOfTheCallerComesOutAsItIs) {
  struct Mine {};
  RunOptions options = few();
  options.progress = [](std::uint64_t, std::uint64_t) { throw Mine(); };
  EXPECT_THROW(simulate(Scenario::from_file(quickstart), options), Mine);
}

TEST(Library, ExplainsTheFutureThatIsAskedFor) {
  const Folder folder;
  const Results results = simulate(Scenario::from_file(quickstart), few());
  const std::vector<double> costs = results.path_costs("spot");
  const Story worst = explain(results, "spot", Future::worst());
  EXPECT_EQ(worst.cost, *std::max_element(costs.begin(), costs.end()));
  EXPECT_EQ(costs[worst.path], worst.cost);
  EXPECT_EQ(explain(results, "spot", Future::path(17)).cost, costs[17]);
  EXPECT_EQ(explain(results, "spot", Future::quantile(0.5)).cost, worst.median_cost);
  EXPECT_FALSE(worst.events.empty());
  ASSERT_FALSE(worst.timeline().empty());
  refused<UnknownName>([&] { explain(results, "spott", Future::worst()); });
  refused<InputError>([&] { explain(results, "spot", Future::path(500)); });
  refused<InputError>([&] { explain(results, "spot", Future::quantile(1.0)); });
  results.write(folder / "run.h5");
  EXPECT_EQ(explain(Results::read(folder / "run.h5"), "spot", Future::worst()).text(), worst.text());
}

TEST(Library, CalibratesWhatTheCommandLineDoes) {
  const Folder folder;
  const std::string prices = source + "/tests/stat/traces/prices.csv";
  const std::string command =
      std::string(COSTRISK_PROGRAM) + " calibrate price " + prices + " --quiet > " + (folder / "price.toml").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(calibrate_price(prices).toml, bytes_of(folder / "price.toml"));
  refused<InputError>([] { calibrate_price("/nowhere.csv"); });
  refused<InputError>([&] { calibrate_capacity({}); });
}

TEST(Library, BacktestsAHistory) {
  const Folder folder;
  std::ofstream trace(folder / "zone.csv");
  trace << "time,value\n";
  for (int i = 0; i < 2000; ++i) trace << i * 600 << "," << (i * 7919 % 11 < 8 ? 1 : 0) << "\n";
  trace.close();
  const Scenario scenario = Scenario::from_text(
      "name = \"Backtested\"\nhorizon = \"10h\"\nstep = \"10m\"\n"
      "[[market]]\nname = \"zone\"\non_demand = 3.0\n"
      "[market.spot]\nprice = 1.0\ncapacity = { history = \"zone.csv\" }\n"
      "[[job]]\nname = \"train\"\nwork = 6\nthroughput = { zone = 1.0 }\ndeadline = \"9h\"\nrestart = \"12m\"\n"
      "checkpoint = { interval = \"0s\", write = \"0s\" }\n"
      "[[plan]]\nname = \"careful\"\n[plan.job.train]\npolicy = \"uniform-progress\"\n",
      "backtested.toml", (folder / "").parent_path());
  BacktestOptions options;
  options.paths = 50;
  const Backtest scores = score_predictions(scenario, options);
  EXPECT_TRUE(scores.complete());
  ASSERT_EQ(scores.plans.size(), 1u);
  EXPECT_EQ(scores.plans[0].plan, "careful");
  EXPECT_EQ(scores.plans[0].predictions.size(), scores.origin_hours.size());
  refused<InputError>([] { score_predictions(Scenario::from_file(quickstart)); });
}

TEST(Library, SaysItsVersion) {
  EXPECT_FALSE(version().version.empty());
  EXPECT_NE(version().compiler, "");
}

}  // namespace
}  // namespace costrisk
