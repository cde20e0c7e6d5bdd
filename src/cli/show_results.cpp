// Tables and verdict of results on stdout.
#include "src/cli/show_results.hpp"

#include <algorithm>
#include <cstdio>

#include "src/cli/terminal.hpp"

namespace costrisk::cli {

void add_breakdown_option(CLI::App& command, std::vector<std::string>& words) {
  command.add_option("--by", words, "Show mean cost by category or by owner too; may be repeated")
      ->check(CLI::IsMember({"category", "owner"}))
      ->allow_extra_args(false)
      ->type_name("category|owner");
}

std::vector<Breakdown> breakdowns_of(const std::vector<std::string>& words) {
  std::vector<Breakdown> breakdowns;
  for (const std::string& word : words) {
    const auto by = word == "owner" ? Breakdown::owner : Breakdown::category;
    if (std::find(breakdowns.begin(), breakdowns.end(), by) == breakdowns.end()) breakdowns.push_back(by);
  }
  return breakdowns;
}

void show_results(const Results& results, const std::string& file, ShownOptions options) {
  if (options.json) {
    print(results.json(file));
    return;
  }
  options.tables.bold = styled(stdout);
  options.tables.width = terminal_columns(stdout);
  options.tables.sparklines = shows_blocks(stdout);
  print(results.table(options.tables));
  if (const std::string goal = results.goal(); !goal.empty()) print("\n" + goal);
  print("\n" + results.verdict_text(text_width()));
}

}  // namespace costrisk::cli
