// Sums over paths as numbers with units.
#include "src/results/estimators/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/results/estimators/statistics.hpp"

namespace costrisk::results {

Evidence::Evidence(const Tally& all, const Results& so_far)
    : tally(all),
      sums(all.data()),
      results(so_far),
      context(so_far.context),
      n(all.paths()),
      hours_per_tick(so_far.step_hours / static_cast<double>(ticks_per_step)) {}

bool Evidence::has(Needs needs) const {
  const std::vector<int>& tokens = tally.layout().tells_tokens;
  switch (needs) {
    case Needs::nothing:
      return true;
    case Needs::budget:
      return results.budget.has_value();
    case Needs::tokens:
      return std::any_of(tokens.begin(), tokens.end(), [](int tells) { return tells != 0; });
    case Needs::latency:
      return tally.layout().shape.latency_components > 0;
    case Needs::drivers:
      return tally.layout().shape.drivers > 0;
    case Needs::budgets:
      return tally.layout().shape.budgets > 0;
    case Needs::actuals:
      return context.actual_until_hours.has_value();
  }
  return false;
}

int Evidence::job(const Cell& cell) const {
  return tally.layout().job_component[at(cell, {Dimension::plan, Dimension::job})];
}

int Evidence::service(const Cell& cell) const {
  return tally.layout().service_component[at(cell, {Dimension::plan, Dimension::service})];
}

double Evidence::share(std::uint64_t count) const { return mean(static_cast<Int128>(count), n); }

Int128 Evidence::use(const Cell& cell) const {
  const std::size_t uses = context.markets.size() * context.purchases.size();
  const std::size_t place = at(cell, {Dimension::market, Dimension::purchase});
  Int128 ticks = 0;
  const auto add = [&](const std::vector<int>& components, std::size_t workloads, const std::vector<Int128>& held) {
    for (std::size_t w = 0; w < workloads; ++w)
      if (const int component = components[cell[Dimension::plan] * workloads + w]; component >= 0)
        ticks += held[size(component) * uses + place];
  };
  add(tally.layout().job_component, context.jobs.size(), sums.job_use);
  add(tally.layout().service_component, context.services.size(), sums.service_use);
  return ticks;
}

std::vector<double> Evidence::money_quantiles(const Histogram& histogram) const {
  const Sample sample(histogram);
  std::vector<double> values;
  for (const double p : context.probabilities) values.push_back(in_currency(quantile(sample, p)));
  return values;
}

std::vector<double> Evidence::quantiles_of_all(const Histogram& some,
                                               const std::function<double(double)>& in_units) const {
  if (n == 0) return no_quantiles();
  const Sample sample(some);
  std::vector<double> values;
  for (const double p : context.probabilities) {
    const std::uint64_t rank = quantile_rank(n, p);
    values.push_back(rank > sample.size() ? infinity : in_units(sample.at(rank).mean));
  }
  return values;
}

std::vector<double> Evidence::no_quantiles() const {
  return std::vector<double>(context.probabilities.size(), not_a_number);
}

bool Evidence::has_latency(const Cell& cell) const {
  return !std::isnan(context.latency_range_start[cell[Dimension::service] * latency_ranges]);
}

std::vector<double> Evidence::latency_quantiles(const Cell& cell) const {
  const int component = service(cell);
  if (component < 0 || !has_latency(cell) || sums.service_queued[size(component)] == 0) return no_quantiles();
  const Int128* counts = &sums.service_latency[size(component) * latency_ranges];
  const double* starts = &context.latency_range_start[cell[Dimension::service] * latency_ranges];
  const double all = static_cast<double>(std::accumulate(counts, counts + latency_ranges, Int128{0}));
  if (all == 0.0) return no_quantiles();
  std::vector<double> values;
  for (const double p : context.probabilities) {
    double below = 0.0, value = infinity;
    for (std::size_t range = 0; range < latency_beyond; ++range) {
      const auto here = static_cast<double>(counts[range]);
      if (here > 0.0 && below + here >= p * all) {
        value = starts[range] + (starts[range + 1] - starts[range]) * ((p * all - below) / here);
        break;
      }
      below += here;
    }
    values.push_back(value);
  }
  return values;
}

Moments difference_of_costs(const Tally& tally, std::size_t plan, std::size_t other) {
  if (plan == other) return {};
  const auto lower = static_cast<int>(std::min(plan, other)), higher = static_cast<int>(std::max(plan, other));
  const TallyData& sums = tally.data();
  return {sums.cost[plan].sum - sums.cost[other].sum, sums.difference_squares[tally.layout().pair(lower, higher)]};
}

double ratio(Int128 part, Int128 whole, double of_nothing) {
  return whole == 0 ? of_nothing : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace costrisk::results
