// Part of a service component with a latency: how much of what is asked in a step meets the objective, and in which
// range of latencies the rest lies.
#pragma once

#include "kernels/math/elementary.hpp"
#include "kernels/model/services/erlang.hpp"
#include "kernels/model/services/service_state.hpp"

namespace costrisk {

template <class L>
class ServiceLatency {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param counts [latency_counts]
  COSTRISK_FN ServiceLatency(const float* chances_to_wait, const LatencyParameters& latency, F* counts)
      : chances_to_wait_(chances_to_wait), latency_(latency), counts_(counts) {}

  /// Counts what the fleet is asked in a part of a step.
  /// @param served requests that it serves
  /// @param left requests that it does not, and nobody else
  /// @param most requests that it could serve in the part
  /// @param fleet_requests that it could in a whole step
  /// @param waits lanes on which requests wait at the step's beginning or end
  COSTRISK_FN void count(F served, F left, F most, F fleet_requests, M waits) {
    const F load = (served + left) / max(most, F(1e-30f));
    const M none_meets_it = (load > F(latency_.most_load)) | waits;
    switch (latency_.kind) {
      case LatencyKind::unknown:
        return;
      case LatencyKind::curve:
        return count_by_load(served, load, none_meets_it);
      case LatencyKind::mmc:
        return count_by_wait(served, load, fleet_requests, none_meets_it);
    }
  }
  /// Counts what nobody answers, or somebody else does.
  COSTRISK_FN void count_others(F unserved, F overflowed) {
    add(latency_beyond, unserved);
    if (latency_.overflow_meets_it) add(latency_within, overflowed);
  }

 private:
  COSTRISK_FN void add(int place, F requests) { counts_[place] = counts_[place] + requests; }

  COSTRISK_FN void count_by_load(F served, F load, M none_meets_it) {
    add(latency_within, select(none_meets_it | (load > F(latency_.load_within)), F(0.0f), served));
    const F last(static_cast<float>(latency_beyond - 1));
    const F range = min(floor(load * F(latency_.ranges_per_load)), last);
    const I place = to_int(select(none_meets_it, F(static_cast<float>(latency_beyond)), range));
    L::add_to_row(counts_, place, served, M(true));
  }

  COSTRISK_FN void count_by_wait(F served, F load, F fleet_requests, M none_meets_it) {
    const F servers = max(fleet_requests * F(latency_.servers_per_request), F(1.0f));
    const F below_one = min(load, F(1.0f));
    const F chance = select(none_meets_it, F(1.0f), chance_to_wait<L>(chances_to_wait_, sqrt(servers), below_one));
    // Waits end at this rate in a service time, in powers of two.
    const F rate = select(none_meets_it, F(0.0f), (below_one - F(1.0f)) * servers * F(log2_of_e));
    if (latency_.wait_within >= 0.0f) {
      const F beyond = chance * power_of_two(max(rate * F(latency_.wait_within), F(-64.0f)));
      add(latency_within, select(none_meets_it, F(0.0f), fma(-served, beyond, served)));
    }
    const F waiting = served * chance;
    F before = served, octave = rate * F(0.25f * first_wait_range_end);
    for (int j = 0; j < latency_beyond; j += 4) {
      // A quarter of the octave's beginning further: nothing is left of what is below 2^-64.
      const F quarter = power_of_two(max(octave, F(-16.0f)));
      const F half = quarter * quarter;
      F beyond = half * half * waiting;
      for (int i = j; i < j + 4 && i < latency_beyond; ++i) {
        add(i, before - beyond);
        before = beyond;
        beyond = beyond * quarter;
      }
      octave = octave + octave;
    }
    add(latency_beyond, before);
  }

  const float* chances_to_wait_;
  const LatencyParameters& latency_;
  F* counts_;
};

}  // namespace costrisk
