// A diff says what to do to one text to have the other, and is done here to see.
#include "src/course/unified_diff.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "kernels/ladder/sources.hpp"

namespace costrisk::course {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What the diff makes of `from`; fails the test where a line is not what the diff expects.
std::vector<std::string> patched(const std::vector<std::string>& from, const std::string& diff) {
  std::vector<std::string> result;
  std::size_t next = 0;
  const std::vector<std::string> lines = lines_of(diff);
  for (std::size_t i = 2; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("@@ ")) {
      int begin = 0, count = 0, to_begin = 0, to_count = 0;
      EXPECT_EQ(std::sscanf(line.c_str(), "@@ -%d,%d +%d,%d @@", &begin, &count, &to_begin, &to_count), 4) << line;
      const auto until = static_cast<std::size_t>(count > 0 ? begin - 1 : begin);
      while (next < until) result.push_back(from[next++]);
      EXPECT_EQ(result.size() + (to_count > 0), static_cast<std::size_t>(to_begin)) << line;
    } else if (line[0] == '+') {
      result.push_back(line.substr(1));
    } else {
      EXPECT_EQ(line.substr(1), from[next]) << "line " << next + 1;
      if (line[0] == ' ') result.push_back(from[next]);
      ++next;
    }
  }
  while (next < from.size()) result.push_back(from[next++]);
  return result;
}

void expect_applies(std::string_view from, std::string_view to) {
  EXPECT_EQ(patched(lines_of(from), unified_diff(from, to, "a", "b")), lines_of(to));
}

TEST(UnifiedDiff, turns_one_text_into_the_other) {
  expect_applies("", "one\n");
  expect_applies("one\n", "");
  expect_applies("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n12\n13\n");
  for (const int rung : {1, 2, 3, 4, 5, 6, 7}) expect_applies(ladder::rung_source(rung), ladder::rung_source(rung + 1));
}

TEST(UnifiedDiff, says_nothing_of_equal_texts) { EXPECT_EQ(unified_diff("a\nb\n", "a\nb\n", "x", "y"), ""); }

TEST(UnifiedDiff, keeps_changes_apart_that_are_far_from_one_another) {
  EXPECT_EQ(unified_diff("a\n1\n2\n3\n4\n5\n6\n7\n8\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\n8\nB\n", "x", "y"),
            "--- x\n+++ y\n"
            "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
            "@@ -7,4 +7,4 @@\n 6\n 7\n 8\n-b\n+B\n");
}

TEST(UnifiedDiff, joins_changes_that_are_near) {
  EXPECT_EQ(unified_diff("a\n1\n2\n3\nb\n", "A\n1\n2\n3\nB\n", "x", "y"),
            "--- x\n+++ y\n@@ -1,5 +1,5 @@\n-a\n+A\n 1\n 2\n 3\n-b\n+B\n");
}

}  // namespace
}  // namespace costrisk::course
