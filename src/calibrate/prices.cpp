// Readers of published prices, and the markets that come of them.
#include "src/calibrate/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "src/calibrate/statistics.hpp"
#include "src/calibrate/toml_text.hpp"
#include "src/trace/history_time.hpp"
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

/// What stands in a market besides its prices.
std::string head(const std::string& name, const std::string& region, const std::string& instance, int gpus,
                 const std::string& as_of) {
  std::string text = fmt::format("[[market]]\nname = {}\n", toml_string(name));
  if (!region.empty()) text += fmt::format("region = {}\n", toml_string(region));
  text += fmt::format("instance = {}\n", toml_string(instance));
  if (!as_of.empty()) text += fmt::format("as_of = {}\n", toml_string(as_of));
  if (gpus > 0) text += fmt::format("gpus = {}\n", gpus);
  return text;
}

std::string advice_text(const Advice& advice, AdvisorUse use) {
  std::string text =
      comment(fmt::format("Spot Advisor: {} of instances interrupted in the month before, {} % under on-demand. No "
                          "hazard: it counts instances "
                          "of unknown ages and runs, and droughts among the losses",
                          advice.label, advice.savings_percent));
  if (use == AdvisorUse::context) return text;
  const bool open = advice.high >= 1.0;
  const double share = open ? advice.low : 0.5 * (advice.low + advice.high);
  text += comment(fmt::format(
      "assumes that {} of the instances are lost in 730 h of running ({}), each alone, at a hazard that never changes",
      number_text(share, 3), open ? "the lower end of an open band" : "the middle of the band"));
  return text + fmt::format("reclaim_every = {}\n", duration_text(-hours_per_month / std::log1p(-share)));
}

class Markets {
 public:
  Markets(const std::optional<Json>& advisor, const PricesOptions& options) : advisor_(advisor), options_(options) {}

  bool wanted(const std::string& instance, const std::string& region) const {
    return (options_.instance.empty() || options_.instance == instance) &&
           (options_.region.empty() || options_.region == region);
  }

  void add(const Offer& offer) {
    if (!offer.on_demand && !offer.spot) return;
    const std::string name = unique(offer.instance + "-" + (offer.zone.empty() ? offer.region : offer.zone));
    findings_.toml += head(name, offer.region, offer.instance, offer.gpus, options_.as_of);
    if (offer.on_demand) findings_.toml += fmt::format("on_demand = {}\n", number_text(*offer.on_demand, 8));
    if (offer.spot) {
      findings_.toml += fmt::format("[market.spot]\nprice = {}   # one quotation: how it moves is not known\n",
                                    number_text(*offer.spot, 8));
      findings_.toml += advice(offer.region, offer.instance);
    }
    findings_.toml += "\n";
    row(name, offer.on_demand, offer.spot, options_.as_of.empty() ? "not told" : options_.as_of);
    from_catalog_ = true;
  }

  void add(const SpotHistory& history, std::optional<double> on_demand, int gpus) {
    PriceOptions price = options_.price;
    if (!price.cap) price.cap = on_demand;
    const std::string name = unique(history.instance + "-" + history.zone), region = region_of(history.zone);
    const std::string as_of = trace::instant_text(history.prices.time_seconds.back()).substr(0, 10);
    std::string value, summary;
    double mean = 0.0;
    try {
      const PriceFit fit = fit_price(history.prices, price);
      value = price_value(fit, price);
      summary = price_summary(fit);
      mean = fit.mean.value;
      for (const std::string& warning : price_warnings(fit)) findings_.warnings.push_back(name + ": " + warning);
    } catch (const TooLittleData& problem) {
      // Too few changes for a process: the price as it is on the mean of the time.
      const auto held = trace::held_values(history.prices, std::max(60.0, history.prices.span_seconds() / 5000.0));
      mean = mean_of(held);
      value = number_text(mean, 6);
      summary = fmt::format("the mean over {} days; too few changes for a process",
                            number_text(history.prices.span_seconds() / seconds_per_day, 3));
      findings_.warnings.push_back(problem.what());
    }
    findings_.toml += head(name, region, history.instance, gpus, as_of);
    if (on_demand) findings_.toml += fmt::format("on_demand = {}\n", number_text(*on_demand, 8));
    findings_.toml += comment(fmt::format("{} to {}: {}", trace::instant_text(history.prices.time_seconds.front()),
                                          trace::instant_text(history.prices.time_seconds.back()), summary));
    findings_.toml += fmt::format("[market.spot]\nprice = {}\n", value) + advice(region, history.instance) + "\n";
    row(name, on_demand, mean, as_of);
  }

  /// "of instance 'p4d.24xlarge'", "in region 'us-east-1'": what the options narrow the prices to.
  std::vector<std::string> asked_for() const {
    std::vector<std::string> words;
    if (!options_.instance.empty()) words.push_back(fmt::format("of instance '{}'", options_.instance));
    if (!options_.region.empty()) words.push_back(fmt::format("in region '{}'", options_.region));
    if (words.empty()) words.emplace_back("in the files");
    return words;
  }

  Findings finish() {
    if (names_.empty())
      throw results::FormatError(
          fmt::format("no price is {}; {}", fmt::join(asked_for(), ", "),
                      asked_for().size() > 1 ? "ask for less to see more" : "leave that out to see what there is"));
    if (names_.size() > most_markets)
      throw results::FormatError(
          fmt::format("{} markets fit, and a scenario holds {}: narrow them by --instance and --region", names_.size(),
                      most_markets));
    findings_.title = "Prices";
    if (from_catalog_ && options_.as_of.empty())
      findings_.warnings.emplace_back(
          "a catalogue does not say of when its prices are; --as-of writes the date into the markets");
    Table table;
    table.title = "Markets";
    table.columns = {"market", "on-demand", "spot", "as of"};
    table.rows = rows_;
    findings_.tables.push_back(table);
    findings_.json["markets"] = json_;
    return findings_;
  }

 private:
  std::string unique(const std::string& text) {
    std::string name = name_of(text);
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{} {}", name_of(text), i);
    return name;
  }

  std::string advice(const std::string& region, const std::string& instance) const {
    if (!advisor_) return "";
    const auto found = advice_of(*advisor_, region, instance);
    return found ? advice_text(*found, options_.advisor_use)
                 : comment(fmt::format("the Spot Advisor has no line for {} in {}", instance, region));
  }

  void row(const std::string& name, std::optional<double> on_demand, std::optional<double> spot,
           const std::string& as_of) {
    const auto text = [](std::optional<double> price) { return price ? number_text(*price, 6) : std::string("–"); };
    rows_.push_back({name, text(on_demand), text(spot), as_of});
    Json entry = {{"name", name}, {"as_of", as_of}};
    if (on_demand) entry["on_demand"] = *on_demand;
    if (spot) entry["spot_mean"] = *spot;
    json_.push_back(entry);
  }

  const std::optional<Json>& advisor_;
  const PricesOptions& options_;
  Findings findings_;
  std::set<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
  Json json_ = Json::array();
  bool from_catalog_ = false;
};

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

Findings market_findings(const std::vector<Offer>& offers, const std::vector<SpotHistory>& histories,
                         const std::optional<Json>& advisor, const PricesOptions& options) {
  Markets markets(advisor, options);
  bool any_history = false;
  for (const SpotHistory& history : histories) {
    const std::string region = region_of(history.zone);
    if (!markets.wanted(history.instance, region) || history.product != options.product) continue;
    std::optional<double> on_demand;
    int gpus = 0;
    for (const Offer& offer : offers)
      if (offer.instance == history.instance && offer.region == region) {
        on_demand = offer.on_demand;
        gpus = offer.gpus;
      }
    markets.add(history, on_demand, gpus);
    any_history = true;
  }
  if (!any_history)
    for (const Offer& offer : offers)
      if (markets.wanted(offer.instance, offer.region)) markets.add(offer);
  return markets.finish();
}

}  // namespace costrisk::calibrate
