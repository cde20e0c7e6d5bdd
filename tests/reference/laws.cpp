// Quantile functions, each by its definition. A distribution function that has no inverse is inverted by halving.
#include "tests/reference/laws.hpp"

#include <cmath>
#include <limits>

namespace costrisk::reference {

namespace {

using scenario::Law;

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double triangular_at(const Law& law, double z) {
  const double width = law.high - law.low;
  if (width <= 0.0) return law.mode;
  const double below = normal_cdf(z), above = normal_cdf(-z);
  const double rising = law.mode - law.low, falling = law.high - law.mode;
  if (below * width < rising) return law.low + std::sqrt(below * width * rising);
  return law.high - std::sqrt(above * width * falling);
}

/// Of what lies between the ends: as much below the value as Φ(z) says. Above the mean all is counted from above.
double normal_at(const Law& law, double z) {
  if (std::isinf(law.least) && std::isinf(law.most)) return law.median + law.spread * z;
  const double least = (law.least - law.median) / law.spread, most = (law.most - law.median) / law.spread;
  const bool upper = least > 0.0;
  const double from = upper ? normal_cdf(-least) : normal_cdf(least), to = upper ? normal_cdf(-most) : normal_cdf(most);
  const double wanted = from + normal_cdf(z) * (to - from);
  double low = std::fmax(least, -40.0), high = std::fmin(most, 40.0);
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2.0;
    const bool is_low = upper ? normal_cdf(-middle) > wanted : normal_cdf(middle) < wanted;
    (is_low ? low : high) = middle;
  }
  return law.median + law.spread * low;
}

double pert_at(const Law& law, double z) {
  const double width = law.high - law.low;
  if (width <= 0.0) return law.mode;
  const double a = 1.0 + 4.0 * (law.mode - law.low) / width, b = 1.0 + 4.0 * (law.high - law.mode) / width;
  // From the nearer end.
  const bool from_above = z > 0.0;
  const double wanted = normal_cdf(from_above ? -z : z);
  double low = 0.0, high = 1.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2.0;
    ((from_above ? beta_cdf(b, a, middle) : beta_cdf(a, b, middle)) < wanted ? low : high) = middle;
  }
  return from_above ? law.high - low * width : law.low + low * width;
}

double discrete_at(const Law& law, double z) {
  double all = 0.0, sum = 0.0;
  for (const double weight : law.weights) all += weight;
  const double u = normal_cdf(z);
  for (std::size_t i = 0; i < law.values.size(); ++i) {
    sum += law.weights[i];
    if (sum > u * all) return law.values[i];
  }
  return law.values.back();
}

}  // namespace

// The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), forwards.
double beta_cdf(double a, double b, double x) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  if (x > (a + 1.0) / (a + b + 2.0)) return 1.0 - beta_cdf(b, a, 1.0 - x);
  constexpr double tiny = std::numeric_limits<double>::min();
  double fraction = 1.0, c = 1.0, d = 0.0;
  for (int i = 0; i < 400; ++i) {
    const double m = i / 2;
    double term = 1.0;
    if (i > 0)
      term = i % 2 == 0 ? m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
                        : -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    const double below = 1.0 + term * d, above = 1.0 + term / c;
    d = 1.0 / (std::abs(below) < tiny ? tiny : below);
    c = std::abs(above) < tiny ? tiny : above;
    fraction *= c * d;
    if (i > 0 && std::abs(1.0 - c * d) < 1e-15) break;
  }
  const double logarithm =
      a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) - std::log(a);
  return std::exp(logarithm) * (fraction - 1.0);
}

double law_at(const Law& law, double z) {
  switch (law.kind) {
    case Law::Kind::constant:
      return law.mode;
    case Law::Kind::triangular:
      return triangular_at(law, z);
    case Law::Kind::log_normal:
      return law.median * std::exp(law.spread * z);
    case Law::Kind::uniform:
      return law.low + normal_cdf(z) * (law.high - law.low);
    case Law::Kind::normal:
      return normal_at(law, z);
    case Law::Kind::pert:
      return pert_at(law, z);
    case Law::Kind::discrete:
      return discrete_at(law, z);
  }
  __builtin_unreachable();
}

}  // namespace costrisk::reference
