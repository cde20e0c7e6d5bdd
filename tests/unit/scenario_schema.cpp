// The schema as data: its defaults are valid, the JSON Schema is the committed one, the reference knows every key.
#include "src/scenario/entities/schema.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "scenario_samples.hpp"
#include "src/scenario/reader/json_schema.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

using Json = nlohmann::json;

const std::filesystem::path docs = std::filesystem::path(COSTRISK_SOURCE_DIR) / "docs";

TEST(ScenarioSchema, TheJsonSchemaInTheDocsIsTheParsersOwn) {
  EXPECT_EQ(text_of(docs / "scenario.schema.json"), json_schema());
}

std::set<std::string> property_names(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.at("properties").items()) names.insert(name);
  return names;
}

TEST(ScenarioSchema, TheJsonSchemaHasTheKeysOfEachTableAndNoOthers) {
  const Json schema = Json::parse(text_of(docs / "scenario.schema.json"));
  std::size_t tables = 0;
  for (const Table* table : all_tables()) {
    const std::vector<std::string> keys = table->key_names();
    std::string definition(table->name);
    for (char& c : definition) c = c == ' ' ? '-' : c;
    const Json& object = table == &root_table() ? schema : schema.at("$defs").at(definition);
    EXPECT_EQ(property_names(object), std::set<std::string>(keys.begin(), keys.end())) << table->name;
    EXPECT_EQ(object.at("additionalProperties"), false) << table->name;
    ++tables;
  }
  const std::vector<std::string> parts = law_table().key_names();
  for (const char* law : {"law", "law-of-durations"})
    EXPECT_EQ(property_names(schema.at("$defs").at(law)), std::set<std::string>(parts.begin(), parts.end()));
  EXPECT_EQ(schema.at("$defs").size(), tables - 1 + 3);
}

void expect_references_resolve(const Json& schema, const Json& part) {
  if (part.is_object() && part.contains("$ref")) {
    const std::string target = part.at("$ref");
    EXPECT_TRUE(schema.at("$defs").contains(target.substr(std::string("#/$defs/").size()))) << target;
  }
  if (part.is_structured())
    for (const Json& inner : part) expect_references_resolve(schema, inner);
}

TEST(ScenarioSchema, EveryReferenceInTheJsonSchemaResolves) {
  const Json schema = Json::parse(json_schema());
  expect_references_resolve(schema, schema);
}

TEST(ScenarioSchema, TheReferenceHasARowForEveryKeyWithItsDefault) {
  const std::string reference = text_of(docs / "scenario.md");
  for (const Table* table : all_tables())
    for (const Key& key : table->keys) {
      const std::string row = "\n| `" + std::string(key.name) + "` |";
      EXPECT_NE(reference.find(row), std::string::npos) << table->name << " " << key.name;
      if (!key.fallback.empty()) {
        EXPECT_NE(reference.find("| `" + std::string(key.fallback) + "` |"), std::string::npos)
            << table->name << " " << key.name << " " << key.fallback;
      }
    }
}

TEST(ScenarioSchema, ARequiredKeyHasNoDefaultAndDefaultsNeedNoWriting) {
  for (const Table* table : all_tables())
    for (const Key& key : table->keys)
      EXPECT_FALSE(key.required && !key.fallback.empty()) << table->name << " " << key.name;
  std::string text = text_of(good_inputs / "everything.toml");
  const std::size_t simulation = text.find("[simulation]");
  text.erase(simulation, text.find("[goal]") - simulation);
  EXPECT_NO_THROW(load_text(text, "defaults.toml", {}, good_inputs));
}

TEST(ScenarioSchema, AlternativesNameKeysOfTheirTable) {
  for (const Table* table : all_tables())
    for (const auto& group : table->alternatives) {
      for (const std::string& key : group) EXPECT_NE(table->find(key), nullptr) << table->name << " " << key;
    }
}

TEST(ScenarioSchema, LimitsAreTheDocumentedOnes) {
  EXPECT_EQ(kind_limit(Kind::market), 32);
  EXPECT_EQ(kind_limit(Kind::factor), 8);
  EXPECT_EQ(kind_limit(Kind::demand), 16);
  EXPECT_EQ(kind_limit(Kind::job), 16);
  EXPECT_EQ(kind_limit(Kind::service), 16);
  EXPECT_EQ(kind_limit(Kind::item), 64);
  EXPECT_EQ(kind_limit(Kind::plan), 64);
}

}  // namespace
}  // namespace costrisk::scenario
