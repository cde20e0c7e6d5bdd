// Reads TOML text into the node tree. The TOML library stays behind this header.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Bytes of the longest document.
inline constexpr std::size_t largest_text = std::size_t{1} << 20;

/// Parses one document. `source` is what Diagnostics::add_source returned for `text`.
/// Text that is over 1 MiB, nests deeper than 32 levels, has a line with over 64 dots outside of texts and
/// comments, or holds control characters is refused before the library sees it.
/// @returns false when the text is no TOML: one error has been noted and `root` is empty
bool read_toml(std::string_view text, int source, Diagnostics& diagnostics, Node& root);

}  // namespace costrisk::scenario
