// Pages, merging and reading of the log-linear histogram.
#include "src/tally/histogram.hpp"

#include <algorithm>

namespace costrisk::tally {

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
  Bin& bin = bin_at(negative, static_cast<std::uint64_t>(negative ? ~entry.index : entry.index));
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
    const int octave = static_cast<int>(index >> bits_) - 1;
    const int shift = octave > 0 ? octave : 0;
    const std::int64_t inner = (index - (static_cast<std::int64_t>(shift) << bits_)) << shift;
    const std::int64_t outer = inner + ((std::int64_t{1} << shift) - 1);
    const auto unit = static_cast<double>(std::uint64_t{1} << unit_bits(shift));
    const double mean =
        static_cast<double>(inner) + unit * static_cast<double>(entry.offset) / static_cast<double>(entry.count);
    if (negative)
      result.push_back({-outer, -inner, -mean, entry.count});
    else
      result.push_back({inner, outer, mean, entry.count});
  }
  return result;
}

}  // namespace costrisk::tally
