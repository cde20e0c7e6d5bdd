// What commitments and savings plans cover of a plan's use, period by period.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

/// Books the plan's contracts, gives `bill` anew what on-demand use is left to pay at list price, allocates covered use
/// to its owners and the rest to whom the contracts say, and charges what of the obligation is stranded.
/// @param uses      services before jobs, in file order
/// @param use_after by contract: the share drawn of what is owed after the horizon; none: as it was used
/// @param owners    of the bill; the last is "unused"
Settlement settle(const scenario::Scenario& scenario, const scenario::Plan& plan, const std::vector<Use>& uses,
                  const std::vector<std::optional<double>>& use_after, const std::vector<std::string>& owners,
                  Bill& bill);

/// What the plan still owes at the horizon.
double obligation(const scenario::Scenario& scenario, const scenario::Plan& plan);

}  // namespace costrisk::reference
