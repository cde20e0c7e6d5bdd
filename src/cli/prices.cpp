// `costrisk prices`: published prices as markets of a scenario.
#include "src/calibrate/prices.hpp"

#include <fmt/format.h>

#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/findings.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history_time.hpp"

namespace costrisk::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string advisor;
  bool assume_hazard = false, laws = false;
  calibrate::PricesOptions prices;
  FindingsOptions findings;
};

bool is_json(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

/// A year, a month or a day: "2025", "2025-06", "2025-06-30".
bool is_date(const std::string& text) {
  const std::string day = text.size() == 4 ? text + "-01-01" : text.size() == 7 ? text + "-01" : text;
  const auto instant = trace::parse_instant(day);
  return day.size() == 10 && instant && instant->scale == trace::TimeScale::local;
}

void prices(Options& options) {
  if (!options.prices.as_of.empty() && !is_date(options.prices.as_of))
    throw UsageError(
        fmt::format("--as-of {} is no date; expected one such as 2025-06 or 2025-06-30", options.prices.as_of));
  std::vector<calibrate::Offer> offers;
  std::vector<calibrate::SpotHistory> histories;
  for (const std::string& file : options.files) {
    require_file(file);
    const std::string text = trace::read_whole(file);
    if (is_json(text)) {
      for (auto& history : calibrate::read_spot_history(text, file)) histories.push_back(std::move(history));
    } else {
      for (auto& offer : calibrate::read_catalog(trace::parse_csv(text, file))) offers.push_back(std::move(offer));
    }
  }
  std::optional<nlohmann::json> advisor;
  if (!options.advisor.empty()) {
    require_file(options.advisor);
    advisor = nlohmann::json::parse(trace::read_whole(options.advisor), nullptr, false);
  }
  if (options.assume_hazard && !advisor)
    throw UsageError("--assume-constant-hazard reads the bands of --advisor, which is not given");
  const auto use = options.assume_hazard ? present::AdvisorUse::constant_hazard
                   : advisor             ? present::AdvisorUse::context
                                         : present::AdvisorUse::none;
  const auto markets = calibrate::published_markets(offers, histories, advisor, options.prices);
  print_findings(present::market_findings(
                     markets, use, options.laws ? present::Uncertainty::as_laws : present::Uncertainty::left_out),
                 options.findings);
}

}  // namespace

void add_prices(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("prices", "Make markets of published prices");
  command
      ->add_option(
          "FILE", options->files,
          "SkyPilot catalogue (CSV), or output of aws ec2 describe-spot-price-history (JSON); both together give "
          "spot processes with on-demand prices")
      ->required();
  command->add_option("--instance", options->prices.instance, "Only this instance type [all]")->type_name("TYPE");
  command->add_option("--region", options->prices.region, "Only this region [all]");
  command->add_option("--product", options->prices.product, "Product of a spot history [Linux/UNIX]");
  command->add_option("--as-of", options->prices.as_of, "The date of a catalogue, which does not give it")
      ->type_name("DATE");
  command->add_option("--advisor", options->advisor, "Spot Advisor (JSON), given in comments")->type_name("FILE");
  command->add_flag("--assume-constant-hazard", options->assume_hazard,
                    "Turn the Advisor's bands into reclaim_every, with what that assumes");
  command->add_flag("--laws", options->laws, "Write mean prices as laws by their standard errors");
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk prices aws.csv --instance p4d.24xlarge --as-of 2025-06 > markets.toml\n"
      "  costrisk prices history.json aws.csv --region us-east-1\n"
      "  costrisk prices aws.csv --instance p4d.24xlarge --advisor spot-advisor-data.json\n");
  command->callback([options, &exit_code] {
    prices(*options);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
