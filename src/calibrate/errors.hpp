// What can be wrong with data that were read well.
#pragma once

#include "src/results/store/errors.hpp"

namespace costrisk::calibrate {

/// The data cannot tell what was asked: too few, or all alike. The message says what would do.
struct TooLittleData : results::FormatError {
  using results::FormatError::FormatError;
};

}  // namespace costrisk::calibrate
