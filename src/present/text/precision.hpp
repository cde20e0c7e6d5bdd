// The option --until-error: [[PLAN:]STATISTIC=]X%.
#pragma once

#include <string>

#include "src/results/quantities/addresses.hpp"
#include "src/run/until_error.hpp"

namespace costrisk::present {

/// @throws std::invalid_argument for what is none, or names a plan or a statistic that there is not, or that has no
/// interval
run::Precision parse_precision(const std::string& text, results::Scope scope);

}  // namespace costrisk::present
