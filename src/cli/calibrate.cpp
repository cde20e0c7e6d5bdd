// `costrisk calibrate`: from measured histories to fragments of a scenario, a subcommand each kind.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/calibrate.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/findings.hpp"
#include "src/cli/option_checks.hpp"

namespace costrisk::cli {

namespace {

void add_column_options(CLI::App& command, HistoryOptions& history) {
  command.add_option("--time-column,--time", history.time_column, "Column of the times [found by name and content]")
      ->type_name("NAME");
  command
      .add_option("--value-column,--value", history.value_column, "Column of the values [the only one with numbers]")
      ->type_name("NAME");
}

void add_accept_flag(CLI::App& command, bool& accept) {
  command.add_flag("--accept", accept, "Write the fit although its mean is over 10 % from that of the data");
}

void add_laws_flag(CLI::App& command, bool& laws) {
  command.add_flag("--laws", laws, "Write estimates as laws by their standard errors, drawn once per future");
}

void add_capacity(CLI::App& parent, int& exit_code) {
  struct Options {
    std::vector<std::string> files;
    CapacityOptions capacity;
    std::string half_life, by = "automatic";
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("capacity", "Runs of availability, and what zones have in common");
  command
      ->add_option("FILE", options->files,
                   "Traces of availability, one a zone: samples, counts or events (CSV or JSON; - is standard input)")
      ->required();
  command
      ->add_option("--market", options->capacity.markets,
                   "Names of the markets, in the order of the files [file names]")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command->add_option("--instances", options->capacity.instances, "A sample is up from so many instances on [1]")
      ->check(CLI::PositiveNumber);
  command
      ->add_option(
          "--by", options->by,
          "Where mean and cv come from: likelihood, moments, or automatic: moments where many runs fall between "
          "two samples [automatic]")
      ->check(CLI::IsMember({"automatic", "likelihood", "moments"}));
  command->add_option("--factor", options->capacity.factor, "Name of the factor that zones share [shortage]");
  command->add_option("--factor-half-life", options->half_life, "Its half-life [from the correlation between zones]")
      ->type_name("DURATION");
  add_column_options(*command, options->capacity);
  add_accept_flag(*command, options->capacity.accept);
  add_laws_flag(*command, options->capacity.laws);
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate capacity us-east-1c.json\n"
      "  costrisk calibrate capacity us-east-1c.json us-east-2a.json --market use1 --market use2 --plot "
      "capacity.html\n");
  command->callback([options, &exit_code] {
    CapacityOptions& capacity = options->capacity;
    if (!options->half_life.empty()) capacity.half_life_hours = hours_option(options->half_life, "--factor-half-life");
    capacity.by = options->by == "moments"      ? CapacityOptions::By::moments
                  : options->by == "likelihood" ? CapacityOptions::By::likelihood
                                                : CapacityOptions::By::automatic;
    print_findings(calibrate_capacity({options->files.begin(), options->files.end()}, capacity), options->findings);
    exit_code = exit_done;
  });
}

void add_price(CLI::App& parent, int& exit_code) {
  struct Options {
    std::string file, grid;
    double cap = 0.0;
    PriceOptions price;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("price", "Mean, volatility and half-life of a spot price");
  command
      ->add_option(
          "FILE", options->file,
          "Prices at any times, such as at their changes (CSV or JSON), or the spot price history of one market")
      ->required();
  command->add_option("--cap", options->cap, "The on-demand price, which caps it")->check(CLI::PositiveNumber);
  command
      ->add_option("--until", options->price.until, "When the history was asked for: until then the last price holds")
      ->type_name("DATE");
  command->add_option("--grid", options->grid, "How far apart it is looked at [the mean time between changes]")
      ->type_name("DURATION");
  add_column_options(*command, options->price);
  add_accept_flag(*command, options->price.accept);
  add_laws_flag(*command, options->price.laws);
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate price us-east-1c.csv --cap 3.06\n"
      "  costrisk calibrate price prices.csv --value-column usd_per_hour --laws --plot price.html\n");
  command->callback([options, &exit_code] {
    if (options->cap > 0.0) options->price.cap = options->cap;
    if (!options->grid.empty()) options->price.grid_hours = hours_option(options->grid, "--grid");
    print_findings(calibrate_price(options->file, options->price), options->findings);
    exit_code = exit_done;
  });
}

void add_demand(CLI::App& parent, int& exit_code) {
  struct Options {
    std::string file, window;
    DemandOptions demand;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("demand", "Profile, growth, noise and bursts of requests");
  command
      ->add_option(
          "FILE", options->file,
          "Rates or counts at even distances (CSV, or JSON of Prometheus, CloudWatch, …), or with --log a request "
          "a row (CSV or JSON)")
      ->required();
  command->add_flag("--log", options->demand.log,
                    "Every row is a request; tokens are read where their columns are there");
  command
      ->add_option("--unit", options->demand.unit,
                   "What values count: per-second, per-minute, per-hour, per-day, count (since the value before) or "
                   "counter (since some beginning) [by the column's name]")
      ->check(CLI::IsMember({"per-second", "per-minute", "per-hour", "per-day", "count", "counter"}));
  command->add_option("--name", options->demand.name, "Name of the demand [demand]");
  command->add_option("--window", options->window, "With --log: length of the windows [by the number of requests]")
      ->type_name("DURATION");
  command
      ->add_option("--start", options->demand.start,
                   "When the first value was, where the file counts from a zero of its own")
      ->type_name("DATE");
  command
      ->add_option("--utc-offset", options->demand.utc_offset_hours,
                   "Hours that the profile's clock is ahead of the file's [0]")
      ->check(CLI::Range(-24.0, 24.0))
      ->type_name("HOURS");
  command
      ->add_option("--input-tokens", options->demand.input_tokens_column, "Column of input tokens [found by its name]")
      ->type_name("NAME");
  command
      ->add_option("--output-tokens", options->demand.output_tokens_column,
                   "Column of output tokens [found by its name]")
      ->type_name("NAME");
  add_column_options(*command, options->demand);
  add_accept_flag(*command, options->demand.accept);
  add_laws_flag(*command, options->demand.laws);
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate demand rates.csv --start 2026-01-05 --name chat\n"
      "  costrisk calibrate demand requests.csv --log --window 10m --plot demand.html\n");
  command->callback([options, &exit_code] {
    if (!options->window.empty()) options->demand.window_hours = hours_option(options->window, "--window");
    print_findings(calibrate_demand(options->file, options->demand), options->findings);
    exit_code = exit_done;
  });
}

void add_lifetimes(CLI::App& parent, int& exit_code) {
  struct Options {
    std::string file;
    LifetimeOptions lifetimes;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("lifetimes", "How often single instances are reclaimed");
  command
      ->add_option("FILE", options->file,
                   "A row an instance: lifetime_hours and lost, or start, end and why it ended (CSV or JSON)")
      ->required();
  command
      ->add_option("--lifetime", options->lifetimes.lifetime_column,
                   "Column of the lifetimes, with its unit in its name [found]")
      ->type_name("NAME");
  command->add_option("--start", options->lifetimes.start_column, "Column of when instances began [found]")
      ->type_name("NAME");
  command->add_option("--end", options->lifetimes.end_column, "Column of when they ended [found]")->type_name("NAME");
  command
      ->add_option("--flag", options->lifetimes.flag_column,
                   "Column that says which ends were losses, or why they came [found]")
      ->type_name("NAME");
  command
      ->add_option("--lost", options->lifetimes.lost_words,
                   "A word of that column that says that the instance was lost; may be repeated")
      ->allow_extra_args(false)
      ->type_name("WORD");
  command->add_flag("--all-lost", options->lifetimes.all_lost, "Every end was a loss");
  add_accept_flag(*command, options->lifetimes.accept);
  add_laws_flag(*command, options->lifetimes.laws);
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate lifetimes instances.csv\n"
      "  costrisk calibrate lifetimes instances.csv --plot lifetimes.html\n");
  command->callback([options, &exit_code] {
    print_findings(calibrate_lifetimes(options->file, options->lifetimes), options->findings);
    exit_code = exit_done;
  });
}

void add_billing(CLI::App& parent, int& exit_code) {
  struct Options {
    std::vector<std::string> files;
    std::string by = "category", cost = "effective";
    BillingOptions billing;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("billing", "Items, owners and commitments of a bill (FOCUS 1.0 to 1.3)");
  command
      ->add_option("FILE", options->files,
                   "The bill (CSV), in one file or several, compressed by gzip or not; - is standard input")
      ->required();
  command->add_option("--by", options->by, "What becomes an item: category or service [category]")
      ->check(CLI::IsMember({"category", "service"}));
  command->add_option("--cost", options->cost, "Which cost: effective or billed [effective]")
      ->check(CLI::IsMember({"effective", "billed"}));
  command->add_option("--owner-tag", options->billing.owner_tag, "The tag that names owners [none]")->type_name("KEY");
  command->add_option("--owner-column", options->billing.owner_column, "A column that names them, in place of a tag")
      ->type_name("NAME");
  command
      ->add_option("--leave-out", options->billing.leave_out,
                   "A category or service that the scenario simulates; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command->add_option("--items", options->billing.most_items, "Most items, with the rest in one of them [12]")
      ->check(CLI::Range(2, 64));
  command->add_flag("--keep-copies", options->billing.keep_copies,
                    "Count rows that stand in the files twice as often as they stand there");
  add_accept_flag(*command, options->billing.accept);
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate billing focus.csv --owner-tag team\n"
      "  costrisk calibrate billing focus-*.csv.gz --owner-column SubAccountName\n"
      "  costrisk calibrate billing focus.csv --by service --leave-out \"Amazon Elastic Compute Cloud\"\n");
  command->callback([options, &exit_code] {
    options->billing.by_service = options->by == "service";
    options->billing.billed_cost = options->cost == "billed";
    print_findings(calibrate_billing({options->files.begin(), options->files.end()}, options->billing),
                   options->findings);
    exit_code = exit_done;
  });
}

}  // namespace

void add_calibrate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("calibrate", "Fit the values of a scenario to measured histories");
  command->require_subcommand(1);
  command->footer(
      "The fragment goes to standard output, estimates and goodness of fit to standard error.\n"
      "\n"
      "Examples:\n"
      "  costrisk calibrate capacity us-east-1c.json > capacity.toml\n"
      "  costrisk calibrate price us-east-1c.csv --cap 3.06\n"
      "  costrisk calibrate demand rates.csv --start 2026-01-05\n"
      "  costrisk calibrate lifetimes instances.csv\n"
      "  costrisk calibrate billing focus.csv --owner-tag team\n");
  add_capacity(*command, exit_code);
  add_price(*command, exit_code);
  add_demand(*command, exit_code);
  add_lifetimes(*command, exit_code);
  add_billing(*command, exit_code);
}

}  // namespace costrisk::cli
