// Correlations of flags, and a small simulation of zones on a factor that turns them into loadings.
#include "src/calibrate/loadings.hpp"

#include <algorithm>
#include <cmath>

#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double cycles_simulated = 6000.0, largest_product = 0.98;
constexpr std::size_t most_samples = 4'000'000;

/// Standard error of the correlation of two series that remember (Bartlett 1946): √(Σ ρ_a(k)·ρ_b(k)/n), computed on
/// every k-th sample of long series.
double bartlett_se(const std::vector<bool>& a, const std::vector<bool>& b) {
  const std::size_t n = std::min(a.size(), b.size()), stride = std::max<std::size_t>(1, n / 4000);
  std::vector<bool> thin_a, thin_b;
  for (std::size_t i = 0; i < n; i += stride) {
    thin_a.push_back(a[i]);
    thin_b.push_back(b[i]);
  }
  double sum = 1.0;
  for (std::size_t lag = 1; lag < thin_a.size() / 10; ++lag) {
    const double ra = flag_correlation(thin_a, thin_a, lag), rb = flag_correlation(thin_b, thin_b, lag);
    if (ra <= 0.0 || rb <= 0.0) break;
    sum += 2.0 * ra * rb;
  }
  return std::sqrt(sum / static_cast<double>(thin_a.size()));
}

/// The lag at which the mean correlation between zones is half of what it is at once.
double half_life_of(const std::vector<Zone>& zones, double gap_hours) {
  const auto mean_correlation = [&zones](std::size_t lag) {
    double sum = 0.0;
    for (std::size_t a = 0; a < zones.size(); ++a)
      for (std::size_t b = 0; b < zones.size(); ++b)
        if (a != b) sum += flag_correlation(zones[a].up, zones[b].up, lag);
    return sum;
  };
  const double at_once = mean_correlation(0);
  double hours = 1.0;
  while (hours < hours_per_week && mean_correlation(static_cast<std::size_t>(hours / gap_hours)) > 0.5 * at_once)
    hours *= 1.15;
  return std::min(hours, hours_per_week);
}

/// The product of loadings that gives a correlation, between simulated points.
double product_for(double correlation, const Zone& a, const Zone& b, double half_life_hours, double gap_hours,
                   bool& saturated) {
  if (correlation <= 0.0) return 0.0;
  double product_below = 0.0, below = 0.0;
  for (const double product : {0.15, 0.3, 0.45, 0.6, 0.75, 0.9, largest_product}) {
    const double here = simulated_correlation(a, b, product, half_life_hours, gap_hours);
    if (here >= correlation && here > below)
      return product_below + (product - product_below) * (correlation - below) / (here - below);
    if (here > below) {
      below = here;
      product_below = product;
    }
  }
  saturated = true;
  return largest_product;
}

/// Loadings whose products come nearest to those of the pairs, by turns.
std::vector<double> nearest_loadings(const std::vector<PairCorrelation>& pairs, std::size_t zones) {
  std::vector<double> beta(zones, 0.5);
  for (int turn = 0; turn < 500; ++turn)
    for (std::size_t zone = 0; zone < zones; ++zone) {
      double above = 0.0, below = 0.0;
      for (const PairCorrelation& pair : pairs) {
        if (pair.a != zone && pair.b != zone) continue;
        const double other = beta[pair.a == zone ? pair.b : pair.a];
        above += pair.product * other;
        below += other * other;
      }
      // Halfway, since two zones alone could swap a large and a small loading for ever.
      const double best = below > 1e-12 ? std::clamp(above / below, 0.0, 0.99) : 0.0;
      beta[zone] = 0.5 * (beta[zone] + best);
    }
  return beta;
}

}  // namespace

double flag_correlation(const std::vector<bool>& a, const std::vector<bool>& b, std::size_t lag) {
  const std::size_t n = std::min(a.size(), b.size());
  if (lag >= n) return 0.0;
  double both = 0.0, in_a = 0.0, in_b = 0.0;
  const auto count = static_cast<double>(n - lag);
  for (std::size_t i = 0; i + lag < n; ++i) {
    const bool x = a[i], y = b[i + lag];
    in_a += x ? 1.0 : 0.0;
    in_b += y ? 1.0 : 0.0;
    both += x && y ? 1.0 : 0.0;
  }
  const double p = in_a / count, q = in_b / count, variance = p * (1.0 - p) * q * (1.0 - q);
  return variance > 0.0 ? (both / count - p * q) / std::sqrt(variance) : 0.0;
}

std::vector<std::vector<bool>> simulate_zones(const std::vector<Zone>& zones, const std::vector<double>& beta,
                                              double half_life_hours, double gap_hours, std::size_t samples,
                                              std::uint64_t seed) {
  Dice dice(seed);
  const double hours = gap_hours * static_cast<double>(samples), step = half_life_hours / 16.0;
  double longest = 0.0;
  for (const Zone& zone : zones) longest = std::max(longest, zone.up_hours.mean() + zone.down_hours.mean());
  const double settling = 5.0 * longest + 2.0 * half_life_hours;
  std::vector<double> factor = {dice.normal()};
  const double kept = std::exp2(-1.0 / 16.0), fresh = std::sqrt(1.0 - kept * kept);
  while (static_cast<double>(factor.size()) * step < hours + settling + step)
    factor.push_back(kept * factor.back() + fresh * dice.normal());
  std::vector<std::vector<bool>> flags;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const Zone& zone = zones[i];
    const double own = std::sqrt(1.0 - beta[i] * beta[i]);
    bool up = dice.uniform() < zone.up_hours.mean() / (zone.up_hours.mean() + zone.down_hours.mean());
    double time = -settling;
    std::vector<bool> series(samples);
    for (std::size_t at = 0; at < samples; up = !up) {
      // In a shortage, where the factor is high, up-runs are short and down-runs long.
      const auto cell = static_cast<std::size_t>((time + settling) / step);
      const double z = beta[i] * factor[std::min(cell, factor.size() - 1)] + own * dice.normal();
      const SojournLaw& law = up ? zone.up_hours : zone.down_hours;
      time += std::exp(law.mu + (up ? -law.sigma : law.sigma) * z);
      for (; at < samples && gap_hours * static_cast<double>(at) < time; ++at) series[at] = up;
    }
    flags.push_back(std::move(series));
  }
  return flags;
}

double simulated_correlation(const Zone& a, const Zone& b, double product, double half_life_hours, double gap_hours) {
  double cycle = 0.0;
  for (const Zone* zone : {&a, &b}) cycle = std::max(cycle, zone->up_hours.mean() + zone->down_hours.mean());
  const double hours = std::max(cycles_simulated * cycle, 500.0 * half_life_hours);
  const double beta = std::sqrt(product);
  // A correlation needs no finer samples than a fraction of the runs.
  const double gap = std::max(gap_hours, cycle / 50.0);
  const auto samples = std::min(most_samples, static_cast<std::size_t>(hours / gap));
  const auto flags = simulate_zones({a, b}, {beta, beta}, half_life_hours, gap, samples, 0x10AD);
  return flag_correlation(flags[0], flags[1]);
}

FactorLoadings fit_loadings(const std::vector<Zone>& zones, double gap_hours, std::optional<double> half_life_hours) {
  FactorLoadings result;
  result.half_life_given = half_life_hours.has_value();
  result.half_life_hours = half_life_hours ? *half_life_hours : half_life_of(zones, gap_hours);
  for (std::size_t a = 0; a < zones.size(); ++a)
    for (std::size_t b = a + 1; b < zones.size(); ++b) {
      PairCorrelation pair;
      pair.a = a;
      pair.b = b;
      pair.correlation = by_sum(flag_correlation(zones[a].up, zones[b].up), bartlett_se(zones[a].up, zones[b].up));
      pair.product =
          product_for(pair.correlation.value, zones[a], zones[b], result.half_life_hours, gap_hours, result.saturated);
      result.pairs.push_back(pair);
    }
  result.beta = nearest_loadings(result.pairs, zones.size());
  return result;
}

}  // namespace costrisk::calibrate
