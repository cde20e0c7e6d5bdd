// Words by the type and the range of a key.
#include "src/scenario/lower/expectation.hpp"

#include <fmt/format.h>

#include "src/scenario/reader/diagnostics.hpp"

namespace costrisk::scenario {

std::string range_text(const Bounds& range, std::string_view noun) {
  Bounds shown = range;
  if (shown.high >= largest_number) shown.high = std::numeric_limits<double>::infinity();
  return shown.words(noun);
}

std::string law_expectation(const Key& key) {
  if (key.type == Type::hours_law)
    return "a duration such as \"36h\" or a law of durations such as { low = \"4h\", mode = \"6h\", high = \"12h\" }";
  return range_text(key.range, "number") +
         ", { low, mode, high }, { median, spread }, { p10, p90 }, { from, to }, { mean, sd }, { min, mode, max }, "
         "{ values, weights } or { file, column }";
}

std::string expectation(const Key& key) {
  std::string value;
  switch (key.type) {
    case Type::text:
    case Type::label:
      value = "a text";
      break;
    case Type::path:
      value = "the path of a file";
      break;
    case Type::boolean:
      value = "true or false";
      break;
    case Type::integer:
      value = range_text(key.range, "whole number");
      break;
    case Type::number:
      value = range_text(key.range, "number");
      break;
    case Type::number_pair:
      value = "two numbers such as [0.7, 1.2]";
      break;
    case Type::duration:
      value = "a duration such as \"36h\"";
      break;
    case Type::instant:
      value = "a duration such as \"36h\" or a local date such as 2026-07-01";
      break;
    case Type::duration_or_forever:
      value = "a duration such as \"5d\" or \"forever\"";
      break;
    case Type::duration_or_calendar:
      value = "a duration such as \"1w\", \"month\" or \"quarter\"";
      break;
    case Type::law:
    case Type::hours_law:
      value = law_expectation(key);
      break;
    case Type::law_or_word:
      value = one_of(key.choices) + ", or " + law_expectation(key);
      break;
    case Type::date_time:
      value = "a date and time such as 2026-01-05T00:00:00, without quotes";
      break;
    case Type::choice:
      value = one_of(key.choices);
      break;
    case Type::reference:
      value = "the name of " + with_article(kind_name(key.of));
      break;
    case Type::table:
      value = "a table";
      if (!key.shorthand.empty()) value = "a number, a law or a table";
      break;
  }
  if (key.names != Kind::none) return fmt::format("a list of tables, [[{}]]", key.name);
  if (key.arity == Arity::list)
    return key.count ? fmt::format("a list of {}, each {}", key.count, value) : "a list, each " + value;
  if (key.arity == Arity::map)
    return fmt::format("a table from the name of {} to {}", with_article(kind_name(key.of)), value);
  return value;
}

}  // namespace costrisk::scenario
