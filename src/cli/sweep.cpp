// `costrisk sweep`: a scenario over values of one or two of its addresses.
#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct SweepArguments : StudyArguments {
  std::vector<std::string> vary, plans;
  std::string minimize = "mean";
};

int sweep_scenario(const SweepArguments& arguments) {
  StudyRun run(arguments);
  SweepOptions options;
  run.fill(options);
  options.vary = arguments.vary;
  options.plans = arguments.plans;
  options.minimize = arguments.minimize;
  return run.finish([&] { return sweep(run.scenario(), options); });
}

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SweepArguments>();
  CLI::App* command = app.add_subcommand("sweep", "Try values of one or two addresses: which is best, and how surely");
  add_study_options(*command, *options, "Futures of each case [what FILE says]", "best, cases, meets_goal and tied");
  command->add_option("--vary", options->vary, "What varies, once or twice: numbers or durations from..to, or a list")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("ADDRESS=VALUES");
  command->add_option("--plan", options->plans, "Show this plan alone [those that vary]; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PLAN");
  command->add_option("--minimize", options->minimize, "What the best has least of: mean, p90, cvar95, ... [mean]")
      ->type_name("STAT");
  command->footer(
      "Values: 0..40, 0.5..0.9:0.05, 6h..2d:6h, or a list: spot,greedy or \"2w\",\"4w\". With ADDRESS *= they are\n"
      "factors of what stands there. * in an address stands for any text; commitments, savings\n"
      "plans and pools are named by their place, from 0, or by their market.\n"
      "All intervals hold together: of the cases that are not marked, each costs more than the best, or\n"
      "misses the goal, with 95 % confidence for all of them at once.\n"
      "\n"
      "Examples:\n"
      "  costrisk sweep my.toml --vary 'plan.base.commitment.0.instances=0..40'\n"
      "  costrisk sweep my.toml --vary 'plan.base.service.chat.utilization=0.5..0.9:0.05' \\\n"
      "      --vary 'plan.base.service.chat.pools.0.share=0..1:0.1' --html grid.html\n"
      "  costrisk sweep my.toml --vary 'market.*.price *= 0.8..1.4:0.1'\n"
      "  costrisk sweep my.toml --vary 'plan.fast.job.train.policy=spot,greedy,on-demand' --minimize cvar95\n");
  command->callback([options, &exit_code] { exit_code = sweep_scenario(*options); });
}

}  // namespace costrisk::cli
