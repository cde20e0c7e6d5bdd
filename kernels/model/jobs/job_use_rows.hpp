// Use of a job told step by step, for markets where a plan's commitments ask for it: on-demand instances, or those
// of one's own. Steps held from end to end are bits until the tile's end.
#pragma once

#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"

namespace costrisk {

template <class L>
class JobUseRows {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param wanted whether any of the markets has a row
  COSTRISK_FN JobUseRows(const JobParameters& job, const JobMarketParameters* markets, const JobState<L>& state,
                         const JobArrays<L>& arrays, bool wanted)
      : job_(job), markets_(markets), s(state), arrays_(arrays), wanted_(wanted) {}

  COSTRISK_FN void begin_tile() {
    if (!wanted_) return;
    for (int m = 0; m < job_.markets.count; ++m) {
      if (markets_[m].use_row < 0) continue;
      arrays_.use[m].held = I(0);
      for (int k = 0; k < tile_steps; ++k) row(m)[k] = F(0.0f);
    }
  }
  /// The tile's steps [from, until) are held from end to end.
  COSTRISK_FN void keep(M held, I from, I until) {
    if (!wanted_) return;
    const I bits = select(held, low_bits(until) ^ low_bits(from), I(0));
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].use_row >= 0) arrays_.use[m].held = arrays_.use[m].held | select(told(m), bits, I(0));
  }
  /// What is held is billed for a time in one step of the tile.
  COSTRISK_FN void add_time(I at, F steps) {
    if (!wanted_) return;
    for (int m = 0; m < job_.markets.count; ++m) {
      if (markets_[m].use_row < 0) continue;
      const M here = told(m) & (steps > F(0.0f));
      if (any(here)) L::add_to_row(row(m), at, steps * F(job_.gang), here);
    }
  }
  COSTRISK_FN void end_tile(int steps) {
    if (!wanted_) return;
    for (int m = 0; m < job_.markets.count; ++m) {
      if (markets_[m].use_row < 0) continue;
      for (int k = 0; k < steps; ++k) {
        const M held = test(arrays_.use[m].held, bit_of<I>(k));
        row(m)[k] = row(m)[k] + select(held, F(job_.gang), F(0.0f));
      }
    }
  }

 private:
  /// Where the use of a market's row is what is held.
  COSTRISK_FN M told(int m) const { return (markets_[m].has_own ? s.on_spot : s.on_demand) & (s.market == I(m)); }
  COSTRISK_FN F* row(int market) const { return arrays_.use_rows + markets_[market].use_row * tile_steps; }

  const JobParameters& job_;
  const JobMarketParameters* markets_;
  const JobState<L>& s;
  const JobArrays<L>& arrays_;
  bool wanted_;
};

}  // namespace costrisk
