// What can be said of a plan before any future is drawn.
#include "src/scenario/advice/advise_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/extremes.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/lower/latency.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

/// Instances so many times as fast as the first pool's leave a rest worth a word.
constexpr double big_instances = 2.0;

double mean_of(const auto& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

class PlanAdviser {
 public:
  PlanAdviser(const Scenario& scenario, const Plan& plan, const Warn& warn)
      : scenario_(scenario), plan_(plan), warn_(warn), address_("plan." + plan.name) {}

  void advise() {
    for (const ServiceAssignment& assignment : plan_.services) service(assignment);
    competition();
    for (std::size_t i = 0; i < plan_.commitments.size(); ++i)
      commitment(plan_.commitments[i], fmt::format("{}.commitment.{}", address_, i));
    for (std::size_t i = 0; i < plan_.savings_plans.size(); ++i)
      savings_plan(plan_.savings_plans[i], fmt::format("{}.savings_plan.{}", address_, i));
    settled_coarsely();
    if (plan_.credit && credit_step(scenario_, plan_) == none)
      warn_(address_ + ".credit", fmt::format("the credit of {} until {} never pays for anything", plan_.credit->amount,
                                              duration_text(plan_.credit->until_seconds)));
  }

 private:
  const Market& market(int index) const { return scenario_.markets[static_cast<std::size_t>(index)]; }
  const Service& service_of(const ServiceAssignment& assignment) const {
    return scenario_.services[static_cast<std::size_t>(assignment.service)];
  }

  void service(const ServiceAssignment& assignment) {
    const Service& service = service_of(assignment);
    const std::string address = fmt::format("{}.service.{}", address_, service.name);
    window(address + ".scale_down_window", "scale-down window", assignment.scale_down_window_seconds);
    objective(assignment, service, address);
    for (std::size_t i = 0; i < assignment.pools.size(); ++i)
      pool(assignment, i, fmt::format("{}.pools.{}", address, i));
    if (!assignment.pools.empty() && assignment.overflow < 0) {
      usual_demand(assignment, service, address);
      if (assignment.pools.back().share < 1.0)
        warn_(fmt::format("{}.pools.{}.share", address, assignment.pools.size() - 1),
              fmt::format("the last pool takes {:.3g} of what those before it leave, and nothing takes the rest; "
                          "expected a share of 1, or 'overflow'",
                          assignment.pools.back().share));
    }
  }

  /// Says who shares a depth, or the highest rate of a serverless offer, with someone before it.
  void competition() {
    std::map<std::string, std::string> first;  // by what is shared
    const auto claim = [&](const std::string& who, const std::string& name, const std::string& shared) {
      const auto [entry, fresh] = first.emplace(shared, name);
      if (!fresh && entry->second != name)
        warn_(who, fmt::format("'{}' and '{}' share {}, and '{}', which stands first, takes first", entry->second, name,
                               shared, entry->second));
    };
    // Only a gang that splits takes what others leave of it.
    std::set<int> contested;
    for (const JobAssignment& assignment : plan_.jobs)
      for (const JobPurchase& purchase : assignment.purchases)
        if (assignment.split && traits_of(purchase.buy).coverage == Coverage::capacity)
          contested.insert(purchase.market);
    const auto claim_market = [&](const std::string& who, const std::string& name, int index, Purchase buy) {
      const Market& where = market(index);
      const bool on_demand = is_at_list_price(buy);
      const auto has_depth = [](const auto& side) { return side && side->capacity && side->capacity->depth; };
      const bool is_counted =
          where.spot && where.spot->capacity_history && highest(*where.spot->capacity_history->trace) > 1.0;
      if (traits_of(buy).coverage == Coverage::capacity && contested.count(index))
        claim(who, name, fmt::format("what is committed in '{}'", where.name));
      if (traits_of(buy).limit != CapacityLimit::none &&
          (on_demand ? has_depth(where.on_demand) : has_depth(where.spot) || is_counted))
        claim(who, name,
              fmt::format("the depth of {} in '{}'", purchase_names[static_cast<std::size_t>(buy)], where.name));
    };
    for (const ServiceAssignment& assignment : plan_.services) {
      const std::string& name = service_of(assignment).name;
      const std::string who = fmt::format("{}.service.{}", address_, name);
      for (const Pool& pool : assignment.pools) claim_market(who, name, pool.market, pool.buy);
      if (assignment.overflow < 0) continue;
      const Serverless& offer = scenario_.serverless[static_cast<std::size_t>(assignment.overflow)];
      if (std::isfinite(offer.max_rate)) claim(who, name, fmt::format("the highest rate of '{}'", offer.name));
    }
    for (const JobAssignment& assignment : plan_.jobs) {
      const std::string& name = scenario_.jobs[static_cast<std::size_t>(assignment.job)].name;
      for (std::size_t i = 0; i < assignment.markets.size(); ++i)
        for (const Purchase buy : {Purchase::spot, Purchase::on_demand, Purchase::reserved})
          if (assignment.may_hold(i, buy))
            claim_market(fmt::format("{}.job.{}", address_, name), name, assignment.markets[i], buy);
    }
  }

  /// Says so when the autoscaler aims at loads that do not meet the objective.
  void objective(const ServiceAssignment& assignment, const Service& service, const std::string& address) {
    if (!service.latency || service.latency->model != Latency::Model::curve || assignment.pools.empty()) return;
    const double most = load_within(*service.latency);
    if (assignment.utilization > most)
      warn_(address + ".utilization",
            fmt::format("the target of {} is a load at which '{}' takes longer than its objective{}",
                        assignment.utilization, service.name,
                        most > 0.0 ? fmt::format(", which it meets up to {:.3g}", most) : ""));
  }

  void window(const std::string& address, std::string_view what, double seconds) {
    if (seconds > 0.0 && seconds < small_share_of_step * scenario_.step_seconds)
      warn_(address, fmt::format("the {} of {} is far shorter than the step of {}, in which fleets are sized", what,
                                 duration_text(seconds), duration_text(scenario_.step_seconds)));
  }

  void pool(const ServiceAssignment& assignment, std::size_t index, const std::string& address) {
    const Pool& pool = assignment.pools[index];
    const Market& where = market(pool.market);
    const std::optional<Law> lifetime = where.spot ? mean_lifetime(*where.spot) : std::nullopt;
    if (traits_of(pool.buy).limit == CapacityLimit::use && lifetime) {
      const double seconds = seconds_per_hour * center_of(*lifetime);
      if (seconds < scenario_.step_seconds)
        warn_(address,
              fmt::format("the mean time to a reclaim in '{}', {}, is shorter than the step of {}, in which an "
                          "instance is reclaimed once at most",
                          where.name, duration_text(std::round(seconds)), duration_text(scenario_.step_seconds)));
    }
    if (traits_of(pool.buy).limit == CapacityLimit::use && where.spot && where.spot->free_within_seconds > 0.0)
      warn_(address, fmt::format("'free_within' of '{}' counts for jobs alone: what this pool holds is billed however "
                                 "early it is reclaimed",
                                 where.name));
    if (pool.share == 0.0) {
      warn_(address, "a pool with a share of 0 never gets an instance");
      return;
    }
    rounding(assignment, index, address);
    // Instances of the first market divide the target without a remainder.
    for (std::size_t before = 0; before < index; ++before) {
      if (assignment.pools[before].market != assignment.pools.front().market) break;
      if (!takes_everything(assignment, assignment.pools[before])) continue;
      warn_(address, fmt::format("this pool never gets an instance: the {} pool in '{}' before it takes all that is "
                                 "wanted; expected a smaller 'share' or 'max' there",
                                 purchase_names[static_cast<std::size_t>(assignment.pools[before].buy)],
                                 market(assignment.pools[before].market).name));
      return;
    }
  }

  /// A last pool takes whole instances, to the nearest: of big ones that may be none for a small rest.
  void rounding(const ServiceAssignment& assignment, std::size_t index, const std::string& address) {
    if (index == 0 || index + 1 < assignment.pools.size()) return;
    const Service& service = service_of(assignment);
    const double first = center_of(rate_in(service, assignment.pools.front().market));
    const double here = center_of(rate_in(service, assignment.pools[index].market));
    if (here < big_instances * first) return;
    warn_(address,
          fmt::format("an instance in '{}' does the work of {:.3g} of the first pool's: what the pools before it "
                      "leave is rounded to whole ones, and less than half of one stays missing; expected the "
                      "bigger instances in an earlier pool",
                      market(assignment.pools[index].market).name, here / first));
  }

  /// Whether a pool of the first market leaves nothing to those after it, in any future.
  bool takes_everything(const ServiceAssignment& assignment, const Pool& pool) const {
    if (pool.share < 1.0 || pool.max < assignment.max) return false;
    const Market& where = market(pool.market);
    switch (pool.buy) {
      case Purchase::on_demand:
        return where.on_demand && !where.on_demand->capacity;
      case Purchase::spot:
        return where.spot && !where.spot->capacity && !where.spot->capacity_history;
      case Purchase::reserved:
        return false;
    }
    return false;
  }

  /// Says so when the fleet is too small for the usual demand of its first day, and nothing else takes the rest.
  void usual_demand(const ServiceAssignment& assignment, const Service& service, const std::string& address) {
    const Demand& demand = scenario_.demands[static_cast<std::size_t>(service.demand)];
    double rate = center_of(rate_in(service, assignment.pools.front().market));
    for (const int index : assignment.optimizations)
      rate *= center_of(scenario_.optimizations[static_cast<std::size_t>(index)].throughput);
    if (service.rate_is_output_tokens && demand.tokens) {
      double tokens = center_of(demand.tokens->output);
      for (const MarketRate& input : service.input_rate)
        if (input.market == assignment.pools.front().market)
          tokens += center_of(demand.tokens->input) * rate / (input.replicas * center_of(input.rate));
      rate /= std::max(tokens, 1e-9);
    }
    const double requests = center_of(demand.base) * mean_of(demand.by_hour) * mean_of(demand.by_weekday);
    const double wanted = std::ceil(requests / (rate * assignment.utilization) - 1e-9);
    if (wanted > assignment.max)
      warn_(address + ".max", fmt::format("the usual demand of '{}' wants {:.0f} instances, more than 'max', {}; the "
                                          "rest is turned away or waits",
                                          demand.name, wanted, assignment.max));
  }

  /// The most instances of a pool at a time, in any future.
  static double most_instances(const ServiceAssignment& assignment, const Service& service, const Pool& pool) {
    const double slower = most_slower(service, pool.market, assignment.pools.front().market);
    const bool same = pool.market == assignment.pools.front().market;
    return std::min<double>(pool.max, same ? assignment.max : std::ceil(assignment.max * slower + 0.5));
  }

  /// Whether the plan may run a job in a market on such instances.
  bool may_use(const JobAssignment& assignment, int where, Purchase buy) const {
    const bool takes_any = assignment.choose == Choose::cheapest || traits_of(assignment.policy).in_order;
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      if (!assignment.may_hold(i, buy)) continue;
      if (assignment.markets[i] == where) return true;
      // On-demand that can always be launched ends the search.
      const Market& before = market(assignment.markets[i]);
      if (is_at_list_price(buy) && !takes_any && before.on_demand && !before.on_demand->capacity) return false;
    }
    return false;
  }

  /// The most instances that the plan could ever use at a time in a market.
  double most_used(int where, Purchase buy) const {
    double sum = 0.0;
    for (const ServiceAssignment& assignment : plan_.services)
      for (const Pool& pool : assignment.pools)
        if (pool.market == where && pool.buy == buy) sum += most_instances(assignment, service_of(assignment), pool);
    for (const JobAssignment& assignment : plan_.jobs)
      if (may_use(assignment, where, buy)) sum += assignment.instances;
    return sum;
  }

  void commitment(const Commitment& commitment, const std::string& address) {
    if (commitment.instances == 0) return;
    const Purchase buy = commitment.kind == Commitment::Kind::capacity ? Purchase::reserved : Purchase::on_demand;
    const std::string_view kind = purchase_names[static_cast<std::size_t>(buy)];
    const double most = most_used(commitment.market, buy);
    if (most == 0.0)
      warn_(address, fmt::format("nothing in the plan uses {} instances of '{}', so the commitment is paid for nothing",
                                 kind, market(commitment.market).name));
    else if (commitment.instances > most)
      warn_(address + ".instances",
            fmt::format("{} instances are committed in '{}', where the plan uses at most {:.0f} {} instances",
                        commitment.instances, market(commitment.market).name, most, kind));
  }

  /// Providers settle every hour and carry nothing over; a longer step hides what an hour leaves unused.
  void settled_coarsely() {
    if (scenario_.step_seconds <= seconds_per_hour) return;
    const bool saves = !plan_.savings_plans.empty();
    if (!saves && plan_.commitments.empty()) return;
    warn_(fmt::format("{}.{}.0", address_, saves ? "savings_plan" : "commitment"),
          fmt::format("commitments and savings plans are settled once a step of {}, and providers do so every hour: "
                      "what one hour leaves unused covers another here; expected a step of 1h or less",
                      duration_text(scenario_.step_seconds)));
  }

  void savings_plan(const SavingsPlan& savings_plan, const std::string& address) {
    if (savings_plan.spend_per_hour == 0.0) return;
    double most = 0.0;
    for (const auto& [index, discount] : savings_plan.discounts) {
      const double instances = most_used(index, Purchase::on_demand);
      if (instances == 0.0) continue;
      const Market& where = market(index);
      double price = highest(where.on_demand->price);
      if (where.repricing) price *= highest_repricing(scenario_, *where.repricing);
      most += instances * price * (1.0 - discount);
    }
    if (most == 0.0)
      warn_(address,
            "nothing in the plan uses on-demand instances of the savings plan's markets, so it is paid for nothing");
    else if (savings_plan.spend_per_hour > most)
      warn_(address + ".spend_per_hour", fmt::format("{} per hour is committed, of which the plan uses at most {:.6g}",
                                                     savings_plan.spend_per_hour, most));
  }

  const Scenario& scenario_;
  const Plan& plan_;
  const Warn& warn_;
  std::string address_;
};

}  // namespace

void advise_plan(const Scenario& scenario, const Plan& plan, const Warn& warn) {
  PlanAdviser(scenario, plan, warn).advise();
}

}  // namespace costrisk::scenario
