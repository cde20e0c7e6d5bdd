// Words for the unknowns that make a plan's cost.
#pragma once

#include <optional>
#include <string>

#include "src/results/quantities/driver_summary.hpp"

namespace costrisk::present {

/// Where the budget breaks, in words: "above 0.081 (P75)", "where it happens"; "–" where it does not.
std::string break_words(const std::optional<results::BreakSummary>& place);

/// A value of an unknown, to four digits or as a whole number: "0.8871", "13,300".
std::string driver_value(double value);

/// A share of variance in percent: the sample may put it a little below 0, which reads as 0.
std::string variance_percent(double share);

/// The futures beyond the place at which a driver breaks the budget, in words that follow "where": "the growth of chat
/// is above 0.081", "fine happens". Empty where the place has no value.
std::string break_condition(const results::DriverSummary& driver);

/// The unknown at an address in words: "the growth of chat", "whether change 1 of chat happens".
std::string driver_words(const std::string& address);

}  // namespace costrisk::present
