// `costrisk backtest`: predictions held against what then happened.

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/backtest.hpp"
#include "costrisk/files.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"

namespace costrisk::cli {

namespace {

struct BacktestArguments {
  std::string file, root, model = "bootstrap", training, every, block, html, backend = "auto";
  std::vector<std::string> overrides;
  std::optional<std::uint64_t> paths;
  int threads = 0;
  bool json = false, quiet = false;
  BillCheckOptions bill;
};

BacktestOptions::Model model_of(const std::string& name) {
  return name == "log-normal"    ? BacktestOptions::Model::log_normal
         : name == "exponential" ? BacktestOptions::Model::exponential
                                 : BacktestOptions::Model::bootstrap;
}

int backtest_scenario(const BacktestArguments& arguments) {
  const Notices notices(arguments.quiet);
  const StopSignals signals;
  prepare_outputs({{"--html", arguments.html, FileKind::backtest}});
  // Warnings are about futures; what is simulated here is not what FILE says of them.
  const Scenario scenario = load_scenario(arguments.file, arguments.overrides, arguments.root, Notices(true));
  ProgressBar bar(!arguments.quiet);
  BacktestOptions options;
  options.model = model_of(arguments.model);
  if (!arguments.training.empty()) options.training_hours = hours_option(arguments.training, "--training");
  if (!arguments.every.empty()) options.every_hours = hours_option(arguments.every, "--every");
  if (!arguments.block.empty()) options.block_hours = hours_option(arguments.block, "--block");
  options.paths = arguments.paths.value_or(options.paths);
  options.backend = arguments.backend;
  options.threads = arguments.threads;
  options.cancellation = signals.stop();
  options.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  Backtest scores;
  try {
    scores = score_predictions(scenario, options);
  } catch (const InputError& error) {
    throw UsageError(fmt::format("{}: {}", arguments.file, error.what()));
  }
  bar.clear();
  if (scores.origin_hours.empty()) {
    notices.note(fmt::format("Stopped after 0 of {}: nothing to report.", present::counted(scores.planned, "window")));
    if (arguments.json) print(scores.json);
    return signals.exit_code();
  }
  std::string lead = present::broken_text(scores.basis, text_width());
  lead.pop_back();
  notices.note(lead);
  if (!arguments.html.empty()) {
    write_file(arguments.html, scores.page);
    notices.note(fmt::format("plots in {}", arguments.html));
  }
  print(arguments.json ? scores.json
                       : scores.tables[0].text(styled(stdout)) + "\n" + scores.tables[1].text(styled(stdout)));
  return signals.exit_code();
}

/// A forecast held against the bills since.
int check_bill(const BacktestArguments& arguments) {
  const Notices notices(arguments.quiet);
  const StopSignals signals;
  ProgressBar bar(!arguments.quiet);
  BillCheckOptions options = arguments.bill;
  options.backend = arguments.backend;
  options.threads = arguments.threads;
  options.root = arguments.root;
  options.paths = arguments.paths.value_or(0);
  options.cancellation = signals.stop();
  options.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  BillCheck check;
  try {
    if (is_hdf5(arguments.file)) {
      if (!arguments.overrides.empty())
        throw UsageError(
            fmt::format("--set changes what is simulated, and {} holds a run that is done: name its "
                        "scenario file",
                        arguments.file));
      check = check_forecast(Results::read(arguments.file), options);
    } else {
      if (!options.histories.empty())
        throw UsageError("--histories is for result files: a scenario file names its histories itself");
      check =
          check_forecast(load_scenario(arguments.file, arguments.overrides, arguments.root, Notices(true)), options);
    }
  } catch (const InputError& error) {
    throw UsageError(error.what());
  }
  bar.clear();
  notices.note(fmt::format("{}: {}", check.read.address, check.read.text));
  for (const std::string& remark : check.read.remarks)
    notices.warning(fmt::format("{}: {}", check.read.address, remark));
  if (arguments.json) {
    print(check.json);
    return signals.exit_code();
  }
  std::string text;
  for (const Table& table : check.tables) text += table.text(styled(stdout)) + "\n";
  for (const std::string& sentence : check.verdict) text += present::broken_text(sentence, text_width());
  print(text);
  return signals.exit_code();
}

}  // namespace

void add_backtest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<BacktestArguments>();
  CLI::App* command = app.add_subcommand("backtest", "Hold predictions against what then happened");
  command->add_option("FILE", options->file,
                      "Scenario (TOML) with a history of capacity, price or demand; with --bill any, or results");
  command
      ->add_option("--model", options->model,
                   "What predicts: bootstrap of what was measured, or laws fitted to it, log-normal or exponential in "
                   "the runs of capacity [bootstrap]")
      ->check(CLI::IsMember({"bootstrap", "log-normal", "exponential"}));
  command->add_option("--training", options->training, "History before the first prediction [half of it]")
      ->type_name("DURATION");
  command->add_option("--every", options->every, "From one prediction to the next [so that there are about fifty]")
      ->type_name("DURATION");
  command
      ->add_option("--block", options->block,
                   "Bootstrap of prices and demands: length of the blocks where FILE says none [1d]")
      ->type_name("DURATION");
  command
      ->add_option("--paths", options->paths,
                   "Futures of each prediction [2000]; with --bill of the forecast [as FILE has it]")
      ->transform(whole_number(20, 1000000));
  add_root_option(*command, options->root);
  add_override_options(*command, options->overrides);
  command
      ->add_option("--bill", options->bill.bills,
                   "Hold the forecast that FILE, a scenario or results, makes against these bills (CSV, FOCUS 1.0 to "
                   "1.3), month by month")
      ->type_name("BILL");
  command->add_option("--until", options->bill.until, "--bill: months up to this date [as far as the bills reach]")
      ->type_name("DATE");
  command->add_option("--owner-tag", options->bill.owner_tag, "--bill: the tag that names owners [that of FILE]")
      ->type_name("KEY");
  command
      ->add_option("--owner-column", options->bill.owner_column, "--bill: a column that names them, in place of a tag")
      ->type_name("NAME");
  command
      ->add_option("--histories", options->bill.histories,
                   "--bill: folder of the scenario file, where FILE holds results made from files [looked for]")
      ->type_name("FOLDER");
  command->add_option("--backend", options->backend, "What to compute on [auto]")->check(backend_or_auto());
  command->add_option("--threads", options->threads, "Threads [as many as there are cores]")
      ->check(CLI::Range(1, 4096));
  command->add_option("--html", options->html, "Write the plots to a page that loads nothing else")
      ->check(not_empty("backtest.html"))
      ->type_name("FILE.html");
  command->add_flag("--json", options->json, "Print JSON: every window");
  command->add_flag("--quiet", options->quiet, "No notices and no progress, only the tables and errors");
  CLI::Option* bill = command->get_option("--bill");
  for (const char* option : {"--model", "--training", "--every", "--block", "--html"})
    command->get_option(option)->excludes(bill);
  for (const char* option : {"--until", "--owner-tag", "--owner-column", "--histories"})
    command->get_option(option)->needs(bill);
  CLI::App* replay = add_backtest_replay(*command, exit_code);
  command->footer(
      "The histories of FILE are cut off at each origin; what comes after it is only compared with.\n"
      "\n"
      "Examples:\n"
      "  costrisk backtest my.toml                                 every plan over the second half of its histories\n"
      "  costrisk backtest my.toml --model exponential --html backtest.html\n"
      "  costrisk backtest my.toml --training 20d --every 6h --paths 5000 --json\n"
      "  costrisk backtest january.toml --bill focus.csv           did the forecast hold? month by month and owner\n"
      "  costrisk backtest replay --help                           the published simulator's rules on a trace\n");
  command->callback([options, replay, &exit_code] {
    if (replay->parsed()) return;
    if (options->file.empty()) throw UsageError("backtest needs a scenario, or replay; try costrisk backtest --help");
    exit_code = options->bill.bills.empty() ? backtest_scenario(*options) : check_bill(*options);
  });
}

}  // namespace costrisk::cli
