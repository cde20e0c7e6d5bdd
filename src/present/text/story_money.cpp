// Sums over the steps of a timeline.
#include "src/present/text/story_money.hpp"

#include <algorithm>
#include <cmath>

#include "src/results/sums/money.hpp"
#include "src/scenario/entities/law_forms.hpp"

namespace costrisk::present {

void PathMoney::Sums::sum_up() {
  for (std::size_t step = 1; step < before_.size(); ++step) before_[step] += before_[step - 1];
}

double PathMoney::Sums::before(double step) const {
  const double end = static_cast<double>(before_.size() - 1), at = std::clamp(step, 0.0, end);
  const auto whole = static_cast<std::size_t>(at);
  const double fraction = at - std::floor(at);
  return fraction > 0.0 ? before_[whole] + fraction * (before_[whole + 1] - before_[whole]) : before_[whole];
}

double PathMoney::Sums::between(double from, double until) const { return std::max(before(until) - before(from), 0.0); }

PathMoney::PathMoney(const scenario::Scenario& scenario, const run::Timeline& timeline)
    : scenario_(scenario),
      timeline_(timeline),
      jobs_(timeline.jobs.size(), Sums(timeline.steps())),
      services_(timeline.services.size(), Sums(timeline.steps())),
      markets_(scenario.markets.size(), Sums(timeline.steps())),
      plan_(timeline.steps()) {
  for (std::size_t place = 0; place < jobs_.size(); ++place) add(timeline.jobs[place].holdings, jobs_[place]);
  for (std::size_t place = 0; place < services_.size(); ++place) add(timeline.services[place].pools, services_[place]);
  for (Sums& sums : markets_) sums.sum_up();
  for (std::size_t step = 0; step < timeline.steps(); ++step)
    plan_.spend(step,
                results::in_currency(timeline.cost_micros[step] - (step > 0 ? timeline.cost_micros[step - 1] : 0)));
  plan_.sum_up();
  for (const run::ServiceTimeline& service : timeline.services) {
    const double penalty = scenario.services[static_cast<std::size_t>(service.service)].unserved_penalty;
    Sums& sums = penalties_.emplace_back(timeline.steps());
    for (std::size_t step = 0; step < service.unserved.size(); ++step)
      sums.spend(step, penalty * static_cast<double>(service.unserved[step]));
    sums.sum_up();
  }
}

void PathMoney::add(const std::vector<run::Holding>& holdings, Sums& sums) {
  for (const run::Holding& holding : holdings)
    for (std::size_t step = 0; step < holding.instances.size(); ++step) {
      const auto instances = static_cast<double>(holding.instances[step]);
      if (instances == 0.0) continue;
      const double amount =
          instances * timeline_.step_hours * price(holding.market, holding.purchase, static_cast<double>(step));
      sums.spend(step, amount);
      markets_[static_cast<std::size_t>(holding.market)].spend(step, amount);
    }
  sums.sum_up();
}

double PathMoney::price(int market, Purchase purchase, double step) const {
  for (const run::MarketTimeline& known : timeline_.markets) {
    const run::Series* prices = run::prices_of(known, purchase);
    if (known.market != market || !prices || prices->empty()) continue;
    return static_cast<double>((*prices)[std::min(static_cast<std::size_t>(std::max(step, 0.0)), prices->size() - 1)]);
  }
  const scenario::Market& described = scenario_.markets[static_cast<std::size_t>(market)];
  switch (purchase) {
    case Purchase::on_demand:
      return described.on_demand ? scenario::center_of(described.on_demand->price) : 0.0;
    case Purchase::spot:
      return described.spot && described.spot->price ? scenario::center_of(described.spot->price->mean) : 0.0;
    case Purchase::reserved:
      return 0.0;
  }
  return 0.0;
}

}  // namespace costrisk::present
