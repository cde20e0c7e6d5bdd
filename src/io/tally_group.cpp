// 128-bit integers are stored as (low, high) pairs of uint64, histograms as lists of the bins that hold
// something.
#include "src/io/tally_group.hpp"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <stdexcept>

#include "kernels/model/driver_parameters.hpp"
#include "src/io/errors.hpp"
#include "src/io/scaled_group.hpp"

namespace costrisk::io {
namespace {

using tally::Histogram;
using tally::Int128;
using tally::Int192;
using tally::Moments;
using tally::PathBlock;
using tally::PathRange;
using tally::Tally;
using tally::TallyData;
using tally::TallyLayout;
using tally::UInt128;

constexpr double money_scale = 1.0 / static_cast<double>(micros_per_unit);

// What stands in the group, in one place for writer and reader.

template <class Visitor, class Layout>
void visit_extents(Visitor&& visit, Layout& layout) {
  visit("plans", layout.shape.plans);
  visit("owners", layout.shape.owners);
  visit("bins", layout.shape.bins);
  visit("markets", layout.shape.markets);
  visit("job_components", layout.shape.job_components);
  visit("services", layout.shape.services);
  visit("service_components", layout.shape.service_components);
  visit("jobs", layout.jobs);
  visit("drivers", layout.shape.drivers);
}

template <class Visitor, class Data>
void visit_moments(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"cost", {"plan"}, "micro-units", "sum and sum of squares of cost over paths"}, data.cost);
  visit(DatasetTerms{"category_cost",
                     {"plan", "category"},
                     "micro-units",
                     "sum and sum of squares of cost over paths, by category"},
        data.category);
  visit(DatasetTerms{"driver_cost",
                     {"plan", "driver", "driver_bin"},
                     "micro-units",
                     "sum and sum of squares of cost over the paths in a bin of the driver"},
        data.drivers.cost);
}

template <class Visitor, class Data>
void visit_sums(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"owner_cost", {"plan", "owner"}, "micro-units", "sum of cost by owner"}, data.owner);
  visit(DatasetTerms{"waste", {"plan", "waste_kind"}, "micro-units", "sum of money spent to no use"}, data.waste);
  visit(DatasetTerms{"difference_squares",
                     {"pair"},
                     "micro-units squared",
                     "sum of squared cost differences of plans i < j, ordered by i, then j"},
        data.difference_squares);
  visit(DatasetTerms{"job_lost", {"job_component"}, "2^-20 step", "sum of run time lost to interruptions"},
        data.job_lost);
  visit(DatasetTerms{"job_use", {"job_component", "market", "purchase"}, "2^-20 step", "sum of instance time held"},
        data.job_use);
  visit(DatasetTerms{"covered", {"plan"}, "micro-units", "sum of list price of what commitments covered"},
        data.covered);
  visit(DatasetTerms{"service_cost", {"plan", "service"}, "micro-units", "sum of cost of the service"},
        data.service_cost);
  visit(DatasetTerms{"service_served", {"service_component"}, "2^-10 requests", "sum of requests served"},
        data.service_served);
  visit(DatasetTerms{"service_unserved", {"service_component"}, "2^-10 requests", "sum of requests not served"},
        data.service_unserved);
  visit(DatasetTerms{"service_tokens", {"service_component"}, "1", "sum of output tokens served"}, data.service_tokens);
  visit(DatasetTerms{"service_queued",
                     {"service_component"},
                     "2^-10 requests",
                     "sum of requests that entered the fleet or its queue"},
        data.service_queued);
  visit(
      DatasetTerms{
          "service_waiting", {"service_component"}, "2^-10 requests x step", "sum of requests in the queue over steps"},
      data.service_waiting);
  visit(
      DatasetTerms{
          "service_use", {"service_component", "market", "purchase"}, "2^-20 step", "sum of instance time held"},
      data.service_use);
}

template <class Visitor, class Data>
void visit_values(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"cost_min", {"plan"}, "micro-units", "lowest cost of a path"}, data.cost_min);
  visit(DatasetTerms{"cost_max", {"plan"}, "micro-units", "highest cost of a path"}, data.cost_max);
  visit(DatasetTerms{"over_budget", {"plan"}, "1", "paths that cost more than the budget"}, data.over_budget);
  visit(DatasetTerms{"cheaper", {"plan", "other_plan"}, "1", "paths in which plan costs strictly less than other_plan"},
        data.cheaper);
  visit(DatasetTerms{"cheapest", {"plan"}, "1", "paths in which plan costs least, ties to the first"}, data.cheapest);
  visit(DatasetTerms{"job_runs", {"job_component"}, "1", "runs released before the horizon"}, data.job_runs);
  visit(DatasetTerms{"job_late", {"job_component"}, "1", "runs late or unfinished"}, data.job_late);
  visit(DatasetTerms{"job_interruptions", {"job_component"}, "1", "interruptions"}, data.job_interruptions);
  visit(DatasetTerms{"job_never", {"job_component"}, "1", "paths whose last run is not done at the horizon"},
        data.job_never);
  visit(DatasetTerms{"service_peak", {"service_component"}, "1", "sum of the most instances held at a time"},
        data.service_peak);
  visit(DatasetTerms{"driver_paths", {"driver", "driver_bin"}, "1", "paths in the bin of the driver"},
        data.drivers.paths);
  visit(DatasetTerms{"driver_over_budget",
                     {"plan", "driver", "driver_bin"},
                     "1",
                     "paths in the bin of the driver that cost more than the budget"},
        data.drivers.over_budget);
}

template <class Visitor, class Data>
void visit_cubes(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"driver_cost_cubes",
                     {"plan", "driver", "driver_bin"},
                     "micro-units",
                     "sum of cubes of cost over the paths in a bin of the driver"},
        data.drivers.cost_cubes);
}

template <class Visitor, class Data>
void visit_histograms(Visitor&& visit, Data& data) {
  visit("cost_histogram", "cost by plan", data.cost_histogram);
  visit("owner_histogram", "cost by plan and owner", data.owner_histogram);
  visit("fan_histogram", "cost up to the bin's end, by plan and time", data.fan_histogram);
  visit("period_histogram", "cost within the bin, by plan and time", data.period_histogram);
  visit("finish_histogram", "end of the last run in 2^-20 step, by job component", data.finish_histogram);
  visit("unit_cost_histogram", "cost of a million requests by plan and service", data.unit_cost_histogram);
  visit("token_cost_histogram", "cost of 10^9 output tokens by plan and service", data.token_cost_histogram);
}

void append_limbs(std::vector<std::uint64_t>& limbs, UInt128 value) {
  limbs.push_back(static_cast<std::uint64_t>(value));
  limbs.push_back(static_cast<std::uint64_t>(value >> 64));
}

UInt128 from_limbs(const std::vector<std::uint64_t>& limbs, std::size_t i) {
  return static_cast<UInt128>(limbs[2 * i + 1]) << 64 | limbs[2 * i];
}

DatasetTerms with_axis(DatasetTerms terms, const char* last) {
  terms.dimensions.emplace_back(last);
  return terms;
}

class TallyWriter {
 public:
  TallyWriter(hid_t file, const Tally& tally)
      : group_(hdf5::create_group(file, "tally")), scaled_(group_), tally_(tally) {}

  void write() {
    attributes();
    dimensions();
    const TallyData& data = tally_.data();
    visit_moments([this](const DatasetTerms& terms, auto& values) { moments(terms, values); }, data);
    visit_sums([this](const DatasetTerms& terms, auto& values) { sums(terms, values); }, data);
    visit_cubes([this](const DatasetTerms& terms, auto& values) { cubes(terms, values); }, data);
    visit_values([this](const DatasetTerms& terms, auto& data_values) { values(terms, data_values); }, data);
    visit_histograms([this](const char* name, const char* what, auto& values) { histograms(name, what, values); },
                     data);
    ranges();
    components();
    if (tally_.layout().exact() && !tally_.layout().keep_paths) costs();
    scaled_.finish();
  }

 private:
  void attributes() {
    const TallyLayout& layout = tally_.layout();
    visit_extents([this](const char* name,
                         int extent) { hdf5::write_attribute(group_, name, static_cast<std::int64_t>(extent)); },
                  layout);
    hdf5::write_attribute(group_, "run_first_path", layout.first_path);
    hdf5::write_attribute(group_, "run_paths", layout.paths);
    hdf5::write_attribute(group_, "step_hours", layout.step_hours);
    hdf5::write_attribute(group_, "keep_paths", std::int32_t{layout.keep_paths ? 1 : 0});
    if (layout.budget_micros) hdf5::write_attribute(group_, "budget_micros", *layout.budget_micros);
    hdf5::write_attribute(group_, "description",
                          std::string("Integers from which the results are evaluated; they merge by addition."));
  }

  void dimensions() {
    const Shape& shape = tally_.layout().shape;
    const auto add = [this](const char* name, std::size_t extent) { scaled_.add_dimension(name, extent); };
    add("plan", static_cast<std::size_t>(shape.plans));
    add("other_plan", static_cast<std::size_t>(shape.plans));
    add("pair", tally_.layout().pairs());
    add("category", category_count);
    add("owner", static_cast<std::size_t>(shape.owners));
    add("waste_kind", waste_kind_count);
    add("market", static_cast<std::size_t>(shape.markets));
    add("purchase", purchase_count);
    add("job", static_cast<std::size_t>(tally_.layout().jobs));
    add("job_component", static_cast<std::size_t>(shape.job_components));
    add("service", static_cast<std::size_t>(shape.services));
    add("service_component", static_cast<std::size_t>(shape.service_components));
    add("driver", static_cast<std::size_t>(shape.drivers));
    add("driver_bin", shape.drivers > 0 ? std::size_t{driver_bins} : 0);
    add("limb", 2);
    add("cube_limb", shape.drivers > 0 ? 3 : 0);
    add("moment_limb", 4);
    add("range", tally_.data().ranges.size());
    add("range_end", 2);
    add("path", tally_.layout().exact() && !tally_.layout().keep_paths ? tally_.paths() : 0);
  }

  void moments(const DatasetTerms& terms, const std::vector<Moments>& data) {
    std::vector<std::uint64_t> limbs;
    for (const Moments& item : data) {
      append_limbs(limbs, static_cast<UInt128>(item.sum));
      append_limbs(limbs, item.squares);
    }
    scaled_.add<std::uint64_t>(with_axis(terms, "moment_limb"), limbs);
  }

  void cubes(const DatasetTerms& terms, const std::vector<Int192>& data) {
    std::vector<std::uint64_t> limbs;
    for (const Int192& item : data) limbs.insert(limbs.end(), {item.low, item.middle, item.high});
    scaled_.add<std::uint64_t>(with_axis(terms, "cube_limb"), limbs);
  }

  template <class Wide>
  void sums(const DatasetTerms& terms, const std::vector<Wide>& data) {
    std::vector<std::uint64_t> limbs;
    for (const Wide item : data) append_limbs(limbs, static_cast<UInt128>(item));
    scaled_.add<std::uint64_t>(with_axis(terms, "limb"), limbs);
  }

  template <class Value>
  void values(const DatasetTerms& terms, const std::vector<Value>& data) {
    scaled_.add<Value>(terms, data);
  }

  void histograms(const char* name, const char* what, const std::vector<Histogram>& data) {
    if (data.empty()) return;
    const std::string prefix = name;
    std::vector<std::int64_t> bins;
    std::vector<std::int64_t> index;
    std::vector<std::uint64_t> count, offset;
    for (const Histogram& histogram : data) {
      const std::vector<Histogram::Entry> entries = histogram.entries();
      bins.push_back(static_cast<std::int64_t>(entries.size()));
      for (const Histogram::Entry& entry : entries) {
        index.push_back(entry.index);
        count.push_back(entry.count);
        offset.push_back(entry.offset);
      }
    }
    scaled_.add_dimension(prefix, data.size());
    scaled_.add_dimension(prefix + "_bin", index.size());
    scaled_.add<std::int64_t>({prefix + "_bins", {prefix}, "1", fmt::format("bins that hold something: {}", what)},
                              bins);
    const std::vector<std::string> axis = {prefix + "_bin"};
    scaled_.add_rows<std::int64_t>({prefix + "_index", axis, "1", fmt::format("which bin: {}", what)},
                                   [&](std::size_t) { return index; });
    scaled_.add_rows<std::uint64_t>({prefix + "_count", axis, "1", fmt::format("values in the bin: {}", what)},
                                    [&](std::size_t) { return count; });
    scaled_.add_rows<std::uint64_t>(
        {prefix + "_offset", axis, "2^-23 bin", fmt::format("sum of offsets from the bin's inner edge: {}", what)},
        [&](std::size_t) { return offset; });
  }

  void ranges() {
    std::vector<std::uint64_t> ends;
    for (const PathRange& range : tally_.data().ranges) {
      ends.push_back(range.first);
      ends.push_back(range.first + range.count);
    }
    scaled_.add<std::uint64_t>({"ranges", {"range", "range_end"}, "1", "paths added: first, and one past the last"},
                               ends);
  }

  void components() {
    scaled_.add<std::int32_t>({"component", {"plan", "job"}, "1", "job component of plan and job, -1 where not run"},
                              tally_.layout().job_component);
    scaled_.add<std::int32_t>(
        {"plan_service_component", {"plan", "service"}, "1", "service component of plan and service, -1 where not run"},
        tally_.layout().service_component);
    scaled_.add<std::int32_t>({"tells_tokens", {"service"}, "1", "1 where the service's demand tells tokens"},
                              tally_.layout().tells_tokens);
  }

  void costs() {
    scaled_.add_rows<std::int64_t>({"cost_by_path", {"plan", "path"}, "micro-units", "cost of each path"},
                                   [this](std::size_t plan) { return tally_.costs_by_path(static_cast<int>(plan)); });
  }

  hdf5::Handle group_;
  ScaledGroup scaled_;
  const Tally& tally_;
};

void write_paths(hid_t file, const Tally& tally, const tally::ResultsContext& context) {
  const TallyLayout& layout = tally.layout();
  const hdf5::Handle group = hdf5::create_group(file, "paths");
  ScaledGroup scaled(group);
  scaled.add_labels("plan", context.plans, "plan");
  scaled.add_labels("job", context.jobs, "job");
  scaled.add_labels("service", context.services, "service");
  scaled.add_dimension("path", tally.paths());
  const auto missing = [&] { return std::vector<float>(tally.paths(), std::numeric_limits<float>::quiet_NaN()); };
  scaled.add_rows<std::int64_t>(
      {"cost", {"plan", "path"}, context.currency, "cost of each path"},
      [&](std::size_t plan) { return tally.costs_by_path(static_cast<int>(plan)); }, money_scale);
  scaled.add_rows<float>(
      {"finish",
       {"plan", "job", "path"},
       "h",
       "end of the job's last run since the start; inf: not done at the horizon; NaN: not in the plan"},
      [&](std::size_t row) {
        const int component = layout.job_component[row];
        return component < 0 ? missing() : tally.finish_by_path(component);
      });
  scaled.add_rows<float>({"served",
                          {"plan", "service", "path"},
                          "1",
                          "share of the service's requests that were served; 1 where none came; NaN: not in the plan"},
                         [&](std::size_t row) {
                           const int component = layout.service_component[row];
                           return component < 0 ? missing() : tally.served_by_path(component);
                         });
  scaled.finish();
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

void write_tally_groups(hid_t file, const Tally& tally, const tally::ResultsContext& context) {
  TallyWriter(file, tally).write();
  if (tally.layout().keep_paths) write_paths(file, tally, context);
}

Tally read_tally_groups(hid_t file) {
  try {
    return TallyReader(file).read();
  } catch (const std::invalid_argument& error) {
    throw FormatError(error.what());
  }
}

}  // namespace costrisk::io
