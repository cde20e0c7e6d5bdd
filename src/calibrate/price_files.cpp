// Files of published prices: catalogues, spot histories, Azure Retail Prices.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "src/calibrate/prices.hpp"
#include "src/results/store/errors.hpp"
#include "src/trace/columns.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/records.hpp"

namespace costrisk::calibrate {

namespace {

using Json = nlohmann::json;

std::optional<double> price_in(const trace::CsvTable& table, const trace::CsvRow& row,
                               std::optional<std::size_t> column) {
  if (!column || trace::is_absent(row.cells[*column])) return std::nullopt;
  const auto price = trace::parse_number(row.cells[*column]);
  if (!price || *price < 0.0)
    throw results::FormatError(fmt::format("{}: '{}' in column {} is no price; expected a number from 0 on",
                                           table.place(row), row.cells[*column], table.header[*column]));
  return price;
}

/// Accelerators that a machine type of Google Cloud comes with.
struct Accelerators {
  std::vector<const char*> names;  ///< as catalogues have them
  int count = 0;
};

/// Machine types with accelerators, by the documentation of Google Cloud's accelerator-optimized machines (2025).
std::optional<Accelerators> accelerators_of(const std::string& instance) {
  const std::size_t dash = instance.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  const std::string family = instance.substr(0, dash), size = instance.substr(dash + 1);
  const auto number = trace::parse_number(size.ends_with('g') ? size.substr(0, size.size() - 1) : size);
  if (!number) return std::nullopt;
  const int of_size = static_cast<int>(*number);
  if (family == "a2-highgpu" || family == "a2-megagpu") return Accelerators{{"A100"}, of_size};
  if (family == "a2-ultragpu") return Accelerators{{"A100-80GB"}, of_size};
  if (family == "a3-highgpu" || family == "a3-edgegpu") return Accelerators{{"H100", "H100-80GB"}, of_size};
  if (family == "a3-megagpu") return Accelerators{{"H100-MEGA", "H100-MEGA-80GB"}, of_size};
  if (family == "a3-ultragpu") return Accelerators{{"H200"}, of_size};
  if (family == "a4-highgpu") return Accelerators{{"B200"}, of_size};
  if (family == "a4x-highgpu") return Accelerators{{"GB200"}, of_size};
  if (family == "g2-standard")
    return Accelerators{{"L4"}, of_size >= 96 ? 8 : of_size >= 48 ? 4 : of_size >= 24 && of_size != 32 ? 2 : 1};
  if (instance.find("gpu") != std::string::npos) return Accelerators{{}, of_size};
  return std::nullopt;
}

/// Rows of accelerators by themselves.
class AcceleratorRows {
 public:
  void add(const Offer& offer) {
    rows_[{trace::lower_case(offer.accelerator), offer.zone, offer.region}].push_back(offer);
  }
  bool empty() const { return rows_.empty(); }

  /// The price of so many of them in a zone; nothing where there is no row of them.
  std::optional<Offer> of(const Accelerators& wanted, const Offer& host) const {
    for (const char* name : wanted.names) {
      const auto found = rows_.find({trace::lower_case(name), host.zone, host.region});
      if (found == rows_.end()) continue;
      const Offer* one = nullptr;
      for (const Offer& row : found->second) {
        if (row.gpus == wanted.count) return row;
        if (row.gpus == 1) one = &row;
      }
      if (!one) continue;
      Offer all = *one;
      all.gpus = wanted.count;
      for (auto* price : {&all.on_demand, &all.spot})
        if (*price) **price *= wanted.count;
      return all;
    }
    return std::nullopt;
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<Offer>> rows_;
};

std::optional<double> sum_of(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

/// Adds the price of their accelerators to machines whose catalogue has these in rows of their own.
std::vector<Offer> joined(std::vector<Offer> hosts, const AcceleratorRows& rows, const trace::CsvTable& table,
                          trace::Reading& reading) {
  std::vector<Offer> offers;
  std::size_t added = 0;
  for (Offer& host : hosts) {
    const auto wanted = host.accelerator.empty() ? accelerators_of(host.instance) : std::nullopt;
    if (!wanted) {
      offers.push_back(std::move(host));
      continue;
    }
    const auto accelerators = rows.of(*wanted, host);
    if (!accelerators) {
      const std::string what =
          wanted->names.empty() ? "accelerators" : fmt::format("{} {}", wanted->count, wanted->names[0]);
      reading.drop(
          fmt::format("{} has {}, of which there is no row in {}: its price is that of the machine without them",
                      host.instance, what, host.zone.empty() ? host.region : host.zone),
          table.file);
      continue;
    }
    ++added;
    host.accelerator = accelerators->accelerator;
    host.gpus = wanted->count;
    host.on_demand = sum_of(host.on_demand, accelerators->on_demand);
    host.spot = sum_of(host.spot, accelerators->spot);
    offers.push_back(std::move(host));
  }
  if (added > 0)
    reading.mended.push_back(
        fmt::format("accelerators have rows of their own: their price is added to that of {} machine{}", added,
                    added == 1 ? "" : "s"));
  return offers;
}

/// Spot prices by instance type, zone and product, and time.
using SpotSeries = std::map<std::tuple<std::string, std::string, std::string>, std::map<double, double>>;

/// Of several prices of one instant the one that comes first counts, since the latest is printed first.
void add_price(SpotSeries& series, const std::string& instance, const std::string& zone, const std::string& product,
               double seconds, double price, trace::Reading& reading, const std::string& place) {
  const auto [known, fresh] = series[{instance, zone, product}].emplace(seconds, price);
  ++reading.rows;
  if (!fresh)
    reading.drop(known->second == price ? "repeats an entry" : "is an earlier price of the same instant", place);
  reading.span = reading.span
                     ? std::pair(std::min(reading.span->first, seconds), std::max(reading.span->second, seconds))
                     : std::pair(seconds, seconds);
}

std::vector<SpotHistory> histories_of(const SpotSeries& series, const std::string& file,
                                      const trace::Reading& reading) {
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
    history.prices.at_changes = true;
    history.prices.reading = reading;
    history.prices.reading.span = {history.prices.time_seconds.front(), history.prices.time_seconds.back()};
    histories.push_back(std::move(history));
  }
  return histories;
}

trace::Reading spot_reading(const std::string& file, const char* form) {
  trace::Reading reading;
  reading.file = file;
  reading.form = form;
  reading.scale = trace::TimeScale::utc;
  reading.take("time", "Timestamp", "dates with a zone, UTC");
  reading.take("price", "SpotPrice", "an instance-hour");
  return reading;
}

double price_of(const std::string& text, const std::string& place) {
  const auto price = trace::parse_number(text);
  if (!price || *price <= 0.0) throw results::FormatError(fmt::format("{}: '{}' is no price", place, text));
  return *price;
}

double seconds_of(const std::string& text, const std::string& place) {
  const auto time = trace::parse_instant(text);
  if (!time || time->scale != trace::TimeScale::utc)
    throw results::FormatError(
        fmt::format("{}: '{}' is no time with a zone, such as 2026-01-05T06:30:00Z", place, text));
  return time->seconds;
}

constexpr const char* spot_text_mark = "SPOTPRICEHISTORY";

/// Columns of `--output text`, in the order of their names.
void add_spot_text(const std::string& text, const std::string& file, SpotSeries& series, trace::Reading& reading) {
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string row(trace::trimmed(std::string_view(text).substr(at, end - at)));
    at = end + 1;
    ++line;
    if (row.empty() || row.starts_with("NEXTTOKEN")) continue;
    const std::string place = fmt::format("{}:{}", file, line);
    std::vector<std::string> cells;
    for (std::size_t from = 0; from <= row.size();) {
      const std::size_t tab = std::min(row.find('\t', from), row.size());
      cells.push_back(row.substr(from, tab - from));
      from = tab + 1;
    }
    if (cells.size() != 6 || cells[0] != spot_text_mark)
      throw results::FormatError(
          fmt::format("{}: expected {}, zone, instance type, product, price and time, with tabs between them", place,
                      spot_text_mark));
    add_price(series, cells[2], cells[1], cells[3], seconds_of(cells[5], place), price_of(cells[4], place), reading,
              place);
  }
}

void add_spot_entries(const Json& document, const std::string& file, SpotSeries& series, trace::Reading& reading) {
  const Json& entries = document["SpotPriceHistory"];
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string place = fmt::format("{}: SpotPriceHistory[{}]", file, i);
    const auto word = [&](const char* key) {
      if (!entries[i].is_object() || !entries[i].contains(key) || !entries[i][key].is_string())
        throw results::FormatError(fmt::format("{}: there is no text named {}", place, key));
      return entries[i][key].get<std::string>();
    };
    const double price = price_of(word("SpotPrice"), place), seconds = seconds_of(word("Timestamp"), place);
    const std::string instance = word("InstanceType"), zone = word("AvailabilityZone");
    add_price(series, instance, zone, word("ProductDescription"), seconds, price, reading, place);
  }
}

bool is_spot_page(const Json& document) {
  return document.is_object() && document.contains("SpotPriceHistory") && document["SpotPriceHistory"].is_array();
}

bool is_azure_page(const Json& document) {
  return document.is_object() && document.contains("Items") && document["Items"].is_array();
}

/// A spot history as a table, of which each row is an entry.
bool is_spot_table(const trace::CsvTable& table) {
  return table.column("Timestamp") && table.column("SpotPrice") && table.column("InstanceType") &&
         table.column("AvailabilityZone") && !table.column("Price");
}

void add_spot_table(const trace::CsvTable& table, SpotSeries& series, trace::Reading& reading) {
  const std::size_t instance = *table.column("InstanceType"), zone = *table.column("AvailabilityZone"),
                    price = *table.column("SpotPrice"), time = *table.column("Timestamp");
  const auto product = table.column("ProductDescription");
  for (const trace::CsvRow& row : table.rows) {
    const std::string place = table.place(row);
    add_price(series, row.cells[instance], row.cells[zone], product ? row.cells[*product] : "Linux/UNIX",
              seconds_of(row.cells[time], place), price_of(row.cells[price], place), reading, place);
  }
}

/// Machines by name and region, each with its latest price of either kind.
class AzureOffers {
 public:
  AzureOffers(const std::string& file, trace::Reading& reading) : file_(file), reading_(reading) {}

  void add(const Json& page) {
    std::size_t i = 0;
    for (const Json& item : page["Items"]) add_item(item, fmt::format("{}: Items[{}]", file_, i++));
    more_ = page.contains("NextPageLink") && page["NextPageLink"].is_string() &&
            !page["NextPageLink"].get<std::string>().empty();
  }

  std::vector<Offer> offers() {
    if (more_)
      reading_.mended.emplace_back(
          "the last page names another one (NextPageLink), which is not here: ask for all of them");
    std::vector<Offer> offers;
    for (auto& [key, dated] : found_) offers.push_back(std::move(dated.offer));
    return offers;
  }

 private:
  struct Dated {
    Offer offer;
    std::string on_demand_from, spot_from;
  };

  static std::string text(const Json& item, const char* key) {
    return item.contains(key) && item[key].is_string() ? item[key].get<std::string>() : "";
  }
  static bool has(const std::string& text, const char* part) {
    return trace::lower_case(text).find(part) != std::string::npos;
  }

  void add_item(const Json& item, const std::string& place) {
    ++reading_.rows;
    if (!item.is_object() || !item.contains("retailPrice") || !item["retailPrice"].is_number())
      throw results::FormatError(fmt::format("{}: there is no number named retailPrice", place));
    const std::string machine = text(item, "armSkuName"), sku = text(item, "skuName") + " " + text(item, "meterName");
    const std::string service = text(item, "serviceName"), unit = text(item, "unitOfMeasure"),
                      type = text(item, "type");
    const std::string currency = text(item, "currencyCode");
    if (!currency_.empty() && currency != currency_)
      throw results::FormatError(
          fmt::format("{}: {} after {}; a scenario has one currency", place, currency, currency_));
    currency_ = currency;
    if (machine.empty() || (!service.empty() && service != "Virtual Machines"))
      return reading_.drop("is no virtual machine", place);
    if (!type.empty() && type != "Consumption") return reading_.drop("is of type " + type, place);
    if (!unit.empty() && unit != "1 Hour") return reading_.drop("is per " + unit, place);
    if (has(text(item, "productName"), "windows")) return reading_.drop("is for Windows", place);
    if (has(sku, "low priority")) return reading_.drop("is low priority, which is no longer sold", place);
    const double price = item["retailPrice"].get<double>();
    if (price <= 0.0) return reading_.drop("costs nothing", place);
    const std::string region = text(item, "armRegionName"), from = text(item, "effectiveStartDate");
    Dated& dated = found_[{machine, region}];
    dated.offer.instance = machine;
    dated.offer.region = region;
    const bool spot = has(sku, "spot");
    auto& known = spot ? dated.offer.spot : dated.offer.on_demand;
    std::string& known_from = spot ? dated.spot_from : dated.on_demand_from;
    if (known && *known != price && from == known_from)
      throw results::FormatError(
          fmt::format("{}: {} in {} has prices of {} and {} from the same day on; filter the "
                      "query (productName, priceType)",
                      place, machine, region, *known, price));
    if (known && from < known_from) return reading_.drop("was replaced by a later price", place);
    known = price;
    known_from = from;
  }

  std::string file_;
  trace::Reading& reading_;
  std::map<std::pair<std::string, std::string>, Dated> found_;
  std::string currency_;
  bool more_ = false;
};

}  // namespace

std::vector<Offer> read_catalog(const trace::CsvTable& table, trace::Reading& reading) {
  const std::size_t instance = table.required_column({"InstanceType", "instance_type"});
  const std::size_t region = table.required_column({"Region", "region"});
  const auto zone = table.column_of({"AvailabilityZone", "az", "zone"});
  const auto accelerator = table.column_of({"AcceleratorName", "accelerator"});
  const auto count = table.column_of({"AcceleratorCount", "count"});
  const auto on_demand = table.column_of({"Price", "price_ondemand"}),
             spot = table.column_of({"SpotPrice", "price_spot"});
  if (!on_demand && !spot) table.required_column({"Price", "price_ondemand"});
  reading.file = table.file;
  reading.form = "catalogue";
  reading.rows = table.rows.size();
  reading.take("instance", table.header[instance]);
  if (on_demand) reading.take("on-demand price", table.header[*on_demand], "an instance-hour");
  if (spot) reading.take("spot price", table.header[*spot], "an instance-hour");
  std::vector<Offer> hosts;
  AcceleratorRows alone;
  for (const trace::CsvRow& row : table.rows) {
    Offer offer;
    if (!trace::is_absent(row.cells[instance])) offer.instance = row.cells[instance];
    offer.region = row.cells[region];
    if (zone && !trace::is_absent(row.cells[*zone])) offer.zone = row.cells[*zone];
    if (accelerator && !trace::is_absent(row.cells[*accelerator])) offer.accelerator = row.cells[*accelerator];
    if (count && !trace::is_absent(row.cells[*count])) {
      const auto gpus = trace::parse_number(row.cells[*count]);
      if (!gpus || *gpus < 0.0 || *gpus > 4096.0)
        throw results::FormatError(fmt::format("{}: '{}' in column {} is no number of accelerators; expected 0 to 4096",
                                               table.place(row), row.cells[*count], table.header[*count]));
      offer.gpus = static_cast<int>(*gpus);
    }
    offer.on_demand = price_in(table, row, on_demand);
    offer.spot = price_in(table, row, spot);
    for (auto* price : {&offer.on_demand, &offer.spot})
      if (*price && **price == 0.0) price->reset();
    if (!offer.on_demand && !offer.spot) {
      reading.drop("has no price above 0", table.place(row));
      continue;
    }
    if (!offer.instance.empty()) {
      hosts.push_back(offer);
    } else if (trace::lower_case(offer.accelerator).starts_with("tpu")) {
      offer.instance = offer.accelerator;  // sold without a machine of its own
      hosts.push_back(offer);
    } else if (!offer.accelerator.empty()) {
      alone.add(offer);
    } else {
      reading.drop("names neither an instance nor an accelerator", table.place(row));
    }
  }
  return joined(std::move(hosts), alone, table, reading);
}

std::vector<SpotHistory> read_spot_history(const std::string& text, const std::string& file) {
  PublishedPrices prices;
  prices.add(text, file);
  if (prices.histories.empty())
    throw results::FormatError(fmt::format(
        "{}: expected {{\"SpotPriceHistory\": […]}}, as aws ec2 describe-spot-price-history prints it", file));
  return std::move(prices.histories);
}

void PublishedPrices::add(const std::string& text, const std::string& file) {
  SpotSeries series;
  trace::Reading reading = spot_reading(file, "spot price history");
  const std::string_view start = trace::trimmed(std::string_view(text).substr(0, 64));
  if (trace::begins_as_json(text)) {
    const std::vector<Json> documents = trace::json_documents(text, file);
    std::vector<Json> pages;
    for (const Json& document : documents)
      if (document.is_array())
        pages.insert(pages.end(), document.begin(), document.end());  // several pages, gathered in a list
      else
        pages.push_back(document);
    if (std::all_of(pages.begin(), pages.end(), is_spot_page) && !pages.empty()) {
      for (const Json& page : pages) add_spot_entries(page, file, series, reading);
      if (series.empty())
        throw results::FormatError(fmt::format(
            "{}: a spot price history without entries: ask for an instance type that is sold there, with --start-time "
            "and --product-descriptions",
            file));
    } else if (std::all_of(pages.begin(), pages.end(), is_azure_page) && !pages.empty()) {
      reading = {};
      reading.file = file;
      reading.form = "Azure Retail Prices";
      reading.take("instance", "armSkuName");
      reading.take("price", "retailPrice", "an instance-hour");
      AzureOffers azure(file, reading);
      for (const Json& page : pages) azure.add(page);
      const std::vector<Offer> found = azure.offers();
      offers.insert(offers.end(), found.begin(), found.end());
    } else {
      throw results::FormatError(
          fmt::format("{}: expected {{\"SpotPriceHistory\": […]}}, as aws ec2 describe-spot-price-history --output "
                      "json prints it, or "
                      "{{\"Items\": […]}} of the Azure Retail Prices",
                      file));
    }
  } else if (start.starts_with(spot_text_mark)) {
    add_spot_text(text, file, series, reading);
  } else if (start.starts_with("---") || start.starts_with("SpotPriceHistory:") || start.starts_with("|")) {
    throw results::FormatError(fmt::format(
        "{}: this looks like what aws prints with --output table or yaml; expected --output json or text", file));
  } else {
    const trace::CsvTable table = trace::parse_csv(text, file);
    if (is_spot_table(table)) {
      add_spot_table(table, series, reading);
    } else {
      reading = {};
      const std::vector<Offer> found = read_catalog(table, reading);
      offers.insert(offers.end(), found.begin(), found.end());
    }
  }
  // Pages of one query are one market, in however many files they lie.
  for (const SpotHistory& known : histories) {
    const auto found = series.find({known.instance, known.zone, known.product});
    if (found == series.end()) continue;
    for (std::size_t i = 0; i < known.prices.size(); ++i)
      found->second.emplace(known.prices.time_seconds[i], known.prices.value[i]);
  }
  std::vector<SpotHistory> fresh = histories_of(series, file, reading);
  std::erase_if(histories, [&series](const SpotHistory& known) {
    return series.contains({known.instance, known.zone, known.product});
  });
  histories.insert(histories.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  readings.push_back(std::move(reading));
}

}  // namespace costrisk::calibrate
