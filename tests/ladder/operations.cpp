// What a rung does a path and step, counted on a lane that counts: the numbers that the roofs are reckoned with.
#include <gtest/gtest.h>

#include "tests/counts/counting_lane.hpp"

#include "kernels/ladder/08_shared_components.hpp"
#include "kernels/ladder/sources.hpp"
#include "src/course/ladder_model.hpp"
#include "src/course/ladder_rungs.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::ladder {
namespace {

TEST(Operations, of_a_path_and_step_are_those_that_the_roofs_are_reckoned_with) {
  const Model model =
      course::ladder_model(scenario::lower(scenario::load_text(scenario_text(), "ladder.toml").scenario));
  std::int64_t micros[plan_count] = {};
  const counts::Counts before = counts::counted;
  simulate_shared<counts::CountingLane>(model, 0, 1, Costs{micros, 1});
  const counts::Counts spent = counts::counted - before;
  const double steps = model.steps;
  EXPECT_EQ(static_cast<double>(spent.words), 4.0 * steps);
  const double expected = course::ladder_world_operations + fleet_count * course::ladder_fleet_operations;
  EXPECT_NEAR(static_cast<double>(spent.floats + spent.integers + spent.choices) / steps / expected, 1.0, 0.02);
}

}  // namespace
}  // namespace costrisk::ladder
