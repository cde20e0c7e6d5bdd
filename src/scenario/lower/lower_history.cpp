// Tables of single precision from the histories on the grid.
#include "src/scenario/lower/lower_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace costrisk::scenario {

HistoryLowering::HistoryLowering(Lowering& lowering)
    : lowering_(lowering), storage_(lowering.storage()), histories_(sample_histories(lowering.scenario())) {
  for (const SampledHistory& history : histories_)
    if (history.problem)
      throw std::invalid_argument(fmt::format("{}: {}", history.place.address, history.problem->message));
}

const SampledHistory& HistoryLowering::sampled(const History& history) const {
  return *std::find_if(histories_.begin(), histories_.end(),
                       [&](const SampledHistory& entry) { return entry.history == &history; });
}

HistoryParameters HistoryLowering::parameters(const SampledHistory& sampled) {
  HistoryParameters result;
  result.sampling = sampled.sampling;
  result.offset = sampled.offset;
  result.every = sampled.every;
  result.start_count = sampled.start_count;
  result.block = sampled.block;
  if (!sampled.starts.empty()) {
    result.starts = size_of(storage_.history_numbers);
    storage_.history_numbers.insert(storage_.history_numbers.end(), sampled.starts.begin(), sampled.starts.end());
  }
  if (sampled.stream.empty()) return result;
  result.stream = lowering_.stream(sampled.stream);
  // A window is one unknown of the future, and one for all that are drawn together.
  if (sampled.sampling == HistorySampling::window && sampled.start_count > 1) {
    const auto same = [&](const SampledHistory& entry) { return entry.stream == sampled.stream; };
    const auto first = std::find_if(histories_.begin(), histories_.end(), same);
    lowering_.driver(first->place.address + ".history", {DriverKind::uniform, 0, result.stream});
  }
  return result;
}

std::int32_t HistoryLowering::add(const HistoryParameters& history) {
  storage_.histories.push_back(history);
  return size_of(storage_.histories) - 1;
}

std::int32_t HistoryLowering::add_values(const std::vector<double>& values, double unit) {
  const std::int32_t first = size_of(storage_.history_values);
  for (const double value : values) storage_.history_values.push_back(narrow(value / unit));
  return first;
}

Range HistoryLowering::add_runs(const SampledHistory& sampled, bool up) {
  Range range = {size_of(storage_.history_numbers), 0};
  for (std::size_t i = 1; i + 1 < sampled.runs.size(); ++i) {
    const HistoryRun& run = sampled.runs[i];
    if (run.up != up) continue;
    storage_.history_numbers.insert(storage_.history_numbers.end(), {run.first, run.length});
    ++range.count;
  }
  return range;
}

Range HistoryLowering::add_losses(const SampledHistory& sampled, const std::set<int>& gangs,
                                  std::map<int, int>& losses) {
  Range range = {size_of(storage_.history_losses), 0};
  std::map<std::vector<double>, int> known;
  for (const int gang : gangs) {
    const std::vector<double> instants = losses_by_step(*sampled.history->trace, lowering_.scenario().step_seconds,
                                                        sampled.counts_instances ? gang : 1.0);
    if (std::all_of(instants.begin(), instants.end(), [](double instant) { return instant == 0.0; })) continue;
    const auto [entry, fresh] = known.emplace(instants, none);
    if (fresh) {
      entry->second = lowering_.new_slot();
      storage_.history_losses.push_back({add_values(instants, 1.0), entry->second});
      ++range.count;
    }
    losses[gang] = entry->second;
  }
  return range;
}

int HistoryLowering::capacity(const History& history, const std::set<int>& gangs, std::map<int, int>& losses) {
  const SampledHistory& source = sampled(history);
  if (source.always_up) return none;
  const InstancesByStep& instances = source.instances;
  HistoryParameters result = parameters(source);
  result.first_state = size_of(storage_.history_states);
  for (std::size_t k = 0; k < instances.held.size(); ++k)
    storage_.history_states.push_back((instances.held[k] >= source.run_instances ? history_up : 0) |
                                      (instances.least[k] >= source.run_instances ? history_unbroken : 0));
  for (const HistoryRun& run : source.runs)
    for (std::int32_t k = 0; k < run.length; ++k)
      storage_.history_states[static_cast<std::size_t>(result.first_state + run.first + k)] |= (run.length - k)
                                                                                               << history_state_bits;
  result.up_runs = add_runs(source, true);
  result.down_runs = add_runs(source, false);

  CapacityParameters capacity;
  capacity.losses = add_losses(source, gangs, losses);
  if (source.counts_instances) {
    result.first_value = add_values(instances.held, 1.0);
    capacity.depth_slot = lowering_.new_slot();
    if (instances.least != instances.held) {
      result.first_least = add_values(instances.least, 1.0);
      capacity.least_slot = lowering_.new_slot();
    }
  }
  capacity.history = add(result);
  storage_.capacities.push_back(capacity);
  return size_of(storage_.capacities) - 1;
}

PriceParameters HistoryLowering::price(const History& history, double& reference) {
  const SampledHistory& source = sampled(history);
  double sum = 0.0;
  for (const double value : source.averages) sum += value;
  reference = sum > 0.0 ? sum / static_cast<double>(source.averages.size()) : 1.0;
  HistoryParameters result = parameters(source);
  result.first_value = add_values(source.averages, reference);
  PriceParameters price;
  price.history = add(result);
  price.slot = lowering_.new_slot();
  price.sum_slot = lowering_.new_slot();
  return price;
}

std::int32_t HistoryLowering::demand(const History& history) {
  const SampledHistory& source = sampled(history);
  HistoryParameters result = parameters(source);
  result.first_value = add_values(source.averages, 1.0);
  return add(result);
}

}  // namespace costrisk::scenario
