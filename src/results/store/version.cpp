// The one file that is compiled again when the commit changes.
#include "src/results/store/version.hpp"

#include "costrisk_build.hpp"

namespace costrisk::results {

Version version() { return {COSTRISK_VERSION, COSTRISK_GIT_SHA, COSTRISK_COMPILER}; }

const char* bill_of_materials() {
  return
#include "costrisk_components.inc"
      ;
}

}  // namespace costrisk::results
