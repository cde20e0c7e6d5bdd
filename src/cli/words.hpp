// Small readings of words on the command line.
#pragma once

#include <string>

namespace costrisk::cli {

/// The text without blanks before and after it.
inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace costrisk::cli
