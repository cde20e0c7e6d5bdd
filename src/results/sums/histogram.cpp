// Pages, merging and reading of the log-linear histogram.
#include "src/results/sums/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/math/log_linear.hpp"

namespace costrisk::results {

namespace {

/// ⌈x⌉ − less, or the largest integer where x is beyond it.
std::int64_t ceiling(double x, std::int64_t less) {
  return x < 0x1p63 ? static_cast<std::int64_t>(std::ceil(x)) - less : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

void Histogram::add(std::span<const std::int64_t> values) {
  // First where each value goes, then the sums: so many loads of bins are under way at once, which matters
  // because the bins of all histograms together seldom fit into the cache.
  constexpr std::size_t batch = 128;
  std::array<std::uint32_t, batch> bin_of;
  std::array<std::uint32_t, batch> offset_of;
  while (!values.empty()) {
    const std::span<const std::int64_t> part = values.first(std::min(batch, values.size()));
    locate(part, bin_of.data(), offset_of.data());
    for (std::size_t i = 0; i < part.size(); ++i) {
      Bin& bin = bins_[bin_of[i]];
      bin.count += 1;
      bin.offset += offset_of[i];
    }
    values = values.subspan(part.size());
  }
}

void Histogram::locate(std::span<const std::int64_t> values, std::uint32_t* bin_of, std::uint32_t* offset_of) {
  const LogLinear scale(bits_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const LogLinear::Place to = scale.place(values[i]);
    const auto place = static_cast<std::uint32_t>(to.page - first_page_);
    int slot = place < directory_.size() ? directory_[place] : -1;
    if (slot < 0) [[unlikely]]
      slot = make_page(to.page);
    bin_of[i] = (static_cast<std::uint32_t>(slot) << page_bits_) + to.bin;
    offset_of[i] = to.offset;
  }
}

int Histogram::make_page(int page) {
  if (directory_.empty()) first_page_ = page;
  if (page < first_page_) {
    directory_.insert(directory_.begin(), static_cast<std::size_t>(first_page_ - page), std::int16_t{-1});
    first_page_ = page;
  }
  const auto place = static_cast<std::size_t>(page - first_page_);
  if (place >= directory_.size()) directory_.resize(place + 1, std::int16_t{-1});
  if (directory_[place] < 0) {
    const std::size_t page_size = std::size_t{1} << page_bits_;
    const std::size_t size = bins_.size() + page_size;
    if (size > bins_.capacity()) bins_.reserve(std::max(size, bins_.size() + bins_.size() / 4));
    directory_[place] = static_cast<std::int16_t>(bins_.size() >> page_bits_);
    bins_.resize(size);
  }
  return directory_[place];
}

void Histogram::add(const Entry& entry) {
  const bool negative = entry.index < 0;
  const auto index = static_cast<std::uint64_t>(negative ? ~entry.index : entry.index);
  const int page = static_cast<int>(index >> page_bits_);
  const auto slot = static_cast<std::size_t>(make_page(negative ? ~page : page));
  Bin& bin = bins_[(slot << page_bits_) + (index & ((std::uint64_t{1} << page_bits_) - 1))];
  bin.count += entry.count;
  bin.offset += entry.offset;
}

void Histogram::merge(const Histogram& other) {
  const std::size_t page_size = std::size_t{1} << page_bits_;
  for (std::size_t place = 0; place < other.directory_.size(); ++place) {
    if (other.directory_[place] < 0) continue;
    const auto to = static_cast<std::size_t>(make_page(other.first_page_ + static_cast<int>(place))) << page_bits_;
    const auto from = static_cast<std::size_t>(other.directory_[place]) << page_bits_;
    for (std::size_t i = 0; i < page_size; ++i) {
      bins_[to + i].count += other.bins_[from + i].count;
      bins_[to + i].offset += other.bins_[from + i].offset;
    }
  }
}

std::vector<Histogram::Entry> Histogram::entries() const {
  std::vector<Entry> result;
  const std::size_t page_size = std::size_t{1} << page_bits_;
  for (std::size_t place = 0; place < directory_.size(); ++place) {
    if (directory_[place] < 0) continue;
    const int page = first_page_ + static_cast<int>(place);
    const auto first_bin = static_cast<std::size_t>(directory_[place]) << page_bits_;
    const std::int64_t first_index = static_cast<std::int64_t>(page < 0 ? ~page : page) << page_bits_;
    for (std::size_t i = 0; i < page_size; ++i) {
      const std::size_t within = page < 0 ? page_size - 1 - i : i;
      const Bin& bin = bins_[first_bin + within];
      const std::int64_t index = first_index + static_cast<std::int64_t>(within);
      if (bin.count > 0) result.push_back({page < 0 ? ~index : index, bin.count, bin.offset});
    }
  }
  return result;
}

std::vector<HistogramBin> Histogram::bins() const {
  std::vector<HistogramBin> result;
  for (const Entry& entry : entries()) {
    const bool negative = entry.index < 0;
    const std::int64_t index = negative ? ~entry.index : entry.index;
    const auto octave = static_cast<int>(index >> bits_);
    const std::int64_t within = index & ((std::int64_t{1} << bits_) - 1);
    const double width = std::ldexp(1.0, octave - bits_);
    const double edge = std::ldexp(1.0, octave) + static_cast<double>(within) * width;
    const double mean_offset = static_cast<double>(entry.offset) / static_cast<double>(entry.count) * 0x1p-23;
    const double mean = edge + mean_offset * width - 1.0;
    const std::int64_t inner = ceiling(edge, 1);
    const std::int64_t outer = ceiling(edge + width, 2);
    if (negative)
      result.push_back({-outer, -inner, -mean, entry.count});
    else
      result.push_back({inner, outer, mean, entry.count});
  }
  return result;
}

}  // namespace costrisk::results
