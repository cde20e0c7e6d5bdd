// Loading a scenario: the steps from text to Scenario, in order.
#include "src/scenario/reader/load.hpp"

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/scenario/reader/compose.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/scenario/reader/law_files.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/spell_out.hpp"
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
Loaded loaded_from(Node& root, const std::vector<std::string>& overrides, const std::string& default_name,
                   HistoryFiles histories, const std::filesystem::path& root_folder, Diagnostics& diagnostics) {
  spell_out(root, root_table());
  resolve_likeness(root, diagnostics);
  for (const std::string& assignment : overrides) apply_override(assignment, diagnostics, root);
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

}  // namespace

InvalidScenario::InvalidScenario(std::vector<Diagnostic> problems)
    : std::runtime_error(joined(problems)), diagnostics(std::move(problems)) {}

Loaded load(const std::filesystem::path& path, const std::vector<std::string>& overrides,
            const std::filesystem::path& root) {
  Diagnostics diagnostics;
  Node document;
  std::error_code failure;
  const bool is_pipe = std::filesystem::is_fifo(path, failure);
  const std::filesystem::path folder = !root.empty() ? root : is_pipe ? root : path.parent_path();
  if (!read_with_includes(path, folder, diagnostics, document)) throw InvalidScenario(diagnostics.errors());
  return loaded_from(document, overrides, default_name(path), HistoryFiles::read, folder, diagnostics);
}

Loaded load_text(std::string_view text, const std::string& name, const std::vector<std::string>& overrides,
                 const std::filesystem::path& folder, HistoryFiles histories, const std::filesystem::path& root,
                 const std::filesystem::path& file) {
  Diagnostics diagnostics;
  Node document;
  const std::filesystem::path& within = root.empty() ? folder : root;
  if (!read_with_includes(text, name, folder, within, file, diagnostics, document))
    throw InvalidScenario(diagnostics.errors());
  return loaded_from(document, overrides, default_name(name), histories, within, diagnostics);
}

}  // namespace costrisk::scenario
