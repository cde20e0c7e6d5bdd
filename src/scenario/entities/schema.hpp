// The schema of the scenario file as data: what keys there are, what they hold, and what they mean. The
// reader, the overrides, the JSON Schema and the reference page all follow these tables.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace costrisk::scenario {

/// What kind of value a key holds.
enum class Type {
  text,
  label,  ///< a text, or a date taken as text
  path,
  integer,
  number,
  duration,
  duration_or_forever,
  duration_or_month,
  law,        ///< of numbers
  hours_law,  ///< of durations, held in hours
  date_time,
  choice,
  reference,  ///< the name of an entity of kind `of`
  table,
};

/// How many values: one, a list of them, or a table of them whose keys are names of kind `of`.
enum class Arity { one, list, map };

/// The kinds of named entities.
enum class Kind { none, factor, market, demand, job, service, serverless, item, optimization, plan };

inline constexpr double infinite = std::numeric_limits<double>::infinity();

/// The values accepted, of numbers as they stand, of durations in seconds (of laws in hours).
struct Bounds {
  double low = -infinite;
  double high = infinite;
  bool above_low = false;   ///< low itself is excluded
  bool below_high = false;  ///< high itself is excluded

  bool holds(double value) const {
    return (above_low ? value > low : value >= low) && (below_high ? value < high : value <= high);
  }
  /// "a positive number", "a number from 0 to 1", …, with `noun` for "number".
  std::string words(std::string_view noun) const;
};

struct Table;

struct Key {
  std::string_view name;
  std::string_view about;  ///< one line for the reference and for editors
  Type type = Type::text;
  Arity arity = Arity::one;
  Bounds range = {};
  Kind of = Kind::none;                   ///< of references and of the keys of a map
  const Table* table = nullptr;           ///< of Type::table
  std::vector<std::string> choices = {};  ///< of Type::choice
  std::string_view shorthand = "";        ///< of Type::table: a number or law alone means this key of it
  bool required = false;
  std::size_t count = 0;           ///< of lists: how many values, where that is fixed
  bool may_be_empty = false;       ///< of lists of values: an empty one takes off what was inherited
  std::string_view fallback = "";  ///< the default as TOML, or "" for none
  Kind names = Kind::none;         ///< of lists of named entities: their kind
};

struct Table {
  std::string_view name;  ///< as in messages: "market", "market.spot", …
  std::vector<Key> keys;
  /// Groups of keys of which one group alone may be given.
  std::vector<std::vector<std::string>> alternatives = {};
  bool needs_alternative = false;  ///< one of the groups must be given

  const Key* find(std::string_view key) const;
  std::vector<std::string> key_names() const;
};

/// The table that a whole file is.
const Table& root_table();

/// The keys of a law written as a table.
const Table& law_table();

/// Every table there is, from the root on, each once.
std::vector<const Table*> all_tables();

/// "market", "job", …: the key of the root table that lists entities of this kind.
std::string_view kind_name(Kind kind);

/// "a market", "an item".
std::string with_article(std::string_view noun);

/// How many entities of a kind there may be; 0: no limit.
int kind_limit(Kind kind);

/// Whether the text may name an entity: letters, digits, '_', '-', and blanks between these.
bool is_name(std::string_view text);

}  // namespace costrisk::scenario
