// What happens to everyone on one path: factors, laws, prices, capacity, repricing, hazards, work, demand.
// Time is counted in steps, as a double; a value of step k holds over [k, k+1).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/demand.hpp"
#include "tests/reference/drawing.hpp"
#include "tests/reference/random.hpp"

namespace costrisk::reference {

/// From an instant inside a step on there are so many instances left, 0 where capacity went down.
struct Fall {
  double offset = 0.0;  ///< in steps since the step's start: over 0, under 1
  double left = 0.0;
};

/// One side of the capacity of a market: what can be had at each step.
struct CapacityPath {
  std::vector<double> depth;                       ///< instances; 0 while down, infinity without a depth
  std::vector<char> lost;                          ///< 1: the market went down since the last step start
  std::vector<double> least;                       ///< measured: fewest instances since then; empty otherwise
  std::vector<std::vector<Fall>> falls;            ///< by step, in the order of their instants; empty: nowhere any
  std::vector<double> sojourns_up, sojourns_down;  ///< completed ones, in steps, for tests of their laws

  /// When a gang that needs so many loses them inside step k, in steps since its start; infinity: it does not.
  double lost_at(std::int64_t k, double instances) const;

  static CapacityPath always_up(std::int64_t steps);
  /// A hand-made pattern: up with unlimited depth where `up` is not 0; lost at each step that is down.
  static CapacityPath of_pattern(const std::vector<char>& up);
};

/// How long spot instances of a market live: by a Weibull law or as measured, where factors may raise the hazards, and
/// no longer than `most`.
struct Lifetimes {
  /// Reclaims that an instance of an age has had to expect.
  struct Point {
    double hours = 0.0, hazard = 0.0;
  };

  double scale_hours = std::numeric_limits<double>::infinity(), shape = 1.0;
  std::vector<Point> measured;  ///< in place of the Weibull law: from an age of 0 on, linear in between; empty: none
  double most_hours = std::numeric_limits<double>::infinity();
  std::vector<double> multiplier;  ///< of the rate, by step; empty: 1

  /// Reclaims that an instance of this age has had to expect.
  double hazard(double age_hours) const;
  double hazard_per_hour(double age_hours) const;
  /// The age of so many; of several the largest that is not above `oldest_hours`.
  double age_of(double hazard, double oldest_hours) const;
  double multiplier_at(std::int64_t k) const {
    return multiplier.empty() ? 1.0 : multiplier[static_cast<std::size_t>(k)];
  }
  /// The mean of the lesser of a lifetime and `most`.
  double mean_hours() const;

  /// Of what was measured, the two points between or beyond which an age lies: the first of them.
  std::size_t piece_at(double age_hours) const;
  /// Hazard an hour from a point to the next.
  double slope(std::size_t piece) const;
  double measured_mean_hours() const;
};

/// One market along a path.
struct MarketPath {
  std::vector<double> on_demand_price, spot_price;  ///< per instance-hour, by step; empty where not sold
  CapacityPath on_demand, spot;
  Lifetimes lifetimes;             ///< of spot instances, while up
  double failures_per_hour = 0.0;  ///< per instance
};

/// What chance decides for one run of a job, whatever the plan.
struct RunDraw {
  double work_instance_hours = 0.0;
  int attempts = 1;  ///< how many it takes to please
};

struct ItemDraw {
  bool happens = true;
  double amount = 0.0;
};

struct ServerlessDraw {
  double per_request = 0.0, input_per_million = 0.0, output_per_million = 0.0;
  std::optional<double> cached_input_per_million;  ///< none: as other input
};

struct OptimizationDraw {
  double throughput = 1.0, once = 0.0;
};

/// One future.
struct World {
  std::vector<FactorPath> factors;
  std::vector<MarketPath> markets;
  std::vector<std::vector<RunDraw>> runs;  ///< [job][run]
  std::vector<ItemDraw> items;
  std::vector<DemandPath> demands;
  std::vector<std::vector<double>> rates;  ///< [service][market]: requests a second of an instance; 0: not given
  std::vector<ServerlessDraw> serverless;
  std::vector<OptimizationDraw> optimizations;
  /// [plan][contract]: share of what is owed after the horizon that will be of use; none: as it was used.
  std::vector<std::vector<std::optional<double>>> use_after;
  std::vector<std::vector<std::optional<double>>> spend_use_after;  ///< [plan][spend commitment]: likewise
  std::vector<std::vector<double>> margin_hours;                    ///< [plan][job assignment]
};

World draw_world(const scenario::Scenario& scenario, const StreamMaker& streams);

/// The instants, in steps, at which a job's runs are released: before the horizon only.
std::vector<double> release_steps(const scenario::Scenario& scenario, const scenario::Job& job);

}  // namespace costrisk::reference
