// The key tables of docs/scenario.md, made from the schema.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {

/// What the page holds before and after a table of keys.
inline std::string key_table_marker(std::string_view table_name) {
  return fmt::format("<!-- keys: {} -->\n", table_name);
}
inline constexpr std::string_view key_table_end = "<!-- end of keys -->\n";

/// The tables that the page shows: all that a file may have, and the keys of histories, which several take in.
inline std::vector<const Table*> documented_tables() {
  std::vector<const Table*> tables = all_tables();
  tables.push_back(&law_table());
  tables.push_back(&table_of<History>());
  return tables;
}

inline std::string bound_text(double bound) {
  int exponent = 0;
  if (bound >= 65536.0 && std::frexp(bound, &exponent) == 0.5) return fmt::format("2^{}", exponent - 1);
  return fmt::format("{}", bound);
}

/// " > 0", " 0 … under 1", or nothing.
inline std::string range_words(const Bounds& range) {
  const bool has_low = std::isfinite(range.low), has_high = std::isfinite(range.high);
  if (has_low && has_high)
    return fmt::format(" {}{} … {}{}", range.above_low ? "over " : "", bound_text(range.low),
                       range.below_high ? "under " : "", bound_text(range.high));
  if (has_low) return fmt::format(" {} {}", range.above_low ? ">" : "≥", bound_text(range.low));
  return "";
}

inline std::string single_value_words(const Key& key, const Table& table) {
  switch (key.type) {
    case Type::text:
      if (&table == &law_table()) return "number or duration";
      if (key.name == "name") return "name";
      if (key.name == "like" || key.name == "extends") return fmt::format("name of {}", with_article(table.name));
      return "text";
    case Type::label:
      return "text or date";
    case Type::path:
      return "path";
    case Type::boolean:
      return "`true` or `false`";
    case Type::integer:
      return "whole number" + range_words(key.range);
    case Type::number:
      return "number" + range_words(key.range);
    case Type::number_pair:
      return "[number, number]" + range_words(key.range);
    case Type::duration:
      if (!std::isfinite(key.range.high)) return "duration";
      return fmt::format("duration {} … {}", duration_text(key.range.low), duration_text(key.range.high));
    case Type::instant:
      return "duration or local date";
    case Type::duration_or_forever:
      return "duration or `\"forever\"`";
    case Type::duration_or_calendar:
      return "duration, `\"month\"` or `\"quarter\"`";
    case Type::law:
      return "*law*, number" + range_words(key.range);
    case Type::hours_law:
      return "*law* of durations";
    case Type::law_or_word: {
      std::string words;
      for (const std::string& choice : key.choices) words += fmt::format("`\"{}\"`, ", choice);
      return words + "or a *law*, number" + range_words(key.range);
    }
    case Type::date_time:
      return "local date and time";
    case Type::choice: {
      std::string words;
      for (const std::string& choice : key.choices)
        words += fmt::format("{}`\"{}\"`", words.empty() ? "" : ", ", choice);
      return words;
    }
    case Type::reference:
      return fmt::format("name of {}", with_article(kind_name(key.of)));
    case Type::table:
      if (key.shorthand.empty()) return "table";
      return fmt::format("table, or a *law* for its `{}`", key.shorthand);
  }
  return "";
}

inline std::string value_words(const Key& key, const Table& table) {
  const std::string single = single_value_words(key, table);
  switch (key.arity) {
    case Arity::one:
      return single;
    case Arity::list: {
      const int limit = kind_limit(key.names);
      if (key.type == Type::table) return "list of tables" + (limit > 0 ? fmt::format(", at most {}", limit) : "");
      return fmt::format("list{}, each {}", key.count > 0 ? fmt::format(" of {}", key.count) : "", single);
    }
    case Arity::map:
      return fmt::format("table: {} = {}", kind_name(key.of), single);
  }
  return "";
}

/// The keys of the table as the page shows them. Those of a history have a table of their own.
inline std::string key_table(const Table& table) {
  std::string text = "| key | value | default | meaning |\n|---|---|---|---|\n";
  for (const Key& key : table.keys) {
    if (key.group == History::table_name) continue;
    const std::string fallback = key.required           ? "required"
                                 : key.fallback.empty() ? ""
                                                        : fmt::format("`{}`", key.fallback);
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, value_words(key, table), fallback, key.about);
  }
  return text;
}

/// The page with its tables of keys made anew.
/// @throws std::runtime_error where a table has no place on the page
inline std::string with_key_tables(std::string page) {
  for (const Table* table : documented_tables()) {
    const std::string marker = key_table_marker(table->name);
    const std::size_t found = page.find(marker);
    const std::size_t end = page.find(key_table_end, found == std::string::npos ? page.size() : found);
    if (end == std::string::npos)
      throw std::runtime_error(
          fmt::format("the page has no place for the keys of '{}'; expected the lines '{}' and '{}'", table->name,
                      marker, key_table_end));
    const std::size_t begin = found + marker.size();
    page.replace(begin, end - begin, "\n" + key_table(*table) + "\n");
  }
  return page;
}

}  // namespace costrisk::scenario
