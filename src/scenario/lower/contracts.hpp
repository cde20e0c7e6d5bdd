// What commitments and savings plans cost over time, whoever uses them.
#pragma once

#include <cstdint>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Currency that a plan's commitments and savings plans cost from the start to `seconds`; infinity: in all.
/// Effective accounting spreads an upfront payment evenly over its term, billed accounting books it at `from`.
double contract_cost(const Plan& plan, Accounting accounting, double seconds);

/// Likewise of one contract.
double cost_until(const Commitment& commitment, Accounting accounting, double seconds);
double cost_until(const SavingsPlan& savings_plan, Accounting accounting, double seconds);

/// Currency that a spend commitment promises for the time after the horizon.
double promised_after_horizon(const Scenario& scenario, const SpendCommitment& commitment);

/// Currency owed beyond the horizon: what the contracts cost in all, without what is booked by then, and what is
/// promised to be spent.
double obligation_beyond_horizon(const Scenario& scenario, const Plan& plan);

/// The numbers that a plan's contracts are made of, for the hash of the parameters.
std::vector<double> contract_terms(const Plan& plan);

}  // namespace costrisk::scenario
