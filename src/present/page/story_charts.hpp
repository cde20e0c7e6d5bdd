// What the charts on the page of a path show.
#pragma once

#include <string>
#include <vector>

#include "src/present/page/chart.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present::html {

/// A chart and what its lines are of.
struct StoryChart {
  Chart chart;
  std::vector<PlanStyle> lines;
};

/// Cost, then what the plan's jobs and services meet, then the markets.
std::vector<StoryChart> story_charts(const scenario::Scenario& scenario, const run::Timeline& timeline,
                                     const run::Timeline& median);

}  // namespace costrisk::present::html
