// How long runs of availability last: laws fitted to runs that were seen at even distances of time.
#pragma once

#include <string>
#include <vector>

#include "src/calibrate/statistics.hpp"

namespace costrisk::calibrate {

/// Runs of one kind (up, or down) of a trace, counted in its samples.
struct Runs {
  double gap_hours = 0.0;
  std::vector<int> complete;  ///< samples of each run that both began and ended within the trace
  int first = 0;  ///< samples of the run that the trace begins with, where it is of this kind; its start is unseen
  int last = 0;   ///< likewise of the run it ends with, whose end is unseen

  double hours() const;  ///< of all runs, censored ones too
};

struct UpDown {
  Runs up, down;
  int samples = 0;
  double share_up = 0.0;
};

/// @param up one flag a sample
UpDown runs_of(const std::vector<bool>& up, double gap_hours);

/// Traces are often filled in between probes that are farther apart than their samples: then no run is shorter than a
/// probe's distance, and runs are multiples of it.
/// @returns the distance of the probes in samples; 1 where every sample is one
double probe_samples(const UpDown& runs);

/// The runs counted in probes that are so many samples apart.
UpDown in_probes(const UpDown& runs, double samples);

/// A law of sojourns, in gaps, with what the likelihood of sampled runs asks of it.
struct SojournLaw {
  enum class Kind { log_normal, exponential };
  Kind kind = Kind::log_normal;
  double mu = 0.0;     ///< log-normal: mean of the logarithm of gaps; exponential: logarithm of the mean
  double sigma = 1.0;  ///< log-normal: standard deviation of the logarithm

  double mean() const;
  double cdf(double x) const;
  /// ∫₀ˣ of the distribution function.
  double area(double x) const;
  double draw(Dice& dice) const;
};

/// What a law says of runs seen at samples. A sojourn starts at an even distance from the next sample, so a complete
/// run of m samples has the chance area(m+1) − 2·area(m) + area(m−1), given that any sample saw it; the last run is
/// censored on the right; the first one is a stationary process met at random, of density (1 − F)/mean.
class SampledRuns {
 public:
  explicit SampledRuns(const Runs& runs);

  double log_likelihood(const SojournLaw& law) const;
  /// Chance of at most m samples, given at least one.
  static double cdf(const SojournLaw& law, int m);
  /// Chance that no sample sees a sojourn.
  static double missed(const SojournLaw& law);
  /// Samples of a run that is seen.
  static int draw(const SojournLaw& law, Dice& dice);
  /// Largest distance between the distribution functions of the complete runs and of the law.
  double distance(const SojournLaw& law) const;

 private:
  std::vector<std::pair<int, int>> counts_;  ///< samples, how many complete runs of that many
  int runs_ = 0, first_ = 0, last_ = 0;
};

/// A law fitted by maximum likelihood.
struct SojournFit {
  SojournLaw law;
  Estimate mean_hours, cv;   ///< cv of the exponential law is 1
  double mean_log_se = 0.0;  ///< standard error of the logarithm of the mean
  double log_likelihood = 0.0, aic = 0.0;
  double ks_distance = 0.0, ks_p = 1.0;  ///< Kolmogorov–Smirnov; the p-value by simulation and refitting
};

struct SojournFits {
  SojournFit log_normal, exponential;
  double empirical_log_likelihood = 0.0, empirical_aic = 0.0;  ///< of the observed shares of run lengths themselves
  double empirical_mean_hours = 0.0, empirical_cv = 0.0;       ///< complete runs
  int complete = 0, censored = 0;
};

/// Fewest complete runs that a law is fitted to.
inline constexpr int fewest_runs = 8;

SojournFit fit_log_normal(const Runs& runs);
SojournFit fit_exponential(const Runs& runs);

/// Both laws with their tests.
/// @param replications simulations behind each p-value; 0: no test
/// @throws TooLittleData where there are fewer than `fewest_runs` complete runs
SojournFits fit_sojourns(const Runs& runs, const std::string& what, int replications = 199);

/// How the chance of ending changes with age.
struct HazardBin {
  double from_hours = 0.0, to_hours = 0.0;  ///< infinity at the end
  double exposure_hours = 0.0;
  int ends = 0;
  Estimate per_hour;
};

/// By age under 15 min, to 1 h, 4 h, 24 h and beyond. A run of m samples ends half a gap after its last.
std::vector<HazardBin> hazard_by_age(const Runs& runs);
/// Likewise of durations in hours that ended or did not.
std::vector<HazardBin> hazard_by_age(const std::vector<double>& hours, const std::vector<bool>& ended);

}  // namespace costrisk::calibrate
