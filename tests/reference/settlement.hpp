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

/// What a contract books, and what uses are charged of it, in each step. A period is charged in its last one.
struct Leftover {
  std::vector<double> booked, charged;
  int to = 0;             ///< the owner who bears it
  bool pro_rata = false;  ///< in place of that: all, by what they were charged
};

struct Settlement {
  double covered = 0.0;            ///< list price of the on-demand use that was covered
  double allocated = 0.0;          ///< commitment cost that its use carries
  double effective = 0.0;          ///< commitment cost within the horizon, upfront payments spread over the term
  std::vector<double> by_service;  ///< what the service's use carries, and its on-demand that nothing covers
  /// Of by_service, that of on-demand use that contracts of the plan may cover; none: they may cover none of it.
  std::vector<std::optional<double>> for_on_demand;
  std::vector<Leftover> leftovers;  ///< by contract
  /// What uses of an owner were charged of all contracts in the periods over by then: [owner][step]
  std::vector<std::vector<double>> owner_charged;

  /// What owners bear of what contracts booked before a step and uses were not charged by then; of it `unused`, the
  /// last of them, bears so much less.
  std::vector<double> moved_before(std::int64_t step) const;
  /// Of what is borne pro rata before a step, what each owner bears.
  std::vector<double> shares_before(std::int64_t step) const;
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
