// What a run of a rung comes to: sums by plan, and a checksum over every single cost. Integers, so that they may be
// added in any order, by threads and devices alike.
#pragma once

#include <cstdint>

#include "kernels/ladder/model.hpp"
#include "kernels/lane/function.hpp"

namespace costrisk::ladder {

struct Tally {
  std::int64_t sum_micros[plan_count] = {};
  std::uint64_t checksum = 0;
};

/// Scatters a cost over 64 bits; the sum over all paths and plans is the checksum. The mixing is that of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA'14).
COSTRISK_FN std::uint64_t checksum_term(std::uint64_t path, int plan, std::int64_t micros) {
  std::uint64_t x = static_cast<std::uint64_t>(micros) +
                    (path * plan_count + static_cast<unsigned>(plan) + 1) * std::uint64_t{0x9E3779B97F4A7C15u};
  x = (x ^ (x >> 30)) * std::uint64_t{0xBF58476D1CE4E5B9u};
  x = (x ^ (x >> 27)) * std::uint64_t{0x94D049BB133111EBu};
  return x ^ (x >> 31);
}

COSTRISK_FN void add_to(Tally& tally, std::uint64_t path, int plan, std::int64_t micros) {
  tally.sum_micros[plan] += micros;
  tally.checksum += checksum_term(path, plan, micros);
}

}  // namespace costrisk::ladder
