#include "src/scenario/entities/optimization.hpp"

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {

template const TableOf<Optimization>& table_of<Optimization>();

}  // namespace costrisk::scenario
