// Upper bounds of laws, products and demands.
#include "src/scenario/lower/extremes.hpp"

#include <algorithm>
#include <cmath>

#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

const Law& rate_in(const Service& service, int market) {
  return std::find_if(service.rate.begin(), service.rate.end(), [&](const MarketRate& r) { return r.market == market; })
      ->rate;
}

double throughput_in(const Job& job, int market) {
  const auto rate = std::find_if(job.throughput.begin(), job.throughput.end(),
                                 [&](const MarketRate& r) { return r.market == market; });
  return rate == job.throughput.end() ? 1.0 : rate->rate.mode;
}

double lowest(const Law& law) {
  if (law.kind == Law::Kind::triangular) return law.low;
  if (law.kind == Law::Kind::log_normal) return law.median * std::exp(-extreme_deviations * law.spread);
  return law.mode;
}

double highest(const Law& law) {
  if (law.kind == Law::Kind::triangular) return law.high;
  if (law.kind == Law::Kind::log_normal) return law.median * std::exp(extreme_deviations * law.spread);
  return law.mode;
}

Extreme& Extreme::times(double factor) {
  bounded_ *= factor;
  return *this;
}

Extreme& Extreme::times(const Law& law) {
  if (law.kind != Law::Kind::log_normal) return times(highest(law));
  return times(law.median).times_log_normal(law.spread, law.loading);
}

Extreme& Extreme::times_log_normal(double deviation, const Loadings& loadings) {
  double residual = 1.0;
  for (const Loading& loading : loadings) {
    by_factor_[loading.factor] += deviation * loading.beta;
    residual -= loading.beta * loading.beta;
  }
  own_squares_ += deviation * deviation * std::max(0.0, residual);
  return *this;
}

double Extreme::value(double deviations) const {
  double squares = own_squares_;
  for (const auto& [factor, deviation] : by_factor_) squares += deviation * deviation;
  return bounded_ * std::exp(deviations * std::sqrt(squares));
}

Extreme highest_demand(const Scenario& scenario, const Demand& demand) {
  Extreme most;
  if (demand.history)
    most.times(highest(*demand.history->trace));
  else
    most.times(demand.base);
  most.times(*std::max_element(demand.by_hour.begin(), demand.by_hour.end()));
  most.times(*std::max_element(demand.by_weekday.begin(), demand.by_weekday.end()));
  const double months = scenario.horizon_hours() / hours_per_month;
  const Law& growth = demand.growth_per_month;
  if (growth.kind == Law::Kind::log_normal) {
    const double usual = months * std::log(1.0 + growth.median);
    const double extreme = months * std::log(1.0 + highest(growth));
    most.times(std::exp(usual)).times_log_normal((extreme - usual) / extreme_deviations, growth.loading);
  } else {
    most.times(std::max(1.0, std::pow(1.0 + highest(growth), months)));
  }
  for (const Change& change : demand.changes) {
    if (change.multiplier.kind == Law::Kind::log_normal)
      most.times(std::max(1.0, change.multiplier.median))
          .times_log_normal(change.multiplier.spread, change.multiplier.loading);
    else
      most.times(std::max(1.0, highest(change.multiplier)));
  }
  if (demand.noise) {
    most.times_log_normal(demand.noise->volatility, demand.noise->loading);
    for (const Loading& loading : demand.noise->loading)
      if (const auto& shock = scenario.factors[static_cast<std::size_t>(loading.factor)].shock)
        most.times(std::exp(std::max(0.0, demand.noise->volatility * loading.beta * shock->size)));
  }
  if (demand.bursts) most.times(std::max(1.0, demand.bursts->multiplier));
  return most;
}

double highest_repricing(const Scenario& scenario, const Repricing& repricing) {
  const Law& law = repricing.multiplier;
  const double changes = scenario.horizon_seconds / repricing.every_seconds;
  const double usual = law.kind == Law::Kind::triangular ? (law.low + law.mode + law.high) / 3.0 : center_of(law);
  const double spread = law.kind == Law::Kind::triangular
                            ? std::log(law.high / std::max(law.low, 1e-3 * law.high)) / 4.0
                        : law.kind == Law::Kind::log_normal ? law.spread
                                                            : 0.0;
  return std::exp(std::max(0.0, changes * std::log(usual)) + extreme_deviations * std::sqrt(changes) * spread);
}

}  // namespace costrisk::scenario
