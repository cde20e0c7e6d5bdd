// Which share of a service's requests meets its objective at a load.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// Erlang's probability that a request has to wait, of a queue with c servers, for real c: an integral, and a
/// recursion.
/// @param load over 0, under 1: a server's share of time in which it works
double chance_to_wait(double servers, double load);

/// The share of what a fleet serves at a load that is within the objective.
/// @param rate requests a second of what is in service
double share_within(const scenario::Latency& latency, double load, double rate);

}  // namespace costrisk::reference
