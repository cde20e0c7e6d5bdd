// What a backtest says: tables, plots and JSON of its scores, and of the published simulator's rules on a trace.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/backtest/published_cases.hpp"
#include "src/backtest/published_rules.hpp"
#include "src/backtest/rolling.hpp"
#include "src/present/text/findings.hpp"

namespace costrisk::present {

/// What the scores rest on, in a paragraph.
/// @param model what predicted, as the user named it
std::string score_basis(const backtest::RollingScores& scores, std::uint64_t paths, const std::string& model);
/// Coverage and calibration of each plan.
PlainTable coverage_table(const backtest::RollingScores& scores);
/// Costs that came against costs foretold, and losses.
PlainTable cost_table(const backtest::RollingScores& scores, const std::string& currency);
/// Of each plan the histogram of the transforms, and what came between its bounds over time.
std::vector<Plot> score_plots(const backtest::RollingScores& scores, const std::string& currency);
nlohmann::ordered_json scores_json(const backtest::RollingScores& scores);

/// The policy by its published name; empty for none.
const char* published_name(backtest::PublishedPolicy policy);
/// A row a policy: what came of the one window, or the spread over several.
/// @param bold whether the header is set in bold by terminal codes
std::string replay_table(const std::vector<backtest::PolicyReplays>& replays, bool bold);
/// Every window of every policy.
nlohmann::ordered_json replays_json(const std::vector<backtest::PolicyReplays>& replays);
/// A row a policy: how far the rules and what the simulator printed agree.
std::string agreement_table(const std::vector<backtest::PolicyAgreement>& agreements, bool bold);
nlohmann::ordered_json agreements_json(const std::vector<backtest::PolicyAgreement>& agreements);

}  // namespace costrisk::present
