// The rungs of the ladder: what each changes, where it stands, what it needs, and how much it has to do.
#pragma once

#include <span>
#include <string>

#include "kernels/ladder/roofs.hpp"
#include "kernels/ladder/rungs.hpp"

namespace costrisk::course {

/// What a machine needs for a rung.
enum class LadderNeeds { nothing, fma, avx2, avx512, gpu };

/// What is known of a rung before it is measured.
struct LadderRung {
  int number = 0;
  const char* name = "";
  const char* change = "";  ///< in a few words
  const char* file = "";    ///< from the repository's root
  const char* symbol = "";  ///< the function that is the rung, as it stands in the file
  LadderNeeds needs = LadderNeeds::nothing;
  bool engine_bits = true;     ///< it draws the engine's words, so its costs are the engine's
  double memory_bytes = 0.0;   ///< that go to memory and come from it, a path and step
  const char* otherwise = "";  ///< what holds it back where it is far from both roofs
};

/// All of them, 1 … 16.
std::span<const LadderRung> ladder_rungs();

/// A rung of the processor as this machine runs it.
struct LadderProcessorRung {
  ladder::Simulate simulate = nullptr;
  bool threads = false;                      ///< runs on all of them
  const ladder::RoofLoops* roofs = nullptr;  ///< of its lane
  double operations = 0.0;                   ///< instructions for a step of one group of lanes, counted in the source
  std::string problem;                       ///< why it cannot run here, and what would help; empty where it can
};

/// @param number 1 … 8
LadderProcessorRung ladder_processor_rung(int number);

/// Operations of a path and step, the random words apart: the world's four normals of 18, their states, two prices of
/// 16 and a demand of 13, of which a power of two is 11; and a fleet's.
inline constexpr double ladder_world_operations = 4 * (18 + 2) + 2 * 16 + 13;
/// Two roundings of eight, three extremes, the sums; and a thirty-second of what closes a tile.
inline constexpr double ladder_fleet_operations = 30;

/// Instructions of a GPU's thread for a path and step: a word is 21 of them, and a normal and a power of two take eight
/// and nine more than they have operations, docs/gpu.md.
inline constexpr double ladder_device_operations =
    ladder_world_operations + 4 * 21 + 4 * 8 + 3 * 9 + ladder::fleet_count * ladder_fleet_operations;

/// Where the rung's function stands: "kernels/ladder/04_fused.cpp:49".
std::string ladder_place(const LadderRung& rung);

}  // namespace costrisk::course
