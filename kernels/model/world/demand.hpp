// Part of the world: what a demand asks for in each step, and in the tile altogether. It is a level that changes may
// step, times the time of the week, growth, noise, bursts and what was measured.
#pragma once

#include "kernels/model/world/history.hpp"
#include "kernels/model/world/process.hpp"
#include "kernels/model/world/renewal.hpp"

namespace costrisk {

template <class L>
struct DemandState {
  typename L::F level;  ///< requests a second before profile, growth, noise and bursts: base and changes
  typename L::F noise_x;
  RunState<L> bursts;
};

template <class L>
class Demand {
  using F = typename L::F;
  using I = typename L::I;

 public:
  /// @param changes [change]: the path's multiplier
  COSTRISK_FN Demand(PathContext<L>& path, const DemandParameters& demand, DemandState<L>& state,
                     const Processes<L>& processes, const F* changes, HistoryState<L>* histories)
      : path_(path), demand_(demand), s(state), processes_(processes), changes_(changes), histories_(histories) {}

  /// The tile's row: requests a second by step, then their sum.
  COSTRISK_STAGE void advance(const WorldTile<L>& tile) {
    begin_tile(tile);
    const int steps = tile.end - tile.start;
    if (demand_.has_noise) {
      const F volatility(demand_.noise.volatility * log2_of_e);
      processes_.each_four(demand_.noise, s.noise_x, tile, [&](int first, F(&x)[4]) COSTRISK_INLINE {
        F trend[4];
        make_trend(tile.start + first, trend);
        processes_.mix(demand_.noise.mixture, first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = power_of_two(fma(volatility, x[j], trend[j])); });
        put(tile.start, steps, first, x);
      });
    } else {
      for (int first = 0; first < steps; first += 4) {
        F x[4];
        make_trend(tile.start + first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = grows() ? power_of_two(x[j]) : F(1.0f); });
        put(tile.start, steps, first, x);
      }
    }
    s.level = level_;
    row_[demand_sum_place] = sum_.sum;
    row_[demand_rest_place] = sum_.rest;
  }

 private:
  COSTRISK_FN bool grows() const { return demand_.log_growth >= 0; }
  COSTRISK_FN bool is_measured() const { return demand_.history >= 0; }

  COSTRISK_FN void begin_tile(const WorldTile<L>& tile) {
    const Parameters& p = path_.parameters;
    row_ = tile.row(demand_.slot);
    level_ = s.level;
    sum_ = CompensatedSum<L>::zero();
    profile_place_ = tile.start % demand_.profile.count;
    bursts_ = I(0);
    if (demand_.bursts >= 0) bursts_ = Renewal<L>(path_, p.renewals[demand_.bursts], s.bursts).advance(tile);
    is_bursting_ = any(!(bursts_ == I(0)));
    changes_in_tile_ = false;
    for (int i = demand_.changes.first; i < demand_.changes.first + demand_.changes.count; ++i)
      changes_in_tile_ = changes_in_tile_ || (p.changes[i].step >= tile.start && p.changes[i].step < tile.end);
    log2_growth_ = grows() ? path_.law(demand_.log_growth) * F(log2_of_e) : F(0.0f);
    if (!is_measured()) return;
    HistoryReader<L> history(path_, p.histories[demand_.history], histories_[demand_.history]);
    history.each_step(tile.end - tile.start, [&](int k, I position) { row_[k] = history.value(position); });
  }

  /// log2 of growth and of the noise's drift at four steps from the absolute `step` on.
  COSTRISK_FN void make_trend(int step, F (&trend)[4]) const {
    const float log2_drift = demand_.has_noise ? demand_.noise.drift * log2_of_e : 0.0f;
    const F at_first = fma(log2_growth_, F(static_cast<float>(step)), F(log2_drift));
    unrolled<4>([&](int j) COSTRISK_INLINE { trend[j] = fma(log2_growth_, F(static_cast<float>(j)), at_first); });
  }

  /// What four steps from `first` of the tile on ask for; noise and growth of each are a factor.
  COSTRISK_FN void put(int tile_start, int steps, int first, const F (&factors)[4]) {
    const float* profile = path_.parameters.profiles + demand_.profile.first;
    F values[4];
    unrolled<4>([&](int j) COSTRISK_INLINE {
      const int k = first + j;
      if (changes_in_tile_) change_level(tile_start + k);
      F value = level_ * F(profile[profile_place_]);
      profile_place_ = profile_place_ + 1 == demand_.profile.count ? 0 : profile_place_ + 1;
      if (is_measured()) value = value * row_[k];
      value = value * factors[j];
      if (is_bursting_) value = value * select(test(bursts_, bit_of<I>(k)), F(demand_.burst_multiplier), F(1.0f));
      row_[k] = values[j] = value;
    });
    if (first + 4 <= steps)
      unrolled<4>([&](int j) COSTRISK_INLINE { sum_.add(values[j]); });
    else
      for (int k = first; k < steps; ++k) sum_.add(row_[k]);
  }

  /// Takes the changes that come at the step.
  COSTRISK_FN void change_level(int step) {
    for (int i = demand_.changes.first; i < demand_.changes.first + demand_.changes.count; ++i)
      if (path_.parameters.changes[i].step == step) level_ = level_ * changes_[i];
  }

  PathContext<L>& path_;
  const DemandParameters& demand_;
  DemandState<L>& s;
  const Processes<L> processes_;
  const F* changes_;
  HistoryState<L>* histories_;
  // Of the current tile
  F* row_ = nullptr;
  F level_;
  CompensatedSum<L> sum_;
  int profile_place_ = 0;  ///< of the coming step
  I bursts_;               ///< a bit for each step that bursts
  bool is_bursting_ = false, changes_in_tile_ = false;
  F log2_growth_;  ///< a step
};

}  // namespace costrisk
