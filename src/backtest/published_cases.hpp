// Costs that the published simulator printed, to be held against the replay of its rules.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "src/backtest/published_rules.hpp"
#include "src/trace/history.hpp"

namespace costrisk::backtest {

/// One flag a gap: whether at least so many instances were up.
std::vector<char> flags_of(const trace::History& history, double instances = 1.0);

/// What was printed of one run.
struct PrintedCase {
  std::string trace;            ///< path below the folder of traces
  std::size_t start_index = 0;  ///< first gap of the run
  PublishedCase job;
  PublishedOutcome printed;  ///< gaps are not printed and stay 0
};

/// Reads {"cases": [{"trace", "start_index", "policy", "task_hours", "deadline_hours", "restart_overhead_hours",
/// "gap_seconds", "price_spot", "price_ondemand", "cost", "finish_hours", "spot_hours", "ondemand_hours", "idle_hours",
/// "preemptions"}, …]}.
/// @throws trace::FormatError with the index of the case, trace::IoError
std::vector<PrintedCase> read_printed_cases(const std::filesystem::path& path);
std::vector<PrintedCase> parse_printed_cases(const std::string& text, const std::string& file);

/// How the cases of one policy came out.
struct PolicyAgreement {
  PublishedPolicy policy = PublishedPolicy::strawman;
  int cases = 0;
  int equal = 0;                        ///< cost to 1e-6, finish and hours to 1e-6 h, preemptions exactly
  double largest_relative_error = 0.0;  ///< of the cost
  double seconds = 0.0;                 ///< spent replaying
  std::vector<std::size_t> different;   ///< indices of the others

  double cases_per_second() const { return cases / std::max(seconds, 1e-9); }
};

/// Replays every case on its trace below `traces`; policies in the order in which they first come.
/// @throws trace::FormatError where a trace ends before the start of a case or has another gap, trace::IoError
std::vector<PolicyAgreement> compare(const std::vector<PrintedCase>& cases, const std::filesystem::path& traces);

}  // namespace costrisk::backtest
