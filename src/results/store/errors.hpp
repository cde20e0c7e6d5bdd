// What can go wrong with result files: the same two kinds as with any other file.
#pragma once

#include "src/trace/errors.hpp"

namespace costrisk::results {

using trace::FormatError;
using trace::IoError;

}  // namespace costrisk::results
