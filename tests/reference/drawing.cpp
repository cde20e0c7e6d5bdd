// Loadings, Ornstein–Uhlenbeck processes, renewals.
#include "tests/reference/drawing.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/laws.hpp"

namespace costrisk::reference {

double snap(double x, double tolerance) {
  const double whole = std::rint(x);
  return std::abs(x - whole) <= std::max(std::abs(whole) / 1048576.0, tolerance) ? whole : x;
}

std::int64_t first_step_from(double steps) {
  return static_cast<std::int64_t>(std::ceil(snap(std::min(steps, 1e15), time_tolerance)));
}

LogNormal::LogNormal(double mean, double cv) {
  const double variance = std::log1p(cv * cv);
  mu = std::log(mean) - variance / 2.0;
  sigma = std::sqrt(variance);
}

double LogNormal::at(double z) const { return std::exp(mu + sigma * z); }

std::vector<double> ornstein_uhlenbeck(double half_life_steps, std::int64_t steps, Stream& stream) {
  const double kept = std::exp2(-1.0 / half_life_steps);
  const double fresh = std::sqrt(1.0 - kept * kept);
  std::vector<double> path(steps);
  double x = stream.normal();
  for (double& value : path) {
    value = x;
    x = kept * x + fresh * stream.normal();
  }
  return path;
}

double Drawer::common_at(const scenario::Loadings& loadings, std::int64_t step) const {
  double sum = 0.0;
  for (const scenario::Loading& loading : loadings) sum += loading.beta * factors_[loading.factor].value[step];
  return sum;
}

double Drawer::own_weight(const scenario::Loadings& loadings) {
  double squares = 0.0;
  for (const scenario::Loading& loading : loadings) squares += loading.beta * loading.beta;
  return std::sqrt(std::max(0.0, 1.0 - squares));
}

double Drawer::law(const scenario::Law& law, Stream& stream) const {
  double z = own_weight(law.loading) * stream.normal();
  for (const scenario::Loading& loading : law.loading) z += loading.beta * factors_[loading.factor].state[0];
  return law_at(law, z);
}

double Drawer::law(const scenario::Law& law, const std::string& role) const {
  Stream own = stream(role);
  return this->law(law, own);
}

std::vector<double> Drawer::fluctuation(const scenario::Process& process, const std::string& role) const {
  Stream draws = stream(role);
  std::vector<double> path = ornstein_uhlenbeck(in_steps(process.half_life_seconds), steps_, draws);
  const double weight = own_weight(process.loading);
  const double v = process.volatility;
  for (std::int64_t k = 0; k < steps_; ++k) {
    const double z = common_at(process.loading, k) + weight * path[k];
    path[k] = std::exp(v * z - v * v / 2.0);
  }
  return path;
}

std::vector<char> Drawer::renewal(const scenario::Renewal& renewal, const std::string& role) const {
  Stream draws = stream(role);
  const double mean_gap = in_steps(renewal.every_seconds);
  const double mean_duration = in_steps(renewal.duration.mean_seconds);
  const LogNormal duration(mean_duration, renewal.duration.cv);
  std::vector<char> on(steps_, 0);
  bool is_on = draws.uniform() < mean_duration / (mean_duration + mean_gap);
  double end = is_on ? draws.uniform() * duration.at(draws.normal() + duration.sigma) : mean_gap * draws.exponential();
  for (std::int64_t k = 0; k < steps_; ++k) {
    while (end <= static_cast<double>(k)) {
      is_on = !is_on;
      end += is_on ? std::max(duration.at(draws.normal()), shortest_sojourn_steps) : mean_gap * draws.exponential();
    }
    on[k] = is_on ? 1 : 0;
  }
  return on;
}

}  // namespace costrisk::reference
