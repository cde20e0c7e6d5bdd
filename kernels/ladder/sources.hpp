// The rungs' own source, so that the program can show what it measures.
#pragma once

#include <string_view>

namespace costrisk::ladder {

/// The text of a rung's file, 1 … 16.
std::string_view rung_source(int rung);
/// The ladder's scenario, ladder.toml.
std::string_view scenario_text();

}  // namespace costrisk::ladder
