// Builds factors, markets and demands.
#include <fmt/format.h>

#include <algorithm>

#include "src/scenario/reader/build.hpp"

namespace costrisk::scenario {
namespace {

DurationLaw duration_law(const TableReader& table) { return {table.seconds("mean"), table.number("cv")}; }

Renewal renewal(const TableReader& table) { return {table.seconds("every"), duration_law(table.table("duration"))}; }

Factor built_factor(const TableReader& table) {
  Factor factor;
  factor.name = table.text("name");
  factor.half_life_seconds = table.seconds("half_life");
  if (table.has("shock")) {
    const TableReader shock = table.table("shock");
    factor.shock = Shock{renewal(shock), shock.number("size")};
  }
  return factor;
}

/// Runs of capacity differ in length from trace to trace, so only windows and blocks can be drawn together.
void check_joint(const TableReader& table, const History& history, bool knows_block) {
  if (!is_name(history.joint))
    table.error("joint", fmt::format("'{}' is no name; expected letters, digits, '_', '-' and blanks", history.joint));
  else if (history.sampling == History::Sampling::replay)
    table.error("joint",
                "'joint' cannot stand beside sampling = \"replay\", which draws nothing; expected it with "
                "\"window\" or \"bootstrap\"");
  else if (history.sampling == History::Sampling::bootstrap && !knows_block)
    table.error("joint",
                "runs of capacity are drawn market by market, and 'joint' is for windows and blocks; expected "
                "sampling = \"window\"");
}

/// A path as the scenario's own file would write it. It is the same from wherever the program is started.
/// @param path as it is written in a file of `folder`
/// @param root the folder of the scenario's own file
std::filesystem::path written_path(const std::filesystem::path& path, const std::filesystem::path& folder,
                                   const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  if (path.is_absolute() || folder == root) return path.lexically_normal();
  std::error_code failure;
  // What is set on the command line is relative to the current folder, which is no part of the scenario's place.
  if (folder.empty()) return fs::relative(fs::absolute(path, failure), fs::absolute(root, failure), failure);
  const fs::path between = folder.lexically_relative(root.empty() ? fs::path(".") : root);
  return ((between.empty() ? folder : between) / path).lexically_normal();
}

/// The trace that a table names.
std::optional<History> built_history(const TableReader& table, const Diagnostics& diagnostics, bool knows_block) {
  if (!table.has("history")) return std::nullopt;
  History history;
  const std::filesystem::path path = table.text("history");
  const Place place = table.place("history");
  history.path = (diagnostics.folder(place.source) / path).lexically_normal().string();
  history.written = written_path(path, diagnostics.folder(place.source), diagnostics.folder(0)).generic_string();
  const std::string sampling = table.text("sampling");
  history.sampling = sampling == "window"      ? History::Sampling::window
                     : sampling == "bootstrap" ? History::Sampling::bootstrap
                                               : History::Sampling::replay;
  history.column = table.text("column");
  history.offset_seconds = table.seconds("offset");
  history.every_seconds = table.optional_seconds("every");
  for (const char* key : {"offset", "every"})
    if (table.has(key) && history.sampling != History::Sampling::replay)
      table.error(
          key, fmt::format("'{}' cannot stand beside sampling = \"{}\"; expected it with \"replay\"", key, sampling));
  history.joint = table.text("joint");
  if (table.has("joint")) check_joint(table, history, knows_block);
  if (!knows_block) return history;
  history.block_seconds = table.seconds("block");
  const bool draws_blocks = history.sampling == History::Sampling::bootstrap;
  if (table.has("block") && !draws_blocks)
    table.error("block",
                fmt::format("'block' cannot stand beside sampling = \"{}\"; expected it with \"bootstrap\"", sampling));
  if (!table.given("block") && draws_blocks)
    table.error("sampling", "'block' is missing; expected the length of the blocks that \"bootstrap\" draws");
  return history;
}

Sojourn built_sojourn(const TableReader& table) { return {table.law("mean"), table.number("cv")}; }

/// The laws of a capacity, if it has any.
std::optional<Capacity> built_capacity(const TableReader& table) {
  if (!table.given("up") && !table.given("down")) return std::nullopt;
  for (const char* side : {"up", "down"})
    if (!table.given(side))
      table.error(side, fmt::format("'{}' is missing in {}; expected a table such as {{ mean = \"6h\", cv = 2.0 }}",
                                    side, table.address()));
  Capacity capacity;
  capacity.up = built_sojourn(table.table("up"));
  capacity.down = built_sojourn(table.table("down"));
  capacity.depth = table.optional_law("depth");
  capacity.loading = table.loadings();
  return capacity;
}

std::optional<Process> built_process(const TableReader& table) {
  const double volatility = table.number("volatility");
  if (volatility > 0.0 && !table.given("half_life"))
    table.error("volatility", "'half_life' is missing beside 'volatility'; expected a duration such as \"3d\"");
  if (volatility == 0.0 && !table.broken("volatility") && table.given("loading"))
    table.error("loading", "'loading' has no effect without volatility; expected a positive 'volatility'");
  if (volatility == 0.0) return std::nullopt;
  return Process{volatility, table.seconds("half_life"), table.loadings()};
}

Spot built_spot(const TableReader& table, const Diagnostics& diagnostics) {
  Spot spot;
  const TableReader price = table.table("price");
  spot.price_history = built_history(price, diagnostics, true);
  if (!spot.price_history) {
    spot.price = SpotPrice{price.law("mean"), built_process(price), infinite};
    if (price.has("cap")) spot.price->cap = price.number("cap");
  } else if (price.given("cap")) {
    price.error("cap", "'cap' cannot stand beside 'history'; expected one of them");
  }
  const TableReader capacity = table.table("capacity");
  spot.capacity_history = built_history(capacity, diagnostics, false);
  if (!spot.capacity_history) spot.capacity = built_capacity(capacity);
  spot.reclaim_every_hours = table.optional_law("reclaim_every");
  spot.notice_seconds = table.seconds("notice");
  return spot;
}

OnDemand built_on_demand(const TableReader& table) {
  OnDemand on_demand;
  on_demand.price = table.law("price");
  if (table.has("capacity")) on_demand.capacity = built_capacity(table.table("capacity"));
  return on_demand;
}

Market built_market(const TableReader& table, const Diagnostics& diagnostics) {
  Market market;
  market.name = table.text("name");
  market.provider = table.text("provider");
  market.region = table.text("region");
  market.instance = table.text("instance");
  market.as_of = table.text("as_of");
  market.gpus = static_cast<int>(table.integer("gpus"));
  market.hardware_mtbf_hours = table.optional_law("hardware_mtbf");
  const TableReader billing = table.table("billing");
  market.billing_increment_seconds = billing.seconds("increment");
  market.billing_minimum_seconds = billing.seconds("minimum");
  market.egress_per_gb = table.number("egress_per_gb");
  if (table.has("repricing")) {
    const TableReader repricing = table.table("repricing");
    market.repricing = Repricing{repricing.seconds("every"), repricing.law("multiplier")};
  }
  // An offer with an error is an offer all the same, so that no plan is blamed for buying there.
  if (table.given("on_demand")) market.on_demand = built_on_demand(table.table("on_demand"));
  if (table.given("spot")) market.spot = built_spot(table.table("spot"), diagnostics);
  return market;
}

struct Profile {
  std::array<double, 24> by_hour;
  std::array<double, 7> by_weekday;
};

/// The built-in shapes of days and weeks; each has a mean of 1.
Profile profile_named(const std::string& name) {
  if (name == "business")
    return {{0.25, 0.2,  0.2, 0.2,  0.25, 0.35, 0.6, 1.05, 1.7, 2.0, 2.05, 2.0,
             1.75, 1.85, 2.0, 1.95, 1.75, 1.3,  0.8, 0.55, 0.4, 0.3, 0.25, 0.25},
            {1.3, 1.35, 1.35, 1.3, 1.15, 0.3, 0.25}};
  if (name == "consumer")
    return {{0.65, 0.45, 0.35, 0.3,  0.3, 0.4,  0.55, 0.75, 0.9,  1.0,  1.05, 1.1,
             1.2,  1.15, 1.1,  1.15, 1.2, 1.35, 1.5,  1.65, 1.75, 1.65, 1.45, 1.05},
            {0.95, 0.95, 0.95, 0.95, 1.0, 1.1, 1.1}};
  Profile flat;
  flat.by_hour.fill(1.0);
  flat.by_weekday.fill(1.0);
  return flat;
}

void check_not_all_zero(const TableReader& table, const char* key) {
  const std::vector<double> values = table.numbers(key);
  if (table.has(key) && std::all_of(values.begin(), values.end(), [](double v) { return v == 0.0; }))
    table.error(key, fmt::format("'{}' is zero throughout; expected a positive value somewhere", key));
}

Demand built_demand(const TableReader& table, const Diagnostics& diagnostics, const Scenario& scenario) {
  Demand demand;
  demand.name = table.text("name");
  demand.base = table.law("base");
  demand.growth_per_month = table.law("growth");
  const Profile profile = profile_named(table.text("profile"));
  demand.by_hour = profile.by_hour;
  demand.by_weekday = profile.by_weekday;
  const std::vector<double> by_hour = table.numbers("by_hour"), by_weekday = table.numbers("by_weekday");
  if (by_hour.size() == 24) std::copy(by_hour.begin(), by_hour.end(), demand.by_hour.begin());
  if (by_weekday.size() == 7) std::copy(by_weekday.begin(), by_weekday.end(), demand.by_weekday.begin());
  check_not_all_zero(table, "by_hour");
  check_not_all_zero(table, "by_weekday");
  if (table.has("noise")) {
    const TableReader noise = table.table("noise");
    if (noise.number("volatility") > 0.0)
      demand.noise = Process{noise.number("volatility"), noise.seconds("half_life"), noise.loadings()};
  }
  if (table.has("bursts")) {
    const TableReader bursts = table.table("bursts");
    demand.bursts = Bursts{renewal(bursts), bursts.number("multiplier")};
  }
  for (const TableReader& change : table.tables("change")) {
    demand.changes.push_back({change.seconds("at"), change.law("multiplier"), change.number("chance")});
    if (change.has("at") && scenario.horizon_seconds > 0.0 && change.seconds("at") >= scenario.horizon_seconds)
      change.error("at", "the change comes at or after the horizon; expected it before");
  }
  if (table.has("tokens")) {
    const TableReader tokens = table.table("tokens");
    demand.tokens = Tokens{tokens.law("input"), tokens.law("output")};
  }
  demand.history = built_history(table, diagnostics, true);
  return demand;
}

}  // namespace

void build_world(const TableReader& root, const Diagnostics& diagnostics, Scenario& scenario) {
  for (const TableReader& table : root.tables("factor")) scenario.factors.push_back(built_factor(table));
  for (const TableReader& table : root.tables("market")) scenario.markets.push_back(built_market(table, diagnostics));
  for (const TableReader& table : root.tables("demand"))
    scenario.demands.push_back(built_demand(table, diagnostics, scenario));
}

}  // namespace costrisk::scenario
