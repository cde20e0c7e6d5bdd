// Part of a service component: what its fleet serves of the requests that come, and what becomes of the others: they
// wait, overflow to serverless, or are turned away.
#pragma once

#include "kernels/model/services/service_latency.hpp"
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
  COSTRISK_FN ServiceRequests(const ServiceParameters& service, const float* chances_to_wait, ServiceState<L>& state,
                              const ServiceArrays<L>& arrays, const WorldTile<L>& tile, bool keeps_rows, bool misses)
      : service_(service),
        chances_to_wait_(chances_to_wait),
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
    F fleet[count], fleet_first[count], left[count], most_left(0.0f);
    put_in_service(steps, fleet, fleet_first);
    const F first_part(service_.scale_up_delay.fraction);
    const F inverse_utilization(service_.inverse_utilization);
    F idle = s.idle, beyond_target = s.beyond_target;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      const F work = fma(demand[k], F(service_.step_seconds), s.backlog);
      F served = min(work, fleet[k] * s.instance_requests);
      if (has_parts_) served = fma(first_part, min(work, fleet_first[k] * s.instance_requests) - served, served);
      const F used = served / max(steps.got[k] * s.instance_requests, F(1e-30f));
      idle = fma(steps.price[k], F(1.0f) - used, idle);
      beyond_target = fma(steps.price[k], max(fma(-used, inverse_utilization, F(1.0f)), F(0.0f)), beyond_target);
      left[k] = work - served;
    });
    s.idle = idle;
    s.beyond_target = beyond_target;
    if (keeps_rows_) {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        rows_.served[first + k] = fma(demand[k], F(service_.step_seconds), s.backlog) - left[k];
      });
    }
    const F backlog = s.backlog;
    if constexpr (count == 1)
      if (service_.has_queue) left[0] = queue(left[0]);
    if (service_.latency.kind != LatencyKind::unknown) {
      for (int k = 0; k < count; ++k) {
        const F work = fma(demand[k], F(service_.step_seconds), backlog);
        const F* most = step_row(service_.overflow_slot, first + k);
        const F overflow = min(left[k], most ? *most : F(service_.overflows ? service_.most_overflow : 0.0f));
        count_latency(work, left[k], overflow, backlog, fleet_first[k] * s.instance_requests,
                      fleet[k] * s.instance_requests);
      }
    }
    unrolled<count>([&](int k) COSTRISK_INLINE { most_left = max(most_left, left[k]); });
    if (!any(most_left > F(0.0f))) return;
    F beyond[count];
    unrolled<count>([&](int k) COSTRISK_INLINE { beyond[k] = left[k]; });
    turn_away<L>(service_, s, beyond, keeps_rows_ ? rows_.served + first : nullptr,
                 step_row(service_.overflow_slot, first), step_row(service_.overflow_left_slot, first));
  }

 private:
  /// What is in service of the fleet: what was asked for long enough and is there, less what is replaced. In the rest
  /// of a step, and in the first part of it where the delay has one; with a queue on average.
  template <int count>
  COSTRISK_FN void put_in_service(const FleetSteps<L, count>& steps, F (&fleet)[count], F (&first)[count]) {
    const WindowParameters& delay = service_.scale_up_delay;
    const bool has_first = delay.fraction > 0.0f;
    unrolled<count>([&](int k) COSTRISK_INLINE { fleet[k] = min(steps.wanted[k], steps.got[k]); });
    unrolled<count>(
        [&](int k) COSTRISK_INLINE { first[k] = has_first ? min(steps.wanted_first[k], steps.got[k]) : fleet[k]; });
    if (misses_) {
      if (delay.whole == 0) {
        unrolled<count>([&](int k) COSTRISK_INLINE { first[k] = max(first[k] - steps.losses[k], F(0.0f)); });
      } else {
        unrolled<count>([&](int k) COSTRISK_INLINE {
          const Out out = out_of_service(steps.losses[k]);
          fleet[k] = max(fleet[k] - out.rest, F(0.0f));
          if (has_first) first[k] = max(first[k] - out.first, F(0.0f));
        });
      }
    }
    if (service_.warm_instances > 0.0f) {
      const F warm(service_.warm_instances);
      unrolled<count>([&](int k) COSTRISK_INLINE {
        fleet[k] = min(fleet[k] + warm, steps.got[k]);
        first[k] = min(first[k] + warm, steps.got[k]);
      });
    }
    if (!has_first || has_parts_) return;
    unrolled<count>([&](int k) COSTRISK_INLINE { fleet[k] = fma(F(delay.fraction), first[k] - fleet[k], fleet[k]); });
  }

  COSTRISK_FN F* step_row(std::int32_t slot, int step) const { return slot < 0 ? nullptr : tile_.row(slot) + step; }

  /// Instances that are missing while replacements start, in the two parts of a step.
  struct Out {
    F first, rest;
  };
  /// A loss j steps ago counts as long as the delay outlasts j steps.
  COSTRISK_RARE Out out_of_service(F losses) {
    const WindowParameters& delay = service_.scale_up_delay;
    if (any(losses > F(0.0f))) s.calm_steps = 0;
    int place = losses_place_;
    arrays_.losses[place] = losses;
    losses_place_ = place == delay.whole ? 0 : place + 1;
    if (s.calm_steps > delay.whole) return {F(0.0f), F(0.0f)};
    ++s.calm_steps;
    F out(0.0f);
    for (int j = 0; j < delay.whole; ++j) {
      out = out + arrays_.losses[place];
      place = place == 0 ? delay.whole : place - 1;
    }
    return {out + arrays_.losses[place], out};
  }

  /// Counts by latency what a step is asked.
  /// @param left,overflow of the work: what is neither served nor waits, and what of it serverless takes
  /// @param backlog requests that waited before
  /// @param first,rest requests that the fleets of the step's two parts could serve in a whole step
  COSTRISK_STAGE void count_latency(F work, F left, F overflow, F backlog, F first, F rest) {
    const F waiting = service_.has_queue ? s.backlog : F(0.0f);
    const F not_served = left + waiting;
    // The share of what the fleet leaves that nobody else takes.
    const F kept = (not_served - overflow) / max(not_served, F(1e-30f));
    const auto waits = (backlog > F(0.0f)) | (waiting > F(0.0f));
    ServiceLatency<L> latency(chances_to_wait_, service_.latency, arrays_.latency_counts);
    const auto count_part = [&](F share, F fleet) COSTRISK_INLINE {
      const F asked = share * work, most = share * fleet;
      const F served = min(asked, most);
      latency.count(served, (asked - served) * kept, most, fleet, waits);
    };
    const F first_part(service_.scale_up_delay.fraction);
    if (has_parts_) count_part(first_part, first);
    count_part(has_parts_ ? F(1.0f) - first_part : F(1.0f), rest);
    latency.count_others(left - overflow, overflow);
  }

  /// What waits of the work that is left. Returns what does not.
  COSTRISK_FN F queue(F left) {
    const F waits = min(left, F(service_.queue_limit));
    s.waiting = fma(F(0.5f), s.backlog + waits, s.waiting);
    s.backlog = waits;
    return left - waits;
  }

  const ServiceParameters& service_;
  const float* const chances_to_wait_;
  ServiceState<L>& s;
  const ServiceArrays<L>& arrays_;
  const ServiceRows<L> rows_;
  const WorldTile<L>& tile_;
  int losses_place_;  ///< of the next step in the ring of losses
  const bool keeps_rows_, misses_;
  const bool has_parts_ = service_.scale_up_delay.fraction > 0.0f && !service_.has_queue;  ///< of a step
};

}  // namespace costrisk
