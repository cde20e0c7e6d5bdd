// Rebuilds a tally from the groups `tally` and `paths`.
#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "src/results/store/errors.hpp"
#include "src/results/store/tally_group.hpp"
#include "src/results/store/tally_terms.hpp"

namespace costrisk::results {
namespace {

using results::Histogram;
using results::Int128;
using results::Int192;
using results::Moments;
using results::PathBlock;
using results::PathRange;
using results::Tally;
using results::TallyData;
using results::TallyLayout;
using results::UInt128;

UInt128 from_limbs(const std::vector<std::uint64_t>& limbs, std::size_t i) {
  return static_cast<UInt128>(limbs[2 * i + 1]) << 64 | limbs[2 * i];
}

class TallyReader {
 public:
  explicit TallyReader(hid_t file) : file_(file), group_(hdf5::open_group(file, "tally")) {}

  Tally read() {
    layout();
    TallyData data;
    visit_moments([this](const DatasetTerms& terms, auto& values) { moments(terms, values); }, data);
    visit_sums([this](const DatasetTerms& terms, auto& values) { sums(terms, values); }, data);
    visit_cubes([this](const DatasetTerms& terms, auto& values) { cubes(terms, values); }, data);
    visit_values([this](const DatasetTerms& terms, auto& data_values) { values(terms, data_values); }, data);
    const Tally empty(layout_);
    data.cost_histogram = empty.data().cost_histogram;
    data.owner_histogram = empty.data().owner_histogram;
    data.fan_histogram = empty.data().fan_histogram;
    data.period_histogram = empty.data().period_histogram;
    data.finish_histogram = empty.data().finish_histogram;
    data.unit_cost_histogram = empty.data().unit_cost_histogram;
    data.token_cost_histogram = empty.data().token_cost_histogram;
    visit_histograms([this](const char* name, const char* what, auto& values) { histograms(name, what, values); },
                     data);
    const std::vector<std::uint64_t> ends = optional<std::uint64_t>(group_, "ranges");
    for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
      if (ends[i] >= ends[i + 1]) damaged("ranges");
      data.ranges.push_back({ends[i], ends[i + 1] - ends[i]});
    }
    if (layout_.holds_costs()) blocks(data);
    return Tally(layout_, std::move(data));
  }

 private:
  [[noreturn]] static void damaged(const char* name) {
    throw FormatError(fmt::format("the tally's '{}' contradicts itself: the file is damaged; make it again", name));
  }

  template <class Value>
  static std::vector<Value> optional(hid_t group, const char* name) {
    return hdf5::exists(group, name) ? hdf5::read_values<Value>(group, name) : std::vector<Value>{};
  }

  void layout() {
    constexpr std::int64_t most = 1 << 20;
    visit_extents(
        [this](const char* name, int& extent) {
          const auto value = hdf5::read_attribute<std::int64_t>(group_, name);
          if (value < 0 || value > most) damaged(name);
          extent = static_cast<int>(value);
        },
        layout_);
    layout_.first_path = hdf5::read_attribute<std::uint64_t>(group_, "run_first_path");
    layout_.paths = hdf5::read_attribute<std::uint64_t>(group_, "run_paths");
    layout_.step_hours = hdf5::read_attribute<double>(group_, "step_hours");
    layout_.keep_paths = hdf5::read_attribute<std::int32_t>(group_, "keep_paths") != 0;
    if (hdf5::attribute_exists(group_, "budget_micros"))
      layout_.budget_micros = hdf5::read_attribute<std::int64_t>(group_, "budget_micros");
    layout_.job_component = optional<std::int32_t>(group_, "component");
    layout_.service_component = optional<std::int32_t>(group_, "plan_service_component");
    layout_.tells_tokens = optional<std::int32_t>(group_, "tells_tokens");
  }

  void moments(const DatasetTerms& terms, std::vector<Moments>& data) {
    const char* name = terms.name.c_str();
    const std::vector<std::uint64_t> limbs = optional<std::uint64_t>(group_, name);
    if (limbs.size() % 4 != 0) damaged(name);
    for (std::size_t i = 0; i < limbs.size() / 4; ++i)
      data.push_back({static_cast<Int128>(from_limbs(limbs, 2 * i)), from_limbs(limbs, 2 * i + 1)});
  }

  void cubes(const DatasetTerms& terms, std::vector<Int192>& data) {
    const char* name = terms.name.c_str();
    const std::vector<std::uint64_t> limbs = optional<std::uint64_t>(group_, name);
    if (limbs.size() % 3 != 0) damaged(name);
    for (std::size_t i = 0; i < limbs.size(); i += 3) data.emplace_back(limbs[i], limbs[i + 1], limbs[i + 2]);
  }

  template <class Wide>
  void sums(const DatasetTerms& terms, std::vector<Wide>& data) {
    const char* name = terms.name.c_str();
    const std::vector<std::uint64_t> limbs = optional<std::uint64_t>(group_, name);
    if (limbs.size() % 2 != 0) damaged(name);
    for (std::size_t i = 0; i < limbs.size() / 2; ++i) data.push_back(static_cast<Wide>(from_limbs(limbs, i)));
  }

  template <class Value>
  void values(const DatasetTerms& terms, std::vector<Value>& data) {
    data = optional<Value>(group_, terms.name.c_str());
  }

  void histograms(const char* name, const char*, std::vector<Histogram>& data) {
    if (data.empty()) return;
    const std::string prefix = name;
    const auto bins = optional<std::int64_t>(group_, (prefix + "_bins").c_str());
    const auto index = optional<std::int64_t>(group_, (prefix + "_index").c_str());
    const auto count = optional<std::uint64_t>(group_, (prefix + "_count").c_str());
    const auto offset = optional<std::uint64_t>(group_, (prefix + "_offset").c_str());
    if (index.empty() && bins.empty()) return;
    if (bins.size() != data.size() || index.size() != count.size() || index.size() != offset.size()) damaged(name);
    std::size_t next = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (bins[i] < 0 || static_cast<std::size_t>(bins[i]) > index.size() - next) damaged(name);
      for (std::int64_t k = 0; k < bins[i]; ++k, ++next) {
        if (!data[i].has_bin(index[next])) damaged(name);
        data[i].add(Histogram::Entry{index[next], count[next], offset[next]});
      }
    }
    if (next != index.size()) damaged(name);
  }

  /// The rows of a dataset by plan and workload, by component.
  static std::vector<float> by_component(hid_t group, const char* name, const std::vector<int>& component_of,
                                         std::size_t components, std::size_t paths) {
    const auto rows = optional<float>(group, name);
    if (rows.size() != component_of.size() * paths) damaged(name);
    std::vector<float> result(components * paths);
    for (std::size_t row = 0; row < component_of.size(); ++row) {
      if (component_of[row] < 0) continue;
      std::memcpy(result.data() + static_cast<std::size_t>(component_of[row]) * paths, rows.data() + row * paths,
                  paths * sizeof(float));
    }
    return result;
  }

  void blocks(TallyData& data) {
    std::size_t paths = 0;
    for (const PathRange& range : data.ranges) paths += range.count;
    if (paths == 0) return;
    const auto plans = static_cast<std::size_t>(layout_.shape.plans);
    const auto jobs = static_cast<std::size_t>(layout_.shape.job_components);
    const auto services = static_cast<std::size_t>(layout_.shape.service_components);
    std::vector<std::int64_t> costs;
    std::vector<float> finish, served;
    if (layout_.keep_paths) {
      const hdf5::Handle group = hdf5::open_group(file_, "paths");
      costs = hdf5::read_values<std::int64_t>(group, "cost");
      finish = by_component(group, "finish", layout_.job_component, jobs, paths);
      served = by_component(group, "served", layout_.service_component, services, paths);
    } else {
      costs = hdf5::read_values<std::int64_t>(group_, "cost_by_path");
    }
    if (costs.size() != plans * paths) damaged("cost by path");
    if (data.ranges.size() == 1) {
      data.blocks.push_back({data.ranges.front(), std::move(costs), std::move(finish), std::move(served)});
      return;
    }
    std::size_t first = 0;
    const auto take = [&](auto& to, const auto& from, std::size_t rows, const PathRange& range) {
      for (std::size_t row = 0; row < rows; ++row)
        to.insert(to.end(), &from[row * paths + first], &from[row * paths + first] + range.count);
    };
    for (const PathRange& range : data.ranges) {
      PathBlock block{range, {}, {}, {}};
      take(block.cost_micros, costs, plans, range);
      if (layout_.keep_paths) {
        take(block.finish_hours, finish, jobs, range);
        take(block.served_share, served, services, range);
      }
      data.blocks.push_back(std::move(block));
      first += range.count;
    }
  }

  hid_t file_;
  hdf5::Handle group_;
  TallyLayout layout_;
};

}  // namespace

Tally read_tally_groups(hid_t file) {
  try {
    return TallyReader(file).read();
  } catch (const std::invalid_argument& error) {
    throw FormatError(error.what());
  }
}

}  // namespace costrisk::results
