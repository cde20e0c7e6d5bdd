// Stage 2, components: an autoscaler sizes a fleet by its demand. Where no requests wait it depends on the world
// alone, so that all services which agree in it share one: it goes ahead of them and leaves its rows in the tile.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/services/window.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

template <class L>
struct AutoscalerState {
  using F = typename L::F;

  // Constants of the path
  F instance_requests;    ///< requests an instance of the first pool serves in a step
  F inverse_target_rate;  ///< 1 / (requests a second of an instance · utilization)

  typename SlidingExtreme<L, Extreme::most>::State scale_down;
  typename SlidingExtreme<L, Extreme::least>::State scale_up;
  F* scale_down_block;  ///< [scale_down_window.whole + 1]
  F* scale_up_block;    ///< [scale_up_delay.whole + 1]
};

template <class L>
class Autoscaler {
  using F = typename L::F;

 public:
  /// @param step the next step, from 0
  COSTRISK_FN Autoscaler(const AutoscalerParameters& parameters, AutoscalerState<L>& state, int step)
      : parameters_(parameters),
        s(state),
        scale_down_(parameters.scale_down_window, state.scale_down_block, state.scale_down, step),
        scale_up_(parameters.scale_up_delay, state.scale_up_block, state.scale_up, step) {}

  /// The path's constants.
  COSTRISK_FN static void begin(const PathContext<L>& path, const AutoscalerParameters& parameters,
                                AutoscalerState<L>& state) {
    state.instance_requests = state.inverse_target_rate = F(0.0f);
    state.scale_down = {F(0.0f), F(0.0f)};
    state.scale_up = {F(0.0f), F(0.0f)};
    if (parameters.rate < 0) return;
    F requests = path.law(parameters.rate);
    for (int i = 0; i < parameters.speedups.count; ++i)
      requests = requests * path.law(path.parameters.law_lists[parameters.speedups.first + i]);
    if (parameters.input_rate >= 0) {
      // Output tokens, and how many of them the input tokens take the time of.
      const F input = path.law(parameters.input_tokens) * path.law(parameters.rate) / path.law(parameters.input_rate);
      requests = requests / (path.law(parameters.output_tokens) + input);
    } else if (parameters.output_tokens >= 0) {
      requests = requests / path.law(parameters.output_tokens);
    }
    state.instance_requests = requests * F(parameters.step_seconds);
    state.inverse_target_rate = F(parameters.inverse_utilization) / requests;
  }

  /// What is asked of the pools in the next steps, and what has been asked for long enough to be in service: at a
  /// step's end, and in the part of it that the start-up delay takes beyond whole steps.
  /// @param demand requests a second
  /// @param draining requests a second besides
  /// @param wanted_first where the delay has such a part
  template <int count>
  COSTRISK_FN void size(const F* demand, F draining, F (&asked)[count], F (&wanted)[count], F (&wanted_first)[count]) {
    const F least(parameters_.least_instances), most(parameters_.most_instances);
    F desired[count];
    unrolled<count>([&](int k) COSTRISK_INLINE {
      desired[k] = min(max(ceil_snapped((demand[k] + draining) * s.inverse_target_rate), least), most);
    });
    scale_down_.push(desired, asked);
    scale_up_.push(asked, wanted, wanted_first);
  }

  /// Keeps the windows for the next tile.
  COSTRISK_FN void end_tile() {
    s.scale_down = scale_down_.state();
    s.scale_up = scale_up_.state();
  }

 private:
  const AutoscalerParameters& parameters_;
  AutoscalerState<L>& s;
  SlidingExtreme<L, Extreme::most> scale_down_;
  SlidingExtreme<L, Extreme::least> scale_up_;
};

/// Leaves an autoscaler's rows in the tile, unless its service sizes the fleet step by step.
template <class L>
COSTRISK_STAGE void advance_autoscaler(const AutoscalerParameters& parameters, AutoscalerState<L>& state,
                                       const WorldTile<L>& tile) {
  using F = typename L::F;
  if (parameters.asked_slot < 0) return;
  Autoscaler<L> autoscaler(parameters, state, tile.start);
  const F* demand = tile.row(parameters.demand_slot);
  F *asked_row = tile.row(parameters.asked_slot), *wanted_row = tile.row(parameters.wanted_slot);
  F* first_row = tile.row(parameters.wanted_first_slot);
  in_groups<L>(0, tile.end - tile.start, [&]<int count>(int first) {
    F asked[count], wanted[count], wanted_first[count];
    autoscaler.size(demand + first, F(0.0f), asked, wanted, wanted_first);
    unrolled<count>([&](int k) COSTRISK_INLINE { asked_row[first + k] = asked[k]; });
    if (wanted_row != asked_row) unrolled<count>([&](int k) COSTRISK_INLINE { wanted_row[first + k] = wanted[k]; });
    if (first_row != wanted_row)
      unrolled<count>([&](int k) COSTRISK_INLINE { first_row[first + k] = wanted_first[k]; });
  });
  autoscaler.end_tile();
}

}  // namespace costrisk
