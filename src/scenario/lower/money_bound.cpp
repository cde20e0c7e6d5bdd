// Bounds of a plan's spend, workload by workload.
#include "src/scenario/lower/money_bound.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/model/tile.hpp"
#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/extremes.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

constexpr double close_steps = job_close_steps;
constexpr double shortest_month_hours = 28.0 * 24.0;

/// One future in ten million has more demand. Unlike requests, money that leaves its range is noticed.
constexpr double money_deviations = 5.2;

class Bounding {
 public:
  Bounding(const Scenario& scenario, int plan)
      : scenario_(scenario), index_(plan), plan_(scenario.plans[static_cast<std::size_t>(plan)]) {}

  MoneyBound run() {
    for (const JobAssignment& assignment : plan_.jobs) add_job(assignment);
    for (const ServiceAssignment& assignment : plan_.services) add_service(assignment);
    for (const Commitment& commitment : plan_.commitments)
      bound_.per_hour +=
          commitment.instances * commitment.price_per_hour +
          commitment.upfront * seconds_per_hour / std::max(scenario_.step_seconds, commitment.term_seconds);
    for (const SpendCommitment& commitment : plan_.spend_commitments) {
      const SpendPeriods periods = spend_periods(scenario_, commitment);
      for (const Period& period : periods.within) bound_.contracts += commitment.amount * period.share;
    }
    for (const SavingsPlan& savings_plan : plan_.savings_plans) bound_.per_hour += savings_plan.spend_per_hour;
    bound_.contracts += contract_cost(plan_, scenario_.accounting, scenario_.horizon_seconds) +
                        obligation_beyond_horizon(scenario_, plan_);
    for (const Item& item : scenario_.items)
      if (pays(item)) add_item(item);
    return bound_;
  }

 private:
  const Market& market(int index) const { return scenario_.markets[static_cast<std::size_t>(index)]; }

  bool pays(const Item& item) const {
    return std::find(item.plans.begin(), item.plans.end(), index_) != item.plans.end();
  }

  /// The highest price of an instance-hour in this market.
  double price(const Market& where) const {
    double most = where.on_demand ? highest(where.on_demand->price) : 0.0;
    if (where.spot && where.spot->price) {
      const SpotPrice& spot = *where.spot->price;
      double uncapped = highest(spot.mean);
      if (spot.process) uncapped *= std::exp(extreme_deviations * spot.process->volatility);
      most = std::max(most, std::min(spot.cap, uncapped));
    }
    if (where.spot && where.spot->price_history) most = std::max(most, highest(*where.spot->price_history->trace));
    if (where.repricing) most *= highest_repricing(scenario_, *where.repricing);
    return most;
  }

  void add_job(const JobAssignment& assignment) {
    const Job& job = scenario_.jobs[static_cast<std::size_t>(assignment.job)];
    double dearest_here = 0.0, minimum = 0.0;
    for (const int index : assignment.markets) {
      const Market& where = market(index);
      dearest_here = std::max(dearest_here, price(where));
      minimum = std::max({minimum, where.billing_minimum_seconds, where.billing_increment_seconds});
    }
    bound_.per_hour += assignment.instances * dearest_here + job.late_penalty_per_hour;
    if (job.repeat_seconds && job.late_penalty_per_hour > 0.0)
      for (double due = job.release_seconds + job.deadline_seconds.value_or(0.0); due < scenario_.horizon_seconds;
           due += *job.repeat_seconds)
        bound_.backlog += job.late_penalty_per_hour * (scenario_.horizon_seconds - due) / seconds_per_hour;

    double dearest = 0.0, slowest = HUGE_VAL, egress = 0.0;
    for (const MarketRate& rate : job.throughput) {
      dearest = std::max(dearest, price(market(rate.market)));
      slowest = std::min(slowest, rate.rate.mode);
      egress = std::max(egress, market(rate.market).egress_per_gb);
    }
    for (const int optimization : assignment.optimizations)
      slowest *= lowest(scenario_.optimizations[static_cast<std::size_t>(optimization)].throughput);
    if (job.unfinished == Job::Unfinished::buy_out && slowest < HUGE_VAL) {
      const double attempts = job.attempts ? job.attempts->max : 1.0;
      const double efficiency = std::pow(job.scaling, std::log2(static_cast<double>(assignment.instances)));
      const double left = highest(job.work_instance_hours) * attempts / (slowest * efficiency) * dearest;
      bound_.at_once += left;
      if (job.repeat_seconds)
        bound_.backlog += left * std::ceil((scenario_.horizon_seconds - job.release_seconds) / *job.repeat_seconds);
      if (left > bound_.bought_out) {
        bound_.bought_out = left;
        bound_.job_bought_out = assignment.job;
      }
    }
    bound_.at_once += job.state_gb * egress * close_steps;
    bound_.at_once += assignment.instances * dearest * minimum / seconds_per_hour;
    pay_optimizations(assignment.optimizations);
  }

  void add_service(const ServiceAssignment& assignment) {
    const Service& service = scenario_.services[static_cast<std::size_t>(assignment.service)];
    const Demand& demand = scenario_.demands[static_cast<std::size_t>(service.demand)];
    const Extreme requests_per_second = highest_demand(scenario_, demand);
    const double requests_per_hour = seconds_per_hour * requests_per_second.value(money_deviations);
    for (const Pool& pool : assignment.pools) {
      const double slower = std::max(1.0, most_slower(service, pool.market, assignment.pools.front().market));
      const double instances = std::min<double>(pool.max, std::ceil(assignment.max * slower));
      if (traits_of(pool.buy).coverage != Coverage::capacity) bound_.per_hour += instances * price(market(pool.market));
    }
    if (assignment.warm > 0 && !assignment.pools.empty())
      bound_.per_hour += assignment.warm * price(market(assignment.pools.front().market));
    if (assignment.overflow >= 0) {
      const Serverless& serverless = scenario_.serverless[static_cast<std::size_t>(assignment.overflow)];
      bound_.per_hour += seconds_per_hour * serverless_spend(serverless, demand, requests_per_second);
    }
    bound_.per_hour += service.unserved_penalty * requests_per_hour;
    if (service.queue) bound_.at_once += service.unserved_penalty * service.queue->limit_requests;
    for (const Item& item : scenario_.items)
      if (pays(item) && item.kind == Item::Kind::per_1000 && item.demand == service.demand)
        bound_.per_hour +=
            seconds_per_hour / 1000.0 * Extreme(requests_per_second).times(item.amount).value(money_deviations);
    pay_optimizations(assignment.optimizations);
  }

  /// The most that overflow costs a second.
  double serverless_spend(const Serverless& serverless, const Demand& demand,
                          const Extreme& requests_per_second) const {
    const auto spend = [&](Extreme requests) {
      double sum = Extreme(requests).times(serverless.per_request).value(money_deviations);
      if (!demand.tokens) return sum;
      sum += Extreme(requests)
                 .times(demand.tokens->input)
                 .times(serverless.input_per_million)
                 .times(1e-6)
                 .value(money_deviations);
      if (serverless.cached_input_per_million)
        sum += Extreme(requests)
                   .times(demand.tokens->input)
                   .times(*serverless.cached_input_per_million)
                   .times(1e-6)
                   .value(money_deviations);
      sum += Extreme(requests)
                 .times(demand.tokens->output)
                 .times(serverless.output_per_million)
                 .times(1e-6)
                 .value(money_deviations);
      return sum;
    };
    const double unlimited = spend(requests_per_second);
    return std::isfinite(serverless.max_rate) ? std::min(unlimited, spend(Extreme().times(serverless.max_rate)))
                                              : unlimited;
  }

  void pay_optimizations(const std::vector<int>& optimizations) {
    for (const int optimization : optimizations)
      bound_.at_once += highest(scenario_.optimizations[static_cast<std::size_t>(optimization)].once);
  }

  void add_item(const Item& item) {
    const double hours = std::max(scenario_.step_hours(), (item.until_seconds - item.from_seconds) / seconds_per_hour);
    switch (item.kind) {
      case Item::Kind::once:
        bound_.at_once += highest(item.amount);
        break;
      case Item::Kind::monthly:
        bound_.at_once +=
            highest(item.amount) / shortest_month_hours * std::min(hours, close_steps * scenario_.step_hours());
        break;
      case Item::Kind::per_1000:  // with the requests of services
      case Item::Kind::share:     // of the rest
        break;
    }
  }

  const Scenario& scenario_;
  int index_;
  const Plan& plan_;
  MoneyBound bound_;
};

}  // namespace

MoneyBound money_bound(const Scenario& scenario, int plan) { return Bounding(scenario, plan).run(); }

}  // namespace costrisk::scenario
