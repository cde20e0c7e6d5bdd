// Measured histories, lowered: what was measured stands step by step in tables, and a path reads stretches of them.
#pragma once

#include <cstdint>

#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

/// Where a path reads a history.
enum class HistorySampling : std::int32_t {
  replay,  ///< from `offset` on, path number p by (p mod start_count) · every later
  window,  ///< from one start drawn for the whole horizon
  blocks,  ///< stretches of `block` steps, each from a start drawn anew
  runs,    ///< runs with capacity and runs without it in turn, each drawn anew and read from its own beginning
};

/// Bits of a capacity's steps in Parameters::history_states. The rest of the word is the number of steps from this one
/// to the end of its run.
inline constexpr std::int32_t history_up = 1;        ///< capacity at the step's start
inline constexpr std::int32_t history_unbroken = 2;  ///< and all the time since the start of the step before
inline constexpr int history_state_bits = 2;

/// Starts are numbered from 0 on; number i is step history_numbers[starts + i], or i itself where `starts` is none.
struct HistoryParameters {
  HistorySampling sampling = HistorySampling::replay;
  std::uint32_t stream = 0;
  std::int32_t first_state = none;  ///< of a capacity: its step 0 in history_states
  std::int32_t first_value = none;  ///< of prices, demands and depths: step 0 in history_values
  std::int32_t first_least = none;  ///< likewise the least depth since the start of the step before
  std::int32_t offset = 0;          ///< replay; of runs, the step at which the first whole run begins
  std::int32_t every = 0;           ///< replay
  std::int32_t start_count = 1;     ///< replay, window, blocks; of runs, the steps of all whole runs
  std::int32_t starts = none;       ///< window, blocks
  std::int32_t block = 0;           ///< steps
  Range up_runs, down_runs;         ///< pairs in history_numbers: first step, length; a down-run may have none
};

}  // namespace costrisk
