// Finds them in the source tree.
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::emulation {

scenario::Scenario quickstart() {
  return load_file(std::filesystem::path(COSTRISK_SOURCE_DIR) / "configs/quickstart.toml");
}

}  // namespace costrisk::emulation
