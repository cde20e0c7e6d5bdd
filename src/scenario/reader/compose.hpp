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
/// @param root the folder that included files must lie in; empty: the current one
/// @returns false when a file is not there, may not be included or is no TOML; problems are noted either way
/// @throws trace::IoError where the system fails to read one
bool read_with_includes(const std::filesystem::path& path, const std::filesystem::path& root, Diagnostics& diagnostics,
                        Node& document);

/// Likewise of a text; its paths are relative to `folder`.
/// @param file that it was read from, which it does not include again; empty: none
bool read_with_includes(std::string_view text, const std::string& name, const std::filesystem::path& folder,
                        const std::filesystem::path& root, const std::filesystem::path& file, Diagnostics& diagnostics,
                        Node& document);

/// What is wrong with a file that a scenario may not read, since it lies elsewhere than in the folder `root`.
std::string outside(const std::filesystem::path& path, const std::filesystem::path& root);

/// Replaces every `like` and `extends` by what it stands for: tables merge, anything else given again
/// replaces. Expects the long spellings (spell_out).
void resolve_likeness(Node& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
