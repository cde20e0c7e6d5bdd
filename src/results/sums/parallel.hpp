// Work shared by TBB's threads. All of src/ goes through here, since TBB's library is built without ThreadSanitizer,
// which has to be told what it hands from thread to thread.
#pragma once

#include <cstddef>

#if !defined(__EMSCRIPTEN__)
#include <tbb/parallel_for.h>
#endif

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace costrisk::results {

/// Where threads hand over: whoever takes sees what was written before it was given.
class Handover {
 public:
#if defined(__SANITIZE_THREAD__)
  void give() { __tsan_release(this); }
  void take() { __tsan_acquire(this); }
#else
  void give() {}
  void take() {}
#endif
};

/// body(0) … body(count − 1), in any order and at the same time. They see all that was written before, and what they
/// write is seen after.
/// @throws what a body throws
template <class Body>
void in_parallel(std::size_t count, const Body& body) {
#if defined(__EMSCRIPTEN__)
  for (std::size_t i = 0; i < count; ++i) body(i);  // a browser's worker has one thread
#else
  Handover begin, end;
  begin.give();
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    begin.take();
    body(i);
    end.give();
  });
  end.take();
#endif
}

}  // namespace costrisk::results
