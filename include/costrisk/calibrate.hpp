/// @file
/// From measured histories to fragments of a scenario.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/errors.hpp"
#include "costrisk/export.hpp"

namespace costrisk {

/// A table of words and figures.
struct COSTRISK_API Table {
  std::string title;                           ///< a line
  std::vector<std::string> columns;            ///< their titles
  std::vector<std::vector<std::string>> rows;  ///< as many cells in each as there are columns

  /// The table as lines of text below its title, the first column set to the left, the others to the right.
  /// @param bold whether the titles of the columns are set in bold by terminal codes
  std::string text(bool bold = false) const;
};

/// What a calibration found.
struct Calibration {
  std::string title;                  ///< a line
  std::string toml;                   ///< a fragment of a scenario, with comments
  std::string json;                   ///< every figure, as `costrisk calibrate --json` prints it
  std::vector<Table> tables;          ///< estimates and goodness of fit
  std::vector<std::string> notes;     ///< how the data were taken
  std::vector<std::string> warnings;  ///< why the fit may not hold
  std::string page;                   ///< plots and tables as one HTML page that loads nothing
};

/// What all histories are read by. A file is CSV or JSON, may be compressed by gzip, and "-" is standard input.
struct HistoryOptions {
  std::string time_column;   ///< of a table; empty: found by name and content
  std::string value_column;  ///< likewise; empty: the only one with numbers
  bool accept = false;       ///< take a fit although its mean is more than a tenth from that of the data
  bool laws = false;         ///< write estimates as distributions by their standard errors, drawn once per future
};

/// How calibrate_capacity takes its traces.
struct CapacityOptions : HistoryOptions {
  /// Where mean and cv of the runs come from.
  enum class By {
    automatic,   ///< likelihood, but moments where many runs fall between two samples
    likelihood,  ///< the fitted log-normal distribution
    moments      ///< mean and cv of the complete runs as they were seen
  };
  std::vector<std::string> markets;       ///< names, one a file; empty: the stems of the files
  double instances = 1.0;                 ///< a sample is up where its value is at least this
  By by = By::automatic;                  ///< where mean and cv come from
  std::string factor = "shortage";        ///< name of the factor that several traces share
  std::optional<double> half_life_hours;  ///< of the factor, in hours; absent: fitted
};

/// How calibrate_price takes its trace.
struct PriceOptions : HistoryOptions {
  std::optional<double> cap;         ///< the on-demand price an instance-hour, which caps it
  std::string until;                 ///< date and time until which the last price holds; empty: its own
  std::optional<double> grid_hours;  ///< how far apart it is looked at; absent: the mean time between changes
};

/// How calibrate_demand takes its series.
struct DemandOptions : HistoryOptions {
  std::string name = "demand";  ///< of the demand
  bool log = false;             ///< every row is one request; else values say how many there were
  std::string unit;  ///< of values: per-second, per-minute, per-hour, per-day, count, counter; empty: by their name
  std::optional<double> window_hours;  ///< with log: length of the windows; absent: by the number of requests
  std::string start;                   ///< when the first value was, where the file counts from a zero of its own
  double utc_offset_hours = 0.0;       ///< what the clock of the profile is ahead of that of the file
  std::string input_tokens_column;     ///< with log; empty: found by its name
  std::string output_tokens_column;    ///< likewise
};

/// How calibrate_lifetimes takes its table.
struct LifetimeOptions {
  std::string lifetime_column;          ///< with its unit in its name; empty: found
  std::string start_column;             ///< empty: found
  std::string end_column;               ///< empty: found
  std::string flag_column;              ///< that says which ends were losses, or why they came; empty: found
  std::vector<std::string> lost_words;  ///< of the flag's column: those that say that the instance was lost
  bool all_lost = false;                ///< every end was a loss
  bool accept = false;                  ///< as HistoryOptions::accept
  bool laws = false;                    ///< as HistoryOptions::laws
};

/// How calibrate_billing takes its bill.
struct BillingOptions {
  bool by_service = false;             ///< a service becomes an item; else a category does
  bool billed_cost = false;            ///< billed cost; else effective cost, which spreads prepayments
  std::string owner_tag;               ///< key of the tag that names owners; empty: items have none
  std::string owner_column;            ///< a column that names owners, in place of a tag
  std::vector<std::string> leave_out;  ///< categories or services that the scenario simulates itself
  int most_items = 12;                 ///< the others are put together; 2 and more
  bool keep_copies = false;            ///< count rows twice that stand in the files twice, as of an export added again
  bool accept = false;                 ///< as HistoryOptions::accept
};

/// Which published prices become markets.
struct PublishedPriceOptions {
  std::string instance;                 ///< only this instance type; empty: all
  std::string region;                   ///< only this region; empty: all
  std::string product;                  ///< of a history of spot prices; empty: Linux/UNIX, or the only one there is
  std::string until;                    ///< date and time until which the last price of a history holds; empty: its own
  bool accept = false;                  ///< as HistoryOptions::accept
  std::string as_of;                    ///< the date of a catalogue, which does not give it: "2025-06"; may be empty
  std::filesystem::path advisor;        ///< Spot Advisor (JSON), given in comments; empty: none
  bool assume_constant_hazard = false;  ///< turn its bands into reclaim_every, with what that assumes
  bool laws = false;                    ///< write mean prices as distributions by their standard errors
};

/// Runs of availability of one market, or of several and what they have in common.
/// @param files traces of availability, one a market (JSON or CSV)
/// @param options how they are read and fitted
/// @throws InputError: no such file, unreadable data, gaps, too few runs, or more names than files
/// @throws FileError
COSTRISK_API Calibration calibrate_capacity(const std::vector<std::filesystem::path>& files,
                                            const CapacityOptions& options = {});

/// Mean, volatility and half-life of a spot price.
/// @param file prices at any times, such as at their changes (CSV or JSON), or a spot price history of one market
/// @param options how they are read and fitted
/// @throws InputError, FileError
COSTRISK_API Calibration calibrate_price(const std::filesystem::path& file, const PriceOptions& options = {});

/// Profile, growth, noise and bursts of requests.
/// @param file requests a second at even distances, or a row a request (CSV)
/// @param options how they are read and fitted
/// @throws InputError, FileError
COSTRISK_API Calibration calibrate_demand(const std::filesystem::path& file, const DemandOptions& options = {});

/// How often single instances are reclaimed.
/// @param file a row an instance: lifetime_hours and lost, or start, end and why it ended (CSV or JSON)
/// @param options how they are read and fitted
/// @throws InputError, FileError
COSTRISK_API Calibration calibrate_lifetimes(const std::filesystem::path& file, const LifetimeOptions& options = {});

/// Items, owners and commitments of a bill in the FOCUS format (1.0 to 1.3).
/// @param files the bill (CSV), in one file or several
/// @param options how they are read and fitted
/// @throws InputError, FileError
COSTRISK_API Calibration calibrate_billing(const std::vector<std::filesystem::path>& files,
                                           const BillingOptions& options = {});

/// How audit_bill takes its bill.
struct AuditOptions {
  BillingOptions billing;         ///< owners, and which cost; leave_out and most_items are not looked at
  std::filesystem::path usage;    ///< a table of resources and their utilization; empty: none
  double utc_offset_hours = 0.0;  ///< what the clock by which people work is ahead of UTC
  bool pseudonyms = false;        ///< "service 1", "owner 2" in the place of names
};

/// What a bill says of money that may be saved, or that nobody expects: cost without an owner, commitments unused or
/// missing, off-hours, egress, trends and newcomers, charges that come once, accelerators without load; the most money
/// first, each with the lever of a plan that it suggests.
/// @param files the bill (CSV, FOCUS 1.0 to 1.3), in one file or several
/// @param options how it is read
/// @return the findings: its `toml` is their text
/// @throws InputError, FileError
COSTRISK_API Calibration audit_bill(const std::vector<std::filesystem::path>& files, const AuditOptions& options = {});

/// Markets of published prices, per instance-hour.
/// @param files SkyPilot catalogues (CSV), Azure Retail Prices (JSON), or what `aws ec2 describe-spot-price-history`
///        prints (JSON or text); a catalogue and a history together give spot processes with on-demand prices
/// @param options which of them are taken
/// @throws InputError: no such file, unreadable data, nothing that fits the options, more markets than a scenario
///         holds, an advisor that is assumed and not given, or a date that is none
/// @throws FileError
COSTRISK_API Calibration published_prices(const std::vector<std::filesystem::path>& files,
                                          const PublishedPriceOptions& options = {});

}  // namespace costrisk
