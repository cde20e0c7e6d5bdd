// Who brings costs into ascending order. A parameter, since a device may do it: integers come out the same.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace costrisk::results {

/// Brings values into ascending order.
using Sorter = std::function<void(std::span<std::int64_t> values)>;

/// On the threads of the processor.
void sort_on_processor(std::span<std::int64_t> values);

}  // namespace costrisk::results
