// Memory of a lane group, handed out from one block.
#pragma once

#include <cstddef>

#include "kernels/lane/function.hpp"

namespace costrisk {

/// Hands out aligned arrays from one block of memory; with a null block it only counts.
class Arena {
 public:
  COSTRISK_FN explicit Arena(std::byte* memory) : memory_(memory) {}

  template <class T>
  COSTRISK_FN T* take(int count) {
    used_ = (used_ + 63) / 64 * 64;
    T* array = memory_ ? reinterpret_cast<T*>(memory_ + used_) : nullptr;
    used_ += sizeof(T) * static_cast<std::size_t>(count);
    return array;
  }
  COSTRISK_FN std::size_t used() const { return (used_ + 63) / 64 * 64; }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

}  // namespace costrisk
