// One plan on one path: its services, jobs, items, commitments and credit.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/contracts.hpp"
#include "tests/reference/job.hpp"
#include "tests/reference/service.hpp"
#include "tests/reference/world.hpp"

namespace costrisk::reference {

/// Money in the scenario's currency.
struct PlanPath {
  double cost = 0.0;
  std::array<double, category_count> category{};
  std::vector<double> owner;          ///< by PlanSetting::owners
  std::vector<JobPath> jobs;          ///< by the plan's job assignments
  std::vector<ServicePath> services;  ///< by the plan's service assignments
  std::vector<double> cumulative;     ///< cost up to each of PlanSetting::edge_hours
  std::vector<double> period;         ///< by budget and period: what is charged in it
  std::vector<double> period_over;    ///< likewise: 1 where that is above its amount
  std::vector<double> budget_over;    ///< by budget: 1 where some period is over
  double unused_commitment = 0.0;     ///< waste
  double covered = 0.0;               ///< list price of the on-demand use that commitments covered
  double allocated = 0.0;             ///< commitment cost that its use carries
  double effective = 0.0;             ///< commitment cost, upfront payments spread over the term
};

/// What is the same on every path.
struct PlanSetting {
  const scenario::Scenario& scenario;
  const std::vector<std::string>& owners;  ///< the last is "unused"
  const std::vector<double>& edge_hours;
  int plan = 0;
  Offers offers;
};

PlanPath simulate_plan(const PlanSetting& setting, const World& world, const StreamMaker& streams);

}  // namespace costrisk::reference
