// The events of one path in words, each kind from its part of the timeline.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/present/text/story_money.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

struct StoryEvent {
  double hours = 0.0;   ///< since the start
  std::string words;    ///< plain text
  double weight = 0.0;  ///< what to leave out first: roughly the currency that it costs, loses or moves
};

/// What an hour of waiting weighs against an hour of work that is lost.
inline constexpr double wait_weight = 0.1;

/// Events of one kind beyond which one more reports what they come to together.
inline constexpr std::size_t fewest_reported_together = 5;

/// Starts, interruptions with what they cost, changes of market and purchase, attempts that fail, ends of runs.
void add_job_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                    std::vector<StoryEvent>& events);

/// Spot instances lost, requests unserved or sent to serverless, in episodes.
void add_service_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                        std::vector<StoryEvent>& events);

/// Changes of list prices and of demands, bursts, shocks, contracts that begin or end.
void add_world_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                      std::vector<StoryEvent>& events);

}  // namespace costrisk::present
