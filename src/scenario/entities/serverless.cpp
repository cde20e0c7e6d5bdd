#include "src/scenario/entities/serverless.hpp"

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {

template const TableOf<Serverless>& table_of<Serverless>();

}  // namespace costrisk::scenario
