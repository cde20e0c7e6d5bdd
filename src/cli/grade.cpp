// `costrisk grade`: the plans of a class on futures that nobody has seen.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct GradeArguments : StudyArguments {
  std::vector<std::string> plans, stresses;
  std::vector<std::string> seeds;
  std::string scenario, plan, minimize = "mean";
  bool usual = false;
};

std::vector<std::uint64_t> seeds_of(const std::vector<std::string>& words) {
  std::vector<std::uint64_t> seeds;
  const CLI::Validator number = whole_number(0, std::numeric_limits<std::int64_t>::max());
  for (std::string word : words) {
    if (const std::string problem = number(word); !problem.empty())
      throw UsageError(fmt::format("--seeds: '{}' is no seed; expected whole numbers with commas between", word));
    seeds.push_back(std::stoull(word));
  }
  return seeds;
}

int grade_plans(const GradeArguments& arguments) {
  const Notices notices(arguments.quiet);
  StopSignals signals;
  prepare_study_outputs(arguments);
  ProgressBar bar(!arguments.quiet);
  GradeOptions options;
  if (!arguments.seeds.empty()) options.seeds = seeds_of(arguments.seeds);
  options.scenario = arguments.scenario;
  options.plan = arguments.plan;
  options.stresses.assign(arguments.stresses.begin(), arguments.stresses.end());
  options.usual = arguments.usual;
  options.minimize = arguments.minimize;
  options.settings = arguments.overrides;
  options.root = arguments.root;
  options.paths = arguments.paths;
  options.threads = arguments.threads;
  options.backend = arguments.backend;
  options.cancellation = signals.stop();
  options.progress = [&bar](std::uint64_t done, std::uint64_t total, const std::string&) { bar.update(done, total); };
  try {
    const Grades grades = grade({arguments.plans.begin(), arguments.plans.end()}, options);
    bar.clear();
    for (const std::string& notice : grades.notices) notices.note(notice);
    for (const Ungraded& one : grades.ungraded) {
      print_error(fmt::format("no grade for '{}':", one.team));
      print_diagnostics(one.reason);
    }
    show_study(grades, arguments, notices);
    if (!grades.complete) return signals.exit_code();
    const int code = code_of_gates(grades, arguments);
    if (code != exit_done || grades.ungraded.empty()) return code;
    const bool all_unreadable =
        std::all_of(grades.ungraded.begin(), grades.ungraded.end(), [](const Ungraded& one) { return one.unreadable; });
    return all_unreadable ? exit_io : exit_usage;
  } catch (const InputError& error) {
    // Several lines: all that is wrong with all files, each with its place.
    const std::string text = error.what();
    const std::size_t end = text.find('\n');
    if (end == std::string::npos) throw;
    bar.clear();
    print_error(text.substr(0, end));
    print_diagnostics(text.substr(end + 1));
    return exit_usage;
  } catch (const Cancelled& cancelled) {
    bar.clear();
    notices.note(cancelled.what());
    return signals.exit_code();
  }
}

}  // namespace

void add_grade(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<GradeArguments>();
  CLI::App* command = app.add_subcommand("grade", "Plans of teams side by side, on futures that none of them has seen");
  command
      ->add_option("PLANS", options->plans,
                   "Files of plans (TOML), one a team, or folders of them; a team is named after its file")
      ->required();
  command
      ->add_option("--scenario", options->scenario,
                   "The scenario whose world counts; of PLANS only [[plan]] and [[item]] are taken [every file is a "
                   "scenario, all of the same world]")
      ->check(not_empty("case.toml"))
      ->type_name("FILE");
  command->add_option("--plan", options->plan, "Name of the plan that is graded [the last one of each file]")
      ->type_name("PLAN");
  command->add_option("--seeds", options->seeds, "Seeds of the futures, which the teams have not seen [2031,2032]")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("S,S");
  add_study_paths(*command, *options, "Futures of each seed [what the scenario says, at most 20,000]");
  command
      ->add_option("--stress", options->stresses,
                   "File of [[stress]] tables: worlds that went otherwise; may be repeated")
      ->allow_extra_args(false)
      ->check(not_empty("market.toml"))
      ->type_name("FILE");
  command->add_flag("--usual", options->usual, "The worlds that stress tries to begin with as well");
  command->add_option("--minimize", options->minimize, "What the best has least of: mean, p90, cvar95, ... [mean]")
      ->type_name("STAT");
  add_study_files(*command, *options);
  add_study_backend(*command, *options);
  add_override_options(*command, options->overrides);
  add_root_option(*command, options->root);
  add_study_printing(*command, *options, "teams, met, ungraded, points.TEAM, rank.TEAM");
  command->footer(
      "Every plan meets the same futures, as expected and under each stress. Who meets the goal is before who misses\n"
      "it, then counts the cost. A rank 1-2 is one that the futures leave open: of one world all intervals hold\n"
      "together with 95 % confidence. Points: two for a goal met as expected, one for each stress under which it is "
      "met.\n"
      "A file that cannot be graded is named, with exit code 2, and the others have their grades.\n"
      "\n"
      "Examples:\n"
      "  costrisk grade teams/ --scenario case.toml --stress market.toml\n"
      "  costrisk grade red.toml blue.toml --plan 'our plan' --seeds 5,6,7 --html class.html\n");
  command->callback([options, &exit_code] { exit_code = grade_plans(*options); });
}

}  // namespace costrisk::cli
