// Stage 2, components: one distinct service assignment, a fleet that an autoscaler sizes and pools fill.
//
// All lanes take the same steps, a segment of the tile at once (service_fleet.hpp). With a queue the autoscaler looks
// at what waits, and takes them one by one.
#pragma once

#include <type_traits>

#include "kernels/model/services/service_fleet.hpp"
#include "kernels/model/services/service_plain.hpp"
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

  /// Keeps the state for the next tile, as a job does.
  COSTRISK_FN void store() {
    if constexpr (!std::is_reference_v<decltype(s)>) memory_ = s;
  }

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.output_tokens = service_.output_tokens < 0 ? zero : path_.law(service_.output_tokens);
    s.serverless_price = serverless_price();
    s.instance_requests = arrays_.autoscaler->instance_requests;
    s.got = s.backlog = s.peak = zero;
    s.calm_steps = service_.scale_up_delay.whole + 1;
    for (int p = 0; p < service_.pools.count; ++p) begin_pool(p);
    for (int i = 0; i <= service_.scale_up_delay.whole; ++i) arrays_.losses[i] = zero;
    for (int i = 0; i < service_.service_items.count; ++i) {
      const ItemParameters& item = item_of(i);
      arrays_.items[i] = {select(path_.happens(item), path_.law(item.amount), zero), zero};
    }
    for (Account<L>& account : totals_.money) account.clear();
    totals_.idle.clear();
    totals_.beyond_target.clear();
    for (int lane = 0; lane < L::width; ++lane) {
      totals_.by_fleet[lane] = totals_.by_serverless[lane] = totals_.unserved[lane] = 0;
      totals_.left_waiting[lane] = totals_.waiting[lane] = 0;
      for (int p = 0; p < service_.pools.count; ++p) arrays_.use[p * L::width + lane] = 0;
      for (int i = 0; i < service_.service_items.count; ++i) arrays_.item_totals[i].money[lane] = 0;
      for (int i = 0; i < counts_of_latency(); ++i) arrays_.latency_totals[i * L::width + lane] = 0;
    }
  }

  COSTRISK_STAGE void advance(const WorldTile<L>& tile, const TileEdges& edges) {
    prepare(tile);
    if (is_watched || arrays_.form == ServiceForm::general) {
      ServiceFleet<L> fleet(path_, service_, s, arrays_, tile, service_.service_items.count > 0 || is_watched);
      advance(tile, edges, [&](int first, int end) COSTRISK_INLINE {
        fleet.live(first, end);
        if (tile.start + end == path_.parameters.steps) turn_away_the_waiting();
        watch_.serves(tile, first, end, s, arrays_, rows_);
      });
      fleet.end_tile();
    } else {
      advance(tile, edges, [&](int first, int end) COSTRISK_INLINE { advance_plainly(tile, first, end); });
    }
    close(tile);
  }

 private:
  static constexpr bool is_watched = !std::is_same_v<Watch, Unwatched>;

  /// The tile's steps, `take_steps(first, end)` up to each edge.
  template <class TakeSteps>
  COSTRISK_FN void advance(const WorldTile<L>& tile, const TileEdges& edges, const TakeSteps& take_steps) {
    const int steps = tile.end - tile.start;
    int edge = 0;
    for (int first = 0; first < steps;) {
      int end = steps;
      if (edge < edges.count && edges.steps[edge] - tile.start < end) end = edges.steps[edge] - tile.start;
      take_steps(first, end);
      for (; edge < edges.count && edges.steps[edge] == tile.start + end; ++edge)
        mark_edge(tile, edge, tile.start + end);
      first = end;
    }
  }
  COSTRISK_FN void advance_plainly(const WorldTile<L>& tile, int first, int end) {
    const bool misses = may_miss(service_, pools_);
    switch (arrays_.form) {
      case ServiceForm::general:
        return;
      case ServiceForm::on_demand:
        return advance_as<ServiceForm::on_demand, false>(tile, first, end);
      case ServiceForm::spot:
        if (misses) return advance_as<ServiceForm::spot, true>(tile, first, end);
        return advance_as<ServiceForm::spot, false>(tile, first, end);
      case ServiceForm::spot_then_on_demand:
        if (misses) return advance_as<ServiceForm::spot_then_on_demand, true>(tile, first, end);
        return advance_as<ServiceForm::spot_then_on_demand, false>(tile, first, end);
    }
  }
  template <ServiceForm form, bool misses>
  COSTRISK_STAGE void advance_as(const WorldTile<L>& tile, int first, int end) {
    PlainFleet<L, form, misses>(path_, service_, s, arrays_, tile, first, end).advance();
  }

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
    if (price.cached_share >= 0) {
      const F cached = path_.law(price.input_tokens) * path_.law(price.cached_share);
      sum = fma(cached * (path_.law(price.cached_price) - path_.law(price.input_price)), F(price.token_weight), sum);
    }
    add_tokens(price.output_tokens, price.output_price);
    return sum;
  }

  /// The path's constants of a pool.
  COSTRISK_FN void begin_pool(int p) {
    const PoolParameters& pool = pools_[p];
    PoolState<L>& state = arrays_.pools[p];
    const F rate = rate_of(pool), first_rate = rate_of(pools_[0]);
    state.relative = p == 0 ? F(1.0f) : rate / first_rate;
    state.inverse_relative = p == 0 ? F(1.0f) : first_rate / rate;
    state.left = {F(0.0f), F(0.0f)};
    state.price_scale = pool.price.law < 0 ? F(1.0f) : path_.law(pool.price.law);
    if (pool.reclaim_rate >= 0) {
      state.reclaim_rate = pool.lifetime.most < 1e30f && pool.lifetime.rate >= 0 ? F(1.0f) / mean_life(pool.lifetime)
                                                                                 : path_.law(pool.reclaim_rate);
      state.reclaims.begin(state.reclaim_rate, unit_exponential(path_.philox.event(pool.reclaim_stream, I(0)).word[0]));
    }
    state.instances = state.instance_steps = F(0.0f);
  }

  /// Requests, or output tokens, a second of an instance; with the time that input tokens take, requests.
  COSTRISK_FN F rate_of(const PoolParameters& pool) const {
    const F rate = path_.law(pool.rate);
    if (pool.input_rate < 0) return rate;
    return rate / (s.output_tokens + path_.law(service_.input_tokens) * rate / path_.law(pool.input_rate));
  }

  /// The mean of the lesser of a lifetime and its limit, steps: ∫ e^(−(t·rate)^shape) dt up to the limit, by the
  /// midpoint rule over t = limit·u³, which takes the steepness out of its beginning. Relative error below 1e-4.
  COSTRISK_STAGE F mean_life(const LifetimeParameters& lifetime) const {
    constexpr int parts = 256;
    const F rate = path_.law(lifetime.rate) * F(lifetime.most);
    F sum(0.0f);
    for (int i = 0; i < parts; ++i) {
      const float u = (static_cast<float>(i) + 0.5f) / parts;
      const F expected = exponential(F(lifetime.shape) * logarithm(rate * F(u * u * u)));
      sum = fma(exponential(-expected), F(3.0f * u * u / parts), sum);
    }
    return sum * F(lifetime.most);
  }

  COSTRISK_FN void prepare(const WorldTile<L>& tile) {
    const F zero(0.0f);
    s.overflowed = s.unserved = CompensatedSum<L>::zero();
    s.waiting = s.idle = s.beyond_target = zero;
    s.backlog_before = s.backlog;
    if (service_.overflow_left_slot >= 0) {
      F* left = tile.row(service_.overflow_left_slot);
      const F* most = service_.overflow_slot < 0 ? nullptr : tile.row(service_.overflow_slot);
      for (int k = 0; k < tile_steps; ++k) left[k] = most ? most[k] : F(service_.most_overflow);
    }
    for (int i = 0; i < counts_of_latency(); ++i) arrays_.latency_counts[i] = zero;
    for (int p = 0; p < service_.pools.count; ++p) {
      const PoolParameters& pool = pools_[p];
      PoolState<L>& state = arrays_.pools[p];
      if (pool.reclaim_rate >= 0) state.reclaims.begin_tile(state.instance_steps);
      state.instance_steps = state.excess = zero;
      if (pool.capacity >= 0) state.bits = tile.capacities[pool.capacity];
      if (pool.use_row < 0) continue;
      for (int k = 0; k < tile_steps; ++k) arrays_.use_rows[pool.use_row * tile_steps + k] = zero;
    }
  }

  /// What still waits at the horizon is not served; it did enter the queue.
  COSTRISK_FN void turn_away_the_waiting() {
    if (!service_.has_queue) return;
    s.unserved.add(s.backlog);
    count_requests(totals_.left_waiting, s.backlog, F(0.0f));
    if (counts_of_latency() > 0) {
      F& beyond = arrays_.latency_counts[latency_beyond];
      beyond = beyond + s.backlog;
    }
    s.backlog = F(0.0f);
  }

  /// What the fleet has served since the tile began: what came, and did not go elsewhere.
  COSTRISK_FN CompensatedSum<L> fleet_served(const WorldTile<L>& tile) const {
    CompensatedSum<L> served = CompensatedSum<L>::zero();
    if (service_.pools.count == 0) return served;
    const F* demand = tile.row(service_.demand_slot);
    served.add_product(demand[demand_sum_place], F(service_.step_seconds));
    served.rest = fma(demand[demand_rest_place], F(service_.step_seconds), served.rest);
    if (service_.has_queue) {
      served.add(s.backlog_before);
      served.add(-s.backlog);
    }
    if (any(s.unserved.sum > F(0.0f))) served.add(-s.unserved.sum, -s.unserved.rest);
    if (service_.overflows) served.add(-s.overflowed.sum, -s.overflowed.rest);
    return served;
  }

  /// Tells `charge(account, sum, money)` what the service has cost since the tile began, up to the absolute `step`.
  template <class Charge>
  COSTRISK_FN void bill(const WorldTile<L>& tile, int step, const Charge& charge) const {
    const auto check_and_charge = [&](int account, const CompensatedSum<L>& sum, Pair money) {
      path_.check_money(M(true), sum.sum * F(money.high));
      charge(account, sum, money);
    };
    for (int p = 0; p < service_.pools.count; ++p) {
      const PoolParameters& pool = pools_[p];
      if (pool.buy != Purchase::reserved) check_and_charge(account_of(pool.buy), pool_spend(p, tile), pool.money);
    }
    if (service_.overflows) {
      CompensatedSum<L> spend = CompensatedSum<L>::zero();
      spend.add_product(s.overflowed.sum, s.serverless_price);
      spend.rest = fma(s.overflowed.rest, s.serverless_price, spend.rest);
      check_and_charge(service_serverless, spend, service_.serverless.money);
    }
    check_and_charge(service_penalty, s.unserved, service_.unserved_penalty);
    if (service_.warm_instances > 0.0f)
      check_and_charge(service_warm, warm_spend(tile, step - tile.start), service_.warm_money);
  }
  COSTRISK_FN CompensatedSum<L> warm_spend(const WorldTile<L>& tile, int steps) const {
    const PriceSource& price = service_.warm_price;
    const F scale = price.law < 0 ? F(1.0f) : path_.law(price.law);
    F sum(static_cast<float>(steps));
    if (price.sum_slot >= 0) {
      const F* sums = tile.row(price.sum_slot);
      sum = fma(sum, sums[base_place], sums[steps]);
    }
    CompensatedSum<L> spend = CompensatedSum<L>::zero();
    spend.add_product(sum, scale);
    return spend;
  }
  COSTRISK_FN CompensatedSum<L> pool_spend(int p, const WorldTile<L>& tile) const {
    const PoolParameters& pool = pools_[p];
    const PoolState<L>& state = arrays_.pools[p];
    const F first = pool.price.slot < 0 ? F(1.0f) : tile.row(pool.price.slot)[0];
    CompensatedSum<L> spend = CompensatedSum<L>::zero();
    spend.add_product(state.instance_steps, first * state.price_scale);
    spend.add_product(state.excess, state.price_scale);
    return spend;
  }
  /// What an item costs by the requests served from the tile's start up to `step`.
  COSTRISK_FN Amount<L> item_amount(int i, const WorldTile<L>& tile, int step, F& rest) const {
    const ItemParameters& item = item_of(i);
    CompensatedSum<L> requests = CompensatedSum<L>::zero();
    if (step == tile.end && inside(item, tile.start) >= 1.0f && inside(item, tile.end - 1) >= 1.0f) {
      requests = fleet_served(tile);
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
  COSTRISK_RARE void mark_edge(const WorldTile<L>& tile, int e, int step) {
    for (int part = 0; part < edge_part_count; ++part) {
      std::int64_t* row = edge_row<L>(arrays_.edges, e, static_cast<EdgePart>(part));
      for (int lane = 0; lane < L::width; ++lane) row[lane] = 0;
    }
    const auto row_of = [&](int account) { return edge_row<L>(arrays_.edges, e, service_edge_part(account)); };
    F carry[service_category_count];
    for (int account = 0; account < service_category_count; ++account) {
      totals_.money[account].add_to(row_of(account));
      carry[account] = totals_.money[account].carry;
    }
    bill(tile, step, [&](int account, const CompensatedSum<L>& sum, Pair money) {
      accumulate<L>(row_of(account), sum.amount(money, carry[account]));
    });
    for (int i = 0; i < service_.service_items.count; ++i) {
      std::int64_t* row = arrays_.item_edges + (i * path_.parameters.most_edges + e) * L::width;
      for (int lane = 0; lane < L::width; ++lane) row[lane] = arrays_.item_totals[i].money[lane];
      F rest = arrays_.items[i].rest;
      accumulate<L>(row, item_amount(i, tile, step, rest));
    }
  }

  COSTRISK_FN int counts_of_latency() const {
    return service_.latency.kind == LatencyKind::unknown ? 0 : latency_counts;
  }
  COSTRISK_FN static int account_of(Purchase buy) { return buy == Purchase::spot ? service_spot : service_on_demand; }

  /// Turns what the tile has cost and served into integers.
  COSTRISK_FN void close(const WorldTile<L>& tile) {
    bill(tile, tile.end,
         [&](int account, const CompensatedSum<L>& sum, Pair money) { totals_.money[account].add_money(sum, money); });
    totals_.idle.add_money({s.idle, F(0.0f)}, {1.0f, 0.0f});
    totals_.beyond_target.add_money({s.beyond_target, F(0.0f)}, {1.0f, 0.0f});
    for (int p = 0; p < service_.pools.count; ++p) {
      std::int32_t instance_steps[L::width];
      L::store(to_int(arrays_.pools[p].instance_steps), instance_steps);
      for (int lane = 0; lane < L::width; ++lane) arrays_.use[p * L::width + lane] += instance_steps[lane];
    }
    for (int i = 0; i < service_.service_items.count; ++i)
      accumulate<L>(arrays_.item_totals[i].money, item_amount(i, tile, tile.end, arrays_.items[i].rest));
    const CompensatedSum<L> served = fleet_served(tile);
    count_requests(totals_.by_fleet, served.sum, served.rest);
    if (service_.overflows) count_requests(totals_.by_serverless, s.overflowed.sum, s.overflowed.rest);
    if (any(s.unserved.sum > F(0.0f))) count_requests(totals_.unserved, s.unserved.sum, s.unserved.rest);
    if (service_.has_queue) count_requests(totals_.waiting, s.waiting, F(0.0f));
    for (int i = 0; i < counts_of_latency(); ++i)
      count_requests(arrays_.latency_totals + i * L::width, arrays_.latency_counts[i], F(0.0f));
    if (tile.end < path_.parameters.steps) return;
    for (Account<L>& account : totals_.money) account.close();
    totals_.idle.close();
    totals_.beyond_target.close();
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
  AtHand<ServiceState<L>> s;
  ServiceState<L>& memory_;
  ServiceTotals<L>& totals_;
  const ServiceArrays<L>& arrays_;
  const ServiceRows<L> rows_;
  Watch watch_;
};

}  // namespace costrisk
