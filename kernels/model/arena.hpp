// Memory of a lane group, handed out from one block.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/lane/function.hpp"

namespace costrisk {

/// A pointer into the block of memory that it stands in itself, kept as the distance to there. It may wait in memory,
/// not in a register, and a GPU's compiler still knows which kind of memory it points into.
template <class T>
class Near {
 public:
  Near() = default;
  COSTRISK_FN Near(T* target) { point_to(target); }
  Near(const Near&) = delete;
  Near& operator=(const Near&) = delete;

  COSTRISK_FN void point_to(T* target) {
    distance_ = static_cast<std::int32_t>(reinterpret_cast<const std::byte*>(target) -
                                          reinterpret_cast<const std::byte*>(this));
  }
  COSTRISK_FN operator T*() const {
    return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(const_cast<Near*>(this)) + distance_);
  }

 private:
  std::int32_t distance_;
};

/// Whether a lane's compiler does best with pointers that it keeps where it likes; else it reads them anew (Near).
template <class L>
inline constexpr bool keeps_pointers = true;

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
  /// An array that a member of `owner` points to. `owner` stands in the block too; with a null block it is null.
  template <class Owner, class T>
  COSTRISK_FN void take(Owner* owner, Near<T> Owner::*member, int count) {
    T* array = take<T>(count);
    if (memory_) (owner->*member).point_to(array);
  }
  COSTRISK_FN std::size_t used() const { return (used_ + 63) / 64 * 64; }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

}  // namespace costrisk
