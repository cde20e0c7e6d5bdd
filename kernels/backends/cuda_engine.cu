// Launches the kernel: parameters copied once, chunks on two streams, their sums back into pinned memory, or the whole
// of what they left.
#include "kernels/backends/cuda_kernel.cuh"

#include <algorithm>
#include <type_traits>

#include "kernels/backends/cuda_call.hpp"
#include "kernels/backends/cuda_reducer.hpp"

namespace costrisk::cuda {

namespace {

using Kernel = void (*)(Parameters, Launch);

/// A compiled form of the kernel. The first that a scenario fits into is taken.
struct KernelForm {
  Placement placement;
  std::size_t local_bytes;
  Kernel kernel;
  const char* name;
};
const KernelForm forms[] = {
    {Placement::constant, 32 * 1024, simulate_kernel<Placement::constant, 32 * 1024>, "simulate"},
    {Placement::global, 0, simulate_kernel<Placement::global, 0>, "simulate from global memory"},
};

/// Lays the arrays of an Output into one block, aligned for the device; returns its bytes. A null block only counts.
std::size_t lay_out(const Shape& shape, int stride, std::byte* block, Output& output) {
  output.stride = stride;
  std::size_t used = 0;
  each_array(shape, output, [&](const char*, auto*& array, int rows) {
    if (block) array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(block + used);
    used += round_up(sizeof(*array) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride), 256);
  });
  return used;
}

/// One chunk on its way: computed, copied, read.
struct Slot {
  explicit Slot(int device) : stream(device), begun(device), computed(device), copied(device) {}
  Stream stream;
  Event begun, computed, copied;
  DeviceMemory output, workspaces;
  PinnedMemory host;
  std::size_t output_bytes = 0, host_bytes = 0, workspace_bytes = 0;
  std::size_t used_bytes = 0;  ///< of the output, by the last chunk
  Output on_host;
  std::unique_ptr<Reducer> reducer;  ///< null: the whole output goes to the host
};

}  // namespace

class Engine::Implementation {
 public:
  Implementation(int device, const Parameters& parameters, std::span<const ParameterArray> arrays, const Shape& shape,
                 const EngineOptions& options, const Reduction* reduction)
      : device_((use_device(device), device)),
        shape_(shape),
        options_(options),
        slots_of_world_(parameters.slots),
        workspace_bytes_(Workspace<GlobalLane>(parameters, nullptr).bytes),
        parameters_(parameters, arrays, device),
        slot_{Slot(device), Slot(device)},
        last_computed_(device) {
    check(cudaGetDeviceProperties(&properties_, device), "reading the properties", device);
    choose_form();
    choose_block();
    choose_chunk();
    if (!reduction) return;
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory", device_);
    const std::size_t histogram_bytes = std::min(options_.most_histogram_bytes, free / 16);
    for (Slot& slot : slot_) slot.reducer = std::make_unique<Reducer>(*reduction, shape, histogram_bytes, device);
  }

  ~Implementation() {
    // Nothing may be in flight while its memory is given back; what failed was told by the call that found it.
    (void)cudaSetDevice(device_);
    for (const Slot& slot : slot_) (void)cudaStreamSynchronize(slot.stream.get());
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  int chunk_paths() const { return chunk_paths_; }

  int begin(int index, std::uint64_t first_path, int paths) {
    use_device(device_);
    const Range range("costrisk begin a chunk");
    Slot& slot = slot_[index];
    for (;;) {
      const int count = std::min(paths, chunk_paths_);
      try {
        reserve(slot, count);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::out_of_memory || chunk_paths_ <= block_threads_) throw;
        halve_chunk(slot);
        continue;
      }
      try {
        launch(slot, first_path, count);
        return count;
      } catch (const Error& error) {
        // Local memory for all threads that the device could hold may be more than there is.
        if (error.kind() != ErrorKind::out_of_memory || form_->placement == Placement::global) throw;
        form_ = &forms[std::size(forms) - 1];
        choose_block();
      }
    }
  }

  const Output& finish(int index) {
    wait(slot_[index]);
    return slot_[index].on_host;
  }

  const ChunkSums& finish_sums(int index) {
    wait(slot_[index]);
    return slot_[index].reducer->finish();
  }

  const Output& whole_output(int index) {
    use_device(device_);
    Slot& slot = slot_[index];
    reserve_host(slot);
    lay_out(shape_, slot.on_host.stride, slot.host.data(), slot.on_host);
    check(cudaMemcpy(slot.host.data(), slot.output.data(), slot.used_bytes, cudaMemcpyDeviceToHost),
          "copying the output", device_);
    return slot.on_host;
  }

  std::vector<HistogramPage> histogram_pages() const {
    use_device(device_);
    std::vector<HistogramPage> pages;
    for (const Slot& slot : slot_)
      if (slot.reducer)
        for (HistogramPage& page : slot.reducer->pages()) pages.push_back(std::move(page));
    return pages;
  }

  std::string description() const {
    return std::string(properties_.name) + ": " + form_->name + ", blocks of " + std::to_string(block_threads_) +
           (row_stride_ > 0 ? ", world in shared memory" : ", world in the workspace") + ", " +
           std::to_string(blocks_per_multiprocessor_ * block_threads_) + " threads a multiprocessor, chunks of " +
           std::to_string(chunk_paths_) + " paths";
  }

  std::vector<LaunchTime> launch_times() const {
    return {{LaunchKind::simulate, form_->name, device_, simulate_time_.count, simulate_time_.seconds},
            {LaunchKind::sum, slot_[0].reducer ? "sums and their copy" : "copy of the output", device_,
             copy_time_.count, copy_time_.seconds}};
  }

 private:
  struct Time {
    std::uint64_t count = 0;
    double seconds = 0.0;
    void add(float milliseconds) {
      ++count;
      seconds += 1e-3 * static_cast<double>(milliseconds);
    }
  };

  void wait(Slot& slot) {
    use_device(device_);
    const Range range("costrisk wait for a chunk");
    check(cudaEventSynchronize(slot.copied.get()), "simulating", device_);
    // A chunk is begun while the one before it is computed, and waits for its turn.
    float computing = milliseconds(slot.begun, slot.computed);
    if (simulate_time_.count > 0) computing = std::min(computing, milliseconds(last_computed_, slot.computed));
    simulate_time_.add(std::max(computing, 0.0f));
    copy_time_.add(milliseconds(slot.computed, slot.copied));
    last_computed_.swap(slot.computed);
  }

  float milliseconds(const Event& from, const Event& to) const {
    float time = 0.0f;
    check(cudaEventElapsedTime(&time, from.get(), to.get()), "reading the time", device_);
    return time;
  }

  void choose_form() {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory", device_);
    const std::size_t threads = static_cast<std::size_t>(properties_.multiProcessorCount) *
                                static_cast<std::size_t>(properties_.maxThreadsPerMultiProcessor);
    for (const KernelForm& form : forms) {
      form_ = &form;
      if (form.placement == Placement::global) return;
      if (options_.workspace == WorkspacePlace::global || !parameters_.fits_constant()) continue;
      // The driver keeps local memory for every thread that the device could hold.
      if (workspace_bytes_ <= form.local_bytes &&
          (form.local_bytes * threads <= free / 2 || options_.workspace == WorkspacePlace::local))
        return;
    }
  }

  void allow_shared(int bytes) const {
    check(cudaFuncSetAttribute(form_->kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes),
          "asking for shared memory", device_);
  }

  /// Blocks of that many threads that a multiprocessor holds at once.
  int resident_blocks(int threads, int shared_bytes) const {
    if (static_cast<std::size_t>(shared_bytes) + sizeof(NormalTable) > properties_.sharedMemPerBlockOptin) return 0;
    allow_shared(shared_bytes);
    int blocks = 0;
    check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, form_->kernel, threads,
                                                        static_cast<std::size_t>(shared_bytes)),
          "asking for occupancy", device_);
    return blocks;
  }

  /// The world goes to shared memory where each of a multiprocessor's four schedulers still has a warp.
  void choose_block() {
    constexpr int enough_threads = 128;
    block_threads_ = 0;
    const int stride = slots_of_world_ > 0 ? (slots_of_world_ * row_length) | 1 : 0;
    int best = 0;
    for (const int threads : {128, 64, 32}) {
      if (options_.block_threads > 0 && threads != options_.block_threads) continue;
      const int shared_bytes = threads * stride * static_cast<int>(sizeof(float));
      const int blocks =
          options_.rows == RowPlace::workspace || stride == 0 ? 0 : resident_blocks(threads, shared_bytes);
      if (blocks * threads <= best) continue;
      best = blocks * threads;
      set_block(threads, stride, shared_bytes, blocks);
    }
    const bool enough = best >= enough_threads || (best > 0 && options_.rows == RowPlace::shared);
    if (enough) return allow_shared(shared_bytes_);
    const int threads = options_.block_threads > 0 ? options_.block_threads : most_block_threads;
    set_block(threads, 0, 0, std::max(1, resident_blocks(threads, 0)));
  }

  void set_block(int threads, int stride, int shared_bytes, int blocks) {
    block_threads_ = threads;
    row_stride_ = stride;
    shared_bytes_ = shared_bytes;
    blocks_per_multiprocessor_ = blocks;
  }

  int resident_threads() const { return properties_.multiProcessorCount * blocks_per_multiprocessor_ * block_threads_; }

  /// Whole waves of threads, as many as a chunk's output and a quarter of the free memory allow.
  void choose_chunk() {
    constexpr std::size_t most_waves = 8;
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory", device_);
    Output counted;
    const std::size_t bytes_per_path = lay_out(shape_, 256, nullptr, counted) / 256;
    const std::size_t by_memory = std::min(options_.most_output_bytes, free / 4) / bytes_per_path;
    const auto wave = static_cast<std::size_t>(resident_threads());
    std::size_t paths = by_memory >= wave ? std::min(by_memory / wave, most_waves) * wave : by_memory;
    if (options_.chunk_paths > 0) paths = std::min(paths, static_cast<std::size_t>(options_.chunk_paths));
    chunk_paths_ = std::max(block_threads_, static_cast<int>(paths) / block_threads_ * block_threads_);
  }

  void halve_chunk(Slot& slot) {
    chunk_paths_ = std::max(block_threads_, chunk_paths_ / 2 / block_threads_ * block_threads_);
    slot.output = {};
    slot.workspaces = {};
    slot.host = {};
    slot.output_bytes = slot.host_bytes = slot.workspace_bytes = 0;
  }

  int blocks_of(int paths) const {
    const int blocks = (paths + block_threads_ - 1) / block_threads_;
    if (form_->placement == Placement::constant) return blocks;
    return std::min(blocks, properties_.multiProcessorCount * blocks_per_multiprocessor_);
  }

  static int stride_of(int paths) { return (paths + 31) / 32 * 32; }

  /// Memory for a chunk of that many paths, unless the slot has it.
  void reserve(Slot& slot, int paths) {
    Output counted;
    const std::size_t output_bytes = lay_out(shape_, stride_of(paths), nullptr, counted);
    if (slot.output_bytes < output_bytes) {
      slot.output_bytes = 0;
      slot.output = {};
      slot.output = DeviceMemory(output_bytes, device_);
      slot.output_bytes = output_bytes;
    }
    slot.used_bytes = output_bytes;
    if (slot.reducer)
      slot.reducer->reserve(stride_of(paths), paths);
    else
      reserve_host(slot);
    if (form_->placement == Placement::constant) return;
    const std::size_t bytes = workspace_bytes_ * static_cast<std::size_t>(blocks_of(paths) * block_threads_);
    if (slot.workspace_bytes >= bytes) return;
    slot.workspace_bytes = 0;
    slot.workspaces = {};
    slot.workspaces = DeviceMemory(bytes, device_);
    slot.workspace_bytes = bytes;
  }

  /// Memory of the host for the whole of a chunk, unless the slot has it.
  void reserve_host(Slot& slot) const {
    if (slot.host_bytes >= slot.used_bytes) return;
    slot.host_bytes = 0;
    slot.host = {};
    slot.host = PinnedMemory(slot.used_bytes, device_);
    slot.host_bytes = slot.used_bytes;
  }

  void launch(Slot& slot, std::uint64_t first_path, int paths) {
    if (form_->placement == Placement::global) reserve(slot, paths);  // the form may have changed since
    Launch launch;
    launch.first_path = first_path;
    launch.paths = paths;
    launch.table = parameters_.table();
    launch.row_stride = row_stride_;
    launch.workspaces = slot.workspaces.data();
    launch.workspace_bytes = workspace_bytes_;
    const int stride = stride_of(paths);
    const std::size_t bytes = lay_out(shape_, stride, slot.output.data(), launch.output);
    lay_out(shape_, stride, slot.host.data(), slot.on_host);

    const cudaStream_t stream = slot.stream.get();
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(static_cast<unsigned>(blocks_of(paths)));
    config.blockDim = dim3(static_cast<unsigned>(block_threads_));
    config.dynamicSmemBytes = static_cast<std::size_t>(shared_bytes_);
    config.stream = stream;
    check(cudaEventRecord(slot.begun.get(), stream), "recording an event", device_);
    check(cudaLaunchKernelEx(&config, form_->kernel, parameters_.of(form_->placement), launch), form_->name, device_);
    check(cudaEventRecord(slot.computed.get(), stream), "recording an event", device_);
    if (slot.reducer)
      slot.reducer->begin(launch.output, paths, stream);
    else
      check(cudaMemcpyAsync(slot.host.data(), slot.output.data(), bytes, cudaMemcpyDeviceToHost, stream),
            "copying the output", device_);
    check(cudaEventRecord(slot.copied.get(), stream), "recording an event", device_);
  }

  int device_;
  Shape shape_;
  EngineOptions options_;
  int slots_of_world_;
  std::size_t workspace_bytes_;
  cudaDeviceProp properties_ = {};
  DeviceParameters parameters_;
  Slot slot_[Engine::slots];
  const KernelForm* form_ = nullptr;
  int block_threads_ = 0, row_stride_ = 0, shared_bytes_ = 0, blocks_per_multiprocessor_ = 0;
  int chunk_paths_ = 0;
  Event last_computed_;  ///< the end of the chunk that was waited for last
  Time simulate_time_, copy_time_;
};

Engine::Engine(int device, const Parameters& parameters, std::span<const ParameterArray> arrays, const Shape& shape,
               const EngineOptions& options, const Reduction* reduction)
    : implementation_(std::make_unique<Implementation>(device, parameters, arrays, shape, options, reduction)) {}
Engine::~Engine() = default;
int Engine::chunk_paths() const { return implementation_->chunk_paths(); }
int Engine::begin(int slot, std::uint64_t first_path, int paths) {
  return implementation_->begin(slot, first_path, paths);
}
const Output& Engine::finish(int slot) { return implementation_->finish(slot); }
const ChunkSums& Engine::finish_sums(int slot) { return implementation_->finish_sums(slot); }
const Output& Engine::whole_output(int slot) { return implementation_->whole_output(slot); }
std::vector<HistogramPage> Engine::histogram_pages() const { return implementation_->histogram_pages(); }
std::string Engine::description() const { return implementation_->description(); }
std::vector<LaunchTime> Engine::launch_times() const { return implementation_->launch_times(); }

}  // namespace costrisk::cuda
