// Finds them by the folder that the build was made from.
#include "tests/scenarios/files.hpp"

#include <algorithm>

#include "src/scenario/reader/load.hpp"

namespace costrisk::tests {

std::vector<std::filesystem::path> scenario_files() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"configs", "tests/scenarios", "tests/stat/scenarios"})
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(COSTRISK_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

scenario::Scenario load_file(const std::filesystem::path& file) { return scenario::load(file).scenario; }

}  // namespace costrisk::tests
