// The story of one path: where its cost stands among the futures, what differs from the median one, what happened, and
// what made it expensive.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/present/text/story_events.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// Where a path stands among those of its run.
struct Standing {
  std::uint64_t paths = 0;    ///< of the run
  std::uint64_t cheaper = 0;  ///< of these, with a lower cost of the plan
  std::uint64_t equal = 1;    ///< of these, with the same cost: itself among them
  std::uint64_t more_expensive() const { return paths - cheaper - equal; }
};

/// Where a cost stands among those of all paths, in micro-units.
Standing standing_of(const std::vector<std::int64_t>& costs, std::int64_t own);

struct CategoryDifference {
  std::string category;
  double cost = 0.0, median_cost = 0.0;  ///< currency: in this future, and in the median one
};

struct DrawWords {
  std::string address;
  std::string unknown;  ///< "the work of train"
  std::string value;    ///< "1950", "yes"; empty where it has no words
  std::string words;    ///< "higher than in 97 of 100 futures"
  double level = 0.0;
  double extremity = 0.0;  ///< 0 in the middle, 1 at the ends
};

struct Story {
  std::string scenario, plan, currency;
  std::uint64_t path = 0, median_path = 0;
  double cost = 0.0, median_cost = 0.0;
  Standing standing;
  std::string headline;                        ///< a sentence or two
  std::vector<CategoryDifference> categories;  ///< those that are not zero in both
  std::vector<StoryEvent> events;              ///< in order of time
  std::vector<DrawWords> draws;                ///< that the plan and this path used, the farthest from the middle first
  std::vector<std::string> conclusion;         ///< sentences
};

/// @param median the timeline of the path whose cost is the median of the same plan
Story make_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                 const Standing& standing);

/// The sentences that say what made a path more expensive, or cheaper, than the median one.
std::vector<std::string> conclude(const scenario::Scenario& scenario, const run::Timeline& timeline,
                                  const run::Timeline& median, const Story& story);

/// Of the events, the `most` that weigh most, in order of time.
std::vector<StoryEvent> weightiest(const std::vector<StoryEvent>& events, std::size_t most);

}  // namespace costrisk::present
