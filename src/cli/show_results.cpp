// Tables and verdict of results on stdout.
#include "src/cli/show_results.hpp"

#include <cstdio>
#include <optional>

#include "src/cli/terminal.hpp"
#include "src/present/text/goal.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/sparkline.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/quantities/summary.hpp"

namespace costrisk::cli {

void show_results(const results::Results& results, const std::function<const results::Tally*()>& tally,
                  const std::string& file, ShownOptions options) {
  const present::Verdict verdict = present::verdict(results);
  std::optional<present::CostHistogram> histogram;
  if (results.paths > 0 && (options.json || shows_blocks(stdout)))
    histogram = present::cost_histogram(*tally(), present::shown_bins);
  if (options.json) {
    print(present::results_json(results, file, {verdict, histogram}));
    return;
  }
  options.tables.styled = styled(stdout);
  options.tables.width = terminal_columns(stdout);
  if (histogram) options.tables.sparklines = &*histogram;
  print(present::tables(results::summarize(results), options.tables));
  if (const std::optional<scenario::Scenario> scenario = present::stored_scenario(results)) {
    const std::string goal = present::goal_text(*scenario, results);
    if (!goal.empty()) print("\n" + goal);
  }
  print("\n" + present::verdict_text(verdict, text_width()));
}

}  // namespace costrisk::cli
