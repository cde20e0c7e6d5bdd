// The sections of the page. Each is empty where the results have nothing to say on its subject.
#pragma once

#include <cstdint>
#include <vector>

#include "src/present/page/material.hpp"

namespace costrisk::present::html {

/// The budgets that the reader can try, and the paths of each plan that cost more.
struct BudgetLine {
  std::vector<double> stops;                     ///< currency, ascending
  std::vector<std::vector<std::uint64_t>> over;  ///< [plan][stop]
  std::size_t start = 0;                         ///< the stop that the page opens with
  bool given = false;                            ///< whether that is the scenario's budget
};

BudgetLine budget_line(const Material& material);

/// The decision on one screen and one printed page: what to do, what it costs, what could go wrong, what would change
/// it, and what was assumed. Markup of a section.
/// @param charts cost over time, as markup of figures; may be empty
std::string memo(const Material& material, const std::string& charts);
/// Cost over time of the plan that the memo is about.
std::vector<Figure> memo_figures(const Material& material);
/// The drivers of a plan that can be distinguished from nothing, at most so many.
std::vector<const results::DriverSummary*> leading_drivers(const results::PlanSummary& plan, std::size_t most);
/// The words for an unknown where they stand alone: "growth of chat".
std::string label_of(const results::DriverSummary& driver);
/// Where along the leading drivers the budget breaks or another plan would cost less: a sentence each.
std::vector<std::string> driver_turns(const Material& material);

/// All plans in a table.
Section plans_section(const Material& material);
Section verdict_section(const Material& material);
Section exceedance_section(const Material& material, const BudgetLine& budget);
Section density_section(const Material& material);
Section fan_section(const Material& material);
Section category_section(const Material& material);
Section owner_section(const Material& material);
Section budget_section(const Material& material);
Section waste_section(const Material& material);
Section driver_section(const Material& material);
Section commitment_section(const Material& material);
Section finish_section(const Material& material);
Section service_section(const Material& material);
Section latency_section(const Material& material);
Section risk_section(const Material& material);
Section difference_section(const Material& material);
Section convergence_section(const Material& material);
Section assumption_section(const Material& material);

/// "quarter", "month", "week", "day", or "period": what the bins of cost over time are.
std::string period_name(const results::ResultsContext& context);
/// Cost of one plan from the start and period by period, as a table. The results must have periods.
Table period_table(const Material& material, std::size_t plan);

}  // namespace costrisk::present::html
