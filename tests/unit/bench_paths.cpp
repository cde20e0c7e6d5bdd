// A benchmark takes as many paths as fill its time, whatever its first trials met with.
#include "src/course/bench.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace costrisk::course {
namespace {

/// Runs of a microsecond a path, of which some take longer.
class Runs {
 public:
  /// @param delays seconds added to the first runs, one after the other
  explicit Runs(std::vector<double> delays = {}) : delays_(std::move(delays)) {}
  double operator()(std::uint64_t paths) {
    const double delay = count_ < delays_.size() ? delays_[count_] : 0.0;
    ++count_;
    return 1e-6 * static_cast<double>(paths) + delay;
  }
  std::size_t count() const { return count_; }

 private:
  std::vector<double> delays_;
  std::size_t count_ = 0;
};

std::uint64_t chosen(Runs& runs) {
  return choose_paths(16384, 1.0, [&runs](std::uint64_t paths) { return runs(paths); });
}

TEST(BenchPaths, fill_half_of_the_time_and_no_more_than_all_of_it) {
  Runs runs;
  EXPECT_EQ(chosen(runs), std::uint64_t{16384} << 5u);
  EXPECT_EQ(runs.count(), 1u + 5u + 3u) << "a warm-up, trials that were too short, three that were long enough";
}

TEST(BenchPaths, are_not_chosen_by_the_start_up) {
  Runs runs({20.0});
  EXPECT_EQ(chosen(runs), std::uint64_t{16384} << 5u);
}

TEST(BenchPaths, are_not_chosen_by_trials_that_a_busy_machine_spoiled) {
  Runs first({0.0, 1.8}), some({20.0, 1.8, 0.9, 0.0, 0.7});
  EXPECT_EQ(chosen(first), std::uint64_t{16384} << 5u);
  EXPECT_EQ(chosen(some), std::uint64_t{16384} << 5u);
}

TEST(BenchPaths, remain_the_first_where_these_take_long_enough) {
  Runs runs({0.0, 9.0, 9.0, 9.0});
  EXPECT_EQ(chosen(runs), 16384u);
}

}  // namespace
}  // namespace costrisk::course
