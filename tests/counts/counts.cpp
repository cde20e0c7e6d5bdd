// What a future costs in random words and operations, counted and not timed, so that a draw or a component too many
// is found on any machine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/counts/counting_lane.hpp"

#include "kernels/backends/backend.hpp"
#include "kernels/model/engine.hpp"
#include "src/course/bench_scenario.hpp"
#include "src/run/chunk.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::counts {
namespace {

using Lane = CountingLane;

/// What a run of paths took, in all and stage by stage.
struct Bill {
  std::array<Counts, 4> stages;  ///< by Stage
  const Counts& of(Stage stage) const { return stages[static_cast<std::size_t>(stage)]; }
  std::uint64_t words() const {
    std::uint64_t sum = 0;
    for (const Counts& counts : stages) sum += counts.words;
    return sum;
  }
};

/// Books what is counted to the stage that runs.
class CountingClock {
 public:
  explicit CountingClock(Bill& bill) : bill_(bill), since_(counted) {}
  void enter(Stage stage) {
    leave();
    stage_ = stage;
  }
  void leave() {
    const Counts fresh = counted - since_;
    Counts& sum = bill_.stages[static_cast<std::size_t>(stage_)];
    sum = {sum.words + fresh.words, sum.floats + fresh.floats, sum.integers + fresh.integers,
           sum.choices + fresh.choices};
    since_ = counted;
  }

 private:
  Bill& bill_;
  Counts since_;
  Stage stage_ = Stage::world;
};

Bill bill;  // of the backend below

void simulate(const Parameters& p, std::uint64_t first_path, int paths, const Output& out, std::byte* workspace,
              StageSeconds&) {
  CountingClock clock(bill);
  simulate_paths<Lane>(p, first_path, paths, out, workspace, normal_table, clock);
}

const Backend counting_backend = {"counting", 1, [](const Parameters& p) { return Workspace<Lane>(p, nullptr).bytes; },
                                  simulate, nullptr};

scenario::Lowered lower(const std::string& text) {
  return scenario::lower(scenario::load_text(text, "counts").scenario);
}

Bill count(const scenario::Lowered& lowered, int paths) {
  run::ChunkBuffers buffers(counting_backend, lowered.parameters, lowered.shape, paths);
  StageSeconds unused;
  bill = {};
  counting_backend.simulate(lowered.parameters, 0, paths, buffers.output(), buffers.workspace(), unused);
  return bill;
}

std::string bench_text(course::BenchCase scenario, int plans = 64) {
  course::BenchShape shape;
  shape.scenario = scenario;
  shape.horizon = "4w";
  shape.commitment_plans = plans;
  return course::bench_scenario(shape);
}

constexpr int paths = 16;

/// Two markets whose prices move, a factor and a demand: all that draws in every step, and nothing that draws by event.
std::string steady_text(int weeks) {
  return fmt::format(R"(
horizon = "{}w"
step = "15m"
[[factor]]
name = "shortage"
half_life = "5d"
[[market]]
name = "a"
on_demand = 2.0
spot = {{ price = {{ mean = 1.0, volatility = 0.2, half_life = "1d", loading = {{ shortage = 0.5 }} }} }}
[[market]]
name = "b"
like = "a"
[[demand]]
name = "requests"
base = 10.0
noise = {{ volatility = 0.2, half_life = "6h" }}
[[service]]
name = "chat"
demand = "requests"
rate = {{ a = 4.0, b = 4.0 }}
[[plan]]
name = "one"
[plan.service.chat]
utilization = 0.7
pools = [{{ market = "a", buy = "spot", share = 0.5 }}, {{ market = "b", buy = "spot" }}]
)",
                     weeks);
}

TEST(RandomWords, a_step_draws_one_for_each_process) {
  constexpr int processes = 4;  // the factor, two prices, the noise
  const scenario::Lowered one = lower(steady_text(1)), three = lower(steady_text(3));
  const int more_steps = three.parameters.steps - one.parameters.steps;
  EXPECT_EQ(count(three, paths).words() - count(one, paths).words(),
            static_cast<std::uint64_t>(paths * processes * more_steps));
}

TEST(Components, are_simulated_once_however_many_plans_share_them) {
  const scenario::Lowered grid = lower(bench_text(course::BenchCase::grid));
  EXPECT_EQ(grid.parameters.plan_count, 8);
  EXPECT_EQ(grid.parameters.job_count, 4);
  EXPECT_EQ(grid.parameters.service_count, 2);
  const scenario::Lowered different = lower(bench_text(course::BenchCase::plans));
  EXPECT_EQ(different.parameters.job_count, 8);
  EXPECT_EQ(different.parameters.service_count, 8);
  EXPECT_EQ(different.parameters.autoscaler_count, 1) << "all eight ask for the same";

  // All but the first commit to something, so that use is told step by step in both.
  const Bill few = count(lower(bench_text(course::BenchCase::commitments, 2)), paths);
  const Bill many = count(lower(bench_text(course::BenchCase::commitments, 64)), paths);
  for (const Stage stage : {Stage::world, Stage::jobs, Stage::services}) EXPECT_EQ(few.of(stage), many.of(stage));
  EXPECT_EQ(few.words(), many.words()) << "a plan draws nothing of its own";
}

const char* case_name(course::BenchCase scenario) { return scenario == course::BenchCase::jobs ? "jobs" : "plans"; }

nlohmann::json per_step(const Counts& counts, double steps) {
  const auto rounded = [&](std::uint64_t n) { return std::round(1000.0 * static_cast<double>(n) / steps) / 1000.0; };
  return {{"words", rounded(counts.words)},
          {"floats", rounded(counts.floats)},
          {"integers", rounded(counts.integers)},
          {"choices", rounded(counts.choices)}};
}

/// By stage, a step of one path: of the world, of one job, of one service, of one plan.
nlohmann::json operations_of(course::BenchCase scenario) {
  const scenario::Lowered lowered = lower(bench_text(scenario));
  const Parameters& p = lowered.parameters;
  const Bill all = count(lowered, paths);
  const double steps = static_cast<double>(paths) * p.steps;
  nlohmann::json json = {{"world", per_step(all.of(Stage::world), steps)},
                         {"job", per_step(all.of(Stage::jobs), steps * p.job_count)},
                         {"plan", per_step(all.of(Stage::plans), steps * p.plan_count)}};
  if (p.service_count > 0) json["service"] = per_step(all.of(Stage::services), steps * p.service_count);
  return json;
}

/// operations.json has what the benchmark's scenarios take; COSTRISK_UPDATE_COUNTS=1 writes it anew.
TEST(Operations, of_the_benchmark_are_no_more_than_recorded) {
  const std::string file = std::string(COSTRISK_SOURCE_DIR) + "/tests/counts/operations.json";
  nlohmann::json now;
  for (const auto scenario : {course::BenchCase::jobs, course::BenchCase::plans})
    now[case_name(scenario)] = operations_of(scenario);
  if (std::getenv("COSTRISK_UPDATE_COUNTS")) std::ofstream(file) << now.dump(2) << "\n";
  const nlohmann::json recorded = nlohmann::json::parse(std::ifstream(file));
  for (const auto& [scenario, stages] : now.items())
    for (const auto& [stage, counts] : stages.items())
      for (const auto& [kind, value] : counts.items()) {
        const double most = recorded.at(scenario).at(stage).at(kind).get<double>();
        // Words are the model's; operations may be saved, and a few more are no harm.
        if (kind == "words")
          EXPECT_EQ(value.get<double>(), most) << "random words a step of a " << stage << ", case " << scenario;
        else
          EXPECT_LE(value.get<double>(), 1.02 * most + 0.05)
              << kind << " a step of a " << stage << ", case " << scenario;
      }
}

}  // namespace
}  // namespace costrisk::counts
