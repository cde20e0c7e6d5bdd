// A parsed document as a tree of values with positions, free of the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/diagnostics.hpp"

namespace costrisk::scenario {

struct Entry;

/// One value. Which members hold something depends on `kind`.
struct Node {
  enum class Kind { text, integer, real, boolean, date_time, clock_time, list, table };
  Kind kind = Kind::table;
  Place place;
  bool valid = true;  ///< cleared where an error has been noted, so that no other follows from it

  std::string text;  ///< a text; a date as it would be written
  std::int64_t integer = 0;
  double real = 0.0;
  bool boolean = false;
  StartTime date_time;
  bool has_zone = false;  ///< the date and time names an offset from UTC

  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a table, in the order of the file

  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
  bool is_table() const { return kind == Kind::table; }
  bool is_list() const { return kind == Kind::list; }
  double number() const { return kind == Kind::integer ? static_cast<double>(integer) : real; }

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  const Entry* entry(std::string_view key) const;
  void erase(std::string_view key);
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// What a value is, in words: "a text", "a table", …
std::string describe(const Node& node);

}  // namespace costrisk::scenario
