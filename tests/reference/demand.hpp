// What is asked of services on one path, and what answering it costs and yields elsewhere: rates, hosted prices,
// the gains of optimizations.
#pragma once

#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/drawing.hpp"
#include "tests/reference/histories.hpp"

namespace costrisk::reference {

struct DemandPath {
  std::vector<double> requests_per_second;         ///< by step
  double input_tokens = 0.0, output_tokens = 0.0;  ///< a request
  double cached_share = 0.0;                       ///< of the input tokens
};

DemandPath draw_demand(const scenario::Scenario& scenario, const scenario::Demand& demand, const Drawer& draw,
                       const HistoryDrawer& histories);

/// by_hour·by_weekday in local time, averaged over each step.
std::vector<double> profile_by_step(const scenario::Scenario& scenario, const scenario::Demand& demand);

}  // namespace costrisk::reference
