// The results of a run as tables for a terminal, and as JSON.
#pragma once

#include <string>

#include "src/report/summary.hpp"

namespace costrisk::report {

struct TableOptions {
  bool intervals = false;  ///< two more rows a plan: the ends of the 95 % intervals
  bool styled = false;     ///< bold headers by terminal codes
};

/// A row a plan: P10, P50, P90, P95 and CVaR95 of cost, the chance of going over the budget, of being late, and of
/// being the cheapest; and a caption that says in what money and over how many futures.
std::string plan_table(const Summary& summary, const TableOptions& options);

/// A row a plan and job: late, interruptions, finish at P50 and P90. Empty where no plan runs a job.
std::string job_table(const Summary& summary, const TableOptions& options);

/// The whole summary as JSON text, with the name of the result file; what is infinite or undefined is null.
std::string as_json(const Summary& summary, const std::string& file);

}  // namespace costrisk::report
