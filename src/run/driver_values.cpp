// Quantiles of the scenario's laws, found by their addresses.
#include "src/run/driver_values.hpp"

#include <array>
#include <limits>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/laws.hpp"

namespace costrisk::run {

namespace {

using scenario::Law;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The standard normal's quantile at bin / driver_bins.
double normal_edge(int bin) {
  constexpr std::array<double, driver_bins / 2 + 1> upper = {0.0,
                                                             0.15731068461017067,
                                                             0.31863936396437514,
                                                             0.4887764111146694,
                                                             0.6744897501960817,
                                                             0.8871465590188758,
                                                             1.1503493803760079,
                                                             1.5341205443525459,
                                                             infinity};
  constexpr int middle = driver_bins / 2;
  return bin < middle ? -upper[static_cast<std::size_t>(middle - bin)] : upper[static_cast<std::size_t>(bin - middle)];
}

}  // namespace

std::vector<double> driver_values(const scenario::Scenario& scenario, const std::string& address) {
  std::vector<double> values(driver_bins + 1, std::numeric_limits<double>::quiet_NaN());
  const auto fill = [&](auto value_of) {
    for (int bin = 0; bin <= driver_bins; ++bin) values[static_cast<std::size_t>(bin)] = value_of(bin);
  };
  for (const auto& factor : scenario.factors)
    if ("factor." + factor.name == address) fill(normal_edge);
  scenario::each_law(scenario, [&](const Law& law) {
    if (law.address == address && law.loading.empty())
      fill([&](int bin) { return quantile(law, static_cast<double>(bin) / driver_bins, normal_edge(bin)); });
  });
  return values;
}

}  // namespace costrisk::run
