// Runs the GPU rungs: memory, launches, and what comes back.
#include "kernels/lane/scalar.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <memory>

#include "kernels/ladder/09_stages.cuh"
#include "kernels/ladder/10_coalesced.cuh"
#include "kernels/ladder/11_counter_based.cuh"
#include "kernels/ladder/12_fused.cuh"
#include "kernels/ladder/13_placed.cuh"
#include "kernels/ladder/14_shared_world.cuh"
#include "kernels/ladder/15_reduced.cuh"
#include "kernels/ladder/16_launch_shape.cuh"
#include "kernels/ladder/device_ladder.hpp"
#include "kernels/ladder/device_roofs.cuh"

namespace costrisk::ladder {

namespace {

constexpr int device_ordinal = 0;
/// Paths whose traces are stored at a time: 700 MB of them at 672 steps.
constexpr int most_stored_paths = 1 << 16;
/// Paths of a chunk whose traces are not stored.
constexpr int most_paths = 1 << 18;

void check(cudaError_t code, const char* what) { cuda::check(code, what, device_ordinal); }

bool stores_traces(int rung) { return rung <= 11; }
bool reduces(int rung) { return rung >= 15; }

std::size_t trace_bytes(int rung, const Model& model, int paths) {
  return rung == 9    ? rung_9::trace_bytes(model, paths)
         : rung == 10 ? rung_10::trace_bytes(model, paths)
         : rung == 11 ? rung_11::trace_bytes(model, paths)
                      : 0;
}

}  // namespace

std::string device_ladder_problem() {
  const cuda::DeviceList list = cuda::find_devices();
  if (!list.problem.empty()) return list.problem;
  return list.devices[device_ordinal].problem;
}

class DeviceLadder::Implementation {
 public:
  explicit Implementation(const Model& model) : model_(model) {
    const cuda::DeviceList list = cuda::find_devices();
    if (!list.problem.empty()) throw cuda::Error(cuda::ErrorKind::unavailable, list.problem);
    device_ = list.devices[device_ordinal];
    check(cudaSetDevice(device_ordinal), "choosing the device");
    stream_ = std::make_unique<cuda::Stream>(device_ordinal);
    device_model_ = cuda::DeviceMemory(sizeof model_, device_ordinal);
    table_ = cuda::DeviceMemory(sizeof normal_table, device_ordinal);
    tally_ = cuda::DeviceMemory(sizeof(Tally), device_ordinal);
    check(cudaMemcpy(device_model_.data(), &model_, sizeof model_, cudaMemcpyHostToDevice), "copying the model");
    check(cudaMemcpy(table_.data(), &normal_table, sizeof normal_table, cudaMemcpyHostToDevice), "copying the table");
    // Copies from pageable memory may still be under way, and the kernels' stream does not wait for this one.
    check(cudaStreamSynchronize(nullptr), "copying the model");
  }

  const std::string& device() const { return device_.name; }

  Tally run(int rung, std::uint64_t first_path, int paths, Count count, std::int64_t* stored) {
    if (rung == 16) choose_shape(paths);
    const int chunk = std::min(paths, stores_traces(rung) ? most_stored_paths : most_paths);
    prepare(rung, chunk);
    Tally total;
    for (int done = 0; done < paths; done += chunk) {
      const int now = std::min(chunk, paths - done);
      const std::uint64_t first = first_path + static_cast<std::uint64_t>(done);
      simulate(rung, job(first, now));
      if (reduces(rung)) continue;
      fetch(now);
      const auto* micros = reinterpret_cast<const std::int64_t*>(fetched_.data());
      for (int plan = 0; plan < plan_count; ++plan)
        for (int path = 0; path < now; ++path) {
          const std::int64_t cost = micros[plan * now + path];
          total.sum_micros[plan] += cost;
          if (count == Count::all)
            total.checksum += checksum_term(first + static_cast<std::uint64_t>(path), plan, cost);
          if (stored) stored[std::int64_t{plan} * paths + done + path] = cost;
        }
    }
    if (reduces(rung)) total = fetch_tally();
    return total;
  }

  void keep_launch_shape(int number) {
    shape_ = rung_16::launch_shapes[number];
    tried_paths_ = INT32_MAX;
  }

  double issue_rate() {
    constexpr int rounds = 4096;
    return rate(1.0 * rounds * issue_operations * grid_threads(), grid_threads() * sizeof(float),
                [&](const DeviceJob& j) {
                  launch(j, grid_blocks(), block, issue_instructions, rounds, reinterpret_cast<float*>(j.traces));
                });
  }
  double draw_rate() {
    constexpr int blocks = 1024;
    return rate(4.0 * blocks * grid_threads(), grid_threads() * sizeof(float), [&](const DeviceJob& j) {
      launch(j, grid_blocks(), block, draw_words, blocks, reinterpret_cast<float*>(j.traces));
    });
  }
  double memory_rate() {
    const auto numbers = static_cast<int>(std::min<std::size_t>(device_.memory_bytes / 64, std::size_t{1} << 27u));
    const std::size_t bytes = static_cast<std::size_t>(numbers) * sizeof(float);
    return rate(2.0 * static_cast<double>(bytes), 2 * bytes, [&](const DeviceJob& j) {
      const auto* from = reinterpret_cast<const float*>(j.traces);
      launch(j, grid_blocks(), block, copy_numbers, from, reinterpret_cast<float*>(j.traces + bytes), numbers);
    });
  }

 private:
  static constexpr int block = 256;

  int grid_blocks() const { return 8 * device_.multiprocessors; }
  int grid_threads() const { return block * grid_blocks(); }

  DeviceJob job(std::uint64_t first_path, int paths) const {
    return {model_,
            reinterpret_cast<const Model*>(device_model_.data()),
            reinterpret_cast<const NormalTable*>(table_.data()),
            first_path,
            paths,
            traces_.data(),
            reinterpret_cast<std::int64_t*>(micros_.data()),
            reinterpret_cast<Tally*>(tally_.data()),
            device_.multiprocessors,
            stream_->get()};
  }

  /// Memory for chunks of so many paths.
  void prepare(int rung, int paths) {
    reserve_traces(trace_bytes(rung, model_, paths));
    if (reduces(rung)) {
      check(cudaMemsetAsync(tally_.data(), 0, sizeof(Tally), stream_->get()), "clearing the tally");
    } else if (paths > micros_paths_) {
      const std::size_t bytes = static_cast<std::size_t>(paths) * plan_count * sizeof(std::int64_t);
      micros_ = cuda::DeviceMemory(bytes, device_ordinal);
      fetched_ = cuda::PinnedMemory(bytes, device_ordinal);
      micros_paths_ = paths;
    }
  }
  void reserve_traces(std::size_t bytes) {
    if (bytes <= traces_bytes_) return;
    traces_ = cuda::DeviceMemory();
    traces_bytes_ = 0;
    traces_ = cuda::DeviceMemory(bytes, device_ordinal);
    traces_bytes_ = bytes;
  }

  void simulate(int rung, const DeviceJob& job) const {
    switch (rung) {
      case 9:
        return rung_9::simulate(job);
      case 10:
        return rung_10::simulate(job);
      case 11:
        return rung_11::simulate(job);
      case 12:
        return rung_12::simulate(job);
      case 13:
        return rung_13::simulate(job);
      case 14:
        return rung_14::simulate(job);
      case 15:
        return rung_15::simulate(job);
      default:
        return rung_16::simulate(job, shape_);
    }
  }

  /// The costs of the chunk's paths, on the host.
  void fetch(int paths) {
    const std::size_t bytes = static_cast<std::size_t>(paths) * plan_count * sizeof(std::int64_t);
    check(cudaMemcpyAsync(fetched_.data(), micros_.data(), bytes, cudaMemcpyDeviceToHost, stream_->get()),
          "copying costs");
    wait();
  }
  Tally fetch_tally() {
    wait();
    Tally tally;
    check(cudaMemcpy(&tally, tally_.data(), sizeof tally, cudaMemcpyDeviceToHost), "copying the tally");
    return tally;
  }
  void wait() { check(cudaStreamSynchronize(stream_->get()), "running the ladder's kernels"); }

  /// Tries every shape on as many paths as there will be, at most a few waves; again where there are more than before.
  void choose_shape(int paths) {
    const int trial_paths = std::min({paths, most_paths, 1024 * device_.multiprocessors});
    if (trial_paths <= tried_paths_) return;
    tried_paths_ = trial_paths;
    double best = INFINITY;
    for (const rung_16::LaunchShape& shape : rung_16::launch_shapes)
      for (const bool counts : {false, true}) {  // the first time warms up
        const auto start = std::chrono::steady_clock::now();
        rung_16::simulate(job(0, trial_paths), shape);
        wait();
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
        if (!counts || time.count() >= best) continue;
        best = time.count();
        shape_ = shape;
      }
  }

  /// The best rate of `work`, which does `amount` of it, over a few repetitions.
  template <class Work>
  double rate(double amount, std::size_t bytes, Work work) {
    reserve_traces(bytes);
    double best = 0.0;
    for (int repetition = 0; repetition < 5; ++repetition) {
      const auto start = std::chrono::steady_clock::now();
      work(job(0, 0));
      wait();
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
      best = std::max(best, amount / time.count());
    }
    return best;
  }

  Model model_;
  cuda::Device device_;
  std::unique_ptr<cuda::Stream> stream_;
  cuda::DeviceMemory device_model_, table_, tally_, traces_, micros_;
  cuda::PinnedMemory fetched_;
  std::size_t traces_bytes_ = 0;
  int micros_paths_ = 0;
  rung_16::LaunchShape shape_ = rung_16::launch_shapes[0];
  int tried_paths_ = 0;  ///< that the shape was chosen on
};

DeviceLadder::DeviceLadder(const Model& model) : implementation_(std::make_unique<Implementation>(model)) {}
DeviceLadder::~DeviceLadder() = default;
const std::string& DeviceLadder::device() const { return implementation_->device(); }
Tally DeviceLadder::run(int rung, std::uint64_t first_path, int paths, Count count, std::int64_t* stored) {
  return implementation_->run(rung, first_path, paths, count, stored);
}
int DeviceLadder::launch_shapes() { return static_cast<int>(std::size(rung_16::launch_shapes)); }
void DeviceLadder::keep_launch_shape(int number) { implementation_->keep_launch_shape(number); }
double DeviceLadder::issue_rate() { return implementation_->issue_rate(); }
double DeviceLadder::memory_rate() { return implementation_->memory_rate(); }
double DeviceLadder::draw_rate() { return implementation_->draw_rate(); }

}  // namespace costrisk::ladder
