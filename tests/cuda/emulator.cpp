// The CUDA runtime on the CPU: a block's threads as fibers, streams as queues that are worked off when waited for.
#include "tests/cuda/emulator.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

thread_local dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace costrisk {
/// Shared memory that a launch asks for.
inline constexpr std::size_t most_shared_words = 58 * 1024;
thread_local float block_memory[most_shared_words];
}  // namespace costrisk

struct EmulatedStream {
  int device = 0;
  std::deque<std::function<void()>> work;
};
struct EmulatedEvent {
  EmulatedStream* stream = nullptr;
  bool recorded = false, done = false;
  double milliseconds = 0.0;
};

namespace costrisk::emulation {

namespace {

/// One block's threads.
class Block {
 public:
  explicit Block(int threads) : fibers_(static_cast<std::size_t>(threads)), warps_((fibers_.size() + 31) / 32) {}

  /// Runs `thread` on every fiber until all have ended.
  /// @throws std::runtime_error where they wait for one another in vain
  void run(const std::function<void()>& thread, bool last_first) {
    thread_ = &thread;
    current_block = this;
    for (std::size_t i = 0; i < fibers_.size(); ++i) begin(i);
    while (std::any_of(fibers_.begin(), fibers_.end(), [](const Fiber& f) { return f.state != State::ended; })) {
      bool ran = false;
      for (std::size_t n = 0; n < fibers_.size(); ++n) {
        const std::size_t i = last_first ? fibers_.size() - 1 - n : n;
        if (fibers_[i].state != State::ready) continue;
        resume(i);
        ran = true;
      }
      if (!ran && !release()) {
        current_block = nullptr;
        throw std::runtime_error("threads wait at a barrier that others of them never reach");
      }
    }
    current_block = nullptr;
  }

  void wait_for_block() { wait(State::at_block_barrier, 0); }
  void wait_for_warp(unsigned mask) { wait(State::at_warp_barrier, mask); }
  std::uint64_t& slot(int lane) { return warps_[current_ / 32].slots[lane]; }
  int lane() const { return static_cast<int>(current_ % 32); }

  static thread_local Block* current_block;

 private:
  enum class State { ready, at_block_barrier, at_warp_barrier, ended };
  struct Fiber {
    ucontext_t context;
    State state = State::ready;
    unsigned mask = 0;
  };
  struct Warp {
    std::uint64_t slots[32] = {};
  };
  /// Room for a workspace in local memory and the frames around it.
  static constexpr std::size_t stack_bytes = 1u << 20u;

  static std::byte* stack(std::size_t fiber) {
    static thread_local std::vector<std::byte*> stacks;  // kept for the next block
    while (stacks.size() <= fiber) {
      void* memory =
          mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (memory == MAP_FAILED) throw std::bad_alloc();
      stacks.push_back(static_cast<std::byte*>(memory));
    }
    return stacks[fiber];
  }

  static void enter() {
    Block* block = current_block;
    (*block->thread_)();
    block->fibers_[block->current_].state = State::ended;
    // Returns to the scheduler by the context's link.
  }

  void begin(std::size_t i) {
    ucontext_t& context = fibers_[i].context;
    if (getcontext(&context) != 0) throw std::runtime_error("getcontext failed");
    context.uc_stack.ss_sp = stack(i);
    context.uc_stack.ss_size = stack_bytes;
    context.uc_link = &scheduler_;
    makecontext(&context, &Block::enter, 0);
  }

  void resume(std::size_t i) {
    current_ = i;
    threadIdx = dim3(static_cast<unsigned>(i), 0, 0);
    if (swapcontext(&scheduler_, &fibers_[i].context) != 0) throw std::runtime_error("swapcontext failed");
  }

  void wait(State state, unsigned mask) {
    Fiber& fiber = fibers_[current_];
    fiber.state = state;
    fiber.mask = mask;
    if (swapcontext(&fiber.context, &scheduler_) != 0) std::abort();
  }

  /// Opens the barriers that all have reached; false where there are none.
  bool release() {
    if (std::all_of(fibers_.begin(), fibers_.end(),
                    [](const Fiber& f) { return f.state == State::at_block_barrier; })) {
      for (Fiber& fiber : fibers_) fiber.state = State::ready;
      return true;
    }
    bool released = false;
    for (std::size_t warp = 0; warp < warps_.size(); ++warp) {
      const std::size_t first = warp * 32, end = std::min(first + 32, fibers_.size());
      for (std::size_t i = first; i < end; ++i) {
        if (fibers_[i].state != State::at_warp_barrier) continue;
        const unsigned mask = fibers_[i].mask;
        bool complete = true;
        for (std::size_t k = first; k < end; ++k)
          if ((mask >> (k - first)) & 1u)
            complete = complete && fibers_[k].state == State::at_warp_barrier && fibers_[k].mask == mask;
        if (!complete) continue;
        for (std::size_t k = first; k < end; ++k)
          if ((mask >> (k - first)) & 1u) fibers_[k].state = State::ready;
        released = true;
      }
    }
    return released;
  }

  std::vector<Fiber> fibers_;
  std::vector<Warp> warps_;
  ucontext_t scheduler_;
  std::size_t current_ = 0;
  const std::function<void()>* thread_ = nullptr;
};

thread_local Block* Block::current_block = nullptr;

struct Allocation {
  std::size_t bytes;
  int device;  ///< −1: pinned memory of the host
};

struct State {
  Machine machine;
  std::map<std::byte*, Allocation> allocations;
  std::map<std::pair<int, const void*>, int> shared_limits;  ///< by device and kernel
  std::vector<EmulatedStream*> streams;
  cudaError_t last_error = cudaSuccess;
  cudaError_t sticky = cudaSuccess;  ///< of a kernel that failed: the device is lost
  double milliseconds = 0.0;
};

State& state() {
  static State instance;
  return instance;
}
std::recursive_mutex& mutex() {
  static std::recursive_mutex instance;
  return instance;
}
thread_local int current_device = 0;

/// Holds the machine for the length of a call; says whether the call is to fail.
class Call {
 public:
  explicit Call(const char* name) : lock_(mutex()) {
    State& s = state();
    ++s.machine.calls[name];
    code_ = s.sticky;
    const auto fault = s.machine.faults.find(name);
    if (code_ == cudaSuccess && fault != s.machine.faults.end() && fault->second.times > 0) {
      if (fault->second.after > 0) {
        --fault->second.after;
      } else {
        --fault->second.times;
        code_ = fault->second.code;
      }
    }
  }
  bool failed() const { return code_ != cudaSuccess; }
  cudaError_t code() const { return code_; }
  cudaError_t fail(cudaError_t code) {
    state().last_error = code;
    return code;
  }
  cudaError_t end() { return failed() ? fail(code_) : cudaSuccess; }

 private:
  std::lock_guard<std::recursive_mutex> lock_;
  cudaError_t code_ = cudaSuccess;
};

bool has_device(int device) {
  const Machine& m = state().machine;
  return m.driver_version >= m.runtime_version && device >= 0 && static_cast<std::size_t>(device) < m.devices.size();
}

std::size_t taken(int device) {
  std::size_t sum = 0;
  for (const auto& [pointer, allocation] : state().allocations)
    if (allocation.device == device) sum += allocation.bytes;
  return sum;
}

/// Whether the bytes lie within one allocation of a device.
bool on_device(const void* pointer, std::size_t bytes) {
  auto* address = static_cast<std::byte*>(const_cast<void*>(pointer));
  auto next = state().allocations.upper_bound(address);
  if (next == state().allocations.begin()) return false;
  const auto& [start, allocation] = *--next;
  return allocation.device >= 0 && address + bytes <= start + allocation.bytes;
}

cudaError_t take_memory(void** pointer, std::size_t bytes, int device) {
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(256, (bytes + 255) / 256 * 256));
  if (!memory) return cudaErrorMemoryAllocation;
  std::memset(memory, 0xFF, bytes);
  state().allocations[memory] = {bytes, device};
  *pointer = memory;
  return cudaSuccess;
}

cudaError_t give_memory(void* pointer) {
  if (state().allocations.erase(static_cast<std::byte*>(pointer)) == 0) return cudaErrorInvalidValue;
  std::free(pointer);
  return cudaSuccess;
}

bool valid_copy(const void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return on_device(kind == cudaMemcpyHostToDevice ? to : from, bytes) &&
         !on_device(kind == cudaMemcpyHostToDevice ? from : to, bytes);
}

void run_blocks(const cudaLaunchConfig_t& config, const std::function<void()>& thread) {
  gridDim = config.gridDim;
  blockDim = config.blockDim;
  for (unsigned block = 0; block < config.gridDim.x; ++block) {
    blockIdx = dim3(block, 0, 0);
    std::memset(static_cast<void*>(block_memory), 0xFF, config.dynamicSmemBytes);
    Block(static_cast<int>(config.blockDim.x)).run(thread, state().machine.last_thread_first);
  }
}

void run_grid(const std::function<void()>& blocks) {
  State& s = state();
  if (s.sticky != cudaSuccess) return;
  try {
    blocks();
  } catch (const std::runtime_error& error) {
    s.machine.kernel_error = error.what();
    s.sticky = cudaErrorLaunchFailure;
  }
}

/// Does a stream's work until `done` says so or none is left.
template <class Done>
void work_off(EmulatedStream& stream, Done done) {
  while (!stream.work.empty() && !done()) {
    const std::function<void()> next = std::move(stream.work.front());
    stream.work.pop_front();
    next();
  }
}

/// Does a piece of each stream's work at a time until `done` says so or none is left.
template <class Done>
void work_off_in_turns(Done done) {
  for (bool any = true; any && !done();) {
    any = false;
    for (EmulatedStream* stream : state().streams) {
      if (stream->work.empty()) continue;
      any = true;
      bool one = false;
      work_off(*stream, [&one] { return std::exchange(one, true); });
    }
  }
}

void work_off_others(const EmulatedStream* waited_for) {
  if (!state().machine.other_streams_first) return;
  for (EmulatedStream* stream : state().streams)
    if (stream != waited_for) work_off(*stream, [] { return false; });
}

}  // namespace

Machine& machine() { return state().machine; }

void reset() {
  const std::lock_guard lock(mutex());
  State& s = state();
  s.machine = {};
  s.last_error = s.sticky = cudaSuccess;
}

std::size_t bytes_taken() {
  std::size_t sum = 0;
  for (const auto& [pointer, allocation] : state().allocations) sum += allocation.bytes;
  return sum;
}

std::vector<std::span<std::byte>> device_memory(int device) {
  std::vector<std::span<std::byte>> memory;
  for (const auto& [pointer, allocation] : state().allocations)
    if (allocation.device == device) memory.emplace_back(pointer, allocation.bytes);
  return memory;
}
int device_of(cudaStream_t stream) { return stream->device; }

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, const KernelArguments& arguments,
                   std::function<void()> thread) {
  Call call("cudaLaunchKernelEx");
  if (call.failed()) return call.end();
  State& s = state();
  if (!config.stream) return call.fail(cudaErrorInvalidValue);
  const auto limit = s.shared_limits.find({config.stream->device, kernel});
  const std::size_t most_shared = limit == s.shared_limits.end() ? 48 * 1024 : static_cast<std::size_t>(limit->second);
  if (config.blockDim.x == 0 || config.blockDim.x > 1024 || config.gridDim.x == 0 ||
      config.dynamicSmemBytes > most_shared || config.dynamicSmemBytes > most_shared_words * sizeof(float))
    return call.fail(cudaErrorInvalidValue);
  ++s.machine.launches;
  std::function<void()> blocks = [config, thread = std::move(thread)] { run_blocks(config, thread); };
  if (const RunKernel& run_kernel = s.machine.run_kernel) blocks = [=] { run_kernel(config, kernel, arguments); };
  config.stream->work.push_back([blocks = std::move(blocks)] { run_grid(blocks); });
  return call.end();
}

cudaError_t copy_to_symbol(void* symbol, std::size_t symbol_bytes, const void* from, std::size_t bytes) {
  Call call("cudaMemcpyToSymbol");
  if (call.failed()) return call.end();
  if (bytes > symbol_bytes) return call.fail(cudaErrorInvalidValue);
  std::memset(symbol, 0xFF, symbol_bytes);
  std::memcpy(symbol, from, bytes);
  return call.end();
}

cudaError_t set_shared_limit(const void* kernel, int bytes) {
  Call call("cudaFuncSetAttribute");
  if (call.failed()) return call.end();
  if (static_cast<std::size_t>(bytes) > state().machine.devices[static_cast<std::size_t>(current_device)].shared_bytes)
    return call.fail(cudaErrorInvalidValue);
  state().shared_limits[{current_device, kernel}] = bytes;
  return call.end();
}

cudaError_t occupancy(int* blocks, int threads, std::size_t shared_bytes) {
  Call call("cudaOccupancyMaxActiveBlocksPerMultiprocessor");
  if (call.failed()) return call.end();
  const Device& device = state().machine.devices[static_cast<std::size_t>(current_device)];
  const int by_registers = 65536 / (device.registers_per_thread * threads);
  const int by_threads = device.threads_per_multiprocessor / threads;
  const auto by_shared = static_cast<int>((device.shared_bytes + 1024) / (shared_bytes + 1024));
  *blocks = std::min({by_registers, by_threads, by_shared});
  return call.end();
}

void block_barrier() { Block::current_block->wait_for_block(); }
void warp_barrier(unsigned mask) { Block::current_block->wait_for_warp(mask); }
std::uint64_t& warp_slot(int lane) { return Block::current_block->slot(lane); }
int lane() { return Block::current_block->lane(); }

}  // namespace costrisk::emulation

using costrisk::emulation::Call;
using costrisk::emulation::current_device;
using costrisk::emulation::state;

const char* cudaGetErrorName(cudaError_t code) {
  switch (static_cast<int>(code)) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    default:
      return "cudaError";
  }
}
const char* cudaGetErrorString(cudaError_t code) {
  return code == cudaErrorMemoryAllocation ? "out of memory"
         : code == cudaErrorLaunchFailure  ? "unspecified launch failure"
                                           : "an error";
}
cudaError_t cudaGetLastError() {
  const Call call("cudaGetLastError");
  return std::exchange(state().last_error, cudaSuccess);
}

cudaError_t cudaGetDeviceCount(int* count) {
  Call call("cudaGetDeviceCount");
  if (call.failed()) return call.end();
  const auto& machine = state().machine;
  if (machine.driver_version < machine.runtime_version) return call.fail(cudaErrorInsufficientDriver);
  if (machine.devices.empty()) return call.fail(cudaErrorNoDevice);
  *count = static_cast<int>(machine.devices.size());
  return call.end();
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  Call call("cudaGetDeviceProperties");
  if (call.failed()) return call.end();
  if (!costrisk::emulation::has_device(device)) return call.fail(cudaErrorInvalidDevice);
  const auto& from = state().machine.devices[static_cast<std::size_t>(device)];
  *properties = {};
  from.name.copy(properties->name, sizeof properties->name - 1);
  properties->major = from.major;
  properties->minor = from.minor;
  properties->multiProcessorCount = from.multiprocessors;
  properties->maxThreadsPerMultiProcessor = from.threads_per_multiprocessor;
  properties->totalGlobalMem = from.memory_bytes;
  properties->sharedMemPerBlockOptin = from.shared_bytes;
  properties->sharedMemPerMultiprocessor = from.shared_bytes + 1024;
  return call.end();
}
cudaError_t cudaDriverGetVersion(int* version) {
  Call call("cudaDriverGetVersion");
  *version = state().machine.driver_version;
  return call.end();
}
cudaError_t cudaRuntimeGetVersion(int* version) {
  Call call("cudaRuntimeGetVersion");
  *version = state().machine.runtime_version;
  return call.end();
}
cudaError_t cudaSetDevice(int device) {
  Call call("cudaSetDevice");
  if (call.failed()) return call.end();
  if (!costrisk::emulation::has_device(device)) return call.fail(cudaErrorInvalidDevice);
  costrisk::emulation::Machine& machine = state().machine;
  if (machine.calls["cudaSetDevice"] == 1)
    std::this_thread::sleep_for(std::chrono::duration<double>(machine.start_up_seconds));
  current_device = device;
  return call.end();
}
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  Call call("cudaMemGetInfo");
  if (call.failed()) return call.end();
  *total = state().machine.devices[static_cast<std::size_t>(current_device)].memory_bytes;
  *free = *total - costrisk::emulation::taken(current_device);
  return call.end();
}

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  Call call("cudaMalloc");
  if (call.failed()) return call.end();
  const std::size_t total = state().machine.devices[static_cast<std::size_t>(current_device)].memory_bytes;
  if (costrisk::emulation::taken(current_device) + bytes > total) return call.fail(cudaErrorMemoryAllocation);
  return costrisk::emulation::take_memory(pointer, bytes, current_device);
}
cudaError_t cudaFree(void* pointer) {
  Call call("cudaFree");
  (void)costrisk::emulation::give_memory(pointer);
  return call.end();
}
cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) {
  Call call("cudaMallocHost");
  if (call.failed()) return call.end();
  return costrisk::emulation::take_memory(pointer, bytes, -1);
}
cudaError_t cudaFreeHost(void* pointer) {
  Call call("cudaFreeHost");
  (void)costrisk::emulation::give_memory(pointer);
  return call.end();
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  Call call("cudaMemcpy");
  if (call.failed()) return call.end();
  if (!costrisk::emulation::valid_copy(to, from, bytes, kind)) return call.fail(cudaErrorInvalidValue);
  std::memcpy(to, from, bytes);
  return call.end();
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  Call call("cudaStreamCreateWithFlags");
  if (call.failed()) return call.end();
  *stream = new EmulatedStream{current_device, {}};
  state().streams.push_back(*stream);
  return call.end();
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  Call call("cudaStreamDestroy");
  std::erase(state().streams, stream);
  delete stream;
  return call.end();
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  Call call("cudaStreamSynchronize");
  if (call.failed()) return call.end();
  // Of the default stream everything is done at once.
  if (!stream) return call.fail(state().sticky);
  costrisk::emulation::work_off_others(stream);
  costrisk::emulation::work_off(*stream, [] { return false; });
  return call.fail(state().sticky);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  Call call("cudaMemcpyAsync");
  if (call.failed()) return call.end();
  if (!costrisk::emulation::valid_copy(to, from, bytes, kind)) return call.fail(cudaErrorInvalidValue);
  stream->work.push_back([=] { std::memcpy(to, from, bytes); });
  return call.end();
}
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  Call call("cudaMemsetAsync");
  if (call.failed()) return call.end();
  if (!costrisk::emulation::on_device(to, bytes)) return call.fail(cudaErrorInvalidValue);
  stream->work.push_back([=] { std::memset(to, value, bytes); });
  return call.end();
}
cudaError_t cudaEventCreate(cudaEvent_t* event) {
  Call call("cudaEventCreate");
  if (call.failed()) return call.end();
  *event = new EmulatedEvent;
  return call.end();
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  Call call("cudaEventDestroy");
  delete event;
  return call.end();
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  Call call("cudaEventRecord");
  if (call.failed()) return call.end();
  event->stream = stream;
  event->recorded = true;
  event->done = false;
  stream->work.push_back([event] {
    event->done = true;
    event->milliseconds = state().milliseconds += 1.0;
  });
  return call.end();
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  Call call("cudaEventSynchronize");
  if (call.failed()) return call.end();
  if (!event->recorded) return call.end();
  if (state().machine.streams_in_turns) costrisk::emulation::work_off_in_turns([event] { return event->done; });
  costrisk::emulation::work_off_others(event->stream);
  costrisk::emulation::work_off(*event->stream, [event] { return event->done; });
  return call.fail(state().sticky);
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  Call call("cudaEventElapsedTime");
  if (call.failed()) return call.end();
  if (!from->done || !to->done) return call.fail(cudaErrorNotReady);
  *milliseconds = static_cast<float>(to->milliseconds - from->milliseconds);
  return call.end();
}
