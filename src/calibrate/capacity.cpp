// Runs of a trace, the laws fitted to them, and the choice between these and what was seen.
#include "src/calibrate/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "src/calibrate/fitted_zone.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

FittedZone fitted_zone(const trace::History& trace, const std::string& name, const CapacityOptions& options) {
  trace::require_even(trace);
  FittedZone zone;
  zone.name = name;
  zone.file = std::filesystem::path(trace.file).filename().string();
  for (const double value : trace.value) zone.flags.push_back(value >= options.instances);
  zone.most = *std::max_element(trace.value.begin(), trace.value.end());
  zone.runs = runs_of(zone.flags, trace.gap_seconds / seconds_per_hour);
  zone.probe = probe_samples(zone.runs);
  zone.probed = in_probes(zone.runs, zone.probe);
  zone.up = fit_sojourns(zone.probed.up, fmt::format("{}: up", trace.file), options.replications);
  zone.down = fit_sojourns(zone.probed.down, fmt::format("{}: down", trace.file), options.replications);
  zone.by = options.by;
  if (zone.by == SojournBy::automatic)
    zone.by = zone.missed() > most_missed ? SojournBy::moments : SojournBy::likelihood;
  return zone;
}

CapacityFit fit_capacity(const trace::History& trace, const CapacityOptions& options) {
  const FittedZone zone = fitted_zone(trace, trace.file, options);
  const auto memoryless = [&zone](const SojournFits& fits) {
    return zone.by == SojournBy::moments ? fits.empirical_mean_hours : fits.exponential.mean_hours.value;
  };
  return {zone.by,
          zone.mean_hours(zone.up),
          zone.cv(zone.up),
          zone.mean_hours(zone.down),
          zone.cv(zone.down),
          memoryless(zone.up),
          memoryless(zone.down)};
}

}  // namespace costrisk::calibrate
