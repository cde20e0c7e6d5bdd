// The life of a fleet, step by step.
#include "tests/reference/service.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/autoscaler.hpp"

namespace costrisk::reference {

namespace {

class Fleet {
 public:
  Fleet(const scenario::Scenario& scenario, const scenario::ServiceAssignment& assignment, const World& world,
        const std::vector<std::vector<int>>& offers, const StreamMaker& streams, int owner, Taken& taken, Bill& bill)
      : scenario_(scenario),
        assignment_(assignment),
        service_(scenario.services[assignment.service]),
        world_(world),
        demand_(world.demands[service_.demand]),
        offers_(offers),
        owner_(owner),
        taken_(taken),
        bill_(bill),
        steps_(scenario.steps()),
        delay_steps_(assignment.scale_up_delay_seconds / scenario.step_seconds) {
    run_.path.use_hours.resize(scenario.markets.size());
    run_.served_by_step.assign(static_cast<std::size_t>(steps_), 0.0);
    if (assignment.pools.empty()) return;
    first_rate_ = rate_in(assignment.pools.front().market);
    for (const scenario::Pool& pool : assignment.pools) {
      weight_.push_back(rate_in(pool.market) / first_rate_);
      // Pools in the same market have instances of their own.
      const std::string place = "/" + scenario.markets[pool.market].name + "/" + std::to_string(reclaims_.size());
      reclaims_.push_back(streams("service/" + service_.name + place + "/reclaims"));
      Use use;
      use.market = pool.market;
      use.buy = pool.buy;
      use.owner = owner;
      use.hours.assign(static_cast<std::size_t>(steps_), 0.0);
      use.list_cost = use.hours;
      uses_.push_back(use);
    }
    held_.assign(assignment.pools.size(), 0.0);
  }

  ServiceRun live() {
    for (std::int64_t k = 0; k < steps_; ++k) {
      if (assignment_.pools.empty()) {
        turn_away(k, asked(k));
      } else {
        live_through(k);
      }
    }
    close_at_horizon();
    for (const Use& use : uses_) {
      if (use.buy != Purchase::spot) run_.uses.push_back(use);
    }
    return run_;
  }

 private:
  const scenario::Market& market(std::size_t pool) const { return scenario_.markets[assignment_.pools[pool].market]; }
  const MarketPath& path_of(std::size_t pool) const { return world_.markets[assignment_.pools[pool].market]; }

  /// Requests a second of one instance, with the plan's optimizations.
  double rate_in(int market) const {
    double rate = world_.rates[assignment_.service][market];
    for (const int optimization : assignment_.optimizations) rate *= world_.optimizations[optimization].throughput;
    return rate;
  }

  /// Requests that come in step k.
  double asked(std::int64_t k) const { return demand_.requests_per_second[k] * scenario_.step_seconds; }

  void live_through(std::int64_t k) {
    desired_.push_back(desired(k));
    target_.push_back(most_over(desired_, assignment_.scale_down_window_seconds / scenario_.step_seconds));
    const double wanted = least_over(target_, delay_steps_);

    const std::vector<double> before = held_;
    const double lost = lose_spot(k);
    const double got_before = weighed(before);
    held_ = divided(k, target_.back(), before);
    const double got = weighed(held_);
    const double replaced = std::min(lost, std::max(0.0, got - (got_before - lost)));
    replacements_.push_back(replaced + reclaimed());

    const double in_service = std::max(0.0, std::min(wanted, got) - out_of_service());
    const double served = serve(k, in_service * first_rate_ * scenario_.step_seconds);
    bill(k, got > 0.0 ? 1.0 - served / (got * first_rate_ * scenario_.step_seconds) : 0.0);
  }

  double desired(std::int64_t k) const {
    double rate = demand_.requests_per_second[k];
    if (service_.queue) rate += queue_ / service_.queue->drain_seconds;
    const double instances = std::ceil(snap(rate / (first_rate_ * assignment_.utilization), 0.0));
    return std::clamp(instances, static_cast<double>(assignment_.min), static_cast<double>(assignment_.max));
  }

  double weighed(const std::vector<double>& instances) const {
    double sum = 0.0;
    for (std::size_t p = 0; p < instances.size(); ++p) sum += instances[p] * weight_[p];
    return sum;
  }

  /// What of the step before was lost to a drought, in instances of the first pool.
  double lose_spot(std::int64_t k) const {
    double lost = 0.0;
    for (std::size_t p = 0; p < held_.size(); ++p) {
      if (assignment_.pools[p].buy == Purchase::spot && path_of(p).spot.lost[k]) lost += held_[p] * weight_[p];
    }
    return lost;
  }

  /// The target over the pools, in order; what one cannot get falls to the next.
  std::vector<double> divided(std::int64_t k, double target, const std::vector<double>& before) {
    std::vector<double> instances;
    double rest = target;
    for (std::size_t p = 0; p < assignment_.pools.size(); ++p) {
      const scenario::Pool& pool = assignment_.pools[p];
      const double wanted = std::floor(snap(pool.share * rest / weight_[p] + 0.5, 0.0));
      const double taken = std::min({wanted, static_cast<double>(pool.max), most(k, p, before[p])});
      instances.push_back(taken);
      if (pool.buy == Purchase::spot) taken_.spot(pool.market, k) += taken;
      if (pool.buy == Purchase::on_demand) taken_.on_demand(pool.market, k) += taken;
      rest = std::max(rest - taken * weight_[p], 0.0);
    }
    return instances;
  }

  /// The most that a pool can have: while on-demand cannot be launched what runs stays. Those that stand first leave
  /// the rest of a depth.
  double most(std::int64_t k, std::size_t p, double before) {
    const int market = assignment_.pools[p].market;
    switch (assignment_.pools[p].buy) {
      case Purchase::spot:
        return std::max(path_of(p).spot.depth[k] - taken_.spot(market, k), 0.0);
      case Purchase::on_demand:
        return std::max(path_of(p).on_demand.depth[k] - taken_.on_demand(market, k), before);
      case Purchase::reserved:
        break;
    }
    return offers_[p][static_cast<std::size_t>(k)];
  }

  /// Individual reclaims of this step, in instances of the first pool.
  double reclaimed() {
    double sum = 0.0;
    for (std::size_t p = 0; p < held_.size(); ++p) {
      const double per_step = path_of(p).reclaims_per_hour * scenario_.step_hours();
      if (assignment_.pools[p].buy != Purchase::spot || per_step == 0.0) continue;
      sum += reclaims_[p].binomial(static_cast<int>(held_[p]), -std::expm1(-per_step)) * weight_[p];
    }
    return sum;
  }

  /// What is being replaced: a loss of j steps ago counts while j is within the delay, its last step in part.
  double out_of_service() const {
    double out = 0.0;
    for (std::size_t j = 0; j < replacements_.size() && static_cast<double>(j) < delay_steps_; ++j) {
      out += std::min(delay_steps_ - static_cast<double>(j), 1.0) * replacements_[replacements_.size() - 1 - j];
    }
    return out;
  }

  /// What the fleet serves of this step's requests and of those that wait.
  double serve(std::int64_t k, double capacity) {
    const double there = queue_ + asked(k);
    const double served = std::min(there, capacity);
    run_.path.queued += served;
    count_served(k, served);
    const double left = there - served;
    const double waits = service_.queue ? std::min(left, service_.queue->limit_requests) : 0.0;
    run_.path.waiting += (queue_ + waits) / 2.0;
    queue_ = waits;
    turn_away(k, left - waits);
    return served;
  }

  void count_served(std::int64_t k, double requests) {
    run_.path.served += requests;
    run_.path.tokens += requests * demand_.output_tokens;
    run_.served_by_step[static_cast<std::size_t>(k)] += requests;
  }

  /// To where the plan overflows, as far as that goes.
  void turn_away(std::int64_t k, double requests) {
    double overflowing = 0.0;
    if (assignment_.overflow >= 0) {
      const scenario::Serverless& serverless = scenario_.serverless[assignment_.overflow];
      const ServerlessDraw& prices = world_.serverless[assignment_.overflow];
      double& before = taken_.requests(assignment_.overflow, k);
      overflowing = std::min(requests, std::max(0.0, serverless.max_rate * scenario_.step_seconds - before));
      before += overflowing;
      const double tokens =
          demand_.input_tokens * prices.input_per_million + demand_.output_tokens * prices.output_per_million;
      charge(k, Category::serverless, overflowing * (prices.per_request + tokens / 1e6));
    }
    count_served(k, overflowing);
    leave_unserved(k, requests - overflowing);
  }

  void leave_unserved(std::int64_t k, double requests) {
    run_.path.unserved += requests;
    charge(k, Category::penalty, requests * service_.unserved_penalty);
  }

  void close_at_horizon() {
    run_.path.queued += queue_;
    leave_unserved(steps_ - 1, queue_);
  }

  void bill(std::int64_t k, double idle_share) {
    double instances = 0.0;
    for (std::size_t p = 0; p < held_.size(); ++p) {
      const Purchase buy = assignment_.pools[p].buy;
      const double hours = held_[p] * scenario_.step_hours();
      double cost = 0.0;
      if (buy == Purchase::on_demand) cost = hours * path_of(p).on_demand_price[k];
      if (buy == Purchase::spot) cost = hours * path_of(p).spot_price[k];
      uses_[p].hours[static_cast<std::size_t>(k)] = hours;
      uses_[p].list_cost[static_cast<std::size_t>(k)] = cost;
      run_.path.use_hours[assignment_.pools[p].market][static_cast<int>(buy)] += hours;
      run_.path.idle_cost += cost * idle_share;
      if (buy == Purchase::on_demand) bill_.charge(k, owner_, Category::on_demand, cost);
      if (buy == Purchase::spot) charge(k, Category::spot, cost);
      instances += held_[p];
    }
    run_.path.peak = std::max(run_.path.peak, instances);
  }

  /// What no commitment can take over.
  void charge(std::int64_t k, Category category, double amount) {
    bill_.charge(k, owner_, category, amount);
    run_.path.cost += amount;
  }

  const scenario::Scenario& scenario_;
  const scenario::ServiceAssignment& assignment_;
  const scenario::Service& service_;
  const World& world_;
  const DemandPath& demand_;
  const std::vector<std::vector<int>>& offers_;
  const int owner_;
  Taken& taken_;
  Bill& bill_;
  const std::int64_t steps_;
  const double delay_steps_;

  double first_rate_ = 0.0;       ///< requests a second of an instance of the first pool
  std::vector<double> weight_;    ///< by pool: its rate over the first pool's
  std::vector<Stream> reclaims_;  ///< by pool

  std::vector<double> desired_, target_;  ///< by step so far
  std::vector<double> replacements_;      ///< by step so far: what was lost at its start or in it and is replaced
  std::vector<double> held_;              ///< by pool: instances
  double queue_ = 0.0;                    ///< requests that wait
  std::vector<Use> uses_;                 ///< by pool
  ServiceRun run_;
};

}  // namespace

ServiceRun simulate_service(const scenario::Scenario& scenario, const scenario::ServiceAssignment& assignment,
                            const World& world, const std::vector<std::vector<int>>& offers, const StreamMaker& streams,
                            int owner, Taken& taken, Bill& bill) {
  return Fleet(scenario, assignment, world, offers, streams, owner, taken, bill).live();
}

}  // namespace costrisk::reference
