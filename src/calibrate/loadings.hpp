// What zones have in common: the correlation of their availability, as loadings on one factor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/sojourn.hpp"

namespace costrisk::calibrate {

struct Zone {
  std::vector<bool> up;             ///< a flag a sample; zones are compared over the samples that all have
  SojournLaw up_hours, down_hours;  ///< fitted laws, in hours
};

struct PairCorrelation {
  std::size_t a = 0, b = 0;  ///< indices of zones
  Estimate correlation;      ///< of the flags; Bartlett's standard error, for series that remember
  double product = 0.0;      ///< β_a·β_b at which the model's correlation is this one
};

struct FactorLoadings {
  double half_life_hours = 0.0;  ///< of the factor
  bool half_life_given = false;
  std::vector<PairCorrelation> pairs;
  std::vector<double> beta;  ///< one a zone
  bool saturated = false;    ///< a correlation is beyond what full loadings reach
};

/// The half-life of the factor is the lag at which the mean correlation between zones has fallen to half of what it is
/// at once (within 1 h and a week), unless it is given. The product of the loadings of each pair is found by simulating
/// both zones with their laws; the loadings are those of one factor whose products come nearest.
FactorLoadings fit_loadings(const std::vector<Zone>& zones, double gap_hours,
                            std::optional<double> half_life_hours = std::nullopt);

/// Correlation of the flags of two zones whose sojourns load β = √product on one factor, in a long simulation.
double simulated_correlation(const Zone& a, const Zone& b, double product, double half_life_hours, double gap_hours);

/// Flags of zones that load `beta` on one factor of unit variance, from the same dice for the same arguments.
std::vector<std::vector<bool>> simulate_zones(const std::vector<Zone>& zones, const std::vector<double>& beta,
                                              double half_life_hours, double gap_hours, std::size_t samples,
                                              std::uint64_t seed);

/// Pearson's correlation of two series of flags, over the samples that both have, the second one shifted by `lag`.
double flag_correlation(const std::vector<bool>& a, const std::vector<bool>& b, std::size_t lag = 0);

}  // namespace costrisk::calibrate
