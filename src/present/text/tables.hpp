// The results of a run as tables for a terminal.
#pragma once

#include <string>
#include <vector>

#include "src/present/text/sparkline.hpp"
#include "src/results/quantities/summary.hpp"

namespace costrisk::present {

/// What cost is divided by.
enum class Breakdown { category, owner };

struct TableOptions {
  bool intervals = false;                     ///< two more rows a plan: the ends of the 95 % intervals
  bool styled = false;                        ///< bold headers by terminal codes
  bool jobs = false;                          ///< for `tables`: the jobs' too
  bool drivers = false;                       ///< for `tables`: the drivers' too
  std::vector<Breakdown> by;                  ///< for `tables`: the breakdowns' too
  const CostHistogram* sparklines = nullptr;  ///< for the plans' table: a column of small histograms, if it has room
  int width = 0;                              ///< columns that tables are to fit in, if they can; 0: any
};

/// All tables that the summary has something for and the options ask for, an empty line between them.
std::string tables(const results::Summary& summary, const TableOptions& options);

/// A row a plan: P10, P50, P90, P95 and CVaR95 of cost, the chance of going over the budget, of being late, the share
/// of requests served, and the chance of being the cheapest; and a caption that says in what money and over how many
/// futures. Where the services are too many for a column each, one has the worst of them.
std::string plan_table(const results::Summary& summary, const TableOptions& options);

/// A row a plan and job: late, interruptions, finish at P50 and P90. Empty where no plan runs a job.
std::string job_table(const results::Summary& summary, const TableOptions& options);

/// A row a plan and service: served, wait where requests wait, peak, and the price of 1000 requests and of a million
/// tokens. Empty where no plan runs a service.
std::string service_table(const results::Summary& summary, const TableOptions& options);

/// A row a plan with commitments: coverage, utilization, cost, what of it is unused, savings and obligation. Empty
/// where no plan has any.
std::string commitment_table(const results::Summary& summary, const TableOptions& options);

/// A row a plan and period of a budget: amount, P50 and P95 of what is charged, the chance that it is more; and of the
/// periods together. Empty without budgets by owner and period.
std::string budget_table(const results::Summary& summary, const TableOptions& options);

/// Mean cost of each plan by category or owner, with its share of the whole, and P95 by owner; then the whole.
std::string breakdown_table(const results::Summary& summary, Breakdown by, const TableOptions& options);

/// The drivers of each plan that stand out, the largest share of variance first: the share, mean cost and chance of
/// going over the budget in the lowest and the highest sixteenth of their values (of a chance: where it happens and
/// where it does not), and from where on the budget breaks; then the rest. Says so where nothing is unknown.
std::string driver_table(const results::Summary& summary, const TableOptions& options);

}  // namespace costrisk::present
