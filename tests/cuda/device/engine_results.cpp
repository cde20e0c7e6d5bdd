// Runs the scalar backend and engines and keeps what they leave.
#include "tests/cuda/device/engine_results.hpp"

#include <algorithm>

#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"

namespace costrisk::device {

namespace {

Results empty_results(const Shape& shape) {
  Results results;
  Output none;
  each_array(shape, none, [&](const char* name, auto*, int rows) {
    results.push_back({name, std::vector<std::vector<std::int64_t>>(static_cast<std::size_t>(rows))});
  });
  return results;
}

void append(Results& results, const Shape& shape, Output output, int paths) {
  std::size_t index = 0;
  each_array(shape, output, [&](const char*, auto* values, int rows) {
    for (int row = 0; row < rows; ++row) {
      const auto* first = values + std::int64_t{row} * output.stride;
      std::vector<std::int64_t>& kept = results[index].rows[static_cast<std::size_t>(row)];
      kept.insert(kept.end(), first, first + paths);
    }
    ++index;
  });
}

}  // namespace

Results on_scalar(const scenario::Lowered& lowered, std::uint64_t first_path, int paths) {
  const Backend& backend = run::find_backend("scalar");
  run::ChunkBuffers buffers(backend, lowered.parameters, lowered.shape, paths);
  StageSeconds stages;
  backend.simulate(lowered.parameters, first_path, paths, buffers.output(), buffers.workspace(), stages);
  Results results = empty_results(lowered.shape);
  append(results, lowered.shape, buffers.output(), paths);
  return results;
}

Results on_engine(cuda::Engine& engine, const Shape& shape, std::uint64_t first_path, int paths, int chunk) {
  Results results = empty_results(shape);
  int in_flight[cuda::Engine::slots] = {};
  int begun = 0, done = 0;
  for (int slot = 0; done < paths; slot = (slot + 1) % cuda::Engine::slots) {
    if (in_flight[slot] > 0) {
      append(results, shape, engine.finish(slot), in_flight[slot]);
      done += in_flight[slot];
      in_flight[slot] = 0;
    }
    if (begun < paths) {
      in_flight[slot] =
          engine.begin(slot, first_path + static_cast<std::uint64_t>(begun), std::min(chunk, paths - begun));
      begun += in_flight[slot];
    }
  }
  return results;
}

std::string difference(const Results& a, const Results& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    for (std::size_t row = 0; row < std::min(a[i].rows.size(), b[i].rows.size()); ++row)
      for (std::size_t path = 0; path < std::min(a[i].rows[row].size(), b[i].rows[row].size()); ++path)
        if (a[i].rows[row][path] != b[i].rows[row][path])
          return a[i].name + ", row " + std::to_string(row) + ", path " + std::to_string(path) + ": " +
                 std::to_string(a[i].rows[row][path]) + " and " + std::to_string(b[i].rows[row][path]);
  return a == b ? "" : "sizes differ";
}

}  // namespace costrisk::device
