// The short spellings of a document, and the long ones that they stand for.
#pragma once

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Wraps the short spellings (`on_demand = 21.9`) into the long ones (`on_demand = { price = 21.9 }`).
void spell_out(Node& table, const Table& schema);

/// Whether the table is a law written out rather than a table that holds one.
bool looks_like_law(const Node& node);

}  // namespace costrisk::scenario
