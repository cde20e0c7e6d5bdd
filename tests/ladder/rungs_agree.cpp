// The processor's rungs compute the engine's costs: bit for bit where they draw its words, in the mean elsewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "kernels/ladder/sources.hpp"
#include "src/course/ladder_model.hpp"
#include "src/course/ladder_rungs.hpp"
#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::ladder {
namespace {

constexpr int processor_rungs = 8;

const scenario::Lowered& lowered() {
  static const scenario::Lowered instance =
      scenario::lower(scenario::load_text(scenario_text(), "ladder.toml").scenario);
  return instance;
}

/// Costs by [plan][path], one after the other, between guards that nobody may touch.
class PlanCosts {
 public:
  explicit PlanCosts(int paths) : paths_(paths), micros_(static_cast<std::size_t>(plan_count * stride()), untouched) {}

  Costs costs() { return {micros_.data(), stride()}; }
  std::int64_t at(int plan, int path) const { return micros_[static_cast<std::size_t>(plan * stride() + path)]; }
  int paths() const { return paths_; }
  bool guards_are_whole() const {
    for (int plan = 0; plan < plan_count; ++plan)
      for (int i = paths_; i < stride(); ++i)
        if (at(plan, i) != untouched) return false;
    return true;
  }
  double mean(int plan) const {
    double sum = 0.0;
    for (int path = 0; path < paths_; ++path) sum += static_cast<double>(at(plan, path));
    return sum / paths_;
  }
  double variance(int plan) const {
    double sum = 0.0;
    for (int path = 0; path < paths_; ++path) sum += std::pow(static_cast<double>(at(plan, path)) - mean(plan), 2);
    return sum / (paths_ - 1);
  }

 private:
  static constexpr std::int64_t untouched = INT64_MIN;
  int stride() const { return paths_ + 5; }

  int paths_;
  std::vector<std::int64_t> micros_;
};

PlanCosts engine_costs(std::uint64_t first_path, int paths) {
  const Backend& backend = run::find_backend("auto");
  run::ChunkBuffers buffers(backend, lowered().parameters, lowered().shape, paths);
  StageSeconds stages;
  backend.simulate(lowered().parameters, first_path, paths, buffers.output(), buffers.workspace(), stages);
  PlanCosts result(paths);
  for (int plan = 0; plan < plan_count; ++plan)
    std::copy_n(buffers.output().plan_cost + std::int64_t{plan} * buffers.output().stride, paths,
                result.costs().row(plan));
  return result;
}

PlanCosts rung_costs(const course::LadderProcessorRung& rung, const Model& model, std::uint64_t first_path, int paths) {
  PlanCosts result(paths);
  if (rung.threads)
    on_all_threads(rung.simulate, model, first_path, paths, result.costs());
  else
    rung.simulate(model, first_path, paths, result.costs());
  EXPECT_TRUE(result.guards_are_whole());
  return result;
}

void expect_same(const PlanCosts& a, const PlanCosts& b) {
  for (int plan = 0; plan < plan_count; ++plan)
    for (int path = 0; path < a.paths(); ++path)
      ASSERT_EQ(a.at(plan, path), b.at(plan, path)) << "plan " << plan << ", path " << path;
}

/// The largest deviation of a plan's mean, in standard errors of the difference.
double largest_z(const PlanCosts& a, const PlanCosts& b) {
  double largest = 0.0;
  for (int plan = 0; plan < plan_count; ++plan) {
    const double error = std::sqrt(a.variance(plan) / a.paths() + b.variance(plan) / b.paths());
    largest = std::max(largest, std::abs(a.mean(plan) - b.mean(plan)) / error);
  }
  return largest;
}
/// Eight plans and two rungs: beyond it by chance in one of 10,000.
constexpr double most_z = 4.6;

class ProcessorRung : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!here.problem.empty()) GTEST_SKIP() << here.problem;
  }
  const course::LadderRung& rung = course::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)];
  const course::LadderProcessorRung here = course::ladder_processor_rung(GetParam());
  const Model model = course::ladder_model(lowered());
};

class CountedRung : public ProcessorRung {};
class LibraryRung : public ProcessorRung {};

TEST_P(CountedRung, costs_what_the_engine_says_on_every_path) {
  ASSERT_TRUE(rung.engine_bits);
  // Ranges that begin and end within registers and grains, and one whose paths need the counter's high word.
  expect_same(rung_costs(here, model, 0, 100), engine_costs(0, 100));
  expect_same(rung_costs(here, model, 13, 21), engine_costs(13, 21));
  const std::uint64_t beyond = (std::uint64_t{1} << 32) - 16;
  expect_same(rung_costs(here, model, beyond, 41), engine_costs(beyond, 41));
  expect_same(rung_costs(here, model, 5, 1), engine_costs(5, 1));
}

TEST_P(LibraryRung, costs_on_average_what_the_engine_says) {
  ASSERT_FALSE(rung.engine_bits);
  EXPECT_LT(largest_z(rung_costs(here, model, 0, 2000), engine_costs(0, 2000)), most_z);
}

TEST_P(LibraryRung, that_is_biased_by_two_percent_is_found_out) {
  Model biased = model;
  biased.demand.base *= 1.02f;
  EXPECT_GT(largest_z(rung_costs(here, biased, 0, 2000), engine_costs(0, 2000)), most_z);
}

INSTANTIATE_TEST_SUITE_P(Rungs, CountedRung, testing::Range(3, processor_rungs + 1));
INSTANTIATE_TEST_SUITE_P(Rungs, LibraryRung, testing::Values(1, 2));

TEST(SharedComponents, give_the_same_on_every_lane) {
  const Model model = course::ladder_model(lowered());
  if (!course::ladder_processor_rung(8).problem.empty()) GTEST_SKIP() << course::ladder_processor_rung(8).problem;
  PlanCosts costs(50);
  simulate_shared_avx2(model, 3, 50, costs.costs());
  expect_same(costs, engine_costs(3, 50));
}

TEST(LadderModel, refuses_a_scenario_that_does_more) {
  std::string text(scenario_text());
  const std::string noise = "noise = {";
  text.replace(text.find(noise), noise.size(), "growth = 0.1\n" + noise);
  const scenario::Lowered other = scenario::lower(scenario::load_text(text, "other.toml").scenario);
  EXPECT_THROW((void)course::ladder_model(other), std::logic_error);
}

TEST(LadderSources, are_the_files_that_the_rungs_name) {
  for (const course::LadderRung& rung : course::ladder_rungs()) {
    std::ostringstream text;
    text << std::ifstream(std::string(COSTRISK_SOURCE_DIR "/") + rung.file).rdbuf();
    EXPECT_FALSE(text.str().empty()) << rung.file;
    EXPECT_EQ(text.str(), rung_source(rung.number));
  }
}

TEST(LadderSources, have_the_rungs_function_where_they_say) {
  for (const course::LadderRung& rung : course::ladder_rungs()) {
    const std::string place = course::ladder_place(rung);
    const std::size_t colon = place.rfind(':');
    EXPECT_EQ(place.substr(0, colon), rung.file);
    std::istringstream lines{std::string(rung_source(rung.number))};
    std::string line;
    for (int i = std::stoi(place.substr(colon + 1)); i > 0; --i) std::getline(lines, line);
    EXPECT_NE(line.find(rung.symbol), std::string::npos) << place << ": " << line;
  }
}

TEST(LadderSources, open_with_the_rungs_number_and_the_reason) {
  for (const course::LadderRung& rung : course::ladder_rungs()) {
    const std::string_view source = rung_source(rung.number);
    EXPECT_TRUE(source.starts_with("// Rung " + std::to_string(rung.number) + ": ")) << rung.file;
    EXPECT_GE(std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(source.find("#")), '\n'), 5);
  }
}

}  // namespace
}  // namespace costrisk::ladder
