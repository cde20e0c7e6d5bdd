// What a file was taken for, in words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/trace/history.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::present {

/// "rates.csv: table; time from 'timestamp' (seconds since 1970, UTC), value from 'rate' (requests a second); 8,063
/// rows, 2026-01-05 00:00 to 2026-02-02 00:00"
std::string reading_text(const trace::Reading& reading);
/// What was made good, and which rows were left out, a line each, with the file.
std::vector<std::string> reading_remarks(const trace::Reading& reading);
/// The reading of a history, and its mean over time.
std::string history_text(const trace::History& history);
nlohmann::ordered_json reading_json(const trace::Reading& reading);

}  // namespace costrisk::present
