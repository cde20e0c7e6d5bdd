// The markets that come of published prices.
#include "src/calibrate/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "src/calibrate/statistics.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most_markets = 32;

PublishedMarket market_of(const SpotHistory& history, std::optional<double> on_demand, int gpus,
                          const PriceOptions& options) {
  PriceOptions price = options;
  if (!price.cap) price.cap = on_demand;
  PublishedMarket market;
  market.instance = history.instance;
  market.region = region_of(history.zone);
  market.zone = history.zone;
  market.product = history.product;
  market.gpus = gpus;
  const double end = options.until_seconds.value_or(history.prices.time_seconds.back());
  market.as_of = trace::instant_text(end).substr(0, 10);
  market.on_demand = on_demand;
  market.history = MarketHistory{history.prices.time_seconds.front(), end, {}, {}};
  try {
    market.history->fit = fit_price(history.prices, price);
    market.spot = market.history->fit->mean.value;
  } catch (const TooLittleData& problem) {
    market.spot = trace::mean_over_time(history.prices, options.until_seconds);
    market.history->why_no_fit = problem.what();
  }
  return market;
}

PublishedMarket market_of(const Offer& offer, const std::string& as_of) {
  PublishedMarket market;
  market.instance = offer.instance;
  market.region = offer.region;
  market.zone = offer.zone;
  market.gpus = offer.gpus;
  market.as_of = as_of;
  market.on_demand = offer.on_demand;
  market.spot = offer.spot;
  return market;
}

/// Some of the names, with commas.
std::string some_of(const std::set<std::string>& names) {
  constexpr std::size_t most = 8;
  std::vector<std::string> first;
  for (const std::string& name : names)
    if (first.size() < most) first.push_back(name);
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > most ? ", …" : "");
}

/// @throws results::FormatError that says what was asked for and what there is
[[noreturn]] void refuse_none(const std::vector<Offer>& offers, const std::vector<SpotHistory>& histories,
                              const std::set<std::string>& products, const PricesOptions& options) {
  std::set<std::string> instances, regions;
  for (const Offer& offer : offers) {
    instances.insert(offer.instance);
    regions.insert(offer.region);
  }
  for (const SpotHistory& history : histories) {
    instances.insert(history.instance);
    regions.insert(region_of(history.zone));
  }
  std::vector<std::string> asked, there;
  if (!options.instance.empty()) asked.push_back(fmt::format("of instance '{}'", options.instance));
  if (!options.region.empty()) asked.push_back(fmt::format("in region '{}'", options.region));
  if (!histories.empty() && !products.contains(options.product))
    asked.push_back(fmt::format("of product '{}'", options.product));
  if (!instances.empty()) there.push_back("instances " + some_of(instances));
  if (!regions.empty()) there.push_back("regions " + some_of(regions));
  if (!products.empty()) there.push_back("products " + some_of(products));
  throw results::FormatError(
      fmt::format("no price is {}; {}", asked.empty() ? "in the files" : fmt::format("{}", fmt::join(asked, ", ")),
                  there.empty() ? "the files hold none" : fmt::format("there are: {}", fmt::join(there, "; "))));
}

}  // namespace

std::vector<PublishedMarket> published_markets(const std::vector<Offer>& offers,
                                               const std::vector<SpotHistory>& histories,
                                               const std::optional<Json>& advisor, const PricesOptions& options) {
  const auto wanted = [&options](const std::string& instance, const std::string& region) {
    return (options.instance.empty() || options.instance == instance) &&
           (options.region.empty() || options.region == region);
  };
  std::set<std::string> products;
  for (const SpotHistory& history : histories) products.insert(history.product);
  const auto is_product = [&](const std::string& product) {
    return product == options.product || product == options.product + " (Amazon VPC)" ||
           (!options.product_given && products.size() == 1);
  };
  std::vector<PublishedMarket> markets;
  for (const SpotHistory& history : histories) {
    const std::string region = region_of(history.zone);
    if (!wanted(history.instance, region) || !is_product(history.product)) continue;
    std::optional<double> on_demand;
    int gpus = 0;
    for (const Offer& offer : offers)
      if (offer.instance == history.instance && offer.region == region) {
        on_demand = offer.on_demand;
        gpus = offer.gpus;
      }
    markets.push_back(market_of(history, on_demand, gpus, options.price));
  }
  if (markets.empty())
    for (const Offer& offer : offers)
      if (wanted(offer.instance, offer.region) && (offer.on_demand || offer.spot))
        markets.push_back(market_of(offer, options.as_of));
  if (markets.empty()) refuse_none(offers, histories, products, options);
  if (markets.size() > most_markets)
    throw results::FormatError(
        fmt::format("{} markets fit, and a scenario holds {}: narrow them by --instance and --region", markets.size(),
                    most_markets));
  if (advisor)
    for (PublishedMarket& market : markets) market.advice = advice_of(*advisor, market.region, market.instance);
  return markets;
}

std::optional<Advice> advice_of(const Json& advisor, const std::string& region, const std::string& instance) {
  if (!advisor.is_object() || !advisor.contains("spot_advisor") || !advisor["spot_advisor"].is_object() ||
      !advisor.contains("ranges") || !advisor["ranges"].is_array())
    throw results::FormatError(
        "the Spot Advisor's file holds no spot_advisor and ranges; expected spot-advisor-data.json as it is published");
  const Json& regions = advisor["spot_advisor"];
  if (!regions.contains(region) || !regions[region].is_object() || !regions[region].contains("Linux") ||
      !regions[region]["Linux"].is_object() || !regions[region]["Linux"].contains(instance))
    return std::nullopt;
  const Json& line = regions[region]["Linux"][instance];
  if (!line.is_object() || !line.contains("r") || !line["r"].is_number_integer() || !line.contains("s") ||
      !line["s"].is_number())
    throw results::FormatError(fmt::format("the Spot Advisor's line for {} in {} has no r and s", instance, region));
  const int band = line["r"].get<int>();
  // The bands as their labels have them; the file's own "max" is rounded up.
  constexpr double edges[] = {0.0, 0.05, 0.10, 0.15, 0.20, 1.0};
  if (band < 0 || band > 4)
    throw results::FormatError(
        fmt::format("the Spot Advisor's band {} for {} in {} is none of 0 to 4", band, instance, region));
  Advice advice;
  advice.low = edges[band];
  advice.high = edges[band + 1];
  advice.savings_percent = line["s"].get<int>();
  for (const Json& range : advisor["ranges"])
    if (range.is_object() && range.value("index", Json()) == band && range.contains("label") &&
        range["label"].is_string())
      advice.label = range["label"].get<std::string>();
  if (advice.label.empty()) advice.label = fmt::format("{:.0f}-{:.0f}%", 100.0 * advice.low, 100.0 * advice.high);
  return advice;
}

std::string region_of(const std::string& zone) {
  const bool lettered = zone.size() > 2 && zone.back() >= 'a' && zone.back() <= 'z' && zone[zone.size() - 2] >= '0' &&
                        zone[zone.size() - 2] <= '9';
  return lettered ? zone.substr(0, zone.size() - 1) : zone;
}

double Advice::share() const { return open() ? low : 0.5 * (low + high); }

double Advice::reclaim_every_hours() const { return -hours_per_month / std::log1p(-share()); }

}  // namespace costrisk::calibrate
