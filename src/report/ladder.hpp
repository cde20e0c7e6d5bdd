// The ladder for people and programs: a table, CSV, JSON, and a rung in words.
#pragma once

#include <string>

#include "src/run/ladder.hpp"

namespace costrisk::report {

/// @param bold whether the header is set in bold by terminal codes
std::string ladder_table(const run::LadderReport& report, bool bold);
std::string ladder_csv(const run::LadderReport& report);
std::string ladder_json(const run::LadderReport& report);

/// What the rung's file says of it, and its numbers.
std::string explain_rung(const run::LadderRung& rung);
/// What changes from one rung's file to another's, as diff -u tells it.
std::string rung_diff(const run::LadderRung& from, const run::LadderRung& to);

}  // namespace costrisk::report
