// Histories cut off at an instant, and the laws fitted to what is left.
#include "src/backtest/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "src/calibrate/capacity.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

using scenario::HistoryPlace;
using scenario::HistoryRole;
using Sampling = scenario::History::Sampling;

/// What a fit at an address gives, or its error with the address and the day.
template <class Fit>
auto with_place(const std::string& address, double origin_seconds, Fit fit) {
  try {
    return fit(address);
  } catch (const calibrate::TooLittleData& error) {
    throw calibrate::TooLittleData(
        fmt::format("{}, from the first {:.4g} days of its history: {}; more --training leaves more to learn from",
                    address, origin_seconds / seconds_per_day, error.what()));
  }
}

double offset_of(const scenario::History& history) {
  return history.sampling == Sampling::replay ? history.offset_seconds : 0.0;
}

scenario::Sojourn sojourn(const std::string& address, double mean_hours, double cv) {
  scenario::Sojourn result{scenario::Law::constant(mean_hours), cv};
  result.mean_hours.address = address + ".mean";
  return result;
}

scenario::Capacity fitted_capacity(const std::string& address, const trace::History& trace, Model model) {
  calibrate::CapacityOptions options;
  options.replications = 0;
  const calibrate::FittedZone zone = calibrate::fit_zone(trace, options);
  const auto fitted = [&](const char* side, const calibrate::SojournFits& fits) {
    return model == Model::exponential ? sojourn(address + side, zone.memoryless_mean_hours(fits), 1.0)
                                       : sojourn(address + side, zone.mean_hours(fits), zone.cv(fits));
  };
  scenario::Capacity capacity;
  capacity.up = fitted(".up", zone.up);
  capacity.down = fitted(".down", zone.down);
  return capacity;
}

scenario::SpotPrice fitted_price(const std::string& address, const trace::History& trace) {
  const calibrate::PriceFit fit = calibrate::fit_price(trace);
  scenario::SpotPrice price;
  price.mean = scenario::Law::constant(fit.law_mean);
  price.mean.address = address + ".mean";
  price.cap = fit.cap.value_or(std::numeric_limits<double>::infinity());
  if (!fit.constant)
    price.process =
        scenario::Process{fit.process.volatility.value, fit.process.half_life_hours.value * seconds_per_hour, {}};
  return price;
}

}  // namespace

trace::History before(const trace::History& trace, double seconds) {
  const double end = trace.time_seconds.front() + seconds;
  const double held = trace.gap_seconds > 0.0 ? trace.gap_seconds : 0.0;
  constexpr double rounding_seconds = 1e-6, shortest_hold_seconds = 1e-3;
  std::size_t kept = 0;
  while (kept < trace.size() && trace.time_seconds[kept] + held <= end + rounding_seconds) ++kept;
  kept = std::max<std::size_t>(kept, 1);
  trace::History result = trace;
  result.time_seconds.resize(kept);
  result.value.resize(kept);
  if (!result.line.empty()) result.line.resize(kept);
  // At uneven times the last value holds until the cut.
  if (held == 0.0 && result.time_seconds.back() < end - shortest_hold_seconds) {
    result.time_seconds.push_back(end);
    result.value.push_back(result.value.back());
    if (!result.line.empty()) result.line.push_back(result.line.back());
  }
  return result;
}

double shared_seconds(const scenario::Scenario& scenario) {
  double least = std::numeric_limits<double>::infinity();
  scenario::each_history(scenario, [&](const HistoryPlace&, const scenario::History& history) {
    least = std::min(least, history.trace->span_seconds() - offset_of(history));
  });
  if (std::isinf(least))
    throw std::invalid_argument(
        "the scenario has no history to be held against; give a market's spot.capacity or spot.price, or a demand, as "
        "history = \"FILE\"");
  return least;
}

scenario::Scenario forecast_scenario(const scenario::Scenario& scenario, double origin_seconds, Model model,
                                     double block_seconds) {
  scenario::Scenario result = scenario;
  scenario::each_history(result, [&](const HistoryPlace&, scenario::History& history) {
    history.trace = std::make_shared<const trace::History>(before(*history.trace, offset_of(history) + origin_seconds));
  });
  if (model != Model::bootstrap)
    for (scenario::Market& market : result.markets) {
      if (!market.spot) continue;
      scenario::Spot& spot = *market.spot;
      const std::string address = "market." + market.name + ".spot";
      if (spot.capacity_history) {
        spot.capacity = with_place(address + ".capacity", origin_seconds, [&](const std::string& place) {
          return fitted_capacity(place, *spot.capacity_history->trace, model);
        });
        spot.capacity_history.reset();
      }
      if (spot.price_history) {
        spot.price = with_place(address + ".price", origin_seconds, [&](const std::string& place) {
          return fitted_price(place, *spot.price_history->trace);
        });
        spot.price_history.reset();
      }
    }
  scenario::each_history(result, [&](const HistoryPlace& place, scenario::History& history) {
    if (place.role != HistoryRole::capacity && history.block_seconds <= 0.0) history.block_seconds = block_seconds;
    if (place.role == HistoryRole::capacity || history.sampling == Sampling::replay) history.joint.clear();
    history.sampling = Sampling::bootstrap;
    history.offset_seconds = 0.0;
    history.every_seconds.reset();
  });
  return result;
}

scenario::Scenario actual_scenario(const scenario::Scenario& scenario, double first_seconds, double every_seconds) {
  scenario::Scenario result = scenario;
  scenario::each_history(result, [&](const HistoryPlace&, scenario::History& history) {
    history.offset_seconds = offset_of(history) + first_seconds;
    history.sampling = Sampling::replay;
    history.every_seconds = every_seconds;
    history.block_seconds = 0.0;
    history.joint.clear();
  });
  return result;
}

}  // namespace costrisk::backtest
