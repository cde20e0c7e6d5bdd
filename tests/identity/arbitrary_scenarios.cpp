// On scenarios that nobody wrote: the backends give the same bits, and every path's figures agree with one another,
// with those of the plan alone, and with those of the scenario written out, however the run is carried out.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>

#include "src/results/quantities/quantities.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "tests/arbitrary/generator.hpp"
#include "tests/arbitrary/seeds.hpp"
#include "tests/identity/engine_runs.hpp"
#include "tests/identity/raw_numbers.hpp"

namespace costrisk::identity {
namespace {

constexpr int paths = 37;  ///< groups of every lane are left incomplete

using Row = std::vector<std::int64_t>;

/// One scenario and what the plain scalar makes of it.
class Subject {
 public:
  Subject(const std::filesystem::path& file)
      : file_(file),
        scenario_(scenario::load(file).scenario),
        lowered_(scenario::lower(scenario_)),
        results_(simulate(*builds()[0].backend, lowered_, 0, paths)) {}

  void expect_the_same_bits_everywhere() const {
    EXPECT_EQ(first_failed_path(results_), -1);
    for (const std::uint64_t base : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 16}) {
      const Recording expected(*builds()[0].run, lowered_.parameters, base, 0xFF);
      EXPECT_EQ(not_finite(expected), "");
      for (std::size_t i = 1; i < builds().size(); ++i)
        EXPECT_EQ(difference(expected, Recording(*builds()[i].run, lowered_.parameters, base, 0x47)), "")
            << builds()[i].name;
    }
    for (const Build& build : builds())
      for (const int chunk : {paths, 5})
        EXPECT_EQ(difference(results_, simulate(*build.backend, lowered_, 0, paths, chunk, 0x47)), "")
            << build.name << ", chunks of " << chunk;
  }

  void expect_sums_to_agree() const {
    const Shape& shape = lowered_.shape;
    const bool pays_back = std::any_of(scenario_.markets.begin(), scenario_.markets.end(), [](const auto& market) {
      return market.spot && market.spot->free_within_seconds > 0.0;
    });
    for (int plan = 0; plan < shape.plans; ++plan) {
      const Row& cost = row("plan_cost", plan);
      EXPECT_EQ(sum("plan_category", plan, category_count), cost);
      EXPECT_EQ(sum("plan_owner", plan, shape.owners), cost);
      EXPECT_EQ(row("plan_bin", plan * shape.bins + shape.bins - 1), cost);
      for (int bin = 1; bin < shape.bins && !pays_back; ++bin)
        for (int path = 0; path < paths; ++path) {
          // What is not yet closed stands in float: a step without cost may take back its last digit.
          const std::int64_t before = row("plan_bin", plan * shape.bins + bin - 1)[path];
          EXPECT_GE(row("plan_bin", plan * shape.bins + bin)[path], before - 100 - before / 10'000'000)
              << "bin " << bin << " of plan " << plan << ", path " << path;
        }
    }
  }

  void expect_signs_and_bounds() const {
    const Shape& shape = lowered_.shape;
    for (const Array& array : results_)
      for (std::size_t r = 0; r < array.rows.size(); ++r) {
        // Credit is paid by nobody who used anything.
        const bool is_credit =
            array.name == "plan_category" && static_cast<int>(r) % category_count == static_cast<int>(Category::credit);
        const bool is_unused = array.name == "plan_owner" && static_cast<int>(r) % shape.owners == shape.owners - 1;
        // Of what owners were charged for what contracts have left, later use may give back some.
        const bool may_fall = array.name == "plan_period";
        if (is_unused || may_fall || array.name == "driver_cell") continue;
        // Unused is what is committed less what is charged to uses, use by use.
        const std::int64_t rounding = array.name == "plan_waste" ? 1000 : 0;
        for (const std::int64_t value : array.rows[r])
          EXPECT_TRUE(is_credit ? value <= 0 : value >= -rounding) << array.name << ", row " << r << ": " << value;
      }
    const std::int64_t horizon = scenario_.steps() * ticks_per_step;
    for (int job = 0; job < shape.job_components; ++job)
      for (int path = 0; path < paths; ++path) {
        const std::int64_t finish = row("job_finish", job)[path], late = row("job_late", job)[path];
        EXPECT_TRUE(finish == never_ticks || (finish > 0 && finish <= horizon)) << "job " << job << ": " << finish;
        EXPECT_LE(late, row("job_runs", job)[path]);
        EXPECT_TRUE(finish != never_ticks || late > 0) << "job " << job << ", path " << path;
      }
  }

  /// What is asked of a service is served or not, whichever plan runs it.
  void expect_requests_to_be_kept() const {
    for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
      Row asked;
      for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) {
        const int component = lowered_.plan_service_component[plan * scenario_.services.size() + service];
        if (component < 0) continue;
        for (int path = 0; path < paths; ++path) {
          const std::int64_t all = row("service_served", component)[path] + row("service_unserved", component)[path];
          if (asked.size() < static_cast<std::size_t>(paths))
            asked.push_back(all);
          else
            EXPECT_NEAR(static_cast<double>(all), static_cast<double>(asked[path]),
                        1e-6 * static_cast<double>(asked[path]) + 2048.0)
                << scenario_.services[service].name << ", path " << path;
        }
      }
    }
  }

  /// No plan knows of the others.
  void expect_plans_not_to_meddle() const {
    if (scenario_.plans.size() < 2) return;
    for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) {
      const Results results = simulate(run::with_plan_alone(scenario_, plan), paths);
      for (const char* name :
           {"plan_cost", "plan_category", "plan_owner", "plan_bin", "plan_waste", "plan_covered", "plan_service"}) {
        const std::vector<Row>& rows = array(results, name).rows;
        for (std::size_t r = 0; r < rows.size(); ++r)
          EXPECT_EQ(rows[r], array(results_, name).rows[plan * rows.size() + r])
              << name << " of plan " << plan << ", row " << r;
      }
    }
  }

  /// Bins of one step change nothing but themselves.
  void expect_bins_not_to_meddle() const {
    scenario::Scenario finer = scenario_;
    finer.simulation.calendar_months = false;
    finer.simulation.bin_seconds = finer.step_seconds;
    const Results results = simulate(finer, paths);
    for (const char* name : {"plan_cost", "plan_category", "plan_owner", "plan_waste", "job_finish", "job_use"})
      EXPECT_EQ(array(results, name), array(results_, name)) << name << " with finer bins";
    const std::vector<std::int32_t> edges = scenario::bin_edges(scenario_);
    const auto steps = static_cast<std::size_t>(scenario_.steps());
    for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan)
      for (std::size_t edge = 0; edge < edges.size(); ++edge) {
        if (edges[edge] == 0) continue;
        EXPECT_EQ(array(results, "plan_bin").rows[plan * steps + static_cast<std::size_t>(edges[edge]) - 1],
                  row("plan_bin", static_cast<int>(plan * edges.size() + edge)))
            << "plan " << plan << ", step " << edges[edge];
      }
  }

  /// The scenario with every default filled in is the same one.
  void expect_the_resolved_text_to_say_the_same() const {
    const std::string text = scenario::resolved_toml(scenario_);
    const scenario::Scenario again = scenario::load_text(text, "resolved.toml", {}, file_.parent_path()).scenario;
    EXPECT_EQ(scenario::resolved_toml(again), text);
    EXPECT_EQ(difference(results_, simulate(again, paths)), "") << "resolved";
  }

  void expect_runs_and_shards_to_agree() const {
    const auto run_with = [&](int threads, int chunk, std::uint64_t first, std::uint64_t count) {
      run::Options options;
      options.threads = threads;
      options.chunk_paths = chunk;
      options.first_path = first;
      options.paths = count;
      options.whole_run = results::PathRange{0, 100};
      return run::simulate(scenario_, options);
    };
    run::Outcome whole = run_with(1, 0, 0, 100);
    const std::vector<std::uint64_t> expected = figures(whole);
    run::Outcome threads = run_with(3, 7, 0, 100);
    EXPECT_EQ(figures(threads), expected) << "threads";
    run::Outcome shards = run_with(2, 0, 61, 39);
    shards.tally.merge(run_with(1, 16, 0, 61).tally);
    EXPECT_EQ(figures(shards), expected) << "shards";
    const std::vector<std::int64_t> costs = whole.tally.costs_by_path(0);
    EXPECT_TRUE(std::equal(row("plan_cost", 0).begin(), row("plan_cost", 0).end(), costs.begin()));
  }

 private:
  const Row& row(const char* name, int index) const {
    return array(results_, name).rows[static_cast<std::size_t>(index)];
  }
  Row sum(const char* name, int plan, int count) const {
    Row sums(paths, 0);
    for (int i = 0; i < count; ++i)
      for (int path = 0; path < paths; ++path) sums[path] += row(name, plan * count + i)[path];
    return sums;
  }
  /// All numbers of the results, as bits, so that NaN equals NaN.
  std::vector<std::uint64_t> figures(run::Outcome& outcome) const {
    const results::Results results = run::evaluate(scenario_, outcome);
    std::vector<std::uint64_t> bits;
    for (const results::Quantity& quantity : results::quantities())
      for (const double value : results.*quantity.values) bits.push_back(std::bit_cast<std::uint64_t>(value));
    return bits;
  }

  const std::filesystem::path file_;
  const scenario::Scenario scenario_;
  const scenario::Lowered lowered_;
  const Results results_;
};

void examine(std::uint64_t seed, arbitrary::Chance chance) {
  const arbitrary::Folder folder(seed, chance, testing::TempDir());
  const bool failed_before = testing::Test::HasFailure();
  try {
    const Subject subject(folder.scenario());
    subject.expect_the_same_bits_everywhere();
    subject.expect_sums_to_agree();
    subject.expect_signs_and_bounds();
    subject.expect_requests_to_be_kept();
    subject.expect_plans_not_to_meddle();
    subject.expect_bins_not_to_meddle();
    subject.expect_the_resolved_text_to_say_the_same();
    subject.expect_runs_and_shards_to_agree();
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
  if (!failed_before && !testing::Test::HasFailure())
    folder.remove();
  else if (!failed_before)
    ADD_FAILURE() << "first in " << folder.scenario();
}

TEST(Arbitrary, scenarios_are_simulated_alike_and_add_up) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    examine(seed, seed % 4 ? arbitrary::Chance::some : arbitrary::Chance::none);
}

TEST(LongArbitrary, scenarios_are_simulated_alike_and_add_up) {
  const arbitrary::Seeds seeds = arbitrary::seeds(1000, 300);
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed)
    examine(seed, seed % 4 ? arbitrary::Chance::some : arbitrary::Chance::none);
}

}  // namespace
}  // namespace costrisk::identity
