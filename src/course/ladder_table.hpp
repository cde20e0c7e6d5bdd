// The ladder for people and programs: a table, CSV, JSON, and a rung in words.
#pragma once

#include <string>

#include "src/course/ladder.hpp"

namespace costrisk::course {

/// @param bold whether the header is set in bold by terminal codes
std::string ladder_table(const LadderReport& report, bool bold);
std::string ladder_csv(const LadderReport& report);
std::string ladder_json(const LadderReport& report);

/// What the rung's file says of it, and its numbers.
std::string explain_rung(const LadderRung& rung);
/// What changes from one rung's file to another's, as diff -u shows it.
std::string rung_diff(const LadderRung& from, const LadderRung& to);

}  // namespace costrisk::course
