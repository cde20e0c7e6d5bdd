// Puts one document together: the file, what it includes, and what its entities are like.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Reads a file and everything it includes into one document, in which `include` no longer stands. Entities
/// of included files come first; values of the root and of its tables that a file gives itself win over
/// those it includes.
/// @returns false when a file could not be read or is no TOML; problems are noted either way
bool read_with_includes(const std::filesystem::path& path, Diagnostics& diagnostics, Node& root);

/// Likewise of a text; its paths are relative to `folder`.
bool read_with_includes(std::string_view text, const std::string& name, const std::filesystem::path& folder,
                        Diagnostics& diagnostics, Node& root);

/// Replaces every `like` and `extends` by what it stands for: tables merge, anything else given again
/// replaces. Expects the long spellings (spell_out).
void resolve_likeness(Node& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
