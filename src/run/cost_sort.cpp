// The first sort takes the device, the first failure leaves it.
#include "src/run/cost_sort.hpp"

#include <fmt/format.h>

#include "src/results/sums/sort.hpp"

namespace costrisk::run {

void CostSort::operator()(std::span<std::int64_t> costs) {
  if (outcome_.sort_device) {
    try {
      if (!on_device_) on_device_ = std::make_unique<cuda::Sorter>(*outcome_.sort_device);
      return on_device_->sort(costs);
    } catch (const cuda::Error& error) {
      outcome_.sort_device.reset();
      if (notice_) notice_(fmt::format("sorting costs on the processor, not on a GPU: {}", error.what()));
    }
  }
  results::sort_on_processor(costs);
}

std::optional<cuda::LaunchTime> CostSort::launch_time() const {
  if (!on_device_ || on_device_->launch_time().launches == 0) return std::nullopt;
  return on_device_->launch_time();
}

}  // namespace costrisk::run
