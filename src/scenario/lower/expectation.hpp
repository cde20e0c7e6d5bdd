// What keys accept, in the words of messages.
#pragma once

#include <string>
#include <string_view>

#include "src/scenario/entities/schema.hpp"

namespace costrisk::scenario {

/// Beyond this no number is accepted, and none is shown as a bound.
inline constexpr double largest_number = 1e15;

/// "a positive number", with `noun` for "number".
std::string range_text(const Bounds& range, std::string_view noun);

/// What the law of a key may be written as.
std::string law_expectation(const Key& key);

/// What a key accepts: "a duration such as \"36h\"".
std::string expectation(const Key& key);

}  // namespace costrisk::scenario
