// Finds devices, and says of a CUDA error what it means and what helps.
#include <cuda_runtime.h>

#include "kernels/backends/cuda_call.hpp"

namespace costrisk::cuda {

namespace {

/// The oldest compute capability that the kernels are compiled for.
constexpr int oldest_major = 7, oldest_minor = 5;
/// The oldest CUDA toolkit that speaks C++20.
constexpr int oldest_toolkit = 12000;

ErrorKind kind_of(cudaError_t code) {
  switch (static_cast<int>(code)) {  // the runtime adds codes with each version
    case cudaErrorMemoryAllocation:
    case cudaErrorLaunchOutOfResources:
      return ErrorKind::out_of_memory;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorStubLibrary:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorCompatNotSupportedOnDevice:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorJitCompilerNotFound:
    case cudaErrorJitCompilationDisabled:
    case cudaErrorDevicesUnavailable:
    case cudaErrorInitializationError:
    case cudaErrorSystemNotReady:
      return ErrorKind::unavailable;
    default:
      return ErrorKind::failed;
  }
}

std::string remedy_of(cudaError_t code) {
  switch (static_cast<int>(code)) {  // the runtime adds codes with each version
    case cudaErrorInsufficientDriver: {
      int driver = 0, runtime = 0;
      if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
      if (cudaRuntimeGetVersion(&runtime) != cudaSuccess) runtime = 0;
      if (driver == 0)
        return "no NVIDIA driver is installed, or none that shows here; install it, or do without --backend cuda and "
               "--devices";
      std::string remedy = "the NVIDIA driver speaks CUDA " + version_text(driver) + " and this build needs " +
                           version_text(runtime) + "; update the driver";
      if (driver >= oldest_toolkit) remedy += ", or build with the CUDA toolkit " + version_text(driver);
      return remedy + ", or put the libcuda of NVIDIA's package cuda-compat on LD_LIBRARY_PATH";
    }
    case cudaErrorNoDevice:
      return "the driver shows no GPU; see nvidia-smi, and whether CUDA_VISIBLE_DEVICES hides it";
    case cudaErrorInvalidDevice:
      return "there is no such GPU; `costrisk devices` lists them";
    case cudaErrorStubLibrary:
      return "the toolkit's stub of libcuda is found before the driver's; take its folder out of LD_LIBRARY_PATH";
    case cudaErrorSystemDriverMismatch:
    case cudaErrorCompatNotSupportedOnDevice:
      return "the libcuda that is found does not belong to the driver that runs; after an update restart the machine, "
             "and take CUDA's compat folder out of LD_LIBRARY_PATH";
    case cudaErrorSystemNotReady:
      return "a service that the GPUs need does not run; with NVSwitch start nvidia-fabricmanager";
    case cudaErrorInitializationError:
      return "the driver could not be started; nvidia-smi tells";
    case cudaErrorJitCompilerNotFound:
      return "the driver's compiler (libnvidia-ptxjitcompiler) is not installed; install it, or build with "
             "COSTRISK_GPU_ARCHITECTURES set for that GPU";
    case cudaErrorJitCompilationDisabled:
      return "compiling for that GPU is switched off; unset CUDA_DISABLE_PTX_JIT, or build with "
             "COSTRISK_GPU_ARCHITECTURES set for it";
    case cudaErrorUnsupportedPtxVersion:
      return "the driver is older than this build's CUDA toolkit and cannot compile its PTX; update the driver, or "
             "build with COSTRISK_GPU_ARCHITECTURES set for that GPU";
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorNoKernelImageForDevice:
      return "this build has no code for that GPU; build with COSTRISK_GPU_ARCHITECTURES set for it";
    case cudaErrorDevicesUnavailable:
      return "another process holds it; see nvidia-smi";
    case cudaErrorMemoryAllocation:
    case cudaErrorLaunchOutOfResources:
      return "free memory of that GPU, or take --backend avx512, avx2 or scalar: the results are the same";
    default:
      return "the GPU may have been lost; see nvidia-smi and the kernel log. Run again, or take --backend avx512, avx2 "
             "or scalar: the results are the same";
  }
}

}  // namespace

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

void check(cudaError_t code, const char* what, int device) {
  if (code == cudaSuccess) return;
  (void)cudaGetLastError();  // an error that does not last is not to be found by the next call
  const std::string where = device >= 0 ? "GPU " + std::to_string(device) : "CUDA";
  throw Error(kind_of(code), where + ": " + what + " failed: " + cudaGetErrorString(code) + " (" +
                                 cudaGetErrorName(code) + "); " + remedy_of(code));
}

bool is_built() { return true; }

DeviceList find_devices() {
  DeviceList list;
  try {
    int count = 0;
    const cudaError_t code = cudaGetDeviceCount(&count);  // leaves the count as it was where there is no driver
    if (code == cudaErrorInsufficientDriver || code == cudaErrorNoDevice) {
      (void)cudaGetLastError();
      list.problem = remedy_of(code);
      return list;
    }
    check(code, "counting the devices", -1);
    bool any_usable = false;
    for (int i = 0; i < count; ++i) {
      cudaDeviceProp properties;
      check(cudaGetDeviceProperties(&properties, i), "reading the properties", i);
      Device device;
      device.ordinal = i;
      device.name = properties.name;
      device.major = properties.major;
      device.minor = properties.minor;
      device.multiprocessors = properties.multiProcessorCount;
      device.memory_bytes = properties.totalGlobalMem;
      if (device.major * 10 + device.minor < oldest_major * 10 + oldest_minor)
        device.problem = "compute capability " + std::to_string(device.major) + "." + std::to_string(device.minor) +
                         " is older than 7.5";
      any_usable = any_usable || device.problem.empty();
      list.devices.push_back(device);
    }
    if (!any_usable)
      list.problem = list.devices.empty() ? remedy_of(cudaErrorNoDevice)
                                          : list.devices.front().name + ": " + list.devices.front().problem;
  } catch (const Error& error) {
    list.problem = error.what();
  }
  return list;
}

}  // namespace costrisk::cuda
