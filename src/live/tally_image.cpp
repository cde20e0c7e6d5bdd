// Array after array: how many elements it has, then their bytes; of a histogram the contents of its bins.
#include "src/live/tally_image.hpp"

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace costrisk::live {

namespace {

using results::Histogram;
using results::PathArray;
using results::PathBlock;
using results::TallyData;

/// Walks over all vectors of plain elements, histograms apart.
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& image) : image_(image) {}

  template <class Element>
  void operator()(const std::vector<Element>& elements) {
    static_assert(std::is_trivially_copyable_v<Element>);
    put(std::uint64_t{elements.size()});
    append(elements.data(), elements.size() * sizeof(Element));
  }
  void operator()(const std::vector<Histogram>& histograms) {
    put(std::uint64_t{histograms.size()});
    for (const Histogram& histogram : histograms) (*this)(histogram.entries());
  }
  template <class Value>
  void put(Value value) {
    append(&value, sizeof value);
  }

 private:
  void append(const void* bytes, std::size_t count) {
    const auto* first = static_cast<const std::byte*>(bytes);
    image_.insert(image_.end(), first, first + count);
  }
  std::vector<std::byte>& image_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> image) : left_(image) {}

  template <class Element>
  void operator()(std::vector<Element>& elements) {
    const std::uint64_t count = take<std::uint64_t>();
    if (count > left_.size() / sizeof(Element)) throw BadImage("a tally's image is cut short");
    elements.resize(count);
    copy(elements.data(), count * sizeof(Element));
  }
  void read_histograms(std::vector<Histogram>& histograms, int bits) {
    const std::uint64_t count = take<std::uint64_t>();
    if (count > left_.size()) throw BadImage("a tally's image is cut short");
    histograms.assign(count, Histogram(bits));
    for (Histogram& histogram : histograms) {
      std::vector<Histogram::Entry> entries;
      (*this)(entries);
      for (const Histogram::Entry& entry : entries) {
        if (!histogram.has_bin(entry.index)) throw BadImage("a tally's image has a bin that there is not");
        histogram.add(entry);
      }
    }
  }
  template <class Value>
  Value take() {
    Value value;
    if (left_.size() < sizeof value) throw BadImage("a tally's image is cut short");
    copy(&value, sizeof value);
    return value;
  }
  bool at_end() const { return left_.empty(); }

 private:
  void copy(void* to, std::size_t count) {
    if (count != 0) std::memcpy(to, left_.data(), count);
    left_ = left_.subspan(count);
  }
  std::span<const std::byte> left_;
};

template <class Visit, class Block>
void each_path_vector(Visit&& visit, Block& block) {
  results::each_path_array(
      [&]<class Value>(const PathArray&, std::vector<Value> PathBlock::*values) { visit(block.*values); });
}

}  // namespace

std::vector<std::byte> image_of(const results::Tally& tally) {
  std::vector<std::byte> image;
  Writer write(image);
  const TallyData& data = tally.data();
  write(data.ranges);
  results::each_array([&](const auto&, const auto& elements) { write(elements); }, data);
  write.put(std::uint64_t{data.blocks.size()});
  for (const PathBlock& block : data.blocks) {
    write.put(block.range);
    each_path_vector(write, block);
  }
  return image;
}

results::Tally tally_of(const results::TallyLayout& layout, std::span<const std::byte> image) {
  Reader read(image);
  TallyData data;
  read(data.ranges);
  results::each_array(
      [&]<class Array, class Element>(const Array& array, std::vector<Element>& elements) {
        if constexpr (std::is_same_v<Element, Histogram>)
          read.read_histograms(elements, results::histogram_bits(layout, array));
        else
          read(elements);
      },
      data);
  for (std::uint64_t blocks = read.take<std::uint64_t>(); blocks > 0; --blocks) {
    PathBlock block;
    block.range = read.take<results::PathRange>();
    each_path_vector(read, block);
    data.blocks.push_back(std::move(block));
  }
  if (!read.at_end()) throw BadImage("a tally's image goes on beyond its end");
  return results::Tally(layout, std::move(data));
}

}  // namespace costrisk::live
