// `costrisk optimize`: the plan that meets the goal at the least cost.
#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct OptimizeArguments : StudyArguments {
  std::vector<std::string> vary;
  std::string minimize;
  std::uint64_t proof_paths = 0;
  double confidence = 0.0;
};

int optimize_scenario(const OptimizeArguments& arguments) {
  StudyRun run(arguments);
  OptimizeOptions options;
  run.fill(options);
  options.vary = arguments.vary;
  options.minimize = arguments.minimize;
  options.proof_paths = arguments.proof_paths;
  options.confidence = arguments.confidence;
  return run.finish([&] { return optimize(run.scenario(), options); });
}

}  // namespace

void add_optimize(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<OptimizeArguments>();
  CLI::App* command = app.add_subcommand("optimize", "Find the plan that meets the goal at the least cost");
  add_study_options(*command, *options, "Futures of the last round of the search [what FILE says, at most 8192]",
                    "shown, confidence, value, mean, p95, cvar95, over_budget, late.JOB, served.SERVICE, ...");
  command->add_option("--vary", options->vary, "What may vary, in place of [search] of FILE; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("ADDRESS=VALUES");
  command->add_option("--minimize", options->minimize, "mean, p90, cvar95, ... [what FILE says, mean]")
      ->type_name("STAT");
  command
      ->add_option("--proof-paths", options->proof_paths,
                   "Fresh futures that the plan found is tried on [4 times those of the search]")
      ->transform(whole_number(1, std::uint64_t{1} << 26))
      ->type_name("N");
  command->add_option("--confidence", options->confidence, "With which the goal is to be shown to be met [0.95]")
      ->check(number_between(0.5, 0.9999))
      ->type_name("SHARE");
  command->footer(
      "FILE says in [search] what may vary, as --vary does:\n"
      "  [search]\n"
      "  vary = [\"plan.base.commitment.0.instances = 0..40\", \"plan.base.service.chat.utilization = 0.5..0.9:0.1\"]\n"
      "  minimize = \"mean\"\n"
      "The plan is subject to [goal] of FILE. It is found on some futures and then tried on others, so that\n"
      "what is said of it does not profit from having been looked for.\n"
      "\n"
      "Examples:\n"
      "  costrisk optimize my.toml\n"
      "  costrisk optimize my.toml --minimize cvar95 --html search.html\n"
      "  costrisk optimize my.toml --vary 'plan.a.job.train.instances=8..32:8' \\\n"
      "      --vary 'plan.a.job.train.policy=greedy,uniform-progress' --require 'shown>=1'\n");
  command->callback([options, &exit_code] { exit_code = optimize_scenario(*options); });
}

}  // namespace costrisk::cli
