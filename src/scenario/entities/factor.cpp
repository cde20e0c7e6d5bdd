#include "src/scenario/entities/factor.hpp"

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {

template const TableOf<Factor>& table_of<Factor>();

}  // namespace costrisk::scenario
