// `costrisk init`: a first scenario, from options or a few questions. `costrisk help`: the help of a command.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "costrisk/files.hpp"
#include "costrisk/scenario.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

namespace {

struct InitArguments {
  std::string file = "scenario.toml", deadline;
  std::vector<std::string> prices;
  Draft draft;
  std::string job, service, budget;
};

/// "60000", "60k", "1.8M".
double amount(const std::string& text, const std::string& what) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (end == text.c_str() || (unit != "" && unit != "k" && unit != "M") || !(number > 0.0))
    throw UsageError(fmt::format("{} '{}' is no amount; expected a number such as 60000, 60k or 1.8M", what, text));
  return number * (unit == "k" ? 1e3 : unit == "M" ? 1e6 : 1.0);
}

/// "NAME:NUMBER".
void take_pair(const std::string& text, const char* option, std::string& name, double& number) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    throw UsageError(fmt::format("{} '{}' is no NAME:NUMBER", option, text));
  name = text.substr(0, colon);
  number = amount(text.substr(colon + 1), option);
}

/// Asks on stderr and reads a line of stdin.
std::string answer(const std::string& question, const std::string& otherwise) {
  std::fputs(fmt::format("{}{}: ", question, otherwise.empty() ? "" : " [" + otherwise + "]").c_str(), stderr);
  std::string line;
  if (!std::getline(std::cin, line)) throw UsageError("the questions ended before the last was answered");
  return line.empty() ? otherwise : line;
}

void ask(InitArguments& arguments) {
  Draft& draft = arguments.draft;
  draft.name = answer("Name of the scenario", "first");
  draft.on_demand_price = amount(answer("On-demand price of an instance-hour", ""), "the price");
  if (const std::string spot = answer("Spot price, or nothing", ""); !spot.empty())
    draft.spot_price = amount(spot, "the spot price");
  if (const std::string job = answer("Work of a training job in instance-hours, or nothing", ""); !job.empty()) {
    draft.job = "train";
    draft.instance_hours = amount(job, "the work");
    draft.instances = static_cast<int>(amount(answer("Instances that work together", "4"), "the number"));
    arguments.deadline = answer("Deadline, such as 6w", "4w");
  }
  if (const std::string service = answer("Requests a second of a service, or nothing", ""); !service.empty()) {
    draft.service = "chat";
    draft.requests_per_second = amount(service, "the number");
    draft.rate = amount(answer("Requests a second that an instance answers", ""), "the number");
    draft.growth = std::strtod(answer("Growth a month, in percent", "5").c_str(), nullptr) / 100.0;
  }
  arguments.budget = answer("Budget, or nothing", "");
}

int make_scenario(InitArguments& arguments) {
  Draft& draft = arguments.draft;
  const bool given = !arguments.job.empty() || !arguments.service.empty();
  if (!given) {
    if (isatty(STDIN_FILENO) == 0 && !arguments.prices.empty())
      throw UsageError("nothing runs yet: say --job NAME:INSTANCE_HOURS or --service NAME:REQUESTS_A_SECOND");
    ask(arguments);
  }
  if (!arguments.job.empty()) {
    take_pair(arguments.job, "--job", draft.job, draft.instance_hours);
    if (arguments.deadline.empty()) throw UsageError("--job needs --deadline, such as 6w");
  }
  if (!arguments.service.empty()) take_pair(arguments.service, "--service", draft.service, draft.requests_per_second);
  if (!arguments.deadline.empty()) draft.deadline_hours = hours_option(arguments.deadline, "--deadline");
  if (!arguments.budget.empty()) draft.budget = amount(arguments.budget, "--budget");
  draft.prices.assign(arguments.prices.begin(), arguments.prices.end());
  std::error_code error;
  if (std::filesystem::exists(arguments.file, error))
    throw UsageError(fmt::format("{} is there already: name another file, or remove it", arguments.file));
  const std::string text = draft_scenario(draft);
  const Check check = Scenario::from_text(text, arguments.file).check();
  if (!check.valid()) throw InvalidScenario(check.problems);
  write_file(arguments.file, text);
  print(fmt::format("written to {}\nnext: costrisk run {} --report\n", arguments.file, arguments.file));
  return exit_done;
}

}  // namespace

void add_init(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<InitArguments>();
  CLI::App* command = app.add_subcommand("init", "Make a first scenario, from options or a few questions");
  command->add_option("FILE", options->file, "Scenario file to write [scenario.toml]")->check(not_empty("my.toml"));
  command->add_option("--from", options->prices, "Published prices, as costrisk prices takes them; may be repeated")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->add_option("--instance", options->draft.instance, "Only this instance type of them")->type_name("TYPE");
  command->add_option("--region", options->draft.region, "Only this region of them")->type_name("REGION");
  command->add_option("--on-demand", options->draft.on_demand_price, "Price of an instance-hour, without --from")
      ->check(above_zero())
      ->type_name("PRICE");
  command->add_option("--spot", options->draft.spot_price, "Likewise, spot")->check(above_zero())->type_name("PRICE");
  command->add_option("--job", options->job, "A training job and its work")->type_name("NAME:INSTANCE_HOURS");
  command->add_option("--instances", options->draft.instances, "Instances that do the job together [1]")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command->add_option("--deadline", options->deadline, "Of the job, from the start: 6w")->type_name("DURATION");
  command->add_option("--service", options->service, "A service and its demand at the start")
      ->type_name("NAME:REQUESTS_A_SECOND");
  command->add_option("--rate", options->draft.rate, "Requests a second that an instance answers")
      ->check(above_zero())
      ->type_name("RATE");
  command->add_option("--growth", options->draft.growth, "Of the demand a month, as a share: 0.05")
      ->check(number_between(0.0, 1.0))
      ->type_name("SHARE");
  command->add_option("--budget", options->budget, "60000, 60k, 1.8M")->type_name("AMOUNT");
  command->add_option("--name", options->draft.name, "Name of the scenario [first]");
  command->footer(
      "Without --job and --service it asks. What it guesses is marked in the file.\n"
      "\n"
      "Examples:\n"
      "  costrisk init my.toml\n"
      "  costrisk init train.toml --on-demand 98.32 --spot 39 --job pretrain:20000 --instances 32 --deadline 9w "
      "--budget 2.5M\n"
      "  costrisk init chat.toml --on-demand 10.49 --service chat:60 --rate 7 --growth 0.06\n"
      "  costrisk init my.toml --from aws.csv --instance p4d.24xlarge --region us-east-2 --job train:1600 --deadline "
      "4w\n");
  command->callback([options, &exit_code] { exit_code = make_scenario(*options); });
}

void add_help(CLI::App& app, int& exit_code) {
  auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("help", "Print the help of a command");
  command->add_option("COMMAND", *names, "The command, and the one within it [an overview]");
  command->footer("Examples:\n  costrisk help sweep\n  costrisk help calibrate price\n");
  command->callback([&app, names, &exit_code] {
    CLI::App* asked = &app;
    std::string title = "costrisk";
    for (const std::string& name : *names) {
      const auto found = asked->get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
      if (found.empty()) throw UsageError(fmt::format("'{}' is no command; try costrisk help", name));
      asked = found.front();
      title += " " + name;
    }
    // help() of the program would be that of the command that is being asked.
    print(asked->get_formatter()->make_help(asked, title, CLI::AppFormatMode::Normal));
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
