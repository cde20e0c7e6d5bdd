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

scenario::Loaded load_scenario(const std::string& path, const std::vector<std::string>& overrides,
                               const Notices& notices) {
  require_file(path);
  scenario::Loaded loaded = scenario::load(path, overrides);
  for (const std::string& warning : loaded.warnings) notices.diagnostics(warning);
  return loaded;
}

}  // namespace costrisk::cli
