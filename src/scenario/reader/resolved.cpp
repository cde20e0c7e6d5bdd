// Writes a scenario out in full.
#include "src/scenario/reader/resolved.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <span>
#include <vector>

#include "src/scenario/lower/histories.hpp"
#include "src/scenario/reader/resolved_values.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::scenario {
namespace {

enum class SimulationTable { written, left_out };

class Writer {
 public:
  Writer(const Scenario& scenario, HistoryPaths history_paths)
      : scenario_(scenario), values_(scenario, history_paths) {}

  std::string written(SimulationTable simulation) {
    frame();
    if (simulation == SimulationTable::written) simulation_table();
    goal();
    for (const Factor& factor : scenario_.factors) write(factor);
    for (const Market& market : scenario_.markets) write(market);
    for (const Demand& demand : scenario_.demands) write(demand);
    for (const Job& job : scenario_.jobs) write(job);
    for (const Service& service : scenario_.services) write(service);
    for (const Serverless& serverless : scenario_.serverless) write(serverless);
    for (const Item& item : scenario_.items) write(item);
    for (const Optimization& optimization : scenario_.optimizations) write(optimization);
    for (const Plan& plan : scenario_.plans) write(plan);
    return std::move(text_);
  }

 private:
  void key(std::string_view name, std::string_view value) { text_ += fmt::format("{} = {}\n", name, value); }
  void header(std::string_view name) { text_ += fmt::format("\n{}\n", name); }
  void label(std::string_view name, const std::string& value) {
    if (!value.empty()) key(name, text_text(value));
  }

  void frame() {
    const StartTime& start = scenario_.start;
    label("name", scenario_.name);
    key("currency", text_text(scenario_.currency));
    key("start", fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", start.year, start.month, start.day, start.hour,
                             start.minute, start.second));
    key("horizon", time_text(scenario_.horizon_seconds));
    key("step", time_text(scenario_.step_seconds));
    if (scenario_.budget) key("budget", number_text(*scenario_.budget));
    key("accounting", scenario_.accounting == Accounting::billed ? "\"billed\"" : "\"effective\"");
  }

  void simulation_table() {
    const Simulation& simulation = scenario_.simulation;
    header("[simulation]");
    key("paths", fmt::format("{}", simulation.paths));
    key("seed", fmt::format("{}", simulation.seed));
    key("probabilities", list_text(simulation.probabilities, number_text));
    key("bins", simulation.calendar_months ? "\"month\"" : time_text(simulation.bin_seconds));
  }

  void goal() {
    const Goal& goal = scenario_.goal;
    if (!goal.over_budget && goal.late.empty() && goal.served.empty()) return;
    header("[goal]");
    if (goal.over_budget) key("over_budget", number_text(*goal.over_budget));
    Inline late, served;
    for (const auto& [job, share] : goal.late) late.add(key_text(values_.job_name(job)), number_text(share));
    for (const auto& [service, share] : goal.served)
      served.add(key_text(values_.service_name(service)), number_text(share));
    if (!goal.late.empty()) key("late", late.text());
    if (!goal.served.empty()) key("served", served.text());
  }

  void write(const Factor& factor) {
    header("[[factor]]");
    key("name", text_text(factor.name));
    key("half_life", time_text(factor.half_life_seconds));
    if (!factor.shock) return;
    key("shock", Inline()
                     .add("every", time_text(factor.shock->renewal.every_seconds))
                     .add("size", number_text(factor.shock->size))
                     .add("duration", values_.duration_law(factor.shock->renewal.duration))
                     .text());
  }

  void write(const Market& market) {
    header("[[market]]");
    key("name", text_text(market.name));
    label("provider", market.provider);
    label("region", market.region);
    label("instance", market.instance);
    label("as_of", market.as_of);
    key("gpus", fmt::format("{}", market.gpus));
    if (market.hardware_mtbf_hours) key("hardware_mtbf", values_.hours_law(*market.hardware_mtbf_hours));
    key("billing", Inline()
                       .add("increment", time_text(market.billing_increment_seconds))
                       .add("minimum", time_text(market.billing_minimum_seconds))
                       .text());
    key("egress_per_gb", number_text(market.egress_per_gb));
    if (market.repricing)
      key("repricing", Inline()
                           .add("every", time_text(market.repricing->every_seconds))
                           .add("multiplier", values_.law(market.repricing->multiplier))
                           .text());
    if (market.on_demand) {
      header("[market.on_demand]");
      key("price", values_.law(market.on_demand->price));
      if (market.on_demand->capacity) key("capacity", values_.capacity(*market.on_demand->capacity));
    }
    if (market.spot) write(*market.spot);
  }

  void write(const Spot& spot) {
    header("[market.spot]");
    if (spot.price_history) {
      key("price", values_.history(*spot.price_history));
    } else if (spot.price) {
      Inline price;
      price.add("mean", values_.law(spot.price->mean));
      if (spot.price->process) {
        price.add("volatility", number_text(spot.price->process->volatility));
        price.add("half_life", time_text(spot.price->process->half_life_seconds));
        values_.add_loading(price, spot.price->process->loading);
      }
      if (!std::isinf(spot.price->cap)) price.add("cap", number_text(spot.price->cap));
      key("price", price.text());
    }
    if (spot.capacity_history)
      key("capacity", values_.history(*spot.capacity_history));
    else if (spot.capacity)
      key("capacity", values_.capacity(*spot.capacity));
    if (spot.reclaim_every_hours) key("reclaim_every", values_.hours_law(*spot.reclaim_every_hours));
    key("notice", time_text(spot.notice_seconds));
  }

  void write(const Demand& demand) {
    header("[[demand]]");
    key("name", text_text(demand.name));
    if (demand.history) {
      for (const auto& [name, text] : values_.history_keys(*demand.history)) key(name, text);
    } else {
      key("base", values_.law(demand.base));
      key("growth", values_.law(demand.growth_per_month));
      key("by_hour", list_text(demand.by_hour, number_text));
      key("by_weekday", list_text(demand.by_weekday, number_text));
      if (demand.noise) key("noise", values_.process(*demand.noise));
      if (demand.bursts)
        key("bursts", Inline()
                          .add("every", time_text(demand.bursts->renewal.every_seconds))
                          .add("multiplier", number_text(demand.bursts->multiplier))
                          .add("duration", values_.duration_law(demand.bursts->renewal.duration))
                          .text());
    }
    if (!demand.changes.empty())
      key("change", list_text(demand.changes, [this](const Change& change) {
            return Inline()
                .add("at", time_text(change.at_seconds))
                .add("multiplier", values_.law(change.multiplier))
                .add("chance", number_text(change.chance))
                .text();
          }));
    if (demand.tokens)
      key("tokens", Inline()
                        .add("input", values_.law(demand.tokens->input))
                        .add("output", values_.law(demand.tokens->output))
                        .text());
  }

  void write(const Job& job) {
    header("[[job]]");
    key("name", text_text(job.name));
    key("owner", text_text(job.owner));
    key("work", values_.law(job.work_instance_hours));
    key("throughput", values_.rates(job.throughput));
    key("scaling", number_text(job.scaling));
    if (job.checkpoint) key("checkpoint", values_.checkpoint(*job.checkpoint));
    key("restart", time_text(job.restart_seconds));
    key("release", time_text(job.release_seconds));
    if (job.repeat_seconds) key("repeat", time_text(*job.repeat_seconds));
    if (job.attempts)
      key("attempts", Inline()
                          .add("success", number_text(job.attempts->success))
                          .add("max", fmt::format("{}", job.attempts->max))
                          .text());
    if (job.deadline_seconds) key("deadline", time_text(*job.deadline_seconds));
    key("late_penalty", number_text(job.late_penalty_per_hour));
    key("unfinished", job.unfinished == Job::Unfinished::ignore ? "\"ignore\"" : "\"buy-out\"");
    key("state_gb", number_text(job.state_gb));
  }

  void write(const Service& service) {
    header("[[service]]");
    key("name", text_text(service.name));
    key("owner", text_text(service.owner));
    key("demand", text_text(values_.demand_name(service.demand)));
    if (!service.rate.empty())
      key(service.rate_is_output_tokens ? "output_token_rate" : "rate", values_.rates(service.rate));
    key("unserved_penalty", number_text(service.unserved_penalty));
    if (service.queue)
      key("queue", Inline()
                       .add("drain", time_text(service.queue->drain_seconds))
                       .add("limit", number_text(service.queue->limit_requests))
                       .text());
  }

  void write(const Serverless& serverless) {
    header("[[serverless]]");
    key("name", text_text(serverless.name));
    key("per_request", values_.law(serverless.per_request));
    key("per_million", Inline()
                           .add("input", values_.law(serverless.input_per_million))
                           .add("output", values_.law(serverless.output_per_million))
                           .text());
    if (!std::isinf(serverless.max_rate)) key("max_rate", number_text(serverless.max_rate));
  }

  void write(const Item& item) {
    header("[[item]]");
    key("name", text_text(item.name));
    key("owner", text_text(item.owner));
    switch (item.kind) {
      case Item::Kind::monthly:
        key("monthly", values_.law(item.amount));
        break;
      case Item::Kind::once:
        key("once", values_.law(item.amount));
        break;
      case Item::Kind::per_1000:
        key("per_1000", values_.law(item.amount));
        key("demand", text_text(values_.demand_name(item.demand)));
        break;
      case Item::Kind::share:
        key("share", values_.law(item.amount));
        key("of", list_text(item.of, [](Category category) {
              return text_text(category_names.at(static_cast<std::size_t>(category)));
            }));
        break;
    }
    key("chance", number_text(item.chance));
    if (item.kind != Item::Kind::share) {
      key("from", time_text(item.from_seconds));
      key("until", time_text(item.until_seconds));
    }
    key("plans", list_text(item.plans, [this](int plan) {
          return text_text(scenario_.plans.at(static_cast<std::size_t>(plan)).name);
        }));
  }

  void write(const Optimization& optimization) {
    header("[[optimization]]");
    key("name", text_text(optimization.name));
    key("throughput", values_.law(optimization.throughput));
    key("once", values_.law(optimization.once));
  }

  void optimizations(const std::vector<int>& values) {
    if (values.empty()) return;
    key("optimizations", list_text(values, [this](int optimization) {
          return text_text(scenario_.optimizations.at(static_cast<std::size_t>(optimization)).name);
        }));
  }

  void write(const Plan& plan) {
    header("[[plan]]");
    key("name", text_text(plan.name));
    if (plan.credit)
      key("credit", Inline()
                        .add("amount", number_text(plan.credit->amount))
                        .add("until", time_text(plan.credit->until_seconds))
                        .text());
    for (const JobAssignment& assignment : plan.jobs) write(assignment);
    for (const ServiceAssignment& assignment : plan.services) write(assignment);
    for (const Commitment& commitment : plan.commitments) {
      header("[[plan.commitment]]");
      key("market", text_text(values_.market_name(commitment.market)));
      key("kind", commitment.kind == Commitment::Kind::capacity ? "\"capacity\"" : "\"discount\"");
      key("instances", fmt::format("{}", commitment.instances));
      key("price_per_hour", number_text(commitment.price_per_hour));
      key("upfront", number_text(commitment.upfront));
      key("from", time_text(commitment.from_seconds));
      key("term", time_text(commitment.term_seconds));
    }
    for (const SavingsPlan& savings_plan : plan.savings_plans) {
      header("[[plan.savings_plan]]");
      key("spend_per_hour", number_text(savings_plan.spend_per_hour));
      Inline discounts;
      for (const auto& [market, discount] : savings_plan.discounts)
        discounts.add(key_text(values_.market_name(market)), number_text(discount));
      key("discounts", discounts.text());
      key("from", time_text(savings_plan.from_seconds));
      key("term", time_text(savings_plan.term_seconds));
    }
  }

  void write(const JobAssignment& assignment) {
    header(fmt::format("[plan.job.{}]", key_text(values_.job_name(assignment.job))));
    key("markets",
        list_text(assignment.markets, [this](int market) { return text_text(values_.market_name(market)); }));
    key("choose", assignment.choose == Choose::cheapest ? "\"cheapest\"" : "\"first\"");
    key("instances", fmt::format("{}", assignment.instances));
    key("policy", text_text(policy_names.at(static_cast<std::size_t>(assignment.policy))));
    if (assignment.checkpoint) key("checkpoint", values_.checkpoint(*assignment.checkpoint));
    key("restart", time_text(assignment.restart_seconds));
    optimizations(assignment.optimizations);
  }

  void write(const ServiceAssignment& assignment) {
    header(fmt::format("[plan.service.{}]", key_text(values_.service_name(assignment.service))));
    key("utilization", number_text(assignment.utilization));
    key("min", fmt::format("{}", assignment.min));
    key("max", fmt::format("{}", assignment.max));
    key("scale_up_delay", time_text(assignment.scale_up_delay_seconds));
    key("scale_down_window", time_text(assignment.scale_down_window_seconds));
    key("pools", list_text(assignment.pools, [this](const Pool& pool) {
          return Inline()
              .add("market", text_text(values_.market_name(pool.market)))
              .add("buy", text_text(purchase_names.at(static_cast<std::size_t>(pool.buy))))
              .add("share", number_text(pool.share))
              .add("max", fmt::format("{}", pool.max))
              .text();
        }));
    if (assignment.overflow >= 0)
      key("overflow", text_text(scenario_.serverless.at(static_cast<std::size_t>(assignment.overflow)).name));
    optimizations(assignment.optimizations);
  }

  const Scenario& scenario_;
  ResolvedValues values_;
  std::string text_;
};

}  // namespace

std::string resolved_toml(const Scenario& scenario) {
  return Writer(scenario, HistoryPaths::as_written).written(SimulationTable::written);
}

std::string scenario_sha256(const Scenario& scenario) {
  Sha256 digest;
  const std::string text = Writer(scenario, HistoryPaths::file_name_only).written(SimulationTable::left_out);
  digest.update(std::as_bytes(std::span(text)));
  each_history(scenario, [&](const HistoryPlace&, const History& history) {
    digest.update(std::as_bytes(std::span(history.content_sha256)));
  });
  return digest.hex();
}

std::string history_checksums(const Scenario& scenario) {
  std::set<std::string> lines;
  each_history(scenario, [&](const HistoryPlace&, const History& history) {
    lines.insert(fmt::format("{}  {}", history.content_sha256, history.written));
  });
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace costrisk::scenario
