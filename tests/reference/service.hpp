// One service under one plan along one path: autoscaler, pools, losses, queue, overflow.
#pragma once

#include <array>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/bill.hpp"
#include "tests/reference/random.hpp"
#include "tests/reference/taken.hpp"
#include "tests/reference/use.hpp"
#include "tests/reference/world.hpp"

namespace costrisk::reference {

struct ServicePath {
  double served = 0.0;        ///< requests, by the fleet or by what it overflows to
  double unserved = 0.0;      ///< requests, those that wait at the horizon included
  double tokens = 0.0;        ///< output tokens of the requests served
  double within = 0.0;        ///< requests answered within the objective; 0 without one
  double queued = 0.0;        ///< requests that entered the fleet or its queue
  double waiting = 0.0;       ///< request·steps in the queue
  double peak = 0.0;          ///< most instances at a time
  double idle_cost = 0.0;     ///< waste: list price of what the fleet did not use, beyond its target
  double planned_cost = 0.0;  ///< likewise, up to its target
  double list_cost = 0.0;     ///< of its on-demand and spot instances, warm ones aside
  double spot_cost = 0.0;     ///< of these, of spot
  double cost = 0.0;          ///< what it costs the plan, allocated commitments included
  std::vector<std::array<double, purchase_count>> use_hours;  ///< [market][purchase] instance-hours
};

/// One path of a service with what the plan's other parts need of it.
struct ServiceRun {
  ServicePath path;
  std::vector<Use> uses;               ///< on-demand and reserved, in the order of the pools
  std::vector<double> served_by_step;  ///< requests
};

/// Lives through one path and charges on-demand and spot at list price, what it overflows, and penalties to `bill`.
/// `offers` is what reserved pools may take: [pool][step]; `taken` is what those that stand first have taken, to which
/// its own is added.
ServiceRun simulate_service(const scenario::Scenario& scenario, const scenario::ServiceAssignment& assignment,
                            const World& world, const std::vector<std::vector<int>>& offers, const StreamMaker& streams,
                            int owner, Taken& taken, Bill& bill);

}  // namespace costrisk::reference
