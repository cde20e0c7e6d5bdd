// The longest common subsequence of lines, by a table; for files of a few hundred lines.
#include "src/course/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace costrisk::course {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// A line that is kept (' '), taken away ('-') or put in ('+'), with how many lines of each text stand before it.
struct Edit {
  char kind;
  std::string_view line;
  std::size_t from, to;
};

std::vector<Edit> edits(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  // common[i][j]: lines that a from i on and b from j on have in common
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<Edit> result;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      result.push_back({' ', a[i], i, j});
      ++i;
      ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      result.push_back({'-', a[i], i, j});
      ++i;
    } else {
      result.push_back({'+', b[j], i, j});
      ++j;
    }
  }
  return result;
}

std::string hunk(const std::vector<Edit>& all, std::size_t begin, std::size_t end) {
  std::string body;
  std::size_t from = 0, to = 0;
  for (std::size_t k = begin; k < end; ++k) {
    from += all[k].kind != '+';
    to += all[k].kind != '-';
    body += fmt::format("{}{}\n", all[k].kind, all[k].line);
  }
  // A side without lines is named by the line before it.
  const std::size_t from_line = all[begin].from + (from > 0), to_line = all[begin].to + (to > 0);
  return fmt::format("@@ -{},{} +{},{} @@\n{}", from_line, from, to_line, to, body);
}

}  // namespace

std::string unified_diff(std::string_view from, std::string_view to, const std::string& from_name,
                         const std::string& to_name) {
  constexpr std::size_t context = 3;
  const std::vector<Edit> all = edits(lines_of(from), lines_of(to));
  std::string hunks;
  for (std::size_t k = 0; k < all.size();) {
    if (all[k].kind == ' ') {
      ++k;
      continue;
    }
    const std::size_t begin = k - std::min(k, context);
    std::size_t last = k;  // the last change of the hunk
    for (std::size_t i = k; i < all.size() && i <= last + 2 * context + 1; ++i)
      if (all[i].kind != ' ') last = i;
    const std::size_t end = std::min(last + 1 + context, all.size());
    hunks += hunk(all, begin, end);
    k = end;
  }
  if (hunks.empty()) return "";
  return fmt::format("--- {}\n+++ {}\n{}", from_name, to_name, hunks);
}

}  // namespace costrisk::course
