// Draws again from the path's counters.
#include "src/run/path_draws.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/model/world/world.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/laws.hpp"

namespace costrisk::run {

namespace {

using Lane = ScalarLane<0>;
using scenario::Law;

/// The standard normal distribution function.
double normal_level(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

const Law* find_law(const scenario::Scenario& scenario, const std::string& address) {
  const Law* found = nullptr;
  scenario::each_law(scenario, [&](const Law& law) {
    if (law.address == address) found = &law;
  });
  return found;
}

}  // namespace

std::vector<Draw> path_draws(const scenario::Scenario& scenario, const scenario::Lowered& lowered,
                             const PathContext<Lane>& path) {
  const Parameters& p = lowered.parameters;
  std::vector<Draw> draws;
  for (int d = 0; d < p.driver_count; ++d) {
    const DriverParameters& driver = p.drivers[d];
    Draw draw;
    draw.address = lowered.drivers[static_cast<std::size_t>(d)];
    const auto take = [&](double z) {
      draw.level = normal_level(z);
      if (const Law* law = find_law(scenario, draw.address)) draw.value = quantile(*law, draw.level, z);
    };
    const auto level_of_uniform = [&] {
      return static_cast<double>(uniform(path.philox.event(driver.stream, 0).word[0]));
    };
    switch (driver.kind) {
      case DriverKind::law:
        take(static_cast<double>(path.event_normal(p.laws[driver.index], 0)));
        break;
      case DriverKind::only_run:
        take(static_cast<double>(path.event_normal(p.event_laws[driver.index], 0)));
        break;
      case DriverKind::factor:
        draw.value = static_cast<double>(path.factors_at_start[driver.index]);
        draw.level = normal_level(*draw.value);
        break;
      case DriverKind::uniform:
        draw.level = level_of_uniform();
        break;
      case DriverKind::chance:
        draw.level = level_of_uniform();
        draw.happens = draw.level < static_cast<double>(driver.chance);
        break;
    }
    draws.push_back(draw);
  }
  return draws;
}

void add_stretches(const PathContext<Lane>& path, const RenewalParameters& renewal, int of,
                   std::vector<Stretch>& stretches) {
  // As World::advance_renewal draws them.
  const auto bounded = [](float steps) { return std::min(std::max(steps, shortest_sojourn), longest_sojourn); };
  const auto horizon = static_cast<double>(path.parameters.steps);
  const PhiloxWords<Lane> first = path.philox.event(renewal.stream, 0);
  bool on = uniform(first.word[0]) < renewal.on_share;
  const float biased = renewal.biased_median * exponential(renewal.sigma * path.normal(first.word[1]));
  double from = 0.0;
  double until = static_cast<double>(
      bounded(on ? biased * uniform(first.word[2]) : renewal.mean_gap * unit_exponential(first.word[3])));
  for (int ordinal = 1; from < horizon; ++ordinal) {
    if (on) stretches.push_back({of, from, std::min(until, horizon)});
    const PhiloxWords<Lane> words = path.philox.event(renewal.stream, ordinal);
    const float length = renewal.median_length * exponential(renewal.sigma * path.normal(words.word[0]));
    const float gap = renewal.mean_gap * unit_exponential(words.word[1]);
    from = until;
    until += static_cast<double>(bounded(on ? gap : length));
    on = !on;
  }
}

}  // namespace costrisk::run
