// What a plan has committed to: what it costs when, what it makes available, what is still owed at the horizon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// A commitment or savings plan as a stream of payments. Times in steps.
struct Contract {
  double from = 0.0, until = 0.0;
  double hourly = 0.0;  ///< paid evenly, by the hour of its term
  double upfront = 0.0;
  std::string owner;                         ///< whose uses it covers first; empty: all are alike
  std::string unused;                        ///< who pays for what is not used: an owner, or "pro-rata"
  const scenario::Law* use_after = nullptr;  ///< share of what is owed after the horizon; null: as it was used

  static Contract of(const scenario::Scenario& scenario, const scenario::Commitment& commitment);
  static Contract of(const scenario::Scenario& scenario, const scenario::SavingsPlan& savings_plan);

  /// The part of [begin, end) in which it holds.
  double steps_within(double begin, double end) const;
  /// Its hourly cost with the upfront payment spread over the term.
  double effective_hourly(double step_hours) const;
  double total(double step_hours) const;
};

/// Commitments, then savings plans, in file order.
std::vector<Contract> contracts_of(const scenario::Scenario& scenario, const scenario::Plan& plan);

/// What the contract books in step k.
double booked(const Contract& contract, std::int64_t k, double step_hours, scenario::Accounting accounting);

/// What the plan still owes for it at the horizon.
double owed(const scenario::Scenario& scenario, const Contract& contract);

/// The discounts of a savings plan, the highest first, and of equal ones by the names of their markets.
std::vector<std::pair<int, double>> by_discount(const scenario::Scenario& scenario,
                                                const scenario::SavingsPlan& savings_plan);

/// The order in which the plan's contracts cover: indices into contracts_of, all commitments before all savings plans.
std::vector<std::size_t> covering_order(const scenario::Scenario& scenario, const scenario::Plan& plan);

/// Instances of one's own in a market at a step's start.
int available(const scenario::Scenario& scenario, const scenario::Plan& plan, int market, std::int64_t k);

/// What each reserved pool, and each reserved job in each of its markets, may take of what is available: in file
/// order, services before jobs, by step. A gang for which not enough is left takes nothing, unless it splits.
struct Offers {
  std::vector<std::vector<std::vector<int>>> pools;  ///< [service assignment][pool][step]; empty where not reserved
  std::vector<std::vector<std::vector<int>>> jobs;   ///< [job assignment][its market or purchase][step]; likewise
};

Offers offers_of(const scenario::Scenario& scenario, const scenario::Plan& plan);

}  // namespace costrisk::reference
