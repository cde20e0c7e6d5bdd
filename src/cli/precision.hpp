// The option --until-error: [[PLAN:]STATISTIC=]X%.
#pragma once

#include <string>
#include <vector>

#include "src/run/until_error.hpp"

namespace costrisk::cli {

/// A precision as it is named in messages.
struct NamedPrecision {
  run::Precision precision;
  std::string statistic;  ///< "cvar95"
};

/// @param budget whether the scenario has one
/// @throws UsageError for what is none, or names a plan or statistic that there is not
NamedPrecision parse_precision(const std::string& text, const std::vector<std::string>& plans, bool budget);

}  // namespace costrisk::cli
