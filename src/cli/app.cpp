// The command line's frame: which commands there are, and what each kind of failure comes to.

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "costrisk/costrisk.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/terminal.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

constexpr const char* overview =
    "Examples:\n"
    "  costrisk init my.toml                         make a first scenario\n"
    "  costrisk run configs/quickstart.toml          simulate, print the table, write results/quickstart.h5\n"
    "  costrisk merge all.h5 all.shard-*.h5          put the shards of a run together\n"
    "  costrisk show results/quickstart.h5           print the table again\n"
    "  costrisk report results/quickstart.h5         make an HTML report of it\n"
    "  costrisk explain results/quickstart.h5 --plan spot --worst   the story of one future\n"
    "  costrisk live my.toml -o what-if.html         make a page that simulates as values are moved\n"
    "  costrisk export results/quickstart.h5 -o q.xlsx   all figures as a workbook, or a table (CSV)\n"
    "  costrisk check my.toml                        find every problem in a scenario file\n"
    "  costrisk calibrate capacity zone.json         fit values of a scenario to a measured history\n"
    "  costrisk prices aws.csv                       make markets of published prices\n"
    "  costrisk backtest my.toml                     hold predictions against what then happened\n"
    "  costrisk sweep my.toml --vary 'plan.base.commitment.0.instances=0..40'   which value is best\n"
    "  costrisk optimize my.toml                     find the plan that meets the goal at the least cost\n"
    "  costrisk stress my.toml                       try the plans under changes of the world\n"
    "  costrisk sensitivity my.toml                  which numbers matter, and what finding out is worth\n"
    "  costrisk compare before.h5 after.h5           what changed, and what that did to the money\n"
    "  costrisk grade PLANS/                         plans of teams, on futures that none of them has seen\n"
    "  costrisk devices                              what a run could be computed on here\n"
    "  costrisk help COMMAND                         the options of a command\n"
    "\n"
    "Results go to standard output, notices and progress to standard error.\n"
    "Exit codes: 0 done; 1 internal failure; 2 wrong usage or an invalid file; 3 a --require does not hold;\n"
    "4 the backend asked for is not available; 5 input, output or a GPU failed, or threads could not be made;\n"
    "6 --max-time was up, with a valid file of what was simulated;\n"
    "128 and the number of a signal (130 Ctrl-C, 143 SIGTERM, 129 SIGHUP, 138 SIGUSR1, 152 SIGXCPU) stopped by it,\n"
    "with a valid file of what was simulated; 141 the reader of standard output went away.\n";

/// Breaks what options do into lines that end before the right margin of a usual terminal.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    constexpr std::size_t margin = 80;
    const std::size_t room = margin - get_column_width();
    std::istringstream words(option->get_description());
    std::string text, line;
    for (std::string word; words >> word;) {
      if (!line.empty() && line.size() + 1 + word.size() > room) {
        text += line + "\n";
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
    return text + line;
  }
};

/// @throws UsageError unless the first argument is a command or an option
void require_command(const CLI::App& app, int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.starts_with('-')) return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == first) return;
    names.push_back(command->get_name());
  }
  throw UsageError(fmt::format("{}; there are: {}; try costrisk --help",
                               first.empty() ? "a command is needed" : "'" + first + "' is no command",
                               fmt::join(names, ", ")));
}

/// "costrisk calibrate price": the innermost command that the line names.
std::string named_command(const CLI::App& app, int argc, char** argv) {
  std::string name = "costrisk";
  const CLI::App* command = &app;
  for (int i = 1; i < argc; ++i) {
    const auto inner = command->get_subcommands([&](const CLI::App* one) { return one->get_name() == argv[i]; });
    if (inner.empty()) break;
    command = inner.front();
    name += " " + command->get_name();
  }
  return name;
}

/// What --version prints.
std::string version_text(bool json) {
  const Version version = costrisk::version();
  if (!json)
    return fmt::format("costrisk {} ({}, {}, reports with {} charts)\n", version.version, version.git_sha,
                       version.compiler, version.interactive_reports ? "interactive" : "static");
  const nlohmann::ordered_json text = {{"version", version.version},
                                       {"git_sha", version.git_sha},
                                       {"compiler", version.compiler},
                                       {"interactive_reports", version.interactive_reports},
                                       {"sbom", nlohmann::ordered_json::parse(bill_of_materials())}};
  return trace::json_text(text);
}

int parse(CLI::App& app, int argc, char** argv, const int& exit_code) {
  require_command(app, argc, argv);
  try {
    app.parse(argc, argv);
    flush_output();
    return exit_code;
  } catch (const CLI::CallForHelp&) {
    print(app.help());  // of the command that was named, where one was
  } catch (const CLI::CallForVersion&) {
    print(version_text(std::count(argv + 1, argv + argc, std::string_view("--json")) > 0));
  } catch (const CLI::ParseError& error) {
    print_error(error.what(), fmt::format("Try {} --help.", named_command(app, argc, argv)));
    return exit_usage;
  }
  flush_output();
  return exit_done;
}

}  // namespace

int run_program(int argc, char** argv) {
  // Writing past a file size limit, or to a pipe that nobody reads, is to fail like a full disk, not to end the
  // program. That cannot fail for signals that exist.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  hold_standard_streams();
  try {
    int exit_code = exit_done;
    CLI::App app("How much could this plan cost, and how likely is that?", "costrisk");
    app.failure_message(CLI::FailureMessage::simple);
    app.formatter(std::make_shared<HelpFormatter>());
    CLI::Option* version = app.set_version_flag("--version", costrisk::version().version, "Print the version and end");
    bool json = false;
    app.add_flag("--json", json, "With --version: as JSON, with a bill of materials of the program")->needs(version);
    app.footer(overview);
    app.require_subcommand(1);
    add_run(app, exit_code);
    add_check(app, exit_code);
    add_merge(app, exit_code);
    add_show(app, exit_code);
    add_report(app, exit_code);
    add_export(app, exit_code);
    add_explain(app, exit_code);
    add_live(app, exit_code);
    add_audit(app, exit_code);
    add_calibrate(app, exit_code);
    add_prices(app, exit_code);
    add_backtest(app, exit_code);
    add_sweep(app, exit_code);
    add_optimize(app, exit_code);
    add_stress(app, exit_code);
    add_sensitivity(app, exit_code);
    add_compare(app, exit_code);
    add_grade(app, exit_code);
    add_init(app, exit_code);
    add_help(app, exit_code);
    add_devices(app, exit_code);
    add_bench(app, exit_code);
    add_ladder(app, exit_code);
    return parse(app, argc, argv, exit_code);
  } catch (const UsageError& error) {
    print_error(error.what());
    return exit_usage;
  } catch (const InvalidScenario& error) {
    print_diagnostics(error.what());
    return exit_usage;
  } catch (const BackendUnavailable& error) {
    print_error(error.what());
    return exit_backend;
  } catch (const DeviceFailed& error) {
    print_error(error.what());
    return exit_io;
  } catch (const ClosedPipe&) {
    return exit_closed_pipe;  // who reads has had enough, which is no error to report
  } catch (const FileError& error) {
    print_error(error.what());
    return exit_io;
  } catch (const TooLarge& error) {
    print_error(error.what());
    return exit_usage;
  } catch (const InputError& error) {
    print_error(error.what());
    return exit_usage;
  } catch (const std::system_error& error) {
    print_error(
        fmt::format("the system refused what was needed: {}; check the limits on threads and open files (ulimit -a)",
                    error.what()));
    return exit_io;
  } catch (const std::bad_alloc&) {
    print_error("out of memory: fewer paths in a run, or without --keep-paths, need less");
    return exit_internal;
  } catch (const std::exception& error) {
    print_error(error.what());
    return exit_internal;
  }
}

}  // namespace costrisk::cli
