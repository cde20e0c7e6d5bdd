// The events of one path in words, each kind from its part of the timeline.
#pragma once

#include <string>
#include <vector>

#include "src/run/timeline.hpp"
#include "src/scenario/scenario.hpp"

namespace costrisk::report {

struct StoryEvent {
  double hours = 0.0;   ///< since the start
  std::string words;    ///< plain text
  double weight = 0.0;  ///< what to leave out first: roughly the hours that it matters for; milestones far more
};

/// The weight of what is told however much happens.
inline constexpr double milestone = 1e6;

/// Starts, interruptions with what they cost, changes of market and purchase, attempts that fail, ends of runs.
void add_job_events(const scenario::Scenario& scenario, const run::Timeline& timeline, std::vector<StoryEvent>& events);

/// Spot instances lost, requests unserved or sent to serverless, in episodes.
void add_service_events(const scenario::Scenario& scenario, const run::Timeline& timeline,
                        std::vector<StoryEvent>& events);

/// Changes of list prices and of demands, bursts, shocks, contracts that begin or end.
void add_world_events(const scenario::Scenario& scenario, const run::Timeline& timeline,
                      std::vector<StoryEvent>& events);

}  // namespace costrisk::report
