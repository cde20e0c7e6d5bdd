// `costrisk backtest replay`: the published simulator's rules on a trace, or held against what it printed.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/backtest/published_cases.hpp"
#include "src/backtest/published_rules.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/backtest_scores.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/history.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::cli {

namespace {

using backtest::PolicyReplays;
using backtest::PublishedCase;
using backtest::PublishedPolicy;
using Json = nlohmann::ordered_json;

struct ReplayOptions {
  std::string trace, cases, traces;
  std::vector<std::string> policies;
  std::string task, deadline, restart = "0h", start = "0h", every;
  double spot_price = 0.0, on_demand_price = 0.0, instances = 1.0;
  bool json = false;
};

double whole_hours(const std::string& text, const char* option) {
  const auto duration = scenario::parse_duration(text);
  if (!duration)
    throw UsageError(fmt::format("{} {} is no duration; expected one such as 0h, 12m or 36h", option, text));
  return duration->hours;
}

std::vector<PublishedPolicy> chosen_policies(const ReplayOptions& options) {
  std::vector<PublishedPolicy> policies;
  try {
    for (const std::string& name : options.policies) policies.push_back(backtest::policy_of(name));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("--policy: {}", error.what()));
  }
  if (policies.empty())
    for (const auto& name : backtest::policy_names())
      if (name.policy != PublishedPolicy::ideal_ilp_overhead) policies.push_back(name.policy);
  return policies;
}

void replay_trace(const ReplayOptions& options) {
  if (options.task.empty() || options.deadline.empty())
    throw UsageError("--trace needs --task and --deadline, such as --task 24h --deadline 36h");
  if (options.spot_price <= 0.0 || options.on_demand_price <= 0.0)
    throw UsageError("--trace needs --spot-price and --on-demand-price, per hour");
  require_file(options.trace);
  const trace::History history = trace::read_history(options.trace);
  trace::require_even(history);
  if (!(history.gap_seconds > 0.0))
    throw UsageError(fmt::format("{}: one value is no trace; the rules need values at even distances", options.trace));
  const std::vector<char> up = backtest::flags_of(history, options.instances);
  const double gap_hours = history.gap_seconds / seconds_per_hour;
  PublishedCase job;
  job.gap_seconds = history.gap_seconds;
  job.task_seconds = hours_option(options.task, "--task") * seconds_per_hour;
  const double deadline_hours = hours_option(options.deadline, "--deadline");
  job.deadline_seconds = deadline_hours * seconds_per_hour;
  job.restart_seconds = whole_hours(options.restart, "--restart") * seconds_per_hour;
  job.spot_price = options.spot_price;
  job.on_demand_price = options.on_demand_price;

  const auto gaps = [gap_hours](double hours) {
    return static_cast<std::size_t>(std::ceil(hours / gap_hours - backtest::hours_rounding));
  };
  std::vector<std::size_t> starts = {gaps(whole_hours(options.start, "--start"))};
  if (starts[0] >= up.size())
    throw UsageError(fmt::format("--start {} is beyond the trace, which is {:.4g} h long", options.start,
                                 static_cast<double>(up.size()) * gap_hours));
  if (!options.every.empty()) {
    const double every = hours_option(options.every, "--every");
    const double first = static_cast<double>(starts[0]) * gap_hours;
    for (int i = 1;; ++i) {
      const std::size_t next = gaps(first + i * every);
      if (next + gaps(deadline_hours) > up.size()) break;
      if (next > starts.back()) starts.push_back(next);
    }
  }
  std::vector<PolicyReplays> replays;
  for (const PublishedPolicy policy : chosen_policies(options)) {
    job.policy = policy;
    PolicyReplays& all = replays.emplace_back(PolicyReplays{policy, deadline_hours, {}});
    try {
      for (const std::size_t start : starts)
        all.outcomes.push_back(backtest::replay(job, std::span(up).subspan(start)));
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }
  if (options.json) {
    Json document = {{"trace", options.trace}, {"gap_seconds", history.gap_seconds}, {"start_index", starts}};
    document["policies"] = present::replays_json(replays);
    print(trace::json_text(document));
    return;
  }
  if (starts.size() > 1)
    print(fmt::format("{} windows, each from {} after the one before\n\n", starts.size(), options.every));
  print(present::replay_table(replays, styled(stdout)));
}

int compare_cases(const ReplayOptions& options) {
  require_file(options.cases);
  const std::filesystem::path folder = options.traces.empty()
                                           ? std::filesystem::path(options.cases).parent_path() / "spot-traces"
                                           : std::filesystem::path(options.traces);
  const auto cases = backtest::read_printed_cases(options.cases);
  const auto agreements = backtest::compare(cases, folder);
  int total = 0, equal = 0;
  for (const auto& agreement : agreements) {
    total += agreement.cases;
    equal += agreement.equal;
  }
  Json document = {{"policies", present::agreements_json(agreements)}};
  document["cases"] = total;
  document["equal"] = equal;
  print(options.json
            ? trace::json_text(document)
            : present::agreement_table(agreements, styled(stdout)) +
                  fmt::format("\n{} of {} cases equal in cost, finish, hours and preemptions\n", equal, total));
  return equal == total ? exit_done : exit_gate;
}

}  // namespace

CLI::App* add_backtest_replay(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = parent.add_subcommand("replay", "The published Can't Be Late simulator's rules on a trace");
  command->add_option("--trace", options->trace, "Trace of availability at even distances (JSON or CSV)")
      ->type_name("FILE");
  command
      ->add_option("--policy", options->policies,
                   "strawman (greedy), rc_threshold, rc_cr_threshold (uniform-progress), only_spot (spot) or "
                   "ideal_ilp_overhead, which knows the trace; may be repeated [the first four]")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command->add_option("--task", options->task, "Length of the task")->type_name("DURATION");
  command->add_option("--deadline", options->deadline, "Time from its start to its deadline")->type_name("DURATION");
  command->add_option("--restart", options->restart, "Spent after each start and switch [0h]")->type_name("DURATION");
  command->add_option("--start", options->start, "Where in the trace the job starts, up to whole gaps [0h]")
      ->type_name("DURATION");
  command
      ->add_option("--every", options->every, "Start anew so much later, as often as the deadline is within the trace")
      ->type_name("DURATION");
  command->add_option("--spot-price", options->spot_price, "Per hour")->check(above_zero());
  command->add_option("--on-demand-price", options->on_demand_price, "Per hour")->check(above_zero());
  command->add_option("--instances", options->instances, "A gap is up from so many instances on [1]")
      ->check(above_zero());
  command
      ->add_option("--cases", options->cases, "In place of --trace: costs that the simulator printed, to be compared")
      ->type_name("FILE.json");
  command->add_option("--traces", options->traces, "Folder of the cases' traces [spot-traces beside the file]")
      ->type_name("FOLDER");
  command->add_flag("--json", options->json, "Print JSON: every window");
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
  command->callback([options, &exit_code] {
    if (options->trace.empty() == options->cases.empty())
      throw UsageError("backtest replay needs --trace FILE, or --cases FILE.json");
    exit_code = exit_done;
    if (options->cases.empty())
      replay_trace(*options);
    else
      exit_code = compare_cases(*options);
  });
  return command;
}

}  // namespace costrisk::cli
