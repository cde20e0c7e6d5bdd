// The rungs that run on a processor, each a way to compute the same costs.
#pragma once

#include <cstdint>

#include "kernels/ladder/model.hpp"

namespace costrisk::ladder {

/// Costs of all plans: [plan][path] in micro-units, `stride` paths a row.
struct Costs {
  std::int64_t* micros = nullptr;
  std::int64_t stride = 0;

  std::int64_t* row(int plan) const { return micros + plan * stride; }
  /// The same costs from a later path on.
  Costs from(int path) const { return {micros + path, stride}; }
};

/// Simulates the paths [first_path, first_path + paths) into the first columns of `costs`, on the calling thread. Where
/// they span a multiple of 2^32, first_path is a multiple of 16, since a register's paths share the high word.
using Simulate = void (*)(const Model& model, std::uint64_t first_path, int paths, Costs costs);

void simulate_arrays(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_paths(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_counted(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_fused(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_avx2(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_avx512(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_shared_avx2(const Model& model, std::uint64_t first_path, int paths, Costs costs);
void simulate_shared_avx512(const Model& model, std::uint64_t first_path, int paths, Costs costs);

/// The same on all processors that the process may use.
void on_all_threads(Simulate simulate, const Model& model, std::uint64_t first_path, int paths, Costs costs);

}  // namespace costrisk::ladder
