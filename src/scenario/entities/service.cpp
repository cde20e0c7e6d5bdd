#include "src/scenario/entities/service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

template const TableOf<Service>& table_of<Service>();

namespace {

void check_curve(const TableReader& table, const NumberPairs& curve) {
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const auto& [load, seconds] = curve[i];
    if (load > 1.0)
      return table.error("curve", fmt::format("the load {} is above 1; expected shares of what is in service", load));
    if (i > 0 && (load <= curve[i - 1][0] || seconds < curve[i - 1][1]))
      return table.error("curve", fmt::format("[{}, {}] follows [{}, {}]; expected ascending loads and latencies that "
                                              "do not fall",
                                              load, seconds, curve[i - 1][0], curve[i - 1][1]));
  }
  if (!curve.empty() && curve.back()[0] <= 0.0) table.error("curve", "the curve ends at load 0; expected a load above");
}

void complete(const TableReader& table, const Latency& latency) {
  switch (latency.model) {
    case Latency::Model::curve:
      if (!table.given("curve"))
        table.error("objective", "'curve' is missing in latency; expected 'curve', or 'model = \"mmc\"'");
      if (table.given("service_time"))
        table.error("service_time", "'service_time' belongs to 'model = \"mmc\"'; expected one of them");
      if (table.has("curve")) check_curve(table, latency.curve);
      return;
    case Latency::Model::mmc:
      if (!table.given("service_time"))
        table.error("model", "'service_time' is missing in latency; 'model = \"mmc\"' needs it");
      if (table.given("curve"))
        table.error("curve", "'curve' cannot stand beside 'model = \"mmc\"'; expected one of them");
      return;
  }
}

/// How many replicas fit into an instance.
int replicas_in(const Market& market, const Replica& replica) {
  if (replica.slices) return market.gpus * (market.slices_per_gpu / *replica.slices);
  return market.gpus / *replica.gpus;
}

void pack(const TableReader& table, Service& service, const Scenario& scenario) {
  if (!service.replica->gpus && !service.replica->slices) return;
  for (MarketRate& rate : service.input_rate)
    rate.replicas = std::max(1, replicas_in(scenario.markets[static_cast<std::size_t>(rate.market)], *service.replica));
  for (MarketRate& rate : service.rate) {
    const Market& market = scenario.markets[static_cast<std::size_t>(rate.market)];
    rate.replicas = replicas_in(market, *service.replica);
    if (rate.replicas > 0) continue;
    table.error("replica",
                fmt::format("no replica fits into an instance of '{}', which has {} GPUs of {} slices; expected 'gpus' "
                            "and 'slices_per_gpu' there that are enough",
                            market.name, market.gpus, market.slices_per_gpu));
    rate.replicas = 1;
  }
}

}  // namespace

void complete(const TableReader& table, Service& service, const Scenario& scenario) {
  if (service.replica) pack(table, service, scenario);
  if (service.latency) complete(table.table("latency"), *service.latency);
  if (!service.rate_is_output_tokens || table.given("rate") || !table.has("demand")) return;
  const Demand& demand = scenario.demands.at(static_cast<std::size_t>(service.demand));
  if (!demand.tokens)
    table.error("output_token_rate",
                fmt::format("the demand '{}' has no tokens; expected 'tokens' there, or 'rate' here", demand.name));
}

}  // namespace costrisk::scenario
