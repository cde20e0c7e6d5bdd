// One path of a run, simulated again with everything written down: the world as a plan sees it, what its jobs and
// services do, and what it costs, step by step.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

/// One value a step.
using Series = std::vector<float>;

/// A market that the plan uses. Empty where the plan does not buy there in that way.
struct MarketTimeline {
  int market = 0;
  Series spot_price, on_demand_price;        ///< currency an instance-hour
  std::vector<std::uint8_t> spot_up;         ///< at the step's start; also empty where spot is always there
  std::vector<std::uint8_t> on_demand_up;    ///< likewise, for new launches
  Series spot_depth;                         ///< instances, 0 while down; empty where unlimited
  std::vector<std::int32_t> repricing_step;  ///< steps at which list prices changed
  std::vector<float> repricing;              ///< by what they were multiplied then
};

/// The prices of what is bought so; null where it has none.
template <class Market>
auto* prices_of(Market& market, Purchase purchase) {
  switch (purchase) {
    case Purchase::on_demand:
      return &market.on_demand_price;
    case Purchase::spot:
      return &market.spot_price;
    case Purchase::reserved:
      break;
  }
  return static_cast<decltype(&market.spot_price)>(nullptr);
}
/// The steps in which the market's capacity gives what is bought so; null where it limits nothing.
template <class Market>
auto* capacity_of(Market& market, CapacityLimit limit) {
  switch (limit) {
    case CapacityLimit::launches:
      return &market.on_demand_up;
    case CapacityLimit::use:
      return &market.spot_up;
    case CapacityLimit::none:
      break;
  }
  return static_cast<decltype(&market.spot_up)>(nullptr);
}

struct DemandTimeline {
  int demand = 0;
  Series requests_per_second;
};

/// Instances of one market and way to buy.
struct Holding {
  int market = 0;
  Purchase purchase = Purchase::on_demand;
  Series instances;  ///< on average over the step
};

/// A part of a gang, by where and how it was bought.
struct GangPart {
  int market = 0;
  Purchase purchase = Purchase::on_demand;
  int instances = 0;
  bool operator==(const GangPart&) const = default;
};

/// What happened to a job.
struct JobRecord {
  enum class Kind {
    released,
    taken,
    left,
    capacity_lost,
    reclaimed,
    failed,
    starts_over,
    finished,
  };
  Kind kind = Kind::released;
  double step = 0.0;  ///< when, with the fraction of the step
  int run = 0;        ///< from 1 on
  int market = -1;    ///< held then, or from then on; −1: none. Of a split gang the part that was hit, or its first
  Purchase purchase = Purchase::on_demand;
  std::vector<GangPart> parts;  ///< of a split gang, in order
  bool saved = false;           ///< what an interruption would have lost was saved
  double lost_steps = 0.0;      ///< run time that it lost
  double deadline_step = 0.0;   ///< of the run
};

struct JobTimeline {
  int job = 0;
  std::vector<Holding> holdings;  ///< markets in the assignment's order, steady before spot; each once
  Series progress;                ///< share of the current attempt's work that is done, at the step's end
  std::vector<std::int32_t> run;  ///< the run that the progress is of, from 1 on; 0: none was released yet
  std::vector<JobRecord> records;
  int runs = 0;        ///< that the horizon has room for
  int late = 0;        ///< of these, late or unfinished
  int never_done = 0;  ///< of these, not done at the horizon
  int interruptions = 0;
  double lost_steps = 0.0;
};

/// Spot instances of a service that were lost at a step's start, when their capacity went down.
struct PoolLoss {
  std::int32_t step = 0;
  int pool = 0;  ///< in ServiceTimeline::pools
  float before = 0.0f, after = 0.0f;
};

struct ServiceTimeline {
  int service = 0;
  std::vector<Holding> pools;  ///< in the assignment's order
  Series served, overflowed, unserved,
      waiting;  ///< requests of the step; waiting: at its end; overflowed is served too
  std::vector<PoolLoss> losses;
  double reclaimed = 0.0;  ///< instances taken back one by one, in instances of the first pool
};

/// An unknown that is drawn once per future, as this path drew it.
struct Draw {
  std::string address;
  double level = 0.0;           ///< share of futures with a lower value
  std::optional<double> value;  ///< in the scenario's units; absent for a chance
  std::optional<bool> happens;  ///< of a chance
};

/// A stretch of steps in which a burst or a shock is on.
struct Stretch {
  int of = 0;                      ///< demand or factor
  double from = 0.0, until = 0.0;  ///< steps, within the horizon
};

/// A demand's change that happened.
struct ChangeRecord {
  int demand = 0, change = 0;
  std::int32_t step = 0;
  double multiplier = 1.0;
};

struct Timeline {
  std::uint64_t path = 0;
  int plan = 0;
  double step_hours = 0.0;
  std::string parameters_sha256;

  std::vector<MarketTimeline> markets;
  std::vector<DemandTimeline> demands;
  std::vector<JobTimeline> jobs;
  std::vector<ServiceTimeline> services;
  std::vector<Draw> draws;
  std::vector<Stretch> bursts, shocks;
  std::vector<ChangeRecord> changes;

  std::vector<std::int64_t> cost_micros;                       ///< [step]: of the plan up to the step's end
  std::array<std::int64_t, category_count> category_micros{};  ///< of the plan
  std::size_t steps() const { return cost_micros.size(); }
  std::int64_t total_micros() const { return cost_micros.back(); }
};

/// The scenario with one of its plans alone, whose futures and costs are the same.
scenario::Scenario with_plan_alone(const scenario::Scenario& scenario, std::size_t plan);

/// The same path in intervals of several steps, the last one shorter where they do not divide the horizon: prices,
/// capacity and what is held on average, requests as sums, and what stands at a step's end as it is at the interval's.
/// Records keep their steps.
Timeline in_intervals(Timeline timeline, std::size_t steps);

/// Simulates one path of one plan on the scalar backend, whose bits are those of every other.
/// @throws std::runtime_error (a status word of the model)
Timeline trace_path(const scenario::Scenario& scenario, std::size_t plan, std::uint64_t path);

}  // namespace costrisk::run
