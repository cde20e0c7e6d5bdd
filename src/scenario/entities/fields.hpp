// Rows: how the keys of a table fill the members of a struct, and how the members are written as keys again.
//
// A struct of the scenario describes its table by `table_name` and
//
//   template <class Rows>
//   static void fields(Rows& row) {
//     row.number("egress_per_gb", &Market::egress_per_gb, {.about = "…", .range = non_negative, .fallback = "0"});
//   }
//
// Reading, validating, `--set`, `check --resolved`, the JSON Schema and docs/scenario.md follow from the rows. A table
// that fills part of another's struct has a struct of its own with `using Of = Market;`. A struct may say by
// `static bool is_given(const TableReader&)` when an optional one is there; else it is where its key is.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/entities/values.hpp"
#include "src/scenario/reader/resolved_values.hpp"
#include "src/scenario/reader/table_reader.hpp"

namespace costrisk::scenario {

/// Keys with their values as TOML, in order.
using KeyTexts = std::vector<std::pair<std::string_view, std::string>>;

/// A text of tables under headers of their own, while it is written.
struct Sections {
  const ResolvedValues& values;
  std::string_view left_out;  ///< the path of a table that is not written; empty: none
  std::string text = {};
};

/// What one row does with a struct.
template <class T>
struct Field {
  std::string_view name;
  /// Takes the value of the key. Where it is absent, or has an error, the member gets the default, and without one
  /// stays as it is.
  std::function<void(const TableReader&, T&)> read = {};
  /// Adds the key, if it needs writing.
  std::function<void(const ResolvedValues&, const T&, KeyTexts&)> write = {};
  /// Writes what stands under headers of its own. `path`: of the table that the key is in.
  std::function<void(const T&, const std::string& path, Sections&)> write_sections = {};

  bool is_written_last = false;

  /// Writes the key after all others, wherever its row stands.
  Field& written_last() {
    is_written_last = true;
    return *this;
  }

  /// Restricts what is written, not what is read.
  Field& written_if(std::function<bool(const T&)> holds) {
    write = [write = std::move(write), holds = std::move(holds)](const ResolvedValues& values, const T& entity,
                                                                 KeyTexts& texts) {
      if (holds(entity)) write(values, entity, texts);
    };
    return *this;
  }

  /// The key is one of several that exclude one another: where it is given, `member` becomes `value`.
  template <class Member>
  Field& alternative(Member T::*member, Member value) {
    read = [read = std::move(read), name = name, member, value](const TableReader& table, T& entity) {
      if (!table.given(name)) return;
      entity.*member = value;
      read(table, entity);
    };
    return written_if([member, value](const T& entity) { return entity.*member == value; });
  }
};

/// A table with the fields of the struct that it fills.
template <class T>
struct TableOf : Table {
  std::vector<Field<T>> fields = {};
  std::set<std::ptrdiff_t> offsets = {};  ///< of the members that rows fill

  void read(const TableReader& table, T& entity) const {
    for (const Field<T>& field : fields)
      if (field.read) field.read(table, entity);
  }

  KeyTexts texts(const ResolvedValues& values, const T& entity) const {
    KeyTexts result;
    for (const bool last : {false, true})
      for (const Field<T>& field : fields)
        if (field.write && field.is_written_last == last) field.write(values, entity, result);
    return result;
  }

  std::string inline_text(const ResolvedValues& values, const T& entity) const {
    Inline table;
    for (const auto& [key, value] : texts(values, entity)) table.add(key, value);
    return table.text();
  }

  /// Writes the keys first, then what stands under headers of its own. `path`: of this table; empty: the whole file.
  void write(const T& entity, const std::string& path, Sections& sections) const {
    for (const auto& [key, value] : texts(sections.values, entity))
      sections.text += fmt::format("{} = {}\n", key, value);
    for (const Field<T>& field : fields)
      if (field.write_sections) field.write_sections(entity, path, sections);
  }
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
  using Value = T;
};
template <class T>
inline constexpr bool is_optional = IsOptional<T>::value;

template <class Entity, class T, class Member>
auto& member_at(Entity& entity, Member T::*member) {
  return entity.*member;
}
template <class Entity, class T, class Outer, class Inner>
auto& member_at(Entity& entity, const Through<T, Outer, Inner>& path) {
  return entity.*path.outer.*path.inner;
}

/// How many members an aggregate has: as many initializers as it takes.
template <class T>
class MemberCount {
  struct Anything {
    template <class Member>
    operator Member() const;  // never called
  };
  template <std::size_t>
  using One = Anything;
  template <std::size_t... I>
  static constexpr bool takes(std::index_sequence<I...>) {
    return requires { T{One<I>{}...}; };
  }

 public:
  template <std::size_t count = 0>
  static constexpr std::size_t value() {
    if constexpr (takes(std::make_index_sequence<count + 1>()))
      return value<count + 1>();
    else
      return count;
  }
};

/// Periods of the calendar: a month, and three.
inline constexpr std::array<const char*, 2> calendar_periods = {"month", "quarter"};
/// How many months a period of the calendar has; 0: the text is none.
inline int months_named(std::string_view text) {
  return text == calendar_periods[0] ? 1 : text == calendar_periods[1] ? 3 : 0;
}

inline bool is_of_time(Type type) {
  return type == Type::duration || type == Type::instant || type == Type::duration_or_forever ||
         type == Type::duration_or_calendar;
}

/// The value of a key as a member of type Value.
template <class Value>
Value value_as(const TableReader& table, const Key& key) {
  if constexpr (std::is_same_v<Value, Law>) {
    return table.law(key.name);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return table.text(key.name);
  } else if constexpr (std::is_same_v<Value, double>) {
    return is_of_time(key.type) ? table.seconds(key.name) : table.number(key.name);
  } else if constexpr (std::is_same_v<Value, bool>) {
    return table.boolean(key.name);
  } else if constexpr (std::is_integral_v<Value>) {
    return key.type == Type::reference ? static_cast<Value>(table.reference(key.name))
                                       : static_cast<Value>(table.integer(key.name));
  } else if constexpr (std::is_same_v<Value, std::vector<double>>) {
    return table.numbers(key.name);
  } else if constexpr (std::is_same_v<Value, NumberPairs>) {
    return table.number_pairs(key.name);
  } else if constexpr (std::is_same_v<Value, std::vector<int>>) {
    return table.references(key.name);
  } else if constexpr (std::is_same_v<Value, Loadings>) {
    return table.loadings();
  } else if constexpr (std::is_same_v<Value, StartTime>) {
    return table.date_time(key.name);
  } else {  // an array of numbers
    Value result{};
    const std::vector<double> numbers = table.numbers(key.name);
    std::copy_n(numbers.begin(), std::min(numbers.size(), result.size()), result.begin());
    return result;
  }
}

/// An absent law has its address all the same, and of a list with errors the sound entries count.
template <class Value>
inline constexpr bool reads_always = std::is_same_v<Value, Law> || std::is_same_v<Value, std::vector<int>>;

/// The value as TOML; nothing for an empty text or list, no entity, and a number without limit.
template <class Value>
std::optional<std::string> text_of(const ResolvedValues& values, const Key& key, const Value& value) {
  if constexpr (std::is_same_v<Value, Law>) {
    return key.type == Type::hours_law ? values.hours_law(value) : values.law(value);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    if (value.empty()) return std::nullopt;
    return key.type == Type::path ? values.path(value) : text_text(value);
  } else if constexpr (std::is_same_v<Value, double>) {
    if (is_of_time(key.type)) return time_text(value);
    if (std::isinf(value)) return std::nullopt;
    return number_text(value);
  } else if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_integral_v<Value>) {
    if (key.type != Type::reference) return fmt::format("{}", value);
    if (value < 0) return std::nullopt;
    return text_text(values.name(key.of, static_cast<int>(value)));
  } else if constexpr (std::is_same_v<Value, std::vector<int>>) {
    if (value.empty()) return std::nullopt;
    return list_text(value, [&](int index) { return text_text(values.name(key.of, index)); });
  } else if constexpr (std::is_same_v<Value, NumberPairs>) {
    if (value.empty()) return std::nullopt;
    return list_text(value, [](const NumberPair& pair) { return list_text(pair, number_text); });
  } else if constexpr (std::is_same_v<Value, Loadings>) {
    if (value.empty()) return std::nullopt;
    return values.loadings(value);
  } else if constexpr (std::is_same_v<Value, StartTime>) {
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", value.year, value.month, value.day, value.hour,
                       value.minute, value.second);
  } else {
    return list_text(value, number_text);
  }
}

/// Takes the rows of a struct and makes its table of them.
template <class T>
class Rows {
 public:
  explicit Rows(TableOf<T>& table) : table_(table) {}

  // Single values, and lists of them. The member says what is read: a double is the number, or the seconds; an optional
  // member is empty where the key is absent.
  Field<T>& text(std::string_view name, auto member, Key key) { return value(name, Type::text, member, key); }
  Field<T>& label(std::string_view name, auto member, Key key) { return value(name, Type::label, member, key); }
  Field<T>& texts(std::string_view name, std::vector<std::string> T::*member, Key key) {
    key.arity = Arity::list;
    Field<T>& field = add(name, Type::text, key);
    cover(member);
    field.read = [name, member](const TableReader& table, T& entity) { entity.*member = table.texts(name); };
    field.write = [name, member](const ResolvedValues&, const T& entity, KeyTexts& texts) {
      if (!(entity.*member).empty()) texts.emplace_back(name, list_text(entity.*member, text_text));
    };
    return field;
  }
  Field<T>& path(std::string_view name, auto member, Key key) { return value(name, Type::path, member, key); }
  /// One path, or a list of them.
  Field<T>& paths(std::string_view name, std::vector<std::string> T::*member, Key key) {
    key.arity = Arity::list;
    Field<T>& field = add(name, Type::path, key);
    cover(member);
    field.read = [name, member](const TableReader& table, T& entity) { entity.*member = table.texts(name); };
    field.write = [name, member](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      texts.emplace_back(name, list_text(entity.*member, [&](const std::string& path) { return values.path(path); }));
    };
    return field;
  }
  Field<T>& boolean(std::string_view name, auto member, Key key) { return value(name, Type::boolean, member, key); }
  Field<T>& integer(std::string_view name, auto member, Key key) { return value(name, Type::integer, member, key); }
  Field<T>& number(std::string_view name, auto member, Key key) { return value(name, Type::number, member, key); }
  Field<T>& duration(std::string_view name, auto member, Key key) { return value(name, Type::duration, member, key); }
  Field<T>& instant(std::string_view name, auto member, Key key) { return value(name, Type::instant, member, key); }
  Field<T>& duration_or_forever(std::string_view name, auto member, Key key) {
    return value(name, Type::duration_or_forever, member, key);
  }
  Field<T>& law(std::string_view name, auto member, Key key) { return value(name, Type::law, member, key); }
  Field<T>& hours_law(std::string_view name, auto member, Key key) { return value(name, Type::hours_law, member, key); }
  Field<T>& date_time(std::string_view name, auto member, Key key) { return value(name, Type::date_time, member, key); }
  Field<T>& numbers(std::string_view name, auto member, Key key) {
    key.arity = Arity::list;
    return value(name, Type::number, member, key);
  }
  Field<T>& number_pairs(std::string_view name, NumberPairs T::*member, Key key) {
    key.arity = Arity::list;
    return value(name, Type::number_pair, member, key);
  }
  Field<T>& reference(std::string_view name, auto member, Kind of, Key key) {
    key.of = of;
    return value(name, Type::reference, member, key);
  }
  Field<T>& references(std::string_view name, auto member, Kind of, Key key) {
    key.arity = Arity::list;
    return reference(name, member, of, key);
  }

  /// A text that is the value of `other` where it is absent.
  Field<T>& label_or(std::string_view name, std::string T::*member, std::string_view other, Key key) {
    Field<T>& field = label(name, member, key);
    field.read = [name, member, other](const TableReader& table, T& entity) {
      entity.*member = table.text(table.has(name) ? name : other);
    };
    return field;
  }

  /// One of the names of an enumeration, in the order of its enumerators.
  template <class Names>
  Field<T>& choice(std::string_view name, auto member, const Names& names, Key key) {
    key.choices.assign(std::begin(names), std::end(names));
    Field<T>& field = add(name, Type::choice, key);
    cover(member);
    field.read = [name, member, names = key.choices](const TableReader& table, T& entity) {
      auto& target = member_at(entity, member);
      target = static_cast<std::remove_reference_t<decltype(target)>>(index_in(names, table.text(name)));
    };
    field.write = [name, member, names = key.choices](const ResolvedValues&, const T& entity, KeyTexts& texts) {
      texts.emplace_back(name, text_text(names.at(static_cast<std::size_t>(member_at(entity, member)))));
    };
    return field;
  }

  /// Several of the names of an enumeration, of which the key's choices are some; sorted.
  template <class Enum, class Names>
  Field<T>& choices(std::string_view name, std::vector<Enum> T::*member, const Names& names, Key key) {
    key.arity = Arity::list;
    Field<T>& field = add(name, Type::choice, key);
    cover(member);
    const std::vector<std::string> all(std::begin(names), std::end(names));
    field.read = [name, member, all](const TableReader& table, T& entity) {
      for (const std::string& text : table.texts(name))
        (entity.*member).push_back(static_cast<Enum>(index_in(all, text)));
      std::sort((entity.*member).begin(), (entity.*member).end());
    };
    field.write = [name, member, all](const ResolvedValues&, const T& entity, KeyTexts& texts) {
      if (!(entity.*member).empty())
        texts.emplace_back(name, list_text(entity.*member, [&](Enum value) {
                             return text_text(all.at(static_cast<std::size_t>(value)));
                           }));
    };
    return field;
  }

  /// A law, or a word that stands for one of `laws`, or for none (std::nullopt). Words for a number alone.
  using WordForLaw = std::pair<std::string_view, std::optional<double>>;
  Field<T>& law_or_word(std::string_view name, std::optional<Law> T::*member, const std::vector<WordForLaw>& words,
                        Key key) {
    for (const auto& [word, value] : words) key.choices.emplace_back(word);
    Field<T>& field = add(name, Type::law_or_word, key);
    cover(member);
    field.read = [name, member, words](const TableReader& table, T& entity) {
      for (const auto& [word, value] : words)
        if (table.is(name, word)) {
          entity.*member = value ? std::optional(Law::constant(*value)) : std::nullopt;
          return;
        }
      if (table.has(name)) entity.*member = table.law(name);
    };
    field.write = [name, member, words](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      const std::optional<Law>& law = entity.*member;
      for (const auto& [word, value] : words)
        if (value ? law && law->is_constant() && law->mode == *value : !law) {
          texts.emplace_back(name, text_text(std::string(word)));
          return;
        }
      if (law) texts.emplace_back(name, values.law(*law));
    };
    return field;
  }

  /// A duration, or "month" or "quarter", which set `months` in place of `seconds`.
  Field<T>& duration_or_calendar(std::string_view name, double T::*seconds, int T::*months, Key key) {
    Field<T>& field = add(name, Type::duration_or_calendar, key);
    cover(seconds);
    cover(months);
    field.read = [name, seconds, months](const TableReader& table, T& entity) {
      entity.*months = months_named(table.text(name));
      if (entity.*months == 0) entity.*seconds = table.seconds(name);
    };
    field.write = [name, seconds, months](const ResolvedValues&, const T& entity, KeyTexts& texts) {
      texts.emplace_back(name, entity.*months == 0 ? time_text(entity.*seconds)
                                                   : text_text(calendar_periods.at(entity.*months == 1 ? 0 : 1)));
    };
    return field;
  }

  /// Numbers by the names of entities, as (index, number) in ascending order.
  Field<T>& numbers_by_name(std::string_view name, std::vector<std::pair<int, double>> T::*member, Kind of, Key key) {
    Field<T>& field = add_map(name, Type::number, of, key);
    cover(member);
    field.read = [name, member](const TableReader& table, T& entity) {
      entity.*member = table.numbers_by_name(name);
      std::sort((entity.*member).begin(), (entity.*member).end());
    };
    field.write = [name, member, of](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      if ((entity.*member).empty()) return;
      Inline table;
      for (const auto& [index, number] : entity.*member)
        table.add(key_text(values.name(of, index)), number_text(number));
      texts.emplace_back(name, table.text());
    };
    return field;
  }

  /// Rates by market, as numbers or as laws of numbers.
  Field<T>& rates(std::string_view name, Type type, std::vector<MarketRate> T::*member, Key key) {
    Field<T>& field = add_map(name, type, Kind::market, key);
    cover(member);
    field.read = [name, member](const TableReader& table, T& entity) {
      (entity.*member).clear();
      for (auto& [market, law] : table.laws_by_name(name)) (entity.*member).push_back({market, std::move(law)});
    };
    field.write = [name, member](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      if ((entity.*member).empty()) return;
      Inline table;
      for (const MarketRate& rate : entity.*member)
        table.add(key_text(values.name(Kind::market, rate.market)), values.law(rate.rate));
      texts.emplace_back(name, table.text());
    };
    return field;
  }

  /// Weights by factor.
  Field<T>& loadings(std::string_view name, Loadings T::*member, Key key) {
    key.arity = Arity::map;
    key.of = Kind::factor;
    return value(name, Type::number, member, key);
  }

  // Tables.

  /// A table on one line, of a struct or an optional one.
  template <class Member>
  Field<T>& table(std::string_view name, Member member, Key key) {
    return table(name, member, Pointee<Member>{}, key);
  }
  /// Likewise, with the keys that `Keys` describes.
  template <class Member, class Keys>
  Field<T>& table(std::string_view name, Member member, Keys, Key key) {
    const TableOf<Filled<Keys>>& inner = table_of<Keys>();
    Field<T>& field = add_table(name, member, inner, key);
    field.write = [name, member, &inner](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      if (const auto* value = pointer_to(member_at(entity, member)))
        texts.emplace_back(name, inner.inline_text(values, *value));
    };
    return field;
  }

  /// A table under a header of its own, of a struct or an optional one. Without keys it is left out.
  template <class Member>
  Field<T>& section(std::string_view name, Member member, Key key) {
    const auto& inner = table_of<Pointee<Member>>();
    Field<T>& field = add_table(name, member, inner, key);
    field.write_sections = [name, member, &inner](const T& entity, const std::string& path, Sections& sections) {
      const auto* value = pointer_to(member_at(entity, member));
      const std::string own_path = joined(path, name);
      if (!value || own_path == sections.left_out) return;
      const std::size_t start = sections.text.size();
      sections.text += fmt::format("\n[{}]\n", own_path);
      const std::size_t after_header = sections.text.size();
      inner.write(*value, own_path, sections);
      if (sections.text.size() == after_header) sections.text.resize(start);
    };
    return field;
  }

  /// A table on one line whose keys fill members of this struct. Without keys it is left out.
  template <class Keys>
  Field<T>& part(std::string_view name, Keys, Key key) {
    const TableOf<T>& inner = table_of<Keys>();
    key.table = &inner;
    Field<T>& field = add(name, Type::table, key);
    table_.offsets.insert(inner.offsets.begin(), inner.offsets.end());
    field.read = [name, &inner](const TableReader& table, T& entity) { inner.read(table.table(name), entity); };
    field.write = [name, &inner](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      if (!inner.texts(values, entity).empty()) texts.emplace_back(name, inner.inline_text(values, entity));
    };
    return field;
  }

  /// The keys of another struct among those of this one.
  template <class S>
  void group(std::optional<S> T::*member) {
    group(member, S{});
  }
  template <class S, class Keys>
  void group(std::optional<S> T::*member, Keys) {
    const TableOf<S>& inner = table_of<Keys>();
    cover(member);
    for (Key key : inner.keys) {
      key.group = inner.name;
      table_.keys.push_back(std::move(key));
    }
    Field<T>& field = table_.fields.emplace_back(Field<T>{inner.name});
    field.read = [member, &inner](const TableReader& table, T& entity) {
      if (S::is_given(table)) inner.read(table, (entity.*member).emplace());
    };
    field.write = [member, &inner](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      if (!(entity.*member)) return;
      for (auto& text : inner.texts(values, *(entity.*member))) texts.push_back(std::move(text));
    };
  }

  /// A list of tables on one line.
  template <class S>
  Field<T>& tables(std::string_view name, std::vector<S> T::*member, Key key) {
    Field<T>& field = add_list(name, member, key);
    field.write = [name, member](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      texts.emplace_back(
          name, list_text(entity.*member, [&](const S& value) { return table_of<S>().inline_text(values, value); }));
    };
    return field;
  }

  /// A list of tables with a header each.
  template <class S>
  Field<T>& sections(std::string_view name, std::vector<S> T::*member, Key key) {
    Field<T>& field = add_list(name, member, key);
    field.write_sections = [name, member](const T& entity, const std::string& path, Sections& sections) {
      for (const S& value : entity.*member) {
        const std::string own_path = joined(path, name);
        sections.text += fmt::format("\n[[{}]]\n", own_path);
        table_of<S>().write(value, own_path, sections);
      }
    };
    return field;
  }

  /// The named entities of a kind.
  template <class S>
  Field<T>& entities(Kind kind, std::vector<S> T::*member, std::string_view about) {
    return entities(kind_name(kind), kind, member, about);
  }
  template <class S>
  Field<T>& entities(std::string_view name, Kind kind, std::vector<S> T::*member, std::string_view about) {
    Key key{.about = about};
    key.names = kind;
    return sections(name, member, key);
  }

  /// Tables by the names of entities, whose indices `index` gets.
  template <class S>
  Field<T>& sections_by_name(std::string_view name, std::vector<S> T::*member, int S::*index, Kind of, Key key) {
    const TableOf<S>& inner = table_of<S>();
    key.table = &inner;
    Field<T>& field = add_map(name, Type::table, of, key);
    cover(member);
    field.read = [name, member, index, &inner](const TableReader& table, T& entity) {
      for (const auto& [position, reader] : table.tables_by_name(name)) {
        S& value = (entity.*member).emplace_back();
        value.*index = position;
        inner.read(reader, value);
      }
    };
    field.write_sections = [name, member, index, of, &inner](const T& entity, const std::string& path,
                                                             Sections& sections) {
      for (const S& value : entity.*member) {
        const std::string own_path =
            fmt::format("{}.{}", joined(path, name), key_text(sections.values.name(of, value.*index)));
        sections.text += fmt::format("\n[{}]\n", own_path);
        inner.write(value, own_path, sections);
      }
    };
    return field;
  }

  // The rest.

  /// A key that fills no member by itself: it is gone once the document is put together, or a check looks at it.
  void key(Key key) { table_.keys.push_back(std::move(key)); }

  /// Members that no key fills.
  template <class... Member>
  void derived(Member T::*... members) {
    (cover(members), ...);
  }

  /// The groups of keys of which one group alone may be given; `needed`: and one of them must be.
  void alternatives(std::vector<std::vector<std::string>> groups, bool needed) {
    table_.alternatives = std::move(groups);
    table_.needs_alternative = needed;
  }
  template <class Keys>
  std::vector<std::string> keys_of(Keys) const {
    return table_of<Keys>().key_names();
  }

 private:
  template <class Member>
  using Value = std::remove_reference_t<decltype(member_at(std::declval<T&>(), std::declval<Member>()))>;
  template <class V>
  static auto pointee() {
    if constexpr (is_optional<V>)
      return std::type_identity<typename IsOptional<V>::Value>{};
    else
      return std::type_identity<V>{};
  }
  /// The type of the member, or of what an optional one holds.
  template <class Member>
  using Pointee = typename decltype(pointee<Value<Member>>())::type;

  template <class V>
  static auto* pointer_to(const V& value) {
    if constexpr (is_optional<V>)
      return value ? &*value : nullptr;
    else
      return &value;
  }

  static std::string joined(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  }

  /// The position of the text among the names; 0 where it is none of them.
  static std::size_t index_in(const std::vector<std::string>& names, const std::string& text) {
    const auto found = std::find(names.begin(), names.end(), text);
    return found == names.end() ? 0 : static_cast<std::size_t>(found - names.begin());
  }

  template <class Member>
  void cover(Member T::*member) {
    static const T sample{};
    table_.offsets.insert(reinterpret_cast<const char*>(&(sample.*member)) - reinterpret_cast<const char*>(&sample));
  }
  template <class Outer, class Inner>
  void cover(const Through<T, Outer, Inner>& path) {
    cover(path.outer);
  }

  Field<T>& add(std::string_view name, Type type, Key key) {
    key.name = name;
    key.type = type;
    table_.keys.push_back(std::move(key));
    return table_.fields.emplace_back(Field<T>{name});
  }

  Field<T>& add_map(std::string_view name, Type type, Kind of, Key key) {
    key.arity = Arity::map;
    key.of = of;
    return add(name, type, std::move(key));
  }

  template <class Member, class S>
  Field<T>& add_table(std::string_view name, Member member, const TableOf<S>& inner, Key key) {
    key.table = &inner;
    Field<T>& field = add(name, Type::table, key);
    cover(member);
    field.read = [name, member, &inner](const TableReader& table, T& entity) {
      const TableReader reader = table.table(name);
      auto& target = member_at(entity, member);
      if constexpr (is_optional<Value<Member>>) {
        if (is_there<S>(table, reader, name)) inner.read(reader, target.emplace());
      } else {
        inner.read(reader, target);
      }
    };
    return field;
  }

  template <class S>
  static bool is_there(const TableReader& table, const TableReader& inner, std::string_view name) {
    if constexpr (requires { S::is_there_with_errors; }) return table.given(name);
    if constexpr (requires { S::is_given(inner); }) return table.has(name) && S::is_given(inner);
    return table.has(name);
  }

  template <class S>
  Field<T>& add_list(std::string_view name, std::vector<S> T::*member, Key key) {
    const TableOf<S>& inner = table_of<S>();
    key.table = &inner;
    key.arity = Arity::list;
    Field<T>& field = add(name, Type::table, key);
    cover(member);
    field.read = [name, member, &inner](const TableReader& table, T& entity) {
      for (const TableReader& reader : table.tables(name)) inner.read(reader, (entity.*member).emplace_back());
    };
    return field;
  }

  template <class Member>
  Field<T>& value(std::string_view name, Type type, Member member, Key key) {
    Field<T>& field = add(name, type, key);
    cover(member);
    const Key& own = table_.keys.back();
    using V = Value<Member>;
    field.read = [member, key = own](const TableReader& table, T& entity) {
      V& target = member_at(entity, member);
      if constexpr (is_optional<V>) {
        if (table.has(key.name)) target = value_as<Pointee<Member>>(table, key);
      } else if (table.gives(key.name) || reads_always<V>) {
        target = value_as<V>(table, key);
      }
    };
    field.write = [member, key = own](const ResolvedValues& values, const T& entity, KeyTexts& texts) {
      const V& source = member_at(entity, member);
      std::optional<std::string> text;
      if constexpr (is_optional<V>) {
        if (source) text = text_of(values, key, *source);
      } else {
        text = text_of(values, key, source);
      }
      if (text) texts.emplace_back(key.name, std::move(*text));
    };
    return field;
  }

  TableOf<T>& table_;
};

template <class Keys>
const TableOf<Filled<Keys>>& table_of() {
  using T = Filled<Keys>;
  static const TableOf<T> table = [] {
    TableOf<T> made;
    made.name = Keys::table_name;
    Rows<T> rows(made);
    Keys::fields(rows);
    if constexpr (std::is_same_v<Keys, T>) {
      made.members = MemberCount<T>::value();
      made.filled = made.offsets.size();
    }
    return made;
  }();
  return table;
}

}  // namespace costrisk::scenario
