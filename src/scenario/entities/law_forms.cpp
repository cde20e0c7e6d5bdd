// One switch a question.
#include "src/scenario/entities/law_forms.hpp"

#include <algorithm>
#include <cmath>

#include <numeric>

#include "kernels/math/host.hpp"

namespace costrisk::scenario {

namespace {

double triangular_quantile(const Law& law, double level) {
  const double width = law.high - law.low;
  if (width == 0.0) return law.low;
  const double mode_level = (law.mode - law.low) / width;
  return level < mode_level ? law.low + host::square_root(level * width * (law.mode - law.low))
                            : law.high - host::square_root((1.0 - level) * width * (law.high - law.mode));
}

/// Φ(x), to 1e-15: Marsaglia, Journal of Statistical Software 11(4), 2004.
double normal_cdf(double x) {
  if (x < 0.0) return 1.0 - normal_cdf(-x);
  if (x > 8.0) return 1.0;
  double sum = x, term = x;
  for (int k = 3; term > 1e-17 * sum; k += 2) {
    term *= x * x / k;
    sum += term;
  }
  constexpr double inverse_root_of_two_pi = 0.3989422804014327;
  return std::min(1.0, 0.5 + sum * inverse_root_of_two_pi * host::exponential(-0.5 * x * x));
}

/// The x in [low, high] at which a rising function reaches `level`.
template <class Function>
double inverse(double level, double low, double high, Function function) {
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (function(middle) < level ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// How much of a normal law lies below a value.
double normal_level(const Law& law, double value) {
  if (std::isinf(value)) return value < 0.0 ? 0.0 : 1.0;
  return normal_cdf((value - law.median) / law.spread);
}
double normal_quantile(const Law& law, double level, double z) {
  if (!is_cut_off(law))
    return std::isinf(z) ? law.median + std::copysign(extreme_deviations, z) * law.spread : law.median + law.spread * z;
  const double below = normal_level(law, law.least), above = normal_level(law, law.most);
  const double low = std::max(law.least, law.median - 8.0 * law.spread);
  const double high = std::min(law.most, law.median + 8.0 * law.spread);
  return inverse(below + level * (above - below), low, high, [&](double value) { return normal_level(law, value); });
}

constexpr int beta_nodes = 4096;
/// 3t² − 2t³, which takes the steepness out of both ends of a beta law.
double beta_position(double t) { return t * t * (3.0 - 2.0 * t); }

/// The distribution function of a PERT law over t at nodes from 0 to 1, not normed: Simpson's rule.
std::vector<double> beta_sums(const Law& law) {
  const double width = law.high - law.low;
  const double a = 4.0 * (law.mode - law.low) / width, b = 4.0 * (law.high - law.mode) / width;
  const auto density = [&](int half_node) {
    if (half_node == 0 || half_node == 2 * beta_nodes) return 0.0;
    const double t = half_node / (2.0 * beta_nodes), rest = 1.0 - t;
    return host::exponential(a * host::logarithm(beta_position(t)) + b * host::logarithm(beta_position(rest))) * t *
           rest;
  };
  std::vector<double> sums = {0.0};
  for (int i = 0; i < beta_nodes; ++i)
    sums.push_back(sums.back() + density(2 * i) + 4.0 * density(2 * i + 1) + density(2 * i + 2));
  return sums;
}
double pert_quantile(const Law& law, const std::vector<double>& sums, double level) {
  const double wanted = level * sums.back();
  const auto above = std::upper_bound(sums.begin() + 1, sums.end() - 1, wanted);
  const double low = above[-1], high = *above;
  const double part = high > low ? std::clamp((wanted - low) / (high - low), 0.0, 1.0) : 0.0;
  const double t = (static_cast<double>(above - sums.begin()) - 1.0 + part) / beta_nodes;
  return law.low + (law.high - law.low) * beta_position(t);
}

double discrete_quantile(const Law& law, double level) {
  const double wanted = level * std::accumulate(law.weights.begin(), law.weights.end(), 0.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < law.values.size(); ++i) {
    sum += law.weights[i];
    if (sum > wanted) return law.values[i];
  }
  return highest(law);
}

double log_normal_quantile(const Law& law, double z) {
  if (std::isinf(z)) return z < 0.0 ? 0.0 : z;
  return law.median * host::exponential(law.spread * z);
}

}  // namespace

double quantile(const Law& law, double level, double z) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return triangular_quantile(law, level);
    case LawKind::log_normal:
      return log_normal_quantile(law, z);
    case LawKind::uniform:
      return law.low + level * (law.high - law.low);
    case LawKind::normal:
      return normal_quantile(law, level, z);
    case LawKind::pert:
      return pert_quantile(law, beta_sums(law), level);
    case LawKind::discrete:
      return discrete_quantile(law, level);
  }
  __builtin_unreachable();
}

LawQuantiles::LawQuantiles(const Law& law) : law_(law) {
  switch (law.kind) {
    case LawKind::pert:
      sums_ = beta_sums(law);
      return;
    case LawKind::constant:
    case LawKind::triangular:
    case LawKind::uniform:
    case LawKind::normal:
    case LawKind::log_normal:
    case LawKind::discrete:
      return;
  }
  __builtin_unreachable();
}

double LawQuantiles::at(double z) const {
  const double level = normal_cdf(z);
  return sums_.empty() ? quantile(law_, level, z) : pert_quantile(law_, sums_, level);
}

double center_of(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
    case LawKind::triangular:
    case LawKind::pert:
      return law.mode;
    case LawKind::log_normal:
      return law.median;
    case LawKind::uniform:
      return 0.5 * (law.low + law.high);
    case LawKind::normal:
      return std::clamp(law.median, law.least, law.most);
    case LawKind::discrete:
      return discrete_quantile(law, 0.5);
  }
  __builtin_unreachable();
}

double usual_value(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return (law.low + law.mode + law.high) / 3.0;
    case LawKind::pert:
      return (law.low + 4.0 * law.mode + law.high) / 6.0;
    case LawKind::log_normal:
      return law.median;
    case LawKind::uniform:
    case LawKind::normal:
      return center_of(law);
    case LawKind::discrete:
      return std::inner_product(law.values.begin(), law.values.end(), law.weights.begin(), 0.0) /
             std::accumulate(law.weights.begin(), law.weights.end(), 0.0);
  }
  __builtin_unreachable();
}

double lowest(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
    case LawKind::pert:
    case LawKind::uniform:
      return law.low;
    case LawKind::log_normal:
      return law.median * std::exp(-extreme_deviations * law.spread);
    case LawKind::normal:
      return std::max(law.least, law.median - extreme_deviations * law.spread);
    case LawKind::discrete:
      return law.values.front();
  }
  __builtin_unreachable();
}

double highest(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
    case LawKind::pert:
    case LawKind::uniform:
      return law.high;
    case LawKind::log_normal:
      return law.median * std::exp(extreme_deviations * law.spread);
    case LawKind::normal:
      return std::min(law.most, law.median + extreme_deviations * law.spread);
    case LawKind::discrete:
      return law.values.back();
  }
  __builtin_unreachable();
}

bool has_end(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
    case LawKind::triangular:
    case LawKind::uniform:
    case LawKind::normal:
    case LawKind::pert:
    case LawKind::discrete:
      return true;
    case LawKind::log_normal:
      return false;
  }
  __builtin_unreachable();
}

/// Whether its spread is an amount, and its ends may cut it off.
static bool is_normal(const Law& law) {
  switch (law.kind) {
    case LawKind::normal:
      return true;
    case LawKind::constant:
    case LawKind::triangular:
    case LawKind::uniform:
    case LawKind::log_normal:
    case LawKind::pert:
    case LawKind::discrete:
      return false;
  }
  __builtin_unreachable();
}

bool is_cut_off(const Law& law) {
  return is_normal(law) && (law.median - law.least < extreme_deviations * law.spread ||
                            law.most - law.median < extreme_deviations * law.spread);
}

Law scaled(Law law, double factor) {
  for (double Law::*value : {&Law::low, &Law::mode, &Law::high, &Law::median, &Law::least, &Law::most})
    law.*value *= factor;
  for (double& value : law.values) value *= factor;
  if (is_normal(law)) law.spread *= factor;
  return law;
}

double rough_log_deviation(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return 0.0;
    case LawKind::triangular:
    case LawKind::uniform:
    case LawKind::normal:
    case LawKind::pert:
    case LawKind::discrete: {
      const double high = highest(law);
      return std::log(high / std::max(lowest(law), 1e-3 * high)) / 4.0;
    }
    case LawKind::log_normal:
      return law.spread;
  }
  __builtin_unreachable();
}

std::vector<LawEntry> entries_of(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return {};
    case LawKind::triangular:
      return {{"low", law.low}, {"mode", law.mode}, {"high", law.high}};
    case LawKind::log_normal:
      return {{"median", law.median}, {"spread", law.spread, false}};
    case LawKind::uniform:
      return {{"from", law.low}, {"to", law.high}};
    case LawKind::normal:
      return {{"mean", law.median}, {"sd", law.spread}};
    case LawKind::pert:
      return {{"min", law.low}, {"mode", law.mode}, {"max", law.high}};
    case LawKind::discrete:  // values and weights are lists
      return {};
  }
  __builtin_unreachable();
}

}  // namespace costrisk::scenario
