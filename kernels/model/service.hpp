// Stage 2, components: one distinct service assignment, a fleet that an autoscaler sizes and pools fill.
//
// All lanes take the same step. In each the autoscaler sets a target from the demand, the target is divided over
// the pools, and what the fleet cannot serve waits, overflows to serverless, or is turned away. The target and
// everything that is added over pools counts in instances of the first pool.
//
// A stretch of steps is taken pass by pass: autoscaler, each pool, requests. With a queue the autoscaler looks at
// what waits, so a stretch is one step; without one it lasts to the next edge or to the tile's end.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/service_state.hpp"
#include "kernels/model/watch.hpp"

namespace costrisk {

template <class L, class Watch = Unwatched>
class ServiceComponent {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN ServiceComponent(PathContext<L>& path, const ServiceParameters& service, ServiceState<L>& state,
                               ServiceTotals<L>& totals, const ServiceArrays<L>& arrays, Watch watch = {})
      : path_(path),
        service_(service),
        pools_(path.parameters.pools + service.pools.first),
        s(state),
        memory_(state),
        totals_(totals),
        arrays_(arrays),
        rows_(arrays.rows),
        watch_(watch) {}

  /// Keeps the state for the next tile. In between it lives in registers.
  COSTRISK_FN void store() { memory_ = s; }

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.output_tokens = service_.output_tokens < 0 ? zero : path_.law(service_.output_tokens);
    s.serverless_price = serverless_price();
    s.instance_requests = s.inverse_target_rate = zero;
    s.got = s.backlog = s.peak = zero;
    s.calm_steps = service_.scale_up_delay.whole + 1;
    s.scale_down = {zero, zero};
    s.scale_up = {zero, zero};
    s.serverless_rest = s.penalty_rest = zero;
    for (int p = 0; p < service_.pools.count; ++p) begin_pool(p);
    for (int i = 0; i <= service_.scale_up_delay.whole; ++i) arrays_.losses[i] = zero;
    for (int i = 0; i < service_.service_items.count; ++i) {
      const ItemParameters& item = item_of(i);
      arrays_.items[i] = {select(path_.happens(item), path_.law(item.amount), zero), zero};
    }
    for (int lane = 0; lane < L::width; ++lane) {
      for (auto& account : totals_.money) account[lane] = 0;
      totals_.waste_idle[lane] = totals_.served[lane] = totals_.unserved[lane] = 0;
      totals_.queued[lane] = totals_.waiting[lane] = 0;
      for (int p = 0; p < service_.pools.count; ++p) arrays_.use[p * L::width + lane] = 0;
      for (int i = 0; i < service_.service_items.count; ++i) arrays_.item_totals[i].money[lane] = 0;
    }
  }

  COSTRISK_FN void advance(const WorldTile<L>& tile, const TileEdges& edges) {
    prepare(tile);
    const int steps = tile.end - tile.start;
    int edge = 0;
    for (int first = 0; first < steps;) {
      int end = service_.has_queue ? first + 1 : steps;
      if (edge < edges.count && edges.steps[edge] - tile.start < end) end = edges.steps[edge] - tile.start;
      const Stretch stretch{tile, first, end};
      if (service_.pools.count > 0) {
        scale(stretch);
        fill_pools(stretch);
      }
      serve(stretch);
      if (tile.start + end == path_.parameters.steps) turn_away_the_waiting();
      watch_.serves(tile, first, end, s, arrays_, rows_);
      for (; edge < edges.count && edges.steps[edge] == tile.start + end; ++edge)
        mark_edge(tile, edge, tile.start + end);
      first = end;
    }
    close(tile);
  }

 private:
  COSTRISK_FN const ItemParameters& item_of(int i) const {
    const Parameters& p = path_.parameters;
    return p.items[p.service_items[service_.service_items.first + i].item];
  }

  COSTRISK_FN F serverless_price() const {
    const ServerlessPriceParameters& price = service_.serverless;
    if (!service_.overflows) return F(0.0f);
    if (price.is_constant) return F(1.0f);
    F sum = path_.law(price.per_request) * F(price.per_request_weight);
    const auto add_tokens = [&](LawIndex tokens, LawIndex per_million) {
      if (tokens >= 0) sum = fma(path_.law(tokens) * path_.law(per_million), F(price.token_weight), sum);
    };
    add_tokens(price.input_tokens, price.input_price);
    add_tokens(price.output_tokens, price.output_price);
    return sum;
  }

  /// The path's constants of a pool.
  COSTRISK_FN void begin_pool(int p) {
    const PoolParameters& pool = pools_[p];
    PoolState<L>& state = arrays_.pools[p];
    const F rate = path_.law(pool.rate);
    if (p == 0) {
      F requests = rate;
      for (int i = 0; i < service_.speedups.count; ++i)
        requests = requests * path_.law(path_.parameters.law_lists[service_.speedups.first + i]);
      if (service_.rate_is_output_tokens) requests = requests / s.output_tokens;
      s.instance_requests = requests * F(service_.step_seconds);
      s.inverse_target_rate = F(service_.inverse_utilization) / requests;
    }
    state.relative = p == 0 ? F(1.0f) : rate / path_.law(pools_[0].rate);
    state.inverse_relative = p == 0 ? F(1.0f) : path_.law(pools_[0].rate) / rate;
    state.price_scale = pool.price.law < 0 ? F(1.0f) : path_.law(pool.price.law);
    if (pool.reclaim_rate >= 0) state.reclaims.begin(path_.law(pool.reclaim_rate));
    state.instances = state.rest = F(0.0f);
    state.block = -1;
  }

  COSTRISK_FN void prepare(const WorldTile<L>& tile) {
    const F zero(0.0f);
    s.fleet_served = s.overflowed = s.unserved = CompensatedSum<L>::zero();
    s.waiting = s.idle = zero;
    loses_ = false;
    one_rate_ = true;
    for (int p = 0; p < service_.pools.count; ++p) {
      const PoolParameters& pool = pools_[p];
      PoolState<L>& state = arrays_.pools[p];
      state.instance_steps = state.excess = zero;
      loses_ = loses_ || (pool.buy == Purchase::spot && pool.capacity >= 0) || pool.reclaim_rate >= 0;
      one_rate_ = one_rate_ && pool.rate == pools_[0].rate;
      if (pool.capacity >= 0) state.bits = tile.capacities[pool.capacity];
      if (pool.use_row < 0) continue;
      for (int k = 0; k < tile_steps; ++k) arrays_.use_rows[pool.use_row * tile_steps + k] = zero;
    }
  }

  /// Steps [first, end) of a tile.
  struct Stretch {
    const WorldTile<L>& tile;
    int first, end;
  };

  /// The autoscaler: what it asks the pools for, and what it has asked for long enough to be in service.
  COSTRISK_FN void scale(const Stretch& stretch) {
    const int step = stretch.tile.start + stretch.first;
    SlidingExtreme<L, Extreme::most> scale_down(service_.scale_down_window, arrays_.scale_down_block, s.scale_down,
                                                step);
    SlidingExtreme<L, Extreme::least> scale_up(service_.scale_up_delay, arrays_.scale_up_block, s.scale_up, step);
    const F* demand = stretch.tile.row(service_.demand_slot);
    const F least(service_.least_instances), most(service_.most_instances), inverse_rate = s.inverse_target_rate;
    const F waiting = s.backlog * F(service_.inverse_drain_seconds);
    for (int k = stretch.first; k < stretch.end; ++k) {
      const F desired = min(max(ceil(snap((demand[k] + waiting) * inverse_rate, 0.0f)), least), most);
      const F target = scale_down.push(desired);
      rows_.rest[k] = target;
      rows_.wanted[k] = scale_up.push(target);
    }
    s.scale_down = scale_down.state();
    s.scale_up = scale_up.state();
  }

  /// Divides the target over the pools.
  COSTRISK_FN void fill_pools(const Stretch& stretch) {
    for (int k = stretch.first; k < stretch.end && loses_; ++k) rows_.lost[k] = rows_.reclaimed[k] = F(0.0f);
    bool whole = service_.scale_down_window.fraction <= 0.0f;
    for (int p = 0; p < service_.pools.count; ++p) {
      whole = whole && pools_[p].rate == pools_[0].rate;
      if (p == 0)
        fill_pool<true>(p, whole, stretch);
      else
        fill_pool<false>(p, whole, stretch);
    }
  }

  /// What one pool takes of the rest, and what that costs. `whole`: the rest counts whole instances of this pool.
  template <bool is_first>
  COSTRISK_FN void fill_pool(int p, bool whole, const Stretch& stretch) {
    const PoolParameters& pool = pools_[p];
    PoolState<L>& state = arrays_.pools[p];
    const bool takes_all = whole && pool.share >= 1.0f;
    const bool is_spot = pool.buy == Purchase::spot, is_last = p == service_.pools.count - 1;
    const bool has_capacity = pool.capacity >= 0, is_committed = pool.availability.count > 0;
    const int depth_slot = has_capacity ? path_.parameters.capacities[pool.capacity].depth_slot : none;
    const F* depth = depth_slot < 0 ? nullptr : stretch.tile.row(depth_slot);
    const F* price = pool.price.slot < 0 ? nullptr : stretch.tile.row(pool.price.slot);
    const F share = F(pool.share) * state.inverse_relative, relative = state.relative;
    const F unit = state.price_scale * F(pool.money.high);
    const I up = state.bits.up, unbroken = state.bits.unbroken;
    F* use = pool.use_row < 0 ? nullptr : arrays_.use_rows + pool.use_row * tile_steps;
    F most(pool.most_instances), held = state.instances;
    F instance_steps = state.instance_steps, excess = state.excess;
    for (int k = stretch.first; k < stretch.end; ++k) {
      const F rest = rows_.rest[k];
      F instances = takes_all ? rest : floor(snap(fma(rest, share, F(0.5f)), 0.0f));
      if (is_committed) most = F(committed_instances(pool, stretch.tile.start + k));
      instances = min(instances, most);
      if (has_capacity) {
        const I bit(static_cast<std::int32_t>(1u << k));
        // On-demand that runs is kept, whatever the depth.
        const F kept = is_spot ? F(0.0f) : held;
        if (depth) instances = min(instances, max(depth[k], kept));
        instances = select(test(up, bit), instances, min(instances, kept));
        if (is_spot) rows_.lost[k] = fma(select(test(unbroken, bit), F(0.0f), held), relative, rows_.lost[k]);
      }
      held = instances;
      if (is_spot) rows_.instances[k] = instances;
      if (!is_last) rows_.rest[k] = max(fma(-instances, relative, rest), F(0.0f));
      rows_.got[k] = is_first ? instances : fma(instances, relative, rows_.got[k]);
      if (!one_rate_) rows_.count[k] = is_first ? instances : rows_.count[k] + instances;
      instance_steps = instance_steps + instances;
      if (price) excess = fma(instances, price[k] - price[0], excess);
      const F cost = instances * (price ? price[k] * unit : unit);
      rows_.price[k] = is_first ? cost : rows_.price[k] + cost;
      if (use) use[k] = use[k] + instances;
    }
    state.instances = held;
    state.instance_steps = instance_steps;
    state.excess = excess;
    if (pool.reclaim_rate >= 0) reclaim(pool, state, stretch);
  }

  /// What a reserved pool may take in a step.
  COSTRISK_FN float committed_instances(const PoolParameters& pool, int step) const {
    float instances = 0.0f;
    for (int i = 0; i < pool.availability.count; ++i) {
      const AvailabilityParameters& from = path_.parameters.availabilities[pool.availability.first + i];
      if (from.step <= step) instances = min(pool.most_instances, from.instances);
    }
    return instances;
  }

  /// Individual reclaims of a pool. They are replaced at once.
  COSTRISK_FN void reclaim(const PoolParameters& pool, PoolState<L>& state, const Stretch& stretch) {
    const PhiloxStream<L> stream(path_.philox, pool.reclaim_stream);
    for (int k = stretch.first; k < stretch.end; ++k) {
      if (!any(rows_.instances[k] > F(0.0f))) continue;
      const int step = stretch.tile.start + k;
      if (state.block != step / 4) {
        state.block = step / 4;
        state.words = stream.block(static_cast<std::uint32_t>(state.block));
      }
      // A step has 32 further blocks of four words.
      static_assert(most_fleet / Binomial<L>::least_part <= 32 * 4);
      const F struck = state.reclaims.draw(rows_.instances[k], state.words.word[step % 4], [&](int part) {
        return path_.philox.event(pool.further_reclaims_stream, I(step * 32 + part / 4)).word[part % 4];
      });
      rows_.reclaimed[k] = fma(struck, state.relative, rows_.reclaimed[k]);
    }
  }

  /// What is in service of the fleet in a step: what was asked for long enough and is there, less what is replaced.
  /// @param place of the step in the ring of losses
  COSTRISK_FN F in_service(int k, int place, F before) {
    const F got = rows_.got[k];
    const F ready = min(rows_.wanted[k], got);
    if (!loses_) return ready;
    const F lost = rows_.lost[k];
    const F replaced = min(lost, max(got - (before - lost), F(0.0f)));
    return max(ready - out_of_service(place, replaced + rows_.reclaimed[k]), F(0.0f));
  }

  /// What is missing while replacements start: a loss j steps ago counts as long as the delay outlasts j steps.
  COSTRISK_FN F out_of_service(int place, F losses) {
    const WindowParameters& delay = service_.scale_up_delay;
    if (any(losses > F(0.0f))) s.calm_steps = 0;
    arrays_.losses[place] = losses;
    if (s.calm_steps > delay.whole) return F(0.0f);
    ++s.calm_steps;
    F out(0.0f);
    for (int j = 0; j < delay.whole; ++j) {
      out = out + arrays_.losses[place];
      place = place == 0 ? delay.whole : place - 1;
    }
    return fma(F(delay.fraction), arrays_.losses[place], out);
  }

  /// Requests: to the fleet, the queue, serverless, or away.
  COSTRISK_FN void serve(const Stretch& stretch) {
    const F* demand = stretch.tile.row(service_.demand_slot);
    const bool has_pools = service_.pools.count > 0, has_queue = service_.has_queue != 0;
    const F instance_requests = s.instance_requests;
    CompensatedSum<L> fleet_served = s.fleet_served;
    F idle = s.idle, backlog = s.backlog, waiting = s.waiting, before = s.got, peak = s.peak;
    const int length = service_.scale_up_delay.whole + 1;
    int place = (stretch.tile.start + stretch.first) % length;
    for (int k = stretch.first; k < stretch.end; ++k) {
      const F work = fma(demand[k], F(service_.step_seconds), backlog);
      F served(0.0f);
      if (has_pools) {
        served = min(work, in_service(k, place, before) * instance_requests);
        if (++place == length) place = 0;
        before = rows_.got[k];
        peak = max(peak, one_rate_ ? before : rows_.count[k]);
        const F bought = max(before * instance_requests, F(1e-30f));
        idle = idle + rows_.price[k] * (F(1.0f) - min(served / bought, F(1.0f)));
      }
      const F left = work - served;
      fleet_served.add(served);
      rows_.served[k] = served;
      if (has_queue) {
        const F waits = min(left, F(service_.queue_limit));
        waiting = fma(F(0.5f), backlog + waits, waiting);
        backlog = waits;
      }
      const F beyond = left - backlog;
      if (any(beyond > F(0.0f))) turn_away(beyond, rows_.served[k]);
    }
    s.fleet_served = fleet_served;
    s.idle = idle;
    s.backlog = backlog;
    s.waiting = waiting;
    s.got = before;
    s.peak = peak;
  }
  COSTRISK_FN void turn_away(F beyond, F& served) {
    F overflow(0.0f);
    if (service_.overflows) {
      overflow = min(beyond, F(service_.most_overflow));
      s.overflowed.add(overflow);
      served = served + overflow;
    }
    s.unserved.add(beyond - overflow);
  }

  /// What still waits at the horizon is not served; it did enter the queue.
  COSTRISK_FN void turn_away_the_waiting() {
    if (!service_.has_queue) return;
    s.unserved.add(s.backlog);
    count_requests(totals_.queued, s.backlog, F(0.0f));
    s.backlog = F(0.0f);
  }

  /// What a pool has cost since the tile began.
  COSTRISK_FN Amount<L> pool_amount(int p, const WorldTile<L>& tile, F& rest) const {
    const PoolParameters& pool = pools_[p];
    const PoolState<L>& state = arrays_.pools[p];
    const F first = pool.price.slot < 0 ? F(1.0f) : tile.row(pool.price.slot)[0];
    CompensatedSum<L> spend = CompensatedSum<L>::zero();
    spend.add_product(state.instance_steps, first * state.price_scale);
    spend.add_product(state.excess, state.price_scale);
    path_.check_money(M(true), spend.sum * F(pool.money.high));
    return spend.amount(pool.money, rest);
  }
  COSTRISK_FN Amount<L> serverless_amount(F& rest) const {
    CompensatedSum<L> spend = CompensatedSum<L>::zero();
    spend.add_product(s.overflowed.sum, s.serverless_price);
    spend.rest = fma(s.overflowed.rest, s.serverless_price, spend.rest);
    path_.check_money(M(true), spend.sum * F(service_.serverless.money.high));
    return spend.amount(service_.serverless.money, rest);
  }
  COSTRISK_FN Amount<L> penalty_amount(F& rest) const {
    path_.check_money(M(true), s.unserved.sum * F(service_.unserved_penalty.high));
    return s.unserved.amount(service_.unserved_penalty, rest);
  }
  /// What an item costs by the requests served from the tile's start up to `step`.
  COSTRISK_FN Amount<L> item_amount(int i, const WorldTile<L>& tile, int step, F& rest) const {
    const ItemParameters& item = item_of(i);
    CompensatedSum<L> requests = CompensatedSum<L>::zero();
    if (step == tile.end && inside(item, tile.start) >= 1.0f && inside(item, tile.end - 1) >= 1.0f) {
      requests = s.fleet_served;
      requests.add(s.overflowed.sum);
      requests.rest = requests.rest + s.overflowed.rest;
    } else {
      for (int k = 0; k < step - tile.start; ++k)
        requests.add_product(rows_.served[k], F(inside(item, tile.start + k)));
    }
    CompensatedSum<L> spend = CompensatedSum<L>::zero();
    spend.add_product(requests.sum, arrays_.items[i].amount);
    spend.rest = fma(requests.rest, arrays_.items[i].amount, spend.rest);
    path_.check_money(M(true), spend.sum * F(item.money.high));
    return spend.amount(item.money, rest);
  }
  /// The share of a step in which an item is paid.
  COSTRISK_FN static float inside(const ItemParameters& item, int step) {
    const float from = static_cast<float>(item.from.step - step) + item.from.offset;
    const float until = static_cast<float>(item.until.step - step) + item.until.offset;
    return max(min(until, 1.0f) - max(from, 0.0f), 0.0f);
  }

  /// Cost up to an edge inside the tile, with what is not yet closed rounded for this purpose alone.
  COSTRISK_FN void mark_edge(const WorldTile<L>& tile, int e, int step) {
    for (int part = 0; part < edge_part_count; ++part) {
      std::int64_t* row = edge_row<L>(arrays_.edges, e, static_cast<EdgePart>(part));
      for (int lane = 0; lane < L::width; ++lane) row[lane] = 0;
    }
    const auto add_to = [&](int account, const Amount<L>& amount) {
      accumulate<L>(edge_row<L>(arrays_.edges, e, service_edge_part(account)), amount);
    };
    for (int p = 0; p < service_.pools.count; ++p) {
      if (pools_[p].buy == Purchase::reserved) continue;
      F rest = arrays_.pools[p].rest;
      add_to(account_of(pools_[p].buy), pool_amount(p, tile, rest));
    }
    F serverless_rest = s.serverless_rest, penalty_rest = s.penalty_rest;
    add_to(service_serverless, serverless_amount(serverless_rest));
    add_to(service_penalty, penalty_amount(penalty_rest));
    for (int account = 0; account < service_category_count; ++account) {
      std::int64_t* row = edge_row<L>(arrays_.edges, e, service_edge_part(account));
      for (int lane = 0; lane < L::width; ++lane) row[lane] += totals_.money[account][lane];
    }
    for (int i = 0; i < service_.service_items.count; ++i) {
      std::int64_t* row = arrays_.item_edges + (i * path_.parameters.most_edges + e) * L::width;
      for (int lane = 0; lane < L::width; ++lane) row[lane] = arrays_.item_totals[i].money[lane];
      F rest = arrays_.items[i].rest;
      accumulate<L>(row, item_amount(i, tile, step, rest));
    }
  }

  COSTRISK_FN static int account_of(Purchase buy) { return buy == Purchase::spot ? service_spot : service_on_demand; }

  /// Turns what the tile has cost and served into integers.
  COSTRISK_FN void close(const WorldTile<L>& tile) {
    for (int p = 0; p < service_.pools.count; ++p) {
      PoolState<L>& state = arrays_.pools[p];
      if (pools_[p].buy != Purchase::reserved) {
        const Amount<L> amount = pool_amount(p, tile, state.rest);
        accumulate<L>(totals_.money[account_of(pools_[p].buy)], amount);
      }
      std::int32_t instance_steps[L::width];
      L::store(to_int(state.instance_steps), instance_steps);
      for (int lane = 0; lane < L::width; ++lane) arrays_.use[p * L::width + lane] += instance_steps[lane];
    }
    if (service_.overflows) accumulate<L>(totals_.money[service_serverless], serverless_amount(s.serverless_rest));
    accumulate<L>(totals_.money[service_penalty], penalty_amount(s.penalty_rest));
    accumulate<L>(totals_.waste_idle, to_amount<L>(s.idle));
    for (int i = 0; i < service_.service_items.count; ++i)
      accumulate<L>(arrays_.item_totals[i].money, item_amount(i, tile, tile.end, arrays_.items[i].rest));
    count_requests(totals_.served, s.fleet_served.sum, s.fleet_served.rest);
    count_requests(totals_.served, s.overflowed.sum, s.overflowed.rest);
    count_requests(totals_.queued, s.fleet_served.sum, s.fleet_served.rest);
    count_requests(totals_.unserved, s.unserved.sum, s.unserved.rest);
    if (service_.has_queue) count_requests(totals_.waiting, s.waiting, F(0.0f));
  }

  /// Adds requests to a count of 2^-10 requests.
  COSTRISK_FN static void count_requests(std::int64_t* totals, F requests, F rest) {
    const F thousands = floor(requests * F(0x1p-10f));
    const F remainder = fma(thousands, F(-0x1p10f), requests) + rest;
    std::int32_t high[L::width], low[L::width];
    L::store(to_int(thousands), high);
    L::store(to_int(remainder * F(0x1p10f)), low);
    for (int lane = 0; lane < L::width; ++lane) totals[lane] += std::int64_t{high[lane]} * (1 << 20) + low[lane];
  }

  PathContext<L>& path_;
  const ServiceParameters& service_;
  const PoolParameters* pools_;
  ServiceState<L> s;
  ServiceState<L>& memory_;
  ServiceTotals<L>& totals_;
  const ServiceArrays<L>& arrays_;
  const ServiceRows<L> rows_;
  Watch watch_;
  bool loses_ = false;    ///< some pool may lose instances
  bool one_rate_ = true;  ///< all pools have the first pool's rate
};

}  // namespace costrisk
