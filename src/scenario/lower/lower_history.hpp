// Lowers measured histories: their tables, and how the futures read them.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "src/scenario/lower/history_sampling.hpp"
#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

class HistoryLowering {
 public:
  /// @throws std::invalid_argument where a history cannot be sampled
  explicit HistoryLowering(Lowering& lowering);

  /// An index into capacities; none where the capacity is never lost.
  /// @param gangs the sizes of the gangs that may hold it
  /// @param losses receives the world slot of the losses' instants of each gang; -1: it has none
  int capacity(const History& history, const std::set<int>& gangs, std::map<int, int>& losses);
  /// A price relative to the mean over the trace, which is `reference` in currency per instance-hour.
  PriceParameters price(const History& history, double& reference);
  /// An index into histories.
  std::int32_t demand(const History& history);

 private:
  const SampledHistory& sampled(const History& history) const;
  HistoryParameters parameters(const SampledHistory& sampled);
  std::int32_t add(const HistoryParameters& history);
  std::int32_t add_values(const std::vector<double>& values, double unit);
  Range add_losses(const SampledHistory& sampled, const std::set<int>& gangs, std::map<int, int>& losses);
  Range add_runs(const SampledHistory& sampled, bool up);

  Lowering& lowering_;
  ParameterStorage& storage_;
  std::vector<SampledHistory> histories_;
};

}  // namespace costrisk::scenario
