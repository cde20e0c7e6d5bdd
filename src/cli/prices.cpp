// `costrisk prices`: published prices as markets of a scenario.
#include <memory>
#include <string>
#include <vector>

#include "costrisk/calibrate.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/findings.hpp"

namespace costrisk::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string advisor;
  PublishedPriceOptions prices;
  FindingsOptions findings;
};

void prices(Options& options) {
  if (options.prices.assume_constant_hazard && options.advisor.empty())
    throw UsageError("--assume-constant-hazard reads the bands of --advisor, which is not given");
  options.prices.advisor = options.advisor;
  print_findings(published_prices({options.files.begin(), options.files.end()}, options.prices), options.findings);
}

}  // namespace

void add_prices(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("prices", "Make markets of published prices");
  command
      ->add_option(
          "FILE", options->files,
          "SkyPilot catalogue (CSV), Azure Retail Prices (JSON), or output of aws ec2 describe-spot-price-history "
          "(JSON "
          "or text, in one file or several); a catalogue and a history give spot processes with on-demand prices")
      ->required();
  command->add_option("--instance", options->prices.instance, "Only this instance type [all]")->type_name("TYPE");
  command->add_option("--region", options->prices.region, "Only this region [all]");
  command->add_option("--product", options->prices.product, "Product of a spot history [Linux/UNIX, or the only one]");
  command->add_option("--until", options->prices.until, "When a history was asked for: until then its last price holds")
      ->type_name("DATE");
  command->add_flag("--accept", options->prices.accept, "Write a fit although its mean is over 10 % from the data's");
  command->add_option("--as-of", options->prices.as_of, "The date of a catalogue, which does not give it")
      ->type_name("DATE");
  command->add_option("--advisor", options->advisor, "Spot Advisor (JSON), given in comments")->type_name("FILE");
  command->add_flag("--assume-constant-hazard", options->prices.assume_constant_hazard,
                    "Turn the Advisor's bands into reclaim_every, with what that assumes");
  command->add_flag("--laws", options->prices.laws, "Write mean prices as laws by their standard errors");
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
