// Part of the world: processes in time, a normal and a step of an autoregression for each step of the tile.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

/// Draws processes and mixes them with the factors of the tile.
template <class L>
class Processes {
  using F = typename L::F;

 public:
  /// @param factor_rows [factor][tile step] of the tile
  COSTRISK_FN Processes(const PathContext<L>& path, const F* factor_rows) : path_(path), factor_rows_(factor_rows) {}

  /// Four steps of the tile at a time, in registers: `body(first, values)` with the process's values from step `first`
  /// on. Beyond a shorter tile's end come up to three more: nothing reads them, and what they are made from may be
  /// rubbish.
  template <class Body>
  COSTRISK_FN void each_four(const ProcessParameters& process, F& state, const WorldTile<L>& tile, Body body) const {
    const PhiloxStream<L> stream(path_.philox, process.stream);
    const F b(process.b), minus_c(-process.c);
    F x = state;
    for (int first = 0; first < tile.end - tile.start; first += 4) {
      F values[4];
      path_.normals(stream.block(static_cast<std::uint32_t>((tile.start + first) / 4)).word, values);
      unrolled<4>([&](int j) COSTRISK_INLINE {
        const bool is_start = j == 0 && tile.start + first == 0;
        values[j] = x = is_start ? values[j] : fma(b, values[j], fma(minus_c, x, x));
      });
      body(first, values);
    }
    state = x;
  }

  /// Σ β·F(step) + residual·x of four steps from `first` on, the same for all lanes; in place of x.
  COSTRISK_FN void mix(const MixtureParameters& mixture, int first, F (&x)[4]) const {
    if (mixture.loadings.count == 0 && mixture.residual == 1.0f) return;
    const F residual(mixture.residual);
    unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = residual * x[j]; });
    for (int i = 0; i < mixture.loadings.count; ++i) {
      const LoadingParameters& loading = path_.parameters.loadings[mixture.loadings.first + i];
      const F beta(loading.beta), *row = factor_rows_ + loading.factor * tile_steps + first;
      unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = fma(beta, row[j], x[j]); });
    }
  }

 private:
  const PathContext<L>& path_;
  const F* factor_rows_;
};

}  // namespace costrisk
