// The schema as data: its defaults are valid, the JSON Schema is the committed one, the reference has its keys.
#include "src/scenario/entities/schema.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "scenario_reference.hpp"
#include "scenario_samples.hpp"
#include "src/scenario/reader/json_schema.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

using Json = nlohmann::json;

const std::filesystem::path docs = std::filesystem::path(COSTRISK_SOURCE_DIR) / "docs";

/// Whether the page is the one made of the tables. COSTRISK_UPDATE_DOCS=1 writes it first.
void expect_page(const std::filesystem::path& path, const std::string& made) {
  const char* update = std::getenv("COSTRISK_UPDATE_DOCS");
  if (update != nullptr && std::string(update) == "1") std::ofstream(path) << made;
  EXPECT_EQ(text_of(path), made) << "COSTRISK_UPDATE_DOCS=1 test_unit --gtest_filter='ScenarioSchema.*' writes it anew";
}

TEST(ScenarioSchema, TheJsonSchemaInTheDocsIsTheParsersOwn) {
  expect_page(docs / "scenario.schema.json", json_schema());
}

TEST(ScenarioSchema, TheKeysInTheReferenceAreTheParsersOwn) {
  const std::filesystem::path page = docs / "scenario.md";
  expect_page(page, with_key_tables(text_of(page)));
}

TEST(ScenarioSchema, EveryMemberOfAnEntityHasARow) {
  EXPECT_GT(table_of<Scenario>().members, 10u);
  for (const Table* table : documented_tables()) EXPECT_EQ(table->filled, table->members) << table->name;
}

/// The keys that a struct as it is initialized would be written with.
template <class Keys>
std::map<std::string_view, std::string> initial_texts() {
  Scenario scenario;  // with one of each kind, since references are initialized with the first
  scenario.factors.resize(1);
  scenario.markets.resize(1);
  scenario.demands.resize(1);
  scenario.jobs.resize(1);
  scenario.services.resize(1);
  scenario.serverless.resize(1);
  scenario.optimizations.resize(1);
  scenario.budgets.resize(1);
  scenario.plans.resize(1);
  const KeyTexts texts = table_of<Keys>().texts(ResolvedValues(scenario, HistoryPaths::as_written), Filled<Keys>{});
  return {texts.begin(), texts.end()};
}

template <class... Keys>
void expect_initializers_are_neutral_or_defaults() {
  const auto check = [](const Table& table, const std::map<std::string_view, std::string>& texts) {
    for (const Key& key : table.keys) {
      const auto text = texts.find(key.name);
      if (key.fallback.empty() || text == texts.end() || key.type == Type::table) continue;
      if (text->second == "0" || text->second == "1" || text->second == "\"0s\"" || text->second == "[]") continue;
      EXPECT_EQ(text->second, key.fallback) << table.name << " " << key.name;
    }
  };
  (check(table_of<Keys>(), initial_texts<Keys>()), ...);
}

TEST(ScenarioSchema, AMemberIsInitializedWithNothingOrTheDefaultOfItsRow) {
  expect_initializers_are_neutral_or_defaults<Scenario, Simulation, Goal, Factor, Market, Market::Billing, Sojourn,
                                              DurationLaw, Spot, History, Demand, Change, Job, Checkpoint, Service,
                                              Serverless, Serverless::PerMillion, Item, Optimization, JobAssignment,
                                              Pool, ServiceAssignment, Commitment, SavingsPlan, Credit>();
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
  EXPECT_EQ(schema.at("$defs").size(), tables - 1 + 4);
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
