// Checks a document against the schema.
#include "src/scenario/reader/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "src/scenario/entities/plan.hpp"
#include "src/scenario/lower/expectation.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/law_files.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

constexpr double longest_seconds = 1e4 * hours_per_year * seconds_per_hour;

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

class Validator {
 public:
  Validator(Diagnostics& diagnostics, Validated& result) : diagnostics_(diagnostics), result_(result) {}

  void collect_names(Node& root) {
    for (const Key& key : root_table().keys) {
      if (key.names == Kind::none) continue;
      Node* list = root.find(key.name);
      if (!list || !list->is_list()) continue;
      std::vector<std::string>& names = result_.names[key.names];
      for (Node& entity : list->items) {
        if (!entity.is_table()) continue;
        Node* name = entity.find("name");
        if (!name || name->kind != Node::Kind::text) continue;
        if (!name->text.empty() && !trace::is_name(name->text)) {
          const bool blank_at_an_end = name->text.front() == ' ' || name->text.back() == ' ';
          diagnostics_.error(name->place,
                             fmt::format("{} is no name; expected letters, digits, '_', ' ' and '-'{}",
                                         in_quotes(name->text), blank_at_an_end ? ", without ' ' at an end" : ""));
          name->valid = false;
        } else if (std::find(names.begin(), names.end(), name->text) != names.end()) {
          diagnostics_.error(name->place, fmt::format("{} named {} exists already; expected another name",
                                                      with_article(kind_name(key.names)), in_quotes(name->text)));
          name->valid = false;
        }
        names.push_back(name->text);
      }
    }
  }

  void table(Node& node, const Table& schema, const std::string& address) {
    note_place(address, node.place);
    for (Entry& entry : node.entries) {
      const Key* key = schema.find(entry.key);
      if (!key) {
        unknown_key(entry, schema);
        continue;
      }
      value(entry.value, *key, address.empty() ? entry.key : address + "." + entry.key);
    }
    node.entries.erase(std::remove_if(node.entries.begin(), node.entries.end(),
                                      [&](const Entry& entry) { return !schema.find(entry.key); }),
                       node.entries.end());
    if (!node.valid) return;
    for (const Key& key : schema.keys)
      if (key.required && !node.find(key.name))
        diagnostics_.error(node.place, fmt::format("{} is missing{}; expected {}", in_quotes(key.name),
                                                   in_table(schema), expectation(key)));
    alternatives(node, schema);
  }

 private:
  static std::string in_table(const Table& schema) {
    return &schema == &root_table() ? "" : " in " + std::string(schema.name);
  }

  void note_place(const std::string& address, Place place) { result_.places.emplace(address, place); }

  void reject(Node& node, std::string message) {
    diagnostics_.error(node.place, std::move(message));
    node.valid = false;
  }

  void unknown_key(const Entry& entry, const Table& schema) {
    std::vector<std::string> known = schema.key_names();
    std::string hint = did_you_mean(entry.key, known);
    if (&schema == plan_table() && entry.key == "like") hint = "; did you mean 'extends'?";
    if (hint.empty()) hint = "; expected " + one_of(known);
    diagnostics_.error(entry.place, fmt::format("unknown key {}{}{}", in_quotes(entry.key), in_table(schema), hint));
  }

  static const Table* plan_table() { return root_table().find("plan")->table; }

  void wrong_type(Node& node, const Key& key) {
    reject(node, fmt::format("{} is {}; expected {}", in_quotes(key.name), describe(node), expectation(key)));
  }

  void alternatives(Node& node, const Table& schema) {
    if (schema.alternatives.empty() || &schema == &law_table()) return;
    const std::vector<std::string>* given = nullptr;
    std::string_view first_key;
    for (const Entry& entry : node.entries)
      for (const std::vector<std::string>& group : schema.alternatives) {
        if (std::find(group.begin(), group.end(), entry.key) == group.end()) continue;
        if (!given) {
          given = &group;
          first_key = entry.key;
        } else if (given != &group) {
          diagnostics_.error(entry.place, fmt::format("{} cannot stand beside {}; expected one of them",
                                                      in_quotes(entry.key), in_quotes(first_key)));
          return;
        }
      }
    if (given && !node.find(given->front())) {
      diagnostics_.error(node.place, fmt::format("{} is missing{}; {} needs it", in_quotes(given->front()),
                                                 in_table(schema), in_quotes(first_key)));
    } else if (!given && schema.needs_alternative) {
      std::vector<std::string> firsts;
      for (const std::vector<std::string>& group : schema.alternatives) firsts.push_back(group.front());
      diagnostics_.error(node.place,
                         fmt::format("something is missing{}; expected {}", in_table(schema), one_of(firsts)));
    }
  }

  void value(Node& node, const Key& key, const std::string& address) {
    note_place(address, node.place);
    switch (key.arity) {
      case Arity::one:
        single(node, key, address);
        break;
      case Arity::list:
        list(node, key, address);
        break;
      case Arity::map:
        map(node, key, address);
        break;
    }
  }

  void list(Node& node, const Key& key, const std::string& address) {
    if (!node.is_list()) return wrong_type(node, key);
    if (key.count > 0 && node.items.size() != key.count)
      return reject(node,
                    fmt::format("{} has {} values; expected {}", in_quotes(key.name), node.items.size(), key.count));
    if (key.names != Kind::none) return entities(node, key, address);
    std::vector<std::string> seen;
    Key element = key;
    element.arity = Arity::one;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      Node& item = node.items[i];
      const std::string item_address = fmt::format("{}.{}", address, i);
      note_place(item_address, item.place);
      single(item, element, item_address);
      if (!item.valid) node.valid = false;
      if (item.valid && (key.type == Type::reference || key.type == Type::choice)) {
        if (std::find(seen.begin(), seen.end(), item.text) != seen.end())
          reject(item, fmt::format("{} stands in {} twice; expected each name once", in_quotes(item.text),
                                   in_quotes(key.name)));
        seen.push_back(item.text);
      }
    }
    if (node.items.empty() && !key.may_be_empty && (key.required || key.type != Type::table))
      reject(node, fmt::format("{} is empty; expected {}", in_quotes(key.name), expectation(key)));
  }

  void entities(Node& node, const Key& key, const std::string& address) {
    const int limit = kind_limit(key.names);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      Node& entity = node.items[i];
      if (!entity.is_table()) {
        wrong_type(entity, key);
        continue;
      }
      if (limit > 0 && i == static_cast<std::size_t>(limit))
        diagnostics_.error(entity.place, fmt::format("more than {} entities of kind {}; expected at most {}", limit,
                                                     in_quotes(key.name), limit));
      const Node* name = entity.find("name");
      const bool named = name && name->kind == Node::Kind::text;
      table(entity, *key.table, address + "." + (named ? name->text : fmt::format("{}", i)));
    }
  }

  void map(Node& node, const Key& key, const std::string& address) {
    if (!node.is_table()) return wrong_type(node, key);
    const std::vector<std::string>& known = result_.names[key.of];
    double squares = 0.0;
    Key element = key;
    element.arity = Arity::one;
    for (Entry& entry : node.entries) {
      if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        diagnostics_.error(entry.place, unknown_name(entry.key, key));
        node.valid = false;
      }
      const std::string entry_address = address + "." + entry.key;
      note_place(entry_address, entry.value.place);
      single(entry.value, element, entry_address);
      if (!entry.value.valid) node.valid = false;
      if (entry.value.valid && entry.value.is_number()) squares += entry.value.number() * entry.value.number();
    }
    if (key.of == Kind::factor && node.valid && squares > 1.0)
      reject(node,
             fmt::format("the squares of {} add up to {}; expected a sum of at most 1", in_quotes(key.name), squares));
    if (node.entries.empty() && key.required)
      reject(node, fmt::format("{} is empty; expected {}", in_quotes(key.name), expectation(key)));
  }

  std::string unknown_name(const std::string& name, const Key& key) {
    const std::vector<std::string>& known = result_.names[key.of];
    std::string hint = did_you_mean(name, known);
    if (hint.empty() && known.empty()) hint = fmt::format("; the scenario has no {}", kind_name(key.of));
    if (hint.empty() && known.size() <= 12) hint = "; expected " + one_of(known);
    return fmt::format("no {} is named {}{}", kind_name(key.of), in_quotes(name), hint);
  }

  void number(Node& node, const Key& key, double value, std::string_view noun) {
    if (!std::isfinite(value) || std::abs(value) > largest_number)
      return reject(node, fmt::format("{} is {}; expected {} of at most 1e15", in_quotes(key.name), value,
                                      range_text(key.range, noun)));
    if (!key.range.holds(value))
      reject(node, fmt::format("{} is {}; expected {}", in_quotes(key.name), value, range_text(key.range, noun)));
  }

  void number_pair(Node& node, const Key& key) {
    if (!node.is_list() || node.items.size() != 2) return wrong_type(node, key);
    for (Node& item : node.items) {
      if (!item.is_number()) return wrong_type(node, key);
      number(item, key, item.number(), "number");
      if (!item.valid) node.valid = false;
    }
  }

  void duration(Node& node, const Key& key) {
    if (node.kind != Node::Kind::text) return wrong_type(node, key);
    const std::optional<Duration> parsed = parse_duration(node.text);
    if (!parsed) {
      std::string hint;
      if (!node.text.empty() && node.text.front() == '-')
        hint = "; a duration cannot be negative";
      else if (node.text.find_first_not_of("0123456789.") == std::string::npos)
        hint = fmt::format("; did you mean '{}h'?", node.text);
      return reject(node,
                    fmt::format("{} is no duration; expected {}{}", in_quotes(node.text), expectation(key), hint));
    }
    if (parsed->seconds > longest_seconds)
      return reject(node,
                    fmt::format("{} is {}; expected a duration of at most 10000y", in_quotes(key.name), node.text));
    if (key.range.holds(parsed->seconds)) return;
    const std::string expected =
        key.range.low == 0.0
            ? "a positive duration"
            : fmt::format("a duration from {} to {}", duration_text(key.range.low), duration_text(key.range.high));
    reject(node, fmt::format("{} is {}; expected {}", in_quotes(key.name), node.text, expected));
  }

  void single(Node& node, const Key& key, const std::string& address) {
    switch (key.type) {
      case Type::text:
      case Type::path:
        if (node.kind != Node::Kind::text) return wrong_type(node, key);
        if (node.text.empty())
          reject(node, fmt::format("{} is empty; expected {}", in_quotes(key.name), expectation(key)));
        return;
      case Type::label:
        return label(node, key);
      case Type::boolean:
        if (node.kind != Node::Kind::boolean) wrong_type(node, key);
        return;
      case Type::integer:
        if (node.kind == Node::Kind::real) make_whole(node);
        if (node.kind != Node::Kind::integer) return wrong_type(node, key);
        if (!key.range.holds(static_cast<double>(node.integer)))
          reject(node, fmt::format("{} is {}; expected {}", in_quotes(key.name), node.integer,
                                   range_text(key.range, "whole number")));
        return;
      case Type::number:
        if (node.kind == Node::Kind::text) make_number(node);
        if (!node.is_number()) return wrong_type(node, key);
        return number(node, key, node.number(), "number");
      case Type::number_pair:
        return number_pair(node, key);
      case Type::duration:
      case Type::instant:
        return duration(node, key);
      case Type::duration_or_forever:
        if (node.kind == Node::Kind::text && node.text == "forever") return;
        return duration(node, key);
      case Type::duration_or_calendar:
        if (node.kind == Node::Kind::text && (node.text == "month" || node.text == "quarter")) return;
        return duration(node, key);
      case Type::law:
      case Type::hours_law:
        return law(node, key, address);
      case Type::law_or_word:
        if (node.kind == Node::Kind::text) return choice(node, key);
        return law(node, key, address);
      case Type::date_time:
        return date_time(node, key);
      case Type::choice:
        return choice(node, key);
      case Type::reference:
        if (node.kind != Node::Kind::text) return wrong_type(node, key);
        if (const std::vector<std::string>& known = result_.names[key.of];
            std::find(known.begin(), known.end(), node.text) == known.end())
          reject(node, unknown_name(node.text, key));
        return;
      case Type::table:
        if (!node.is_table()) return wrong_type(node, key);
        return table(node, *key.table, address);
    }
  }

  /// Makes a number of a text such as 1.8M.
  static void make_number(Node& node) {
    static constexpr std::pair<char, double> letters[] = {{'k', 1e3}, {'M', 1e6}, {'B', 1e9}};
    for (const auto& [letter, factor] : letters) {
      if (!node.text.ends_with(letter)) continue;
      double number = 0.0;
      const char* end = node.text.data() + node.text.size() - 1;
      const auto [stop, failed] = std::from_chars(node.text.data(), end, number);
      if (failed != std::errc() || stop != end) return;
      node.kind = Node::Kind::real;
      node.real = number * factor;
    }
  }

  /// Makes an integer of a real number that is one, such as 2e3, as far as such numbers are exact.
  static void make_whole(Node& node) {
    constexpr double most_exact = 0x1p53;
    if (node.real != std::trunc(node.real) || std::abs(node.real) > most_exact) return;
    node.kind = Node::Kind::integer;
    node.integer = static_cast<std::int64_t>(node.real);
  }

  void label(Node& node, const Key& key) {
    if (node.kind == Node::Kind::date_time) return;
    if (node.kind != Node::Kind::text) return wrong_type(node, key);
    if (node.text.empty() || node.text.size() > 200)
      return reject(node, fmt::format("{} has {} characters; expected a text of 1 to 200", in_quotes(key.name),
                                      node.text.size()));
    if (key.name == "owner" && node.text == unused_owner)
      return reject(node, "the owner 'unused' stands for what nobody used; expected another name");
    if (key.name == "owner" && node.text == pro_rata)
      return reject(node, "the owner 'pro-rata' stands for all of them; expected another name");
    if (const auto hidden = trace::first_hidden(node.text))
      return reject(node, fmt::format("{} holds {}; expected one line of text", in_quotes(key.name),
                                      *hidden == "\\n" || *hidden == "\\r" ? "a line break"
                                      : *hidden == "\\t"                   ? "a tab"
                                                         : "the control or invisible character " + *hidden));
  }

  void date_time(Node& node, const Key& key) {
    if (node.kind != Node::Kind::date_time) return wrong_type(node, key);
    if (node.has_zone)
      return reject(node, fmt::format("{} has an offset from UTC; expected a local date and time such as "
                                      "2026-01-05T00:00:00",
                                      in_quotes(key.name)));
    if (node.date_time.year < 1900 || node.date_time.year > 2999)
      reject(node,
             fmt::format("{} is in the year {}; expected 1900 to 2999", in_quotes(key.name), node.date_time.year));
  }

  void choice(Node& node, const Key& key) {
    if (node.kind != Node::Kind::text) return wrong_type(node, key);
    if (std::find(key.choices.begin(), key.choices.end(), node.text) != key.choices.end()) return;
    std::string hint = did_you_mean(node.text, key.choices);
    reject(node,
           fmt::format("{} is {}; expected {}{}", in_quotes(key.name), describe(node), one_of(key.choices), hint));
  }

  void law(Node& node, const Key& key, const std::string& address) {
    const bool hours = key.type == Type::hours_law;
    Key constant = key;
    constant.type = hours ? Type::duration : Type::number;
    constant.arity = Arity::one;
    if (!node.is_table()) {
      if (!hours && node.kind == Node::Kind::text) make_number(node);
      if (hours ? node.kind != Node::Kind::text : !node.is_number()) return wrong_type(node, key);
      return single(node, constant, address);
    }

    bool sound = true, any = false;
    std::vector<const std::vector<std::string>*> forms;  // to which all of the keys belong
    for (const std::vector<std::string>& form : law_table().alternatives) forms.push_back(&form);
    for (Entry& entry : node.entries) {
      const Key* part = law_table().find(entry.key);
      if (!part) {
        unknown_key(entry, law_table());
        sound = false;
        continue;
      }
      Key expected = *part;
      if (is_amount_of_law(part->name)) {
        expected = constant;
        expected.name = part->name;
        expected.arity = part->arity;
        if (part->name == "median" || part->name == "p10" || part->name == "p90" || part->name == "sd") {
          expected.range.low = 0.0;
          expected.range.above_low = true;
        }
        if (part->name == "sd" || part->name == "mean") expected.range.high = infinite;
      }
      value(entry.value, expected, address + "." + entry.key);
      sound = sound && entry.value.valid;
      if (part->name == "loading") continue;
      any = true;
      std::erase_if(forms, [&](const std::vector<std::string>* form) {
        return std::find(form->begin(), form->end(), entry.key) == form->end();
      });
    }
    if (!any || forms.empty()) {
      return reject(node, fmt::format("the law of {} {}; expected {}", in_quotes(key.name),
                                      any ? "mixes two kinds" : "says no values", law_expectation(key)));
    }
    for (const std::string& part : *forms.front())
      if (!node.find(part) && part != "weights" && part != "times") {
        reject(node, fmt::format("the law of {} lacks {}; expected {}", in_quotes(key.name), in_quotes(part),
                                 law_expectation(key)));
        sound = false;
      }
    if (!sound) {
      node.valid = false;
      return;
    }
    const auto part = [&](std::string_view name) {
      const Node& value = *node.find(name);
      return hours ? parse_duration(value.text)->hours : value.number();
    };
    if (forms.front()->front() == "low" && !(part("low") <= part("mode") && part("mode") <= part("high")))
      reject(node, fmt::format("the law of {} is not in order; expected low <= mode <= high", in_quotes(key.name)));
    if (forms.front()->front() == "p10" && !(part("p10") <= part("p90")))
      reject(node, fmt::format("the law of {} is not in order; expected p10 <= p90", in_quotes(key.name)));
    if (forms.front()->front() == "from" && !(part("from") < part("to")))
      reject(node, fmt::format("the law of {} is not in order; expected from < to", in_quotes(key.name)));
    if (forms.front()->front() == "min" &&
        !(part("min") <= part("mode") && part("mode") <= part("max") && part("min") < part("max")))
      reject(node, fmt::format("the law of {} is not in order; expected min <= mode <= max, and min < max",
                               in_quotes(key.name)));
    if (forms.front()->front() == "mean") normal_law(node, key, part("mean"), part("sd"));
    if (forms.front()->front() == "values") discrete_law(node, key);
  }
  /// Little of the distribution may lie where values cannot be.
  void normal_law(Node& node, const Key& key, double mean, double sd) {
    constexpr double most_deviations = 2.0;
    if (mean + most_deviations * sd < key.range.low || mean - most_deviations * sd > key.range.high)
      reject(node, fmt::format("nearly all of the law of {} lies where no value may; expected a mean that is {}",
                               in_quotes(key.name), range_text(key.range, "number")));
  }
  void discrete_law(Node& node, const Key& key) {
    const Node& values = *node.find("values");
    const Node* weights = node.find("weights");
    if (values.items.size() > most_law_values)
      return reject(node, fmt::format("the law of {} has {} values; expected at most {}", in_quotes(key.name),
                                      values.items.size(), most_law_values));
    if (!weights) return;
    if (weights->items.size() != values.items.size())
      return reject(node, fmt::format("the law of {} has {} values and {} weights; expected as many",
                                      in_quotes(key.name), values.items.size(), weights->items.size()));
    double sum = 0.0;
    for (const Node& weight : weights->items) sum += weight.number();
    if (!(sum > 0.0))
      reject(node, fmt::format("the weights of the law of {} are all 0; expected a positive one", in_quotes(key.name)));
  }

  Diagnostics& diagnostics_;
  Validated& result_;
};

}  // namespace

Validated validate(Node& root, Diagnostics& diagnostics) {
  Validated result;
  Validator validator(diagnostics, result);
  validator.collect_names(root);
  validator.table(root, root_table(), "");
  return result;
}

}  // namespace costrisk::scenario
