// The list of rungs, and which lane each runs on here.
#include "src/course/ladder_rungs.hpp"

#include <algorithm>
#include <array>

#include "kernels/ladder/sources.hpp"
#include "src/run/processor.hpp"

namespace costrisk::course {

namespace {

using ladder::fleet_count;
using ladder::plan_count;
using ladder::plan_fleet_count;

/// Accesses of eight bytes that rung 1 makes for a path and step, two or three an operation: 12 for four processes, 34
/// for two prices, 8 for the demand, 27 for each of 16 fleets, 4 for each plan's sum.
constexpr double array_accesses = 12 + 34 + 8 + 27 * plan_count * plan_fleet_count + 4 * plan_count;

/// Four numbers of four bytes, written and read as normals, written as values, read by each of the fleets. A structure
/// is fetched whole; of rows a fleet takes its price and the demand.
constexpr double structure_bytes = 16 + 16 + 16 + 16 * fleet_count;
constexpr double row_bytes = 16 + 16 + 12 + 8 * fleet_count;

constexpr std::array<LadderRung, 16> rungs = {{
    {1, "arrays", "array at a time, traces stored", "kernels/ladder/01_arrays.cpp", "simulate_arrays(",
     LadderNeeds::nothing, false, 8.0 * array_accesses, "page faults of new arrays, generator and library calls"},
    {2, "paths", "one path at a time", "kernels/ladder/02_paths.cpp", "simulate_paths(", LadderNeeds::nothing, false,
     0.0, "generator and library calls"},
    {3, "counter-based", "random words by counter", "kernels/ladder/03_counter_based.cpp", "simulate_counted(",
     LadderNeeds::fma, true, 0.0, "chains of one path"},
    {4, "fused", "nothing is stored", "kernels/ladder/04_fused.cpp", "simulate_fused(", LadderNeeds::fma, true, 0.0,
     "chains of one path"},
    {5, "AVX2", "8 paths in a register", "kernels/ladder/05_avx2.cpp", "simulate_avx2(", LadderNeeds::avx2, true, 0.0,
     "latency"},
    {6, "AVX-512", "16 paths in a register", "kernels/ladder/06_avx512.cpp", "simulate_avx512(", LadderNeeds::avx512,
     true, 0.0, "latency"},
    {7, "threads", "all processors", "kernels/ladder/07_threads.cpp", "on_all_threads(", LadderNeeds::fma, true, 0.0,
     "other programs"},
    {8, "shared components", "each distinct fleet once", "kernels/ladder/08_shared_components.hpp", "simulate_shared(",
     LadderNeeds::avx2, true, 0.0, "other programs"},
    {9, "stages", "a kernel a stage, structures stored", "kernels/ladder/09_stages.cuh", "simulate(", LadderNeeds::gpu,
     false, structure_bytes, "scattered access"},
    {10, "coalesced", "structures of arrays", "kernels/ladder/10_coalesced.cuh", "simulate(", LadderNeeds::gpu, false,
     row_bytes, "latency"},
    {11, "counter-based", "random words by counter", "kernels/ladder/11_counter_based.cuh", "simulate(",
     LadderNeeds::gpu, true, row_bytes, "latency"},
    {12, "fused", "traces never leave registers", "kernels/ladder/12_fused.cuh", "simulate_paths(", LadderNeeds::gpu,
     true, 0.0, "latency"},
    {13, "placed", "table shared, parameters constant", "kernels/ladder/13_placed.cuh", "simulate_paths(",
     LadderNeeds::gpu, true, 0.0, "latency"},
    {14, "shared world", "one world for a block's fleets", "kernels/ladder/14_shared_world.cuh", "simulate_paths(",
     LadderNeeds::gpu, true, 0.0, "latency"},
    {15, "reduced", "sums made on the device", "kernels/ladder/15_reduced.cuh", "simulate_paths(", LadderNeeds::gpu,
     true, 0.0, "latency"},
    {16, "launch shape", "blocks and grid as measured best", "kernels/ladder/16_launch_shape.cuh", "simulate_paths(",
     LadderNeeds::gpu, true, 0.0, "latency"},
}};

/// What a lane adds to the operations of the model.
struct LaneOperations {
  double word;     ///< a random word: a quarter of a block, seven rounds and what begins it
  double lookups;  ///< of a normal, beyond the six operations they are

  /// Instructions of a step of one group of lanes.
  double step(int fleets) const {
    return ladder_world_operations + 4.0 * (word + lookups) + fleets * ladder_fleet_operations;
  }
};
// Scalar: a round is two products, two shifts and four exclusive ors. Vectors multiply even and odd numbers apart, so
// it is four, four, and four on AVX-512, which combines three words at once, or eight on AVX2; the last round takes
// packed words. A lookup is a load, a permutation, or four permutations and three blends.
constexpr LaneOperations scalar_operations = {17.0, 1.0};
constexpr LaneOperations avx2_operations = {31.0, 38.0};
constexpr LaneOperations avx512_operations = {25.0, 0.0};

constexpr const char* no_fma = "the processor has no fused multiply-add";
constexpr const char* no_avx2 = "the processor has no AVX2";
constexpr const char* no_avx512 = "the processor has no AVX-512 (F, BW, CD, DQ, VL)";

}  // namespace

std::span<const LadderRung> ladder_rungs() { return rungs; }

LadderProcessorRung ladder_processor_rung(int number) {
  const run::Processor here;
  constexpr int all_fleets = plan_count * plan_fleet_count;
  const auto on = [](ladder::Simulate simulate, const ladder::RoofLoops& roofs, double operations, bool usable,
                     const char* problem) {
    return LadderProcessorRung{usable ? simulate : nullptr, false, &roofs, operations, usable ? "" : problem};
  };
  const double scalar = scalar_operations.step(all_fleets), avx2 = avx2_operations.step(all_fleets),
               avx512 = avx512_operations.step(all_fleets);
  const auto widest = [&] {
    return here.avx512 ? on(ladder::simulate_avx512, ladder::avx512_roofs, avx512, true, "")
           : here.avx2 ? on(ladder::simulate_avx2, ladder::avx2_roofs, avx2, true, "")
                       : on(ladder::simulate_fused, ladder::scalar_roofs, scalar, here.fma, no_fma);
  };
  const auto shared = [&] {
    return here.avx512
               ? on(ladder::simulate_shared_avx512, ladder::avx512_roofs, avx512_operations.step(fleet_count), true, "")
               : on(ladder::simulate_shared_avx2, ladder::avx2_roofs, avx2_operations.step(fleet_count), here.avx2,
                    no_avx2);
  };
  LadderProcessorRung rung;
  switch (number) {
    case 1:
      rung = on(ladder::simulate_arrays, ladder::scalar_roofs, scalar, true, "");
      break;
    case 2:
      rung = on(ladder::simulate_paths, ladder::scalar_roofs, scalar, true, "");
      break;
    case 3:
      rung = on(ladder::simulate_counted, ladder::scalar_roofs, scalar, here.fma, no_fma);
      break;
    case 4:
      rung = on(ladder::simulate_fused, ladder::scalar_roofs, scalar, here.fma, no_fma);
      break;
    case 5:
      rung = on(ladder::simulate_avx2, ladder::avx2_roofs, avx2, here.avx2, no_avx2);
      break;
    case 6:
      rung = on(ladder::simulate_avx512, ladder::avx512_roofs, avx512, here.avx512, no_avx512);
      break;
    case 7:
      rung = widest();
      rung.threads = true;
      break;
    default:
      rung = shared();
      rung.threads = true;
      break;
  }
  // The roofs' scalar loops are compiled for processors with fused multiply-add. And what was counted are the
  // operations of the engine's lanes and words: rungs 1 and 2 draw otherwise, in double precision, and call the
  // library.
  if (!here.fma || !ladder_rungs()[static_cast<std::size_t>(number - 1)].engine_bits) rung.roofs = nullptr;
  return rung;
}

std::string ladder_place(const LadderRung& rung) {
  const std::string_view source = ladder::rung_source(rung.number);
  const std::size_t at = source.rfind(std::string(" ") + rung.symbol);
  const auto end = source.begin() + static_cast<std::ptrdiff_t>(std::min(at, source.size()));
  return std::string(rung.file) + ":" + std::to_string(1 + std::count(source.begin(), end, '\n'));
}

}  // namespace costrisk::course
