// Checks a document against the schema: keys, types, units, ranges, names and references.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// The names of all entities by kind, in the order of the file.
using Names = std::map<Kind, std::vector<std::string>>;

/// Where the value at each address stands.
using Places = std::unordered_map<std::string, Place>;

struct Validated {
  Names names;
  Places places;
};

/// Checks the whole document and notes every problem. What a problem makes unusable is marked as not valid
/// (Node::valid), or removed where it is an unknown key.
Validated validate(Node& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
