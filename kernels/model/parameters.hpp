// The lowered scenario as a kernel sees it: pointers into arrays that the host owns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/lane/function.hpp"
#include "kernels/math/philox.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/plans/plan_parameters.hpp"
#include "kernels/model/services/service_parameters.hpp"
#include "kernels/model/world/driver_parameters.hpp"
#include "kernels/model/world/history_parameters.hpp"
#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

/// Everything a kernel reads. The arrays are those of parameter_arrays.inc.
struct Parameters {
  PhiloxKey key;
  std::int32_t steps = 0;
  std::int32_t slots = 0;             ///< numbers a step of the world
  std::int32_t settlement_steps = 1;  ///< of a settlement period: the clock hour where steps divide it
  std::int32_t first_settlement = 1;  ///< the step at which the first period ends
  std::int32_t covered_pro_rata = 1;  ///< uses are covered in the same proportion; 0: in turn
  std::int32_t most_edges = 0;        ///< edges in one tile, at most
  std::int32_t bin_count = 0;
  std::int32_t owner_count = 0;
  std::int32_t market_count = 0;
  std::int32_t aging_jobs = 0;          ///< jobs whose instances age
  std::int32_t split_jobs = 0;          ///< jobs that may hold several entries of their list at once
  std::int32_t part_count = 0;          ///< entries of all of these
  std::int32_t service_slots = 0;       ///< services of the scenario
  std::int32_t latency_components = 0;  ///< service_count where some service has a latency, else 0
  std::int32_t budget_count = 0;        ///< by owner and period

#define COSTRISK_ARRAY(element, name, memory, hash, ...) \
  const element* name = nullptr;                         \
  __VA_OPT__(std::int32_t __VA_ARGS__ = 0;)
#include "kernels/model/parameter_arrays.inc"
#undef COSTRISK_ARRAY
};

/// The memory from which a GPU reads an array, where it has room.
enum class ArrayMemory { constant, global };
/// Whether an array's bits are part of the parameters' hash.
enum class ArrayHash { hashed, unhashed };

/// What parameter_arrays.inc says of an array beside its name.
/// @tparam Count the member that holds its length, if there is one
template <ArrayMemory Memory, ArrayHash Hash, std::int32_t Parameters::*... Count>
struct ArrayRow {
  static constexpr ArrayMemory memory = Memory;
  static constexpr ArrayHash hash = Hash;
  static void set_count([[maybe_unused]] Parameters& parameters, [[maybe_unused]] std::size_t count) {
    ((parameters.*Count = static_cast<std::int32_t>(count)), ...);
  }
};

/// Calls `visit(row, members...)` for each row of parameter_arrays.inc, with the members of that name that the holders
/// have: the pointer of a Parameters, the vector of a storage.
template <class Visit, class... Holders>
COSTRISK_FN void each_parameter_array(const Visit& visit, Holders&... holders) {
#define COSTRISK_ARRAY(element, name, memory, hash, ...) \
  visit(ArrayRow<ArrayMemory::memory, ArrayHash::hash __VA_OPT__(, &Parameters::__VA_ARGS__)>{}, holders.name...);
#include "kernels/model/parameter_arrays.inc"
#undef COSTRISK_ARRAY
}

/// One of the arrays behind a Parameters, for whoever copies them elsewhere.
struct ParameterArray {
  std::size_t pointer_offset = 0;  ///< of its pointer within Parameters
  const void* data = nullptr;
  std::size_t bytes = 0;
  ArrayMemory memory = ArrayMemory::global;
};

}  // namespace costrisk
