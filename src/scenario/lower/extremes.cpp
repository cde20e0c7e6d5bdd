// Upper bounds of laws, products and demands.
#include "src/scenario/lower/extremes.hpp"

#include <algorithm>
#include <cmath>

#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

Law rate_in(const Service& service, int market) {
  const auto found =
      std::find_if(service.rate.begin(), service.rate.end(), [&](const MarketRate& r) { return r.market == market; });
  return scaled(found->rate, found->replicas);
}

double most_slower(const Service& service, int market, int first_market) {
  const auto ratio = [&](const std::vector<MarketRate>& rates) {
    const auto in = [&](int wanted) { return std::ranges::find(rates, wanted, &MarketRate::market); };
    const auto here = in(market), first = in(first_market);
    if (here == rates.end() || first == rates.end()) return 1.0;
    return first->replicas * highest(first->rate) / (here->replicas * lowest(here->rate));
  };
  return std::max(ratio(service.rate), ratio(service.input_rate));
}

double throughput_in(const Job& job, int market) {
  const auto rate = std::find_if(job.throughput.begin(), job.throughput.end(),
                                 [&](const MarketRate& r) { return r.market == market; });
  return rate == job.throughput.end() ? 1.0 : rate->rate.mode;
}

Extreme& Extreme::times(double factor) {
  bounded_ *= factor;
  return *this;
}

Extreme& Extreme::times(const Law& law) {
  if (has_end(law)) return times(highest(law));
  return times(center_of(law)).times_log_normal(law.spread, law.loading);
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
  if (has_end(growth)) {
    most.times(std::max(1.0, std::pow(1.0 + highest(growth), months)));
  } else {
    const double usual = months * std::log(1.0 + center_of(growth));
    const double extreme = months * std::log(1.0 + highest(growth));
    most.times(std::exp(usual)).times_log_normal((extreme - usual) / extreme_deviations, growth.loading);
  }
  for (const Change& change : demand.changes) {
    const Law& multiplier = change.multiplier;
    if (has_end(multiplier))
      most.times(std::max(1.0, highest(multiplier)));
    else
      most.times(std::max(1.0, center_of(multiplier))).times_log_normal(multiplier.spread, multiplier.loading);
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
  return std::exp(std::max(0.0, changes * std::log(usual_value(law))) +
                  extreme_deviations * std::sqrt(changes) * rough_log_deviation(law));
}

}  // namespace costrisk::scenario
