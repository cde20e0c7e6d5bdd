// Makes the JSON Schema from the tables that the parser follows.
#include "src/scenario/reader/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "src/scenario/entities/schema.hpp"

namespace costrisk::scenario {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* name_pattern = "^[A-Za-z0-9_ -]+$";
constexpr const char* duration_pattern =
    "^(0|([0-9]+(\\.[0-9]+)?y)?([0-9]+(\\.[0-9]+)?mo)?([0-9]+(\\.[0-9]+)?w)?([0-9]+(\\.[0-9]+)?d)?"
    "([0-9]+(\\.[0-9]+)?h)?([0-9]+(\\.[0-9]+)?m)?([0-9]+(\\.[0-9]+)?s)?([0-9]+(\\.[0-9]+)?ms)?)$";

/// "market.on_demand" as a name under $defs.
std::string definition_name(const Table& table) {
  std::string name(table.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

Json reference(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

Json bounded(const char* type, const Bounds& range) {
  Json json = {{"type", type}};
  if (std::isfinite(range.low)) json[range.above_low ? "exclusiveMinimum" : "minimum"] = range.low;
  if (std::isfinite(range.high)) json[range.below_high ? "exclusiveMaximum" : "maximum"] = range.high;
  return json;
}

Json either(std::initializer_list<Json> choices) {
  Json json;
  json["anyOf"] = Json::array();
  for (const Json& choice : choices) json["anyOf"].push_back(choice);
  return json;
}

Json one_value(const Key& key) {
  switch (key.type) {
    case Type::text:
    case Type::label:
    case Type::path:
      return {{"type", "string"}, {"minLength", 1}};
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::integer:
      return bounded("integer", key.range);
    case Type::number:
      // The key "budget" has a list of them, too.
      if (&key == root_table().find("budget"))
        return either(
            {bounded("number", key.range),
             Json{{"type", "array"}, {"items", reference(definition_name(*root_table().find("budgets")->table))}}});
      return bounded("number", key.range);
    case Type::number_pair:
      return {{"type", "array"}, {"items", bounded("number", key.range)}, {"minItems", 2}, {"maxItems", 2}};
    case Type::duration:
      return reference("duration-text");
    case Type::instant:
      return either({reference("duration-text"), reference("local-date")});
    case Type::duration_or_forever:
      return either({reference("duration-text"), Json{{"const", "forever"}}});
    case Type::duration_or_calendar:
      return either({reference("duration-text"), Json{{"enum", {"month", "quarter"}}}});
    case Type::law:
      return either({bounded("number", key.range), reference("law")});
    case Type::hours_law:
      return either({reference("duration-text"), reference("law-of-durations")});
    case Type::law_or_word:
      return either({Json{{"enum", key.choices}}, bounded("number", key.range), reference("law")});
    case Type::date_time:
      return Json::object();
    case Type::choice:
      return {{"enum", key.choices}};
    case Type::reference:
      return {{"type", "string"}, {"pattern", name_pattern}};
    case Type::table:
      if (key.shorthand.empty()) return reference(definition_name(*key.table));
      return either({Json{{"type", "number"}}, reference("law"), reference(definition_name(*key.table))});
  }
  return Json::object();
}

Json value_of(const Key& key) {
  Json json;
  json["description"] = key.about;
  if (key.arity == Arity::list && key.type == Type::path && &key != root_table().find("include")) {
    // One path may stand for a list of one.
    json.update(either({one_value(key), Json{{"type", "array"}, {"items", one_value(key)}}}));
  } else if (key.arity == Arity::list) {
    json["type"] = "array";
    json["items"] = one_value(key);
    if (key.count > 0) json["minItems"] = json["maxItems"] = key.count;
    if (kind_limit(key.names) > 0) json["maxItems"] = kind_limit(key.names);
  } else if (key.arity == Arity::map) {
    json["type"] = "object";
    json["propertyNames"] = {{"pattern", name_pattern}};
    json["additionalProperties"] = one_value(key);
  } else {
    json.update(one_value(key));
  }
  if (!key.fallback.empty()) {
    const Json fallback = Json::parse(key.fallback, nullptr, false);
    json["default"] = fallback.is_discarded() ? Json(key.fallback) : fallback;
  }
  return json;
}

/// Only names are required here: anything else may come from what an entity is like.
Json object_of(const Table& table) {
  Json json = {{"type", "object"}, {"additionalProperties", false}};
  Json properties = Json::object();
  const bool is_entity = table.find("name") && &table != &root_table();
  for (const Key& key : table.keys) {
    properties[std::string(key.name)] = value_of(key);
    if (is_entity && key.name == "name") properties["name"]["pattern"] = name_pattern;
  }
  json["properties"] = std::move(properties);
  if (is_entity) json["required"] = {"name"};
  return json;
}

/// A law whose values, all but spread and loading, follow `value`.
Json law_of(const Json& value) {
  Json properties = Json::object();
  for (const Key& key : law_table().keys) {
    properties[std::string(key.name)] = value_of(key);
    if (!is_amount_of_law(key.name)) continue;
    Json part = {{"description", key.about}};
    if (key.arity == Arity::list)
      part.update({{"type", "array"}, {"items", value}, {"minItems", 1}});
    else
      part.update(value);
    properties[std::string(key.name)] = std::move(part);
  }
  Json forms = Json::array();
  for (const auto& form : law_table().alternatives) {
    std::vector<std::string> required = form;
    std::erase_if(required, [](const std::string& key) { return key == "weights" || key == "times"; });
    forms.push_back({{"required", required}});
  }
  return {
      {"type", "object"},
      {"additionalProperties", false},
      {"properties", std::move(properties)},
      {"description",
       "drawn once per future: triangular, log-normal by median or by percentiles, uniform, normal, PERT, discrete"},
      {"oneOf", std::move(forms)}};
}

}  // namespace

std::string json_schema() {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "costrisk scenario";
  schema.update(object_of(root_table()));
  Json definitions = Json::object();
  definitions["duration-text"] = {{"type", "string"}, {"minLength", 1}, {"pattern", duration_pattern}};
  definitions["local-date"] = {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$"}};
  definitions["law"] = law_of({{"type", "number"}});
  definitions["law-of-durations"] = law_of(reference("duration-text"));
  for (const Table* table : all_tables())
    if (table != &root_table()) definitions[definition_name(*table)] = object_of(*table);
  schema["$defs"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace costrisk::scenario
