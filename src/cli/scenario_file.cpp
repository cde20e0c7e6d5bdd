// Loading the scenario that a command line names.
#include "src/cli/scenario_file.hpp"

#include <fmt/format.h>

namespace costrisk::cli {

void add_root_option(CLI::App& command, std::string& root) {
  command.add_option("--root", root, "Folder that includes and histories of FILE may lie in [that of FILE]")
      ->check(CLI::ExistingDirectory)
      ->type_name("FOLDER");
}

Scenario load_scenario(const std::string& path, const std::vector<std::string>& overrides, const std::string& root,
                       const Notices& notices) {
  const Scenario scenario = Scenario::from_file(path, {overrides, root});
  const Check check = scenario.check();
  if (!check.valid()) throw InvalidScenario(check.problems);
  for (const HistoryCheck& history : check.histories) {
    notices.note(fmt::format("{}: {}", history.address, history.text));
    for (const std::string& remark : history.remarks) notices.warning(fmt::format("{}: {}", history.address, remark));
  }
  for (const std::string& advice : check.advice) notices.diagnostics(advice);
  return scenario;
}

}  // namespace costrisk::cli
