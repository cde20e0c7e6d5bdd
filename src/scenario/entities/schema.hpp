// The schema of the scenario file as data: what keys there are, what they hold, and what they mean. The
// validator, the overrides, the JSON Schema and the reference page all follow these tables. The entities describe
// them row by row (fields.hpp), together with how each key fills the members of a struct.
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
  boolean,
  integer,
  number,
  number_pair,
  duration,
  instant,  ///< a duration from the start or another key's instant, or a local date
  duration_or_forever,
  duration_or_calendar,
  law,          ///< of numbers
  hours_law,    ///< of durations, held in hours
  law_or_word,  ///< a law of numbers, or one of `choices`
  date_time,
  choice,
  reference,  ///< the name of an entity of kind `of`
  table,
};

/// How many values: one, a list of them, or a table of them whose keys are names of kind `of`.
enum class Arity { one, list, map };

/// The kinds of named entities.
enum class Kind { none, factor, market, demand, job, service, serverless, item, optimization, budget, plan };

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

inline constexpr Bounds positive{0.0, infinite, true, false};
inline constexpr Bounds non_negative{0.0, infinite, false, false};
inline constexpr Bounds shares{0.0, 1.0, false, false};
inline constexpr Bounds positive_share{0.0, 1.0, true, false};
inline constexpr Bounds success_share{1e-6, 1.0, false, false};
inline constexpr Bounds open_share{0.0, 1.0, true, true};
inline constexpr Bounds correlation{-1.0, 1.0, false, false};
inline constexpr Bounds fleet{1.0, 4096.0, false, false};
inline constexpr Bounds fleet_or_none{0.0, 4096.0, false, false};
inline constexpr Bounds cv_range{0.0, 100.0, false, false};
inline constexpr Bounds spread_range{0.0, 10.0, false, false};

struct Table;

struct Key {
  std::string_view name = "";
  std::string_view about = "";  ///< one line for the reference and for editors
  Type type = Type::text;
  Arity arity = Arity::one;
  Bounds range = {};
  Kind of = Kind::none;                   ///< of references and of the keys of a map
  const Table* table = nullptr;           ///< of Type::table
  std::vector<std::string> choices = {};  ///< of Type::choice and Type::law_or_word
  std::string_view shorthand = "";        ///< of Type::table: a number or law alone means this key of it
  std::string_view since = "";  ///< of Type::instant: the key of the table from which it counts; "": the start
  bool required = false;
  std::size_t count = 0;           ///< of lists: how many values, where that is fixed
  bool may_be_empty = false;       ///< of lists of values: an empty one takes off what was inherited
  std::string_view fallback = "";  ///< the default as TOML, or "" for none
  Kind names = Kind::none;         ///< of lists of named entities: their kind
  std::string_view group = "";     ///< name of the table whose keys these are, where another one takes them in
};

struct Table {
  std::string_view name;  ///< as in messages: "market", "market.spot", …
  std::vector<Key> keys;
  /// Groups of keys of which one group alone may be given.
  std::vector<std::vector<std::string>> alternatives = {};
  bool needs_alternative = false;  ///< one of the groups must be given
  std::size_t members = 0;         ///< of the struct that the keys fill
  std::size_t filled = 0;          ///< members that a row fills, or says to be no key's

  const Key* find(std::string_view key) const;
  std::vector<std::string> key_names() const;
};

template <class Keys>
struct FilledBy {
  using type = Keys;
};
template <class Keys>
requires requires { typename Keys::Of; }
struct FilledBy<Keys> {
  using type = typename Keys::Of;
};
/// The struct that the keys of a table fill.
template <class Keys>
using Filled = typename FilledBy<Keys>::type;

template <class T>
struct TableOf;

/// The table that `Keys` describes, with its rows (fields.hpp). It is made when it is first asked for.
template <class Keys>
const TableOf<Filled<Keys>>& table_of();

/// The table that a whole file is.
const Table& root_table();

/// The keys of a law written as a table.
const Table& law_table();
/// Whether a key of a law holds amounts in the unit of its values.
bool is_amount_of_law(std::string_view key);

/// Every table there is, from the root on, each once.
std::vector<const Table*> all_tables();

/// "market", "job", …: the key of the root table that lists entities of this kind.
std::string_view kind_name(Kind kind);

/// "a market", "an item".
std::string with_article(std::string_view noun);

/// How many entities of a kind there may be; 0: no limit.
int kind_limit(Kind kind);

}  // namespace costrisk::scenario
