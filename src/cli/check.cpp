// `costrisk check`: every problem of a scenario file, or what is in it.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

struct CheckOptions {
  std::string file, root;
  std::vector<std::string> overrides;
  bool resolved = false, json = false, quiet = false;
};

/// "2 markets, 1 job, 5 plans; 3,360 steps, 100,000 futures".
std::string contents(const scenario::Scenario& scenario) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::size_t number, const char* noun) {
    if (number > 0) parts.push_back(present::counted(number, noun));
  };
  add(scenario.factors.size(), "factor");
  add(scenario.markets.size(), "market");
  add(scenario.demands.size(), "demand");
  add(scenario.jobs.size(), "job");
  add(scenario.services.size(), "service");
  add(scenario.items.size(), "item");
  add(scenario.plans.size(), "plan");
  return fmt::format("{}; {}, {}", fmt::join(parts, ", "),
                     present::counted(static_cast<std::uint64_t>(scenario.steps()), "step"),
                     present::counted(scenario.simulation.paths, "future"));
}

nlohmann::ordered_json diagnostics_json(const std::vector<scenario::Diagnostic>& diagnostics) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const scenario::Diagnostic& diagnostic : diagnostics)
    list.push_back({{"file", diagnostic.file},
                    {"line", diagnostic.line},
                    {"column", diagnostic.column},
                    {"message", diagnostic.message}});
  return list;
}

int check_as_json(const CheckOptions& options) {
  nlohmann::ordered_json document;
  int exit_code = exit_done;
  document["file"] = options.file;
  try {
    const scenario::Loaded loaded = load_scenario(options.file, options.overrides, options.root, Notices(true));
    document["valid"] = true;
    document["errors"] = nlohmann::ordered_json::array();
    document["warnings"] = loaded.warnings;
    if (options.resolved) document["resolved"] = scenario::resolved_toml(loaded.scenario);
  } catch (const scenario::InvalidScenario& invalid) {
    document["valid"] = false;
    document["errors"] = diagnostics_json(invalid.diagnostics);
    exit_code = exit_usage;
  } catch (const UsageError& error) {
    document["valid"] = false;
    document["errors"] = diagnostics_json({{options.file, 0, 0, error.what(), ""}});
    exit_code = exit_usage;
  }
  // A file need not be valid UTF-8 to be complained of.
  print(trace::json_text(document));
  return exit_code;
}

int check(const CheckOptions& options) {
  if (options.json) return check_as_json(options);
  const Notices notices(options.quiet);
  const scenario::Loaded loaded = load_scenario(options.file, options.overrides, options.root, notices);
  if (options.resolved) {
    print(scenario::resolved_toml(loaded.scenario));
    return exit_done;
  }
  print(fmt::format("{} is valid: {}\n", options.file, contents(loaded.scenario)));
  return exit_done;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Find every problem in a scenario file");
  command->add_option("FILE", options->file, "Scenario file (TOML)")->required();
  add_override_options(*command, options->overrides);
  add_root_option(*command, options->root);
  command->add_flag("--resolved", options->resolved,
                    "Print the scenario with includes merged and every default filled in");
  command->add_flag("--json", options->json,
                    "Print JSON: valid, errors and warnings with their places; with --resolved the scenario too");
  command->add_flag("--quiet", options->quiet, "No warnings, only results and errors");
  command->footer(
      "Examples:\n"
      "  costrisk check my.toml\n"
      "  costrisk check my.toml --resolved > complete.toml\n"
      "  costrisk check my.toml --set job.train.deadline=20d\n");
  command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace costrisk::cli
