// Points in time as logs and exports write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace costrisk::trace {

/// What the seconds of a file count from.
enum class TimeScale {
  elapsed,  ///< a zero of the file's own
  local,    ///< 1970-01-01T00:00 of a clock that the file does not name
  utc,      ///< 1970-01-01T00:00Z
};

struct Instant {
  double seconds = 0.0;
  TimeScale scale = TimeScale::elapsed;
};

/// "2026-01-05", "2026-01-05 06:30", with T for the blank, seconds, fractions and a zone (Z, +02:00, -0500, UTC) as one
/// likes; or a number of seconds. Numbers from 1e8 on are seconds of UTC since 1970. A zone makes it UTC.
/// @returns nothing where the text is none of these, or numbers are milliseconds (from 1e11 on)
std::optional<Instant> parse_instant(std::string_view text);

/// "2026-01-05 06:30", without a zone.
std::string instant_text(double seconds);

/// 0 is Monday.
int weekday_of(double seconds);

}  // namespace costrisk::trace
