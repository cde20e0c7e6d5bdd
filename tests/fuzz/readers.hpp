// The readers of files that users bring, each as a function of a text, with inputs to start from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace costrisk::fuzz {

struct Reader {
  const char* name;
  /// Reads a text, and does with what it has read what the program would. Refusals (FormatError, InvalidScenario) end
  /// here; any other exception is a defect, as is a crash. Returns whether the text was taken.
  bool (*read)(const std::string& text);
  std::vector<std::string> seeds;  ///< texts that are read without complaint
  std::vector<std::string> words;  ///< pieces that mean something to it
};

const std::vector<Reader>& readers();

/// @throws std::invalid_argument with the names there are
const Reader& reader_named(std::string_view name);

}  // namespace costrisk::fuzz
