// `costrisk stress`: plans under changes of the world, and what breaks the goal.
#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct StressArguments : StudyArguments {
  std::string plan;
  bool reverse = false, own = false;
};

int stress_scenario(const StressArguments& arguments) {
  if (!arguments.plan.empty() && !arguments.reverse)
    throw UsageError("--plan says whose goal is to break: it goes with --reverse");
  StudyRun run(arguments);
  if (arguments.reverse) {
    StudyOptions options;
    run.fill(options);
    return run.finish([&] { return reverse_stress(run.scenario(), arguments.plan, options); });
  }
  StressOptions options;
  run.fill(options);
  options.usual = !arguments.own;
  return run.finish([&] { return stress(run.scenario(), options); });
}

}  // namespace

void add_stress(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StressArguments>();
  CLI::App* command =
      app.add_subcommand("stress", "Try the plans under changes of the world; find what breaks the goal");
  add_study_options(*command, *options, "Futures [what FILE says, at most 20,000; with --reverse 4096]",
                    "largest_change, broken, missed.PLAN; with --reverse breaking_share, likeliest_chance");
  command->add_flag("--own", options->own, "Only the stresses that FILE says, without those to begin with");
  command->add_flag("--reverse", options->reverse,
                    "Find the smallest move of each unknown that breaks the goal, and the likeliest pair");
  command->add_option("--plan", options->plan, "With --reverse: whose goal [the cheapest that meets it]")
      ->type_name("PLAN");
  command->footer(
      "To begin with: prices +20 %, list prices cut by 45 %, droughts twice as long, no spot, each region lost,\n"
      "demand twice, and a launch a month late, where FILE has something of the kind. Others stand in FILE:\n"
      "  [[stress]]\n"
      "  name  = \"dear and scarce\"\n"
      "  scale = [\"market.*.price=1.5\", \"market.*.capacity.down.mean=3\"]\n"
      "  set   = [\"demand.chat.base=90\"]\n"
      "\n"
      "Examples:\n"
      "  costrisk stress my.toml\n"
      "  costrisk stress my.toml --require 'missed.base<=1'\n"
      "  costrisk stress my.toml --reverse --plan base\n");
  command->callback([options, &exit_code] { exit_code = stress_scenario(*options); });
}

}  // namespace costrisk::cli
