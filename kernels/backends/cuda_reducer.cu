// One launch a kind of sum, on the stream that simulated the chunk.
#include "kernels/backends/cuda_reducer.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "kernels/backends/cuda_reduction.cuh"

namespace costrisk::cuda {

namespace {

std::size_t aligned(std::size_t bytes) { return (bytes + 255) / 256 * 256; }

template <class T>
DeviceMemory on_device(const std::vector<T>& values, int device) {
  const std::size_t bytes = values.size() * sizeof(T);
  DeviceMemory memory(std::max<std::size_t>(bytes, 1), device);
  if (bytes > 0)
    check(cudaMemcpy(memory.data(), values.data(), bytes, cudaMemcpyHostToDevice), "copying what to add up", device);
  return memory;
}

template <class T>
T* at(std::byte* memory, std::size_t place) {
  return reinterpret_cast<T*>(memory + place);
}

template <class... P, class... A>
void launch(void (*kernel)(P...), int blocks, cudaStream_t stream, int device, const char* name, A... arguments) {
  if (blocks == 0) return;
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(static_cast<unsigned>(reduction_threads));
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<P>(arguments)...), name, device);
}

/// Adds the slices of what stands at `from` [item][slice].
template <class Sums>
std::vector<Sums> added(const Sums* from, int items, int slices) {
  std::vector<Sums> result;
  for (int item = 0; item < items; ++item) {
    Sums sums = from[item * slices];
    for (int slice = 1; slice < slices; ++slice) combine(sums, from[item * slices + slice]);
    result.push_back(sums);
  }
  return result;
}

}  // namespace

Reducer::Reducer(const Reduction& reduction, const Shape& shape, std::size_t most_histogram_bytes, int device)
    : device_(device),
      shape_(shape),
      rows_(reduction.rows),
      kept_(reduction.kept),
      budget_micros_(reduction.budget_micros),
      pair_count_(shape.plans * (shape.plans - 1) / 2),
      driver_count_(shape.plans * shape.drivers),
      cost_array_(output_array(&Output::plan_cost)),
      cell_array_(output_array(&Output::driver_cell)) {
  status_row_ = static_cast<int>(rows_.size());
  rows_.push_back({{output_array(&Output::status), 0}, 0});
  for (const HistogramRequest& request : reduction.histograms) histogram_bits_.push_back(request.bits);
  row_requests_ = on_device(rows_, device);
  histogram_requests_ = on_device(reduction.histograms, device);
  constexpr std::size_t most_bins = std::size_t{1} << 28;
  capacity_ = static_cast<std::int32_t>(std::min(most_histogram_bytes / sizeof(HistogramPage::Bin), most_bins));
  bins_ = DeviceMemory(static_cast<std::size_t>(capacity_) * sizeof(HistogramPage::Bin), device);
  directory_ = on_device(
      std::vector<std::int32_t>(histogram_bits_.size() * 2 * LogLinear::pages, HistogramStore::absent), device);
  used_ = on_device(std::vector<std::int32_t>(2, 0), device);
  // The launches' streams do not wait for the one that copied this.
  check(cudaStreamSynchronize(nullptr), "copying what to add up", device);
}

Reducer::Places Reducer::places(int slices) const {
  const auto blocks = [slices](std::size_t items) { return items * static_cast<std::size_t>(slices); };
  Places p;
  p.rows = 0;
  p.pairs = p.rows + aligned(blocks(rows_.size()) * sizeof(RowSums));
  p.drivers = p.pairs + aligned(blocks(static_cast<std::size_t>(pair_count_)) * sizeof(PairSums));
  p.cheapest = p.drivers + aligned(blocks(static_cast<std::size_t>(driver_count_)) * driver_cells * sizeof(CellSums));
  p.flags = p.cheapest + aligned(static_cast<std::size_t>(shape_.plans) * sizeof(std::uint64_t));
  p.end = p.flags + aligned(flags * sizeof(std::int32_t));
  return p;
}

void Reducer::reserve(int stride, int paths) {
  const std::size_t bytes = places((paths + slice_paths - 1) / slice_paths).end;
  if (sums_bytes_ < bytes) {
    sums_bytes_ = 0;
    sums_ = {};
    host_sums_ = {};
    sums_ = DeviceMemory(bytes, device_);
    host_sums_ = PinnedMemory(bytes, device_);
    sums_bytes_ = bytes;
  }
  const std::size_t kept_bytes = lay_out_kept(stride, nullptr);
  if (kept_bytes_ < kept_bytes) {
    kept_bytes_ = 0;
    host_kept_ = {};
    host_kept_ = PinnedMemory(kept_bytes, device_);
    kept_bytes_ = kept_bytes;
  }
}

/// Lays the kept arrays into the host's memory and returns their bytes. A null memory only counts.
std::size_t Reducer::lay_out_kept(int stride, std::byte* memory) {
  std::size_t bytes = 0;
  result_.kept = {};
  result_.kept.stride = stride;
  int index = 0;
  each_array(shape_, result_.kept, [&](const char*, auto*& array, int rows) {
    const bool wanted = std::find(kept_.begin(), kept_.end(), index++) != kept_.end();
    if (!wanted || rows == 0) return;
    if (memory) array = at<std::remove_reference_t<decltype(*array)>>(memory, bytes);
    bytes += aligned(sizeof(*array) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride));
  });
  return bytes;
}

void Reducer::begin(const Output& output, int paths, cudaStream_t stream) {
  slices_ = (paths + slice_paths - 1) / slice_paths;
  lay_out_kept(output.stride, host_kept_.data());

  ChunkView chunk = {};
  int index = 0;
  const void* kept_on_host[output_arrays] = {};
  std::size_t bytes_of[output_arrays] = {};
  each_array(shape_, result_.kept, [&](const char*, auto*& array, int rows) {
    kept_on_host[index] = array;
    bytes_of[index++] = sizeof(*array) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(output.stride);
  });
  index = 0;
  each_array(shape_, output, [&](const char*, auto* array, int) {
    chunk.arrays[index] = array;
    if (sizeof(*array) == sizeof(std::int32_t)) chunk.narrow |= 1u << index;
    ++index;
  });
  chunk.stride = output.stride;
  chunk.paths = paths;
  chunk.slices = slices_;
  chunk.plans = shape_.plans;
  chunk.drivers = shape_.drivers;
  chunk.cost_array = cost_array_;
  chunk.cell_array = cell_array_;
  chunk.budget_micros = budget_micros_;

  const Places place = places(slices_);
  std::byte* sums = sums_.data();
  auto* row_sums = at<RowSums>(sums, place.rows);
  auto* pair_sums = at<PairSums>(sums, place.pairs);
  auto* driver_sums = at<CellSums>(sums, place.drivers);
  auto* refused_flag = at<std::int32_t>(sums, place.flags) + refused;
  const auto* row_requests = at<const RowRequest>(row_requests_.data(), 0);
  const auto* histogram_requests = at<const HistogramRequest>(histogram_requests_.data(), 0);
  const HistogramStore store = {at<HistogramPage::Bin>(bins_.data(), 0), at<std::int32_t>(directory_.data(), 0),
                                at<std::int32_t>(used_.data(), 0), capacity_};
  const int rows = static_cast<int>(rows_.size()), histograms = static_cast<int>(histogram_bits_.size());

  check(cudaMemsetAsync(sums + place.cheapest, 0, place.end - place.cheapest, stream), "clearing the sums", device_);
  launch(sum_rows, rows * slices_, stream, device_, "summing rows", chunk, row_requests, row_sums);
  launch(compare_plans, pair_count_ * slices_, stream, device_, "comparing plans", chunk, pair_sums);
  launch(find_cheapest, shape_.plans > 0 ? slices_ : 0, stream, device_, "finding the cheapest plans", chunk,
         at<unsigned long long>(sums, place.cheapest));
  launch(sum_by_driver, driver_count_ * slices_, stream, device_, "summing by driver", chunk, driver_sums);
  launch(judge, 1, stream, device_, "judging the sums", row_sums, rows, status_row_, pair_sums, pair_count_,
         driver_sums, driver_count_ * driver_cells, shape_.plans, slices_, refused_flag);
  launch(want_pages, histograms * slices_, stream, device_, "wanting pages", chunk, histogram_requests, store);
  launch(make_pages, histograms, stream, device_, "making pages", histogram_requests, store);
  launch(count_values, histograms * slices_, stream, device_, "counting values", chunk, histogram_requests, store,
         refused_flag);

  const auto copy = [&](void* to, const void* from, std::size_t bytes) {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream), "copying the sums", device_);
  };
  copy(host_sums_.data(), sums, place.end);
  copy(at<std::int32_t>(host_sums_.data(), place.flags) + full, store.used + 1, sizeof(std::int32_t));
  for (int i = 0; i < output_arrays; ++i)
    if (kept_on_host[i]) copy(const_cast<void*>(kept_on_host[i]), chunk.arrays[i], bytes_of[i]);
}

const ChunkSums& Reducer::finish() {
  const Places place = places(slices_);
  std::byte* sums = host_sums_.data();
  const auto* raised = at<const std::int32_t>(sums, place.flags);
  result_.complete = raised[refused] == 0 && raised[full] == 0;
  result_.rows = added(at<const RowSums>(sums, place.rows), status_row_, slices_);
  result_.pairs = added(at<const PairSums>(sums, place.pairs), pair_count_, slices_);
  const auto* cheapest = at<const std::uint64_t>(sums, place.cheapest);
  result_.cheapest.assign(cheapest, cheapest + shape_.plans);
  result_.drivers.clear();
  const auto* drivers = at<const CellSums>(sums, place.drivers);
  for (int item = 0; item < driver_count_; ++item)
    for (int cell = 0; cell < driver_cells; ++cell) {
      CellSums of_cell = {};
      for (int slice = 0; slice < slices_; ++slice)
        combine(of_cell, drivers[(item * slices_ + slice) * driver_cells + cell]);
      result_.drivers.push_back(of_cell);
    }
  const auto overflowed = [](const auto& items) {
    return std::any_of(items.begin(), items.end(), [](const auto& item) { return item.overflowed != 0; });
  };
  // A slice's sums fit; those of all slices together may not, and then the histograms have counted already.
  if (result_.complete && (overflowed(result_.rows) || overflowed(result_.pairs) || overflowed(result_.drivers)))
    throw std::overflow_error(
        "a sum of squared costs does not fit into 128 bits: costs and paths are too many for the money's unit; "
        "express prices in a larger currency unit or run fewer paths");
  return result_;
}

std::vector<HistogramPage> Reducer::pages() const {
  std::vector<std::int32_t> directory(histogram_bits_.size() * 2 * LogLinear::pages);
  std::vector<HistogramPage> result;
  if (directory.empty()) return result;
  const auto copy = [this](void* to, const void* from, std::size_t bytes) {
    check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copying the histograms", device_);
  };
  copy(directory.data(), directory_.data(), directory.size() * sizeof(std::int32_t));
  std::int32_t used = 0;
  copy(&used, used_.data(), sizeof used);
  std::vector<HistogramPage::Bin> bins(static_cast<std::size_t>(std::min(used, capacity_)));
  if (bins.empty()) return result;
  copy(bins.data(), bins_.data(), bins.size() * sizeof(HistogramPage::Bin));
  for (std::size_t i = 0; i < directory.size(); ++i) {
    if (directory[i] < 0) continue;
    const auto histogram = static_cast<int>(i / (2 * LogLinear::pages));
    const auto page = static_cast<int>(i % (2 * LogLinear::pages)) - LogLinear::pages;
    const LogLinear scale(histogram_bits_[static_cast<std::size_t>(histogram)]);
    const auto first = bins.begin() + directory[i];
    result.push_back({histogram, page, {first, first + (1 << scale.page_bits())}});
  }
  return result;
}

}  // namespace costrisk::cuda
