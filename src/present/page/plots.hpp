// Plots of calibrations and backtests as static SVG in a page of HTML that stands alone.
#pragma once

#include <string>
#include <vector>

#include "src/present/text/findings.hpp"

namespace costrisk::present {

/// A page that loads nothing and runs no script.
/// @param fragment of a scenario, at the end; empty: none
/// @param lead what to know before reading; empty: nothing
/// @param command the command whose page it is
std::string plots_page(const std::string& title, const std::vector<Plot>& plots, const std::vector<PlainTable>& tables,
                       const std::string& fragment, const std::string& lead, const std::string& command);

}  // namespace costrisk::present
