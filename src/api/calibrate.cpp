// Calibrations: options of the interface in, findings out.
#include "costrisk/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "src/api/boundary.hpp"
#include "src/api/tables.hpp"
#include "src/calibrate/audit.hpp"
#include "src/calibrate/billing.hpp"
#include "src/calibrate/capacity.hpp"
#include "src/calibrate/demand.hpp"
#include "src/calibrate/lifetimes.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/prices.hpp"
#include "src/present/page/plots.hpp"
#include "src/present/text/audit_findings.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/records.hpp"

namespace costrisk {

namespace {

present::Uncertainty uncertainty_of(bool laws) {
  return laws ? present::Uncertainty::as_laws : present::Uncertainty::left_out;
}

constexpr trace::Pipes pipes = trace::Pipes::read;

std::string name_of(const std::filesystem::path& file) { return file == "-" ? "standard input" : file.string(); }

trace::History read_history(const std::filesystem::path& file, const HistoryOptions& options, trace::Quantity quantity,
                            const std::string& unit = "") {
  trace::require_file(file, pipes);
  trace::HistoryColumns columns;
  columns.time = options.time_column;
  columns.value = options.value_column;
  columns.quantity = quantity;
  if (!unit.empty()) {
    const auto* const found = std::find(std::begin(trace::rate_unit_names), std::end(trace::rate_unit_names), unit);
    if (found == std::end(trace::rate_unit_names))
      throw InputError(fmt::format("unit {} is none; expected {}", unit, fmt::join(trace::rate_unit_names, ", ")));
    columns.unit = static_cast<trace::RateUnit>(found - std::begin(trace::rate_unit_names));
  }
  return trace::read_history(file, columns, pipes);
}

/// Seconds since 1970 of a date that an option gives; nothing where it is empty.
/// @throws InputError
std::optional<double> until_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto instant = trace::parse_instant(text);
  if (!instant || instant->scale == trace::TimeScale::elapsed)
    throw InputError(fmt::format("until {} is no date; expected one such as 2026-01-05T00:00Z", text));
  return instant->seconds;
}

/// The prices of a file, which may be a spot price history.
trace::History read_prices(const std::filesystem::path& file, const HistoryOptions& options) {
  trace::require_file(file, pipes);
  const std::string text = trace::read_whole(file, pipes), name = name_of(file);
  const bool spot = trace::begins_as_json(text) ? text.find("\"SpotPriceHistory\"") != std::string::npos
                                                : text.starts_with("SPOTPRICEHISTORY");
  if (!spot) {
    trace::HistoryColumns columns{options.time_column, options.value_column, trace::Quantity::price, {}, false};
    return trace::parse_history(text, name, columns);
  }
  std::vector<calibrate::SpotHistory> histories = calibrate::read_spot_history(text, name);
  if (histories.size() == 1) return std::move(histories[0].prices);
  std::vector<std::string> names;
  constexpr std::size_t shown = 6;
  for (const calibrate::SpotHistory& history : histories)
    if (names.size() < shown)
      names.push_back(fmt::format("{} in {}, {}", history.instance, history.zone, history.product));
  throw InputError(
      fmt::format("{}: the prices of {} markets ({}{}); expected one: filter them, or make markets of all "
                  "with costrisk prices",
                  name, histories.size(), fmt::join(names, "; "), histories.size() > shown ? "; …" : ""));
}

calibrate::SojournBy sojourn_by(CapacityOptions::By by) {
  switch (by) {
    case CapacityOptions::By::automatic:
      return calibrate::SojournBy::automatic;
    case CapacityOptions::By::likelihood:
      return calibrate::SojournBy::likelihood;
    case CapacityOptions::By::moments:
      return calibrate::SojournBy::moments;
  }
  throw InputError("what mean and cv come from is none of those that there are");
}

/// @throws InputError where the fragment's means are too far from those of the data
Calibration calibration_of(const present::Findings& findings, bool accept = true) {
  if (const std::string why = present::refusal(findings); !accept && !why.empty()) throw InputError(why);
  return {findings.title,
          findings.toml,
          present::json_text(findings),
          tables_of(findings.tables),
          findings.notes,
          findings.warnings,
          present::plots_page(
              {findings.title, {}, findings.plots, findings.tables, findings.toml, "calibrate", findings.json})};
}

/// A year, a month or a day: "2025", "2025-06", "2025-06-30".
bool is_date(const std::string& text) {
  const std::string day = text.size() == 4 ? text + "-01-01" : text.size() == 7 ? text + "-01" : text;
  const auto instant = trace::parse_instant(day);
  return day.size() == 10 && instant && instant->scale == trace::TimeScale::local;
}

/// @throws InputError
calibrate::BillingOptions billing_of(const BillingOptions& options) {
  using Billing = calibrate::BillingOptions;
  if (!options.owner_tag.empty() && !options.owner_column.empty())
    throw InputError("owners are named by a tag or by a column; expected one of them");
  Billing billing;
  billing.by = options.by_service ? Billing::By::service : Billing::By::category;
  billing.cost = options.billed_cost ? Billing::Cost::billed : Billing::Cost::effective;
  billing.owner_tag = options.owner_tag;
  billing.owner_column = options.owner_column;
  billing.leave_out = options.leave_out;
  billing.most_items = options.most_items;
  billing.keep_copies = options.keep_copies;
  return billing;
}

/// @throws InputError where there is no file
calibrate::Ledger ledger_of(const std::vector<std::filesystem::path>& files, const calibrate::LedgerOptions& options) {
  if (files.empty()) throw InputError("no bill; expected one file or more");
  calibrate::Ledger ledger(options);
  for (const std::filesystem::path& file : files) {
    trace::require_file(file, pipes);
    trace::CsvReader rows(file, pipes);
    ledger.add(rows);
  }
  ledger.close();
  return ledger;
}

/// A date that the file's own zero stands for; nothing where none was given.
/// @throws InputError
std::optional<trace::Instant> start_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::optional<trace::Instant> start = trace::parse_instant(text);
  if (!start || start->scale == trace::TimeScale::elapsed)
    throw InputError(fmt::format("start {} is no date; expected one such as 2026-01-05T00:00", text));
  return start;
}

}  // namespace

Calibration calibrate_capacity(const std::vector<std::filesystem::path>& files, const CapacityOptions& options) {
  return at_boundary([&] {
    if (files.empty()) throw InputError("no trace of availability; expected one file or more");
    if (options.markets.size() > files.size())
      throw InputError(fmt::format("{} names for {} files", options.markets.size(), files.size()));
    calibrate::CapacityOptions capacity;
    capacity.instances = options.instances;
    capacity.by = sojourn_by(options.by);
    capacity.half_life_hours = options.half_life_hours;
    std::vector<trace::History> traces;
    for (const std::filesystem::path& file : files)
      traces.push_back(read_history(file, options, trace::Quantity::capacity));
    return calibration_of(present::capacity_findings(calibrate::fit_capacities(traces, capacity), capacity,
                                                     {options.markets, options.factor}, uncertainty_of(options.laws)),
                          options.accept);
  });
}

Calibration calibrate_price(const std::filesystem::path& file, const PriceOptions& options) {
  return at_boundary([&] {
    calibrate::PriceOptions price;
    price.cap = options.cap;
    price.grid_hours = options.grid_hours;
    price.until_seconds = until_of(options.until);
    const trace::History history = read_prices(file, options);
    calibrate::PriceFit fit;
    std::string too_few;
    try {
      fit = calibrate::fit_price(history, price);
    } catch (const calibrate::TooLittleData& problem) {
      fit = calibrate::mean_price(history, price);
      too_few = problem.what();
    }
    present::Findings findings = present::price_findings(history, fit, uncertainty_of(options.laws));
    if (!too_few.empty())
      findings.warnings.push_back(fmt::format("{}; written is the mean over time, as if the price stayed", too_few));
    return calibration_of(findings, options.accept);
  });
}

Calibration calibrate_demand(const std::filesystem::path& file, const DemandOptions& options) {
  return at_boundary([&] {
    calibrate::DemandOptions demand;
    demand.utc_offset_hours = options.utc_offset_hours;
    demand.start = start_of(options.start);
    demand.any_growth = options.accept;
    trace::require_file(file, pipes);
    const calibrate::RateSeries series =
        options.log
            ? calibrate::rates_of(
                  trace::read_request_log(
                      file, {options.time_column, options.input_tokens_column, options.output_tokens_column}, pipes),
                  options.window_hours)
            : calibrate::rates_of(read_history(file, options, trace::Quantity::demand, options.unit));
    return calibration_of(present::demand_findings(series, calibrate::fit_demand(series, demand), demand, options.name,
                                                   uncertainty_of(options.laws)),
                          options.accept);
  });
}

Calibration calibrate_lifetimes(const std::filesystem::path& file, const LifetimeOptions& options) {
  return at_boundary([&] {
    trace::require_file(file, pipes);
    const calibrate::Lifetimes lifetimes = calibrate::read_lifetimes(
        trace::read_table(file, pipes), {options.lifetime_column, options.start_column, options.end_column,
                                         options.flag_column, options.lost_words, options.all_lost});
    return calibration_of(
        present::lifetime_findings(lifetimes, calibrate::fit_lifetimes(lifetimes), uncertainty_of(options.laws)),
        options.accept);
  });
}

Calibration calibrate_billing(const std::vector<std::filesystem::path>& files, const BillingOptions& options) {
  return at_boundary([&] {
    if (options.most_items < 2) throw InputError(fmt::format("{} items; expected 2 or more", options.most_items));
    const calibrate::BillingOptions billing = billing_of(options);
    return calibration_of(
        present::billing_findings(calibrate::bill_of(ledger_of(files, billing.ledger()), billing), billing),
        options.accept);
  });
}

Calibration audit_bill(const std::vector<std::filesystem::path>& files, const AuditOptions& options) {
  return at_boundary([&] {
    calibrate::AuditOptions audit;
    audit.billing = billing_of(options.billing);
    audit.billing.leave_out.clear();
    audit.utc_offset_hours = options.utc_offset_hours;
    calibrate::Loads loads;
    if (!options.usage.empty()) {
      trace::require_file(options.usage);
      loads = calibrate::read_loads(trace::read_table(options.usage));
    }
    calibrate::LedgerOptions ledger = audit.billing.ledger();
    ledger.profiles = true;
    return calibration_of(
        present::audit_findings(calibrate::audit_of(ledger_of(files, ledger), audit, loads), audit,
                                options.pseudonyms ? present::Names::pseudonyms : present::Names::own));
  });
}

Calibration published_prices(const std::vector<std::filesystem::path>& files, const PublishedPriceOptions& options) {
  return at_boundary([&] {
    if (!options.as_of.empty() && !is_date(options.as_of))
      throw InputError(fmt::format("as_of {} is no date; expected one such as 2025-06 or 2025-06-30", options.as_of));
    calibrate::PublishedPrices published;
    for (const std::filesystem::path& file : files) {
      trace::require_file(file, pipes);
      published.add(trace::read_whole(file, pipes), name_of(file));
    }
    std::optional<nlohmann::json> advisor;
    if (!options.advisor.empty()) {
      trace::require_file(options.advisor);
      advisor = nlohmann::json::parse(trace::read_whole(options.advisor), nullptr, false);
    }
    if (options.assume_constant_hazard && !advisor)
      throw InputError("a constant hazard is assumed of the bands of a Spot Advisor, and none is given");
    const auto use = options.assume_constant_hazard ? present::AdvisorUse::constant_hazard
                     : advisor                      ? present::AdvisorUse::context
                                                    : present::AdvisorUse::none;
    calibrate::PricesOptions prices;
    prices.instance = options.instance;
    prices.region = options.region;
    prices.product_given = !options.product.empty();
    if (prices.product_given) prices.product = options.product;
    prices.as_of = options.as_of;
    prices.price.until_seconds = until_of(options.until);
    return calibration_of(
        present::market_findings(calibrate::published_markets(published.offers, published.histories, advisor, prices),
                                 published.readings, use, uncertainty_of(options.laws)),
        options.accept);
  });
}

}  // namespace costrisk
