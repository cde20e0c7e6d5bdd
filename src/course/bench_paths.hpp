// How many paths a benchmark's repetition takes.
#pragma once

#include <cstdint>
#include <functional>

namespace costrisk::course {

/// The number of paths whose simulation takes half of the wanted time or more, by doubling the first. The first trial
/// is not timed: on a device it holds the start-up. The least of three trials decides, since a busy machine only ever
/// makes them longer.
/// @param simulate runs so many paths and returns the seconds that it took
std::uint64_t choose_paths(std::uint64_t first, double seconds,
                           const std::function<double(std::uint64_t paths)>& simulate);

}  // namespace costrisk::course
