// Sorts the costs of an outcome where they were computed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "kernels/backends/cuda_sort.hpp"
#include "src/run/run.hpp"

namespace costrisk::run {

/// Sorts on the outcome's GPU, on the processor where it has none. A GPU that fails at it is named no more, the
/// notice says so in a line, and the processor sorts: the order is the same.
class CostSort {
 public:
  CostSort(Outcome& outcome, std::function<void(const std::string&)> notice)
      : outcome_(outcome), notice_(std::move(notice)) {}
  CostSort(const CostSort&) = delete;
  CostSort& operator=(const CostSort&) = delete;

  void operator()(std::span<std::int64_t> costs);

  /// Device time so far; none where no GPU has sorted.
  std::optional<cuda::LaunchTime> launch_time() const;

 private:
  Outcome& outcome_;
  std::function<void(const std::string&)> notice_;
  std::unique_ptr<cuda::Sorter> on_device_;
};

}  // namespace costrisk::run
