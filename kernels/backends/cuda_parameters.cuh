// The parameters on a device: where a kernel finds their arrays.
#pragma once

#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/backends/cuda_call.hpp"
#include "kernels/lane/function.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk::cuda {

/// Where the kernel finds parameters' arrays and its workspace.
/// constant: arrays of ArrayMemory::constant in constant memory, the workspace in local memory, which is interleaved by
/// thread, so that the threads of a warp read neighbouring words. global: both in global memory, whatever their size.
enum class Placement { constant, global };

/// Bytes of constant memory for arrays; the rest of the 64 KB is the compiler's.
inline constexpr std::size_t constant_bytes = 60 * 1024;
__constant__ __align__(64) std::byte constant_arrays[constant_bytes];

/// Parameters whose arrays of ArrayMemory::constant are to be read from there.
/// @param given holds places in constant_arrays, in bytes, as the pointers of these arrays
COSTRISK_FN Parameters with_constant_arrays(const Parameters& given) {
  Parameters parameters = given;
  // Written so that the compiler sees where each array stands, and reads it as a constant.
  each_parameter_array(
      [](auto row, auto*& array) {
        if constexpr (row.memory == ArrayMemory::constant)
          array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(constant_arrays +
                                                                             reinterpret_cast<std::size_t>(array));
      },
      parameters);
  return parameters;
}

inline std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

/// The parameters on a device, as each placement wants them.
class DeviceParameters {
 public:
  DeviceParameters(const Parameters& host, std::span<const ParameterArray> arrays, int device)
      : in_global_(host), in_constant_(host) {
    std::vector<std::size_t> places;
    std::size_t bytes = round_up(sizeof(NormalTable), 256);
    for (const ParameterArray& array : arrays) {
      places.push_back(bytes);
      bytes += round_up(array.bytes, 256);
    }
    std::vector<std::byte> image(bytes);
    std::memcpy(image.data(), &normal_table, sizeof normal_table);
    for (std::size_t i = 0; i < arrays.size(); ++i)
      if (arrays[i].bytes > 0) std::memcpy(image.data() + places[i], arrays[i].data, arrays[i].bytes);
    memory_ = DeviceMemory(bytes, device);
    check(cudaMemcpy(memory_.data(), image.data(), bytes, cudaMemcpyHostToDevice), "copying the parameters", device);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      set_pointer(in_global_, arrays[i].pointer_offset, memory_.data() + places[i]);
      set_pointer(in_constant_, arrays[i].pointer_offset, memory_.data() + places[i]);
    }
    fill_constant(arrays, device);
    // Copies from pageable memory may still be under way, and the launches' streams do not wait for this one.
    check(cudaStreamSynchronize(nullptr), "copying the parameters", device);
  }

  const NormalTable* table() const { return reinterpret_cast<const NormalTable*>(memory_.data()); }
  bool fits_constant() const { return fits_constant_; }
  const Parameters& of(Placement placement) const {
    return placement == Placement::constant ? in_constant_ : in_global_;
  }

 private:
  static void set_pointer(Parameters& p, std::size_t offset, const void* pointer) {
    std::memcpy(reinterpret_cast<std::byte*>(&p) + offset, &pointer, sizeof pointer);
  }

  void fill_constant(std::span<const ParameterArray> arrays, int device) {
    std::vector<std::byte> image;
    for (const ParameterArray& array : arrays) {
      if (array.memory != ArrayMemory::constant) continue;
      const std::size_t place = round_up(image.size(), 64);
      if (array.bytes > 0) {
        image.resize(place + array.bytes);
        std::memcpy(image.data() + place, array.data, array.bytes);
      }
      set_pointer(in_constant_, array.pointer_offset, reinterpret_cast<const void*>(place));
    }
    fits_constant_ = image.size() <= constant_bytes;
    if (fits_constant_ && !image.empty())
      check(cudaMemcpyToSymbol(constant_arrays, image.data(), image.size()), "copying the parameters", device);
  }

  DeviceMemory memory_;
  Parameters in_global_, in_constant_;
  bool fits_constant_ = false;
};

}  // namespace costrisk::cuda
