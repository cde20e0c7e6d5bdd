// `costrisk check`: every problem of a scenario file, or what is in it.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "costrisk/scenario.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

struct CheckOptions {
  std::string file, root;
  std::vector<std::string> overrides;
  bool resolved = false, json = false, quiet = false;
};

/// "2 markets, 1 job, 5 plans; 3,360 steps, 100,000 futures".
std::string contents_text(const Contents& contents) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::size_t number, const char* noun) {
    if (number > 0) parts.push_back(present::counted(number, noun));
  };
  add(contents.factors, "factor");
  add(contents.markets, "market");
  add(contents.demands, "demand");
  add(contents.jobs, "job");
  add(contents.services, "service");
  add(contents.items, "item");
  add(contents.plans, "plan");
  return fmt::format("{}; {}, {}", fmt::join(parts, ", "), present::counted(contents.steps, "step"),
                     present::counted(contents.paths, "future"));
}

nlohmann::ordered_json problems_json(const std::vector<Problem>& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Problem& problem : problems)
    list.push_back(
        {{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.message}});
  return list;
}

int check_as_json(const CheckOptions& options) {
  nlohmann::ordered_json document;
  int exit_code = exit_done;
  document["file"] = options.file;
  const auto refuse = [&](const std::vector<Problem>& problems) {
    document["valid"] = false;
    document["errors"] = problems_json(problems);
    exit_code = exit_usage;
  };
  try {
    const Scenario scenario = Scenario::from_file(options.file, {options.overrides, options.root});
    const Check found = scenario.check();
    if (found.valid()) {
      document["valid"] = true;
      document["errors"] = nlohmann::ordered_json::array();
      document["warnings"] = found.advice;
      document["histories"] = nlohmann::ordered_json::array();
      for (const HistoryCheck& history : found.histories)
        document["histories"].push_back(
            {{"address", history.address}, {"read", history.text}, {"remarks", history.remarks}});
      if (options.resolved) document["resolved"] = scenario.resolved();
    } else {
      refuse(found.problems);
    }
  } catch (const InputError& error) {
    refuse({{options.file, 0, 0, error.what(), ""}});
  }
  // A file need not be valid UTF-8 to be complained of.
  print(trace::json_text(document));
  return exit_code;
}

int check(const CheckOptions& options) {
  if (options.json) return check_as_json(options);
  const Notices notices(options.quiet);
  const Scenario scenario = load_scenario(options.file, options.overrides, options.root, notices);
  print(options.resolved ? scenario.resolved()
                         : fmt::format("{} is valid: {}\n", options.file, contents_text(scenario.contents())));
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
