// Breaking is by display width, as columns of tables are.
#include "src/present/text/sentences.hpp"

#include <fmt/format.h>

#include <sstream>

#include "src/present/text/text_table.hpp"

namespace costrisk::present {

std::string listed(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

std::string broken_text(const std::string& text, int width) {
  std::string result;
  int column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const int length = display_width(word);
    if (column > 0 && column + 1 + length > width) {
      result += "\n";
      column = 0;
    }
    result += column > 0 ? " " + word : word;
    column += length + (column > 0 ? 1 : 0);
  }
  return column > 0 ? result + "\n" : result;
}

}  // namespace costrisk::present
