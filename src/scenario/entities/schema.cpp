// What one asks of a schema.
#include "src/scenario/entities/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace costrisk::scenario {

std::string Bounds::words(std::string_view noun) const {
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  if (has_low && has_high)
    return fmt::format("a {} {} {} {} {}", noun, above_low ? "above" : "from", low, below_high ? "to below" : "to",
                       high);
  if (has_low && low == 0.0)
    return above_low ? fmt::format("a positive {}", noun) : fmt::format("a {} that is not negative", noun);
  if (has_low) return fmt::format("a {} {} {}", noun, above_low ? "above" : "of at least", low);
  if (has_high) return fmt::format("a {} {} {}", noun, below_high ? "below" : "of at most", high);
  return fmt::format("a {}", noun);
}

const Key* Table::find(std::string_view key) const {
  for (const Key& k : keys)
    if (k.name == key) return &k;
  return nullptr;
}

std::vector<std::string> Table::key_names() const {
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  return names;
}

std::vector<const Table*> all_tables() {
  std::vector<const Table*> tables{&root_table()};
  for (std::size_t i = 0; i < tables.size(); ++i)
    for (const Key& key : tables[i]->keys)
      if (key.table && std::find(tables.begin(), tables.end(), key.table) == tables.end()) tables.push_back(key.table);
  return tables;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::factor:
      return "factor";
    case Kind::market:
      return "market";
    case Kind::demand:
      return "demand";
    case Kind::job:
      return "job";
    case Kind::service:
      return "service";
    case Kind::serverless:
      return "serverless";
    case Kind::item:
      return "item";
    case Kind::optimization:
      return "optimization";
    case Kind::budget:
      return "budget";
    case Kind::plan:
      return "plan";
    case Kind::none:
      break;
  }
  return "";
}

int kind_limit(Kind kind) {
  switch (kind) {
    case Kind::factor:
      return 8;
    case Kind::market:
      return 32;
    case Kind::demand:
    case Kind::job:
    case Kind::service:
      return 16;
    case Kind::item:
    case Kind::budget:
    case Kind::plan:
      return 64;
    case Kind::serverless:
    case Kind::optimization:
    case Kind::none:
      break;
  }
  return 0;
}

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("aeio").find(noun.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

}  // namespace costrisk::scenario
