// Published prices: catalogues, histories of spot prices and the Spot Advisor, as markets.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/price.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::calibrate {

/// A row of a catalogue.
struct Offer {
  std::string instance, region, zone, accelerator;
  int gpus = 0;
  std::optional<double> on_demand, spot;  ///< per instance-hour
};

/// A SkyPilot catalogue: InstanceType, AcceleratorName, AcceleratorCount, Price, SpotPrice, Region, AvailabilityZone,
/// or instance_type, accelerator, count, price_ondemand, price_spot, region, az. Where accelerators have rows of their
/// own, as in the catalogue of Google Cloud, their price is added to that of the machines that come with them; a
/// machine whose accelerators have no row is left out.
/// @param reading gets what was taken and what was left out
/// @throws results::FormatError with file and line
std::vector<Offer> read_catalog(const trace::CsvTable& table, trace::Reading& reading);

/// The spot price of an instance type in a zone.
struct SpotHistory {
  std::string instance, zone, product;
  trace::History prices;  ///< in order of time, at changes
};

/// What `aws ec2 describe-spot-price-history` prints as JSON, on one page or on several one after the other. It begins
/// with the latest: the order is turned.
/// @throws results::FormatError with the index of the entry
std::vector<SpotHistory> read_spot_history(const std::string& text, const std::string& file);

/// What files of prices hold, of whatever form.
struct PublishedPrices {
  std::vector<Offer> offers;
  std::vector<SpotHistory> histories;  ///< one of an instance type, zone and product, however many pages it came in
  std::vector<trace::Reading> readings;

  /// Adds a file: a catalogue; a spot history as JSON, as text (aws … --output text) or as CSV; pages of the Azure
  /// Retail Prices.
  /// @throws results::FormatError
  void add(const std::string& text, const std::string& file);
};

/// A line of the Spot Advisor.
struct Advice {
  std::string label;             ///< "5-10%": of instances interrupted in the month before
  double low = 0.0, high = 0.0;  ///< shares; high is 1 in the last band
  int savings_percent = 0;

  bool open() const { return high >= 1.0; }
  /// The middle of the band, the lower end of an open one.
  double share() const;
  /// Where that share of the instances is lost in 730 h of running, at a hazard that never changes.
  double reclaim_every_hours() const;
};

/// The advice for an instance type in a region, for Linux; nothing where it has none.
/// @throws results::FormatError where the document is no Spot Advisor's
std::optional<Advice> advice_of(const nlohmann::json& advisor, const std::string& region, const std::string& instance);

/// The region of a zone: "us-east-1" of "us-east-1a".
std::string region_of(const std::string& zone);

struct PricesOptions {
  std::string instance, region;  ///< only these; empty: all
  std::string product = "Linux/UNIX";
  std::string as_of;           ///< the date of a catalogue, which it does not name itself
  bool product_given = false;  ///< else another one is taken where the files hold that alone
  PriceOptions price;
};

/// What a history of spot prices comes to.
struct MarketHistory {
  double first_seconds = 0.0, last_seconds = 0.0;
  std::optional<PriceFit> fit;
  std::string why_no_fit;  ///< where it has too few changes for a process
};

/// A market of published prices, per instance-hour.
struct PublishedMarket {
  std::string instance, region, zone;  ///< zone is empty where it is not known
  int gpus = 0;
  std::string as_of;  ///< empty: not known
  std::optional<double> on_demand;
  std::optional<double> spot;  ///< one quotation, or the mean of the history
  std::optional<MarketHistory> history;
  std::string product;           ///< of a history
  std::optional<Advice> advice;  ///< nothing where the Spot Advisor has none
};

/// A market for each offer and each history that fits the options; a history takes the on-demand price of its region
/// from the offers. At most 32 markets.
/// @throws results::FormatError where nothing fits, or more than a scenario holds
std::vector<PublishedMarket> published_markets(const std::vector<Offer>& offers,
                                               const std::vector<SpotHistory>& histories,
                                               const std::optional<nlohmann::json>& advisor = std::nullopt,
                                               const PricesOptions& options = {});

}  // namespace costrisk::calibrate
