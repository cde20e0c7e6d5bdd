// By Erlang's recursion in the number of servers; for the fraction of one it starts from the incomplete gamma function.
#include "src/scenario/lower/erlang.hpp"

#include <cmath>

#include "kernels/math/host.hpp"
#include "kernels/model/services/erlang.hpp"

namespace costrisk::scenario {

namespace {

/// 1/B for x servers, 0 <= x < 1, which are offered a: a·∫₀^∞ e^(−a·t)·(1 + t)^x dt, by the continued fraction of the
/// incomplete gamma function (Abramowitz and Stegun 6.5.31 after a contraction), evaluated by Lentz's method.
double inverse_loss_of_fraction(double x, double a) {
  if (x == 0.0) return 1.0;
  constexpr double tiny = 1e-300, enough = 1e-15;
  const auto nonzero = [](double value) { return value == 0.0 ? tiny : value; };
  double fraction = nonzero(a - x), c = fraction, d = 0.0;
  for (int k = 1; k < 100'000; ++k) {
    const double numerator = -k * (k - 1.0 - x), denominator = a - x + 2.0 * k;
    d = 1.0 / nonzero(denominator + numerator * d);
    c = nonzero(denominator + numerator / c);
    const double factor = c * d;
    fraction *= factor;
    if (std::abs(factor - 1.0) < enough) break;
  }
  return a / fraction;
}

/// 1 / (1 + slack·Φ(slack)/φ(slack)), with Φ/φ by its series.
double chance_with_many_servers(double slack) {
  constexpr double half_root_of_two_pi = 1.2533141373155003;
  double ratio = half_root_of_two_pi * host::exponential(0.5 * slack * slack), term = slack;
  for (int k = 1; term > 1e-18 * ratio; ++k) {
    ratio += term;
    term *= slack * slack / (2.0 * k + 1.0);
  }
  return 1.0 / (1.0 + slack * ratio);
}

}  // namespace

double chance_to_wait(double servers, double load) {
  if (load <= 0.0) return 0.0;
  const double offered = load * servers, whole = std::floor(servers);
  double inverse_loss = inverse_loss_of_fraction(servers - whole, offered);
  for (double n = servers - whole + 1.0; n <= servers; n += 1.0) inverse_loss = 1.0 + n / offered * inverse_loss;
  const double loss = 1.0 / inverse_loss;
  return loss / (1.0 - load * (1.0 - loss));
}

std::vector<float> chances_to_wait() {
  std::vector<float> table;
  for (int i = 0; i <= erlang_intervals; ++i)
    for (int j = 0; j < erlang_columns; ++j) {
      const double slack = static_cast<double>(j) / erlang_intervals;
      const double inverse_root = static_cast<double>(i) / erlang_intervals;
      const double chance = i == 0 ? chance_with_many_servers(slack)
                                   : chance_to_wait(1.0 / (inverse_root * inverse_root), 1.0 - slack * inverse_root);
      table.push_back(static_cast<float>(chance));
    }
  return table;
}

}  // namespace costrisk::scenario
