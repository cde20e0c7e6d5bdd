// Bills of what was paid so far.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// What the bills of a scenario's actuals come to until then: nothing is asked of what they name.
/// @pre scenario.actuals
/// @throws trace::FormatError where they are not what they should be, or in another currency; trace::IoError
Paid read_paid(const Scenario& scenario);

}  // namespace costrisk::scenario
