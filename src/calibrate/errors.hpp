// What can be wrong with data that were read well.
#pragma once

#include "src/io/errors.hpp"

namespace costrisk::calibrate {

/// The data cannot tell what was asked: too few, or all alike. The message says what would do.
struct TooLittleData : io::FormatError {
  using io::FormatError::FormatError;
};

}  // namespace costrisk::calibrate
