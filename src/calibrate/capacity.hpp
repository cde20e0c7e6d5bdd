// From traces of availability to the capacity of markets.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/loadings.hpp"
#include "src/calibrate/mean_check.hpp"
#include "src/calibrate/sojourn.hpp"
#include "src/trace/history.hpp"

namespace costrisk::calibrate {

/// What stands in the fragment as mean and cv of the runs.
enum class SojournBy {
  automatic,   ///< likelihood where the trace sees at least 95 % of the fitted runs, else moments
  likelihood,  ///< the fitted log-normal law, runs that fall between two samples included
  moments,     ///< mean and cv of the complete runs as they were seen
};

struct CapacityOptions {
  double instances = 1.0;  ///< a sample is up where its value is at least this
  SojournBy by = SojournBy::automatic;
  std::optional<double> half_life_hours;  ///< of the factor that zones share
  int replications = 199;                 ///< simulations behind each p-value
};

/// Beyond this the likelihood speaks of runs that nobody saw.
inline constexpr double most_missed = 0.05;

/// A trace of availability with its laws, and which of them a fragment has.
struct FittedZone {
  std::string file;
  trace::TimeScale scale = trace::TimeScale::elapsed;
  trace::Reading reading;
  bool at_changes = false;  ///< a log of changes, whose times are exact
  UpDown runs;              ///< in samples of the trace
  UpDown probed;            ///< in probes, which the laws are fitted to
  double probe = 1.0;       ///< samples from probe to probe
  std::vector<bool> flags;
  SojournFits up, down;
  double most = 0.0;                     ///< largest value of the trace
  SojournBy by = SojournBy::likelihood;  ///< never automatic

  /// Share of fitted runs of a kind that fall between two probes.
  double missed() const {
    return std::max(SampledRuns::missed(up.log_normal.law), SampledRuns::missed(down.log_normal.law));
  }
  /// Share of the time up by the laws as they were fitted, one by one.
  double fitted_share() const {
    const double u = fitted_mean_hours(up), d = fitted_mean_hours(down);
    return u / (u + d);
  }
  /// Of the laws as they were fitted: the mean of a run up and one down.
  double fitted_mean_hours(const SojournFits& fits) const {
    return by == SojournBy::moments ? fits.empirical_mean_hours : fits.log_normal.mean_hours.value;
  }
  /// Of the fragment: up and down together are as long as fitted, and up for the share of the time that was seen, which
  /// few or long runs at the ends of a trace would not give.
  double mean_hours(const SojournFits& fits) const { return kept_share(fits) * fitted_mean_hours(fits); }
  MeanCheck share_check() const {
    const double u = mean_hours(up), d = mean_hours(down);
    return {"share of the time up", runs.share_up, u / (u + d)};
  }
  double cv(const SojournFits& fits) const {
    return std::max(0.01, by == SojournBy::moments ? fits.empirical_cv : fits.log_normal.cv.value);
  }
  /// Of an exponential law.
  double memoryless_mean_hours(const SojournFits& fits) const {
    return kept_share(fits) *
           (by == SojournBy::moments ? fits.empirical_mean_hours : fits.exponential.mean_hours.value);
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

 private:
  double kept_share(const SojournFits& fits) const {
    const double fitted = fitted_share();
    return &fits == &up ? runs.share_up / fitted : (1.0 - runs.share_up) / (1.0 - fitted);
  }
};

/// @throws results::FormatError: gaps in the trace, too few runs
FittedZone fit_zone(const trace::History& history, const CapacityOptions& options = {});

struct Capacities {
  std::vector<FittedZone> zones;           ///< one a trace
  std::optional<FactorLoadings> loadings;  ///< what several zones have in common
};

/// @throws results::FormatError: gaps in a trace, traces of different gaps, too few runs
Capacities fit_capacities(const std::vector<trace::History>& traces, const CapacityOptions& options = {});

/// Complete runs longer than those of the row before and up to so many hours, and how many the laws expect.
struct LengthRow {
  double hours = 0.0;
  long up = 0, down = 0;
  double expected_up = 0.0, expected_down = 0.0;
};
/// By doubling lengths, from one probe on.
std::vector<LengthRow> runs_by_length(const FittedZone& zone);

}  // namespace costrisk::calibrate
