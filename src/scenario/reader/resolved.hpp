// A scenario written out with every default filled in, and its fingerprint.
#pragma once

#include <string>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// A scenario file that resolves to this very scenario; nothing in it is left to defaults, includes or
/// likenesses. Paths of histories are relative to the folder of the scenario's own file. Numbers have the shortest
/// spelling that reads back as the same bits.
std::string resolved_toml(const Scenario& scenario);

/// A plan of it alone, from [[plan]] on, with nothing left to defaults.
std::string plan_toml(const Scenario& scenario, std::size_t plan);

/// SHA-256 of the resolved text without [simulation], [search] and [[stress]], and of the bytes that every history file
/// and bill held when the scenario was loaded, as 64 hexadecimal digits. It does not depend on where the files lie.
std::string scenario_sha256(const Scenario& scenario);

/// A line for each history file and bill: the SHA-256 of its bytes, two blanks, and its path as the resolved text has
/// it.
std::string history_checksums(const Scenario& scenario);

}  // namespace costrisk::scenario
