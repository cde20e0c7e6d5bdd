// Erlang's formulas, for any number of servers that is at least 1, whole or not.
#pragma once

#include <vector>

namespace costrisk::scenario {

/// The chance that a request waits in M/M/c in its stationary state (Erlang C). Relative error below 1e-12.
/// @param servers at least 1
/// @param load of a server, from 0 to below 1
double chance_to_wait(double servers, double load);

/// The table that kernels/model/services/erlang.hpp reads.
std::vector<float> chances_to_wait();

}  // namespace costrisk::scenario
