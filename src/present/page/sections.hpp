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

/// One screen that answers what to do, what it costs and what could change that: markup that opens the section and
/// stands before its charts, and markup that stands after them.
std::string overview_head(const Material& material);
std::string overview_tail(const Material& material);
/// Cost over time of the plan that the overview is about: from the start, and period by period.
std::vector<Chart> overview_charts(const Material& material);
/// The leading drivers of that plan as markup.
std::string main_drivers(const Material& material);
/// Where along the leading drivers the budget breaks or another plan would cost less: a sentence each.
std::vector<std::string> driver_turns(const Material& material);
/// A row a plan with what matters most.
Table comparison_table(const Material& material);

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

/// The fan of one plan; bands empty where the results have no periods.
FanChart fan_of(const Material& material, std::size_t plan, double highest);
/// Cost of one plan period by period. The results must have periods.
ColumnChart periods_of(const Material& material, std::size_t plan);
/// Cost of one plan from the start and period by period, as a table. The results must have periods.
Table period_table(const Material& material, std::size_t plan);

/// "budget $40.0k". The scenario must have a budget.
std::string budget_words(const Material& material);

}  // namespace costrisk::present::html
