// Pages of studies, calibrations and backtests: what is concluded, plots, tables, a fragment to paste.
#pragma once

#include <string>
#include <vector>

#include "src/present/text/findings.hpp"

namespace costrisk::present {

struct PlotsPage {
  std::string title;
  std::vector<std::string> sentences = {};  ///< the conclusion first; may be empty
  std::vector<Plot> plots = {};
  std::vector<PlainTable> tables = {};
  std::string fragment = {};            ///< of a scenario, at the end; empty: none
  std::string command = {};             ///< the command whose page it is
  nlohmann::ordered_json results = {};  ///< what the command's --json gives; null: nothing
};

/// A page that loads nothing and runs no script but its own, which draws the plots; without one it has the tables
/// alone.
std::string plots_page(const PlotsPage& page);

}  // namespace costrisk::present
