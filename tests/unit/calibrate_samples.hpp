// Histories of known laws, and scenarios to put fragments into.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "src/calibrate/sojourn.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"

namespace costrisk::trace {

/// The message of the FormatError that `action` throws; "no error" where it throws none.
template <class Action>
std::string complaint(const Action& action) {
  try {
    action();
  } catch (const FormatError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace costrisk::trace

namespace costrisk::calibrate {

inline bool holds(const Estimate& estimate, double truth) { return estimate.low <= truth && truth <= estimate.high; }

inline SojournLaw log_normal(double mean, double cv) {
  const double variance = std::log1p(cv * cv);
  return {SojournLaw::Kind::log_normal, std::log(mean) - 0.5 * variance, std::sqrt(variance)};
}

/// A trace of so many samples, from long before its start on; laws in gaps.
inline std::vector<bool> simulated_trace(const SojournLaw& up, const SojournLaw& down, std::size_t samples,
                                         std::uint64_t seed) {
  Dice dice(seed);
  std::vector<bool> trace;
  bool state = dice.uniform() < 0.5;
  double time = -20.0 * (up.mean() + down.mean());
  for (std::size_t at = 0; at < samples; state = !state) {
    time += (state ? up : down).draw(dice);
    for (; at < samples && static_cast<double>(at) < time; ++at) trace.push_back(state);
  }
  return trace;
}

inline trace::History history_of(const std::vector<double>& values, double gap_seconds,
                                 const std::string& file = "planted.csv") {
  trace::History history;
  history.file = file;
  history.gap_seconds = gap_seconds;
  history.value = values;
  for (std::size_t i = 0; i < values.size(); ++i) history.time_seconds.push_back(gap_seconds * static_cast<double>(i));
  return history;
}

inline trace::History history_of(const std::vector<bool>& flags, double gap_seconds, const std::string& file) {
  return history_of(std::vector<double>(flags.begin(), flags.end()), gap_seconds, file);
}

/// A stationary process of mean zero and unit variance at even distances.
inline std::vector<double> simulated_process(double half_life_steps, std::size_t count, Dice& dice) {
  const double kept = std::exp2(-1.0 / half_life_steps), fresh = std::sqrt(1.0 - kept * kept);
  std::vector<double> values = {dice.normal()};
  while (values.size() < count) values.push_back(kept * values.back() + fresh * dice.normal());
  return values;
}

/// A scenario without markets, demands and items of its own but one market, "home", which ends the text.
inline std::string scenario_head() {
  return R"(horizon = "1w"
step = "1h"
[[job]]
name = "train"
work = { median = 20, spread = 0.1 }
throughput = { home = 1.0 }
deadline = "5d"
[[plan]]
name = "plan"
[plan.job.train]
policy = "on-demand"
[[market]]
name = "home"
on_demand = 2.0
)";
}

/// Loads the scenario; its problems where there are any.
inline std::string problems_of(const std::string& scenario, const std::vector<std::string>& overrides = {}) {
  try {
    scenario::load_text(scenario, "fragment.toml", overrides);
    return "";
  } catch (const scenario::InvalidScenario& invalid) {
    return invalid.what() + std::string("\n") + scenario;
  }
}

/// A file of the shared data, which is not part of the repository; empty where it is absent.
inline std::string shared_file(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(COSTRISK_SOURCE_DIR) / "../shared/data" / name;
  return std::filesystem::exists(path) ? path.string() : "";
}

#define COSTRISK_SHARED_FILE(variable, name)      \
  const std::string variable = shared_file(name); \
  if (variable.empty()) GTEST_SKIP() << "there is no ../shared/data/" << (name)

}  // namespace costrisk::calibrate
