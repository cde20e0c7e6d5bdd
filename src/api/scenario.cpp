// Scenarios: a text and what was set in it, loaded anew when something is asked of it.
#include "costrisk/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/api/problems.hpp"
#include "src/present/text/actuals.hpp"
#include "src/present/text/reading.hpp"
#include "src/scenario/advice/pricing.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/json_schema.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/scenario/reader/toml_reader.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/files.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk {

namespace {

using scenario::HistoryFiles;
using scenario::Node;

Value value_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::boolean:
      return {node.boolean};
    case Node::Kind::integer:
      return {node.integer};
    case Node::Kind::real:
      return {node.real};
    case Node::Kind::text:
    case Node::Kind::date_time:
    case Node::Kind::clock_time:
      return {node.text};
    case Node::Kind::list: {
      Value::List list;
      for (const Node& item : node.items) list.push_back(value_of(item));
      return {std::move(list)};
    }
    case Node::Kind::table: {
      Value::Table table;
      for (const scenario::Entry& entry : node.entries) table.emplace_back(entry.key, value_of(entry.value));
      return {std::move(table)};
    }
  }
  return {};
}

/// The names that may follow in an address: keys, names of entities, or places in a list.
std::vector<std::string> parts_of(const Node& node) {
  std::vector<std::string> parts;
  for (const scenario::Entry& entry : node.entries) parts.push_back(entry.key);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node* name = node.items[i].find("name");
    parts.push_back(name ? name->text : std::to_string(i));
  }
  return parts;
}

/// @returns null where there is none
const Node* part_of(const Node& node, std::string_view part) {
  if (node.is_table()) return node.find(part);
  const std::vector<std::string> parts = parts_of(node);
  const auto found = std::find(parts.begin(), parts.end(), part);
  return found == parts.end() ? nullptr : &node.items[static_cast<std::size_t>(found - parts.begin())];
}

/// @throws UnknownName
const Node& node_at(const Node& root, const std::string& address) {
  const Node* node = &root;
  for (std::size_t begin = 0; begin <= address.size();) {
    const std::size_t end = std::min(address.find('.', begin), address.size());
    const std::string part = address.substr(begin, end - begin);
    const Node* next = part_of(*node, part);
    if (!next) {
      const std::vector<std::string> parts = parts_of(*node);
      std::string hint = scenario::did_you_mean(part, parts);
      if (hint.empty() && !parts.empty()) hint = "; there are " + scenario::one_of(parts);
      throw UnknownName(fmt::format("nothing has the address '{}'{}", address.substr(0, end), hint));
    }
    node = next;
    begin = end + 1;
  }
  return *node;
}

/// The shortest spelling that reads back as the same number.
std::string toml_number(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0.0 ? "inf" : "-inf";
  if (number == std::trunc(number) && std::fabs(number) < 0x1p53) return fmt::format("{:.0f}", number);
  const std::string text = fmt::format("{}", number);
  return text;
}

}  // namespace

std::shared_ptr<const scenario::Loaded> Scenario::Data::load(HistoryFiles histories) const {
  return std::make_shared<const scenario::Loaded>(
      scenario::load_text(text, name, overrides, folder, histories, root, file));
}

std::shared_ptr<const scenario::Loaded> Scenario::Data::loaded() const {
  const std::lock_guard lock(reading->mutex);
  if (!reading->whole) reading->whole = load(HistoryFiles::read);
  return reading->whole;
}

std::shared_ptr<const scenario::Loaded> Scenario::Data::outlined() const {
  const std::lock_guard lock(reading->mutex);
  if (reading->whole) return reading->whole;
  if (!reading->outline) reading->outline = load(HistoryFiles::left_unread);
  return reading->outline;
}

Scenario::Scenario(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Scenario::Scenario(const Scenario& other) : data_(std::make_unique<Data>(*other.data_)) {}
Scenario& Scenario::operator=(const Scenario& other) {
  data_ = std::make_unique<Data>(*other.data_);
  return *this;
}
Scenario::Scenario(Scenario&& other) noexcept = default;
Scenario& Scenario::operator=(Scenario&& other) noexcept = default;
Scenario::~Scenario() = default;

Scenario Scenario::from_file(const std::filesystem::path& path, const FileOptions& options) {
  return at_boundary([&] {
    trace::require_file(path);
    auto data = std::make_unique<Data>();
    try {
      // No more of it, or of a pipe that may never end, than shows that it is too large.
      data->text = trace::read_file(path, scenario::largest_text + 1, trace::Pipes::read);
    } catch (const trace::NoRegularFile& error) {
      throw InputError(fmt::format("{}; expected a scenario file there", error.what()));
    }
    std::error_code failure;
    data->name = path.string();
    data->file = path;
    data->folder = std::filesystem::is_fifo(path, failure) ? std::filesystem::path() : path.parent_path();
    data->root = options.root;
    data->overrides = options.settings;
    return Scenario(std::move(data));
  });
}

Scenario Scenario::from_text(std::string text, std::string name, std::filesystem::path folder) {
  auto data = std::make_unique<Data>();
  data->text = std::move(text);
  data->name = std::move(name);
  data->folder = std::move(folder);
  return Scenario(std::move(data));
}

void Scenario::set(const std::vector<std::pair<std::string, std::string>>& values) {
  at_boundary([&] {
    auto changed = std::make_unique<Data>(*data_);
    changed->reading = std::make_shared<Data::Reading>();
    for (const auto& [address, toml] : values) changed->overrides.push_back({address + "=" + toml});
    try {
      changed->outlined();
    } catch (const scenario::InvalidScenario& invalid) {
      std::vector<Problem> problems = problems_of(invalid);
      std::erase_if(problems, [](const Problem& problem) { return problem.file != scenario::override_source; });
      if (!problems.empty()) throw InvalidScenario(std::move(problems));
    }
    data_ = std::move(changed);
  });
}

void Scenario::set(const std::string& address, const std::string& toml) { set({{address, toml}}); }

void Scenario::set(const std::string& address, double number) { set({{address, toml_number(number)}}); }

Value Scenario::get(const std::string& address) const {
  return at_boundary([&] {
    const std::string text = scenario::resolved_toml(data_->outlined()->scenario);
    scenario::Diagnostics diagnostics;
    Node root;
    scenario::read_toml(text, diagnostics.add_source(data_->name, {}, text), diagnostics, root);
    return value_of(node_at(root, address));
  });
}

double Scenario::number(const std::string& address) const {
  const Value value = get(address);
  if (const auto* real = std::get_if<double>(&value.data)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return static_cast<double>(*integer);
  throw InputError(fmt::format("what stands at '{}' is no number", address));
}

Check Scenario::check() const {
  return at_boundary([&] {
    Check found;
    try {
      const auto loaded = data_->loaded();
      found.advice = loaded->warnings;
      found.pricing = scenario::pricing_of(loaded->scenario);
      scenario::each_history(loaded->scenario,
                             [&](const scenario::HistoryPlace& place, const scenario::History& history) {
                               found.histories.push_back({place.address, present::history_text(*history.trace),
                                                          present::reading_remarks(history.trace->reading)});
                             });
      for (present::ActualsText& line : present::actuals_text(loaded->scenario))
        found.histories.push_back({line.address, line.text, line.remarks});
    } catch (const scenario::InvalidScenario& invalid) {
      found.problems = problems_of(invalid);
    }
    return found;
  });
}

std::string Scenario::resolved() const {
  return at_boundary([&] { return scenario::resolved_toml(data_->outlined()->scenario); });
}

Contents Scenario::contents() const {
  return at_boundary([&] {
    const auto loaded = data_->outlined();
    const scenario::Scenario& all = loaded->scenario;
    return Contents{
        all.factors.size(),  all.markets.size(),  all.demands.size(), all.jobs.size(),
        all.services.size(), all.items.size(),    all.plans.size(),   static_cast<std::uint64_t>(all.steps()),
        all.step_hours(),    all.simulation.paths};
  });
}

std::vector<std::string> Scenario::plans() const {
  return at_boundary([&] {
    std::vector<std::string> names;
    const auto loaded = data_->outlined();
    for (const scenario::Plan& plan : loaded->scenario.plans) names.push_back(plan.name);
    return names;
  });
}

std::string Scenario::name() const {
  return at_boundary([&] { return data_->outlined()->scenario.name; });
}

const std::string& Scenario::text() const noexcept { return data_->text; }

std::optional<double> duration_hours(const std::string& text) {
  const auto duration = scenario::parse_duration(text);
  return duration ? std::optional(duration->hours) : std::nullopt;
}

std::string duration_text(double hours) {
  // Hours of what was written in seconds, minutes or days are not exact.
  return scenario::duration_text(std::round(hours * seconds_per_hour * 1e6) / 1e6);
}

std::string scenario_schema() {
  return at_boundary([] { return scenario::json_schema(); });
}

}  // namespace costrisk
