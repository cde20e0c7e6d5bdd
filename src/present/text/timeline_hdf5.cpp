// Datasets over time by market, demand, job, service, and by what is held.
#include <algorithm>
#include <limits>

#include "src/present/text/timeline_files.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::present {

namespace {

namespace hdf5 = results::hdf5;

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

template <class Entry, class Name>
std::vector<std::string> labels_of(const std::vector<Entry>& entries, Name name) {
  std::vector<std::string> labels;
  for (const Entry& entry : entries) labels.push_back(name(entry));
  return labels;
}

class Writer {
 public:
  Writer(const scenario::Scenario& scenario, const run::Timeline& timeline, hid_t file)
      : scenario_(scenario), timeline_(timeline), group_(file) {}

  void write() {
    std::vector<double> hours;
    for (std::size_t k = 0; k < timeline_.steps(); ++k) hours.push_back(static_cast<double>(k) * timeline_.step_hours);
    group_.add_coordinate("time", hours, "h", "start of the step since the start of the scenario");
    std::vector<double> cost, cumulative;
    for (std::size_t k = 0; k < timeline_.steps(); ++k) {
      const std::int64_t before = k > 0 ? timeline_.cost_micros[k - 1] : 0;
      cost.push_back(results::in_currency(timeline_.cost_micros[k] - before));
      cumulative.push_back(results::in_currency(timeline_.cost_micros[k]));
    }
    group_.add<double>({"cost", {"time"}, scenario_.currency, "cost of the plan in the step"}, cost);
    group_.add<double>({"cumulative_cost", {"time"}, scenario_.currency, "cost of the plan up to the step's end"},
                       cumulative);
    write_markets();
    write_demands();
    write_jobs();
    write_services();
    write_holdings();
    group_.finish();
  }

 private:
  const std::string& market_name(int market) const { return scenario_.markets[static_cast<std::size_t>(market)].name; }

  /// A row an entry; NaN throughout where an entry has no such series.
  template <class Entry, class Get>
  void add_rows(const char* name, const char* dimension, const char* units, const char* description,
                const std::vector<Entry>& entries, Get get) {
    std::vector<float> values;
    bool any = false;
    for (const Entry& entry : entries) {
      const auto& series = get(entry);
      any = any || !series.empty();
      if (series.empty())
        values.insert(values.end(), timeline_.steps(), undefined);
      else
        std::transform(series.begin(), series.end(), std::back_inserter(values),
                       [](auto value) { return static_cast<float>(value); });
    }
    if (any) group_.add<float>({name, {dimension, "time"}, units, description}, values);
  }

  void write_markets() {
    const std::vector<run::MarketTimeline>& markets = timeline_.markets;
    if (markets.empty()) return;
    const char* price_units = scenario_.currency.c_str();
    group_.add_labels("market", labels_of(markets, [&](const auto& m) { return market_name(m.market); }),
                      "market that the plan uses");
    add_rows(
        "spot_price", "market", price_units, "price of a spot instance for an hour", markets,
        [](const auto& m) -> const auto& { return m.spot_price; });
    add_rows(
        "on_demand_price", "market", price_units, "price of an on-demand instance for an hour", markets,
        [](const auto& m) -> const auto& { return m.on_demand_price; });
    add_rows(
        "spot_up", "market", "1", "1 where spot capacity is there at the step's start, 0 where not", markets,
        [](const auto& m) -> const auto& { return m.spot_up; });
    add_rows(
        "on_demand_up", "market", "1", "1 where on-demand instances can be launched, 0 where not", markets,
        [](const auto& m) -> const auto& { return m.on_demand_up; });
    add_rows(
        "spot_depth", "market", "1", "spot instances that are to be had", markets,
        [](const auto& m) -> const auto& { return m.spot_depth; });
  }

  void write_demands() {
    if (timeline_.demands.empty()) return;
    group_.add_labels(
        "demand",
        labels_of(timeline_.demands,
                  [&](const auto& d) { return scenario_.demands[static_cast<std::size_t>(d.demand)].name; }),
        "demand of the plan's services");
    add_rows(
        "requests_per_second", "demand", "1", "requests in a second", timeline_.demands,
        [](const auto& d) -> const auto& { return d.requests_per_second; });
  }

  void write_jobs() {
    if (timeline_.jobs.empty()) return;
    group_.add_labels(
        "job",
        labels_of(timeline_.jobs, [&](const auto& j) { return scenario_.jobs[static_cast<std::size_t>(j.job)].name; }),
        "job that the plan runs");
    add_rows(
        "progress", "job", "1", "share of the current attempt's work that is done at the step's end", timeline_.jobs,
        [](const auto& j) -> const auto& { return j.progress; });
    add_rows(
        "run", "job", "1", "run that the progress is of, from 1 on", timeline_.jobs,
        [](const auto& j) -> const auto& { return j.run; });
  }

  void write_services() {
    if (timeline_.services.empty()) return;
    group_.add_labels(
        "service",
        labels_of(timeline_.services,
                  [&](const auto& s) { return scenario_.services[static_cast<std::size_t>(s.service)].name; }),
        "service that the plan runs");
    const auto add = [&](const char* name, const char* description, run::Series run::ServiceTimeline::*series) {
      add_rows(
          name, "service", "1", description,
          timeline_.services, [series](const auto& s) -> const auto& { return s.*series; });
    };
    add("served", "requests served in the step", &run::ServiceTimeline::served);
    add("serverless", "of these, by serverless", &run::ServiceTimeline::overflowed);
    add("unserved", "requests turned away in the step", &run::ServiceTimeline::unserved);
    add("waiting", "requests that wait at the step's end", &run::ServiceTimeline::waiting);
  }

  void write_holdings() {
    std::vector<std::string> labels;
    std::vector<float> instances;
    const auto add = [&](const std::string& component, const std::vector<run::Holding>& holdings) {
      for (const run::Holding& holding : holdings) {
        labels.push_back(component + " " + market_name(holding.market) + " " +
                         purchase_names[static_cast<std::size_t>(holding.purchase)]);
        instances.insert(instances.end(), holding.instances.begin(), holding.instances.end());
      }
    };
    for (const run::JobTimeline& job : timeline_.jobs)
      add(scenario_.jobs[static_cast<std::size_t>(job.job)].name, job.holdings);
    for (const run::ServiceTimeline& service : timeline_.services)
      add(scenario_.services[static_cast<std::size_t>(service.service)].name, service.pools);
    if (labels.empty()) return;
    group_.add_labels("holding", labels, "job or service, market, and how the instances are bought");
    group_.add<float>({"instances", {"holding", "time"}, "1", "instances held, on average over the step"}, instances);
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  results::ScaledGroup group_;
};

}  // namespace

std::vector<std::byte> timeline_hdf5(const scenario::Scenario& scenario, const run::Timeline& timeline) {
  const hdf5::Handle file = hdf5::create_in_memory();
  hdf5::write_attribute(file, "Conventions", std::string("CF-1.8"));
  hdf5::write_attribute(file, "filetype", std::string(results::timeline_filetype));
  hdf5::write_attribute(file, "title", scenario.name);
  hdf5::write_attribute(file, "plan", scenario.plans[static_cast<std::size_t>(timeline.plan)].name);
  hdf5::write_attribute(file, "path", timeline.path);
  hdf5::write_attribute(file, "seed", scenario.simulation.seed);
  hdf5::write_attribute(file, "currency", scenario.currency);
  hdf5::write_attribute(file, "step_hours", timeline.step_hours);
  hdf5::write_attribute(file, "scenario_toml", scenario::resolved_toml(scenario));
  hdf5::write_attribute(file, "parameters_sha256", timeline.parameters_sha256);
  Writer(scenario, timeline, file).write();
  return hdf5::image(file);
}

}  // namespace costrisk::present
