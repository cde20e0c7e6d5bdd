// Typed access to the values of a validated table.
#include "src/scenario/reader/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <limits>
#include <stdexcept>

#include "kernels/math/host.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/toml_reader.hpp"

namespace costrisk::scenario {
namespace {

/// The 90th percentile of the standard normal distribution.
constexpr double normal_p90 = 1.2815515655446004;

const Node& empty_table() {
  static const Node empty{};
  return empty;
}

double seconds_of(const Node& node) {
  if (node.kind != Node::Kind::text) return 0.0;
  if (node.text == "forever") return std::numeric_limits<double>::infinity();
  const std::optional<Duration> parsed = parse_duration(node.text);
  return parsed ? parsed->seconds : 0.0;
}

}  // namespace

std::string TableReader::address_of(std::string_view key) const {
  return address_.empty() ? std::string(key) : address_ + "." + std::string(key);
}

const Key& TableReader::key(std::string_view name) const {
  const Key* found = schema_->find(name);
  if (!found) throw std::logic_error(fmt::format("the schema of {} has no key '{}'", schema_->name, name));
  return *found;
}

Node TableReader::value(std::string_view name) const {
  const Key& wanted = key(name);
  if (has(name)) return *node_->find(name);
  Node absent;
  if (wanted.fallback.empty()) return absent;
  Diagnostics scratch;
  Node document;
  const std::string toml = "v = " + std::string(wanted.fallback);
  if (!read_toml(toml, scratch.add_source("default", "", toml), scratch, document))
    throw std::logic_error(fmt::format("the default of '{}' is no TOML", name));
  return document.entries.front().value;
}

bool TableReader::has(std::string_view name) const {
  key(name);
  const Node* found = node_->find(name);
  return found && found->valid;
}

Place TableReader::place(std::string_view name) const {
  const Node* found = node_->find(name);
  return found ? found->place : node_->place;
}

double TableReader::number(std::string_view name) const { return value(name).number(); }
bool TableReader::boolean(std::string_view name) const { return value(name).boolean; }
std::int64_t TableReader::integer(std::string_view name) const { return value(name).integer; }
double TableReader::seconds(std::string_view name) const { return seconds_of(value(name)); }
std::string TableReader::text(std::string_view name) const { return value(name).text; }
StartTime TableReader::date_time(std::string_view name) const { return value(name).date_time; }

std::vector<double> TableReader::numbers(std::string_view name) const {
  std::vector<double> result;
  for (const Node& item : value(name).items) result.push_back(item.number());
  return result;
}

NumberPairs TableReader::number_pairs(std::string_view name) const {
  NumberPairs result;
  for (const Node& item : value(name).items)
    if (item.valid) result.push_back({item.items[0].number(), item.items[1].number()});
  return result;
}

std::vector<std::string> TableReader::texts(std::string_view name) const {
  std::vector<std::string> result;
  for (const Node& item : value(name).items) result.push_back(item.text);
  return result;
}

Loadings TableReader::loadings_of(const Node* loading) const {
  Loadings result;
  if (!loading || !loading->valid) return result;
  for (const Entry& entry : loading->entries) {
    const int factor = index_of(Kind::factor, entry.key);
    if (factor >= 0) result.push_back({factor, entry.value.number()});
  }
  std::sort(result.begin(), result.end(), [](const Loading& a, const Loading& b) { return a.factor < b.factor; });
  return result;
}

Loadings TableReader::loadings() const { return loadings_of(node_->find("loading")); }

Law TableReader::law_of(const Node& node, const Key& wanted, std::string address) const {
  const bool hours = wanted.type == Type::hours_law;
  const auto amount = [&](const Node& value) {
    if (!hours) return value.number();
    const std::optional<Duration> parsed = parse_duration(value.text);
    return parsed ? parsed->hours : 0.0;
  };
  const auto part = [&](std::string_view name) {
    const Node* found = node.find(name);
    return found ? amount(*found) : 0.0;
  };
  Law law;
  if (!node.valid) {
  } else if (!node.is_table()) {
    law = Law::constant(amount(node));
  } else if (node.find("low")) {
    law.kind = Law::Kind::triangular;
    law.low = part("low");
    law.mode = part("mode");
    law.high = part("high");
  } else if (node.find("median")) {
    law.kind = Law::Kind::log_normal;
    law.median = part("median");
    law.spread = node.find("spread") ? node.find("spread")->number() : 0.0;
  } else if (node.find("p10")) {
    law.kind = Law::Kind::log_normal;
    law.median = host::square_root(part("p10") * part("p90"));
    law.spread = host::logarithm(part("p90") / part("p10")) / (2.0 * normal_p90);
  }
  if (node.is_table() && node.valid) {
    if (node.find("from")) {
      law.kind = Law::Kind::uniform;
      law.low = part("from");
      law.high = part("to");
    } else if (node.find("sd")) {
      law.kind = Law::Kind::normal;
      law.median = part("mean");
      law.spread = part("sd");
      law.least = wanted.range.low;
      law.most = wanted.range.high;
    } else if (node.find("min")) {
      law.kind = Law::Kind::pert;
      law.low = part("min");
      law.mode = part("mode");
      law.high = part("max");
    } else if (const Node* values = node.find("values")) {
      law.kind = Law::Kind::discrete;
      const Node* weights = node.find("weights");
      std::vector<std::pair<double, double>> pairs;
      for (std::size_t i = 0; i < values->items.size(); ++i)
        pairs.emplace_back(amount(values->items[i]), weights ? weights->items[i].number() : 1.0);
      std::sort(pairs.begin(), pairs.end());
      for (const auto& [value, weight] : pairs) {
        law.values.push_back(value);
        law.weights.push_back(weight);
      }
    }
  }
  if (node.is_table()) law.loading = loadings_of(node.find("loading"));
  law.address = std::move(address);
  return law;
}

Law TableReader::law(std::string_view name) const { return law_of(value(name), key(name), address_of(name)); }

int TableReader::index_of(Kind kind, const std::string& name) const {
  const auto names = names_->find(kind);
  if (names == names_->end()) return -1;
  const auto found = std::find(names->second.begin(), names->second.end(), name);
  return found == names->second.end() ? -1 : static_cast<int>(found - names->second.begin());
}

int TableReader::reference(std::string_view name) const {
  return has(name) ? index_of(key(name).of, node_->find(name)->text) : -1;
}

std::vector<int> TableReader::references(std::string_view name) const {
  std::vector<int> result;
  const Node* list = node_->find(name);
  if (!list || !list->is_list()) return result;
  for (const Node& item : list->items)
    if (const int index = item.valid ? index_of(key(name).of, item.text) : -1; index >= 0) result.push_back(index);
  return result;
}

TableReader TableReader::table(std::string_view name) const {
  const Node* found = node_->find(name);
  const bool usable = found && found->is_table();
  return {usable ? *found : empty_table(), *key(name).table, address_of(name), *names_, *diagnostics_};
}

std::vector<TableReader> TableReader::tables(std::string_view name) const {
  std::vector<TableReader> result;
  const Node* list = node_->find(name);
  if (!list) return result;
  const Key& wanted = key(name);
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const Node& item = list->items[i];
    if (!item.is_table()) continue;
    const Node* entity_name = wanted.names == Kind::none ? nullptr : item.find("name");
    if (wanted.names != Kind::none && (!entity_name || entity_name->kind != Node::Kind::text)) continue;
    const std::string last = entity_name ? entity_name->text : fmt::format("{}", i);
    result.emplace_back(item, *wanted.table, address_of(name) + "." + last, *names_, *diagnostics_);
  }
  return result;
}

std::vector<std::pair<int, TableReader>> TableReader::tables_by_name(std::string_view name) const {
  std::vector<std::pair<int, TableReader>> result;
  const Node* map = node_->find(name);
  if (!map) return result;
  for (const Entry& entry : map->entries) {
    const int index = index_of(key(name).of, entry.key);
    if (index >= 0 && entry.value.is_table())
      result.emplace_back(index, TableReader(entry.value, *key(name).table, address_of(name) + "." + entry.key, *names_,
                                             *diagnostics_));
  }
  return result;
}

std::vector<std::pair<int, double>> TableReader::numbers_by_name(std::string_view name) const {
  std::vector<std::pair<int, double>> result;
  const Node* map = node_->find(name);
  if (!map) return result;
  for (const Entry& entry : map->entries) {
    const int index = index_of(key(name).of, entry.key);
    if (index >= 0 && entry.value.valid) result.emplace_back(index, entry.value.number());
  }
  return result;
}

std::vector<std::pair<int, Law>> TableReader::laws_by_name(std::string_view name) const {
  std::vector<std::pair<int, Law>> result;
  const Node* map = node_->find(name);
  if (!map) return result;
  for (const Entry& entry : map->entries) {
    const Key& wanted = key(name);
    const int index = index_of(wanted.of, entry.key);
    if (index < 0 || (wanted.type == Type::number && !entry.value.valid)) continue;
    result.emplace_back(index, law_of(entry.value, wanted, address_of(name) + "." + entry.key));
  }
  return result;
}

}  // namespace costrisk::scenario
