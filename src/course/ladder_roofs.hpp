// The processor's roofs, measured: instructions, memory, random words.
#pragma once

#include "kernels/ladder/roofs.hpp"

namespace costrisk::course {

/// Instructions of a lane a second, one thread.
double measure_issue_rate(const ladder::RoofLoops& roofs);
/// Random words a second, one thread.
double measure_draw_rate(const ladder::RoofLoops& roofs);
/// Bytes read and written a second by a copy far larger than the caches, one thread.
double measure_memory_rate();

}  // namespace costrisk::course
