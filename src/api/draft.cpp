// First scenarios, from facts and published prices.
#include <fmt/format.h>

#include "costrisk/calibrate.hpp"
#include "costrisk/scenario.hpp"
#include "src/api/boundary.hpp"
#include "src/present/text/draft.hpp"
#include "src/scenario/reader/toml_reader.hpp"

namespace costrisk {

namespace {

constexpr std::size_t most_markets = 6;

void require_positive(double value, const char* what) {
  if (!(value > 0.0)) throw InputError(fmt::format("{} is {}; expected a number above 0", what, value));
}

/// The markets of a fragment, each with its own text.
std::vector<present::DraftMarket> markets_of(const std::string& fragment) {
  std::vector<present::DraftMarket> markets;
  for (std::size_t begin = fragment.find("[[market]]"); begin != std::string::npos;) {
    const std::size_t end = fragment.find("[[market]]", begin + 1);
    present::DraftMarket market;
    market.toml = fragment.substr(begin, end == std::string::npos ? end : end - begin);
    scenario::Diagnostics diagnostics;
    scenario::Node root;
    scenario::read_toml(market.toml, diagnostics.add_source("prices", {}, market.toml), diagnostics, root);
    if (const scenario::Node* list = root.find("market"); list && !list->items.empty()) {
      const scenario::Node& table = list->items.front();
      if (const scenario::Node* name = table.find("name")) market.name = name->text;
      const scenario::Node* on_demand = table.find("on_demand");
      market.on_demand = on_demand != nullptr;
      if (on_demand && on_demand->is_number()) market.on_demand_price = on_demand->number();
      market.spot = table.find("spot") != nullptr;
      markets.push_back(std::move(market));
    }
    begin = end;
  }
  return markets;
}

}  // namespace

std::string draft_scenario(const Draft& draft) {
  return at_boundary([&] {
    present::Draft made;
    made.name = draft.name;
    if (!draft.prices.empty()) {
      PublishedPriceOptions options;
      options.instance = draft.instance;
      options.region = draft.region;
      made.markets = markets_of(published_prices(draft.prices, options).toml);
      std::erase_if(made.markets, [](const present::DraftMarket& market) { return !market.on_demand; });
      if (made.markets.empty()) throw InputError("the prices have no market with an on-demand price");
      if (made.markets.size() > most_markets)
        throw InputError(
            fmt::format("the prices give {} markets; expected at most {}: name an instance type, a region, or both",
                        made.markets.size(), most_markets));
    } else {
      require_positive(draft.on_demand_price, "the on-demand price");
      present::DraftMarket market;
      market.name = "gpu";
      market.on_demand_price = draft.on_demand_price;
      market.gpus = draft.gpus;
      market.spot = draft.spot_price > 0.0;
      if (market.spot) market.spot_price = draft.spot_price;
      made.markets.push_back(std::move(market));
    }
    if (!draft.job.empty()) {
      require_positive(draft.instance_hours, "the work of the job");
      require_positive(draft.deadline_hours, "the deadline");
      require_positive(draft.instances, "the number of instances");
      made.job = {draft.job, draft.instance_hours, draft.instances, draft.deadline_hours};
    }
    if (!draft.service.empty()) {
      require_positive(draft.requests_per_second, "the number of requests a second");
      require_positive(draft.rate, "what an instance answers a second");
      made.service = {draft.service, draft.requests_per_second, draft.growth, draft.rate};
    }
    if (draft.budget > 0.0) made.budget = draft.budget;
    return present::draft_toml(made);
  });
}

}  // namespace costrisk
