// The likelihood of sampled runs, its maximum, and tests of the laws by simulation.
#include "src/calibrate/sojourn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "src/calibrate/minimize.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Up to here second differences of the area are exact enough; from here on the density at m is (its relative error is
/// of the order of 1/(12 m²)).
constexpr int longest_difference = 200;

constexpr double log_root_two_pi = 0.9189385332046727;

double log_of(double chance) { return std::log(std::max(chance, 1e-300)); }

double log_density(const SojournLaw& law, double x) {
  if (law.kind == SojournLaw::Kind::exponential) return -law.mu - x * std::exp(-law.mu);
  const double z = (std::log(x) - law.mu) / law.sigma;
  return -0.5 * z * z - std::log(x * law.sigma) - log_root_two_pi;
}

/// The chance that the sample after the m-th no longer sees a sojourn met at random, divided by its mean.
double log_first(const SojournLaw& law, int m) { return log_of((1.0 - (law.area(m) - law.area(m - 1))) / law.mean()); }

/// ln of the chance that a run seen at its start has at least m samples.
double log_last(const SojournLaw& law, int m) { return log_of(1.0 - (law.area(m) - law.area(m - 1))); }

void add_up(HazardBin& bin, double hours, bool ended) {
  bin.exposure_hours += std::clamp(hours, bin.from_hours, bin.to_hours) - bin.from_hours;
  if (ended && hours > bin.from_hours && hours <= bin.to_hours) ++bin.ends;
}

/// Runs that a test simulates at most. A distance shrinks with the root of their number, by which it is compared.
constexpr std::size_t most_simulated_runs = 5000;

/// The p-value of a test: how often refits to simulated runs are farther from their own law than the data from theirs.
double simulated_p(const Runs& runs, const SojournFit& fit, int replications) {
  Dice dice(0x5EEDull + static_cast<std::uint64_t>(runs.complete.size()));
  int farther = 0;
  Runs simulated;
  simulated.gap_hours = runs.gap_hours;
  simulated.complete.resize(std::min(runs.complete.size(), most_simulated_runs));
  const double scale =
      std::sqrt(static_cast<double>(simulated.complete.size()) / static_cast<double>(runs.complete.size()));
  for (int i = 0; i < replications; ++i) {
    for (int& m : simulated.complete) m = SampledRuns::draw(fit.law, dice);
    const SojournFit again =
        fit.law.kind == SojournLaw::Kind::log_normal ? fit_log_normal(simulated) : fit_exponential(simulated);
    farther += again.ks_distance * scale >= fit.ks_distance ? 1 : 0;
  }
  return (farther + 1.0) / (replications + 1.0);
}

}  // namespace

double Runs::hours() const {
  return gap_hours * (std::accumulate(complete.begin(), complete.end(), 0.0) + first + last);
}

UpDown runs_of(const std::vector<bool>& up, double gap_hours) {
  UpDown result;
  result.up.gap_hours = result.down.gap_hours = gap_hours;
  result.samples = static_cast<int>(up.size());
  result.share_up = static_cast<double>(std::count(up.begin(), up.end(), true)) / static_cast<double>(up.size());
  for (std::size_t begin = 0; begin < up.size();) {
    std::size_t end = begin;
    while (end < up.size() && up[end] == up[begin]) ++end;
    Runs& runs = up[begin] ? result.up : result.down;
    const int samples = static_cast<int>(end - begin);
    if (begin == 0)
      runs.first = samples;
    else if (end == up.size())
      runs.last = samples;
    else
      runs.complete.push_back(samples);
    begin = end;
  }
  return result;
}

double probe_samples(const UpDown& runs) {
  std::vector<int> lengths;
  for (const Runs* side : {&runs.up, &runs.down})
    for (const int m : side->complete)
      if (m <= 60) lengths.push_back(m);
  if (lengths.size() < 20) return 1.0;
  const int shortest = *std::min_element(lengths.begin(), lengths.end());
  if (shortest < 2) return 1.0;
  // Lengths that are multiples of a period point the same way on a circle of that circumference.
  double best = 1.0, best_strength = 0.6;
  for (double period = shortest - 0.9; period < shortest + 1.0; period += 0.002) {
    double along = 0.0;
    for (const int m : lengths) along += std::cos(2.0 * M_PI * m / period);
    if (const double strength = along / static_cast<double>(lengths.size()); strength > best_strength) {
      best = period;
      best_strength = strength;
    }
  }
  return best;
}

UpDown in_probes(const UpDown& runs, double samples) {
  UpDown result = runs;
  for (Runs* side : {&result.up, &result.down}) {
    const auto counted = [samples](int m) { return std::max(1, static_cast<int>(std::lround(m / samples))); };
    for (int& m : side->complete) m = counted(m);
    if (side->first > 0) side->first = counted(side->first);
    if (side->last > 0) side->last = counted(side->last);
    side->gap_hours *= samples;
  }
  return result;
}

double SojournLaw::mean() const {
  return kind == Kind::exponential ? std::exp(mu) : std::exp(mu + 0.5 * sigma * sigma);
}

double SojournLaw::cdf(double x) const {
  if (x <= 0.0) return 0.0;
  return kind == Kind::exponential ? -std::expm1(-x * std::exp(-mu)) : normal_cdf((std::log(x) - mu) / sigma);
}

double SojournLaw::area(double x) const {
  if (x <= 0.0) return 0.0;
  if (kind == Kind::exponential) return x - std::exp(mu) * cdf(x);
  const double z = (std::log(x) - mu) / sigma;
  return x * normal_cdf(z) - mean() * normal_cdf(z - sigma);
}

double SojournLaw::draw(Dice& dice) const {
  return kind == Kind::exponential ? -std::exp(mu) * std::log(dice.uniform()) : std::exp(mu + sigma * dice.normal());
}

SampledRuns::SampledRuns(const Runs& runs)
    : runs_(static_cast<int>(runs.complete.size())), first_(runs.first), last_(runs.last) {
  std::map<int, int> counts;
  for (const int m : runs.complete) ++counts[m];
  counts_.assign(counts.begin(), counts.end());
}

double SampledRuns::missed(const SojournLaw& law) { return law.area(1.0); }

double SampledRuns::cdf(const SojournLaw& law, int m) {
  // The sum over 1…m of the second differences of the area, over the chance of being seen.
  const double seen = 1.0 - missed(law);
  return (law.area(m + 1) - law.area(m) - missed(law)) / seen;
}

int SampledRuns::draw(const SojournLaw& law, Dice& dice) {
  for (;;) {
    const double samples = std::ceil(law.draw(dice) - dice.uniform());
    if (samples >= 1.0) return static_cast<int>(std::min(samples, 1e9));
  }
}

double SampledRuns::log_likelihood(const SojournLaw& law) const {
  const double log_seen = log_of(1.0 - missed(law));
  double sum = 0.0, below = 0.0, here = law.area(1.0);
  int at = 1;
  for (const auto& [m, count] : counts_) {
    double log_chance = 0.0;
    if (m > longest_difference) {
      log_chance = log_density(law, m);
    } else {
      if (m > at) {
        below = law.area(m - 1);
        here = law.area(m);
      }
      const double above = law.area(m + 1);
      log_chance = log_of(above - 2.0 * here + below);
      below = here;
      here = above;
      at = m + 1;
    }
    sum += count * (log_chance - log_seen);
  }
  if (first_ > 0) sum += log_first(law, first_);
  if (last_ > 0) sum += log_last(law, last_) - log_seen;
  return sum;
}

double SampledRuns::distance(const SojournLaw& law) const {
  double farthest = 0.0;
  int below = 0;
  for (const auto& [m, count] : counts_) {
    // Both functions are steps at whole samples: compare just before this length and at it.
    farthest = std::max(farthest, std::abs(static_cast<double>(below) / runs_ - (m > 1 ? cdf(law, m - 1) : 0.0)));
    below += count;
    farthest = std::max(farthest, std::abs(static_cast<double>(below) / runs_ - cdf(law, m)));
  }
  return farthest;
}

SojournFit fit_log_normal(const Runs& runs) {
  const SampledRuns sampled(runs);
  std::vector<double> logs;
  for (const int m : runs.complete) logs.push_back(std::log(m));
  const auto law_at = [](const std::vector<double>& x) {
    return SojournLaw{SojournLaw::Kind::log_normal, x[0], std::exp(std::clamp(x[1], -5.0, 3.0))};
  };
  const Objective cost = [&](const std::vector<double>& x) { return -sampled.log_likelihood(law_at(x)); };
  const std::vector<double> best = minimize(cost, {mean_of(logs), std::log(std::max(sd_of(logs), 0.3))}, 0.3,
                                            runs.complete.size() > 5000 ? 200 : 300);
  SojournFit fit;
  fit.law = law_at(best);
  fit.log_likelihood = -cost(best);
  fit.aic = 4.0 - 2.0 * fit.log_likelihood;
  fit.ks_distance = sampled.distance(fit.law);
  // The logarithm of the mean is mu + σ²/2, and cv² + 1 = exp(σ²); x[1] is ln σ.
  const Eigen::MatrixXd covariance = covariance_at(cost, best);
  const double variance_of_sigma = fit.law.sigma * fit.law.sigma;
  fit.mean_log_se = std::sqrt(covariance(0, 0) + 2.0 * variance_of_sigma * covariance(0, 1) +
                              variance_of_sigma * variance_of_sigma * covariance(1, 1));
  fit.mean_hours = by_log(fit.law.mean() * runs.gap_hours, fit.mean_log_se);
  const auto cv = [](double sigma) { return std::sqrt(std::expm1(sigma * sigma)); };
  const double se = std::sqrt(covariance(1, 1));
  fit.cv = {cv(fit.law.sigma), cv(fit.law.sigma * std::exp(-results::z_of_95_percent * se)),
            cv(fit.law.sigma * std::exp(results::z_of_95_percent * se))};
  return fit;
}

SojournFit fit_exponential(const Runs& runs) {
  // At even samples it is a geometric law, whose likelihood is greatest where its chance to go on is the share of
  // samples that were followed by another one of the run.
  const double ended = static_cast<double>(runs.complete.size()) + (runs.first > 0 ? 1.0 : 0.0);
  const double samples = runs.hours() / runs.gap_hours;
  const double went_on = samples - ended - (runs.last > 0 ? 1.0 : 0.0);
  const double trials = went_on + ended;
  const double q = std::clamp(went_on / trials, 1e-9, 1.0 - 1e-9);
  SojournFit fit;
  fit.law = {SojournLaw::Kind::exponential, -std::log(-std::log(q)), 1.0};
  fit.log_likelihood = SampledRuns(runs).log_likelihood(fit.law);
  fit.aic = 2.0 - 2.0 * fit.log_likelihood;
  fit.ks_distance = SampledRuns(runs).distance(fit.law);
  // d ln(mean)/dq = −1/(q ln q); the variance of q is q(1−q)/trials.
  fit.mean_log_se = std::sqrt((1.0 - q) / (q * trials)) / -std::log(q);
  fit.mean_hours = by_log(fit.law.mean() * runs.gap_hours, fit.mean_log_se);
  fit.cv = {1.0, 1.0, 1.0};
  return fit;
}

SojournFits fit_sojourns(const Runs& runs, const std::string& what, int replications) {
  SojournFits fits;
  fits.complete = static_cast<int>(runs.complete.size());
  fits.censored = (runs.first > 0 ? 1 : 0) + (runs.last > 0 ? 1 : 0);
  if (fits.complete < fewest_runs)
    throw TooLittleData(fmt::format(
        "{} has {} complete runs; a law needs at least {}: take a longer trace, or a market that changes more often",
        what, fits.complete, fewest_runs));
  fits.log_normal = fit_log_normal(runs);
  fits.exponential = fit_exponential(runs);
  if (replications > 0)
    for (SojournFit* fit : {&fits.log_normal, &fits.exponential}) fit->ks_p = simulated_p(runs, *fit, replications);
  std::map<int, int> counts;
  std::vector<double> hours;
  for (const int m : runs.complete) {
    ++counts[m];
    hours.push_back(m * runs.gap_hours);
  }
  for (const auto& [m, count] : counts)
    fits.empirical_log_likelihood += count * std::log(static_cast<double>(count) / fits.complete);
  fits.empirical_aic = 2.0 * static_cast<double>(counts.size() - 1) - 2.0 * fits.empirical_log_likelihood;
  fits.empirical_mean_hours = mean_of(hours);
  fits.empirical_cv = sd_of(hours) / fits.empirical_mean_hours;
  return fits;
}

std::vector<HazardBin> hazard_by_age(const std::vector<double>& hours, const std::vector<bool>& ended) {
  std::vector<HazardBin> bins;
  double from = 0.0;
  for (const double to : {0.25, 1.0, 4.0, 24.0, infinite}) {
    HazardBin bin;
    bin.from_hours = from;
    bin.to_hours = to;
    for (std::size_t i = 0; i < hours.size(); ++i)
      if (hours[i] > from) add_up(bin, hours[i], ended[i]);
    if (bin.exposure_hours > 0.0) bin.per_hour = poisson_rate(bin.ends, bin.exposure_hours);
    bins.push_back(bin);
    from = to;
  }
  return bins;
}

std::vector<HazardBin> hazard_by_age(const Runs& runs) {
  std::vector<double> hours;
  std::vector<bool> ended;
  for (const int m : runs.complete) {
    hours.push_back(m * runs.gap_hours);
    ended.push_back(true);
  }
  if (runs.last > 0) {
    hours.push_back(runs.last * runs.gap_hours);
    ended.push_back(false);
  }
  return hazard_by_age(hours, ended);
}

}  // namespace costrisk::calibrate
