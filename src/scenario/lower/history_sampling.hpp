// How the futures draw from measured histories: where each may begin, what blocks and runs there are, and which
// histories are drawn together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/world/history_parameters.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/history_grid.hpp"

namespace costrisk::scenario {

/// A maximal stretch of steps without capacity, or with capacity that was never interrupted.
struct HistoryRun {
  std::int32_t first = 0, length = 0;  ///< steps; a run without capacity that no step saw has no length
  bool up = false;
};

/// A history on the grid, ready to be drawn from.
struct SampledHistory {
  struct Problem {
    std::string key;  ///< of the history's table
    std::string message;
  };

  HistoryPlace place;
  const History* history = nullptr;
  std::optional<Problem> problem;  ///< why it cannot be sampled; what follows is then of no use

  std::vector<double> averages;   ///< prices, demands
  InstancesByStep instances;      ///< capacities
  bool counts_instances = false;  ///< else a capacity is up or down, of unlimited depth
  /// Instances from which on a run of a capacity is one with capacity: 1, or, where counts never fall below that, the
  /// smallest gang that is bought there.
  double run_instances = 1.0;
  bool always_up = false;  ///< bootstrap of a capacity that is never lost: nothing is drawn

  HistorySampling sampling = HistorySampling::replay;
  std::string stream;                                              ///< empty: nothing is drawn
  std::int32_t offset = 0, every = 0, start_count = 1, block = 0;  ///< steps, as HistoryParameters has them
  std::vector<std::int32_t> starts;                                ///< empty: start number i is step i
  std::vector<HistoryRun> runs;                                    ///< all of a capacity's, the first and last cut off
};

/// All histories, in the order of each_history. Their traces have been read.
std::vector<SampledHistory> sample_histories(const Scenario& scenario);

}  // namespace costrisk::scenario
