// From the integers that money is counted in to currency.
#pragma once

#include "kernels/model/terms.hpp"

namespace costrisk::results {

/// Currency of so many micro-units, or of a figure in micro-units that is no whole number.
inline double in_currency(double micros) { return micros / static_cast<double>(micros_per_unit); }
inline double in_currency(std::int64_t micros) { return in_currency(static_cast<double>(micros)); }

}  // namespace costrisk::results
