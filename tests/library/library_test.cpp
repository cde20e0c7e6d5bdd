// The public interface: the same numbers and messages as the engine, errors of its own, and what stopping leaves.
#include <gtest/gtest.h>

#include <algorithm>
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
  const std::string prices = source + "/tests/stat/scenarios/traces/prices.csv";
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

TEST(Library, ARunGoesOnUntilTheErrorIsReached) {
  const Scenario scenario = Scenario::from_file(quickstart);
  RunOptions options;
  options.until_error = "spot:mean=3%";
  std::vector<Look> looks;
  Timings timings;
  options.look = [&](const Look& look) { looks.push_back(look); };
  options.simulated = [&](const Timings& all) { timings = all; };
  const Results results = simulate(scenario, options);
  ASSERT_FALSE(looks.empty());
  EXPECT_EQ(looks.back().plan, "spot");
  EXPECT_EQ(looks.back().statistic, "mean");
  EXPECT_LE(looks.back().error, looks.back().wanted);
  EXPECT_EQ(looks.back().paths, results.paths());
  EXPECT_EQ(timings.paths, results.paths());
  EXPECT_EQ(timings.backend, results.timings().backend);
  for (std::size_t i = 0; i + 1 < looks.size(); ++i) EXPECT_GT(looks[i].error, looks[i].wanted);
  options.paths = 100;
  options.until_error = "spot:mean=0.0001%";
  EXPECT_EQ(simulate(scenario, options).paths(), 100u);
  EXPECT_GT(looks.back().error, looks.back().wanted);
  for (const std::string wrong : {"mean", "sd=1%", "nobody:mean=1%", "mean=200%"}) {
    refused<InputError>([&] { check_until_error(scenario, wrong); });
    options.until_error = wrong;
    refused<InputError>([&] { simulate(scenario, options); });
  }
}

TEST(Library, GatesAreCheckedBeforeARunAndJudgedAfterIt) {
  const Scenario scenario = Scenario::from_file(quickstart);
  const Results results = simulate(scenario, few());
  const double mean = results.array("cost_mean").values[1];
  const std::string above = "spot:mean<" + std::to_string(0.99 * mean),
                    below = "spot:mean<" + std::to_string(1.01 * mean);
  check_gates(scenario, {above, below, "convergence_p95.65536<1"});
  EXPECT_EQ(results.failed_gates({below}).size(), 0u);
  ASSERT_EQ(results.failed_gates({below, above}).size(), 1u);
  EXPECT_EQ(results.failed_gates({above})[0].find("spot: mean is "), 0u);
  EXPECT_NE(results.failed_gates({"spot:convergence_p95.65536<1"})[0].find("cannot be judged"), std::string::npos);
  EXPECT_NE(refused<InputError>([&] {
              check_gates(scenario, {below, "over_bugdet<1%"});
            }).find("over_budget"),
            std::string::npos);
  refused<InputError>([&] { results.failed_gates({"nobody:mean<1"}); });
}

TEST(Library, SettingsOfAFileAreCheckedWithEverythingElse) {
  const Scenario scenario = Scenario::from_file(quickstart, {{"budget=-1", "horizont=3w", "step=nonsense"}, {}});
  const Check check = scenario.check();
  EXPECT_GE(check.problems.size(), 3u);
  for (const Problem& problem : check.problems) EXPECT_EQ(problem.file, "--set");
  EXPECT_EQ(Scenario::from_file(quickstart, {{"budget=50000"}, {}}).number("budget"), 50000.0);
}

TEST(Library, CountsWhatAScenarioHas) {
  const Scenario scenario = Scenario::from_file(quickstart);
  const Contents contents = scenario.contents();
  EXPECT_EQ(contents.plans, scenario.plans().size());
  EXPECT_GT(contents.markets, 0u);
  EXPECT_GT(contents.steps, 0u);
  EXPECT_EQ(static_cast<double>(contents.paths), scenario.number("simulation.paths"));
}

TEST(Library, AHistoryIsReadOnceUntilTheScenarioChanges) {
  const Folder folder;
  const auto write = [&](double price) {
    std::ofstream file(folder / "prices.csv");
    file << "time,value\n";
    for (int i = 0; i < 200; ++i) file << i * 3600 << "," << price + 0.01 * (i % 7) << "\n";
  };
  write(1.0);
  Scenario scenario = Scenario::from_text(
      "name = \"Priced\"\nhorizon = \"10h\"\nstep = \"1h\"\n"
      "[[market]]\nname = \"zone\"\non_demand = 3.0\n[market.spot]\nprice = { history = \"prices.csv\" }\n"
      "[[job]]\nname = \"train\"\nwork = 6\nthroughput = { zone = 1.0 }\ndeadline = \"9h\"\nrestart = \"0s\"\n"
      "checkpoint = { interval = \"0s\", write = \"0s\" }\n"
      "[[plan]]\nname = \"spot\"\n[plan.job.train]\npolicy = \"uniform-progress\"\n",
      "priced.toml", (folder / "").parent_path());
  const auto cost = [&] { return simulate(scenario, few(50)).array("cost_mean").values[0]; };
  const std::string resolved = scenario.resolved();
  const double before = cost();
  EXPECT_EQ(scenario.resolved(), resolved) << "with the contents of histories as without";
  write(2.0);
  EXPECT_EQ(cost(), before);
  scenario.set("name", "\"Priced anew\"");
  EXPECT_GT(cost(), before);
}

TEST(Library, DurationsAreThoseOfScenarios) {
  EXPECT_EQ(duration_hours("1h30m"), 1.5);
  EXPECT_EQ(duration_hours("0"), 0.0);
  EXPECT_EQ(duration_hours("13 weeks"), std::nullopt);
  for (const char* text : {"15m", "5m", "7s", "1d", "90m"}) EXPECT_EQ(duration_text(*duration_hours(text)), text);
  EXPECT_NE(scenario_schema().find("\"$schema\""), std::string::npos);
}

TEST(Library, WhatShowsResultsIsThatOfTheCommandLine) {
  const Folder folder;
  const Results results = simulate(Scenario::from_file(quickstart), few());
  results.write(folder / "run.h5");
  const auto printed = [&](const std::string& options) {
    const std::string command = std::string(COSTRISK_PROGRAM) + " show " + (folder / "run.h5").string() + " " +
                                options + " > " + (folder / "shown").string();
    EXPECT_EQ(std::system(command.c_str()), 0);
    return bytes_of(folder / "shown");
  };
  TableOptions options;
  options.intervals = options.drivers = true;
  options.by = {Breakdown::owner};
  const std::string goal = results.goal();
  EXPECT_EQ(results.table(options) + (goal.empty() ? "" : "\n" + goal) + "\n" + results.verdict_text(),
            printed("--intervals --drivers --by owner"));
  EXPECT_EQ(results.json((folder / "run.h5").string()), printed("--json"));
}

TEST(Library, FilesAreOfTheKindThatWroteThem) {
  const Folder folder;
  const Results results = simulate(Scenario::from_file(quickstart), few());
  const Story story = explain(results, "spot", Future::worst());
  results.write(folder / "run.h5");
  write_file(folder / "story.csv", story.csv());
  write_file(folder / "story.h5", story.hdf5());
  write_file(folder / "story.html", story.html());
  write_file(folder / "report.html", results.report());
  const std::vector<std::pair<std::string, FileKind>> kinds = {{"run.h5", FileKind::results},
                                                               {"story.csv", FileKind::timeline_csv},
                                                               {"story.h5", FileKind::timeline_hdf5},
                                                               {"story.html", FileKind::story},
                                                               {"report.html", FileKind::report}};
  for (const auto& [name, kind] : kinds)
    for (const auto& [other, other_kind] : kinds)
      EXPECT_EQ(is_of_kind(folder / name, other_kind), name == other) << name << " as " << other;
  EXPECT_TRUE(is_hdf5(folder / "run.h5"));
  EXPECT_FALSE(is_hdf5(folder / "story.csv"));
  refused<FileError>([&] { write_file(folder / "no such folder" / "a", "text"); });
  refused<FileError>([&] { require_writable(folder / "no such folder" / "a"); });
}

TEST(Library, AReportBearsTheChecksumOfItsResultFile) {
  const Folder folder;
  const Results results = simulate(Scenario::from_file(quickstart), few());
  const std::string checksum = results.write(folder / "run.h5");
  EXPECT_EQ(checksum.size(), 8u);
  EXPECT_EQ(checksum_of_results(folder / "run.h5"), checksum);
  write_file(folder / "written.html", results.report(checksum));
  write_file(folder / "read.html", Results::read(folder / "run.h5").report());
  write_file(folder / "none.html", results.report());
  EXPECT_EQ(checksum_of_report(folder / "written.html"), checksum);
  EXPECT_EQ(checksum_of_report(folder / "read.html"), checksum);
  EXPECT_EQ(checksum_of_report(folder / "none.html"), "");
  EXPECT_EQ(checksum_of_report(folder / "nowhere.html"), "");
}

TEST(Library, RowsOfATimelineMayBeOfSeveralSteps) {
  const Story story = explain(simulate(Scenario::from_file(quickstart), few()), "spot", Future::worst());
  const auto rows = [](const std::string& csv) { return std::count(csv.begin(), csv.end(), '\n') - 1; };
  const auto steps = rows(story.csv());
  EXPECT_EQ(rows(story.csv(7)), (steps + 6) / 7);
  EXPECT_LT(story.hdf5(7).size(), story.hdf5().size());
  refused<InputError>([&] { story.csv(0); });
}

TEST(Library, AFutureOfAScenarioIsThatOfItsRun) {
  const Scenario scenario = Scenario::from_file(quickstart);
  const Story of_results = explain(simulate(scenario, few()), "spot", Future::worst());
  RunOptions options = few();
  std::uint64_t told = 1;
  options.progress = [&](std::uint64_t done, std::uint64_t) { told = std::min(told, done); };
  EXPECT_EQ(explain(scenario, "spot", Future::worst(), options).text(), of_results.text());
  EXPECT_EQ(told, 0u) << "progress begins with none";
  options.cancellation.cancel();
  refused<Cancelled>([&] { explain(scenario, "spot", Future::worst(), options); });
}

TEST(Library, ReplaysThePublishedRules) {
  const Folder folder;
  std::ofstream file(folder / "zone.csv");
  file << "time,value\n";
  for (int i = 0; i < 600; ++i) file << i * 600 << "," << (i % 30 < 20 ? 1 : 0) << "\n";
  file.close();
  ReplayOptions job;
  job.task_hours = 6.0;
  job.deadline_hours = 9.0;
  job.spot_price = 1.0;
  job.on_demand_price = 3.0;
  job.every_hours = 3.0;
  const Replay replay = replay_published(folder / "zone.csv", job);
  EXPECT_EQ(replay.policies.size(), 4u);
  EXPECT_GT(replay.starts.size(), 1u);
  for (const PolicyReplay& policy : replay.policies) {
    ASSERT_EQ(policy.outcomes.size(), replay.starts.size());
    for (const ReplayOutcome& one : policy.outcomes)
      EXPECT_NEAR(one.cost, one.spot_hours * 1.0 + one.on_demand_hours * 3.0, 1e-9) << policy.policy;
    if (policy.policy == "strawman")
      for (const ReplayOutcome& one : policy.outcomes) EXPECT_FALSE(one.late);
  }
  EXPECT_FALSE(replay.table().empty());
  job.policies = {"clever"};
  EXPECT_NE(refused<InputError>([&] { replay_published(folder / "zone.csv", job); }).find("rc_threshold"),
            std::string::npos);
  job.policies.clear();
  job.start_hours = 1000.0;
  refused<InputError>([&] { replay_published(folder / "zone.csv", job); });
  refused<InputError>([&] { replay_published(folder / "zone.csv", ReplayOptions()); });
}

TEST(Library, SaysItsVersion) {
  EXPECT_FALSE(version().version.empty());
  EXPECT_NE(version().compiler, "");
  EXPECT_NE(bill_of_materials().find("CycloneDX"), std::string::npos);
}

}  // namespace
}  // namespace costrisk
