// The life of a fleet, step by step.
#include "tests/reference/service.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/autoscaler.hpp"
#include "tests/reference/latency.hpp"

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
        delay_(whole_and_rest(start_up_seconds(assignment) / scenario.step_seconds)) {
    run_.path.use_hours.resize(scenario.markets.size());
    run_.served_by_step.assign(static_cast<std::size_t>(steps_), 0.0);
    if (assignment.pools.empty()) return;
    first_rate_ = rate_in(assignment.pools.front().market);
    for (const scenario::Pool& pool : assignment.pools) {
      weight_.push_back(rate_in(pool.market) / first_rate_);
      // Pools in the same market have instances of their own.
      const std::string place = "/" + scenario.markets[pool.market].name + "/" + std::to_string(reclaims_.size());
      life_hours_.push_back(world.markets[pool.market].lifetimes.mean_hours());
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
    left_.resize(assignment.pools.size());
    warm_.market = assignment.pools.front().market;
    warm_.owner = owner;
    warm_.may_be_covered = false;
    warm_.hours.assign(static_cast<std::size_t>(steps_), 0.0);
    warm_.list_cost = warm_.hours;
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
    if (assignment_.warm > 0 && !assignment_.pools.empty()) run_.uses.push_back(warm_);
    return run_;
  }

 private:
  /// From wanting an instance to its first request.
  static double start_up_seconds(const scenario::ServiceAssignment& assignment) {
    if (!assignment.cold_start) return assignment.scale_up_delay_seconds;
    const scenario::ColdStart& loads = *assignment.cold_start;
    return assignment.scale_up_delay_seconds + loads.image_gb / loads.pull_gb_per_second +
           loads.model_gb / loads.load_gb_per_second;
  }

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

    const std::vector<double> before = held_;
    const double lost = lose_spot(k);
    const double got_before = weighed(before);
    held_ = divided(k, target_.back(), before);
    const double got = weighed(held_);
    const double replaced = std::min(lost, std::max(0.0, got - (got_before - lost)));
    replacements_.push_back(replaced + reclaimed(k));

    // In the first part of the step those are still starting that start within the rest of it.
    Parts parts;
    for (std::size_t part = 0; part < 2; ++part) {
      const std::size_t starting = delay_.whole + (part == 0 ? 1 : 0);
      double in_service = std::max(0.0, std::min(least_over(target_, starting), got) - out_of_service(starting));
      // Warm instances stand in for what has not started or is out.
      in_service = std::min(got, in_service + assignment_.warm);
      parts[part].share = part == 0 ? delay_.rest : 1.0 - delay_.rest;
      parts[part].capacity = parts[part].share * in_service * first_rate_ * scenario_.step_seconds;
    }
    const double served = serve(k, parts);
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
      // Such a pool counts on what those before it have left for so long.
      left_[p].push_back(rest);
      const double waits = std::ceil(snap(pool.after_seconds / scenario_.step_seconds, time_tolerance));
      const double left = least_over(left_[p], static_cast<std::size_t>(waits));
      const double wanted = std::floor(snap(pool.share * left / weight_[p] + 0.5, 0.0));
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

  /// Individual reclaims of this step, in instances of the first pool: at the rate of the long run.
  double reclaimed(std::int64_t k) {
    double sum = 0.0;
    for (std::size_t p = 0; p < held_.size(); ++p) {
      if (assignment_.pools[p].buy != Purchase::spot || std::isinf(life_hours_[p])) continue;
      const double per_step = path_of(p).lifetimes.multiplier_at(k) * scenario_.step_hours() / life_hours_[p];
      sum += reclaims_[p].binomial(static_cast<int>(held_[p]), -std::expm1(-per_step)) * weight_[p];
    }
    return sum;
  }

  /// What was lost at the starts of the last so many steps, this one included, is being replaced.
  double out_of_service(std::size_t steps) const {
    double out = 0.0;
    for (std::size_t j = 0; j < std::min(steps, replacements_.size()); ++j)
      out += replacements_[replacements_.size() - 1 - j];
    return out;
  }

  /// A part of a step: its length as a share of the step, and the requests that the fleet can answer in it.
  struct Part {
    double share = 0.0, capacity = 0.0;
  };
  using Parts = std::array<Part, 2>;

  /// What the fleet serves of this step's requests and of those that wait.
  double serve(std::int64_t k, const Parts& parts) {
    const double served =
        service_.queue ? serve_with_queue(k, parts[0].capacity + parts[1].capacity) : serve_without_queue(k, parts);
    run_.path.queued += served;
    count_served(k, served);
    return served;
  }

  // What the first part of the step leaves waits for the second.
  double serve_with_queue(std::int64_t k, double capacity) {
    const double there = queue_ + asked(k);
    const double served = std::min(there, capacity);
    const double waits = std::min(there - served, service_.queue->limit_requests);
    const double overflowing = turn_away(k, there - served - waits);
    if (queue_ == 0.0 && waits == 0.0) meet_objective(served, there - overflowing, {1.0, capacity});
    run_.path.waiting += (queue_ + waits) / 2.0;
    queue_ = waits;
    return served;
  }

  double serve_without_queue(std::int64_t k, const Parts& parts) {
    std::array<double, 2> left{};
    for (std::size_t part = 0; part < 2; ++part)
      left[part] = std::max(0.0, parts[part].share * asked(k) - parts[part].capacity);
    const double all_left = left[0] + left[1];
    const double overflowing = turn_away(k, all_left);
    double served = 0.0;
    for (std::size_t part = 0; part < 2; ++part) {
      const double comes = parts[part].share * asked(k);
      const double served_in_part = std::min(comes, parts[part].capacity);
      const double goes_on = all_left > 0.0 ? overflowing * left[part] / all_left : 0.0;
      meet_objective(served_in_part, comes - goes_on, parts[part]);
      served += served_in_part;
    }
    return served;
  }

  /// Counts what of a part's requests is answered within the objective.
  void meet_objective(double served, double asked_of_fleet, const Part& part) {
    if (!service_.latency || served <= 0.0) return;
    const double rate = part.capacity / (part.share * scenario_.step_seconds);
    run_.path.within += served * share_within(*service_.latency, asked_of_fleet / part.capacity, rate);
  }

  void count_served(std::int64_t k, double requests) {
    run_.path.served += requests;
    run_.path.tokens += requests * demand_.output_tokens;
    run_.served_by_step[static_cast<std::size_t>(k)] += requests;
  }

  /// To where the plan overflows, as far as that goes.
  /// @return how many requests that is
  double turn_away(std::int64_t k, double requests) {
    double overflowing = 0.0;
    if (assignment_.overflow >= 0) {
      const scenario::Serverless& serverless = scenario_.serverless[assignment_.overflow];
      const ServerlessDraw& prices = world_.serverless[assignment_.overflow];
      double& before = taken_.requests(assignment_.overflow, k);
      overflowing = std::min(requests, std::max(0.0, serverless.max_rate * scenario_.step_seconds - before));
      before += overflowing;
      const double tokens =
          demand_.input_tokens * input_price(prices) + demand_.output_tokens * prices.output_per_million;
      charge(k, Category::serverless, overflowing * (prices.per_request + tokens / 1e6));
    }
    count_served(k, overflowing);
    if (service_.latency && assignment_.overflow >= 0 && answers_within(scenario_.serverless[assignment_.overflow]))
      run_.path.within += overflowing;
    leave_unserved(k, requests - overflowing);
    return overflowing;
  }

  /// Of a million tokens, some of which are cached.
  double input_price(const ServerlessDraw& prices) const {
    const double cached = prices.cached_input_per_million.value_or(prices.input_per_million);
    return (1.0 - demand_.cached_share) * prices.input_per_million + demand_.cached_share * cached;
  }

  bool answers_within(const scenario::Serverless& serverless) const {
    return !serverless.latency_seconds || *serverless.latency_seconds <= service_.latency->objective_seconds;
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
      const double beyond_target = std::max(0.0, 1.0 - (1.0 - idle_share) / assignment_.utilization);
      run_.path.list_cost += cost;
      if (buy == Purchase::spot) run_.path.spot_cost += cost;
      run_.path.idle_cost += cost * beyond_target;
      run_.path.planned_cost += cost * (idle_share - beyond_target);
      if (buy == Purchase::on_demand) bill_.charge(k, owner_, Category::on_demand, cost);
      if (buy == Purchase::spot) charge(k, Category::spot, cost);
      instances += held_[p];
    }
    keep_warm(k);
    run_.path.peak = std::max(run_.path.peak, instances);
  }

  void keep_warm(std::int64_t k) {
    if (assignment_.warm == 0) return;
    const double price = world_.markets[warm_.market].on_demand_price[k];
    const double hours = assignment_.warm * scenario_.step_hours();
    warm_.hours[static_cast<std::size_t>(k)] = hours;
    warm_.list_cost[static_cast<std::size_t>(k)] = hours * assignment_.warm_price * price;
    bill_.charge(k, owner_, Category::on_demand, warm_.list_cost[static_cast<std::size_t>(k)]);
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
  const WholeAndRest delay_;

  double first_rate_ = 0.0;         ///< requests a second of an instance of the first pool
  std::vector<double> weight_;      ///< by pool: its rate over the first pool's
  std::vector<Stream> reclaims_;    ///< by pool
  std::vector<double> life_hours_;  ///< by pool: mean lifetime of its spot instances

  std::vector<double> desired_, target_;   ///< by step so far
  std::vector<double> replacements_;       ///< by step so far: what was lost at its start or in it and is replaced
  std::vector<double> held_;               ///< by pool: instances
  std::vector<std::vector<double>> left_;  ///< by pool, by step so far: of the target, by the pools before it
  double queue_ = 0.0;                     ///< requests that wait
  std::vector<Use> uses_;                  ///< by pool
  Use warm_;
  ServiceRun run_;
};

}  // namespace

ServiceRun simulate_service(const scenario::Scenario& scenario, const scenario::ServiceAssignment& assignment,
                            const World& world, const std::vector<std::vector<int>>& offers, const StreamMaker& streams,
                            int owner, Taken& taken, Bill& bill) {
  return Fleet(scenario, assignment, world, offers, streams, owner, taken, bill).live();
}

}  // namespace costrisk::reference
