// Results by the names that files have.
#include "costrisk/results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/model/terms.hpp"
#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/present/page/page.hpp"
#include "src/present/text/gates.hpp"
#include "src/present/text/goal.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/sparkline.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/present/text/tables.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/results/quantities/summary.hpp"
#include "src/results/store/results_file.hpp"
#include "src/results/store/same_run.hpp"
#include "src/run/evaluate.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/trace/csv.hpp"

namespace costrisk {

namespace {

Array array_of(const results::Quantity& quantity, const results::Results& results) {
  Array array;
  array.name = quantity.name;
  for (const results::Dimension dimension : quantity.dimensions) {
    array.dimensions.emplace_back(results::terms_of(dimension).name);
    array.shape.push_back(results::extent(results, dimension));
  }
  array.unit = results::units_of(quantity.unit, results.context.currency);
  array.description = results::described(quantity);
  array.values = results.*quantity.values;
  return array;
}

Dimension dimension_of(const results::DimensionTerms& terms, const results::Results& results) {
  Dimension dimension{terms.name, results::extent(results, terms.dimension), {}, {}, terms.units, terms.description};
  if (terms.texts)
    dimension.labels = terms.texts(results);
  else
    dimension.coordinates = terms.numbers(results);
  return dimension;
}

[[noreturn]] void refuse(const char* kind, const std::string& name, const std::vector<std::string>& names) {
  std::string hint = scenario::did_you_mean(name, names);
  if (hint.empty() && !names.empty()) hint = "; there are " + scenario::one_of(names);
  throw UnknownName(fmt::format("no {} is named '{}'{}", kind, name, hint));
}

present::Breakdown breakdown_of(Breakdown by) {
  switch (by) {
    case Breakdown::category:
      return present::Breakdown::category;
    case Breakdown::owner:
      return present::Breakdown::owner;
  }
  throw InputError("what cost is divided by is none of those that there are");
}

/// What the results are of. Of a file, without its paths.
results::TallyFrame frame_of(const Results::Data& data) {
  return data.file.empty() ? data.tally().frame() : results::read_frame(data.file).tally;
}

/// Nothing of results of no paths.
std::optional<present::CostHistogram> histogram_of(const Results::Data& data) {
  if (data.results.paths == 0) return std::nullopt;
  return present::cost_histogram(data.tally(), present::shown_bins);
}

}  // namespace

std::size_t plan_of(const std::vector<std::string>& plans, const std::string& name) {
  const auto found = std::find(plans.begin(), plans.end(), name);
  if (found == plans.end()) refuse("plan", name, plans);
  return static_cast<std::size_t>(found - plans.begin());
}

const results::Tally& Results::Data::tally() const {
  const std::lock_guard lock(mutex);
  if (!tally_) tally_ = std::make_shared<results::Tally>(results::read_tally(file));
  return *tally_;
}

Results::Results(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
Results::Results(const Results& other) = default;
Results& Results::operator=(const Results& other) = default;
Results::Results(Results&& other) noexcept = default;
Results& Results::operator=(Results&& other) noexcept = default;
Results::~Results() = default;

Results Results::read(const std::filesystem::path& path) {
  return at_boundary([&] {
    trace::require_file(path);
    auto data = std::make_shared<Data>();
    data->results = results::read_results(path);
    data->file = path.string();
    data->timings.paths = data->results.paths;
    data->timings.complete = data->results.context.status == results::RunStatus::complete;
    return Results(std::move(data));
  });
}

std::string Results::write(const std::filesystem::path& path, const std::filesystem::path& outdated) const {
  return at_boundary([&] { return results::write_results(path, data_->results, data_->tally(), outdated); });
}

std::vector<std::string> Results::names() const {
  std::vector<std::string> names;
  for (const results::Quantity& quantity : results::quantities())
    if (!(data_->results.*quantity.values).empty()) names.emplace_back(quantity.name);
  return names;
}

Array Results::array(const std::string& name) const {
  for (const results::Quantity& quantity : results::quantities())
    if (quantity.name == name && !(data_->results.*quantity.values).empty()) return array_of(quantity, data_->results);
  refuse("array of these results", name, names());
}

std::vector<Dimension> Results::dimensions() const {
  std::vector<Dimension> dimensions;
  for (const results::DimensionTerms& terms : results::dimensions())
    if (results::extent(data_->results, terms.dimension) > 0) dimensions.push_back(dimension_of(terms, data_->results));
  return dimensions;
}

Dimension Results::dimension(const std::string& name) const {
  std::vector<std::string> names;
  for (Dimension& dimension : dimensions()) {
    if (dimension.name == name) return std::move(dimension);
    names.push_back(dimension.name);
  }
  refuse("dimension of these results", name, names);
}

std::string Results::name() const { return data_->results.context.scenario_name; }
std::string Results::currency() const { return data_->results.context.currency; }
std::optional<double> Results::budget() const { return data_->results.budget; }
std::uint64_t Results::paths() const { return data_->results.paths; }
std::uint64_t Results::first_path() const { return data_->results.first_path; }
std::uint64_t Results::seed() const { return data_->results.context.seed; }
bool Results::complete() const { return data_->results.context.status == results::RunStatus::complete; }
std::uint64_t Results::run_paths() const { return data_->results.run_paths; }
std::optional<Shard> Results::shard() const {
  const auto& shard = data_->results.context.shard;
  if (!shard) return std::nullopt;
  return Shard{shard->index, shard->count};
}

bool Results::same_run(const Results& other) const {
  return at_boundary([&] {
    return !results::difference_of(other.data_->results.context, frame_of(*other.data_).layout, data_->results.context,
                                   frame_of(*data_).layout);
  });
}

bool Results::supersede(const Results& earlier) const {
  return same_run(earlier) && at_boundary([&] {
           const std::vector<results::PathRange> these = frame_of(*data_).ranges,
                                                 those = frame_of(*earlier.data_).ranges;
           return std::ranges::all_of(those, [&](const results::PathRange& range) {
             return std::ranges::any_of(these, [&](const results::PathRange& one) {
               return one.first <= range.first && range.first + range.count <= one.first + one.count;
             });
           });
         });
}

double Results::step_hours() const { return data_->results.step_hours; }
double Results::horizon_hours() const { return data_->results.context.horizon_hours; }
std::string Results::scenario() const { return data_->results.context.scenario_toml; }
std::string Results::version() const { return data_->results.context.costrisk_version; }
Timings Results::timings() const { return data_->timings; }

bool Results::holds_path_costs() const {
  return at_boundary([&] { return data_->tally().layout().holds_costs(); });
}

std::vector<double> Results::path_costs(const std::string& plan) const {
  return at_boundary([&] {
    const std::size_t index = plan_of(data_->results.context.plans, plan);
    if (!data_->tally().layout().holds_costs())
      throw InputError("the costs of single paths were not kept: run again with keep_paths");
    std::vector<double> costs;
    for (const std::int64_t micros : data_->tally().costs_by_path(static_cast<int>(index)))
      costs.push_back(static_cast<double>(micros) / static_cast<double>(micros_per_unit));
    return costs;
  });
}

CostHistogram Results::cost_histogram(int bins) const {
  return at_boundary([&] {
    if (bins < 1) throw InputError(fmt::format("{} bins; expected 1 or more", bins));
    present::CostHistogram histogram = present::cost_histogram(data_->tally(), bins);
    return CostHistogram{histogram.from, histogram.to, std::move(histogram.paths)};
  });
}

std::vector<std::string> Results::verdict() const {
  return at_boundary([&] { return present::verdict_sentences(data_->results); });
}

std::string Results::verdict_text(int width) const {
  return at_boundary([&] { return present::verdict_text(present::verdict(data_->results), width); });
}

std::string Results::table(const TableOptions& options) const {
  return at_boundary([&] {
    const std::optional<present::CostHistogram> histogram = options.sparklines ? histogram_of(*data_) : std::nullopt;
    present::TableOptions shown;
    shown.width = options.width;
    shown.styled = options.bold;
    shown.intervals = options.intervals;
    shown.jobs = options.jobs;
    shown.drivers = options.drivers;
    for (const Breakdown by : options.by) shown.by.push_back(breakdown_of(by));
    if (histogram) shown.sparklines = &*histogram;
    return present::tables(results::summarize(data_->results), shown);
  });
}

std::vector<std::string> Results::failed_gates(const std::vector<std::string>& gates) const {
  if (gates.empty()) return {};
  return at_boundary([&]() -> std::vector<std::string> {
    // Of a run there may be looks to ask for that it did not come to, which are judged as that.
    const results::Scope scope = data_->scenario ? run::scope_of(*data_->scenario) : results::scope_of(data_->results);
    std::vector<present::Gate> parsed;
    for (const std::string& gate : gates) parsed.push_back(present::parse_gate(gate, scope));
    return present::failures(parsed, data_->results);
  });
}

std::string Results::goal() const {
  return at_boundary([&] {
    const std::optional<scenario::Scenario> scenario = present::stored_scenario(data_->results);
    return scenario ? present::goal_text(*scenario, data_->results) : std::string();
  });
}

std::string Results::json(const std::string& file) const {
  return at_boundary([&] {
    return present::results_json(data_->results, file.empty() ? data_->file : file,
                                 {present::verdict(data_->results), histogram_of(*data_)});
  });
}

std::string Results::report(const std::string& checksum) const {
  return at_boundary([&] {
    const bool was_read = checksum.empty() && !data_->file.empty();
    return present::html_report(data_->results, data_->tally(),
                                was_read ? results::borne_checksum(data_->file) : checksum);
  });
}

}  // namespace costrisk
