// Measures the rungs of the ladder, and the roofs they work under, in one run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/course/ladder_rungs.hpp"

namespace costrisk::course {

struct LadderOptions {
  int first = 1, last = 16;    ///< rungs
  int paths = 4096;            ///< that a processor is timed on, and all rungs are checked on
  int device_paths = 1 << 18;  ///< that a GPU is timed on
  double seconds = 0.5;        ///< a rung is repeated so long,
  int repetitions = 5;         ///< and at least so often
};

/// What a roof was measured to be.
struct LadderRoof {
  std::string name;  ///< "issue, AVX-512"
  double per_second = 0.0;
  std::string unit;  ///< "instructions", "bytes", "words"
};

/// One rung, measured.
struct LadderRow {
  LadderRung rung;
  std::string place;
  std::string problem;  ///< why it was not run; the rest is empty then
  int threads = 1;
  int paths = 0;  ///< of a timed repetition; a GPU is given more than a processor
  double median_seconds = 0.0, best_seconds = 0.0;
  double path_steps_per_second = 0.0;        ///< of the best repetition, the one least disturbed
  double to_previous = 0.0, to_first = 0.0;  ///< times the rate of the rung before, and of the first, that ran
  double roof_share = 0.0;  ///< of the rate that its nearest roof would allow; 0 where no roof was measured
  std::string limiter;
  std::uint64_t checksum = 0;
  bool same_bits = false;  ///< the checksum is the engine's
  double largest_z = 0.0;  ///< of the plans' mean costs against the engine's, where the words differ
};

struct LadderReport {
  std::string processor, compiler;
  std::string device;  ///< the GPU; empty where none was asked for or can be used
  int steps = 0, paths = 0, threads = 0;
  std::uint64_t engine_checksum = 0;
  std::vector<LadderRoof> roofs;
  std::vector<LadderRow> rows;
};

/// The scenario that all rungs compute, as TOML.
std::string ladder_scenario();

/// @throws std::invalid_argument where there are no such rungs or not at least two paths, DeviceFailed
LadderReport measure_ladder(const LadderOptions& options);

}  // namespace costrisk::course
