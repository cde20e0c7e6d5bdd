// Checks a document against the schema: keys, types, units, ranges, names and references.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/scenario/diagnostics.hpp"
#include "src/scenario/node.hpp"
#include "src/scenario/schema.hpp"

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

/// What a key accepts, in words: "a duration such as \"36h\"".
std::string expectation(const Key& key);

/// Wraps the short spellings (`on_demand = 21.9`) into the long ones (`on_demand = { price = 21.9 }`).
void spell_out(Node& table, const Table& schema);

/// Whether the table is a law written out rather than a table that holds one.
bool looks_like_law(const Node& node);

}  // namespace costrisk::scenario
