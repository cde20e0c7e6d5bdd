// What a simulated chunk of paths leaves behind: integers, one per path, in structure-of-arrays order.
// The arrays belong to the caller; kernels only write. `path` is the fastest axis and every row has
// `stride` entries, of which the first `paths` are filled.
#pragma once

#include <cstdint>

#include "kernels/model/terms.hpp"

namespace costrisk {

/// The extents of a run. Fixed for all of its chunks.
struct Shape {
  int plans = 0;
  int owners = 0;  ///< workloads' and items' owners, and "unused" last
  int edges = 0;   ///< bins of the fan charts: cumulative cost is taken at each bin's end
  int markets = 0;
  int job_components = 0;  ///< distinct job assignments
  int service_components = 0;
};

/// Results of one chunk, by path. Money in micro-units, time in 2^-20 step.
struct Output {
  int stride = 0;

  std::int64_t* plan_cost = nullptr;      ///< [plan][path]
  std::int64_t* plan_category = nullptr;  ///< [plan][category][path]; sums to plan_cost
  std::int64_t* plan_owner = nullptr;     ///< [plan][owner][path]; sums to plan_cost
  std::int64_t* plan_edge = nullptr;      ///< [plan][edge][path]: cost up to the end of the bin
  std::int64_t* plan_waste = nullptr;     ///< [plan][waste_kind][path]

  std::int64_t* job_finish = nullptr;         ///< [job component][path]: instant the last run ended, or never_ticks
  std::int32_t* job_runs = nullptr;           ///< [job component][path]: runs released before the horizon
  std::int32_t* job_late = nullptr;           ///< [job component][path]: of these, late or unfinished
  std::int32_t* job_interruptions = nullptr;  ///< [job component][path]
  std::int64_t* job_lost = nullptr;           ///< [job component][path]: run time lost to interruptions
  std::int64_t* job_use = nullptr;  ///< [job component][market][purchase][path]: instance time billed, gang included

  std::uint32_t* status = nullptr;  ///< [path]: Status bits; 0 is good
};

/// Bits of the status word.
enum Status : std::uint32_t {
  status_ok = 0,
  status_event_loop = 1,      ///< more than event_limit events of one process in a tile
  status_money_overflow = 2,  ///< a close beyond largest_close
};

}  // namespace costrisk
