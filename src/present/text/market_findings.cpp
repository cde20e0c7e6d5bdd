// The fragment and the table of published prices.
#include <fmt/format.h>

#include <set>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

using calibrate::Advice;
using calibrate::PublishedMarket;

std::string unique_name(const PublishedMarket& market, std::set<std::string>& names) {
  const std::string wanted = name_of(market.instance + "-" + (market.zone.empty() ? market.region : market.zone));
  std::string name = wanted;
  for (int i = 2; !names.insert(name).second; ++i) name = fmt::format("{} {}", wanted, i);
  return name;
}

/// What stands in a market besides its prices.
std::string head(const std::string& name, const PublishedMarket& market) {
  std::string text = fmt::format("[[market]]\nname = {}\n", toml_string(name));
  if (!market.region.empty()) text += fmt::format("region = {}\n", toml_string(market.region));
  text += fmt::format("instance = {}\n", toml_string(market.instance));
  if (!market.as_of.empty()) text += fmt::format("as_of = {}\n", toml_string(market.as_of));
  if (market.gpus > 0) text += fmt::format("gpus = {}\n", market.gpus);
  if (market.on_demand) text += fmt::format("on_demand = {}\n", rounded_number(*market.on_demand, 8));
  return text;
}

std::string advice_text(const Advice& advice, AdvisorUse use) {
  std::string text =
      comment(fmt::format("Spot Advisor: {} of instances interrupted in the month before, {} % under on-demand. No "
                          "hazard: it counts instances "
                          "of unknown ages and runs, and droughts among the losses",
                          advice.label, advice.savings_percent));
  if (use == AdvisorUse::context) return text;
  text += comment(fmt::format(
      "assumes that {} of the instances are lost in 730 h of running ({}), each alone, at a hazard that never changes",
      rounded_number(advice.share(), 3), advice.open() ? "the lower end of an open band" : "the middle of the band"));
  return text + fmt::format("reclaim_every = {}\n", rounded_duration(advice.reclaim_every_hours()));
}

std::string advice_of(const PublishedMarket& market, AdvisorUse use) {
  if (use == AdvisorUse::none) return "";
  return market.advice
             ? advice_text(*market.advice, use)
             : comment(fmt::format("the Spot Advisor has no line for {} in {}", market.instance, market.region));
}

std::string spot_of_history(const calibrate::MarketHistory& history, double mean, Uncertainty uncertainty) {
  const std::string summary =
      history.fit ? price_summary(*history.fit)
                  : fmt::format("the mean over {} days; too few changes for a process",
                                rounded_number((history.last_seconds - history.first_seconds) / seconds_per_day, 3));
  return comment(fmt::format("{} to {}: {}", trace::instant_text(history.first_seconds),
                             trace::instant_text(history.last_seconds), summary)) +
         fmt::format("[market.spot]\nprice = {}\n",
                     history.fit ? price_value(*history.fit, uncertainty) : rounded_number(mean, 6));
}

}  // namespace

Findings market_findings(const std::vector<PublishedMarket>& markets, const std::vector<trace::Reading>& readings,
                         AdvisorUse advisor_use, Uncertainty uncertainty) {
  Findings findings;
  findings.title = "Prices";
  findings.json["markets"] = nlohmann::ordered_json::array();
  PlainTable table{"Markets", {"market", "on-demand", "spot", "as of"}, {}};
  std::set<std::string> names;
  bool undated = false;
  for (const PublishedMarket& market : markets) {
    const std::string name = unique_name(market, names);
    findings.toml += head(name, market);
    if (market.history) {
      if (market.product != "Linux/UNIX")
        findings.notes.push_back(fmt::format("{}: of product '{}'", name, market.product));
      findings.toml += spot_of_history(*market.history, *market.spot, uncertainty);
      if (market.history->fit) {
        findings.means.push_back(market.history->fit->mean_check());
        findings.means.back().what = name + ": " + findings.means.back().what;
        for (const std::string& warning : price_warnings(*market.history->fit))
          findings.warnings.push_back(name + ": " + warning);
      } else {
        findings.warnings.push_back(market.history->why_no_fit);
      }
    } else if (market.spot) {
      findings.toml += fmt::format("[market.spot]\nprice = {}   # one quotation: how it moves is not known\n",
                                   rounded_number(*market.spot, 8));
    }
    if (market.spot) findings.toml += advice_of(market, advisor_use);
    findings.toml += "\n";
    undated = undated || market.as_of.empty();
    const auto text = [](std::optional<double> price) { return price ? rounded_number(*price, 6) : std::string("–"); };
    const std::string as_of = market.as_of.empty() ? "not given" : market.as_of;
    table.rows.push_back({name, text(market.on_demand), text(market.spot), as_of});
    nlohmann::ordered_json entry = {{"as_of", as_of}, {"name", name}};
    if (market.on_demand) entry["on_demand"] = *market.on_demand;
    if (market.spot) entry["spot_mean"] = *market.spot;
    findings.json["markets"].push_back(entry);
  }
  if (undated)
    findings.warnings.emplace_back(
        "a catalogue does not say of when its prices are; --as-of writes the date into the markets");
  findings.tables.push_back(table);
  findings.readings = readings;
  add_readings(findings);
  return findings;
}

}  // namespace costrisk::present
