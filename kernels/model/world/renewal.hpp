// Part of the world: an on/off renewal, such as shocks and bursts, drawn event by event. The runs that are on have
// log-normal lengths, the gaps between them exponential ones.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/world/runs.hpp"

namespace costrisk {

template <class L>
class Renewal {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN Renewal(PathContext<L>& path, const RenewalParameters& renewal, RunState<L>& state)
      : path_(path), renewal_(renewal), s(state) {}

  /// A bit for each step of the tile that is on.
  COSTRISK_FN I advance(const WorldTile<L>& tile) {
    if (tile.start == 0) begin();
    I bits = select(s.on, I(-1), I(0));
    for (int turn = 0;; ++turn) {
      const M flips = s.end.step < I(tile.end);
      if (!any(flips)) return bits;
      if (turn == event_limit) {
        path_.fail(flips, status_event_loop);
        return bits;
      }
      bits = select(flips, bits ^ bits_from(position_in(tile, s.end)), bits);
      flip(flips);
    }
  }

 private:
  /// Stationary start: the state by its long-run share, the run length-biased, what is left of it uniform.
  COSTRISK_FN void begin() {
    const PhiloxWords<L> words = path_.philox.event(renewal_.stream, I(0));
    s.on = uniform(words.word[0]) < F(renewal_.on_share);
    const F left =
        select(s.on, length_of(renewal_.biased_median, words.word[1]) * uniform(words.word[2]), gap_of(words.word[3]));
    s.end = Instant<L>{I(0), F(0.0f)}.plus(bounded_sojourn(left));
    s.ordinal = I(1);
  }

  /// Begins the next run or gap of the lanes `flips`.
  COSTRISK_FN void flip(M flips) {
    const PhiloxWords<L> words = path_.philox.event(renewal_.stream, s.ordinal);
    const M ends = flips & s.on, begins = flips & (!s.on);
    F sojourn(0.0f);
    if (any(begins)) sojourn = length_of(renewal_.median_length, words.word[0]);
    if (any(ends)) sojourn = select(ends, gap_of(words.word[1]), sojourn);
    s.end = select<L>(flips, s.end.plus(bounded_sojourn(sojourn)), s.end);
    s.on = (s.on & (!ends)) | begins;
    s.ordinal = select(flips, add(s.ordinal, I(1)), s.ordinal);
  }

  COSTRISK_FN F length_of(float median, I word) const {
    return F(median) * exponential(F(renewal_.sigma) * path_.normal(word));
  }
  COSTRISK_FN F gap_of(I word) const { return F(renewal_.mean_gap) * unit_exponential(word); }

  PathContext<L>& path_;
  const RenewalParameters& renewal_;
  RunState<L>& s;
};

}  // namespace costrisk
