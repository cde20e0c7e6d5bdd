// A tally as bytes, for another part of the same page that has the same scenario.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "src/results/sums/tally.hpp"

namespace costrisk::live {

/// Thrown where bytes are no image of a tally of this layout.
struct BadImage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// In the machine's own order of bytes: not for files.
std::vector<std::byte> image_of(const results::Tally& tally);

/// @throws BadImage
results::Tally tally_of(const results::TallyLayout& layout, std::span<const std::byte> image);

}  // namespace costrisk::live
