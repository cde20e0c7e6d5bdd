// Overrides of single values.
#include "src/scenario/reader/override.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/spell_out.hpp"
#include "src/scenario/reader/toml_reader.hpp"

namespace costrisk::scenario {
namespace {

struct Segment {
  std::string text;
  Place place;
};

void move_to(Node& node, int source, int columns) {
  const auto moved = [&](Place& place) { place = {source, 1, std::max(1, place.column + columns)}; };
  moved(node.place);
  for (Node& item : node.items) move_to(item, source, columns);
  for (Entry& entry : node.entries) {
    moved(entry.place);
    move_to(entry.value, source, columns);
  }
}

bool is_in_a_bare_word(char c) {
  const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
  return beyond_ascii || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("_ .:/+%-").find(c) != std::string_view::npos;
}

/// Whether the text would be one between quotes as it stands, which a text that is no UTF-8 would not.
bool is_bare_word(const std::string& text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_in_a_bare_word)) return false;
  Diagnostics scratch;
  Node document;
  const std::string toml = "v=\"" + text + "\"";
  return read_toml(toml, scratch.add_source("", "", toml), scratch, document);
}

/// The value, with its places in the override's own text.
std::optional<Node> parsed_value(const std::string& text, int source, int column, Diagnostics& diagnostics) {
  constexpr int prefix = 2;
  Diagnostics scratch;
  Node document;
  const std::string toml = "v=" + text;
  const bool good =
      text.find('\n') == std::string::npos && read_toml(toml, scratch.add_source("", "", toml), scratch, document);
  if (good && document.entries.size() == 1) {
    Node value = std::move(document.entries.front().value);
    move_to(value, source, column - 1 - prefix);
    return value;
  }
  if (is_bare_word(text)) {
    Node value;
    value.kind = Node::Kind::text;
    value.text = text;
    value.place = {source, 1, column};
    return value;
  }
  diagnostics.error({source, 1, column}, text.empty() ? "no value; expected ADDRESS=VALUE"
                                                      : "the value is no valid TOML; expected a number, a \"text\", "
                                                        "a [list] or a { table }");
  return std::nullopt;
}

/// Whether a text fits a pattern, in which * stands for any text, none and dots included.
bool fits(std::string_view text, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return text == pattern;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t skipped = star; skipped <= text.size(); ++skipped)
    if (fits(text.substr(skipped), rest)) return true;
  return false;
}

bool may_be_set(const Key& key) {
  return key.names == Kind::none && key.name != "like" && key.name != "extends" && key.name != "include" &&
         key.name != "name";
}

/// Calls `visit(address, value, key)` for every key that may be set of the tables that are there; the value is null
/// where the key is absent.
template <class Visit>
void each_address(const Node& table, const Table& schema, const std::string& path, const Visit& visit) {
  const auto visit_parts = [&](const Node& value, const Key& key, const std::string& address) {
    if (!value.is_table()) return;
    if (key.type == Type::table) each_address(value, *key.table, address, visit);
    if (key.type == Type::law || key.type == Type::hours_law) each_address(value, law_table(), address, visit);
  };
  for (const Key& key : schema.keys) {
    const std::string address = path + std::string(key.name);
    const Node* value = table.find(key.name);
    if (may_be_set(key)) visit(address, value, key);
    if (!value) continue;
    if (key.arity == Arity::map && value->is_table())
      for (const Entry& entry : value->entries) {
        visit(address + "." + entry.key, &entry.value, key);
        visit_parts(entry.value, key, address + "." + entry.key + ".");
      }
    if (key.arity == Arity::list)
      for (std::size_t i = 0; i < value->items.size(); ++i) {
        const Node* name = value->items[i].is_table() ? value->items[i].find("name") : nullptr;
        const bool named = key.names != Kind::none && name && name->kind == Node::Kind::text;
        visit_parts(value->items[i], key, fmt::format("{}.{}.", address, named ? name->text : fmt::format("{}", i)));
      }
    if (key.arity == Arity::one) visit_parts(*value, key, address + ".");
  }
}

/// Calls `visit(address, value)` for every value that has the place.
template <class Visit>
void each_at(const Node& root, const Place& place, const Visit& visit) {
  each_address(root, root_table(), "", [&](const std::string& address, const Node* value, const Key&) {
    if (value && value->place.source == place.source && value->place.line == place.line &&
        value->place.column == place.column)
      visit(address, *value);
  });
}

/// Multiplies a number, what a law consists of, a duration, or what a table is short for. Returns false for anything
/// else.
bool scale(Node& value, double factor, const std::string& shorthand = "") {
  if (value.is_number()) {
    value.real = value.number() * factor;
    value.kind = Node::Kind::real;
    return true;
  }
  if (value.kind == Node::Kind::text) {
    const std::optional<Duration> duration = parse_duration(value.text);
    if (!duration) return false;
    value.text = fmt::format("{}s", duration->seconds * factor);
    return true;
  }
  bool any = false;
  for (Entry& entry : value.entries) {
    if (entry.key == "file" && !value.find("times")) {
      Node times;
      times.kind = Node::Kind::real;
      times.real = factor;
      times.place = entry.place;
      value.entries.push_back({"times", entry.place, std::move(times)});
      return true;
    }
    if (entry.key == "times") {
      any = scale(entry.value, factor) || any;
    } else if (entry.key == "values" && entry.value.is_list()) {
      for (Node& item : entry.value.items) any = scale(item, factor) || any;
    } else if (is_amount_of_law(entry.key) || entry.key == shorthand) {
      any = scale(entry.value, factor) || any;
    }
  }
  return any;
}

/// Addresses that fit a pattern, and of a table none of its parts; to scale, of what can be multiplied.
std::vector<std::string> addresses_that_fit(const std::string& pattern, const Node& root, bool scales) {
  std::vector<std::string> found;
  each_address(root, root_table(), "", [&](const std::string& address, const Node* value, const Key& key) {
    if (!fits(address, pattern)) return;
    if (Node copy = value ? *value : Node{}; scales && !scale(copy, 1.0, std::string(key.shorthand))) return;
    const bool is_part = std::any_of(found.begin(), found.end(),
                                     [&](const std::string& whole) { return address.starts_with(whole + "."); });
    if (!is_part) found.push_back(address);
  });
  return found;
}

/// Walks an address down the schema and the document together, making what is absent on the way.
class Setter {
 public:
  Setter(std::vector<Segment> segments, Node value, bool scales, Diagnostics& diagnostics)
      : segments_(std::move(segments)), value_(std::move(value)), scales_(scales), diagnostics_(diagnostics) {}

  /// Sets the value, or multiplies what is there by it; where the address is refused, nothing changes. Returns the
  /// place of the value before, if there was one.
  std::optional<Place> into_document(Node& root) {
    Node changed = root;
    into_table(changed, root_table(), 0);
    if (refused_) return std::nullopt;
    root = std::move(changed);
    return before_;
  }

 private:
  void into_table(Node& node, const Table& schema, std::size_t at) {
    const Segment& segment = segments_[at];
    const Key* key = schema.find(segment.text);
    if (!key) {
      std::string hint = did_you_mean(segment.text, schema.key_names());
      if (hint.empty()) hint = "; expected " + one_of(schema.key_names());
      return refuse(segment, fmt::format("nothing has the address '{}'{}", address(at), hint));
    }
    const bool root_name = &schema == &root_table() && key->name == "name";
    if (key->name == "like" || key->name == "extends" || key->name == "include" || (key->name == "name" && !root_name))
      return refuse(segment, fmt::format("'{}' cannot be set; expected the address of a value", key->name));
    if (!node.is_table()) return refuse(segment, fmt::format("'{}' has no parts", address(at - 1)));
    if (at + 1 == segments_.size()) {
      if (key->names != Kind::none)
        return refuse(segment,
                      fmt::format("'{}' names no {}; expected {}.NAME.KEY", address(at), key->name, key->name));
      return assign(node, *key);
    }
    Node& child = found_or_made(node, segment, *key);
    switch (key->arity) {
      case Arity::one:
        return into_value(child, *key, at + 1);
      case Arity::list:
        return key->names == Kind::none ? into_list(child, *key, at + 1) : into_entities(child, *key, at + 1);
      case Arity::map:
        return into_map(child, *key, at + 1);
    }
  }

  std::string address(std::size_t last) const {
    std::string text;
    for (std::size_t i = 0; i <= last && i < segments_.size(); ++i) text += (i ? "." : "") + segments_[i].text;
    return text;
  }

  void refuse(const Segment& segment, std::string message) {
    diagnostics_.error(segment.place, std::move(message));
    refused_ = true;
  }

  /// Sets the last segment's key. A short spelling sets what it is short for and leaves the rest of the table.
  void assign(Node& table, const Key& key) {
    const Segment& segment = segments_.back();
    Node* present = table.find(segment.text);
    if (present) before_ = present->place;
    if (scales_) {
      if (!present)
        return refuse(segment, fmt::format("'{}' is not given, and has nothing to multiply; set it instead",
                                           address(segments_.size() - 1)));
      if (!scale(*present, value_.number(), std::string(key.shorthand)))
        refuse(segment, fmt::format("'{}' is no number, duration or law; expected the address of one",
                                    address(segments_.size() - 1)));
      return;
    }
    if (present && present->is_table() && !key.shorthand.empty() && looks_like_law(value_)) {
      present->erase(key.shorthand);
      present->entries.push_back({std::string(key.shorthand), segment.place, value_});
    } else if (present) {
      *present = value_;
    } else {
      table.entries.push_back({segment.text, segment.place, value_});
    }
  }

  Node& found_or_made(Node& table, const Segment& segment, const Key& key) {
    if (Node* present = table.find(segment.text)) return *present;
    Node made;
    made.kind = key.arity == Arity::list ? Node::Kind::list : Node::Kind::table;
    made.place = segment.place;
    table.entries.push_back({segment.text, segment.place, std::move(made)});
    return table.entries.back().value;
  }

  void into_value(Node& node, const Key& key, std::size_t at) {
    if (key.type == Type::table) return into_table(node, *key.table, at);
    if (key.type != Type::law && key.type != Type::hours_law)
      return refuse(segments_[at], fmt::format("'{}' has no parts; nothing has the address '{}'", address(at - 1),
                                               address(segments_.size() - 1)));
    if (!node.is_table()) {
      const Place place = node.place;
      node = Node{};
      node.place = place;
    }
    into_table(node, law_table(), at);
  }

  void into_entities(Node& list, const Key& key, std::size_t at) {
    const Segment& segment = segments_[at];
    std::vector<std::string> names;
    for (Node& entity : list.items) {
      const Node* name = entity.is_table() ? entity.find("name") : nullptr;
      if (!name || name->kind != Node::Kind::text) continue;
      if (name->text != segment.text) {
        names.push_back(name->text);
        continue;
      }
      if (at + 1 == segments_.size())
        return refuse(segment, fmt::format("'{}' is a whole {}; expected one of its values", address(at), key.name));
      return into_table(entity, *key.table, at + 1);
    }
    refuse(segment, fmt::format("nothing has the address '{}'; no {} is named '{}'{}", address(at), key.name,
                                segment.text, did_you_mean(segment.text, names)));
  }

  void into_list(Node& list, const Key& key, std::size_t at) {
    const Segment& segment = segments_[at];
    std::size_t index = 0;
    const char* end = segment.text.data() + segment.text.size();
    const auto [stop, failed] = std::from_chars(segment.text.data(), end, index);
    if (failed != std::errc() || stop != end) index = place_of_market(list, segment.text);
    if (index >= list.items.size())
      return refuse(segment, fmt::format("nothing has the address '{}'; '{}' has {} entries, counted from 0, or by the "
                                         "market of the only one there",
                                         address(at), address(at - 1), list.items.size()));
    if (at + 1 == segments_.size() && scales_ && !scale(list.items[index], value_.number()))
      refuse(segment, fmt::format("'{}' is no number, duration or law; expected the address of one", address(at)));
    else if (at + 1 == segments_.size() && !scales_)
      list.items[index] = value_;
    else if (at + 1 < segments_.size())
      into_value(list.items[index], key, at + 1);
  }

  /// The only entry of a list, such as of commitments or pools, that names the market; the size of the list where there
  /// is none.
  static std::size_t place_of_market(const Node& list, const std::string& market) {
    std::size_t place = list.items.size();
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const Node* named = list.items[i].is_table() ? list.items[i].find("market") : nullptr;
      if (!named || named->kind != Node::Kind::text || named->text != market) continue;
      if (place != list.items.size()) return list.items.size();
      place = i;
    }
    return place;
  }

  void into_map(Node& map, const Key& key, std::size_t at) {
    if (!map.is_table()) return refuse(segments_[at], fmt::format("'{}' has no parts", address(at - 1)));
    Key element = key;
    element.arity = Arity::one;
    if (at + 1 == segments_.size()) return assign(map, element);
    into_value(found_or_made(map, segments_[at], element), element, at + 1);
  }

  std::vector<Segment> segments_;
  Node value_;
  bool scales_;
  Diagnostics& diagnostics_;
  bool refused_ = false;
  std::optional<Place> before_;
};

/// Sets or multiplies the value at one address. Returns the place of the value before, if there was one.
std::optional<Place> set(const std::string& address, const Node& value, bool scales, bool is_pattern, int source,
                         Diagnostics& diagnostics, Node& root) {
  std::vector<Segment> segments;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(address.find('.', begin), address.size());
    // Of an address that fits a pattern the parts have no places of their own.
    segments.push_back({address.substr(begin, end - begin), {source, 1, is_pattern ? 1 : static_cast<int>(begin) + 1}});
    if (end == address.size()) break;
    begin = end + 1;
  }
  return Setter(std::move(segments), value, scales, diagnostics).into_document(root);
}

/// Warns of values that `like` or `extends` copied from those replaced, and that keep what these were.
void name_copies(const std::vector<std::pair<std::string, Place>>& replaced, const std::vector<std::string>& addresses,
                 int source, Diagnostics& diagnostics, const Node& root) {
  constexpr std::size_t most_named = 4;
  std::vector<std::string> copies;
  for (const auto& [address, place] : replaced)
    if (!diagnostics.is_assignment(place.source))
      each_at(root, place, [&](const std::string& other, const Node&) {
        if (std::find(addresses.begin(), addresses.end(), other) == addresses.end()) copies.push_back(other);
      });
  if (copies.empty()) return;
  const std::size_t others = copies.size() > most_named ? copies.size() - most_named : 0;
  copies.resize(copies.size() - others);
  diagnostics.warning(
      {source, 1, 1},
      fmt::format("{}{} {} the value that stood there, and {} it; set {} too, or use * for a part of the "
                  "address",
                  fmt::join(copies, ", "), others > 0 ? fmt::format(" and {} others", others) : "",
                  copies.size() + others == 1 ? "copies" : "copy", copies.size() + others == 1 ? "keeps" : "keep",
                  copies.size() + others == 1 ? "it" : "them"));
}

}  // namespace

void apply_override(const Assignment& made, Diagnostics& diagnostics, Node& root) {
  const std::string& assignment = made.text;
  const int source = diagnostics.add_assignment(made.source, assignment);
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0)
    return diagnostics.error({source, 1, 1}, "no override; expected ADDRESS=VALUE such as horizon=13w");
  const bool scales = equals > 1 && assignment.compare(equals - 2, 2, " *") == 0;
  const std::size_t operator_at = scales ? equals - 1 : equals;
  std::string address = assignment.substr(0, assignment.find_last_not_of(" \t", operator_at - 1) + 1);
  std::size_t value_at = assignment.find_first_not_of(" \t", equals + 1);
  if (value_at == std::string::npos) value_at = assignment.size();
  const std::optional<Node> value =
      parsed_value(assignment.substr(value_at), source, static_cast<int>(value_at) + 1, diagnostics);
  if (!value) return;
  if (scales && !(value->is_number() && value->number() >= 0.0))
    return diagnostics.error(value->place, "what is multiplied by is no number; expected a factor such as 1.2");

  // Budgets stand under a key of their own (compose.cpp).
  if (address.starts_with("budget.")) address.insert(6, "s");
  const bool is_pattern = address.find('*') != std::string::npos;
  const std::vector<std::string> addresses =
      is_pattern ? addresses_that_fit(address, root, scales) : std::vector<std::string>{address};
  if (addresses.empty())
    return diagnostics.error({source, 1, 1}, fmt::format("nothing has an address like '{}'", address));
  std::vector<std::pair<std::string, Place>> replaced;
  for (const std::string& one : addresses)
    if (const std::optional<Place> before = set(one, *value, scales, is_pattern, source, diagnostics, root))
      replaced.emplace_back(one, *before);
  name_copies(replaced, addresses, source, diagnostics, root);
}

std::vector<NumberAt> numbers_of(const Node& root) {
  std::vector<NumberAt> numbers;
  std::string law;  // the address of the last one: its parts are no numbers of their own
  each_address(root, root_table(), "", [&](const std::string& address, const Node* value, const Key& key) {
    for (const char* other : {"simulation", "goal", "search", "stress", "allocation", "horizon", "step", "start"})
      if (address == other || address.starts_with(std::string(other) + ".")) return;
    if (!value || (!law.empty() && address.starts_with(law + "."))) return;
    NumberAt number{address, 0.0, key.type == Type::integer};
    const bool may_be_law = key.type == Type::law || key.type == Type::hours_law;
    if (value->is_number()) {
      number.value = value->number();
    } else if (value->kind == Node::Kind::text) {
      const std::optional<Duration> duration = parse_duration(value->text);
      if (!duration || key.type == Type::text || key.type == Type::label) return;
      number.value = duration->hours;
    } else if (may_be_law && value->is_table() && key.arity != Arity::map) {
      law = address;
      for (const char* center : {"mode", "median"})
        if (const Node* part = value->find(center)) {
          const std::optional<Duration> duration = parse_duration(part->text);
          number.value = part->is_number() ? part->number() : duration ? duration->hours : 0.0;
        }
    } else if (may_be_law && value->is_table() && (value->find("mode") || value->find("median"))) {
      law = address;  // of a map, whose entries are visited by themselves
      const Node* part = value->find("mode") ? value->find("mode") : value->find("median");
      number.value = part->is_number() ? part->number() : 0.0;
    }
    if (number.value != 0.0 && std::isfinite(number.value)) numbers.push_back(std::move(number));
  });
  return numbers;
}

}  // namespace costrisk::scenario
