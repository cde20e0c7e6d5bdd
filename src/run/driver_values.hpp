// What the bins of a driver stand for: values of the unknown in the scenario's units.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

/// The values at the ends of the equiprobable bins of a driver: driver_bins + 1, ascending, infinite where a law has
/// no end. NaN for a chance, which has no values, and for a law that loads on factors: its value is not its own alone.
std::vector<double> driver_values(const scenario::Scenario& scenario, const std::string& address);

}  // namespace costrisk::run
