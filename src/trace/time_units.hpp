// What the usual units of time are in one another. A month is a twelfth of a year of 365 days.
#pragma once

namespace costrisk {

inline constexpr double seconds_per_minute = 60.0;
inline constexpr double seconds_per_hour = 3600.0;
inline constexpr double seconds_per_day = 86400.0;
inline constexpr double hours_per_day = 24.0;
inline constexpr double hours_per_week = 168.0;
inline constexpr double hours_per_month = 730.0;
inline constexpr double hours_per_year = 8760.0;

}  // namespace costrisk
