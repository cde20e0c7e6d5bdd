// `costrisk devices`: what a run could be computed on here.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "costrisk/simulate.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/text_table.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

std::string as_table(const std::vector<BackendInfo>& backends) {
  present::TextTable table;
  table.add_column("backend", present::TextTable::Align::left);
  table.add_column("here", present::TextTable::Align::left);
  table.add_column("detail", present::TextTable::Align::left);
  for (const auto& backend : backends) table.add_row({backend.name, backend.available ? "yes" : "no", backend.detail});
  return table.text(styled(stdout));
}

std::string as_json(const std::vector<BackendInfo>& backends) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& backend : backends)
    list.push_back({{"name", backend.name}, {"available", backend.available}, {"detail", backend.detail}});
  nlohmann::ordered_json document;
  document["threads"] = usable_processors();
  document["backends"] = list;
  return trace::json_text(document);
}

}  // namespace

void add_devices(CLI::App& app, int& exit_code) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("devices", "Show what a run could be computed on here, fastest first");
  command->add_flag("--json", *json, "Print JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  costrisk devices\n"
      "  costrisk run FILE --backend avx2     take the one that is named, or fail with exit code 4\n");
  command->callback([json, &exit_code] {
    const std::vector<BackendInfo> backends = costrisk::backends();
    print(*json ? as_json(backends) : as_table(backends));
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
