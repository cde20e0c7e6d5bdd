// The scenarios that stand in the source tree.
#pragma once

#include <filesystem>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::tests {

/// Every scenario of configs/ and tests/stat/scenarios/.
std::vector<std::filesystem::path> scenario_files();
/// @throws scenario::InvalidScenario with every problem there is
scenario::Scenario load_file(const std::filesystem::path& file);

}  // namespace costrisk::tests
