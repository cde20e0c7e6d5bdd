// Loading the scenario that a command line names.
#include "src/cli/scenario_file.hpp"

#include "src/cli/exit_codes.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"

namespace costrisk::cli {

void require_file(const std::string& path) {
  try {
    trace::require_file(path);
  } catch (const trace::FormatError& error) {
    throw UsageError(error.what());
  }
}

void add_root_option(CLI::App& command, std::string& root) {
  command.add_option("--root", root, "Folder that includes and histories of FILE may lie in [that of FILE]")
      ->check(CLI::ExistingDirectory)
      ->type_name("FOLDER");
}

scenario::Loaded load_scenario(const std::string& path, const std::vector<std::string>& overrides,
                               const std::string& root, const Notices& notices) {
  require_file(path);
  scenario::Loaded loaded = scenario::load(path, overrides, root);
  for (const std::string& warning : loaded.warnings) notices.diagnostics(warning);
  return loaded;
}

}  // namespace costrisk::cli
