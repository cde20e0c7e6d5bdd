// Writes the groups `tally` and `paths`.
#include <fmt/format.h>

#include <limits>

#include "kernels/model/driver_parameters.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/store/tally_group.hpp"
#include "src/results/store/tally_terms.hpp"

namespace costrisk::results {
namespace {

using results::Histogram;
using results::Int192;
using results::Moments;
using results::PathRange;
using results::Tally;
using results::TallyData;
using results::TallyLayout;
using results::UInt128;

constexpr double money_scale = 1.0 / static_cast<double>(micros_per_unit);

void append_limbs(std::vector<std::uint64_t>& limbs, UInt128 value) {
  limbs.push_back(static_cast<std::uint64_t>(value));
  limbs.push_back(static_cast<std::uint64_t>(value >> 64));
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
    const auto add = [this](const char* name, std::size_t extent, const char* description) {
      scaled_.add_dimension(name, extent, description);
    };
    add("plan", static_cast<std::size_t>(shape.plans), "plan");
    add("other_plan", static_cast<std::size_t>(shape.plans), "plan that is compared with");
    add("pair", tally_.layout().pairs(), "plans i < j, ordered by i, then j");
    add("category", category_count, "category of cost");
    add("owner", static_cast<std::size_t>(shape.owners), "owner");
    add("waste_kind", waste_kind_count, "kind of waste");
    add("market", static_cast<std::size_t>(shape.markets), "market");
    add("purchase", purchase_count, "purchase");
    add("job", static_cast<std::size_t>(tally_.layout().jobs), "job");
    add("job_component", static_cast<std::size_t>(shape.job_components), "job as some plans run it");
    add("service", static_cast<std::size_t>(shape.services), "service");
    add("service_component", static_cast<std::size_t>(shape.service_components), "service as some plans run it");
    add("driver", static_cast<std::size_t>(shape.drivers), "unknown that is drawn once per future");
    add("driver_cell", shape.drivers > 0 ? std::size_t{driver_cells} : 0, "part of a driver's distribution");
    add("limb", 2, "low and high 64 bits");
    add("cube_limb", shape.drivers > 0 ? 3 : 0, "64 bits from low to high");
    add("moment_limb", 4, "sum and sum of squares, low and high 64 bits each");
    add("range", tally_.data().ranges.size(), "range of paths");
    add("range_end", 2, "first path, and one past the last");
    add("path", tally_.layout().exact() && !tally_.layout().keep_paths ? tally_.paths() : 0,
        "path, counted from the file's first");
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
    scaled_.add_dimension(prefix, data.size(), fmt::format("histogram: {}", what));
    scaled_.add_dimension(prefix + "_bin", index.size(), fmt::format("bin that holds something: {}", what));
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

void write_paths(hid_t file, const Tally& tally, const results::ResultsContext& context) {
  const TallyLayout& layout = tally.layout();
  const hdf5::Handle group = hdf5::create_group(file, "paths");
  ScaledGroup scaled(group);
  scaled.add_labels("plan", context.plans, "plan");
  scaled.add_labels("job", context.jobs, "job");
  scaled.add_labels("service", context.services, "service");
  scaled.add_dimension("path", tally.paths(), "path, counted from the file's first");
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

}  // namespace

void write_tally_groups(hid_t file, const Tally& tally, const results::ResultsContext& context) {
  TallyWriter(file, tally).write();
  if (tally.layout().keep_paths) write_paths(file, tally, context);
}

}  // namespace costrisk::results
