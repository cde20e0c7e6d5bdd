// `costrisk backtest replay`: the published simulator's rules on a trace, or held against what it printed.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "costrisk/backtest.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

namespace {

struct ReplayArguments {
  std::string trace, cases, traces;
  ReplayOptions job;
  std::string task, deadline, restart = "0h", start = "0h", every;
  bool json = false;
};

void replay_trace(const ReplayArguments& arguments) {
  ReplayOptions job = arguments.job;
  if (arguments.task.empty() || arguments.deadline.empty())
    throw UsageError("--trace needs --task and --deadline, such as --task 24h --deadline 36h");
  if (job.spot_price <= 0.0 || job.on_demand_price <= 0.0)
    throw UsageError("--trace needs --spot-price and --on-demand-price, per hour");
  job.task_hours = hours_option(arguments.task, "--task");
  job.deadline_hours = hours_option(arguments.deadline, "--deadline");
  job.restart_hours = hours_or_zero_option(arguments.restart, "--restart");
  job.start_hours = hours_or_zero_option(arguments.start, "--start");
  if (!arguments.every.empty()) job.every_hours = hours_option(arguments.every, "--every");
  const Replay replay = replay_published(arguments.trace, job);
  if (arguments.json) {
    print(replay.json());
    return;
  }
  if (replay.starts.size() > 1)
    print(fmt::format("{} windows, each from {} after the one before\n\n", replay.starts.size(), arguments.every));
  print(replay.table(styled(stdout)));
}

int compare_cases(const ReplayArguments& arguments) {
  const Agreement agreement = compare_published(arguments.cases, arguments.traces);
  print(arguments.json
            ? agreement.json()
            : agreement.table(styled(stdout)) + fmt::format("\n{} of {} cases equal in cost, finish, hours and "
                                                            "preemptions\n",
                                                            agreement.equal, agreement.cases));
  return agreement.equal == agreement.cases ? exit_done : exit_gate;
}

}  // namespace

CLI::App* add_backtest_replay(CLI::App& parent, int& exit_code) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* command = parent.add_subcommand("replay", "The published Can't Be Late simulator's rules on a trace");
  command->add_option("--trace", arguments->trace, "Trace of availability at even distances (JSON or CSV)")
      ->type_name("FILE");
  command
      ->add_option("--policy", arguments->job.policies,
                   "strawman (greedy), rc_threshold, rc_cr_threshold (uniform-progress), only_spot (spot) or "
                   "ideal_ilp_overhead, which knows the trace; may be repeated [the first four]")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command->add_option("--task", arguments->task, "Length of the task")->type_name("DURATION");
  command->add_option("--deadline", arguments->deadline, "Time from its start to its deadline")->type_name("DURATION");
  command->add_option("--restart", arguments->restart, "Spent after each start and switch [0h]")->type_name("DURATION");
  command->add_option("--start", arguments->start, "Where in the trace the job starts, up to whole gaps [0h]")
      ->type_name("DURATION");
  command
      ->add_option("--every", arguments->every,
                   "Start anew so much later, as often as the deadline is within the trace")
      ->type_name("DURATION");
  command->add_option("--spot-price", arguments->job.spot_price, "Per hour")->check(above_zero());
  command->add_option("--on-demand-price", arguments->job.on_demand_price, "Per hour")->check(above_zero());
  command->add_option("--instances", arguments->job.instances, "A gap is up from so many instances on [1]")
      ->check(above_zero());
  command
      ->add_option("--cases", arguments->cases, "In place of --trace: costs that the simulator printed, to be compared")
      ->type_name("FILE.json");
  command->add_option("--traces", arguments->traces, "Folder of the cases' traces [spot-traces beside the file]")
      ->type_name("FOLDER");
  command->add_flag("--json", arguments->json, "Print JSON: every window");
  command->footer(
      "Gaps are paid in full, restarts come before progress, work done is never lost.\n"
      "With --cases the exit code is 3 where a case differs.\n"
      "\n"
      "Examples:\n"
      "  costrisk backtest replay --trace zone.json --task 24h --deadline 36h --restart 12m \\\n"
      "      --spot-price 0.9731 --on-demand-price 3.06\n"
      "  costrisk backtest replay --trace zone.json --policy rc_threshold --task 48h --deadline 52h --start 150h \\\n"
      "      --spot-price 0.9731 --on-demand-price 3.06 --json\n"
      "  costrisk backtest replay --trace zone.json --task 24h --deadline 36h --every 1h --spot-price 1 "
      "--on-demand-price 3\n"
      "  costrisk backtest replay --cases cbl_reference.json\n");
  command->callback([arguments, &exit_code] {
    if (arguments->trace.empty() == arguments->cases.empty())
      throw UsageError("backtest replay needs --trace FILE, or --cases FILE.json");
    exit_code = exit_done;
    if (arguments->cases.empty())
      replay_trace(*arguments);
    else
      exit_code = compare_cases(*arguments);
  });
  return command;
}

}  // namespace costrisk::cli
