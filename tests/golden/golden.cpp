// The integers that a scenario with every feature leaves must be those that are kept in a file. Where a change is
// meant to change results, COSTRISK_UPDATE_GOLDEN=1 in the environment makes the test write the file anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "kernels/model/terms.hpp"
#include "kernels/model/world/driver_parameters.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::golden {
namespace {

using Json = nlohmann::ordered_json;

const std::filesystem::path folder = std::filesystem::path(COSTRISK_SOURCE_DIR) / "tests/golden";

scenario::Scenario everything(const std::vector<std::string>& changes = {}) {
  return scenario::load(folder / "everything.toml", changes).scenario;
}

std::string decimal(results::UInt128 value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  return digits;
}

std::string decimal(results::Int128 value) {
  return value < 0 ? "-" + decimal(-static_cast<results::UInt128>(value))
                   : decimal(static_cast<results::UInt128>(value));
}

/// The count of all values and two sums that change when any of them moves to another place.
Json content(const std::vector<results::Histogram>& histograms, std::size_t first, std::size_t count) {
  std::uint64_t values = 0;
  results::Int128 places = 0, offsets = 0;
  for (std::size_t h = 0; h < count; ++h)
    for (const results::Histogram::Entry& entry : histograms[first + h].entries()) {
      values += entry.count;
      places += static_cast<results::Int128>(entry.index) * entry.count * (h + 1);
      offsets += static_cast<results::Int128>(entry.offset) * (h + 1);
    }
  return {{"values", values}, {"places", decimal(places)}, {"offsets", decimal(offsets)}};
}

Json plan_content(const scenario::Scenario& scenario, const run::Outcome& outcome, std::size_t plan) {
  const results::TallyData& data = outcome.tally.data();
  const auto edges = static_cast<std::size_t>(outcome.tally.layout().shape.bins);
  Json json = {{"sum", decimal(data.cost[plan].sum)},   {"squares", decimal(data.cost[plan].squares)},
               {"min", data.cost_min[plan].value},      {"max", data.cost_max[plan].value},
               {"over_budget", data.over_budget[plan]}, {"cheapest", data.cheapest[plan]}};
  const std::vector<std::int64_t> costs = outcome.tally.sorted_costs(static_cast<int>(plan));
  for (const double p : scenario.simulation.probabilities)
    json["quantiles"].push_back(costs[static_cast<std::size_t>(std::ceil(static_cast<double>(costs.size()) * p)) - 1]);
  for (std::size_t c = 0; c < category_names.size(); ++c)
    json["category_sums"][category_names[c]] = decimal(data.category_cost[plan * category_names.size() + c].sum);
  for (std::size_t o = 0; o < outcome.owners.size(); ++o)
    json["owner_sums"][outcome.owners[o]] = decimal(data.owner_cost[plan * outcome.owners.size() + o]);
  for (std::size_t w = 0; w < waste_kind_names.size(); ++w)
    json["waste_sums"][waste_kind_names[w]] = decimal(data.waste[plan * waste_kind_names.size() + w]);
  json["covered"] = decimal(data.covered[plan]);
  json["obligation"] = outcome.obligation[plan];
  json["commitment_micros"] = outcome.commitment_micros[plan];
  const std::size_t services = scenario.services.size();
  for (std::size_t s = 0; s < services; ++s)
    json["services"][scenario.services[s].name] = {
        {"cost", decimal(data.service_cost[plan * services + s])},
        {"unit_cost", content(data.unit_cost_histogram, plan * services + s, 1)},
        {"token_cost", content(data.token_cost_histogram, plan * services + s, 1)}};
  json["cumulative"] = content(data.fan_histogram, plan * edges, edges);
  json["by_period"] = content(data.period_histogram, plan * edges, edges);
  for (std::size_t other = 0; other < scenario.plans.size(); ++other)
    json["cheaper_than"].push_back(data.cheaper[plan * scenario.plans.size() + other]);
  return json;
}

Json use_content(const scenario::Scenario& scenario, const std::vector<results::Int128>& use, std::size_t component) {
  Json json;
  for (std::size_t m = 0; m < scenario.markets.size(); ++m)
    for (std::size_t p = 0; p < purchase_names.size(); ++p)
      json[scenario.markets[m].name][purchase_names[p]] =
          decimal(use[(component * scenario.markets.size() + m) * purchase_names.size() + p]);
  return json;
}

Json service_component_content(const scenario::Scenario& scenario, const run::Outcome& outcome, std::size_t component) {
  const results::TallyData& data = outcome.tally.data();
  return {{"served", decimal(data.service_served[component])},
          {"unserved", decimal(data.service_unserved[component])},
          {"tokens", decimal(data.service_tokens[component])},
          {"queued", decimal(data.service_queued[component])},
          {"waiting", decimal(data.service_waiting[component])},
          {"peak", data.service_peak[component]},
          {"use_ticks", use_content(scenario, data.service_use, component)}};
}

/// By driver: paths in each cell, and sums by plan that change when any path moves to another cell.
Json driver_content(const scenario::Scenario& scenario, const run::Outcome& outcome, std::size_t driver) {
  const results::DriverSums& sums = outcome.tally.data().drivers;
  Json json;
  for (std::size_t cell = 0; cell < driver_cells; ++cell)
    json["paths"].push_back(sums.paths[driver * driver_cells + cell]);
  for (std::size_t p = 0; p < scenario.plans.size(); ++p) {
    results::Int128 cost = 0;
    results::UInt128 squares = 0;
    std::uint64_t over_budget = 0;
    for (std::size_t cell = 0; cell < driver_cells; ++cell) {
      const std::size_t place = (p * outcome.drivers.size() + driver) * driver_cells + cell;
      cost += sums.cost[place].sum * static_cast<results::Int128>(cell + 1);
      squares += sums.cost[place].squares * (cell + 1);
      over_budget += sums.over_budget[place] * (cell + 1);
    }
    json["plans"][scenario.plans[p].name] = {
        {"cost", decimal(cost)}, {"squares", decimal(squares)}, {"over_budget", over_budget}};
  }
  return json;
}

Json component_content(const scenario::Scenario& scenario, const run::Outcome& outcome, std::size_t component) {
  const results::TallyData& data = outcome.tally.data();
  return {{"runs", data.job_runs[component]},
          {"late", data.job_late[component]},
          {"interruptions", data.job_interruptions[component]},
          {"never", data.job_never[component]},
          {"lost_ticks", decimal(data.job_lost[component])},
          {"finish", content(data.finish_histogram, component, 1)},
          {"use_ticks", use_content(scenario, data.job_use, component)}};
}

Json result(const scenario::Scenario& scenario, const std::string& backend = "auto") {
  run::Options options;
  options.backend = backend;
  const run::Outcome outcome = run::simulate(scenario, options);
  Json json = {{"paths", outcome.tally.paths()}};
  for (std::size_t p = 0; p < scenario.plans.size(); ++p)
    json["plans"][scenario.plans[p].name] = plan_content(scenario, outcome, p);
  for (std::size_t c = 0; c < outcome.tally.data().job_runs.size(); ++c)
    json["job_components"].push_back(component_content(scenario, outcome, c));
  for (std::size_t c = 0; c < outcome.tally.data().service_peak.size(); ++c)
    json["service_components"].push_back(service_component_content(scenario, outcome, c));
  for (std::size_t d = 0; d < outcome.drivers.size(); ++d)
    json["drivers"][outcome.drivers[d]] = driver_content(scenario, outcome, d);
  return json;
}

/// Where the two differ, one JSON pointer with its new value a line.
std::string difference(const Json& kept, const Json& found) {
  std::string lines;
  for (const Json& change : Json::diff(kept, found)) lines += change.dump() + "\n";
  return lines;
}

TEST(Golden, ResultsAreTheKeptOnes) {
  const std::filesystem::path file = folder / "everything.json";
  const Json found = result(everything());
  if (const char* update = std::getenv("COSTRISK_UPDATE_GOLDEN"); update != nullptr && std::string(update) == "1") {
    std::ofstream out(file);
    out << found.dump(2) << "\n";
    out.close();
    ASSERT_TRUE(out) << file << " could not be written";
    GTEST_SKIP() << file << " was written anew: look at what changed before it is committed";
  }
  ASSERT_TRUE(std::filesystem::exists(file)) << "COSTRISK_UPDATE_GOLDEN=1 makes it";
  const Json kept = Json::parse(std::ifstream(file));
  EXPECT_EQ(difference(kept, found), "") << "meant to change? COSTRISK_UPDATE_GOLDEN=1 writes " << file << " anew";
}

TEST(Golden, PlainScalarGivesTheSame) {
  const scenario::Scenario scenario = everything();
  EXPECT_EQ(difference(result(scenario), result(scenario, "scalar")), "");
}

TEST(Golden, AChangeInTheSixthDigitOfOnePriceIsSeen) {
  const Json kept = result(everything()), found = result(everything({"market.west.on_demand=12.00001"}));
  EXPECT_NE(difference(kept, found), "");
}

TEST(Golden, TheScenarioUsesWhatTheModelHas) {
  const scenario::Scenario scenario = everything();
  run::Options options;
  const run::Outcome outcome = run::simulate(scenario, options);
  const results::TallyData& data = outcome.tally.data();
  for (std::size_t category = 0; category < category_names.size(); ++category) {
    results::UInt128 squares = 0;
    for (std::size_t p = 0; p < scenario.plans.size(); ++p)
      squares += data.category_cost[p * category_names.size() + category].squares;
    EXPECT_GT(squares, 0) << category_names[category];
  }
  for (std::size_t kind = 0; kind < waste_kind_names.size(); ++kind) {
    results::Int128 sum = 0;
    for (std::size_t p = 0; p < scenario.plans.size(); ++p) sum += data.waste[p * waste_kind_names.size() + kind];
    EXPECT_GT(sum, 0) << waste_kind_names[kind];
  }
  const auto any = [](const auto& values) {
    return std::any_of(values.begin(), values.end(), [](auto value) { return value > 0; });
  };
  EXPECT_TRUE(any(data.job_late));
  EXPECT_TRUE(any(data.job_interruptions));
  EXPECT_TRUE(any(data.job_never));
  EXPECT_TRUE(any(data.job_lost));
  EXPECT_TRUE(any(data.over_budget));
  EXPECT_TRUE(any(data.covered));
  EXPECT_TRUE(any(data.service_unserved));
  EXPECT_TRUE(any(data.service_tokens));
  EXPECT_TRUE(any(data.service_waiting));
}

}  // namespace
}  // namespace costrisk::golden
