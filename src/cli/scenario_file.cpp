// Loading the scenario that a command line names.
#include "src/cli/scenario_file.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "src/cli/exit_codes.hpp"

namespace costrisk::cli {

void require_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw UsageError(fmt::format("{} is a folder, not a file", path));
  if (!std::filesystem::exists(path, ignored)) throw UsageError(fmt::format("{}: there is no such file", path));
}

scenario::Loaded load_scenario(const std::string& path, const std::vector<std::string>& overrides,
                               const Notices& notices) {
  require_file(path);
  scenario::Loaded loaded = scenario::load(path, overrides);
  for (const std::string& warning : loaded.warnings) notices.diagnostics(warning);
  return loaded;
}

}  // namespace costrisk::cli
