// The world and the components of one group of paths, with every number they hold laid open before anything is rounded
// to money. Made for each lane in a file of its own, compiled with that lane's instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/model/parameters.hpp"

namespace costrisk::identity {

/// Receives numbers tile by tile: `bits` has one for each path of the group.
struct Recorder {
  void* context;
  void (*put)(void* context, const char* what, int entity, int element, bool is_float, const std::int32_t* bits);
};

/// Which steps components take: those of the form that their assignments allow, or those that fit any.
enum class Forms { chosen, general };

struct LaneRun {
  const char* name;
  int width;  ///< paths of a group
  std::size_t (*workspace_bytes)(const Parameters&);
  /// Lives through the horizon with the paths [base, base + width), base a multiple of the width.
  void (*record)(const Parameters&, std::uint64_t base, std::byte* memory, const Recorder&, Forms);
};

extern const LaneRun scalar_run, scalar_fma_run, avx2_run, avx512_run;

}  // namespace costrisk::identity
