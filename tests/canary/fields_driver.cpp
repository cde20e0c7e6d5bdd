// What a scenario with overrides is read as, and what the schema makes of itself, without a model to run it.
//
// usage: fields_driver SCENARIO PAGE [ADDRESS=VALUE...]
// prints, each after a line "== NAME": the resolved scenario, the JSON Schema, the page with its tables of keys made
// anew, and the tables with members that have no row
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

#include "src/scenario/reader/compose.hpp"
#include "src/scenario/reader/json_schema.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/scenario/reader/spell_out.hpp"
#include "tests/unit/scenario_reference.hpp"

using namespace costrisk::scenario;

int main(int count, char** arguments) {
  Diagnostics diagnostics;
  Node document;
  read_with_includes(arguments[1], std::filesystem::path(arguments[1]).parent_path(), diagnostics, document);
  spell_out(document, root_table());
  resolve_likeness(document, diagnostics);
  for (int i = 3; i < count; ++i) apply_override({arguments[i]}, diagnostics, document);
  spell_out(document, root_table());
  const Validated validated = validate(document, diagnostics);
  const TableReader reader(document, root_table(), "", validated.names, diagnostics);
  Scenario scenario;
  table_of<Scenario>().read(reader, scenario);
  complete(reader, scenario);
  for (const Diagnostic& problem : diagnostics.errors()) fmt::print(stderr, "{}\n", problem.rendered);
  if (diagnostics.has_errors()) return 1;

  std::ifstream page(arguments[2]);
  fmt::print("== resolved\n{}", resolved_toml(scenario));
  fmt::print("== schema\n{}", json_schema());
  fmt::print("== page\n{}", with_key_tables({std::istreambuf_iterator<char>(page), {}}));
  fmt::print("== members without a row\n");
  for (const Table* table : documented_tables())
    if (table->members != table->filled)
      fmt::print("{}: {} of {} members have a row\n", table->name, table->filled, table->members);
}
