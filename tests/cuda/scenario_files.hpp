// The scenarios that the tests of the emulated CUDA backend run.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "src/scenario/scenario.hpp"

namespace costrisk::emulation {

/// Every scenario of configs/ and tests/stat/scenarios/.
std::vector<std::filesystem::path> scenario_files();
scenario::Scenario load_file(const std::filesystem::path& file);
scenario::Scenario quickstart();

/// The name of a test of one of these files.
inline std::string file_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace costrisk::emulation
