// `costrisk backtest`: predictions held against what then happened.

#include <fmt/format.h>

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/backtest/rolling.hpp"
#include "src/backtest/scores.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/page/plots.hpp"
#include "src/present/text/backtest_scores.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::cli {

namespace {

struct BacktestOptions {
  std::string file, root, model = "bootstrap", training, every, block, html, backend = "auto";
  std::vector<std::string> overrides;
  std::uint64_t paths = 2000;
  int threads = 0;
  bool json = false, quiet = false;
};

double seconds_option(const std::string& text, const char* option) {
  return text.empty() ? 0.0 : hours_option(text, option) * seconds_per_hour;
}

int backtest_scenario(const BacktestOptions& options) {
  const Notices notices(options.quiet);
  const StopSignals signals;
  prepare_outputs({{"--html", options.html, OutputKind::backtest}});
  // Warnings are about futures; what is simulated here is not what FILE says of them.
  const scenario::Scenario scenario =
      load_scenario(options.file, options.overrides, options.root, Notices(true)).scenario;
  ProgressBar bar(!options.quiet);
  backtest::RollingOptions rolling;
  rolling.model = options.model == "log-normal"    ? backtest::Model::log_normal
                  : options.model == "exponential" ? backtest::Model::exponential
                                                   : backtest::Model::bootstrap;
  rolling.training_seconds = seconds_option(options.training, "--training");
  rolling.every_seconds = seconds_option(options.every, "--every");
  if (!options.block.empty()) rolling.block_seconds = seconds_option(options.block, "--block");
  rolling.paths = options.paths;
  rolling.run.backend = options.backend;
  rolling.run.threads = options.threads;
  rolling.run.stop = &signals.stop();
  rolling.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  backtest::RollingScores scores;
  try {
    scores = backtest::score_rolling(scenario, rolling);
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}", options.file, error.what()));
  }
  bar.clear();
  if (scores.origin_seconds.empty()) {
    notices.note(fmt::format("Stopped after 0 of {}: nothing to report.", present::counted(scores.planned, "window")));
    if (options.json) print(trace::json_text(present::scores_json(scores)));
    return signals.exit_code();
  }
  const std::vector<present::PlainTable> tables = {present::coverage_table(scores),
                                                   present::cost_table(scores, scenario.currency)};
  const std::string basis = present::score_basis(scores, options.paths, options.model);
  std::string lead = present::broken_text(basis, text_width());
  lead.pop_back();
  notices.note(lead);
  if (!options.html.empty()) {
    const std::string page =
        present::plots_page(fmt::format("Backtest: {}", scenario.name), present::score_plots(scores, scenario.currency),
                            tables, "", basis, "backtest");
    results::write_file_atomically(options.html, std::as_bytes(std::span(page)));
    notices.note(fmt::format("plots in {}", options.html));
  }
  print(options.json
            ? trace::json_text(present::scores_json(scores))
            : present::table_text(tables[0], styled(stdout)) + "\n" + present::table_text(tables[1], styled(stdout)));
  return signals.exit_code();
}

}  // namespace

void add_backtest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<BacktestOptions>();
  CLI::App* command = app.add_subcommand("backtest", "Hold predictions against what then happened");
  command->add_option("FILE", options->file, "Scenario (TOML) with a history of capacity, price or demand");
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
  command->add_option("--paths", options->paths, "Futures of each prediction [2000]")
      ->transform(whole_number(20, 1000000));
  add_root_option(*command, options->root);
  add_override_options(*command, options->overrides);
  command->add_option("--backend", options->backend, "What to compute on [auto]")->check(backend_or_auto());
  command->add_option("--threads", options->threads, "Threads [as many as there are cores]")
      ->check(CLI::Range(1, 4096));
  command->add_option("--html", options->html, "Write the plots to a page that loads nothing else")
      ->check(not_empty("backtest.html"))
      ->type_name("FILE.html");
  command->add_flag("--json", options->json, "Print JSON: every window");
  command->add_flag("--quiet", options->quiet, "No notices and no progress, only the tables and errors");
  CLI::App* replay = add_backtest_replay(*command, exit_code);
  command->footer(
      "The histories of FILE are cut off at each origin; what comes after it is only compared with.\n"
      "\n"
      "Examples:\n"
      "  costrisk backtest my.toml                                 every plan over the second half of its histories\n"
      "  costrisk backtest my.toml --model exponential --html backtest.html\n"
      "  costrisk backtest my.toml --training 20d --every 6h --paths 5000 --json\n"
      "  costrisk backtest replay --help                           the published simulator's rules on a trace\n");
  command->callback([options, replay, &exit_code] {
    if (replay->parsed()) return;
    if (options->file.empty()) throw UsageError("backtest needs a scenario, or replay; try costrisk backtest --help");
    exit_code = backtest_scenario(*options);
  });
}

}  // namespace costrisk::cli
