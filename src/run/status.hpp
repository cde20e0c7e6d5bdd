// The model's status words as errors.
#pragma once

#include <cstdint>

#include "kernels/model/output.hpp"

namespace costrisk::run {

/// @throws std::runtime_error that names the first of the chunk's paths that could not be simulated
void check_status(const Output& output, std::uint64_t first_path, int paths);

}  // namespace costrisk::run
