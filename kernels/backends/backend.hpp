// The backends of this build: how each is found, and how it runs a chunk of paths.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk {

/// Seconds spent in each stage, by Stage, and a word to end before all is done.
struct StageSeconds {
  double world = 0.0, jobs = 0.0, services = 0.0, plans = 0.0;
  const std::atomic<bool>* abandon =
      nullptr;  ///< set: the paths under way are left as they are, their output unwritten
};

/// One way of running the model. All of them give the same bits.
struct Backend {
  const char* name;
  /// Paths a group simulates side by side; chunks are best multiples of it.
  int lanes;
  /// Memory one thread needs.
  std::size_t (*workspace_bytes)(const Parameters&);
  /// Simulates [first_path, first_path + paths) into `out`; `workspace` is 64-byte aligned; the
  /// time of each stage is added to `stages`.
  void (*simulate)(const Parameters&, std::uint64_t first_path, int paths, const Output& out, std::byte* workspace,
                   StageSeconds& stages);
  /// Draws the world's random words and transcendentals of those paths and nothing else; returns a number
  /// that depends on them.
  float (*draw_floor)(const Parameters&, std::uint64_t first_path, int paths);
};

extern const Backend scalar_backend, scalar_fma_backend, avx2_backend, avx512_backend;
extern const Backend wasm_backend;  ///< in builds for browsers alone

}  // namespace costrisk
