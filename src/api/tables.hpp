// The engine's tables as the interface has them.
#pragma once

#include <vector>

#include "costrisk/calibrate.hpp"
#include "src/present/text/findings.hpp"

namespace costrisk {

std::vector<Table> tables_of(const std::vector<present::PlainTable>& tables);

}  // namespace costrisk
