// Columns, then rows.
#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <iterator>

#include "src/present/text/timeline_files.hpp"

namespace costrisk::present {

namespace {

/// Money to the micro-unit, without rounding.
std::string exact_money(std::int64_t micros) {
  const std::int64_t whole = micros / micros_per_unit, rest = std::abs(micros % micros_per_unit);
  return fmt::format("{}{}.{:06}", micros < 0 && whole == 0 ? "-" : "", whole, rest);
}

std::string date_of(const scenario::StartTime& start, double seconds) {
  namespace chrono = std::chrono;
  const auto at = chrono::sys_seconds(
                      chrono::sys_days(chrono::year(start.year) / chrono::month(static_cast<unsigned>(start.month)) /
                                       chrono::day(static_cast<unsigned>(start.day)))) +
                  chrono::hours(start.hour) + chrono::minutes(start.minute) +
                  chrono::seconds(start.second + static_cast<std::int64_t>(seconds + 0.5));
  const auto day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

struct Column {
  std::string name;
  std::function<std::string(std::size_t)> cell;
};

std::vector<Column> columns_of(const scenario::Scenario& scenario, const run::Timeline& timeline) {
  std::vector<Column> columns;
  const auto add_series = [&](const std::string& name, const run::Series& series) {
    if (!series.empty()) columns.push_back({name, [&series](std::size_t k) { return fmt::format("{}", series[k]); }});
  };
  const auto add_bits = [&](const std::string& name, const std::vector<std::uint8_t>& bits) {
    if (!bits.empty()) columns.push_back({name, [&bits](std::size_t k) { return bits[k] ? "1" : "0"; }});
  };
  const auto market = [&](int index) -> const std::string& {
    return scenario.markets[static_cast<std::size_t>(index)].name;
  };
  const auto add_holdings = [&](const std::string& prefix, const std::vector<run::Holding>& holdings) {
    for (const run::Holding& holding : holdings)
      add_series(fmt::format("{}.instances.{}.{}", prefix, market(holding.market),
                             purchase_names[static_cast<std::size_t>(holding.purchase)]),
                 holding.instances);
  };
  columns.push_back(
      {"hours", [&](std::size_t k) { return fmt::format("{}", static_cast<double>(k) * timeline.step_hours); }});
  columns.push_back({"start", [&](std::size_t k) {
                       return date_of(scenario.start, static_cast<double>(k) * timeline.step_hours * 3600.0);
                     }});
  columns.push_back({"cost", [&](std::size_t k) {
                       return exact_money(timeline.cost_micros[k] - (k > 0 ? timeline.cost_micros[k - 1] : 0));
                     }});
  columns.push_back({"cumulative_cost", [&](std::size_t k) { return exact_money(timeline.cost_micros[k]); }});
  for (const run::MarketTimeline& entry : timeline.markets) {
    const std::string prefix = "market." + market(entry.market);
    add_series(prefix + ".spot_price", entry.spot_price);
    add_bits(prefix + ".spot_up", entry.spot_up);
    add_series(prefix + ".spot_depth", entry.spot_depth);
    add_series(prefix + ".on_demand_price", entry.on_demand_price);
    add_bits(prefix + ".on_demand_up", entry.on_demand_up);
  }
  for (const run::DemandTimeline& entry : timeline.demands)
    add_series("demand." + scenario.demands[static_cast<std::size_t>(entry.demand)].name, entry.requests_per_second);
  for (const run::JobTimeline& entry : timeline.jobs) {
    const std::string prefix = "job." + scenario.jobs[static_cast<std::size_t>(entry.job)].name;
    columns.push_back({prefix + ".run", [&entry](std::size_t k) { return fmt::format("{}", entry.run[k]); }});
    add_series(prefix + ".progress", entry.progress);
    add_holdings(prefix, entry.holdings);
  }
  for (const run::ServiceTimeline& entry : timeline.services) {
    const std::string prefix = "service." + scenario.services[static_cast<std::size_t>(entry.service)].name;
    add_series(prefix + ".served", entry.served);
    add_series(prefix + ".serverless", entry.overflowed);
    add_series(prefix + ".unserved", entry.unserved);
    add_series(prefix + ".waiting", entry.waiting);
    add_holdings(prefix, entry.pools);
  }
  return columns;
}

}  // namespace

std::string timeline_csv(const scenario::Scenario& scenario, const run::Timeline& timeline) {
  const std::vector<Column> columns = columns_of(scenario, timeline);
  std::string csv;
  for (std::size_t i = 0; i < columns.size(); ++i) csv += (i > 0 ? "," : "") + columns[i].name;
  csv += "\n";
  for (std::size_t k = 0; k < timeline.steps(); ++k) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) csv += ',';
      csv += columns[i].cell(k);
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace costrisk::present
