// The laws of one trace of availability, and which of them a fragment writes.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "src/calibrate/capacity.hpp"
#include "src/calibrate/loadings.hpp"
#include "src/calibrate/sojourn.hpp"

namespace costrisk::calibrate {

/// Beyond this the likelihood speaks of runs that nobody saw.
inline constexpr double most_missed = 0.05;

struct FittedZone {
  std::string name, file;
  UpDown runs;         ///< in samples of the trace
  UpDown probed;       ///< in probes, which the laws are fitted to
  double probe = 1.0;  ///< samples from probe to probe
  std::vector<bool> flags;
  SojournFits up, down;
  double most = 0.0;  ///< largest value of the trace
  SojournBy by = SojournBy::likelihood;

  /// Share of fitted runs of a kind that fall between two probes.
  double missed() const {
    return std::max(SampledRuns::missed(up.log_normal.law), SampledRuns::missed(down.log_normal.law));
  }
  /// Share of the time up by the laws of the fragment.
  double implied_share() const {
    const double u = mean_hours(up), d = mean_hours(down);
    return u / (u + d);
  }
  double mean_hours(const SojournFits& fits) const {
    return by == SojournBy::moments ? fits.empirical_mean_hours : fits.log_normal.mean_hours.value;
  }
  double cv(const SojournFits& fits) const {
    return std::max(0.01, by == SojournBy::moments ? fits.empirical_cv : fits.log_normal.cv.value);
  }
  double mean_log_se(const SojournFits& fits) const {
    return by == SojournBy::moments ? fits.empirical_cv / std::sqrt(static_cast<double>(fits.complete))
                                    : fits.log_normal.mean_log_se;
  }
  /// The law of the fragment, in hours.
  SojournLaw law(const SojournFits& fits) const {
    const double variance = std::log1p(cv(fits) * cv(fits));
    return {SojournLaw::Kind::log_normal, std::log(mean_hours(fits)) - 0.5 * variance, std::sqrt(variance)};
  }
};

/// @throws results::FormatError: gaps in the trace, too few runs
FittedZone fitted_zone(const trace::History& trace, const std::string& name, const CapacityOptions& options);

}  // namespace costrisk::calibrate
