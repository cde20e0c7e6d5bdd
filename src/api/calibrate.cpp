// Calibrations: options of the interface in, findings out.
#include "costrisk/calibrate.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "src/api/boundary.hpp"
#include "src/api/tables.hpp"
#include "src/calibrate/billing.hpp"
#include "src/calibrate/capacity.hpp"
#include "src/calibrate/demand.hpp"
#include "src/calibrate/lifetimes.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/prices.hpp"
#include "src/present/page/plots.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history.hpp"
#include "src/trace/history_time.hpp"

namespace costrisk {

namespace {

present::Uncertainty uncertainty_of(bool laws) {
  return laws ? present::Uncertainty::as_laws : present::Uncertainty::left_out;
}

trace::History read_history(const std::filesystem::path& file, const HistoryOptions& options) {
  trace::require_file(file);
  return trace::read_history(file, {options.time_column, options.value_column});
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

Calibration calibration_of(const present::Findings& findings) {
  return {findings.title,
          findings.toml,
          present::json_text(findings),
          tables_of(findings.tables),
          findings.notes,
          findings.warnings,
          present::plots_page(findings.title, findings.plots, findings.tables, findings.toml, "", "calibrate")};
}

bool is_json(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

/// A year, a month or a day: "2025", "2025-06", "2025-06-30".
bool is_date(const std::string& text) {
  const std::string day = text.size() == 4 ? text + "-01-01" : text.size() == 7 ? text + "-01" : text;
  const auto instant = trace::parse_instant(day);
  return day.size() == 10 && instant && instant->scale == trace::TimeScale::local;
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
    for (const std::filesystem::path& file : files) traces.push_back(read_history(file, options));
    return calibration_of(present::capacity_findings(calibrate::fit_capacities(traces, capacity), capacity,
                                                     {options.markets, options.factor}, uncertainty_of(options.laws)));
  });
}

Calibration calibrate_price(const std::filesystem::path& file, const PriceOptions& options) {
  return at_boundary([&] {
    calibrate::PriceOptions price;
    price.cap = options.cap;
    price.grid_hours = options.grid_hours;
    const trace::History history = read_history(file, options);
    return calibration_of(
        present::price_findings(history, calibrate::fit_price(history, price), uncertainty_of(options.laws)));
  });
}

Calibration calibrate_demand(const std::filesystem::path& file, const DemandOptions& options) {
  return at_boundary([&] {
    calibrate::DemandOptions demand;
    demand.utc_offset_hours = options.utc_offset_hours;
    demand.start = start_of(options.start);
    trace::require_file(file);
    const calibrate::RateSeries series =
        options.log
            ? calibrate::rates_of(trace::read_request_log(file, {options.time_column, options.input_tokens_column,
                                                                 options.output_tokens_column}),
                                  options.window_hours)
            : calibrate::rates_of(read_history(file, options));
    return calibration_of(present::demand_findings(series, calibrate::fit_demand(series, demand), demand, options.name,
                                                   uncertainty_of(options.laws)));
  });
}

Calibration calibrate_lifetimes(const std::filesystem::path& file, bool laws) {
  return at_boundary([&] {
    trace::require_file(file);
    const calibrate::Lifetimes lifetimes = calibrate::read_lifetimes(trace::read_csv(file));
    return calibration_of(
        present::lifetime_findings(lifetimes, calibrate::fit_lifetimes(lifetimes), uncertainty_of(laws)));
  });
}

Calibration calibrate_billing(const std::filesystem::path& file, const BillingOptions& options) {
  return at_boundary([&] {
    using Billing = calibrate::BillingOptions;
    if (options.most_items < 2) throw InputError(fmt::format("{} items; expected 2 or more", options.most_items));
    trace::require_file(file);
    Billing billing;
    billing.by = options.by_service ? Billing::By::service : Billing::By::category;
    billing.cost = options.billed_cost ? Billing::Cost::billed : Billing::Cost::effective;
    billing.owner_tag = options.owner_tag;
    billing.leave_out = options.leave_out;
    billing.most_items = options.most_items;
    return calibration_of(present::billing_findings(calibrate::read_bill(trace::read_csv(file), billing), billing));
  });
}

Calibration published_prices(const std::vector<std::filesystem::path>& files, const PublishedPriceOptions& options) {
  return at_boundary([&] {
    if (!options.as_of.empty() && !is_date(options.as_of))
      throw InputError(fmt::format("as_of {} is no date; expected one such as 2025-06 or 2025-06-30", options.as_of));
    std::vector<calibrate::Offer> offers;
    std::vector<calibrate::SpotHistory> histories;
    for (const std::filesystem::path& file : files) {
      trace::require_file(file);
      const std::string text = trace::read_whole(file);
      if (is_json(text)) {
        for (auto& history : calibrate::read_spot_history(text, file.string())) histories.push_back(std::move(history));
      } else {
        for (auto& offer : calibrate::read_catalog(trace::parse_csv(text, file.string())))
          offers.push_back(std::move(offer));
      }
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
    prices.product = options.product;
    prices.as_of = options.as_of;
    return calibration_of(present::market_findings(calibrate::published_markets(offers, histories, advisor, prices),
                                                   use, uncertainty_of(options.laws)));
  });
}

}  // namespace costrisk
