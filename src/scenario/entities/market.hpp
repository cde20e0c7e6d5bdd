// Markets: one instance type in one place, and how its instances are sold there.
#pragma once

#include <optional>
#include <string>

#include "src/scenario/entities/history.hpp"
#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

/// One side (up or down) of a capacity process.
struct Sojourn {
  Law mean_hours;
  double cv = 1.0;

  static constexpr std::string_view table_name = "capacity.up and capacity.down";
  template <class Rows>
  static void fields(Rows& row) {
    row.hours_law("mean", &Sojourn::mean_hours, {.about = "mean length", .range = positive, .required = true});
    row.number("cv", &Sojourn::cv,
               {.about = "standard deviation of the length over its mean", .range = cv_range, .fallback = "1"});
  }
};

struct Capacity {
  Sojourn up, down;
  std::optional<Law> depth;  ///< instances; redrawn for each up-run; absent: unlimited
  Loadings loading;

  static bool is_given(const TableReader& table);

  static constexpr std::string_view table_name = "on_demand.capacity";
  template <class Rows>
  static void fields(Rows& row) {
    row.table("up", &Capacity::up, {.about = "runs of time with capacity: log-normal"});
    row.table("down", &Capacity::down, {.about = "runs of time without capacity: log-normal"});
    row.law("depth", &Capacity::depth,
            {.about = "instances there are during a run of time with capacity; absent: unlimited", .range = positive});
    loading_row(row, &Capacity::loading);
  }
};

/// The keys of a price's process.
struct PriceProcess {
  using Of = Process;
  static constexpr std::string_view table_name = "process of a price";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("volatility", &Process::volatility,
               {.about = "standard deviation of the price's logarithm", .range = spread_range, .fallback = "0"});
    row.duration_or_forever("half_life", &Process::half_life_seconds,
                            {.about = "how fast the price forgets; needed with volatility", .range = positive});
    loading_row(row, &Process::loading);
  }
};

struct SpotPrice {
  Law mean;                        ///< per instance-hour
  std::optional<Process> process;  ///< absent: constant over the path
  double cap = infinite;           ///< infinity: none

  /// Where no history is.
  static bool is_given(const TableReader& table);

  static constexpr std::string_view table_name = "laws of a price";
  template <class Rows>
  static void fields(Rows& row) {
    row.law("mean", &SpotPrice::mean, {.about = "mean per instance-hour", .range = non_negative});
    row.group(&SpotPrice::process, PriceProcess{});
    row.number("cap", &SpotPrice::cap, {.about = "largest price; absent: none", .range = positive});
  }
};

/// How long spot instances live before they are reclaimed one by one: a Weibull law, an exponential one, or a curve.
struct Reclaim {
  Law mean_hours;                   ///< where `survival` is given: that of the curve
  std::optional<double> cv, shape;  ///< neither: exponential
  NumberPairs survival;             ///< hours, the share of instances that live longer; none: the law above
  Loadings loading;

  static constexpr std::string_view table_name = "spot.reclaim";
  template <class Rows>
  static void fields(Rows& row) {
    row.hours_law("mean", &Reclaim::mean_hours, {.about = "mean lifetime", .range = positive})
        .written_if([](const Reclaim& reclaim) { return reclaim.survival.empty(); });
    row.number("cv", &Reclaim::cv,
               {.about = "standard deviation of the lifetime over its mean: above 1 the young are reclaimed most; "
                         "absent: 1, a rate that does not change with age",
                .range = {0.05, 20.0}});
    row.number(
        "shape", &Reclaim::shape,
        {.about = "in place of cv: of the Weibull law; below 1 the young are reclaimed most", .range = {0.2, 25.0}});
    row.number_pairs("survival", &Reclaim::survival,
                     {.about = "in place of a mean: [hours, share], the share of instances that live longer, as was "
                               "measured; the rate is constant between two of them and beyond the last",
                      .range = non_negative});
    row.loadings("loading", &Reclaim::loading,
                 {.about = "weights on factors of the logarithm of the rate, step by step; its mean is kept",
                  .range = correlation});
    row.alternatives({{"cv"}, {"shape"}}, false);
  }
};

struct Spot {
  std::optional<SpotPrice> price;    ///< absent only where a history gives the price
  std::optional<Capacity> capacity;  ///< absent: always up
  std::optional<Law> reclaim_every_hours;
  std::optional<Reclaim> reclaim;
  std::optional<double> max_lifetime_seconds;
  double notice_seconds = 0.0;
  double free_within_seconds = 0.0;
  std::optional<History> capacity_history, price_history;

  /// Whether the chance of a reclaim hangs on an instance's age, or moves with factors.
  bool ages() const {
    const bool has_shape = reclaim && (!reclaim->survival.empty() || reclaim->shape.value_or(1.0) != 1.0 ||
                                       reclaim->cv.value_or(1.0) != 1.0);
    return max_lifetime_seconds || has_shape || (reclaim && !reclaim->loading.empty());
  }

  /// An offer with an error is an offer all the same, so that no plan is blamed for buying there.
  static constexpr bool is_there_with_errors = true;

  struct PriceKeys {
    using Of = Spot;
    static constexpr std::string_view table_name = "spot.price";
    template <class Rows>
    static void fields(Rows& row) {
      row.group(&Spot::price);
      row.group(&Spot::price_history);
      row.alternatives({{"mean", "volatility", "half_life", "loading"}, row.keys_of(History{})}, true);
    }
  };

  struct CapacityKeys {
    using Of = Spot;
    static constexpr std::string_view table_name = "spot.capacity";
    template <class Rows>
    static void fields(Rows& row) {
      row.group(&Spot::capacity);
      row.group(&Spot::capacity_history, CapacityHistory{});
      row.alternatives({row.keys_of(Capacity{}), row.keys_of(CapacityHistory{})}, true);
    }
  };

  static constexpr std::string_view table_name = "market.spot";
  template <class Rows>
  static void fields(Rows& row) {
    row.part("price", PriceKeys{},
             {.about = "per instance-hour; a law alone is a price that stays", .shorthand = "mean", .required = true});
    row.part("capacity", CapacityKeys{}, {.about = "when there is spot capacity; absent: always"});
    row.hours_law("reclaim_every", &Spot::reclaim_every_hours,
                  {.about = "mean time to an individual reclaim, per instance, while there is capacity; absent: never",
                   .range = positive});
    row.table("reclaim", &Spot::reclaim,
              {.about = "in place of reclaim_every: a law of lifetimes, and what raises its rate"});
    row.duration("max_lifetime", &Spot::max_lifetime_seconds,
                 {.about = "no instance lives longer than this; absent: no limit", .range = positive});
    row.duration(
        "notice", &Spot::notice_seconds,
        {.about = "warning before a reclaim; where it is at least 'write' a job with checkpoints loses nothing",
         .range = non_negative,
         .fallback = "\"0s\""});
    row.duration("free_within", &Spot::free_within_seconds,
                 {.about = "a run of a job that is reclaimed within this time of its start is not billed",
                  .range = non_negative,
                  .fallback = "\"0s\""});
  }
};

struct OnDemand {
  Law price;  ///< per instance-hour
  std::optional<Capacity> capacity;

  /// As of spot.
  static constexpr bool is_there_with_errors = true;

  static constexpr std::string_view table_name = "market.on_demand";
  template <class Rows>
  static void fields(Rows& row) {
    row.law("price", &OnDemand::price, {.about = "per instance-hour", .range = non_negative, .required = true});
    row.table("capacity", &OnDemand::capacity, {.about = "when new instances can be launched; absent: always"});
  }
};

struct Repricing {
  double every_seconds = 0.0;
  Law multiplier;

  static constexpr std::string_view table_name = "repricing";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration("every", &Repricing::every_seconds,
                 {.about = "mean time between changes of the list prices", .range = positive, .required = true});
    row.law("multiplier", &Repricing::multiplier,
            {.about = "what a change multiplies on-demand and spot prices by", .range = positive, .required = true});
  }
};

struct Market {
  std::string name, provider, region, instance, as_of;
  int gpus = 0;
  int slices_per_gpu = 1;
  std::optional<Law> hardware_mtbf_hours;
  double billing_increment_seconds = 1.0;
  double billing_minimum_seconds = 0.0;
  double egress_per_gb = 0.0;
  std::optional<Repricing> repricing;
  std::optional<OnDemand> on_demand;
  std::optional<Spot> spot;

  struct Billing {
    using Of = Market;
    static constexpr std::string_view table_name = "billing";
    template <class Rows>
    static void fields(Rows& row) {
      row.duration("increment", &Market::billing_increment_seconds,
                   {.about = "each run is rounded up to a multiple of this", .range = positive, .fallback = "\"1s\""});
      row.duration("minimum", &Market::billing_minimum_seconds,
                   {.about = "each run is billed for at least this", .range = non_negative, .fallback = "\"0s\""});
    }
  };

  static constexpr std::string_view table_name = "market";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Market::name, {.about = "one instance type in one zone, region or rack", .required = true});
    row.key({.name = "like", .about = "another market to start from"});
    row.label("provider", &Market::provider, {.about = "label"});
    row.label("region", &Market::region, {.about = "label"});
    row.label("instance", &Market::instance, {.about = "label"});
    row.label("as_of", &Market::as_of, {.about = "label: the date of the figures"});
    row.integer("gpus", &Market::gpus,
                {.about = "GPUs per instance; a label but for services with 'replica'",
                 .range = {0.0, 1024.0},
                 .fallback = "0"});
    row.integer("slices_per_gpu", &Market::slices_per_gpu,
                {.about = "parts into which each GPU is divided, as by MIG; for services with 'replica'",
                 .range = {1.0, 64.0},
                 .fallback = "1"});
    row.hours_law("hardware_mtbf", &Market::hardware_mtbf_hours,
                  {.about = "mean time between failures, per instance, under any purchase; absent: never fails",
                   .range = positive});
    row.part("billing", Billing{}, {.about = "how a run of an instance is billed"});
    row.number("egress_per_gb", &Market::egress_per_gb,
               {.about = "price of a GB that leaves this market", .range = non_negative, .fallback = "0"});
    row.table("repricing", &Market::repricing, {.about = "changes of the list prices; absent: none"});
    row.section("on_demand", &Market::on_demand,
                {.about = "on-demand instances, or their price alone; absent: none to be had", .shorthand = "price"});
    row.section("spot", &Market::spot, {.about = "spot instances; absent: none"});
  }
};

extern template const TableOf<Market>& table_of<Market>();

/// Notes which values of the market cannot stand together, and resolves the paths of its histories.
void complete(const TableReader& table, Market& market);

}  // namespace costrisk::scenario
