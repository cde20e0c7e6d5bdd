// Lists within sentences, and sentences broken into lines.
#pragma once

#include <string>
#include <vector>

namespace costrisk::present {

/// "A", "A and B", "A, B and C".
std::string listed(const std::vector<std::string>& words);

/// A text broken at `width` columns, each line ending in a line feed.
std::string broken_text(const std::string& text, int width);

}  // namespace costrisk::present
