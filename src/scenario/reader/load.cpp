// Loading a scenario: the steps from text to Scenario, in order.
#include "src/scenario/reader/load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/scenario/reader/compose.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/scenario/reader/law_files.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/spell_out.hpp"
#include "src/scenario/reader/toml_reader.hpp"
#include "src/scenario/reader/validate.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::scenario {
namespace {

std::string joined(const std::vector<Diagnostic>& problems) {
  std::string text;
  for (const Diagnostic& problem : problems) text += (text.empty() ? "" : "\n") + problem.rendered;
  return text;
}

/// From the composed document on.
Loaded loaded_from(Node& root, const Assignments& overrides, const std::string& default_name, HistoryFiles histories,
                   const std::filesystem::path& root_folder, Diagnostics& diagnostics) {
  spell_out(root, root_table());
  resolve_likeness(root, diagnostics);
  for (const Assignment& assignment : overrides) apply_override(assignment, diagnostics, root);
  spell_out(root, root_table());
  resolve_dates(root, diagnostics);
  if (histories == HistoryFiles::read) read_law_files(root, root_folder, diagnostics);
  const Validated validated = validate(root, diagnostics);

  Loaded loaded;
  const TableReader reader(root, root_table(), "", validated.names, diagnostics);
  loaded.scenario.name = default_name;
  table_of<Scenario>().read(reader, loaded.scenario);
  complete(reader, loaded.scenario);
  if (histories == HistoryFiles::read) {
    find_histories(loaded.scenario, validated.places, root_folder, diagnostics);
    find_bills(loaded.scenario, validated.places, root_folder, diagnostics);
  }
  if (histories == HistoryFiles::left_unread) {
    if (diagnostics.has_errors()) throw InvalidScenario(diagnostics.errors());
    return loaded;
  }
  if (!diagnostics.has_errors()) read_histories(loaded.scenario, validated.places, diagnostics);
  if (!diagnostics.has_errors()) read_bills(loaded.scenario, validated.places, diagnostics);
  if (diagnostics.has_errors()) throw InvalidScenario(diagnostics.errors());
  const Scenario simulated = scenario::simulated(loaded.scenario);
  check_histories(simulated, validated.places, diagnostics);
  if (!diagnostics.has_errors()) check_feasible(simulated, validated.places, diagnostics);
  if (diagnostics.has_errors()) throw InvalidScenario(diagnostics.errors());

  advise(simulated, validated.places, diagnostics);
  for (const Diagnostic& warning : diagnostics.warnings()) loaded.warnings.push_back(warning.rendered);
  return loaded;
}

/// The file's name, as a scenario without one is called.
std::string default_name(const std::filesystem::path& path) { return trace::shown(path.stem().string()); }

/// Whether an item says which plans pay it, itself or by what it is like.
bool names_plans(const Node& item, const std::vector<Node>& items) {
  const Node* at = &item;
  for (std::size_t hops = 0; at && hops <= items.size(); ++hops) {
    if (at->find("plans")) return true;
    const Node* like = at->find("like");
    at = nullptr;
    for (const Node& other : items)
      if (like && other.is_table() && other.find("name") && other.find("name")->text == like->text) at = &other;
  }
  return false;
}

std::string name_of(const Node& entity) {
  const Node* name = entity.is_table() ? entity.find("name") : nullptr;
  return name && name->kind == Node::Kind::text ? name->text : "";
}

bool has_name(const std::vector<Node>& entities, const std::string& name) {
  return std::any_of(entities.begin(), entities.end(), [&](const Node& one) { return name_of(one) == name; });
}

/// The entities of a kind, taken out of the document.
std::vector<Node> taken(Node& document, const char* kind) {
  Node* list = document.find(kind);
  std::vector<Node> entities;
  if (list && list->is_list()) {
    entities = std::move(list->items);
    document.erase(kind);
  }
  return entities;
}

void put(Node& document, const char* kind, std::vector<Node> entities) {
  if (entities.empty()) return;
  Node list;
  list.kind = Node::Kind::list;
  list.place = entities.front().place;
  list.items = std::move(entities);
  document.entries.push_back({kind, list.place, std::move(list)});
}

/// The items of a world beside plans that are brought: as load_plans() says.
std::vector<Node> items_of(const std::vector<Node>& world, const std::vector<Node>& brought) {
  const auto names_some = [](const std::vector<Node>& items) {
    return std::any_of(items.begin(), items.end(), [&](const Node& item) { return names_plans(item, items); });
  };
  const bool brings_own = names_some(brought);
  std::vector<Node> items;
  for (const Node& item : world)
    if (!brings_own || !names_plans(item, world)) items.push_back(item);
  for (const Node& item : brought)
    if (!has_name(items, name_of(item)) && (names_plans(item, brought) || !has_name(world, name_of(item))))
      items.push_back(item);
  return items;
}

}  // namespace

InvalidScenario::InvalidScenario(std::vector<Diagnostic> problems)
    : std::runtime_error(joined(problems)), diagnostics(std::move(problems)) {}

Loaded load(const std::filesystem::path& path, const Assignments& overrides, const std::filesystem::path& root) {
  Diagnostics diagnostics;
  Node document;
  std::error_code failure;
  const bool is_pipe = std::filesystem::is_fifo(path, failure);
  const std::filesystem::path folder = !root.empty() ? root : is_pipe ? root : path.parent_path();
  if (!read_with_includes(path, folder, diagnostics, document)) throw InvalidScenario(diagnostics.errors());
  return loaded_from(document, overrides, default_name(path), HistoryFiles::read, folder, diagnostics);
}

Loaded load_text(std::string_view text, const std::string& name, const Assignments& overrides,
                 const std::filesystem::path& folder, HistoryFiles histories, const std::filesystem::path& root,
                 const std::filesystem::path& file) {
  Diagnostics diagnostics;
  Node document;
  const std::filesystem::path& within = root.empty() ? folder : root;
  if (!read_with_includes(text, name, folder, within, file, diagnostics, document))
    throw InvalidScenario(diagnostics.errors());
  return loaded_from(document, overrides, default_name(name), histories, within, diagnostics);
}

LoadedPlans load_plans(const SourceText& plans, const SourceText& world, const Assignments& overrides) {
  const auto read = [](const SourceText& source, const SourceText& place, Diagnostics& problems, Node& root) {
    const std::filesystem::path& within = place.root.empty() ? place.folder : place.root;
    return read_with_includes(source.text, source.name, place.folder, within, source.file, problems, root);
  };
  // What a text includes may have stayed behind, beside the world.
  const auto can_be_read_at = [&](const SourceText& place) {
    Diagnostics problems;
    Node root;
    return read(plans, place, problems, root);
  };
  const bool at_world = !can_be_read_at(plans) && can_be_read_at(world);
  Diagnostics diagnostics;
  Node document, brought;
  // The plans first, since of the first text alone everything is quoted.
  const bool read_both =
      read(plans, at_world ? world : plans, diagnostics, brought) && read(world, world, diagnostics, document);
  if (!read_both) throw InvalidScenario(diagnostics.errors());

  LoadedPlans result;
  std::vector<Node> own = taken(brought, "plan");
  if (own.empty()) {
    diagnostics.error({0, 1, 1}, "no plan; expected [[plan]] tables");
    throw InvalidScenario(diagnostics.errors());
  }
  for (const Node& plan : own) result.plans.push_back(name_of(plan));
  for (Node& plan : taken(document, "plan"))
    if (!has_name(own, name_of(plan))) own.push_back(std::move(plan));
  const std::vector<Node> items = taken(document, "item");
  put(document, "item", items_of(items, taken(brought, "item")));
  put(document, "plan", std::move(own));
  for (const Entry& entry : brought.entries) {
    if (root_table().find(entry.key) == nullptr)
      diagnostics.error(entry.place, fmt::format("unknown key '{}' beside [[plan]] and [[item]]", entry.key));
    const bool is_of_world = entry.key != "name" && entry.key != "simulation" && entry.key != "search" &&
                             entry.key != "stress" && entry.key != "item" && entry.key != "plan";
    if (is_of_world) result.ignored.push_back(entry.key);
  }
  const std::filesystem::path& within = world.root.empty() ? world.folder : world.root;
  result.loaded = loaded_from(document, overrides, default_name(world.name), HistoryFiles::read, within, diagnostics);
  return result;
}

std::vector<Stress> load_stresses(std::string_view text, const std::string& name) {
  Diagnostics diagnostics;
  Node root;
  const int source = diagnostics.add_source(name, {}, text);
  if (!read_toml(text, source, diagnostics, root)) throw InvalidScenario(diagnostics.errors());
  for (const Entry& entry : root.entries)
    if (entry.key != "stress")
      diagnostics.error(entry.place, fmt::format("'{}' is not read here; expected [[stress]] tables, each with a name "
                                                 "and set or scale",
                                                 entry.key));
  if (!root.find("stress") && !diagnostics.has_errors())
    diagnostics.error({source, 1, 1}, "no stress; expected [[stress]] tables, each with a name and set or scale");
  if (diagnostics.has_errors()) throw InvalidScenario(diagnostics.errors());
  root.valid = false;  // a part of a scenario: nothing is said of what else one needs
  const Validated validated = validate(root, diagnostics);
  std::vector<Stress> stresses;
  const TableReader reader(root, root_table(), "", validated.names, diagnostics);
  for (const TableReader& table : reader.tables("stress")) {
    Stress stress;
    table_of<Stress>().read(table, stress);
    complete(table, stress);
    stresses.push_back(std::move(stress));
  }
  if (diagnostics.has_errors()) throw InvalidScenario(diagnostics.errors());
  return stresses;
}

}  // namespace costrisk::scenario
