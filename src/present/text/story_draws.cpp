// By the names of the address.
#include "src/present/text/story_draws.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "src/scenario/entities/laws.hpp"

namespace costrisk::present {

namespace {

template <class Entities>
int index_of(const Entities& entities, const std::string& name) {
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return e.name == name; });
  return found == entities.end() ? -1 : static_cast<int>(found - entities.begin());
}

bool has(const std::vector<int>& values, int value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool loads(const scenario::Loadings& loadings, int factor) {
  return std::any_of(loadings.begin(), loadings.end(),
                     [&](const scenario::Loading& loading) { return loading.factor == factor; });
}

}  // namespace

UsedDraws::UsedDraws(const scenario::Scenario& scenario, const run::Timeline& timeline)
    : scenario_(scenario),
      timeline_(timeline),
      plan_(scenario.plans[static_cast<std::size_t>(timeline.plan)]),
      histories_(scenario::sample_histories(scenario)) {}

bool UsedDraws::uses(const std::string& address) const {
  return uses_history(address) || (concerns_plan(address) && !address.ends_with(".history"));
}

bool UsedDraws::concerns_plan(const std::string& address) const {
  const auto dot = address.find('.');
  if (dot == std::string::npos) return true;
  const std::string kind = address.substr(0, dot), rest = address.substr(dot + 1),
                    name = rest.substr(0, rest.find('.'));
  const std::string entity = kind + "." + name;
  const auto any_job = [&](auto holds) { return std::any_of(plan_.jobs.begin(), plan_.jobs.end(), holds); };
  const auto any_service = [&](auto holds) { return std::any_of(plan_.services.begin(), plan_.services.end(), holds); };
  const auto uses = [](int index) { return [index](const auto& entry) { return has(entry.optimizations, index); }; };
  if (kind == "factor") return uses_factor(index_of(scenario_.factors, name));
  if (kind == "market") return uses_market(index_of(scenario_.markets, name), address.substr(entity.size()));
  if (kind == "demand") {
    const int demand = index_of(scenario_.demands, name);
    const std::string change = entity + ".change.";
    if (begins_with(address, change)) {
      const std::string number = address.substr(change.size(), address.find('.', change.size()) - change.size());
      const auto place = static_cast<std::size_t>(std::atoi(number.c_str()));
      if (scenario_.demands[static_cast<std::size_t>(demand)].changes[place].at_seconds >= scenario_.horizon_seconds)
        return false;
      if (!address.ends_with(".chance") && did_not_happen(change + number + ".chance")) return false;
    }
    return std::any_of(timeline_.demands.begin(), timeline_.demands.end(),
                       [&](const run::DemandTimeline& entry) { return entry.demand == demand; });
  }
  if (kind == "job") {
    const int job = index_of(scenario_.jobs, name);
    return any_job([&](const scenario::JobAssignment& entry) { return entry.job == job; });
  }
  if (kind == "service") {
    const int service = index_of(scenario_.services, name);
    const int market = index_of(scenario_.markets, address.substr(address.rfind('.') + 1));
    return any_service([&](const scenario::ServiceAssignment& entry) {
      return entry.service == service &&
             (market < 0 || std::any_of(entry.pools.begin(), entry.pools.end(),
                                        [&](const scenario::Pool& pool) { return pool.market == market; }));
    });
  }
  if (kind == "serverless") return overflowed(index_of(scenario_.serverless, name)) > 0.0;
  if (kind == "item") {
    const int place = index_of(scenario_.items, name);
    if (place < 0) return false;
    const scenario::Item& item = scenario_.items[static_cast<std::size_t>(place)];
    return has(item.plans, timeline_.plan) && item.from_seconds < scenario_.horizon_seconds &&
           (address.ends_with(".chance") || !did_not_happen(entity + ".chance"));
  }
  if (kind == "optimization") {
    const int optimization = index_of(scenario_.optimizations, name);
    return any_job(uses(optimization)) || any_service(uses(optimization));
  }
  return true;
}

bool UsedDraws::uses_market(int market, const std::string& address) const {
  const auto known = std::find_if(timeline_.markets.begin(), timeline_.markets.end(),
                                  [&](const run::MarketTimeline& entry) { return entry.market == market; });
  if (known == timeline_.markets.end()) return false;
  if (begins_with(address, ".on_demand.capacity")) return !known->on_demand_up.empty();
  if (begins_with(address, ".on_demand"))
    return !known->on_demand_price.empty() && (held(market, Purchase::on_demand) || chooses_by_price(market));
  if (begins_with(address, ".spot.capacity")) return !known->spot_price.empty();
  if (begins_with(address, ".spot.reclaim")) return held(market, Purchase::spot);
  if (begins_with(address, ".spot"))
    return !known->spot_price.empty() && (held(market, Purchase::spot) || chooses_by_price(market));
  return held(market, std::nullopt);
}

bool UsedDraws::uses_factor(int factor) const {
  bool used = false;
  scenario::each_law(
      scenario_, [&](const scenario::Law& law) { used = used || (loads(law.loading, factor) && uses(law.address)); });
  for (const run::MarketTimeline& known : timeline_.markets) {
    const scenario::Market& market = scenario_.markets[static_cast<std::size_t>(known.market)];
    if (market.on_demand && market.on_demand->capacity && !known.on_demand_up.empty())
      used = used || loads(market.on_demand->capacity->loading, factor);
    if (!market.spot || known.spot_price.empty()) continue;
    if (market.spot->capacity) used = used || loads(market.spot->capacity->loading, factor);
    if (market.spot->price && market.spot->price->process)
      used = used || loads(market.spot->price->process->loading, factor);
  }
  for (const run::DemandTimeline& known : timeline_.demands) {
    const scenario::Demand& demand = scenario_.demands[static_cast<std::size_t>(known.demand)];
    if (demand.noise) used = used || loads(demand.noise->loading, factor);
  }
  return used;
}

bool UsedDraws::uses_history(const std::string& address) const {
  const auto named = std::find_if(histories_.begin(), histories_.end(), [&](const scenario::SampledHistory& history) {
    return history.place.address + ".history" == address;
  });
  if (named == histories_.end()) return false;
  // The first of those that are drawn together gives the draw its name.
  return std::any_of(histories_.begin(), histories_.end(), [&](const scenario::SampledHistory& history) {
    return history.stream == named->stream && concerns_plan(history.place.address + ".history");
  });
}

std::optional<double> UsedDraws::window_begins_hours(const run::Draw& draw) const {
  for (const scenario::SampledHistory& history : histories_) {
    if (history.place.address + ".history" != draw.address || history.sampling != HistorySampling::window) continue;
    const auto number = std::min(static_cast<std::size_t>(draw.level * history.start_count),
                                 static_cast<std::size_t>(history.start_count - 1));
    const std::size_t step = history.starts.empty() ? number : static_cast<std::size_t>(history.starts[number]);
    return static_cast<double>(step) * scenario_.step_hours();
  }
  return std::nullopt;
}

bool UsedDraws::did_not_happen(const std::string& chance) const {
  return std::any_of(timeline_.draws.begin(), timeline_.draws.end(),
                     [&](const run::Draw& draw) { return draw.address == chance && draw.happens && !*draw.happens; });
}

bool UsedDraws::held(int market, std::optional<Purchase> purchase) const {
  const auto any = [&](const std::vector<run::Holding>& holdings) {
    return std::any_of(holdings.begin(), holdings.end(), [&](const run::Holding& holding) {
      return holding.market == market && (!purchase || holding.purchase == *purchase) &&
             std::any_of(holding.instances.begin(), holding.instances.end(), [](float count) { return count > 0.0f; });
    });
  };
  return std::any_of(timeline_.jobs.begin(), timeline_.jobs.end(),
                     [&](const auto& job) { return any(job.holdings); }) ||
         std::any_of(timeline_.services.begin(), timeline_.services.end(),
                     [&](const auto& service) { return any(service.pools); });
}

bool UsedDraws::chooses_by_price(int market) const {
  return std::any_of(plan_.jobs.begin(), plan_.jobs.end(), [&](const scenario::JobAssignment& job) {
    return job.choose == Choose::cheapest && has(job.markets, market);
  });
}

double UsedDraws::overflowed(int offer) const {
  double sum = 0.0;
  for (const run::ServiceTimeline& service : timeline_.services)
    for (const scenario::ServiceAssignment& entry : plan_.services)
      if (entry.service == service.service && entry.overflow == offer)
        for (const float requests : service.overflowed) sum += static_cast<double>(requests);
  return sum;
}

}  // namespace costrisk::present
