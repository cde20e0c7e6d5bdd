// What the ladder's table says of what it was measured on.
#include "src/course/ladder_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace costrisk::present {
namespace {

course::LadderReport report_of(int first, int last) {
  course::LadderReport report;
  report.processor = "a processor";
  report.compiler = "a compiler";
  report.paths = 4096;
  report.steps = 672;
  report.threads = 2;
  for (const course::LadderRung& rung : course::ladder_rungs()) {
    if (rung.number < first || rung.number > last) continue;
    course::LadderRow row;
    row.rung = rung;
    row.place = rung.file;
    row.paths = rung.needs == course::LadderNeeds::gpu ? 1 << 18 : 4096;
    report.rows.push_back(row);
  }
  return report;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(LadderTable, names_the_futures_that_a_gpu_is_timed_on_where_one_was) {
  EXPECT_TRUE(ladder_table(report_of(7, 8), false).starts_with("4,096 futures of 672 steps, 8 plans, on a processor"));
  course::LadderReport both = report_of(8, 9);
  both.device = "a GPU";
  const std::string text = ladder_table(both, false);
  EXPECT_TRUE(text.starts_with("4,096 futures, on the GPU 262,144, of 672 steps")) << text;
  for (course::LadderRow& row : both.rows)
    if (row.rung.needs == course::LadderNeeds::gpu) row.problem = "no GPU";
  EXPECT_FALSE(contains(ladder_table(both, false), "262,144"));
}

TEST(LadderTable, does_not_take_the_roofs_of_a_gpu_for_those_of_a_thread) {
  course::LadderReport report = report_of(8, 9);
  report.roofs = {{"issue, AVX2", 1e10, "instructions"}, {"issue, GPU", 1e13, "instructions"}};
  EXPECT_TRUE(contains(ladder_table(report, false), "\nroofs, those of the processor by one thread\nissue, AVX2: "));
}

}  // namespace
}  // namespace costrisk::present
