// `costrisk live`: a scenario in, one HTML file out that simulates it as values are moved.
#include "costrisk/live.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/files.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct LiveArguments {
  std::string file, output, root, engine;
  std::vector<std::string> overrides, sliders;
  std::uint64_t paths = LivePageOptions().paths;
  bool quiet = false;
};

/// "ADDRESS=FROM..TO", or an address alone.
/// @throws UsageError
LiveSlider slider_of(const std::string& text) {
  LiveSlider slider;
  double number = 0.0;
  const std::size_t equals = text.find('='), dots = text.find("..", equals == std::string::npos ? 0 : equals);
  slider.address = text.substr(0, equals);
  if (equals == std::string::npos) return slider;
  const auto end = [&](std::size_t first, std::size_t count) {
    const std::string word = text.substr(first, count);
    const auto [stop, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failed == std::errc() && stop == word.data() + word.size()) return number;
    if (const std::optional<double> hours = duration_hours(word)) return *hours;
    throw UsageError(fmt::format("--slider {}: '{}' is no number and no duration", text, word));
  };
  if (dots == std::string::npos)
    throw UsageError(fmt::format("--slider {}: an address and where its slider ends, as ADDRESS=FROM..TO", text));
  slider.from = end(equals + 1, dots - equals - 1);
  slider.to = end(dots + 2, std::string::npos);
  if (!(*slider.from < *slider.to))
    throw UsageError(fmt::format("--slider {}: the slider must end above where it begins", text));
  return slider;
}

void live(const LiveArguments& arguments) {
  const fs::path output =
      arguments.output.empty() ? fs::path(arguments.file).stem().string() + "-live.html" : arguments.output;
  LivePageOptions options;
  for (const std::string& text : arguments.sliders) options.sliders.push_back(slider_of(text));
  options.paths = arguments.paths;
  options.file = arguments.file;
  options.options = assignments_as_options(arguments.overrides);
  if (!arguments.root.empty()) options.options.emplace_back("--root", arguments.root);
  options.engine = arguments.engine;
  const Scenario scenario =
      load_scenario(arguments.file, arguments.overrides, arguments.root, Notices(arguments.quiet));
  prepare_outputs({{"-o", output, FileKind::live_page}});
  write_file(output, live_page(scenario, options));
  print(fmt::format("written to {}\n", output.string()));
}

}  // namespace

void add_live(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<LiveArguments>();
  CLI::App* command = app.add_subcommand("live", "Make a page that simulates a scenario as its values are moved");
  command->add_option("FILE", arguments->file, "Scenario file (TOML)")->required();
  command->add_option("-o,--output", arguments->output, "The page [NAME-live.html]")
      ->check(not_empty("what-if.html"))
      ->type_name("FILE.html");
  command
      ->add_option("--slider", arguments->sliders,
                   "A value that the page has a slider for, and where it ends; may be repeated [chosen among budget, "
                   "deadlines, prices, demands and plans]")
      ->allow_extra_args(false)
      ->type_name("ADDRESS[=FROM..TO]");
  add_override_options(*command, arguments->overrides);
  add_root_option(*command, arguments->root);
  command->add_option("--paths", arguments->paths, "Futures after which the page has settled [20000]")
      ->transform(whole_number(1, 1 << 20));
  command
      ->add_option("--engine", arguments->engine,
                   "Folder of the engine for browsers [live beside the program, or of its installation]")
      ->type_name("FOLDER");
  command->add_flag("--quiet", arguments->quiet, "No warnings, only errors");
  command->footer(
      "The page is one file that works offline: the scenario, its histories and the engine itself are in it. Its "
      "address\n"
      "keeps what was moved, so that it can be sent. Figures of a settled page are those of run with as many --paths.\n"
      "\n"
      "Examples:\n"
      "  costrisk live configs/quickstart.toml -o what-if.html\n"
      "  costrisk live configs/quickstart.toml --slider job.train.deadline=3w..5w --slider budget=20000..60000\n");
  command->callback([arguments, &exit_code] {
    live(*arguments);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
