// Runs backends on chunks and makes vectors of what they leave.
#include "tests/identity/engine_runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "src/run/chunk.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::identity {

namespace {

const std::filesystem::path source_dir = COSTRISK_SOURCE_DIR;

}  // namespace

std::string file_text(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

scenario::Scenario load_configs_text(const std::string& text) {
  return scenario::load_text(text, "test", {}, source_dir / "configs").scenario;
}

const std::vector<Build>& builds() {
  static const std::vector<Build> usable = [] {
    std::vector<Build> all = {{"scalar", &scalar_backend, &scalar_run}};
    const bool fma = __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
    const bool avx2 = fma && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512vl");
    if (fma) all.push_back({"scalar_fma", &scalar_fma_backend, &scalar_fma_run});
    if (avx2) all.push_back({"avx2", &avx2_backend, &avx2_run});
    if (avx512) all.push_back({"avx512", &avx512_backend, &avx512_run});
    return all;
  }();
  return usable;
}

const Build& fastest_build() { return builds().back(); }

Results simulate(const Backend& backend, const scenario::Lowered& lowered, std::uint64_t first_path, int paths,
                 int chunk, int fill) {
  constexpr int guard = 3;  // columns that must stay as they were
  if (chunk == 0) chunk = paths;
  run::ChunkBuffers buffers(backend, lowered.parameters, lowered.shape, chunk + guard);
  const Output& out = buffers.output();
  Results results;
  each_array(lowered.shape, out, [&](const char* name, auto*, int rows) {
    results.push_back({name, std::vector<std::vector<std::int64_t>>(static_cast<std::size_t>(rows))});
  });
  StageSeconds stages;
  for (int done = 0; done < paths; done += chunk) {
    const int count = std::min(chunk, paths - done);
    std::memset(buffers.workspace(), fill, backend.workspace_bytes(lowered.parameters));
    each_array(lowered.shape, out, [&](const char*, auto* values, int rows) {
      std::memset(values, fill,
                  sizeof(*values) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(out.stride));
    });
    backend.simulate(lowered.parameters, first_path + static_cast<std::uint64_t>(done), count, out, buffers.workspace(),
                     stages);
    std::size_t index = 0;
    each_array(lowered.shape, out, [&](const char* name, auto* values, int rows) {
      auto untouched = *values;
      std::memset(&untouched, fill, sizeof untouched);
      for (int row = 0; row < rows; ++row) {
        auto* first = values + std::int64_t{row} * out.stride;
        std::vector<std::int64_t>& kept = results[index].rows[static_cast<std::size_t>(row)];
        kept.insert(kept.end(), first, first + count);
        for (int i = count; i < out.stride; ++i)
          EXPECT_EQ(first[i], untouched) << name << " was written beyond the chunk's paths";
      }
      ++index;
    });
  }
  return results;
}

Results simulate(const scenario::Scenario& scenario, int paths) {
  return simulate(*fastest_build().backend, scenario::lower(scenario), 0, paths);
}

const Array& array(const Results& results, std::string_view name) {
  return *std::find_if(results.begin(), results.end(), [&](const Array& a) { return a.name == name; });
}

Results columns(const Results& results, int first, int count) {
  Results part = results;
  for (Array& a : part)
    for (std::vector<std::int64_t>& row : a.rows) row = {row.begin() + first, row.begin() + first + count};
  return part;
}

std::string difference(const Results& a, const Results& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t row = 0; row < a[i].rows.size(); ++row)
      for (std::size_t path = 0; path < a[i].rows[row].size(); ++path)
        if (a[i].rows[row][path] != b[i].rows[row][path])
          return a[i].name + ", row " + std::to_string(row) + ", path " + std::to_string(path) + ": " +
                 std::to_string(a[i].rows[row][path]) + " and " + std::to_string(b[i].rows[row][path]);
  return a == b ? "" : "sizes differ";
}

const std::vector<std::int64_t>& costs(const scenario::Scenario& scenario, const Results& results,
                                       std::string_view plan) {
  for (std::size_t i = 0; i < scenario.plans.size(); ++i)
    if (scenario.plans[i].name == plan) return array(results, "plan_cost").rows[i];
  throw std::invalid_argument("no plan '" + std::string(plan) + "'");
}

int first_failed_path(const Results& results) {
  const std::vector<std::int64_t>& status = array(results, "status").rows[0];
  const auto failed = std::find_if(status.begin(), status.end(), [](std::int64_t s) { return s != 0; });
  return failed == status.end() ? -1 : static_cast<int>(failed - status.begin());
}

}  // namespace costrisk::identity
