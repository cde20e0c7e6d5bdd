// How laws, processes and renewals are drawn on one path, with their loadings on the factors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/random.hpp"

namespace costrisk::reference {

/// The tolerance of comparisons of times, in steps.
inline constexpr double time_tolerance = 1.0 / 1024.0;

/// Sojourns, shocks and bursts are at least this long.
inline constexpr double shortest_sojourn_steps = 1.0 / 4096.0;

/// The nearest whole number where `x` is within tolerance of it, else `x`.
double snap(double x, double tolerance);

/// The first step whose start is at or after this instant.
std::int64_t first_step_from(double steps);

/// Log-normal by mean and coefficient of variation: exp(mu + sigma·z).
struct LogNormal {
  double mu = 0.0, sigma = 0.0;
  LogNormal(double mean, double cv);
  double at(double z) const;
};

/// A stationary Ornstein–Uhlenbeck process of unit variance on the grid.
std::vector<double> ornstein_uhlenbeck(double half_life_steps, std::int64_t steps, Stream& stream);

/// One factor along a path, a value per step.
struct FactorPath {
  std::vector<double> state;  ///< stationary Ornstein–Uhlenbeck, N(0, 1), without shocks
  std::vector<double> value;  ///< with them
};

/// Draws on one path, given its factors.
class Drawer {
 public:
  Drawer(const scenario::Scenario& scenario, const StreamMaker& streams, const std::vector<FactorPath>& factors)
      : scenario_(scenario), streams_(streams), factors_(factors), steps_(scenario.steps()) {}

  double in_steps(double seconds) const { return seconds / scenario_.step_seconds; }
  Stream stream(const std::string& role) const { return streams_(role); }

  /// Σ beta·F at a step.
  double common_at(const scenario::Loadings& loadings, std::int64_t step) const;
  /// What Σ beta² leaves for what is one's own.
  static double own_weight(const scenario::Loadings& loadings);

  /// A law loads on the factors at the start, without their shocks.
  double law(const scenario::Law& law, Stream& stream) const;
  double law(const scenario::Law& law, const std::string& role) const;

  /// exp(v·z − v²/2) by step, z a loaded process.
  std::vector<double> fluctuation(const scenario::Process& process, const std::string& role) const;

  /// On/off renewal by step with exponential gaps and log-normal durations, from a stationary start: on with its
  /// long-run share, the duration then length-biased with a uniform part of it left.
  std::vector<char> renewal(const scenario::Renewal& renewal, const std::string& role) const;

 private:
  const scenario::Scenario& scenario_;
  const StreamMaker& streams_;
  const std::vector<FactorPath>& factors_;
  const std::int64_t steps_;
};

}  // namespace costrisk::reference
