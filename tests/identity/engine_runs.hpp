// What the identity tests share: the scenarios, the backends this processor runs, and a chunk's results as vectors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/backends/backend.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/lower.hpp"
#include "tests/identity/lane_run.hpp"
#include "tests/scenarios/files.hpp"

namespace costrisk::identity {

using tests::load_file;
using tests::scenario_files;

std::string file_text(const std::filesystem::path& file);
/// A scenario from text, as if it stood in configs/.
scenario::Scenario load_configs_text(const std::string& text);

/// A backend, and the open run of its lane.
struct Build {
  const char* name;
  const Backend* backend;
  const LaneRun* run;
};
/// Those that this processor runs, the plain scalar first.
const std::vector<Build>& builds();
const Build& fastest_build();

/// One array of the Output: [row][path].
struct Array {
  std::string name;
  std::vector<std::vector<std::int64_t>> rows;
  bool operator==(const Array&) const = default;
};
using Results = std::vector<Array>;

/// Simulates [first_path, first_path + paths), `chunk` at a time (0: all at once). Memory that the kernels find is
/// filled with the byte `fill`. Fails the test where a kernel writes beyond the columns it was given.
Results simulate(const Backend& backend, const scenario::Lowered& lowered, std::uint64_t first_path, int paths,
                 int chunk = 0, int fill = 0xFF);
Results simulate(const scenario::Scenario& scenario, int paths);

const Array& array(const Results& results, std::string_view name);
/// The columns [first, first + count).
Results columns(const Results& results, int first, int count);
/// Where two results first differ; empty where they do not.
std::string difference(const Results& a, const Results& b);
/// Cost by path of the plan of that name.
const std::vector<std::int64_t>& costs(const scenario::Scenario& scenario, const Results& results,
                                       std::string_view plan);
/// The first path that could not be simulated, or −1.
int first_failed_path(const Results& results);

}  // namespace costrisk::identity
