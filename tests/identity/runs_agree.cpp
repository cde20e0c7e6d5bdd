// Whole runs are equal however they are carried out: threads, chunks, backends by name, ranges and bins.
#include <gtest/gtest.h>

#include <algorithm>

#include "src/run/backends.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lower.hpp"
#include "tests/identity/engine_runs.hpp"

namespace costrisk::identity {
namespace {

run::Outcome run_with(const scenario::Scenario& scenario, int threads, int chunk_paths,
                      const std::string& backend = "auto", std::uint64_t first_path = 0, std::uint64_t paths = 700) {
  run::Options options;
  options.backend = backend;
  options.threads = threads;
  options.chunk_paths = chunk_paths;
  options.first_path = first_path;
  options.paths = paths;
  options.keep_paths = true;
  return run::simulate(scenario, options);
}

void expect_equal(const results::Tally& a, const results::Tally& b, const std::string& how) {
  const results::TallyLayout& layout = a.layout();
  for (int plan = 0; plan < layout.shape.plans; ++plan)
    EXPECT_EQ(a.costs_by_path(plan), b.costs_by_path(plan)) << how << ", plan " << plan;
  for (int component = 0; component < layout.shape.job_components; ++component)
    EXPECT_EQ(a.finish_by_path(component), b.finish_by_path(component)) << how << ", component " << component;
  EXPECT_EQ(a.data().job_late, b.data().job_late) << how;
  EXPECT_EQ(a.data().job_interruptions, b.data().job_interruptions) << how;
  EXPECT_EQ(a.data().cheaper, b.data().cheaper) << how;
  EXPECT_EQ(a.data().cheapest, b.data().cheapest) << how;
  EXPECT_EQ(a.data().over_budget, b.data().over_budget) << how;
  const auto same_bins = [&](const std::vector<results::Histogram>& x, const std::vector<results::Histogram>& y) {
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i].entries(), y[i].entries()) << how << ", histogram " << i;
  };
  same_bins(a.data().fan_histogram, b.data().fan_histogram);
  same_bins(a.data().period_histogram, b.data().period_histogram);
  same_bins(a.data().owner_histogram, b.data().owner_histogram);
  same_bins(a.data().finish_histogram, b.data().finish_histogram);
}

scenario::Scenario quickstart() { return load_file(std::string(COSTRISK_SOURCE_DIR) + "/configs/quickstart.toml"); }

TEST(Runs, are_equal_for_any_number_of_threads) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run_with(scenario, 1, 0);
  EXPECT_TRUE(expected.complete);
  for (const int threads : {1, 2, 3, 7}) {
    const run::Outcome outcome = run_with(scenario, threads, 0);
    EXPECT_EQ(outcome.threads, threads);
    expect_equal(expected.tally, outcome.tally, std::to_string(threads) + " threads");
  }
}

TEST(Runs, are_equal_for_any_size_of_chunks) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run_with(scenario, 1, 0);
  for (const int threads : {1, 3})
    for (const int chunk : {1, 5, 64, 1000})
      expect_equal(expected.tally, run_with(scenario, threads, chunk).tally, "chunks of " + std::to_string(chunk));
}

TEST(Runs, are_equal_on_every_backend_and_each_runs_where_it_was_forced_to) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run_with(scenario, 2, 0, "scalar", 0, 200);
  EXPECT_EQ(expected.backend, "scalar");
  for (const run::BackendInfo& info : run::backends()) {
    if (!info.available) {
      EXPECT_THROW(run_with(scenario, 1, 0, info.name, 0, 1), run::BackendUnavailable) << info.name;
      continue;
    }
    const run::Outcome outcome = run_with(scenario, 2, 0, info.name, 0, 200);
    EXPECT_EQ(outcome.backend, info.name);
    EXPECT_EQ(outcome.parameters_sha256, expected.parameters_sha256);
    expect_equal(expected.tally, outcome.tally, info.name);
  }
}

TEST(Runs, of_a_range_equal_that_part_of_a_longer_run) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome all = run_with(scenario, 2, 0, "auto", 0, 300);
  const run::Outcome part = run_with(scenario, 3, 7, "auto", 100, 100);
  EXPECT_EQ(part.tally.first_path(), 100u);
  for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan) {
    const std::vector<std::int64_t> costs = all.tally.costs_by_path(static_cast<int>(plan));
    EXPECT_EQ(std::vector<std::int64_t>(costs.begin() + 100, costs.begin() + 200),
              part.tally.costs_by_path(static_cast<int>(plan)));
  }
}

TEST(Runs, of_one_and_three_paths_are_the_first_of_many) {
  const scenario::Scenario scenario = quickstart();
  const std::vector<std::int64_t> many = run_with(scenario, 1, 0, "auto", 0, 64).tally.costs_by_path(1);
  for (const int paths : {1, 3})
    for (const int threads : {1, 7}) {
      const run::Outcome few = run_with(scenario, threads, 0, "auto", 0, static_cast<std::uint64_t>(paths));
      EXPECT_EQ(few.tally.costs_by_path(1), std::vector<std::int64_t>(many.begin(), many.begin() + paths));
    }
}

TEST(Runs, two_in_a_row_are_equal) {
  const scenario::Scenario scenario = quickstart();
  expect_equal(run_with(scenario, 2, 0).tally, run_with(scenario, 2, 0).tally, "again");
}

TEST(Backends, this_processors_are_what_the_program_offers) {
  std::vector<std::string> offered, usable;
  for (const run::BackendInfo& info : run::backends()) {
    EXPECT_FALSE(info.detail.empty()) << info.name;
    if (info.available && info.name != "cuda") offered.push_back(info.name);
  }
  for (const Build& build : builds())
    if (std::find(usable.begin(), usable.end(), build.backend->name) == usable.end())
      usable.insert(usable.begin(), build.backend->name);
  EXPECT_EQ(offered, usable);
  EXPECT_STREQ(run::find_backend("auto").name, offered.front().c_str());
  EXPECT_THROW(run::find_backend("sclar"), std::invalid_argument);
}

TEST(Backends, have_the_width_of_their_registers) {
  for (const Build& build : builds()) {
    EXPECT_EQ(build.backend->lanes, build.run->width) << build.name;
    EXPECT_EQ(build.backend->lanes, std::string(build.name) == "avx512" ? 16
                                    : std::string(build.name) == "avx2" ? 8
                                                                        : 1);
  }
}

TEST(Bins, do_not_change_costs) {
  for (const auto& file : scenario_files()) {
    scenario::Scenario scenario = load_file(file);
    const Results expected = simulate(scenario, 48);
    const auto compare = [&](const char* bins) {
      const Results actual = simulate(scenario, 48);
      for (const char* name : {"plan_cost", "plan_category", "plan_owner", "plan_waste", "job_finish", "job_use"})
        EXPECT_EQ(array(expected, name), array(actual, name)) << file << ", bins of " << bins;
    };
    for (const double hours : {1.0, 5.0, 24.0, 168.0}) {
      scenario.simulation.bin_seconds = 3600.0 * hours;
      compare(std::to_string(hours).c_str());
    }
    scenario.simulation.calendar_months = true;
    compare("a month");
  }
}

TEST(Bins, finer_ones_agree_with_coarser_ones_where_both_end) {
  for (const auto& file : scenario_files()) {
    scenario::Scenario scenario = load_file(file);
    scenario.simulation.calendar_months = false;
    const auto with_bins = [&](double seconds) {
      scenario.simulation.bin_seconds = seconds;
      return scenario::bin_edges(scenario);
    };
    const std::vector<std::int32_t> coarse_edges = with_bins(7 * 86400.0);
    const Results coarse = simulate(scenario, 32);
    const std::vector<std::int32_t> fine_edges = with_bins(scenario.step_seconds);
    const Results fine = simulate(scenario, 32);
    for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan)
      for (std::size_t edge = 0; edge < coarse_edges.size(); ++edge) {
        const auto at = static_cast<std::size_t>(std::find(fine_edges.begin(), fine_edges.end(), coarse_edges[edge]) -
                                                 fine_edges.begin());
        ASSERT_LT(at, fine_edges.size());
        EXPECT_EQ(array(coarse, "plan_bin").rows[plan * coarse_edges.size() + edge],
                  array(fine, "plan_bin").rows[plan * fine_edges.size() + at])
            << file << ", plan " << plan << ", step " << coarse_edges[edge];
      }
  }
}

TEST(Bins, cumulative_cost_never_falls) {
  for (const auto& file : scenario_files()) {
    scenario::Scenario scenario = load_file(file);
    // A run that is reclaimed early enough is taken off the bill.
    const auto frees = [](const scenario::Market& market) {
      return market.spot && market.spot->free_within_seconds > 0.0;
    };
    if (std::any_of(scenario.markets.begin(), scenario.markets.end(), frees)) continue;
    scenario.simulation.calendar_months = false;
    scenario.simulation.bin_seconds = scenario.step_seconds;
    const std::size_t edges = scenario::bin_edges(scenario).size();
    const Results results = simulate(scenario, 32);
    const Array& rows = array(results, "plan_bin");
    for (std::size_t row = 0; row + 1 < rows.rows.size(); ++row) {
      if (row % edges == edges - 1) continue;
      for (std::size_t path = 0; path < 32; ++path)
        // What is not yet closed stands in float: a step without cost may take back its last digit.
        EXPECT_GE(rows.rows[row + 1][path], rows.rows[row][path] - 100 - rows.rows[row][path] / 10'000'000)
            << file << ", plan " << row / edges << ", bin " << row % edges << ", path " << path;
    }
  }
}

}  // namespace
}  // namespace costrisk::identity
