// Demand: base · growth · profile, or what was measured; then changes · noise · bursts.
#include "tests/reference/demand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace costrisk::reference {

namespace {

constexpr double hour_seconds = 3600.0;
constexpr double month_hours = 730.0;

/// Days since a Monday.
int weekday_of(const scenario::StartTime& start) {
  using namespace std::chrono;
  const sys_days day_of_start =
      sys_days(year(start.year) / month(static_cast<unsigned>(start.month)) / day(static_cast<unsigned>(start.day)));
  return static_cast<int>(weekday(day_of_start).iso_encoding()) - 1;
}

}  // namespace

std::vector<double> profile_by_step(const scenario::Scenario& scenario, const scenario::Demand& demand) {
  const scenario::StartTime& start = scenario.start;
  const double midnight_to_start = start.hour * 3600.0 + start.minute * 60.0 + start.second;
  const int first_weekday = weekday_of(start);
  std::vector<double> profile;
  for (std::int64_t k = 0; k < scenario.steps(); ++k) {
    const double begin = midnight_to_start + static_cast<double>(k) * scenario.step_seconds;
    const double end = begin + scenario.step_seconds;
    double sum = 0.0;
    for (auto hour = static_cast<std::int64_t>(begin / hour_seconds); static_cast<double>(hour) * hour_seconds < end;
         ++hour) {
      const double from = std::max(begin, static_cast<double>(hour) * hour_seconds);
      const double until = std::min(end, static_cast<double>(hour + 1) * hour_seconds);
      const auto weekday = static_cast<std::size_t>((first_weekday + hour / 24) % 7);
      sum += std::max(0.0, until - from) * demand.by_hour[static_cast<std::size_t>(hour % 24)] *
             demand.by_weekday[weekday];
    }
    profile.push_back(sum / scenario.step_seconds);
  }
  return profile;
}

DemandPath draw_demand(const scenario::Scenario& scenario, const scenario::Demand& demand, const Drawer& draw,
                       const HistoryDrawer& histories) {
  const std::string role = "demand/" + demand.name;
  DemandPath path;
  if (demand.tokens) {
    path.input_tokens = draw.law(demand.tokens->input, role + "/tokens/input");
    path.output_tokens = draw.law(demand.tokens->output, role + "/tokens/output");
    if (demand.tokens->cached_share)
      path.cached_share = draw.law(*demand.tokens->cached_share, role + "/tokens/cached");
  }
  const double base = draw.law(demand.base, role + "/base");
  const double growth = draw.law(demand.growth_per_month, role + "/growth");
  path.requests_per_second = profile_by_step(scenario, demand);
  std::vector<double>& value = path.requests_per_second;
  const std::int64_t steps = scenario.steps();
  for (std::int64_t k = 0; k < steps; ++k) {
    value[k] *= base * std::pow(1.0 + growth, static_cast<double>(k) * scenario.step_hours() / month_hours);
  }
  if (demand.history) value = histories.rates(*demand.history);
  for (std::size_t i = 0; i < demand.changes.size(); ++i) {
    const scenario::Change& change = demand.changes[i];
    const std::string change_role = fmt::format("{}/change/{}", role, i);
    const double multiplier = draw.law(change.multiplier, change_role + "/multiplier");
    Stream chance = draw.stream(change_role + "/chance");
    if (chance.uniform() >= change.chance) continue;
    for (std::int64_t k = first_step_from(draw.in_steps(change.at_seconds)); k < steps; ++k) value[k] *= multiplier;
  }
  if (demand.noise) {
    const std::vector<double> noise = draw.fluctuation(*demand.noise, role + "/noise");
    for (std::int64_t k = 0; k < steps; ++k) value[k] *= noise[k];
  }
  if (demand.bursts) {
    const std::vector<char> on = draw.renewal(demand.bursts->renewal, role + "/bursts");
    for (std::int64_t k = 0; k < steps; ++k) {
      if (on[k]) value[k] *= demand.bursts->multiplier;
    }
  }
  return path;
}

}  // namespace costrisk::reference
