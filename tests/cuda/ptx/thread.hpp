// A test harness, no backend: a thread as the interpreter's instructions see it, its registers and the memory that is
// its own or its block's.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "tests/cuda/ptx/lexer.hpp"

namespace costrisk::ptx {

enum class Space { generic, global, local, shared, parameter, constant };

/// A piece of the host's memory that stands for one of the device's.
struct Window {
  std::byte* begin = nullptr;
  std::size_t bytes = 0;

  bool holds(std::uint64_t address, std::size_t count) const {
    const std::uint64_t place = address - std::bit_cast<std::uint64_t>(begin);
    return place <= bytes && count <= bytes - place;
  }
};

/// Generic addresses are those of the host; those of shared memory count from the block's first byte.
struct Thread {
  enum class State { ready, at_barrier, at_shuffle, ended };

  std::uint64_t* registers = nullptr;  ///< a slot each, whatever its width; what is beyond the width is never read
  std::size_t next = 0;                ///< instruction
  State state = State::ready;
  bool carry = false;  ///< of the last addition that kept it
  Window local, shared, parameters;
  const std::vector<Window>* constants = nullptr;
  const std::vector<Window>* global = nullptr;

  /// A slot as a number of that type.
  template <class T>
  T get(std::int32_t slot) const {
    const std::uint64_t bits = registers[slot];
    if constexpr (std::is_same_v<T, float>)
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    else if constexpr (std::is_same_v<T, double>)
      return std::bit_cast<double>(bits);
    else if constexpr (std::is_same_v<T, bool>)
      return bits != 0;
    else
      return static_cast<T>(bits);
  }
  /// Signed numbers are extended, as loads and conversions into wider registers do.
  template <class T>
  void set(std::int32_t slot, T value) {
    if constexpr (std::is_same_v<T, float>)
      registers[slot] = std::bit_cast<std::uint32_t>(value);
    else if constexpr (std::is_same_v<T, double>)
      registers[slot] = std::bit_cast<std::uint64_t>(value);
    else
      registers[slot] = static_cast<std::uint64_t>(value);
  }

  /// Where so many bytes stand.
  /// @throws Error where they are not aligned to their number, or not where the space says
  template <Space Where>
  std::byte* at(std::uint64_t address, std::size_t bytes) const {
    if constexpr (Where == Space::shared) {
      address &= 0xFFFFFFFFu;
      if (address > shared.bytes || bytes > shared.bytes - address) throw Error("lies outside of shared memory");
      address += std::bit_cast<std::uint64_t>(shared.begin);
    }
    if (address % bytes != 0) throw Error("is not aligned");
    if constexpr (Where == Space::local)
      if (!local.holds(address, bytes)) throw Error("lies outside of local memory");
    if constexpr (Where == Space::parameter)
      if (!parameters.holds(address, bytes)) throw Error("lies outside of the parameters");
    if constexpr (Where == Space::constant)
      if (!any_holds(*constants, address, bytes)) throw Error("lies outside of constant memory");
    if constexpr (Where == Space::global)
      if (!in_global(address, bytes)) throw Error("lies outside of global memory");
    if constexpr (Where == Space::generic)
      if (!local.holds(address, bytes) && !shared.holds(address, bytes) && !parameters.holds(address, bytes) &&
          !any_holds(*constants, address, bytes) && !in_global(address, bytes))
        throw Error("lies outside of all memory");
    return std::bit_cast<std::byte*>(address);
  }

 private:
  static bool any_holds(const std::vector<Window>& windows, std::uint64_t address, std::size_t bytes) {
    for (const Window& window : windows)
      if (window.holds(address, bytes)) return true;
    return false;
  }
  bool in_global(std::uint64_t address, std::size_t bytes) const {
    return last_global_.holds(address, bytes) || find_global(address, bytes);
  }
  bool find_global(std::uint64_t address, std::size_t bytes) const {
    for (const Window& window : *global)
      if (window.holds(address, bytes)) {
        last_global_ = window;
        return true;
      }
    return false;
  }

  mutable Window last_global_;  ///< the one that was asked for last, which most often is the next
};

}  // namespace costrisk::ptx
