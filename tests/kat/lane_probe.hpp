// The functions of the lanes as plain functions on arrays, so that one test body runs on every lane. The probe
// of a lane is made in a file of its own, compiled with that lane's instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

#include "kernels/math/philox.hpp"
#include "kernels/model/services/window.hpp"
#include "tests/kat/plan_probe.hpp"

namespace costrisk::kat {

/// Functions of 32 bits, taken as floats or integers as the function has them.
enum class Map {
  exponential,
  power_of_two,
  logarithm,
  normal_distribution,
  uniform,
  unit_exponential,
  standard_normal,
  standard_normals,  ///< the first of four that are the same
  clamp,             ///< to 1
  snap_fleet,        ///< tolerance 0
  snap_time,         ///< tolerance time_tolerance
  first_set_bit,
  low_bits,
  to_int,
  rint,
  floor,
  ceil,
  sqrt,
};

/// Functions of two numbers.
enum class Map2 {
  min,
  max,
  add,
  subtract,
  multiply,
  divide,
  fused,
  test,
  less,
  product_of_words,
  gather,
  gather_shared,
  add_to_row
};

/// Numbers that every lane's width divides: what `count` is a multiple of, everywhere below.
inline constexpr int block = 16;

struct LaneProbe {
  const char* name;
  int width;
  void (*map)(Map function, const std::int32_t* in, std::int32_t* out, int count);
  void (*map2)(Map2 function, const std::int32_t* a, const std::int32_t* b, std::int32_t* out, int count);
  /// Any counters: words[4·i … 4·i+3] from counters[4·i … 4·i+3].
  void (*philox)(const std::uint32_t* counters, PhiloxKey key, std::uint32_t* words, int count);
  /// The counters (path_low[i], number, stream, path_high[i]).
  void (*stream_block)(const std::uint32_t* path_low, const std::uint32_t* path_high, PhiloxKey key,
                       std::uint32_t stream, std::uint32_t number, std::uint32_t* words, int count);
  /// The counters (path_low[i], ordinal[i], stream, path_high[i]).
  void (*event)(const std::uint32_t* path_low, const std::uint32_t* path_high, PhiloxKey key, std::uint32_t stream,
                const std::uint32_t* ordinal, std::uint32_t* words, int count);
  /// Instants moved on by `by`, and what lies between them and where they were.
  void (*instant_plus)(const std::int32_t* step, const float* offset, const float* by, std::int32_t* to_step,
                       float* to_offset, std::int32_t* first_step, float* since, int count);
  /// Totals of `turns` values a lane, each rounded with the rest of the one before. values: [turn][count].
  void (*amounts)(const float* values, const float* errors, std::int64_t* totals, int turns, int count);
  /// Compensated sums of `turns` products a lane. a, b: [turn][count].
  void (*sums)(const float* a, const float* b, float* sum, float* rest, int turns, int count);
  /// Of instances[i], those that a step strikes at rates[i] each; words[i] is the first uniform.
  void (*binomial)(const float* instances, const float* rates, const std::int32_t* words, PhiloxKey key, float* counts,
                   int count);
  /// Likewise step after step, counts that are rare. instances, at most `bound`, and counts: [step][count].
  void (*rare_binomials)(const float* instances, float bound, float rate, PhiloxKey key, float* counts, int steps,
                         int count);
  /// The extreme over the window that ends at each step. values, extremes: [step][count].
  void (*sliding)(const float* values, const WindowParameters& window, Extreme extreme, float* extremes, int steps,
                  int count);
  PlanProbe plans;
};

inline void PrintTo(const LaneProbe* probe, std::ostream* out) { *out << probe->name; }

extern const LaneProbe scalar_probe, scalar_fma_probe, avx2_probe, avx512_probe;

/// All lanes, the plain scalar first.
const std::vector<const LaneProbe*>& all_probes();
/// Whether this processor can run the lane.
bool can_run(const LaneProbe& probe);
/// Those that it can run.
std::vector<const LaneProbe*> usable_probes();
/// The widest of these.
const LaneProbe& fastest_probe();

}  // namespace costrisk::kat
