// What the charts on the page of a path show.
#pragma once

#include <string>
#include <vector>

#include "src/report/html/chart.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/scenario.hpp"

namespace costrisk::report::html {

/// A chart and what its lines are of.
struct StoryChart {
  Chart chart;
  std::vector<PlanStyle> lines;
};

/// Cost, then what the plan's jobs and services live through, then the markets.
std::vector<StoryChart> story_charts(const scenario::Scenario& scenario, const run::Timeline& timeline,
                                     const run::Timeline& median);

}  // namespace costrisk::report::html
