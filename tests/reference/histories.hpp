// Measured histories on one path: which steps of its trace each of them shows, and what was measured there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/random.hpp"

namespace costrisk::reference {

/// What there is from an instant inside a step on.
struct MeasuredFall {
  double offset = 0.0;  ///< in steps since the step's start
  double left = 0.0;
};

/// Instances by step of the horizon.
struct MeasuredCapacity {
  std::vector<double> held;                      ///< at the step's start; infinity where the trace says no more than up
  std::vector<double> least;                     ///< since the start of the step before; likewise
  std::vector<std::vector<MeasuredFall>> falls;  ///< inside the step: every value that begins there; likewise
};

class HistoryDrawer {
 public:
  HistoryDrawer(const scenario::Scenario& scenario, const StreamMaker& streams)
      : scenario_(scenario), streams_(streams) {}

  /// Averages by step: a price, or requests a second.
  std::vector<double> rates(const scenario::History& history) const;
  /// @param market its name, after which its runs are drawn
  MeasuredCapacity capacity(const scenario::History& history, const std::string& market) const;

 private:
  std::vector<std::int64_t> steps_shown(const scenario::History& history) const;
  double smallest_gang(const std::string& market) const;
  std::vector<std::int64_t> runs_shown(const scenario::History& history, const std::string& market) const;
  std::vector<const scenario::History*> drawn_with(const scenario::History& history, bool& any_demand) const;

  const scenario::Scenario& scenario_;
  const StreamMaker& streams_;
};

}  // namespace costrisk::reference
