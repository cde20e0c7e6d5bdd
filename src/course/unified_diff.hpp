// What changes from one text to another, in the unified form of diff -u.
#pragma once

#include <string>
#include <string_view>

namespace costrisk::course {

/// Three lines of context around each change; empty where the texts are equal.
std::string unified_diff(std::string_view from, std::string_view to, const std::string& from_name,
                         const std::string& to_name);

}  // namespace costrisk::course
