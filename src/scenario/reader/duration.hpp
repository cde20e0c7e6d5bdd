// Durations as they stand in scenario files: "90s", "1h30m", "13w".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace costrisk::scenario {

struct Duration {
  double seconds = 0.0;
  double hours = 0.0;  ///< exact for what is written in hours
};

/// Numbers with units from large to small, each unit once: y (8760 h), mo (730 h), w, d, h, m, s, ms; also "0".
/// @returns nothing when the text is no duration
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest spelling that parse_duration turns back into the same bits.
std::string duration_text(double seconds);

/// Likewise, of hours.
std::string hours_text(double hours);

}  // namespace costrisk::scenario
