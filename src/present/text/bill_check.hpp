// A forecast held against bills, in words and figures.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/backtest/bill_check.hpp"
#include "src/present/text/findings.hpp"

namespace costrisk::present {

/// A sentence a plan: whether its forecast held; and sentences on what was not compared.
std::vector<std::string> bill_verdict(const backtest::BillCheck& check);

/// A row an owner and month, all months together last; one table a plan.
std::vector<PlainTable> bill_tables(const backtest::BillCheck& check);

nlohmann::ordered_json bill_json(const backtest::BillCheck& check);

}  // namespace costrisk::present
