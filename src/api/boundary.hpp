// Where the engine's errors become those of the interface.
#pragma once

#include <utility>

namespace costrisk {

/// Throws what the exception in flight is called outside. std::bad_alloc, errors of the interface and what callbacks
/// throw stay as they are.
[[noreturn]] void rethrow_translated();

/// What `work` returns.
/// @throws errors of the interface alone
template <class Work>
decltype(auto) at_boundary(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    rethrow_translated();
  }
}

}  // namespace costrisk
