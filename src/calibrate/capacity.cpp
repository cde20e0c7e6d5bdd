// Runs of a trace, the laws fitted to them, and the choice between these and what was seen.
#include "src/calibrate/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

/// The flags of each zone from the time on at which all have begun.
std::vector<Zone> aligned(const std::vector<FittedZone>& fitted, const std::vector<trace::History>& traces) {
  double begin = traces[0].time_seconds[0];
  for (const trace::History& trace : traces) {
    begin = std::max(begin, trace.time_seconds[0]);
    if (std::abs(trace.gap_seconds - traces[0].gap_seconds) > 1e-6 * traces[0].gap_seconds)
      throw results::FormatError(
          fmt::format("{} has a gap of {} s and {} one of {} s; zones are compared at one gap: "
                      "calibrate them one by one",
                      traces[0].file, traces[0].gap_seconds, trace.file, trace.gap_seconds));
    if (trace.scale != traces[0].scale)
      throw results::FormatError(
          fmt::format("the times of {} and {} count from different zeros (dates, time zones or "
                      "seconds); expected one kind",
                      traces[0].file, trace.file));
  }
  std::vector<Zone> zones;
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    Zone zone;
    const auto skipped =
        static_cast<std::size_t>(std::llround((begin - traces[i].time_seconds[0]) / traces[i].gap_seconds));
    if (skipped + 2 >= fitted[i].flags.size())
      throw results::FormatError(
          fmt::format("{} ends before another trace begins; expected traces of one time", traces[i].file));
    zone.up.assign(fitted[i].flags.begin() + static_cast<std::ptrdiff_t>(skipped), fitted[i].flags.end());
    zone.up_hours = fitted[i].law(fitted[i].up);
    zone.down_hours = fitted[i].law(fitted[i].down);
    zones.push_back(zone);
  }
  return zones;
}

/// A log of changes whose times are exact; samples that come at nearly even times are samples, however often they
/// change.
bool is_of_changes(const trace::History& history) { return history.at_changes && !trace::is_nearly_even(history); }

trace::History samples_of(const trace::History& history) {
  return is_of_changes(history) ? trace::sampled_changes(history) : trace::evened(history);
}

}  // namespace

FittedZone fit_zone(const trace::History& history, const CapacityOptions& options) {
  FittedZone zone;
  const trace::History trace = samples_of(history);
  zone.at_changes = is_of_changes(history);
  zone.reading = trace.reading;
  zone.file = trace.file;
  zone.scale = trace.scale;
  for (const double value : trace.value) zone.flags.push_back(value >= options.instances);
  zone.most = *std::max_element(trace.value.begin(), trace.value.end());
  zone.runs = runs_of(zone.flags, trace.gap_seconds / seconds_per_hour);
  zone.probe = zone.at_changes ? 1.0 : probe_samples(zone.runs);
  zone.probed = in_probes(zone.runs, zone.probe);
  // Of counts it is the gang's size that makes the runs.
  const auto name = [&](const char* side) {
    return zone.most > 1.0
               ? fmt::format("{}: {} by {} instances (--instances; there were {} to {})", trace.file, side,
                             options.instances, *std::min_element(trace.value.begin(), trace.value.end()), zone.most)
               : fmt::format("{}: {}", trace.file, side);
  };
  zone.up = fit_sojourns(zone.probed.up, name("up"), options.replications);
  zone.down = fit_sojourns(zone.probed.down, name("down"), options.replications);
  zone.by = options.by;
  if (zone.by == SojournBy::automatic)
    zone.by = zone.missed() > most_missed ? SojournBy::moments : SojournBy::likelihood;
  return zone;
}

Capacities fit_capacities(const std::vector<trace::History>& traces, const CapacityOptions& options) {
  Capacities capacities;
  for (const trace::History& trace : traces) capacities.zones.push_back(fit_zone(trace, options));
  if (traces.size() > 1) {
    std::vector<trace::History> samples;
    for (const trace::History& trace : traces) samples.push_back(samples_of(trace));
    capacities.loadings = fit_loadings(aligned(capacities.zones, samples), samples[0].gap_seconds / seconds_per_hour,
                                       options.half_life_hours);
  }
  return capacities;
}

std::vector<LengthRow> runs_by_length(const FittedZone& zone) {
  const double gap = zone.probed.up.gap_hours;
  const auto within = [gap](const Runs& runs, double from, double to) {
    return std::count_if(runs.complete.begin(), runs.complete.end(),
                         [&](int m) { return m * gap > from && m * gap <= to * (1.0 + 1e-9); });
  };
  const auto expected = [gap](const SojournFits& fits, double from, double to) {
    const int below = static_cast<int>(from / gap * (1.0 + 1e-9)), until = static_cast<int>(to / gap * (1.0 + 1e-9));
    const SojournLaw& law = fits.log_normal.law;
    return fits.complete * (SampledRuns::cdf(law, until) - (below > 0 ? SampledRuns::cdf(law, below) : 0.0));
  };
  std::vector<LengthRow> rows;
  double from = 0.0;
  for (double to = gap;; to *= 2.0) {
    rows.push_back({to, within(zone.probed.up, from, to), within(zone.probed.down, from, to),
                    expected(zone.up, from, to), expected(zone.down, from, to)});
    from = to;
    if (within(zone.probed.up, to, 1e12) + within(zone.probed.down, to, 1e12) == 0) return rows;
  }
}

}  // namespace costrisk::calibrate
