// `costrisk sensitivity`: which numbers matter, and what it is worth to find out.
#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct SensitivityArguments : StudyArguments {
  std::string plan, vary;
  std::vector<std::string> only;
};

int move_numbers(const SensitivityArguments& arguments) {
  StudyRun run(arguments);
  SensitivityOptions options;
  run.fill(options);
  options.plan = arguments.plan;
  options.only = arguments.only;
  options.vary = arguments.vary;
  return run.finish([&] { return sensitivity(run.scenario(), options); });
}

}  // namespace

void add_sensitivity(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SensitivityArguments>();
  CLI::App* command = app.add_subcommand("sensitivity", "Which numbers matter, and what it is worth to find out");
  add_study_options(*command, *options, "Futures of each move [what FILE says, at most 4096]",
                    "evpi, evppi.UNKNOWN, numbers and known_signs");
  command->add_option("--plan", options->plan, "Whose effects the table has [the cheapest that meets the goal]")
      ->type_name("PLAN");
  command->add_option("--only", options->only, "Move only numbers whose address begins so; may be repeated")
      ->allow_extra_args(false)
      ->type_name("ADDRESS");
  command->add_option("--vary", options->vary, "Further plans that may be chosen, for the value of finding out")
      ->type_name("ADDRESS=VALUES");
  command->footer(
      "Each number of FILE is moved by 10 % up and down (whole numbers by one at least) over the same futures. An\n"
      "elasticity of 0.4 says: one percent more of the number makes the cost 0.4 % higher. All intervals hold\n"
      "together with 95 % confidence; a question mark stands where even the sign is not known.\n"
      "EVPI is what it would be worth to know the future before choosing a plan, EVPPI to know one unknown alone.\n"
      "\n"
      "Examples:\n"
      "  costrisk sensitivity my.toml\n"
      "  costrisk sensitivity my.toml --only market. --only demand. --plan base\n"
      "  costrisk sensitivity my.toml --vary 'plan.base.commitment.0.instances=0..40:4'\n");
  command->callback([options, &exit_code] { exit_code = move_numbers(*options); });
}

}  // namespace costrisk::cli
