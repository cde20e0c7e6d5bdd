// `costrisk audit`: what a bill says of money that may be saved.
#include <memory>
#include <string>
#include <vector>

#include "costrisk/calibrate.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/findings.hpp"

namespace costrisk::cli {

void add_audit(CLI::App& app, int& exit_code) {
  struct Options {
    std::vector<std::string> files;
    std::string cost = "effective", usage;
    AuditOptions audit;
    FindingsOptions findings;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("audit", "Find money in a bill: waste, commitments, trends, what has no owner");
  command
      ->add_option("BILL", options->files,
                   "The bill (CSV, FOCUS 1.0 to 1.3), in one file or several, compressed by gzip or not; - is standard "
                   "input")
      ->required();
  command->add_option("--owner-tag", options->audit.billing.owner_tag, "The tag that names owners [none]")
      ->type_name("KEY");
  command
      ->add_option("--owner-column", options->audit.billing.owner_column, "A column that names them, in place of a tag")
      ->type_name("NAME");
  command->add_option("--cost", options->cost, "Which cost: effective or billed [effective]")
      ->check(CLI::IsMember({"effective", "billed"}));
  command
      ->add_option("--usage", options->usage,
                   "Resources and their utilization (CSV), to find accelerators without load")
      ->type_name("FILE");
  command
      ->add_option("--utc-offset", options->audit.utc_offset_hours,
                   "Hours that the clock by which people work is ahead of UTC [0]")
      ->check(CLI::Range(-24.0, 24.0))
      ->type_name("HOURS");
  command->add_flag("--pseudonyms", options->audit.pseudonyms,
                    "Write \"service 1\", \"owner 2\" in the place of names");
  command->add_flag("--keep-copies", options->audit.billing.keep_copies,
                    "Count rows that stand in the files twice as often as they stand there");
  add_findings_options(*command, options->findings);
  command->footer(
      "Examples:\n"
      "  costrisk audit focus.csv --owner-tag team\n"
      "  costrisk audit focus-*.csv.gz --owner-column SubAccountName --usage gpu.csv --json\n");
  command->callback([options, &exit_code] {
    options->audit.billing.billed_cost = options->cost == "billed";
    options->audit.usage = options->usage;
    print_findings(audit_bill({options->files.begin(), options->files.end()}, options->audit), options->findings);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
