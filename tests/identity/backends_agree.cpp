// The backends give the same bits on every scenario: raw numbers of world and jobs, tile by tile and before
// anything is rounded to money, and all integers of the output.
#include <gtest/gtest.h>

#include "tests/identity/engine_runs.hpp"
#include "tests/identity/raw_numbers.hpp"

namespace costrisk::identity {
namespace {

class OnEveryScenario : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override { lowered_ = scenario::lower(load_file(GetParam())); }
  const scenario::Lowered& lowered() const { return lowered_; }

 private:
  scenario::Lowered lowered_;
};

TEST_P(OnEveryScenario, raw_numbers_are_the_same_bits_on_every_lane) {
  for (const std::uint64_t base : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 16 + 16 * 3}) {
    const Recording expected(*builds()[0].run, lowered().parameters, base, 0xFF);
    ASSERT_GT(expected.labels().size(), 100u);
    for (const Build& build : builds()) {
      const Recording actual(*build.run, lowered().parameters, base, 0xFF);
      EXPECT_EQ(difference(expected, actual), "") << build.name;
    }
  }
}

TEST_P(OnEveryScenario, no_number_is_other_than_finite) {
  for (const Build& build : {builds().front(), builds().back()}) {
    EXPECT_EQ(not_finite(Recording(*build.run, lowered().parameters, 0, 0xFF)), "") << build.name;
  }
}

TEST_P(OnEveryScenario, nothing_is_read_before_it_is_written) {
  for (const Build& build : {builds().front(), builds().back()}) {
    const Recording ones(*build.run, lowered().parameters, 0, 0xFF);
    const Recording sevens(*build.run, lowered().parameters, 0, 0x47);
    EXPECT_EQ(difference(ones, sevens), "") << build.name;
    EXPECT_EQ(difference(simulate(*build.backend, lowered(), 0, 20, 0, 0xFF),
                         simulate(*build.backend, lowered(), 0, 20, 0, 0x47)),
              "")
        << build.name;
  }
}

TEST_P(OnEveryScenario, outputs_are_the_same_on_every_backend) {
  constexpr int paths = 150;
  const Results expected = simulate(*builds()[0].backend, lowered(), 0, paths);
  EXPECT_EQ(first_failed_path(expected), -1);
  for (const Build& build : builds())
    EXPECT_EQ(difference(expected, simulate(*build.backend, lowered(), 0, paths)), "") << build.name;
}

TEST_P(OnEveryScenario, two_runs_in_a_row_are_equal) {
  const Build& build = fastest_build();
  EXPECT_EQ(simulate(*build.backend, lowered(), 0, 100), simulate(*build.backend, lowered(), 0, 100));
}

TEST_P(OnEveryScenario, any_range_of_paths_can_be_simulated_alone) {
  const Backend& backend = *fastest_build().backend;
  const Results all = simulate(backend, lowered(), 0, 300);
  EXPECT_EQ(difference(columns(all, 100, 100), simulate(backend, lowered(), 100, 100)), "");
  for (const int path : {0, 1, 15, 16, 17, 131, 299})
    EXPECT_EQ(difference(columns(all, path, 1), simulate(backend, lowered(), static_cast<std::uint64_t>(path), 1)), "")
        << "path " << path;
}

TEST_P(OnEveryScenario, the_size_of_chunks_changes_nothing) {
  const Backend& backend = *fastest_build().backend;
  const Results all = simulate(backend, lowered(), 7, 150);
  for (const int chunk : {1, 5, 64, 1000})
    EXPECT_EQ(difference(all, simulate(backend, lowered(), 7, 150, std::min(chunk, 150))), "") << "chunks of " << chunk;
}

TEST_P(OnEveryScenario, atoms_add_up_to_the_cost) {
  constexpr int paths = 100;
  const Results results = simulate(*fastest_build().backend, lowered(), 0, paths);
  const Shape& shape = lowered().shape;
  for (int plan = 0; plan < shape.plans; ++plan)
    for (int path = 0; path < paths; ++path) {
      const std::int64_t cost = array(results, "plan_cost").rows[plan][path];
      std::int64_t categories = 0, owners = 0;
      for (int k = 0; k < category_count; ++k)
        categories += array(results, "plan_category").rows[plan * category_count + k][path];
      for (int k = 0; k < shape.owners; ++k) owners += array(results, "plan_owner").rows[plan * shape.owners + k][path];
      EXPECT_EQ(categories, cost);
      EXPECT_EQ(owners, cost);
      EXPECT_EQ(array(results, "plan_bin").rows[plan * shape.bins + shape.bins - 1][path], cost);
    }
}

std::string file_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, OnEveryScenario, testing::ValuesIn(scenario_files()), file_name);

}  // namespace
}  // namespace costrisk::identity
