// The model of the ladder, said once over a lane type: how the world goes on, how a fleet lives through a step, how a
// tile's use becomes money. The rungs differ in the order in which they do this and in where the numbers rest.
#pragma once

#include "kernels/ladder/model.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk::ladder {

/// The state after a step with this normal; the first step starts from the stationary law.
template <class F>
COSTRISK_FN F next_state(const Process& process, F x, F normal, int step) {
  return step == 0 ? normal : fma(F(process.b), normal, fma(F(-process.c), x, x));
}

template <class F>
COSTRISK_FN F spot_price(const SpotPrice& price, F factor, F x) {
  const F z = fma(F(price.factor_loading), factor, F(price.own_loading) * x);
  const F exponent = fma(F(price.volatility * log2_of_e), z, F(price.drift * log2_of_e));
  return min(F(price.cap), F(price.mean) * power_of_two(exponent));
}

template <class F>
COSTRISK_FN F demand_rate(const Demand& demand, F x) {
  return F(demand.base) * power_of_two(fma(F(demand.volatility * log2_of_e), x, F(demand.drift * log2_of_e)));
}

/// The world in four steps: a block of the generator is four words.
template <class L>
struct FourSteps {
  typename L::F price[market_count][4];
  typename L::F demand[4];
};

/// The world of a group of paths, drawn by counter: the words of a step are a function of path, stream and step.
template <class L>
class World {
  using F = typename L::F;
  using I = typename L::I;

 public:
  /// @param base the group's first path
  COSTRISK_FN World(const Model& model, std::uint64_t base, const NormalTable& table)
      : model_(model),
        table_(table),
        path_(add(L::lane_index(), I(as_int(static_cast<std::uint32_t>(base)))),
              I(as_int(static_cast<std::uint32_t>(base >> 32))), model.key),
        factor_words_(path_, model.factor.stream),
        price_words_{{path_, model.prices[0].process.stream}, {path_, model.prices[1].process.stream}},
        demand_words_(path_, model.demand.process.stream),
        factor_(0.0f),
        price_x_{F(0.0f), F(0.0f)},
        demand_x_(0.0f) {}

  /// The next four steps, which begin with `first`.
  COSTRISK_FN FourSteps<L> advance(int first) {
    const auto block = static_cast<std::uint32_t>(first / 4);
    FourSteps<L> four;
    F factors[4];
    const PhiloxWords<L> factor_words = factor_words_.block(block);
    COSTRISK_UNROLL
    for (int j = 0; j < 4; ++j)
      factors[j] = factor_ =
          next_state(model_.factor, factor_, standard_normal(factor_words.word[j], table_), first + j);
    for (int m = 0; m < market_count; ++m) {
      const PhiloxWords<L> words = price_words_[m].block(block);
      COSTRISK_UNROLL
      for (int j = 0; j < 4; ++j) {
        price_x_[m] =
            next_state(model_.prices[m].process, price_x_[m], standard_normal(words.word[j], table_), first + j);
        four.price[m][j] = spot_price(model_.prices[m], factors[j], price_x_[m]);
      }
    }
    const PhiloxWords<L> words = demand_words_.block(block);
    COSTRISK_UNROLL
    for (int j = 0; j < 4; ++j) {
      demand_x_ = next_state(model_.demand.process, demand_x_, standard_normal(words.word[j], table_), first + j);
      four.demand[j] = demand_rate(model_.demand, demand_x_);
    }
    return four;
  }

 private:
  const Model& model_;
  const NormalTable& table_;
  PhiloxPath<L> path_;
  PhiloxStream<L> factor_words_, price_words_[market_count], demand_words_;
  F factor_, price_x_[market_count], demand_x_;
};

/// What a fleet has used since its tile began.
template <class L>
struct FleetUse {
  using F = typename L::F;
  F spot_steps, on_demand_steps;  ///< instance-steps
  F spot_excess;                  ///< Σ instances · (price − the tile's first price)

  COSTRISK_FN static FleetUse zero() { return {F(0.0f), F(0.0f), F(0.0f)}; }

  COSTRISK_FN void live(const Fleet& fleet, F demand, F price, F first_price) {
    const F wanted = min(max(ceil(snap(demand * F(fleet.inverse_rate), 0.0f)), F(fleet.least)), F(fleet.most));
    const F spot = floor(snap(fma(wanted, F(fleet.spot_share), F(0.5f)), 0.0f));
    spot_steps = spot_steps + spot;
    spot_excess = fma(spot, price - first_price, spot_excess);
    on_demand_steps = on_demand_steps + max(wanted - spot, F(0.0f));
  }
};

/// What a fleet has cost: whole currency and millionths, and what rounding left.
template <class L>
struct FleetMoney {
  using F = typename L::F;
  Amount<L> spent;
  F spot_rest, on_demand_rest;

  COSTRISK_FN static FleetMoney zero() { return {Amount<L>::zero(), F(0.0f), F(0.0f)}; }

  /// Pays for a tile.
  COSTRISK_FN void close(const Fleet& fleet, const FleetUse<L>& use, F first_price) {
    CompensatedSum<L> spot = CompensatedSum<L>::zero();
    spot.add_product(use.spot_steps, first_price);
    spot.add(use.spot_excess);
    pay(spot.amount(fleet.spot_money, spot_rest));
    CompensatedSum<L> on_demand = CompensatedSum<L>::zero();
    on_demand.add(use.on_demand_steps);
    pay(on_demand.amount(fleet.on_demand_money, on_demand_rest));
  }
  COSTRISK_FN void pay(const Amount<L>& amount) {
    spent.units = add(spent.units, amount.units);
    spent.micros = add(spent.micros, amount.micros);
  }
};

/// Adds what fleets have spent to the costs of `count` paths.
template <class L>
COSTRISK_FN void add_cost(const Amount<L>& spent, int count, std::int64_t* micros) {
  std::int32_t units[L::width], millionths[L::width];
  L::store(spent.units, units);
  L::store(spent.micros, millionths);
  for (int i = 0; i < count; ++i) micros[i] += std::int64_t{units[i]} * micros_per_unit + millionths[i];
}

}  // namespace costrisk::ladder
