// Scenarios that several tests start from.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace costrisk::scenario {

inline const std::filesystem::path good_inputs = std::filesystem::path(COSTRISK_SOURCE_DIR) / "tests/unit/good_inputs";

/// The smallest scenario there is, more or less: one market, one job, one plan.
inline const char* const small_scenario = R"(horizon = "1w"
step = "1h"
[[market]]
name = "east"
on_demand = 2.0
spot = { price = { mean = 0.8, volatility = 0.2, half_life = "3d" } }
[[job]]
name = "train"
work = { median = 100, spread = 0.1 }
throughput = { east = 1.0 }
deadline = "5d"
[[plan]]
name = "spot first"
[plan.job.train]
policy = "greedy"
instances = 4
)";

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace costrisk::scenario
