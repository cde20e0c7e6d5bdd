// Finds them in the source tree.
#include "tests/cuda/scenario_files.hpp"

#include <algorithm>

#include "src/scenario/load.hpp"

namespace costrisk::emulation {

namespace {

const std::filesystem::path source_dir = COSTRISK_SOURCE_DIR;

}  // namespace

std::vector<std::filesystem::path> scenario_files() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"configs", "tests/stat/scenarios"})
    for (const auto& entry : std::filesystem::directory_iterator(source_dir / folder))
      if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

scenario::Scenario load_file(const std::filesystem::path& file) { return scenario::load(file).scenario; }
scenario::Scenario quickstart() { return load_file(source_dir / "configs/quickstart.toml"); }

}  // namespace costrisk::emulation
