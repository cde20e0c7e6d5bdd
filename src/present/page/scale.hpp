// Axes: round ticks, calendar ticks, and the units that numbers are shown in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/present/page/chart.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present::html {

/// A round number (1, 2, 2.5 or 5 times a power of ten) of which at most `count` make up `span`.
double round_step(double span, int count);

/// Multiples of a round number in [low, high], at most `count` + 1 of them.
std::vector<double> round_ticks(double low, double high, int count);

/// An axis of money from `low` to `high`, in the unit that suits its ends; "cost, $k" for the words "cost".
Axis money_axis(const std::string& words, double low, double high, const std::string& currency);

/// An axis from 0 to 1 in percent.
Axis share_axis(const std::string& words);

/// An axis of hours since the start, from `from_hours` on: with dates where the start is known, otherwise with days or
/// hours.
Axis time_axis(double horizon_hours, const std::optional<scenario::StartTime>& start, double from_hours = 0.0);

/// An instant in hours since the start as people read it: "26 Jan 2026, 14:15", or "day 25.6".
std::string instant(double hours, const std::optional<scenario::StartTime>& start);

/// Civil time as seconds since the start of 1970.
double seconds_since_1970(const scenario::StartTime& start);

/// The label of a tick of an axis other than time.
std::string tick_label(const Axis& axis, double at);

/// The ticks of any axis.
std::vector<Tick> ticks_of(const Axis& axis, int count);

}  // namespace costrisk::present::html
