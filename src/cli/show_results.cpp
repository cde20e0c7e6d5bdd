// Tables and verdict of results on stdout.
#include "src/cli/show_results.hpp"

#include <cstdio>
#include <optional>

#include "src/cli/terminal.hpp"
#include "src/report/goal.hpp"
#include "src/report/results_json.hpp"
#include "src/report/sparkline.hpp"
#include "src/report/stored_scenario.hpp"
#include "src/report/summary.hpp"
#include "src/report/verdict.hpp"

namespace costrisk::cli {

namespace {

constexpr int sparkline_bins = 16;

}  // namespace

void show_results(const tally::Results& results, const std::function<const tally::Tally*()>& tally,
                  const std::string& file, ShownOptions options) {
  const report::Summary summary = report::summarize(results);
  const report::Verdict verdict = report::verdict(results);
  std::optional<report::CostHistogram> histogram;
  if (results.paths > 0 && (options.json || shows_blocks(stdout)))
    histogram = report::cost_histogram(*tally(), sparkline_bins);
  if (options.json) {
    print(report::results_json(summary, file, {verdict, histogram}));
    return;
  }
  options.tables.styled = styled(stdout);
  options.tables.width = terminal_columns(stdout);
  if (histogram) options.tables.sparklines = &*histogram;
  print(report::tables(summary, options.tables));
  if (const std::optional<scenario::Scenario> scenario = report::stored_scenario(results)) {
    const std::string goal = report::goal_text(*scenario, summary);
    if (!goal.empty()) print("\n" + goal);
  }
  print("\n" + report::verdict_text(verdict, text_width()));
}

}  // namespace costrisk::cli
