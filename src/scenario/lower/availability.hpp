// What a plan's capacity commitments leave to each pool and job that draws on them.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

/// So many instances from this step on, to the next entry; the first entry is at step 0.
using AvailabilityList = std::vector<AvailabilityParameters>;

/// Allots the committed capacity: services first, then jobs, in file order. A pool takes what is left, at most its
/// `max`; a job its whole gang or nothing, or, where it may be split, as much of it as is left.
struct Allotments {
  std::vector<std::vector<AvailabilityList>> services;  ///< [assignment][pool]; empty lists but for reserved pools
  std::vector<std::vector<AvailabilityList>> jobs;      ///< [assignment][market]; empty but where it may hold reserved
};

Allotments allotted(const Scenario& scenario, const Plan& plan);

/// Appends a list to the storage.
Range add_availability(ParameterStorage& storage, const AvailabilityList& list);

/// Tells a list apart from others in the key of a component.
void append_to_key(const AvailabilityList& list, std::vector<double>& key);

}  // namespace costrisk::scenario
