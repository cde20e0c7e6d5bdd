// Part of a service component: a fleet whose form says which pools it has (service_form.hpp). On vectors the steps up
// to the next edge are filled first, one after another with the pools in registers, then reclaims are drawn, then
// requests served. All in the same operations as ServiceFleet and ServiceRequests, so that the bits are theirs.
#pragma once

#include <type_traits>

#include "kernels/model/services/service_form.hpp"
#include "kernels/model/services/service_reclaims.hpp"
#include "kernels/model/services/service_requests.hpp"

namespace costrisk {

/// A spot pool of a plain fleet while its steps are filled.
template <class L>
class PlainSpot {
  using F = typename L::F;
  using I = typename L::I;

 public:
  /// @param first step of the tile that is taken
  COSTRISK_FN PlainSpot(const PoolParameters& pool, PoolState<L>& state, const WorldTile<L>& tile, int first)
      : memory_(state),
        prices_(tile.row(pool.price.slot)),
        first_price_(prices_[0]),
        unit_(state.price_scale * F(pool.money.high)),
        most_(pool.most_instances),
        share_(pool.share),
        up_(pool.capacity < 0 ? I(-1) : state.bits.up),
        unbroken_(pool.capacity < 0 ? I(-1) : state.bits.unbroken),
        bit_(bit_of<I>(first)),
        instances_(state.instances),
        instance_steps_(state.instance_steps),
        excess_(state.excess) {}

  /// Takes of `rest` in step k of the tile, which follows the last one, what it can.
  /// @tparam takes_all the pool's share is 1
  /// @param lost what a drought takes of the instances of the step before
  /// @param price currency for what is taken
  template <bool takes_all>
  COSTRISK_FN F take(int k, F rest, F& lost, F& price) {
    F taken = takes_all ? rest : floor_snapped(fma(rest, share_, F(0.5f)));
    taken = min(taken, most_);
    taken = select(test(up_, bit_), taken, F(0.0f));
    lost = select(test(unbroken_, bit_), F(0.0f), instances_);
    bit_ = shift_left<1>(bit_);
    instances_ = taken;
    instance_steps_ = instance_steps_ + taken;
    excess_ = fma(taken, prices_[k] - first_price_, excess_);
    price = taken * (unit_ * prices_[k]);
    return taken;
  }
  COSTRISK_FN F instances() const { return instances_; }
  COSTRISK_FN F instance_steps() const { return instance_steps_; }
  COSTRISK_FN void store() const {
    memory_.instances = instances_;
    memory_.instance_steps = instance_steps_;
    memory_.excess = excess_;
  }

 private:
  PoolState<L>& memory_;
  const F* prices_;
  const F first_price_, unit_, most_, share_;
  const I up_, unbroken_;
  I bit_;  ///< of the next step
  F instances_, instance_steps_, excess_;
};

/// Likewise an on-demand pool.
template <class L>
class PlainOnDemand {
  using F = typename L::F;

 public:
  COSTRISK_FN PlainOnDemand(const PoolParameters& pool, PoolState<L>& state, F* use_rows)
      : memory_(state),
        use_(pool.use_row < 0 ? nullptr : use_rows + pool.use_row * tile_steps),
        most_(pool.most_instances),
        price_(state.price_scale * F(pool.money.high)),
        instances_(state.instances),
        instance_steps_(state.instance_steps) {}

  COSTRISK_FN F take(int k, F rest) {
    instances_ = min(rest, most_);
    instance_steps_ = instance_steps_ + instances_;
    if (use_) use_[k] = instances_;
    return instances_;
  }
  /// Currency for one instance and step.
  COSTRISK_FN F price() const { return price_; }
  COSTRISK_FN void store() const {
    memory_.instances = instances_;
    memory_.instance_steps = instance_steps_;
  }

 private:
  PoolState<L>& memory_;
  F* use_;
  const F most_, price_;
  F instances_, instance_steps_;
};

/// A pool that the form does not have.
struct NoPool {
  template <class... Anything>
  COSTRISK_FN explicit NoPool(const Anything&...) {}
  COSTRISK_FN void store() const {}
};

/// Steps [first, end) of a tile. All that the steps look at is copied into it, since no compiler knows that their rows
/// do not lie upon it.
/// @tparam misses instances that are lost, until they are replaced
template <class L, ServiceForm form, bool misses>
class PlainFleet {
  using F = typename L::F;
  static constexpr bool has_spot = form != ServiceForm::on_demand;
  static constexpr bool has_on_demand = form != ServiceForm::spot;
  static constexpr int last_pool = has_spot && has_on_demand;
  static constexpr bool has_rows = L::width > 1 && misses;  ///< of the steps, which wait for their reclaims
  static_assert(form != ServiceForm::general && (has_spot || !misses));

 public:
  COSTRISK_FN PlainFleet(PathContext<L>& path, const ServiceParameters& service, ServiceState<L>& state,
                         const ServiceArrays<L>& arrays, const WorldTile<L>& tile, int first, int end)
      : path_(path),
        service_(service),
        asks_(path.parameters.autoscalers[service.autoscaler]),
        pool_(path.parameters.pools[service.pools.first]),
        pool_state_(arrays.pools[0]),
        s(state),
        tile_start_(tile.start),
        first_(first),
        end_(end),
        asked_(tile.row(asks_.asked_slot)),
        wanted_(tile.row(asks_.wanted_first_slot)),
        demand_(tile.row(service.demand_slot)),
        step_seconds_(service.step_seconds),
        first_part_(service.scale_up_delay.fraction),
        has_parts_(service.scale_up_delay.fraction > 0.0f),
        inverse_utilization_(service.inverse_utilization),
        instance_requests_(state.instance_requests),
        rows_(arrays.rows),
        passed_(rows_.passed(0)),
        spot_(pool_, pool_state_, tile, first),
        on_demand_((&pool_)[last_pool], arrays.pools[last_pool], arrays.use_rows),
        got_(state.got),
        peak_(state.peak),
        idle_(state.idle),
        beyond_target_(state.beyond_target) {}

  COSTRISK_FN void advance() {
    if constexpr (has_rows) passed_[first_] = spot_.instance_steps();
    if (has_spot && pool_.share < 1.0f)
      take_steps<false>();
    else
      take_steps<true>();
    spot_.store();
    on_demand_.store();
    s.got = got_;
    s.peak = peak_;
    if constexpr (has_rows) {
      if (pool_.reclaim_rate >= 0)
        reclaims().draw(passed_ + first_, tile_start_ + first_, end_ - first_, rows_.losses + first_);
      in_groups<L>(first_, end_, [&]<int count>(int k) COSTRISK_INLINE {
        Steps<count> steps;
        unrolled<count>([&](int i) COSTRISK_INLINE {
          steps.got[i] = rows_.got[k + i];
          steps.losses[i] = rows_.losses[k + i];
          steps.price[i] = rows_.price[k + i];
        });
        serve(steps, k);
      });
    }
    s.idle = idle_;
    s.beyond_target = beyond_target_;
  }

 private:
  /// Some steps of the filled fleet.
  template <int count>
  struct Steps {
    F got[count];     ///< instances
    F losses[count];  ///< instances to be replaced; where that is missed
    F price[count];   ///< currency
  };

  /// Fills all steps; and serves them where they do not wait for reclaims.
  template <bool takes_all>
  COSTRISK_FN void take_steps() {
    in_groups<L>(first_, end_, [&]<int count>(int k) COSTRISK_INLINE {
      Steps<count> steps;
      unrolled<count>([&](int i) COSTRISK_INLINE {
        fill<takes_all>(k + i, steps.got[i], steps.losses[i], steps.price[i]);
        if constexpr (has_rows) put(k + i, steps.got[i], steps.losses[i], steps.price[i]);
        if constexpr (misses && !has_rows) steps.losses[i] = steps.losses[i] + struck(k + i);
      });
      if constexpr (!has_rows) serve(steps, k);
    });
  }
  /// Divides what step k asks for over the pools.
  template <bool takes_all>
  COSTRISK_FN void fill(int k, F& got, F& losses, F& price) {
    F rest = asked_[k], lost(0.0f);
    if constexpr (has_spot) {
      got = spot_.template take<takes_all>(k, rest, lost, price);
      rest = rest - got;
    }
    if constexpr (has_on_demand) {
      const F taken = on_demand_.take(k, rest);
      got = has_spot ? got + taken : taken;
      price = has_spot ? fma(taken, on_demand_.price(), price) : taken * on_demand_.price();
    }
    if constexpr (misses) losses = min(lost, max(got - (got_ - lost), F(0.0f)));
    got_ = got;
    peak_ = max(peak_, got);
  }
  COSTRISK_FN void put(int k, F got, F losses, F price) const {
    rows_.got[k] = got;
    rows_.losses[k] = losses;
    rows_.price[k] = price;
    passed_[k + 1] = spot_.instance_steps();
  }

  COSTRISK_FN PoolReclaims<L> reclaims() const { return {path_, asks_, pool_, pool_state_}; }
  /// Instances that are reclaimed in step k, on a lane that draws them as it goes.
  COSTRISK_FN F struck(int k) const {
    const F instances = spot_.instances(), passed = spot_.instance_steps();
    if (pool_.reclaim_rate < 0 || !pool_state_.reclaims.draws(instances, passed)) return F(0.0f);
    return reclaims().draw(instances, passed, tile_start_ + k);
  }

  /// Requests: to the fleet that was asked for long enough and is there, less what is replaced; or beyond it.
  template <int count>
  COSTRISK_FN void serve(const Steps<count>& steps, int first) {
    F left[count], most_left(0.0f);
    unrolled<count>([&](int k) COSTRISK_INLINE {
      const F work = demand_[first + k] * step_seconds_;
      // Pools of one rate give no more than is asked for.
      F served = min(work, steps.got[k] * instance_requests_);
      if (has_parts_) {
        F fleet = min(wanted_[first + k], steps.got[k]);
        if constexpr (misses) fleet = max(fleet - steps.losses[k], F(0.0f));
        served = fma(first_part_, min(work, fleet * instance_requests_) - served, served);
      }
      const F used = served / max(steps.got[k] * instance_requests_, F(1e-30f));
      idle_ = fma(steps.price[k], F(1.0f) - used, idle_);
      beyond_target_ = fma(steps.price[k], max(fma(-used, inverse_utilization_, F(1.0f)), F(0.0f)), beyond_target_);
      left[k] = work - served;
      most_left = max(most_left, left[k]);
    });
    if (any(most_left > F(0.0f))) turn_away<L>(service_, s, left, nullptr);
  }

  PathContext<L>& path_;
  const ServiceParameters& service_;
  const AutoscalerParameters& asks_;
  const PoolParameters& pool_;  ///< the first
  PoolState<L>& pool_state_;
  ServiceState<L>& s;
  const int tile_start_, first_, end_;
  const F *const asked_, *const wanted_, *const demand_;
  const F step_seconds_, first_part_;
  const bool has_parts_;  ///< of a step
  const F inverse_utilization_;
  const F instance_requests_;
  const ServiceRows<L> rows_;
  F* const passed_;
  std::conditional_t<has_spot, PlainSpot<L>, NoPool> spot_;
  std::conditional_t<has_on_demand, PlainOnDemand<L>, NoPool> on_demand_;
  F got_, peak_, idle_, beyond_target_;
};

}  // namespace costrisk
