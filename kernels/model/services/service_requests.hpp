// Part of a service component: what its fleet serves of the requests that come, and what becomes of the others: they
// wait, overflow to serverless, or are turned away.
#pragma once

#include "kernels/model/services/service_state.hpp"

namespace costrisk {

/// Requests of some steps that neither the fleet nor the queue takes: to serverless, or away.
/// @param served requests by step, to which those of serverless are added; null: nobody asks
/// @param most   requests by step that serverless takes; null: service.most_overflow in each
/// @param left   what it leaves of them to the services after it; null: nobody asks
template <class L, int count>
COSTRISK_RARE void turn_away(const ServiceParameters& service, ServiceState<L>& s, const typename L::F (&beyond)[count],
                             typename L::F* served, const typename L::F* most = nullptr,
                             typename L::F* left = nullptr) {
  using F = typename L::F;
  unrolled<count>([&](int k) COSTRISK_INLINE {
    F overflow(0.0f);
    if (service.overflows) {
      overflow = min(beyond[k], most ? most[k] : F(service.most_overflow));
      if (left) left[k] = left[k] - overflow;
      s.overflowed.add(overflow);
      if (served) served[k] = served[k] + overflow;
    }
    s.unserved.add(beyond[k] - overflow);
  });
}

template <class L>
class ServiceRequests {
  using F = typename L::F;

 public:
  /// @param keeps_rows of arrays.rows, which are for others to read
  /// @param misses instances that are lost, until they are replaced
  COSTRISK_FN ServiceRequests(const ServiceParameters& service, ServiceState<L>& state, const ServiceArrays<L>& arrays,
                              const WorldTile<L>& tile, bool keeps_rows, bool misses)
      : service_(service),
        s(state),
        arrays_(arrays),
        rows_(arrays.rows),
        tile_(tile),
        losses_place_(tile.start % (service.scale_up_delay.whole + 1)),
        keeps_rows_(keeps_rows),
        misses_(misses) {}

  /// Requests: to the fleet, the queue, serverless, or away.
  template <int count>
  COSTRISK_FN void serve(const FleetSteps<L, count>& steps, int first) {
    const F* demand = tile_.row(service_.demand_slot) + first;
    F fleet[count], left[count], most_left(0.0f);
    put_in_service(steps, fleet);
    F idle = s.idle;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      const F work = fma(demand[k], F(service_.step_seconds), s.backlog);
      const F served = min(work, fleet[k] * s.instance_requests);
      const F bought = max(steps.got[k] * s.instance_requests, F(1e-30f));
      idle = fma(steps.price[k], F(1.0f) - served / bought, idle);
      left[k] = work - served;
    });
    s.idle = idle;
    if (keeps_rows_) {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        rows_.served[first + k] = fma(demand[k], F(service_.step_seconds), s.backlog) - left[k];
      });
    }
    if constexpr (count == 1)
      if (service_.has_queue) left[0] = queue(left[0]);
    unrolled<count>([&](int k) COSTRISK_INLINE { most_left = max(most_left, left[k]); });
    if (!any(most_left > F(0.0f))) return;
    F beyond[count];
    unrolled<count>([&](int k) COSTRISK_INLINE { beyond[k] = left[k]; });
    turn_away<L>(service_, s, beyond, keeps_rows_ ? rows_.served + first : nullptr,
                 step_row(service_.overflow_slot, first), step_row(service_.overflow_left_slot, first));
  }

 private:
  /// What is in service of the fleet: what was asked for long enough and is there, less what is replaced.
  template <int count>
  COSTRISK_FN void put_in_service(const FleetSteps<L, count>& steps, F (&fleet)[count]) {
    unrolled<count>([&](int k) COSTRISK_INLINE { fleet[k] = min(steps.wanted[k], steps.got[k]); });
    if (!misses_) return;
    if (const WindowParameters& delay = service_.scale_up_delay; delay.whole == 0) {
      const F missing(-delay.fraction);
      unrolled<count>([&](int k) COSTRISK_INLINE { fleet[k] = max(fma(steps.losses[k], missing, fleet[k]), F(0.0f)); });
    } else {
      unrolled<count>([&](int k)
                          COSTRISK_INLINE { fleet[k] = max(fleet[k] - out_of_service(steps.losses[k]), F(0.0f)); });
    }
  }

  COSTRISK_FN F* step_row(std::int32_t slot, int step) const { return slot < 0 ? nullptr : tile_.row(slot) + step; }

  /// What is missing while replacements start: a loss j steps ago counts as long as the delay outlasts j steps.
  COSTRISK_RARE F out_of_service(F losses) {
    const WindowParameters& delay = service_.scale_up_delay;
    if (any(losses > F(0.0f))) s.calm_steps = 0;
    int place = losses_place_;
    arrays_.losses[place] = losses;
    losses_place_ = place == delay.whole ? 0 : place + 1;
    if (s.calm_steps > delay.whole) return F(0.0f);
    ++s.calm_steps;
    F out(0.0f);
    for (int j = 0; j < delay.whole; ++j) {
      out = out + arrays_.losses[place];
      place = place == 0 ? delay.whole : place - 1;
    }
    return fma(F(delay.fraction), arrays_.losses[place], out);
  }

  /// What waits of the work that is left. Returns what does not.
  COSTRISK_FN F queue(F left) {
    const F waits = min(left, F(service_.queue_limit));
    s.waiting = fma(F(0.5f), s.backlog + waits, s.waiting);
    s.backlog = waits;
    return left - waits;
  }

  const ServiceParameters& service_;
  ServiceState<L>& s;
  const ServiceArrays<L>& arrays_;
  const ServiceRows<L> rows_;
  const WorldTile<L>& tile_;
  int losses_place_;  ///< of the next step in the ring of losses
  const bool keeps_rows_, misses_;
};

}  // namespace costrisk
