// `costrisk calibrate`: from measured histories to fragments of a scenario, a subcommand each kind.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/findings.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history.hpp"

namespace costrisk::cli {

namespace {

using present::Uncertainty;

/// What every history is asked.
struct Source {
  std::vector<std::string> files;
  trace::HistoryColumns columns;
  bool laws = false;
  FindingsOptions findings;

  Uncertainty uncertainty() const { return laws ? Uncertainty::as_laws : Uncertainty::left_out; }
  trace::History history(const std::string& file) const {
    require_file(file);
    return trace::read_history(file, columns);
  }
};

void add_column_options(CLI::App& command, trace::HistoryColumns& columns) {
  command.add_option("--time-column", columns.time, "Column of the times [found by its name]")->type_name("NAME");
  command.add_option("--value-column", columns.value, "Column of the values [the only other one]")->type_name("NAME");
}

void add_laws_flag(CLI::App& command, bool& laws) {
  command.add_flag("--laws", laws, "Write estimates as laws by their standard errors, drawn once per future");
}

void add_capacity(CLI::App& parent, int& exit_code) {
  struct Options {
    Source source;
    calibrate::CapacityOptions capacity;
    present::CapacityNames names;
    std::string half_life, by = "automatic";
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("capacity", "Runs of availability, and what zones have in common");
  command->add_option("FILE", options->source.files, "Traces of availability, one a zone (JSON or CSV)")->required();
  command
      ->add_option("--market", options->names.markets, "Names of the markets, in the order of the files [file names]")
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
  command->add_option("--factor", options->names.factor, "Name of the factor that zones share [shortage]");
  command->add_option("--factor-half-life", options->half_life, "Its half-life [from the correlation between zones]")
      ->type_name("DURATION");
  add_column_options(*command, options->source.columns);
  add_laws_flag(*command, options->source.laws);
  add_findings_options(*command, options->source.findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate capacity us-east-1c.json\n"
      "  costrisk calibrate capacity us-east-1c.json us-east-2a.json --market use1 --market use2 --plot "
      "capacity.html\n");
  command->callback([options, &exit_code] {
    auto& [source, capacity, names, half_life, by] = *options;
    if (!half_life.empty()) capacity.half_life_hours = hours_option(half_life, "--factor-half-life");
    if (names.markets.size() > source.files.size())
      throw UsageError(fmt::format("{} names for {} files", names.markets.size(), source.files.size()));
    capacity.by = by == "moments"      ? calibrate::SojournBy::moments
                  : by == "likelihood" ? calibrate::SojournBy::likelihood
                                       : calibrate::SojournBy::automatic;
    std::vector<trace::History> traces;
    for (const std::string& file : source.files) traces.push_back(source.history(file));
    print_findings(
        present::capacity_findings(calibrate::fit_capacities(traces, capacity), capacity, names, source.uncertainty()),
        source.findings);
    exit_code = exit_done;
  });
}

void add_price(CLI::App& parent, int& exit_code) {
  struct Options {
    Source source;
    std::string file, grid;
    double cap = 0.0;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("price", "Mean, volatility and half-life of a spot price");
  command->add_option("FILE", options->file, "Prices at any times, such as at their changes (CSV or JSON)")->required();
  command->add_option("--cap", options->cap, "The on-demand price, which caps it")->check(CLI::PositiveNumber);
  command->add_option("--grid", options->grid, "How far apart it is looked at [the mean time between changes]")
      ->type_name("DURATION");
  add_column_options(*command, options->source.columns);
  add_laws_flag(*command, options->source.laws);
  add_findings_options(*command, options->source.findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate price us-east-1c.csv --cap 3.06\n"
      "  costrisk calibrate price prices.csv --value-column usd_per_hour --laws --plot price.html\n");
  command->callback([options, &exit_code] {
    calibrate::PriceOptions price;
    if (options->cap > 0.0) price.cap = options->cap;
    if (!options->grid.empty()) price.grid_hours = hours_option(options->grid, "--grid");
    const trace::History history = options->source.history(options->file);
    print_findings(
        present::price_findings(history, calibrate::fit_price(history, price), options->source.uncertainty()),
        options->source.findings);
    exit_code = exit_done;
  });
}

void add_demand(CLI::App& parent, int& exit_code) {
  struct Options {
    Source source;
    std::string file, name = "demand", window, start, input_tokens, output_tokens;
    double utc_offset = 0.0;
    bool log = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("demand", "Profile, growth, noise and bursts of requests");
  command
      ->add_option("FILE", options->file, "Requests a second at even distances, or with --log one request a row (CSV)")
      ->required();
  command->add_flag("--log", options->log, "Every row is a request; tokens are read where their columns are there");
  command->add_option("--name", options->name, "Name of the demand [demand]");
  command->add_option("--window", options->window, "With --log: length of the windows [by the number of requests]")
      ->type_name("DURATION");
  command
      ->add_option("--start", options->start, "When the first value was, where the file counts from a zero of its own")
      ->type_name("DATE");
  command->add_option("--utc-offset", options->utc_offset, "Hours that the profile's clock is ahead of the file's [0]")
      ->check(CLI::Range(-24.0, 24.0))
      ->type_name("HOURS");
  command->add_option("--input-tokens", options->input_tokens, "Column of input tokens [found by its name]")
      ->type_name("NAME");
  command->add_option("--output-tokens", options->output_tokens, "Column of output tokens [found by its name]")
      ->type_name("NAME");
  add_column_options(*command, options->source.columns);
  add_laws_flag(*command, options->source.laws);
  add_findings_options(*command, options->source.findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate demand rates.csv --start 2026-01-05 --name chat\n"
      "  costrisk calibrate demand requests.csv --log --window 10m --plot demand.html\n");
  command->callback([options, &exit_code] {
    require_file(options->file);
    calibrate::DemandOptions demand;
    demand.utc_offset_hours = options->utc_offset;
    if (!options->start.empty()) {
      demand.start = trace::parse_instant(options->start);
      if (!demand.start || demand.start->scale == trace::TimeScale::elapsed)
        throw UsageError(fmt::format("--start {} is no date; expected one such as 2026-01-05T00:00", options->start));
    }
    std::optional<double> window;
    if (!options->window.empty()) window = hours_option(options->window, "--window");
    const calibrate::RateSeries series =
        options->log ? calibrate::rates_of(
                           trace::read_request_log(options->file, {options->source.columns.time, options->input_tokens,
                                                                   options->output_tokens}),
                           window)
                     : calibrate::rates_of(options->source.history(options->file));
    print_findings(present::demand_findings(series, calibrate::fit_demand(series, demand), demand, options->name,
                                            options->source.uncertainty()),
                   options->source.findings);
    exit_code = exit_done;
  });
}

void add_lifetimes(CLI::App& parent, int& exit_code) {
  auto file = std::make_shared<std::string>();
  auto source = std::make_shared<Source>();
  CLI::App* command = parent.add_subcommand("lifetimes", "How often single instances are reclaimed");
  command->add_option("FILE", *file, "A row an instance: lifetime_hours and lost, or start and end (CSV)")->required();
  add_laws_flag(*command, source->laws);
  add_findings_options(*command, source->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate lifetimes instances.csv\n"
      "  costrisk calibrate lifetimes instances.csv --plot lifetimes.html\n");
  command->callback([file, source, &exit_code] {
    require_file(*file);
    const calibrate::Lifetimes lifetimes = calibrate::read_lifetimes(trace::read_csv(*file));
    print_findings(present::lifetime_findings(lifetimes, calibrate::fit_lifetimes(lifetimes), source->uncertainty()),
                   source->findings);
    exit_code = exit_done;
  });
}

void add_billing(CLI::App& parent, int& exit_code) {
  struct Options {
    std::string file, by = "category", cost = "effective";
    calibrate::BillingOptions billing;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("billing", "Items, owners and commitments of a bill (FOCUS 1.0 to 1.2)");
  command->add_option("FILE", options->file, "The bill (CSV)")->required();
  command->add_option("--by", options->by, "What becomes an item: category or service [category]")
      ->check(CLI::IsMember({"category", "service"}));
  command->add_option("--cost", options->cost, "Which cost: effective or billed [effective]")
      ->check(CLI::IsMember({"effective", "billed"}));
  command->add_option("--owner-tag", options->billing.owner_tag, "The tag that names owners [none]")->type_name("KEY");
  command
      ->add_option("--leave-out", options->billing.leave_out,
                   "A category or service that the scenario simulates; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command->add_option("--items", options->billing.most_items, "Most items, with the rest in one of them [12]")
      ->check(CLI::Range(2, 64));
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk calibrate billing focus.csv --owner-tag team\n"
      "  costrisk calibrate billing focus.csv --by service --leave-out \"Amazon Elastic Compute Cloud\"\n");
  command->callback([options, &exit_code] {
    using Billing = calibrate::BillingOptions;
    require_file(options->file);
    options->billing.by = options->by == "service" ? Billing::By::service : Billing::By::category;
    options->billing.cost = options->cost == "billed" ? Billing::Cost::billed : Billing::Cost::effective;
    const calibrate::Bill bill = calibrate::read_bill(trace::read_csv(options->file), options->billing);
    print_findings(present::billing_findings(bill, options->billing), options->findings);
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
