// The scenarios that the tests of the emulated CUDA backend run.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/scenarios/files.hpp"

namespace costrisk::emulation {

using tests::load_file;
using tests::scenario_files;

scenario::Scenario quickstart();

/// The name of a test of one of these files.
inline std::string file_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace costrisk::emulation
