// Readers of published prices, and the markets that come of them.
#include "src/calibrate/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "src/calibrate/statistics.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most_markets = 32;

std::optional<double> price_in(const trace::CsvTable& table, const trace::CsvRow& row,
                               std::optional<std::size_t> column) {
  if (!column || trace::is_absent(row.cells[*column])) return std::nullopt;
  const auto price = trace::parse_number(row.cells[*column]);
  if (!price || *price < 0.0)
    throw results::FormatError(fmt::format("{}: '{}' in column {} is no price; expected a number from 0 on",
                                           table.place(row), row.cells[*column], table.header[*column]));
  return price;
}

PublishedMarket market_of(const SpotHistory& history, std::optional<double> on_demand, int gpus,
                          const PriceOptions& options) {
  PriceOptions price = options;
  if (!price.cap) price.cap = on_demand;
  PublishedMarket market;
  market.instance = history.instance;
  market.region = region_of(history.zone);
  market.zone = history.zone;
  market.gpus = gpus;
  market.as_of = trace::instant_text(history.prices.time_seconds.back()).substr(0, 10);
  market.on_demand = on_demand;
  market.history = MarketHistory{history.prices.time_seconds.front(), history.prices.time_seconds.back(), {}, {}};
  try {
    market.history->fit = fit_price(history.prices, price);
    market.spot = market.history->fit->mean.value;
  } catch (const TooLittleData& problem) {
    market.spot = mean_of(trace::held_values(history.prices, std::max(60.0, history.prices.span_seconds() / 5000.0)));
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

/// "of instance 'p4d.24xlarge'", "in region 'us-east-1'": what the options narrow the prices to.
std::vector<std::string> asked_for(const PricesOptions& options) {
  std::vector<std::string> words;
  if (!options.instance.empty()) words.push_back(fmt::format("of instance '{}'", options.instance));
  if (!options.region.empty()) words.push_back(fmt::format("in region '{}'", options.region));
  if (words.empty()) words.emplace_back("in the files");
  return words;
}

}  // namespace

std::vector<Offer> read_catalog(const trace::CsvTable& table) {
  const std::size_t instance = table.required_column({"InstanceType", "instance_type"});
  const std::size_t region = table.required_column({"Region", "region"});
  const auto zone = table.column_of({"AvailabilityZone", "az", "zone"});
  const auto accelerator = table.column_of({"AcceleratorName", "accelerator"});
  const auto count = table.column_of({"AcceleratorCount", "count"});
  const auto on_demand = table.column_of({"Price", "price_ondemand"}),
             spot = table.column_of({"SpotPrice", "price_spot"});
  if (!on_demand && !spot) table.required_column({"Price", "price_ondemand"});
  std::vector<Offer> offers;
  for (const trace::CsvRow& row : table.rows) {
    if (trace::is_absent(row.cells[instance])) continue;  // catalogues hold accelerators that no instance type offers
    Offer offer;
    offer.instance = row.cells[instance];
    offer.region = row.cells[region];
    if (zone && !trace::is_absent(row.cells[*zone])) offer.zone = row.cells[*zone];
    if (accelerator) offer.accelerator = row.cells[*accelerator];
    if (count && !trace::is_absent(row.cells[*count])) {
      const auto gpus = trace::parse_number(row.cells[*count]);
      if (!gpus || *gpus < 0.0 || *gpus > 4096.0)
        throw results::FormatError(fmt::format("{}: '{}' in column {} is no number of accelerators; expected 0 to 4096",
                                               table.place(row), row.cells[*count], table.header[*count]));
      offer.gpus = static_cast<int>(*gpus);
    }
    offer.on_demand = price_in(table, row, on_demand);
    offer.spot = price_in(table, row, spot);
    offers.push_back(offer);
  }
  return offers;
}

std::vector<SpotHistory> read_spot_history(const std::string& text, const std::string& file) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("SpotPriceHistory") || !document["SpotPriceHistory"].is_array())
    throw results::FormatError(
        fmt::format("{}: expected {{\"SpotPriceHistory\": […]}}, as aws ec2 describe-spot-price-history "
                    "--output json prints it",
                    file));
  std::map<std::tuple<std::string, std::string, std::string>, std::map<double, double>> series;
  const Json& entries = document["SpotPriceHistory"];
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto fail = [&](const std::string& problem) {
      return results::FormatError(fmt::format("{}: SpotPriceHistory[{}]: {}", file, i, problem));
    };
    const auto word = [&](const char* key) {
      if (!entries[i].is_object() || !entries[i].contains(key) || !entries[i][key].is_string())
        throw fail(fmt::format("there is no text named {}", key));
      return entries[i][key].get<std::string>();
    };
    const auto price = trace::parse_number(word("SpotPrice"));
    if (!price || *price <= 0.0) throw fail(fmt::format("'{}' is no price", word("SpotPrice")));
    const auto time = trace::parse_instant(word("Timestamp"));
    if (!time || time->scale != trace::TimeScale::utc)
      throw fail(fmt::format("'{}' is no time with a zone, such as 2026-01-05T06:30:00Z", word("Timestamp")));
    auto& prices = series[{word("InstanceType"), word("AvailabilityZone"), word("ProductDescription")}];
    const auto [known, fresh] = prices.emplace(time->seconds, *price);
    if (!fresh && known->second != *price)
      throw fail(fmt::format("another price at {} than an entry before", word("Timestamp")));
  }
  std::vector<SpotHistory> histories;
  for (const auto& [key, prices] : series) {
    SpotHistory history;
    std::tie(history.instance, history.zone, history.product) = key;
    history.prices.file = fmt::format("{} ({} in {})", file, history.instance, history.zone);
    history.prices.scale = trace::TimeScale::utc;
    for (const auto& [time, price] : prices) {
      history.prices.time_seconds.push_back(time);
      history.prices.value.push_back(price);
    }
    histories.push_back(std::move(history));
  }
  return histories;
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

std::vector<PublishedMarket> published_markets(const std::vector<Offer>& offers,
                                               const std::vector<SpotHistory>& histories,
                                               const std::optional<Json>& advisor, const PricesOptions& options) {
  const auto wanted = [&options](const std::string& instance, const std::string& region) {
    return (options.instance.empty() || options.instance == instance) &&
           (options.region.empty() || options.region == region);
  };
  std::vector<PublishedMarket> markets;
  for (const SpotHistory& history : histories) {
    const std::string region = region_of(history.zone);
    if (!wanted(history.instance, region) || history.product != options.product) continue;
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
  if (markets.empty()) {
    const std::vector<std::string> asked = asked_for(options);
    throw results::FormatError(
        fmt::format("no price is {}; {}", fmt::join(asked, ", "),
                    asked.size() > 1 ? "ask for less to see more" : "leave that out to see what there is"));
  }
  if (markets.size() > most_markets)
    throw results::FormatError(
        fmt::format("{} markets fit, and a scenario holds {}: narrow them by --instance and --region", markets.size(),
                    most_markets));
  if (advisor)
    for (PublishedMarket& market : markets) market.advice = advice_of(*advisor, market.region, market.instance);
  return markets;
}

}  // namespace costrisk::calibrate
