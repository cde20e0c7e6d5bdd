// What the kernels that add up, as PTX of nvcc, make of made-up chunks is what the tally makes of them path by path.
#include "tests/cuda/device_sums.hpp"
#include "tests/cuda/ptx/fixture.hpp"

namespace costrisk::ptx {
namespace {

class PtxSums : public OnPtx<testing::Test> {
 protected:
  PtxSums() : OnPtx("cuda_reducer") {}
};

/// As the small one, with so many plans.
results::TallyLayout layout_of(int plans) {
  results::TallyLayout layout = tests::small_layout(60000);
  layout.shape.plans = plans;
  layout.job_component.clear();
  layout.service_component.clear();
  for (int plan = 0; plan < plans; ++plan) {
    layout.job_component.insert(layout.job_component.end(), {plan % 3, (plan + 1) % 3});
    layout.service_component.insert(layout.service_component.end(), {plan % 4, (plan + 1) % 4});
  }
  return layout;
}

TEST_F(PtxSums, are_those_of_the_tally_over_chunks_of_several_slices) {
  emulation::expect_sums_of_tally({33, 16390});
  emulation::machine().last_thread_first = true;
  emulation::expect_sums_of_tally({200, 128});
}

TEST_F(PtxSums, are_those_of_the_tally_for_any_number_of_plans) {
  for (const int plans : {1, 2, 5, 10}) emulation::expect_sums_of_tally({300, 140}, {layout_of(plans)});
  for (const char* kernel : {"sum_rows", "compare_plans", "find_cheapest", "sum_by_driver", "judge", "want_pages",
                             "make_pages", "count_values"})
    EXPECT_GT(part_reached(interpreter("cuda_reducer"), kernel), 0.3) << kernel;
}

TEST_F(PtxSums, of_extreme_values_are_those_of_the_tally) { emulation::expect_sums_of_tally_at_extremes(); }

TEST_F(PtxSums, are_refused_where_a_path_failed_or_a_sum_leaves_its_bits) {
  emulation::expect_refused([](const Output& output) { output.status[150] = status_money_overflow; });
  emulation::expect_refused([](const Output& output) { output.plan_cost[150] = std::int64_t{1} << 62; });
  emulation::expect_refused([](const Output& output) {
    for (int path = 0; path < 200; ++path) output.plan_cost[path] = (std::int64_t{1} << 62) - 1;
  });
}

}  // namespace
}  // namespace costrisk::ptx
