// What commitments and savings plans cover of a plan's use, period by period.
#pragma once

#include <cstdint>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/bill.hpp"
#include "tests/reference/use.hpp"

namespace costrisk::reference {

struct Settlement {
  double covered = 0.0;            ///< list price of the on-demand use that was covered
  double allocated = 0.0;          ///< commitment cost that its use carries
  double effective = 0.0;          ///< commitment cost within the horizon, upfront payments spread over the term
  std::vector<double> by_service;  ///< what the service's use carries, and its on-demand that nothing covers
};

/// The steps at which settlement periods end, the last being the horizon: clock hours where the grid has them.
std::vector<std::int64_t> settlement_ends(const scenario::Scenario& scenario);

/// Books the plan's contracts, gives `bill` anew what on-demand use is left to pay at list price, and allocates
/// covered use to its owners; the rest stays with the owner `unused`. `uses` stand in the order in which they are
/// covered.
Settlement settle(const scenario::Scenario& scenario, const scenario::Plan& plan, const std::vector<Use>& uses,
                  int unused, Bill& bill);

/// What the plan still owes at the horizon.
double obligation(const scenario::Scenario& scenario, const scenario::Plan& plan);

}  // namespace costrisk::reference
