// Numbers that stand for what is not known or has no bound, and extents as sizes of containers.
#pragma once

#include <cstddef>
#include <limits>

namespace costrisk::results {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr std::size_t size(int extent) { return static_cast<std::size_t>(extent); }

}  // namespace costrisk::results
