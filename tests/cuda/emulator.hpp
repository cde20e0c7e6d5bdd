// A test harness, no backend: the machine that the CUDA runtime of tests/cuda/shim pretends to run on. Work of a
// stream is done as late as it may be, memory is filled with rubbish, threads run in the order that a test chooses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tests/cuda/shim/cuda_runtime.h"

namespace costrisk::emulation {

struct Device {
  std::string name = "emulated GPU";
  int major = 9, minor = 0;
  int multiprocessors = 2;
  int threads_per_multiprocessor = 2048;
  int registers_per_thread = 255;
  std::size_t memory_bytes = std::size_t{1} << 30;
  std::size_t shared_bytes = 227 * 1024;  ///< of a block, at most; a multiprocessor has 1 KB more
};

/// A call that fails with this code, after having succeeded so many times.
struct Fault {
  cudaError_t code = cudaSuccess;
  int after = 0;
  int times = 1;
};

/// Runs a kernel that is known by its function.
using RunKernel =
    std::function<void(const cudaLaunchConfig_t& config, const void* kernel, const KernelArguments& arguments)>;

struct Machine {
  std::vector<Device> devices = {Device{}};
  int driver_version = 13000;  ///< 0: there is no driver
  int runtime_version = 13000;
  double start_up_seconds = 0.0;        ///< that the first choice of a device takes
  bool last_thread_first = false;       ///< the order in which threads run between barriers
  bool other_streams_first = false;     ///< what waits in other streams is done before what is waited for
  bool streams_in_turns = false;        ///< who waits sees all streams do their work piece by piece, in turn
  std::map<std::string, Fault> faults;  ///< by the call's name
  RunKernel run_kernel;                 ///< in place of fibers, where there is one

  // What was seen
  std::map<std::string, int> calls;
  int launches = 0;
  std::string kernel_error;  ///< what the last kernel that failed did
};

/// The machine of all tests in this process; not to be changed while anything is in flight.
Machine& machine();
/// As new. All memory has been given back.
void reset();
/// Bytes of devices and pinned host memory that are taken.
std::size_t bytes_taken();
/// Where a device's memory that is taken stands, in order.
std::vector<std::span<std::byte>> device_memory(int device);
int device_of(cudaStream_t stream);

}  // namespace costrisk::emulation
