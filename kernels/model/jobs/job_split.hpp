// Part of a job: a gang that may hold several entries of its list at once. Only jobs that split have any of this: such
// a gang is `on_spot` while it holds anything, and what it holds, and what that costs, stands in its parts.
#pragma once

#include "kernels/model/jobs/job_bill.hpp"
#include "kernels/model/jobs/job_offers.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"

namespace costrisk {

template <class L>
class JobSplit {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobSplit(PathContext<L>& path, const JobParameters& job, const JobMarketParameters* markets,
                       JobState<L>& state, const JobArrays<L>& arrays)
      : path_(path), job_(job), markets_(markets), s(state), arrays_(arrays) {}

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      part.held = part.chosen = part.money_high = part.money_low = part.price = part.used = part.rest = zero;
      part.kept = I(-1);
      part.lost = I(0);
      part.spend = CompensatedSum<L>::zero();
    }
    mix().ratio = F(1.0f);
    mix().struck = I(0);
    mix().reclaimed = mix().saves = M(false);
  }

  // What the tile brings

  /// Looks up what becomes of the parts in the tile.
  COSTRISK_STAGE void see(const WorldTile<L>& tile) {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      const M held = part.held > F(0.0f);
      part.kept = I(-1);
      part.lost = I(0);
      if (!any(held) || markets_[m].has_on_demand) continue;
      if (markets_[m].has_own) {
        part.kept = select(held, offers().available_bits(markets_[m].availability, tile, part.held), I(-1));
        continue;
      }
      const CapacityBits<L> bits = offers().spot_bits_of(m, tile, part.held);
      part.kept = select(held, bits.unbroken, I(-1));
      part.lost = select(held, bits.lost & bits.up, I(0));
    }
  }
  /// The steps at whose start all of them are kept.
  COSTRISK_FN I kept() const {
    I bits(-1);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) bits = bits & arrays_.parts[m].kept;
    return bits;
  }
  /// The steps inside which one of them is lost.
  COSTRISK_FN I lost() const {
    I bits(0);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) bits = bits | arrays_.parts[m].lost;
    return bits;
  }

  // Mixes

  /// Looks for the mix that a gang takes that holds nothing, or, where it is `held`, that would be taken afresh without
  /// waits. Returns where it is the whole gang.
  COSTRISK_STAGE M look_for_mix(const WorldTile<L>& tile, I step, I at, I bit, F waited, M held) {
    F missing(job_.gang);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const float after = markets_[m].after;
      const M ready = (held & M(after <= 0.0f)) | ((!held) & (waited >= F(after - time_tolerance)));
      const F left = max(offers().instances_left(m, tile, step, at, bit), F(0.0f));
      arrays_.parts[m].chosen = select(ready, min(left, missing), F(0.0f));
      missing = missing - arrays_.parts[m].chosen;
    }
    return missing <= F(0.0f);
  }
  /// Whether that has more than what is held in the first entry in which the two differ.
  COSTRISK_FN M is_better() const {
    M decided(false), better(false);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobPart<L>& part = arrays_.parts[m];
      better = better | ((!decided) & (part.chosen > part.held));
      decided = decided | (part.chosen > part.held) | (part.chosen < part.held);
    }
    return better;
  }
  /// Whether it differs, and does the rest of the work for less, move included.
  /// @param left   run time left in the first market
  /// @param egress currency, for the move
  COSTRISK_STAGE M is_cheaper(const WorldTile<L>& tile, I at, F left, F egress) const {
    M differs(false);
    F price(0.0f), price_held(0.0f);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobPart<L>& part = arrays_.parts[m];
      differs = differs | (part.chosen > part.held) | (part.chosen < part.held);
      if (markets_[m].has_own) continue;
      const F each = offers().price_at(price_of(m), tile, at) * F(money_of(m).high / job_.gang);
      price = fma(each, part.chosen, price);
      price_held = fma(each, part.held, price_held);
    }
    const F cost = fma(price, left * chosen_ratio() + F(job_.restart), egress);
    return differs & (cost < price_held * (left * mix().ratio));
  }
  /// The first entry that it has a part in.
  COSTRISK_FN I first_chosen() const {
    I first(0);
    COSTRISK_ROLLED
    for (int m = job_.markets.count - 1; m >= 0; --m) first = select(arrays_.parts[m].chosen > F(0.0f), I(m), first);
    return first;
  }
  /// Whether it has a part in each lane's market of the world.
  COSTRISK_FN M chooses_market(I market) const {
    M found(false);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m)
      found = found | ((arrays_.parts[m].chosen > F(0.0f)) & (market == I(markets_[m].market)));
    return found;
  }
  /// Run time on it over run time in the first market: that of its slowest part.
  COSTRISK_FN F chosen_ratio() const {
    F slowest(0.0f);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m)
      slowest = max(select(arrays_.parts[m].chosen > F(0.0f), F(markets_[m].steps_ratio), F(0.0f)), slowest);
    return slowest;
  }

  /// The lanes hold what was chosen from now on.
  COSTRISK_STAGE void take(M start, const WorldTile<L>& tile) {
    F hazard(0.0f);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      part.held = select(start, part.chosen, part.held);
      hazard = fma(part.held, reclaims(m) + failures(m), hazard);
      if (markets_[m].has_own) continue;
      const Pair money = money_of(m);
      const F gang(job_.gang), share = part.held / gang, rest = fma(-share, gang, part.held) / gang;
      const F high = F(money.high) * share;
      const F low = fma(F(money.high), share, -high) + fma(F(money.high), rest, F(money.low) * share);
      part.money_high = select(start, high, part.money_high);
      part.money_low = select(start, low, part.money_low);
    }
    s.hazard = select(start, hazard, s.hazard);
    s.money_high = F(1.0f);
    see(tile);
  }

  // Interruptions. What is hit stands in the mix.

  /// Which of the lanes whose parts are not kept at this step's start lose spot.
  COSTRISK_FN M lose_at_start(M ended, I bit) {
    return hit(ended, [&](int m) COSTRISK_INLINE { return !test(arrays_.parts[m].kept, bit); });
  }
  /// Time from the start of the tile's step `at` until a part is lost, in lanes in which one is.
  COSTRISK_STAGE F until_lost(const WorldTile<L>& tile, I at) const {
    F first(far);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) first = min(until_part_is_lost(m, tile, at), first);
    return first;
  }
  /// Parts are lost inside the tile's step `at`, so long after its start.
  COSTRISK_STAGE void lose_inside(M lost, const WorldTile<L>& tile, I at, F time) {
    hit(lost, [&](int m) COSTRISK_INLINE { return until_part_is_lost(m, tile, at) <= time + F(time_tolerance); });
  }
  /// A reclaim or a failure, of a part in proportion to its hazard.
  COSTRISK_STAGE void strike(M where, F share) {
    const F level = share * s.hazard;
    F sum(0.0f);
    M decided = !where;
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const F held = arrays_.parts[m].held;
      const M candidate = (held > F(0.0f)) & (!decided);
      sum = fma(held, reclaims(m), sum);
      const M reclaimed = candidate & (level < sum);
      sum = fma(held, failures(m), sum);
      mix().struck = select(candidate, I(m), mix().struck);
      mix().reclaimed = (mix().reclaimed & (!candidate)) | reclaimed;
      mix().saves = (mix().saves & (!candidate)) | (reclaimed & M(markets_[m].notice_saves != 0));
      decided = decided | (candidate & (level < sum));
    }
  }

  // The bill

  /// The lanes hold what they hold from the tile's step `from` to `until`.
  COSTRISK_STAGE void add_steps(M holds, const WorldTile<L>& tile, I from, I until) {
    const F steps = select(holds, to_float(subtract(until, from)), F(0.0f));
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      const M here = holds & (part.held > F(0.0f));
      if (!any(here)) continue;
      part.used = part.used + select(here, steps, F(0.0f));
      add_spend(part.spend, m, here, tile, from, until);
      add_use_of_steps(m, here, from, until);
    }
  }
  /// The parts' prices in the tile's step `at`. Returns what they cost together, currency a step.
  COSTRISK_STAGE F price_step(const WorldTile<L>& tile, I at) {
    F sum(0.0f);
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      part.price = markets_[m].has_own ? F(0.0f) : offers().price_at(price_of(m), tile, at);
      sum = sum + select(part.held > F(0.0f), part.money_high * part.price, F(0.0f));
    }
    return sum;
  }
  /// A part of the tile's step `at`, at its prices.
  COSTRISK_STAGE void add_time(I at, F time) {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) add_time_of(m, at, time);
  }
  /// What the billing rules add to runs that end.
  COSTRISK_STAGE void add_extras(M where, I at, const Instant<L>& now) {
    const I whole = subtract(now.step, s.held_since.step);
    const F part = now.offset - s.held_since.offset;
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m)
      add_time_of(m, at, select(where, max(JobBill<L>::extra_in(markets_[m], whole, part), F(0.0f)), F(0.0f)));
  }

  /// Turns use and spend since the last close into integers.
  COSTRISK_STAGE void close(M where) {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      JobPart<L>& part = arrays_.parts[m];
      path_.check_money(where, part.spend.sum * part.money_high);
      F rest = part.rest;
      const Amount<L> spend = pending(part, part.spend, rest);
      part.rest = select(where, rest, part.rest);
      s.accounts[account_on_demand].add_where(where & M(markets_[m].has_on_demand != 0), spend);
      s.accounts[account_spot].add_where(where & M(markets_[m].has_on_demand == 0), spend);
      const F used = select(where, part.used * (part.held / F(job_.gang)), F(0.0f));
      if (markets_[m].has_on_demand)
        arrays_.use[m].fresh[holding_steady] = arrays_.use[m].fresh[holding_steady] + used;
      else
        arrays_.use[m].fresh[holding_spot] = arrays_.use[m].fresh[holding_spot] + used;
      part.spend.sum = select(where, F(0.0f), part.spend.sum);
      part.spend.rest = select(where, F(0.0f), part.spend.rest);
      part.used = select(where, F(0.0f), part.used);
    }
  }
  COSTRISK_FN void let_go(M where) {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) arrays_.parts[m].held = select(where, F(0.0f), arrays_.parts[m].held);
  }
  /// Adds what is spent and not yet closed, with the tile's steps [from, until), to a cost at an edge.
  COSTRISK_STAGE void add_to_edge(EdgeCost<L>& cost, M holds, const WorldTile<L>& tile, I from, I until) const {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobPart<L>& part = arrays_.parts[m];
      const M here = holds & (part.held > F(0.0f));
      if (!any(here)) continue;
      CompensatedSum<L> spend = part.spend;
      add_spend(spend, m, here, tile, from, until);
      F rest = part.rest;
      const Amount<L> fresh = pending(part, spend, rest);
      if (markets_[m].has_on_demand)
        accumulate_where<L>(cost.part[edge_on_demand], here, fresh);
      else
        accumulate_where<L>(cost.part[edge_spot], here, fresh);
    }
  }

  // What others find

  /// Leaves all of the depths to those after it.
  COSTRISK_STAGE void leave_all(const WorldTile<L>& tile) const {
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      leave_all_of(tile, markets_[m].spot_left_slot, markets_[m].spot_capacity);
      leave_all_of(tile, markets_[m].launch_left_slot, markets_[m].launch_capacity);
    }
  }
  /// What the lanes hold is taken at the starts of the tile's steps [from, until).
  COSTRISK_STAGE void note_taken(M where, const WorldTile<L>& tile, I from, I until) const {
    const I bits = select(where, low_bits(until) ^ low_bits(from), I(0));
    COSTRISK_ROLLED
    for (int m = 0; m < job_.markets.count; ++m) {
      const std::int32_t slot = left_slot(m);
      if (slot < 0) continue;
      F* left = tile.row(slot);
      for (int k = 0; k < tile.end - tile.start; ++k)
        left[k] = select(test(bits, bit_of<I>(k)), max(left[k] - arrays_.parts[m].held, F(0.0f)), left[k]);
    }
  }

 private:
  static constexpr float far = 1e30f;

  COSTRISK_FN JobMix<L>& mix() const { return *arrays_.mix; }
  COSTRISK_FN JobOffers<L> offers() const { return {path_, job_, markets_, arrays_}; }
  COSTRISK_FN const PriceSource& price_of(int m) const {
    return markets_[m].has_on_demand ? markets_[m].on_demand : markets_[m].spot;
  }
  COSTRISK_FN Pair money_of(int m) const {
    return markets_[m].has_on_demand ? markets_[m].on_demand_money : markets_[m].spot_money;
  }
  COSTRISK_FN F rate(LawIndex law) const { return law < 0 ? F(0.0f) : path_.law(law); }
  /// Of an instance and step.
  COSTRISK_FN F reclaims(int m) const { return markets_[m].has_spot ? rate(markets_[m].reclaim_rate) : F(0.0f); }
  COSTRISK_FN F failures(int m) const { return rate(markets_[m].failure_rate); }

  /// Notes which spot parts are hit: the first of them, and whether all come with a notice that saves.
  template <class Hits>
  COSTRISK_FN M hit(M where, const Hits& hits) {
    M any_hit(false), saves(true);
    COSTRISK_ROLLED
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      if (!markets_[m].has_spot) continue;
      const M here = where & (arrays_.parts[m].held > F(0.0f)) & hits(m);
      any_hit = any_hit | here;
      if (!markets_[m].notice_saves) saves = saves & (!here);
      mix().struck = select(here, I(m), mix().struck);
    }
    mix().saves = (mix().saves & (!any_hit)) | (saves & any_hit);
    return any_hit;
  }
  /// Time from the start of the tile's step `at` until the part is lost; `far` where it is not.
  COSTRISK_FN F until_part_is_lost(int m, const WorldTile<L>& tile, I at) const {
    const JobPart<L>& part = arrays_.parts[m];
    const M lost = test(part.lost, add(low_bits(at), I(1)));
    if (!any(lost)) return F(far);
    const I row = select(lost, offers().loss_row(m, part.held), I(0));
    return select(lost, L::gather_row(tile.rows, add(multiply(row, I(row_length)), at)), F(far));
  }

  COSTRISK_FN void add_spend(CompensatedSum<L>& spend, int m, M here, const WorldTile<L>& tile, I from, I until) const {
    if (markets_[m].has_own) return;
    const PriceSource& price = price_of(m);
    const I row(price.sum_slot);
    const F steps = select(here, to_float(subtract(until, from)), F(0.0f));
    const F excess = price_sum<L>(tile, row, until) - price_sum<L>(tile, row, from);
    spend.add_product(steps, offers().base_price(price, tile));
    spend.add_product(select(here, excess, F(0.0f)), offers().scale(price));
  }
  COSTRISK_FN void add_time_of(int m, I at, F time) {
    JobPart<L>& part = arrays_.parts[m];
    const F here = select(part.held > F(0.0f), time, F(0.0f));
    part.used = part.used + here;
    part.spend.add_product(here, part.price);
    if (F* row = use_row(m))
      if (const M uses = here > F(0.0f); any(uses)) L::add_to_row(row, at, here * part.held, uses);
  }
  COSTRISK_FN void add_use_of_steps(int m, M here, I from, I until) const {
    F* row = use_row(m);
    if (!row) return;
    const I bits = select(here, low_bits(until) ^ low_bits(from), I(0));
    for (int k = 0; k < tile_steps; ++k)
      row[k] = row[k] + select(test(bits, bit_of<I>(k)), arrays_.parts[m].held, F(0.0f));
  }
  /// Where the use is told that commitments may cover.
  COSTRISK_FN F* use_row(int m) const {
    return markets_[m].use_row < 0 ? nullptr : arrays_.use_rows + markets_[m].use_row * tile_steps;
  }
  /// The row of what the m-th entry leaves of its depth, which any entry of its market may name; −1: nobody asks.
  COSTRISK_FN std::int32_t left_slot(int m) const {
    std::int32_t slot = none;
    for (int k = 0; k < job_.markets.count; ++k) {
      const JobMarketParameters& other = markets_[k];
      if (markets_[m].has_on_demand && other.launch_capacity == markets_[m].launch_capacity)
        slot = other.launch_left_slot >= 0 ? other.launch_left_slot : slot;
      if (markets_[m].has_spot && other.spot_capacity == markets_[m].spot_capacity)
        slot = other.spot_left_slot >= 0 ? other.spot_left_slot : slot;
    }
    return slot;
  }
  COSTRISK_FN void leave_all_of(const WorldTile<L>& tile, std::int32_t slot, std::int32_t capacity) const {
    if (slot < 0) return;
    const F* depth = tile.row(path_.parameters.capacities[capacity].depth_slot);
    F* left = tile.row(slot);
    for (int k = 0; k < tile.end - tile.start; ++k) left[k] = depth[k];
  }
  COSTRISK_FN static Amount<L> pending(const JobPart<L>& part, const CompensatedSum<L>& spend, F& rest) {
    return JobBill<L>::amount(spend, part.money_high, part.money_low, rest);
  }

  PathContext<L>& path_;
  const JobParameters& job_;
  const JobMarketParameters* markets_;
  JobState<L>& s;
  const JobArrays<L>& arrays_;
};

}  // namespace costrisk
