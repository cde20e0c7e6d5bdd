// Writes and rebuilds a tally by walking over its arrays.
#include "src/results/store/tally_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "src/results/store/errors.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/sums/money.hpp"

namespace costrisk::results {
namespace {

/// The last axis of a dataset whose elements are several integers.
struct Limbs {
  const char* axis;  ///< null: an element is one integer
  std::size_t count;
  const char* description;
};

/// How an element stands in a file: `Value`s, `limbs.count` an element, low before high.
template <class Element>
struct Stored;

template <class Sum>
struct StoredSum {
  using Value = std::uint64_t;
  static constexpr Limbs limbs{"limb", 2, "low and high 64 bits"};
  static void put(Sum sum, Value* to) {
    to[0] = static_cast<Value>(static_cast<UInt128>(sum));
    to[1] = static_cast<Value>(static_cast<UInt128>(sum) >> 64);
  }
  static Sum get(const Value* from) { return static_cast<Sum>(UInt128{from[1]} << 64 | from[0]); }
};
template <>
struct Stored<Int128> : StoredSum<Int128> {};
template <>
struct Stored<UInt128> : StoredSum<UInt128> {};

template <>
struct Stored<Moments> {
  using Value = std::uint64_t;
  static constexpr Limbs limbs{"moment_limb", 4, "sum and sum of squares, low and high 64 bits each"};
  static void put(const Moments& moments, Value* to) {
    Stored<Int128>::put(moments.sum, to);
    Stored<UInt128>::put(moments.squares, to + 2);
  }
  static Moments get(const Value* from) { return {Stored<Int128>::get(from), Stored<UInt128>::get(from + 2)}; }
};

template <>
struct Stored<Int192> {
  using Value = std::uint64_t;
  static constexpr Limbs limbs{"cube_limb", 3, "64 bits from low to high"};
  static void put(const Int192& sum, Value* to) { to[0] = sum.low, to[1] = sum.middle, to[2] = sum.high; }
  static Int192 get(const Value* from) { return {from[0], from[1], from[2]}; }
};

template <>
struct Stored<std::uint64_t> {
  using Value = std::uint64_t;
  static constexpr Limbs limbs{nullptr, 1, nullptr};
  static void put(std::uint64_t count, Value* to) { *to = count; }
  static std::uint64_t get(const Value* from) { return *from; }
};

template <class Extreme>
struct StoredExtreme {
  using Value = std::int64_t;
  static constexpr Limbs limbs{nullptr, 1, nullptr};
  static void put(Extreme extreme, Value* to) { *to = extreme.value; }
  static Extreme get(const Value* from) { return {*from}; }
};
template <>
struct Stored<Least> : StoredExtreme<Least> {};
template <>
struct Stored<Most> : StoredExtreme<Most> {};

/// A dataset of histograms: their bins that hold something, one histogram after the other.
struct HistogramDatasets {
  explicit HistogramDatasets(const TallyArray& array)
      : name(array.name),
        bin_axis(name + "_bin"),
        bins{name + "_bins", {name}, "1", fmt::format("bins that hold something: {}", array.description)},
        index{name + "_index", {bin_axis}, "1", fmt::format("which bin: {}", array.description)},
        count{name + "_count", {bin_axis}, "1", fmt::format("values in the bin: {}", array.description)},
        offset{name + "_offset",
               {bin_axis},
               "2^-23 bin",
               fmt::format("sum of offsets from the bin's inner edge: {}", array.description)} {}
  std::string name, bin_axis;
  DatasetTerms bins, index, count, offset;
};

constexpr const char* ranges_name = "ranges";
constexpr const char* cost_by_path_name = "cost_by_path";

class TallyWriter {
 public:
  TallyWriter(hid_t file, const Tally& tally)
      : group_(hdf5::create_group(file, "tally")), scaled_(group_), tally_(tally), layout_(tally.layout()) {}

  void write() {
    attributes();
    each_array(*this, tally_.data());
    each_list(
        [this](const LayoutList& list, const std::vector<int>& entries) {
          scaled_.add<std::int32_t>({list.name, dimensions(list.axes), "1", list.description}, entries);
        },
        layout_);
    ranges();
    if (layout_.exact() && !layout_.keep_paths) {
      scaled_.add_dimension("path", tally_.paths(), "path, counted from the file's first");
      scaled_.add_rows<std::int64_t>(
          {cost_by_path_name, {dimension(Axis::plan), "path"}, "micro-units", "cost of each path"},
          [this](std::size_t plan) { return tally_.by_path(&PathBlock::cost_micros, plan); });
    }
    scaled_.finish();
  }

  template <class Element>
  void operator()(const TallyArray& array, const std::vector<Element>& elements) {
    using Form = Stored<Element>;
    DatasetTerms terms{array.name, dimensions(array.axes), array.unit, array.description};
    if (elements.empty()) return;
    if (Form::limbs.axis != nullptr) {
      scaled_.add_dimension(Form::limbs.axis, Form::limbs.count, Form::limbs.description);
      terms.dimensions.emplace_back(Form::limbs.axis);
    }
    std::vector<typename Form::Value> values(elements.size() * Form::limbs.count);
    for (std::size_t i = 0; i < elements.size(); ++i) Form::put(elements[i], &values[i * Form::limbs.count]);
    scaled_.add<typename Form::Value>(terms, values);
  }

  void operator()(const TallyHistogram& array, const std::vector<Histogram>& histograms) {
    const HistogramDatasets datasets(array);
    std::vector<std::int64_t> bins, index;
    std::vector<std::uint64_t> count, offset;
    for (const Histogram& histogram : histograms) {
      const std::vector<Histogram::Entry> entries = histogram.entries();
      bins.push_back(static_cast<std::int64_t>(entries.size()));
      for (const Histogram::Entry& entry : entries) {
        index.push_back(entry.index);
        count.push_back(entry.count);
        offset.push_back(entry.offset);
      }
    }
    scaled_.add_dimension(datasets.name, histograms.size(), fmt::format("histogram: {}", array.description));
    scaled_.add_dimension(datasets.bin_axis, index.size(),
                          fmt::format("bin that holds something: {}", array.description));
    scaled_.add<std::int64_t>(datasets.bins, bins);
    scaled_.add_rows<std::int64_t>(datasets.index, [&](std::size_t) { return index; });
    scaled_.add_rows<std::uint64_t>(datasets.count, [&](std::size_t) { return count; });
    scaled_.add_rows<std::uint64_t>(datasets.offset, [&](std::size_t) { return offset; });
  }

 private:
  void attributes() {
    each_extent([this](const char* name,
                       int extent) { hdf5::write_attribute(group_, name, static_cast<std::int64_t>(extent)); },
                layout_);
    hdf5::write_attribute(group_, "run_first_path", layout_.first_path);
    hdf5::write_attribute(group_, "run_paths", layout_.paths);
    hdf5::write_attribute(group_, "step_hours", layout_.step_hours);
    hdf5::write_attribute(group_, "keep_paths", std::int32_t{layout_.keep_paths ? 1 : 0});
    if (layout_.budget_micros) hdf5::write_attribute(group_, "budget_micros", *layout_.budget_micros);
    hdf5::write_attribute(group_, "description",
                          std::string("Integers from which the results are evaluated; they merge by addition."));
  }

  std::string dimension(Axis axis) {
    const AxisTerms terms = layout_.terms(axis);
    scaled_.add_dimension(terms.name, terms.extent, terms.description);
    return terms.name;
  }
  std::vector<std::string> dimensions(const Axes& axes) {
    std::vector<std::string> names;
    for (const Axis axis : axes) names.push_back(dimension(axis));
    return names;
  }

  void ranges() {
    std::vector<std::uint64_t> ends;
    for (const PathRange& range : tally_.data().ranges) {
      ends.push_back(range.first);
      ends.push_back(range.first + range.count);
    }
    scaled_.add_dimension("range", tally_.data().ranges.size(), "range of paths");
    scaled_.add_dimension("range_end", 2, "first path, and one past the last");
    scaled_.add<std::uint64_t>({ranges_name, {"range", "range_end"}, "1", "paths added: first, and one past the last"},
                               ends);
  }

  hdf5::Handle group_;
  ScaledGroup scaled_;
  const Tally& tally_;
  const TallyLayout& layout_;
};

void write_paths(hid_t file, const Tally& tally, const ResultsContext& context) {
  const TallyLayout& layout = tally.layout();
  const hdf5::Handle group = hdf5::create_group(file, "paths");
  ScaledGroup scaled(group);
  scaled.add_labels("plan", context.plans, "plan");
  scaled.add_labels("job", context.jobs, "job");
  scaled.add_labels("service", context.services, "service");
  scaled.add_dimension("path", tally.paths(), "path, counted from the file's first");
  each_path_array([&]<class Value>(const PathArray& array, std::vector<Value> PathBlock::*values) {
    std::vector<std::string> dimensions;
    for (const Axis axis : array.filed) {
      const AxisTerms terms = layout.terms(axis);
      scaled.add_dimension(terms.name, terms.extent, terms.description);
      dimensions.emplace_back(terms.name);
    }
    dimensions.emplace_back("path");
    const bool is_money = array.unit == nullptr;
    scaled.add_rows<Value>(
        {array.name, dimensions, is_money ? context.currency : array.unit, array.description},
        [&](std::size_t place) {
          const int entry = array.component == nullptr ? static_cast<int>(place) : (layout.*array.component)[place];
          return entry < 0 ? std::vector<Value>(tally.paths(), std::numeric_limits<Value>::quiet_NaN())
                           : tally.by_path(values, static_cast<std::size_t>(entry));
        },
        is_money ? 1.0 / static_cast<double>(micros_per_unit) : 1.0);
  });
  scaled.finish();
}

/// Rebuilds a tally. Nothing is taken into memory before the file is seen to hold as much.
class TallyReader {
 public:
  explicit TallyReader(hid_t file)
      : file_(file), group_(hdf5::open_group(file, "tally")), categories_(categories_of(file)) {}

  TallyFrame check() {
    sums();
    each_kept(
        [this]<class Value>(hid_t group, const char* name, const PathArray&, std::vector<Value> PathBlock::*,
                            const std::vector<std::size_t>& shape) { hdf5::expect_stored<Value>(group, name, shape); });
    return {layout_, data_.ranges};
  }

  Tally read() {
    sums();
    blocks();
    return Tally(layout_, std::move(data_));
  }

  template <class Element>
  void operator()(const TallyArray& array, std::vector<Element>& elements) {
    using Form = Stored<Element>;
    std::vector<std::size_t> shape = extents(array.axes);
    if (Form::limbs.axis != nullptr) shape.push_back(Form::limbs.count);
    const auto values = hdf5::read_values<typename Form::Value>(group_, array.name, shape);
    const bool by_category = array.axes.begin() != array.axes.end() && array.axes.end()[-1] == Axis::category;
    for (std::size_t i = 0; i < values.size(); i += Form::limbs.count) {
      elements.push_back(Form::get(&values[i]));
      if (by_category && (i / Form::limbs.count + 1) % categories_ == 0)
        elements.resize(elements.size() + (category_count - categories_));
    }
  }

  void operator()(const TallyHistogram& array, std::vector<Histogram>& histograms) {
    const HistogramDatasets datasets(array);
    const std::vector<std::int64_t> bins = read<std::int64_t>(datasets.bins, layout_.entries(array.axes));
    std::uint64_t all = 0;
    for (const std::int64_t of_one : bins) {
      if (of_one < 0 || of_one > std::int64_t{1} << 40) damaged(array.name);
      all += static_cast<std::uint64_t>(of_one);
    }
    const std::vector<std::int64_t> index = read<std::int64_t>(datasets.index, all);
    const std::vector<std::uint64_t> count = read<std::uint64_t>(datasets.count, all);
    const std::vector<std::uint64_t> offset = read<std::uint64_t>(datasets.offset, all);
    histograms.assign(bins.size(), Histogram(histogram_bits(layout_, array)));
    const bool counts_all = array.rule.divisor == nullptr && !array.rule.may_never_be;
    std::size_t next = 0;
    for (std::size_t i = 0; i < histograms.size(); ++i) {
      std::uint64_t counted = 0;
      for (std::int64_t k = 0; k < bins[i]; ++k, ++next) {
        if (!histograms[i].has_bin(index[next]) || count[next] == 0 || count[next] > paths_ - counted)
          damaged(array.name);
        histograms[i].add(Histogram::Entry{index[next], count[next], offset[next]});
        counted += count[next];
      }
      if (counts_all && counted != paths_) damaged(array.name);
    }
  }

 private:
  void sums() {
    read_layout();
    ranges();
    each_array(*this, data_);
  }

  [[noreturn]] static void damaged(const char* name) {
    throw FormatError(fmt::format("the tally's '{}' contradicts itself: the file is damaged; make it again", name));
  }

  template <class Value>
  std::vector<Value> read(const DatasetTerms& terms, std::size_t extent) const {
    return hdf5::read_values<Value>(group_, terms.name.c_str(), std::vector{extent});
  }

  std::vector<std::size_t> extents(const Axes& axes) const {
    std::vector<std::size_t> result;
    for (const Axis axis : axes) result.push_back(axis == Axis::category ? categories_ : layout_.terms(axis).extent);
    return result;
  }

  /// How many categories the file has: fewer than there are now where it is older than the last of them.
  static std::size_t categories_of(hid_t file) {
    if (!hdf5::exists(file, "category")) return category_count;
    const std::size_t count = hdf5::read_strings(file, "category").size();
    if (count == 0 || count > category_count) damaged("category");
    return count;
  }

  void read_layout() {
    constexpr std::int64_t most = 1 << 20;
    constexpr std::uint64_t most_paths = std::uint64_t{1} << 62;
    each_extent(
        [this](const char* name, int& extent) {
          // What an older format does not know of, its files have none of.
          if (!hdf5::attribute_exists(group_, name)) return;
          const auto value = hdf5::read_attribute<std::int64_t>(group_, name);
          if (value < 0 || value > most) damaged(name);
          extent = static_cast<int>(value);
        },
        layout_);
    layout_.first_path = hdf5::read_attribute<std::uint64_t>(group_, "run_first_path");
    layout_.paths = hdf5::read_attribute<std::uint64_t>(group_, "run_paths");
    if (layout_.first_path > most_paths || layout_.paths > most_paths) damaged("run_paths");
    layout_.step_hours = hdf5::read_attribute<double>(group_, "step_hours");
    if (!(layout_.step_hours > 0.0) || layout_.step_hours > 1e6) damaged("step_hours");
    layout_.keep_paths = hdf5::read_attribute<std::int32_t>(group_, "keep_paths") != 0;
    if (hdf5::attribute_exists(group_, "budget_micros"))
      layout_.budget_micros = hdf5::read_attribute<std::int64_t>(group_, "budget_micros");
    each_list(
        [this](const LayoutList& list, std::vector<int>& entries) {
          entries = hdf5::read_values<std::int32_t>(group_, list.name, extents(list.axes));
          for (const int entry : entries)
            if (entry < list.least || entry > list.most) damaged(list.name);
        },
        layout_);
  }

  void ranges() {
    if (!hdf5::exists(group_, ranges_name)) return;
    const std::vector<std::uint64_t> ends = hdf5::read_values<std::uint64_t>(group_, ranges_name);
    hdf5::expect_shape(hdf5::open_stored(group_, ranges_name), ranges_name, {ends.size() / 2, 2});
    std::uint64_t next = layout_.first_path;
    for (std::size_t i = 0; i < ends.size(); i += 2) {
      if (ends[i] < next || ends[i + 1] <= ends[i] || ends[i + 1] > layout_.first_path + layout_.paths)
        damaged(ranges_name);
      data_.ranges.push_back({ends[i], ends[i + 1] - ends[i]});
      paths_ += ends[i + 1] - ends[i];
      next = ends[i + 1];
    }
  }

  /// Walks over what the file has by path: visit(group, name there, row, member of PathBlock, shape there).
  template <class Visit>
  void each_kept(Visit&& visit) const {
    if (!layout_.holds_costs() || paths_ == 0) return;
    const hdf5::Handle paths = layout_.keep_paths ? hdf5::open_group(file_, "paths") : hdf5::Handle();
    each_path_array([&](const PathArray& array, auto values) {
      if (!array.is_kept(layout_)) return;
      std::vector<std::size_t> shape = extents(array.filed);
      shape.push_back(paths_);
      if (layout_.keep_paths)
        visit(paths, array.name, array, values, shape);
      else
        visit(group_, cost_by_path_name, array, values, shape);
    });
  }

  void blocks() {
    if (!layout_.holds_costs()) return;
    for (const PathRange& range : data_.ranges) data_.blocks.emplace_back().range = range;
    each_kept([this]<class Value>(hid_t group, const char* name, const PathArray& array,
                                  std::vector<Value> PathBlock::*values, const std::vector<std::size_t>& shape) {
      const std::size_t places = layout_.entries(array.filed);
      const auto rows = hdf5::read_values<Value>(group, name, shape);
      const Value* from = rows.data();
      for (PathBlock& block : data_.blocks) {
        (block.*values).resize(array.values(layout_, block.range));
        for (std::size_t place = 0; place < places; ++place) {
          const int entry = array.component == nullptr ? static_cast<int>(place) : (layout_.*array.component)[place];
          if (entry < 0) continue;
          std::copy_n(from + place * paths_, block.range.count,
                      (block.*values).data() + static_cast<std::size_t>(entry) * block.range.count);
        }
        from += block.range.count;
      }
    });
  }

  hid_t file_;
  hdf5::Handle group_;
  std::size_t categories_;
  TallyLayout layout_;
  TallyData data_;
  std::uint64_t paths_ = 0;
};

}  // namespace

void write_tally_groups(hid_t file, const Tally& tally, const ResultsContext& context) {
  TallyWriter(file, tally).write();
  if (tally.layout().keep_paths) write_paths(file, tally, context);
}

TallyFrame check_tally_groups(hid_t file) { return TallyReader(file).check(); }

Tally read_tally_groups(hid_t file) {
  try {
    return TallyReader(file).read();
  } catch (const std::invalid_argument& error) {
    throw FormatError(error.what());
  }
}

}  // namespace costrisk::results
