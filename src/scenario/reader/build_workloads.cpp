// Builds jobs, services, serverless, items and optimizations.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "src/scenario/reader/build.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_runs = 65536;

std::string owner_of(const TableReader& table) { return table.has("owner") ? table.text("owner") : table.text("name"); }

void check_release(const TableReader& table, const Job& job, const Scenario& scenario) {
  if (table.has("release") && scenario.horizon_seconds > 0.0 && job.release_seconds >= scenario.horizon_seconds)
    table.error("release", fmt::format("'release' is {}; expected it before the horizon, {}",
                                       duration_text(job.release_seconds), duration_text(scenario.horizon_seconds)));
  if (!table.has("repeat")) return;
  if (*job.repeat_seconds < scenario.step_seconds)
    table.error("repeat", fmt::format("'repeat' is {}; expected at least the step, {}",
                                      duration_text(*job.repeat_seconds), duration_text(scenario.step_seconds)));
  else if (scenario.horizon_seconds / *job.repeat_seconds > most_runs)
    table.error("repeat", fmt::format("the job repeats more than {:.0f} times; expected fewer runs", most_runs));
}

Job built_job(const TableReader& table, const Scenario& scenario) {
  Job job;
  job.name = table.text("name");
  job.owner = owner_of(table);
  job.work_instance_hours = table.law("work");
  for (const auto& [market, speed] : table.numbers_by_name("throughput")) {
    Law rate = Law::constant(speed);
    if (market < static_cast<int>(scenario.markets.size()))
      rate.address = table.address_of("throughput") + "." + scenario.markets[static_cast<std::size_t>(market)].name;
    job.throughput.push_back({market, std::move(rate)});
  }
  job.scaling = table.number("scaling");
  job.checkpoint = checkpoint_of(table, std::nullopt);
  job.restart_seconds = table.seconds("restart");
  job.release_seconds = table.seconds("release");
  job.repeat_seconds = table.optional_seconds("repeat");
  if (table.has("attempts")) {
    const TableReader attempts = table.table("attempts");
    job.attempts = Attempts{attempts.number("success"), static_cast<int>(attempts.integer("max"))};
  }
  job.deadline_seconds = table.optional_seconds("deadline");
  job.late_penalty_per_hour = table.number("late_penalty");
  if (job.late_penalty_per_hour > 0.0 && !table.given("deadline"))
    table.error("late_penalty", "'late_penalty' has no effect without a deadline; expected 'deadline' beside it");
  job.unfinished = table.is("unfinished", "ignore") ? Job::Unfinished::ignore : Job::Unfinished::buy_out;
  job.state_gb = table.number("state_gb");
  check_release(table, job, scenario);
  return job;
}

Service built_service(const TableReader& table, const Scenario& scenario) {
  Service service;
  service.name = table.text("name");
  service.owner = owner_of(table);
  service.demand = std::max(0, table.reference("demand"));
  service.rate_is_output_tokens = table.given("output_token_rate");
  const std::string_view rates = service.rate_is_output_tokens ? "output_token_rate" : "rate";
  for (auto& [market, rate] : table.laws_by_name(rates)) service.rate.push_back({market, rate});
  if (service.rate_is_output_tokens && !table.given("rate") && table.has("demand")) {
    const Demand& demand = scenario.demands.at(static_cast<std::size_t>(service.demand));
    if (!demand.tokens)
      table.error("output_token_rate",
                  fmt::format("the demand '{}' has no tokens; expected 'tokens' there, or 'rate' here", demand.name));
  }
  service.unserved_penalty = table.number("unserved_penalty");
  if (table.has("queue")) {
    const TableReader queue = table.table("queue");
    service.queue = Queue{queue.seconds("drain"), queue.number("limit")};
  }
  return service;
}

Serverless built_serverless(const TableReader& table) {
  Serverless serverless;
  serverless.name = table.text("name");
  serverless.per_request = table.law("per_request");
  const TableReader tokens = table.table("per_million");
  serverless.input_per_million = tokens.law("input");
  serverless.output_per_million = tokens.law("output");
  serverless.max_rate = table.has("max_rate") ? table.number("max_rate") : infinite;
  return serverless;
}

Category category_named(const std::string& name) {
  const auto found = std::find(category_names.begin(), category_names.end(), name);
  return static_cast<Category>(found == category_names.end() ? 0 : found - category_names.begin());
}

Item built_item(const TableReader& table, const Scenario& scenario, std::size_t plan_count) {
  Item item;
  item.name = table.text("name");
  item.owner = owner_of(table);
  if (table.given("once")) {
    item.kind = Item::Kind::once;
    item.amount = table.law("once");
  } else if (table.given("per_1000")) {
    item.kind = Item::Kind::per_1000;
    item.amount = table.law("per_1000");
    item.demand = table.reference("demand");
    if (!table.given("demand"))
      table.error("per_1000", "'demand' is missing beside 'per_1000'; expected the name of a demand");
  } else if (table.given("share")) {
    item.kind = Item::Kind::share;
    item.amount = Law::constant(table.number("share"));
    item.amount.address = table.address_of("share");
    for (const std::string& name : table.texts("of")) item.of.push_back(category_named(name));
    std::sort(item.of.begin(), item.of.end());
    if (!table.given("of"))
      table.error("share", "'of' is missing beside 'share'; expected categories such as [\"on-demand\", \"spot\"]");
  } else {
    item.amount = table.law("monthly");
  }
  for (const char* key : {"from", "until"})
    if (item.kind == Item::Kind::share && table.has(key))
      table.error(key, fmt::format("a 'share' is reckoned once, at the horizon; expected no '{}' beside it", key));
  item.chance = table.number("chance");
  item.from_seconds = table.seconds("from");
  item.until_seconds = scenario.horizon_seconds;
  if (table.has("until")) item.until_seconds = std::min(item.until_seconds, table.seconds("until"));
  if (table.has("until") && !table.broken("from") && table.seconds("until") <= item.from_seconds)
    table.error("until", fmt::format("'until' is {}; expected it after 'from', {}", table.text("until"),
                                     duration_text(item.from_seconds)));
  else if (table.has("from") && scenario.horizon_seconds > 0.0 && item.from_seconds >= scenario.horizon_seconds)
    table.error("from", fmt::format("'from' is {}; expected it before the horizon, {}", table.text("from"),
                                    duration_text(scenario.horizon_seconds)));
  item.plans = table.references("plans");
  if (!table.given("plans")) {
    item.plans.resize(plan_count);
    std::iota(item.plans.begin(), item.plans.end(), 0);
  }
  std::sort(item.plans.begin(), item.plans.end());
  return item;
}

Optimization built_optimization(const TableReader& table) {
  return {table.text("name"), table.law("throughput"), table.law("once")};
}

}  // namespace

std::optional<Checkpoint> checkpoint_of(const TableReader& owner, const std::optional<Checkpoint>& start) {
  if (!owner.has("checkpoint")) return start;
  const TableReader table = owner.table("checkpoint");
  if (!start && !table.given("interval"))
    owner.error("checkpoint", "'interval' is missing in checkpoint; expected a duration such as \"30m\"");
  Checkpoint checkpoint = start.value_or(Checkpoint{});
  if (table.has("interval")) checkpoint.interval_seconds = table.seconds("interval");
  if (table.has("write") || !start) checkpoint.write_seconds = table.seconds("write");
  return checkpoint;
}

void build_workloads(const TableReader& root, Scenario& scenario) {
  const std::size_t plan_count = root.tables("plan").size();
  for (const TableReader& table : root.tables("job")) scenario.jobs.push_back(built_job(table, scenario));
  for (const TableReader& table : root.tables("service")) scenario.services.push_back(built_service(table, scenario));
  for (const TableReader& table : root.tables("serverless")) scenario.serverless.push_back(built_serverless(table));
  for (const TableReader& table : root.tables("item"))
    scenario.items.push_back(built_item(table, scenario, plan_count));
  for (const TableReader& table : root.tables("optimization"))
    scenario.optimizations.push_back(built_optimization(table));
}

}  // namespace costrisk::scenario
