// Part of a service component: its fleet, some steps at a time and in registers. The pools fill what the autoscaler
// asks for. What is reclaimed one by one is missing for a while, but changes nothing of what the pools hold, for it is
// replaced at once: on vectors reclaims wait until all steps up to the next edge are filled, so that each lane takes
// its own next one. The target and everything that is added over pools counts in instances of the first pool.
#pragma once

#include "kernels/model/services/service_form.hpp"
#include "kernels/model/services/service_reclaims.hpp"
#include "kernels/model/services/service_requests.hpp"

namespace costrisk {

template <class L>
class ServiceFleet {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param keeps_rows of arrays.rows, which are for others to read
  COSTRISK_FN ServiceFleet(PathContext<L>& path, const ServiceParameters& service, ServiceState<L>& state,
                           const ServiceArrays<L>& arrays, const WorldTile<L>& tile, bool keeps_rows)
      : path_(path),
        service_(service),
        pools_(path.parameters.pools + service.pools.first),
        s(state),
        arrays_(arrays),
        rows_(arrays.rows),
        tile_(tile),
        asks_(path.parameters.autoscalers[service.autoscaler]),
        autoscaler_(asks_, *arrays.autoscaler, tile.start),
        keeps_rows_(keeps_rows),
        misses_(may_miss(service, pools_)),
        requests_(service, path.parameters.chances_to_wait, state, arrays, tile, keeps_rows, misses_) {
    for (int p = 0; p < service_.pools.count; ++p) {
      // Nobody misses what is replaced at once.
      reclaims_ = reclaims_ || (pools_[p].reclaim_rate >= 0 && (misses_ || keeps_rows_));
      one_rate_ = one_rate_ && have_one_rate(pools_[p], pools_[0]);
    }
  }

  /// Lives through steps [first, end) of the tile.
  COSTRISK_FN void live(int first, int end) {
    if (service_.has_queue) {
      for (int k = first; k < end; ++k) live_at_once<1>(k);
      return;
    }
    if constexpr (L::width > 1) {
      if (reclaims_) {
        for (int p = 0; p < service_.pools.count; ++p) rows_.passed(p)[first] = arrays_.pools[p].instance_steps;
        in_groups<L>(first, end, [&]<int count>(int k) COSTRISK_INLINE { fill_rows<count>(k); });
        for (int p = 0; p < service_.pools.count; ++p) {
          if (pools_[p].reclaim_rate < 0) continue;
          reclaims_of(p).draw(rows_.passed(p) + first, tile_.start + first, end - first, rows_.losses + first, first);
        }
        in_groups<L>(first, end, [&]<int count>(int k) COSTRISK_INLINE { serve_rows<count>(k); });
        return;
      }
    }
    in_groups<L>(first, end, [&]<int count>(int k) COSTRISK_INLINE { live_at_once<count>(k); });
  }

  COSTRISK_FN void end_tile() {
    if (service_.has_queue) autoscaler_.end_tile();
  }

 private:
  template <int count>
  using Steps = FleetSteps<L, count>;

  template <int count>
  COSTRISK_FN void live_at_once(int first) {
    Steps<count> steps;
    fill_fleet(steps, first);
    if constexpr (count == 1) {
      if (keeps_rows_) rows_.reclaimed[first] = F(0.0f);
      if (steps.draws) reclaim(steps, first);
    }
    requests_.serve(steps, first);
  }

  /// What pools hold of the steps, and what of it serves, with rows in between.
  template <int count>
  COSTRISK_FN void fill_rows(int first) {
    Steps<count> steps;
    fill_fleet(steps, first);
    unrolled<count>([&](int k) COSTRISK_INLINE {
      rows_.got[first + k] = steps.got[k];
      rows_.losses[first + k] = steps.losses[k];
      rows_.price[first + k] = steps.price[k];
    });
  }
  template <int count>
  COSTRISK_FN void serve_rows(int first) {
    Steps<count> steps;
    const F *wanted = tile_.row(asks_.wanted_slot) + first, *wanted_first = tile_.row(asks_.wanted_first_slot) + first;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      steps.wanted[k] = wanted[k];
      steps.wanted_first[k] = wanted_first[k];
      steps.got[k] = rows_.got[first + k];
      steps.losses[k] = rows_.losses[first + k];
      steps.price[k] = rows_.price[first + k];
    });
    requests_.serve(steps, first);
  }

  /// The fleet of the steps, and what droughts take of it.
  template <int count>
  COSTRISK_FN void fill_fleet(Steps<count>& steps, int first) {
    unrolled<count>([&](int k) COSTRISK_INLINE { steps.machines[k] = steps.lost[k] = steps.losses[k] = F(0.0f); });
    if (service_.pools.count > 0) {
      scale(steps, first);
      fill_pools(steps, first);
    } else {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        steps.wanted[k] = steps.wanted_first[k] = steps.got[k] = steps.price[k] = F(0.0f);
      });
    }
    if (one_rate_)
      unrolled<count>([&](int k) COSTRISK_INLINE { s.peak = max(s.peak, steps.got[k]); });
    else
      unrolled<count>([&](int k) COSTRISK_INLINE { s.peak = max(s.peak, steps.machines[k]); });
    if (misses_) {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        const F lost = steps.lost[k], before = k == 0 ? s.got : steps.got[k - 1];
        steps.losses[k] = min(lost, max(steps.got[k] - (before - lost), F(0.0f)));
      });
    }
    s.got = steps.got[count - 1];
  }

  /// What the autoscaler asks the pools for, and what it has asked for long enough to be in service.
  template <int count>
  COSTRISK_FN void scale(Steps<count>& steps, int first) {
    if constexpr (count == 1) {
      if (service_.has_queue)
        return autoscaler_.size(tile_.row(service_.demand_slot) + first, s.backlog * F(service_.inverse_drain_seconds),
                                steps.rest, steps.wanted, steps.wanted_first);
    }
    const F *asked = tile_.row(asks_.asked_slot) + first, *wanted = tile_.row(asks_.wanted_slot) + first,
            *wanted_first = tile_.row(asks_.wanted_first_slot) + first;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      steps.rest[k] = asked[k];
      steps.wanted[k] = wanted[k];
      steps.wanted_first[k] = wanted_first[k];
    });
  }

  /// Divides the target over the pools.
  template <int count>
  COSTRISK_FN void fill_pools(Steps<count>& steps, int first) {
    bool whole = asks_.scale_down_window.fraction <= 0.0f;
    fill<true>(pools_[0], arrays_.pools[0], whole, steps, first);
    for (int p = 1; p < service_.pools.count; ++p) {
      whole = whole && have_one_rate(pools_[p], pools_[0]);
      fill<false>(pools_[p], arrays_.pools[p], whole, steps, first);
    }
  }

  /// What one pool takes of the rest, and what that costs. `whole`: the rest counts whole instances of this pool.
  template <bool is_first, int count>
  COSTRISK_FN void fill(const PoolParameters& pool, PoolState<L>& state, bool whole, Steps<count>& steps, int first) {
    F instances[count], left[count];
    unrolled<count>([&](int k) COSTRISK_INLINE { left[k] = steps.rest[k]; });
    if (pool.wait > 0) wait_for_better(pool, state, left, first);
    if (whole && pool.share >= 1.0f) {
      unrolled<count>([&](int k) COSTRISK_INLINE { instances[k] = left[k]; });
    } else {
      const F share = F(pool.share) * state.inverse_relative;
      unrolled<count>([&](int k) COSTRISK_INLINE { instances[k] = floor_snapped(fma(left[k], share, F(0.5f))); });
    }
    if (pool.availability.count == 0) {
      unrolled<count>([&](int k) COSTRISK_INLINE { instances[k] = min(instances[k], F(pool.most_instances)); });
    } else {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        instances[k] = min(instances[k], F(committed(pool, tile_.start + first + k)));
      });
    }
    if (pool.capacity >= 0 && pool.buy == Purchase::spot) take_spot(pool, state, steps, instances, first);
    if (pool.capacity >= 0 && pool.buy != Purchase::spot) take_on_demand(pool, state, instances, first);
    if (pool.left_slot >= 0) leave_depth(pool, instances, first);
    state.instances = instances[count - 1];

    F unit[count], passed[count], instance_steps = state.instance_steps;
    const F relative = state.relative, taken = -relative, base_unit = state.price_scale * F(pool.money.high);
    unrolled<count>([&](int k) COSTRISK_INLINE {
      steps.rest[k] = max(fma(instances[k], taken, steps.rest[k]), F(0.0f));
      steps.got[k] = is_first ? instances[k] : fma(instances[k], relative, steps.got[k]);
      passed[k] = instance_steps = instance_steps + instances[k];
      unit[k] = base_unit;
    });
    state.instance_steps = instance_steps;
    if (!one_rate_) {
      unrolled<count>([&](int k) COSTRISK_INLINE {
        steps.machines[k] = is_first ? instances[k] : steps.machines[k] + instances[k];
      });
    }
    if (pool.price.slot >= 0) {
      const F* price = tile_.row(pool.price.slot);
      F excess = state.excess;
      unrolled<count>([&](int k) COSTRISK_INLINE {
        excess = fma(instances[k], price[first + k] - price[0], excess);
        unit[k] = base_unit * price[first + k];
      });
      state.excess = excess;
    }
    unrolled<count>([&](int k) COSTRISK_INLINE {
      steps.price[k] = is_first ? instances[k] * unit[k] : fma(instances[k], unit[k], steps.price[k]);
    });
    if (pool.use_row >= 0) {
      F* use = arrays_.use_rows + pool.use_row * tile_steps + first;
      unrolled<count>([&](int k) COSTRISK_INLINE { use[k] = use[k] + instances[k]; });
    }
    if (!reclaims_ || pool.reclaim_rate < 0) return;
    if constexpr (count == 1)
      steps.draws = steps.draws || reclaims_of(static_cast<int>(&pool - pools_)).draws(instances[0], passed[0]);
    if constexpr (L::width > 1) {
      F* row = rows_.passed(static_cast<int>(&pool - pools_)) + first + 1;
      unrolled<count>([&](int k) COSTRISK_INLINE { row[k] = passed[k]; });
    }
  }

  /// Only what was left to the pool all through its wait.
  template <int count>
  COSTRISK_RARE void wait_for_better(const PoolParameters& pool, PoolState<L>& state, F (&left)[count],
                                     int first) const {
    F least[count];
    SlidingExtreme<L, Extreme::least> window({pool.wait, 0.0f}, state.left_block, state.left, tile_.start + first);
    window.push(left, least);
    state.left = window.state();
    unrolled<count>([&](int k) COSTRISK_INLINE { left[k] = least[k]; });
  }
  /// No more than the capacity allows.
  template <int count>
  COSTRISK_FN void take_spot(const PoolParameters& pool, const PoolState<L>& state, Steps<count>& steps,
                             F (&instances)[count], int first) const {
    if (const F* depth = depth_of(pool)) {
      unrolled<count>([&](int k) COSTRISK_INLINE { instances[k] = min(instances[k], max(depth[first + k], F(0.0f))); });
    }
    const I up = state.bits.up, unbroken = state.bits.unbroken;
    unrolled<count>([&](int k)
                        COSTRISK_INLINE { instances[k] = select(test(up, bit_of(first + k)), instances[k], F(0.0f)); });
    if (!misses_) return;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      const F held = k == 0 ? state.instances : instances[k - 1];
      const F lost = select(test(unbroken, bit_of(first + k)), F(0.0f), held);
      steps.lost[k] = fma(lost, state.relative, steps.lost[k]);
    });
  }
  /// Likewise, but what runs is kept, whatever the depth.
  template <int count>
  COSTRISK_FN void take_on_demand(const PoolParameters& pool, const PoolState<L>& state, F (&instances)[count],
                                  int first) const {
    const F* depth = depth_of(pool);
    F held = state.instances;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      const F launched = depth ? min(instances[k], max(depth[first + k], held)) : instances[k];
      held = instances[k] = select(test(state.bits.up, bit_of(first + k)), launched, min(launched, held));
    });
  }
  /// What of the depth is left to those after the pool.
  template <int count>
  COSTRISK_FN void leave_depth(const PoolParameters& pool, const F (&instances)[count], int first) const {
    const F* depth = depth_of(pool);
    F* left = tile_.row(pool.left_slot);
    unrolled<count>([&](int k) COSTRISK_INLINE { left[first + k] = max(depth[first + k] - instances[k], F(0.0f)); });
  }
  COSTRISK_FN const F* depth_of(const PoolParameters& pool) const {
    const int slot = path_.parameters.capacities[pool.capacity].depth_slot;
    return slot < 0 ? nullptr : tile_.row(slot);
  }
  COSTRISK_FN static I bit_of(int step) { return I(static_cast<std::int32_t>(1u << step)); }

  /// What a reserved pool may take in a step.
  COSTRISK_FN float committed(const PoolParameters& pool, int step) const {
    float instances = 0.0f;
    for (int i = 0; i < pool.availability.count; ++i) {
      const AvailabilityParameters& from = path_.parameters.availabilities[pool.availability.first + i];
      if (from.step <= step) instances = min(pool.most_instances, from.instances);
    }
    return instances;
  }

  COSTRISK_FN PoolReclaims<L> reclaims_of(int p) const {
    const int slot = pools_[p].lifetime.multiplier_slot;
    return {path_, asks_, pools_[p], arrays_.pools[p], slot < 0 ? nullptr : tile_.row(slot)};
  }
  /// Individual reclaims in a step, replaced at once.
  COSTRISK_RARE void reclaim(Steps<1>& steps, int step) {
    for (int p = 0; p < service_.pools.count; ++p) {
      const PoolState<L>& state = arrays_.pools[p];
      const PoolReclaims<L> reclaims = reclaims_of(p);
      if (pools_[p].reclaim_rate < 0 || !reclaims.draws(state.instances, state.instance_steps)) continue;
      const F struck = reclaims.draw(state.instances, state.instance_steps, tile_.start + step, step);
      steps.losses[0] = steps.losses[0] + struck;
      if (keeps_rows_) rows_.reclaimed[step] = rows_.reclaimed[step] + struck;
    }
  }

  PathContext<L>& path_;
  const ServiceParameters& service_;
  const PoolParameters* pools_;
  ServiceState<L>& s;
  const ServiceArrays<L>& arrays_;
  const ServiceRows<L> rows_;
  const WorldTile<L>& tile_;
  const AutoscalerParameters& asks_;
  Autoscaler<L> autoscaler_;  ///< in use with a queue
  const bool keeps_rows_;     ///< of what others read
  const bool misses_;         ///< instances that are lost may be missed
  bool reclaims_ = false;     ///< of single instances are felt
  bool one_rate_ = true;      ///< all pools have the first pool's rate
  ServiceRequests<L> requests_;
};

}  // namespace costrisk
