// The JSON Schema of the scenario file, for editors.
#pragma once

#include <string>

namespace costrisk::scenario {

/// A JSON Schema (draft 2020-12) made from the tables that the parser follows. It knows keys, types, ranges
/// and choices; references between entities and how values relate are for the parser alone.
std::string json_schema();

}  // namespace costrisk::scenario
