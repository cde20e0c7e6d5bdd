// The open run of a path, its floats folded into a hash after each tile; a kernel around it, and a loop.
#include "kernels/lane/scalar.hpp"

#include "tests/cuda/device/float_hashes.hpp"

#include <cuda_runtime.h>

#include <cstring>
#include <utility>

#include "kernels/backends/cuda_call.hpp"
#include "kernels/model/engine.hpp"

namespace costrisk::device {

namespace {

/// FNV-1a over words of 32 bits.
struct Hash {
  std::uint64_t value = 0xCBF29CE484222325u;
  COSTRISK_FN void add(float number) {
    value = (value ^ static_cast<std::uint32_t>(float_bits(number))) * 0x100000001B3u;
  }
  template <int Count>
  COSTRISK_FN void add(const float (&numbers)[Count]) {
    add(numbers, Count);
  }
  COSTRISK_FN void add(const float* numbers, int count) {
    for (int i = 0; i < count; ++i) add(numbers[i]);
  }
};

template <class L>
COSTRISK_FN std::uint64_t hash_of(const Parameters& p, const Workspace<L>& work) {
  Hash hash;
  hash.add(work.rows, p.slots * row_length);
  hash.add(work.use_rows, p.use_row_count * tile_steps);
  hash.add(work.world.factor_x, p.factor_count);
  hash.add(work.world.price_x, p.price_count);
  hash.add(work.law_values, p.law_count);
  for (int i = 0; i < p.capacity_count; ++i) {
    hash.add(work.world.capacities[i].run.end.offset);
    hash.add(work.world.capacities[i].next_down);
  }
  for (int j = 0; j < p.job_count; ++j) {
    const JobState<L>& s = work.jobs[j];
    const float numbers[] = {s.restart_left,
                             s.checkpoints,
                             s.tail,
                             s.position,
                             s.total,
                             s.pace,
                             s.clock,
                             s.hazard,
                             s.until_interruption,
                             s.finish.offset,
                             s.held_since.offset,
                             s.base_price,
                             s.used,
                             s.spend.sum,
                             s.spend.rest,
                             s.rest};
    hash.add(numbers);
  }
  for (int i = 0; i < p.autoscaler_count; ++i) {
    const AutoscalerState<L>& s = work.autoscalers[i];
    const float numbers[] = {s.instance_requests,   s.inverse_target_rate, s.scale_down.prefix,
                             s.scale_down.previous, s.scale_up.prefix,     s.scale_up.previous};
    hash.add(numbers);
  }
  for (int i = 0; i < p.service_count; ++i) {
    const ServiceState<L>& s = work.services[i];
    const float numbers[] = {s.got,          s.backlog,       s.peak,    s.backlog_before,
                             s.unserved.sum, s.unserved.rest, s.waiting, s.idle};
    hash.add(numbers);
    for (const Account<L>& account : work.service_totals[i].money) hash.add(account.carry);
    for (int q = 0; q < p.services[i].pools.count; ++q) hash.add(work.service_arrays[i].pools[q].excess);
  }
  return hash.value;
}

/// @param memory zeros
/// @param hashes one a tile
template <class L>
COSTRISK_FN void run_path(const Parameters& p, std::uint64_t number, std::byte* memory, const NormalTable& table,
                          std::uint64_t* hashes) {
  Workspace<L> work(p, memory);
  PathContext<L> path{p,
                      PhiloxPath<L>(static_cast<std::int32_t>(static_cast<std::uint32_t>(number)),
                                    static_cast<std::int32_t>(static_cast<std::uint32_t>(number >> 32)), p.key),
                      table,
                      work.law_values,
                      work.factors_at_start,
                      0,
                      number};
  World<L> world(path, work.world);
  world.begin();
  begin_components(path, work);
  WorldTile<L> tile{work.rows, work.capacities, 0, 0};
  while (tile.end < p.steps) {
    tile.start = tile.end;
    tile.end = tile.start + tile_steps < p.steps ? tile.start + tile_steps : p.steps;
    world.advance(tile);
    for (int i = 0; i < p.autoscaler_count; ++i) advance_autoscaler(p.autoscalers[i], work.autoscalers[i], tile);
    for (int i = 0; i < p.service_count; ++i) {
      ServiceComponent<L> service = work.service(path, i);
      service.advance(tile, TileEdges{});
      service.store();
    }
    for (int j = 0; j < p.job_count; ++j) work.advance_job(path, j, tile, TileEdges{});
    *hashes++ = hash_of<L>(p, work);
  }
}

using ProcessorLane = ScalarLane<3>;
using ThreadLane = ScalarLane<4>;

struct Task {
  std::uint64_t first_path;
  int paths, tiles;
  const NormalTable* table;
  std::byte* workspaces;
  std::size_t workspace_bytes;
  std::uint64_t* hashes;
};

__global__ void hash_kernel(const __grid_constant__ Parameters parameters, const __grid_constant__ Task task) {
  const int path = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (path >= task.paths) return;
  const std::size_t place = static_cast<std::size_t>(path);
  run_path<ThreadLane>(parameters, task.first_path + place, task.workspaces + place * task.workspace_bytes, *task.table,
                       task.hashes + place * static_cast<std::size_t>(task.tiles));
}

std::size_t round_up(std::size_t value) { return (value + 255) / 256 * 256; }

template <class L>
std::size_t workspace_bytes(const Parameters& p) {
  return round_up(Workspace<L>(p, nullptr).bytes);
}

FloatHashes room_for(const Parameters& p, int paths) {
  FloatHashes result;
  result.tiles = (p.steps + tile_steps - 1) / tile_steps;
  result.hashes.resize(static_cast<std::size_t>(paths) * static_cast<std::size_t>(result.tiles));
  return result;
}

}  // namespace

FloatHashes hashes_on_processor(const scenario::Lowered& lowered, std::uint64_t first_path, int paths) {
  const Parameters& p = lowered.parameters;
  FloatHashes result = room_for(p, paths);
  const std::size_t bytes = workspace_bytes<ProcessorLane>(p);
  std::vector<std::byte> memory(bytes + 64);
  std::byte* aligned = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  for (int i = 0; i < paths; ++i) {
    std::memset(aligned, 0, bytes);
    run_path<ProcessorLane>(p, first_path + static_cast<std::uint64_t>(i), aligned, normal_table,
                            result.hashes.data() + std::ptrdiff_t{i} * result.tiles);
  }
  return result;
}

FloatHashes hashes_on_gpu(const scenario::Lowered& lowered, std::uint64_t first_path, int paths, int device) {
  using cuda::check;
  check(cudaSetDevice(device), "choosing a device", device);
  Parameters p = lowered.parameters;
  FloatHashes result = room_for(p, paths);
  Task task = {first_path, paths, result.tiles, nullptr, nullptr, workspace_bytes<ThreadLane>(p), nullptr};

  // One block of memory: the parameters' arrays, the table, hashes, workspaces.
  std::size_t bytes = 0;
  const auto take = [&bytes](std::size_t size) { return std::exchange(bytes, bytes + round_up(size)); };
  std::vector<std::size_t> places;
  for (const ParameterArray& array : lowered.arrays) places.push_back(take(array.bytes));
  const std::size_t table = take(sizeof(NormalTable)), image_bytes = bytes;
  const std::size_t hashes = take(result.hashes.size() * sizeof(std::uint64_t));
  const std::size_t workspaces = take(task.workspace_bytes * static_cast<std::size_t>(paths));
  const cuda::DeviceMemory memory(bytes, device);

  std::vector<std::byte> image(image_bytes);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const ParameterArray& array = lowered.arrays[i];
    if (array.bytes > 0) std::memcpy(image.data() + places[i], array.data, array.bytes);
    const std::byte* place = memory.data() + places[i];
    std::memcpy(reinterpret_cast<std::byte*>(&p) + array.pointer_offset, &place, sizeof place);
  }
  std::memcpy(image.data() + table, &normal_table, sizeof normal_table);
  check(cudaMemcpy(memory.data(), image.data(), image.size(), cudaMemcpyHostToDevice), "copying the parameters",
        device);
  // Copies from pageable memory may still be under way, and the kernel's stream does not wait for this one.
  check(cudaStreamSynchronize(nullptr), "copying the parameters", device);

  task.table = reinterpret_cast<const NormalTable*>(memory.data() + table);
  task.hashes = reinterpret_cast<std::uint64_t*>(memory.data() + hashes);
  task.workspaces = memory.data() + workspaces;
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream", device);
  check(cudaMemsetAsync(task.workspaces, 0, bytes - workspaces, stream), "clearing memory", device);
  cudaLaunchConfig_t config = {};
  config.blockDim = dim3(32);
  config.gridDim = dim3(static_cast<unsigned>((paths + 31) / 32));
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, hash_kernel, p, task), "hashing floats", device);
  check(cudaStreamSynchronize(stream), "hashing floats", device);
  check(cudaMemcpy(result.hashes.data(), task.hashes, result.hashes.size() * sizeof(std::uint64_t),
                   cudaMemcpyDeviceToHost),
        "copying hashes", device);
  check(cudaStreamDestroy(stream), "giving a stream back", device);
  return result;
}

}  // namespace costrisk::device
