#include "src/scenario/entities/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kernels/model/services/service_parameters.hpp"
#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_window_steps = 64.0;

/// Completes one plan.
class PlanCompleter {
 public:
  PlanCompleter(const TableReader& table, Plan& plan, const Scenario& scenario,
                const std::vector<TableReader>& services)
      : table_(table), plan_(plan), scenario_(scenario), services_(services) {}

  void run() {
    if (plan_.credit) complete_credit();
    each(table_.tables("commitment"), plan_.commitments, &PlanCompleter::complete_commitment);
    each(table_.tables("savings_plan"), plan_.savings_plans, &PlanCompleter::check_savings_plan);
    each(table_.tables("spend_commitment"), plan_.spend_commitments, &PlanCompleter::complete_spend_commitment);
    each(values_of(table_.tables_by_name("job")), plan_.jobs, &PlanCompleter::complete_job);
    each(values_of(table_.tables_by_name("service")), plan_.services, &PlanCompleter::complete_service);
    std::sort(plan_.jobs.begin(), plan_.jobs.end(), [](const auto& a, const auto& b) { return a.job < b.job; });
    std::sort(plan_.services.begin(), plan_.services.end(),
              [](const auto& a, const auto& b) { return a.service < b.service; });
    check_allotments();
    if (table_.sound() && plan_.jobs.empty() && plan_.services.empty() && !table_.broken("job") &&
        !table_.broken("service"))
      table_.error("name", "the plan runs nothing; expected a job or a service such as [plan.job.NAME]");
    // Reserved pools and jobs name the capacity of a commitment also where that is none.
    for (Commitment& commitment : plan_.commitments)
      if (is_beyond(commitment)) commitment.instances = 0, commitment.upfront = 0.0;
    for (ServiceAssignment& assignment : plan_.services)
      for (Pool& pool : assignment.pools)
        if (traits_of(pool.buy).coverage == Coverage::capacity) pool.max = std::min(pool.max, committed(pool.market));
    std::erase_if(plan_.commitments, [](const Commitment& commitment) {
      return commitment.instances == 0 && commitment.upfront == 0.0 && commitment.kind != Commitment::Kind::capacity;
    });
    std::erase_if(plan_.savings_plans,
                  [&](const SavingsPlan& plan) { return plan.spend_per_hour == 0.0 || is_beyond(plan); });
    std::erase_if(plan_.spend_commitments, [&](const SpendCommitment& promise) { return is_beyond(promise); });
  }

 private:
  /// What a plan draws on the capacity of one market: where it says so, and how many instances.
  struct Allotment {
    TableReader where;
    std::string key;
    int market;
    int instances;
  };

  const Market& market(int index) const { return scenario_.markets[static_cast<std::size_t>(index)]; }

  static std::vector<TableReader> values_of(const std::vector<std::pair<int, TableReader>>& by_name) {
    std::vector<TableReader> tables;
    for (const auto& [index, table] : by_name) tables.push_back(table);
    return tables;
  }

  /// Calls the function with every table and the struct that was read of it.
  template <class T>
  void each(const std::vector<TableReader>& tables, std::vector<T>& values,
            void (PlanCompleter::*complete)(const TableReader&, T&)) {
    for (std::size_t i = 0; i < tables.size(); ++i) (this->*complete)(tables[i], values.at(i));
  }

  void complete_credit() {
    const bool lapses = table_.table("credit").has("until");
    plan_.credit->until_seconds =
        lapses ? std::min(scenario_.horizon_seconds, plan_.credit->until_seconds) : scenario_.horizon_seconds;
  }

  void complete_commitment(const TableReader& table, Commitment& commitment) {
    check_from(table, commitment.from_seconds);
    check_owners(table);
    if (!table.has("market")) commitment.market = -1;
    if (commitment.market >= 0 && commitment.kind == Commitment::Kind::discount &&
        !market(commitment.market).on_demand && !table.broken("kind"))
      table.error("market",
                  fmt::format("the market '{}' sells no on-demand instances for a discount to cover; expected "
                              "'on_demand' there, or kind = \"capacity\"",
                              market(commitment.market).name));
  }

  void check_savings_plan(const TableReader& table, SavingsPlan& savings_plan) {
    check_from(table, savings_plan.from_seconds);
    check_owners(table);
    for (const auto& [index, discount] : savings_plan.discounts)
      if (!market(index).on_demand)
        table.error("discounts",
                    fmt::format("the market '{}' sells no on-demand instances; expected markets with 'on_demand'",
                                market(index).name));
  }

  /// Whom a contract names must own something.
  void check_owners(const TableReader& table) {
    check_owner(table, "owner", scenario_, {});
    check_owner(table, "unused", scenario_, {std::string(pro_rata), std::string(unused_owner)});
  }

  void complete_spend_commitment(const TableReader& table, SpendCommitment& commitment) {
    check_from(table, commitment.from_seconds);
    check_owner(table, "unused", scenario_, {std::string(unused_owner)});
    if (!table.has("until")) commitment.until_seconds = scenario_.horizon_seconds;
    if (!table.has("of")) commitment.of = SpendCommitment::usual_categories();
    if (table.has("until") && commitment.until_seconds <= commitment.from_seconds)
      table.error("until", "'until' is not after 'from'; expected a later instant");
  }

  bool is_beyond(const auto& contract) const {
    return scenario_.horizon_seconds > 0.0 && contract.from_seconds >= scenario_.horizon_seconds;
  }

  void check_from(const TableReader& table, double from_seconds) {
    if (table.has("from") && scenario_.horizon_seconds > 0.0 && from_seconds >= scenario_.horizon_seconds)
      table.warning("from", fmt::format("'from' is {}, at or after the horizon, {}: what would be signed then is left "
                                        "out",
                                        table.text("from"), duration_text(scenario_.horizon_seconds)));
  }

  void complete_job(const TableReader& table, JobAssignment& assignment) {
    const Job& job = scenario_.jobs[static_cast<std::size_t>(assignment.job)];
    complete_purchases(table, assignment);
    if (!table.given("markets") && assignment.purchases.empty())
      for (const MarketRate& rate : job.throughput) assignment.markets.push_back(rate.market);
    if (!job.checkpoint) check_interval(table);
    take_over_checkpoint(table, job.checkpoint, assignment.checkpoint);
    if (!table.has("restart")) assignment.restart_seconds = job.restart_seconds;
    check_markets(table, job, assignment);
    check_margin(table, job, assignment);
    for (std::size_t i = 0; i < assignment.markets.size(); ++i)
      if (assignment.may_hold(i, Purchase::reserved))
        allotments_.push_back({table, table.given("instances") ? "instances" : "policy", assignment.markets[i],
                               assignment.split ? 0 : assignment.instances});
  }

  /// Purchases stand in place of markets, and go with the policies that take them in order.
  void complete_purchases(const TableReader& table, JobAssignment& assignment) {
    const std::string_view policy = policy_names[static_cast<std::size_t>(assignment.policy)];
    const bool in_order = traits_of(assignment.policy).in_order, gambles = traits_of(assignment.policy).watches_slack;
    if (in_order && !table.given("purchases") && !table.broken("policy"))
      table.error("policy",
                  "the policy \"in-order\" takes 'purchases' in order, and none are given; expected "
                  "purchases = [{ market = ..., buy = ... }]");
    if (assignment.upgrade != Upgrade::never && (gambles || traits_of(assignment.policy).takes_own))
      table.error("upgrade", fmt::format("'upgrade' does not go with the policy \"{}\"; expected \"in-order\", "
                                         "\"spot\" or \"on-demand\"",
                                         policy));
    if (assignment.split) check_split(table, assignment);
    if (!table.given("purchases")) return;
    if (!in_order && !gambles && !table.broken("policy"))
      table.error("purchases", fmt::format("'purchases' does not go with the policy \"{}\"; expected \"in-order\", "
                                           "\"greedy\" or \"uniform-progress\", or 'markets'",
                                           policy));
    const std::vector<TableReader> tables = table.tables("purchases");
    if (tables.empty() && !table.broken("purchases"))
      table.error("purchases", "'purchases' is empty; expected at least one");
    for (std::size_t i = 0; i < tables.size(); ++i) check_purchase(tables[i], assignment.purchases.at(i), in_order);
    if (assignment.choose != Choose::first)
      table.error("choose", "'choose' does not go with 'purchases', which are taken in order; expected one of them");
    const std::vector<int> given = std::move(assignment.markets);
    assignment.markets.clear();
    for (const JobPurchase& purchase : assignment.purchases) assignment.markets.push_back(purchase.market);
    if (table.given("markets") && given != assignment.markets && !table.broken("markets"))
      table.error("markets", "'markets' and 'purchases' are both given; expected one of them");
  }

  /// A market must sell what is bought there; what is reserved is committed to, and not sold.
  void check_sold(const TableReader& table, int index, Purchase buy) {
    const Market& candidate = market(index);
    switch (buy) {
      case Purchase::on_demand:
        if (!candidate.on_demand)
          table.error("buy", fmt::format("the market '{}' sells no on-demand instances; expected 'on_demand' there",
                                         candidate.name));
        break;
      case Purchase::spot:
        if (!candidate.spot)
          table.error("buy",
                      fmt::format("the market '{}' sells no spot instances; expected 'spot' there", candidate.name));
        break;
      case Purchase::reserved:
        break;
    }
  }

  void check_purchase(const TableReader& table, const JobPurchase& purchase, bool in_order) {
    if (!in_order && purchase.after_seconds > 0.0)
      table.error("after", "'after' goes with the policy \"in-order\" alone; expected none");
    if (!table.has("market") || !table.has("buy")) return;
    check_sold(table, purchase.market, purchase.buy);
  }

  /// A split gang takes what each purchase has left.
  void check_split(const TableReader& table, const JobAssignment& assignment) {
    if (!traits_of(assignment.policy).in_order && !table.broken("policy"))
      table.error("split", fmt::format("'split' does not go with the policy \"{}\"; expected \"in-order\"",
                                       policy_names[static_cast<std::size_t>(assignment.policy)]));
    const std::vector<TableReader> tables = table.tables("purchases");
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const JobPurchase& purchase = assignment.purchases.at(i);
      if (!tables[i].has("market") || !tables[i].has("buy")) continue;
      const Market& where = market(purchase.market);
      const auto same = [&](const JobPurchase& other) {
        return other.market == purchase.market && other.buy == purchase.buy;
      };
      const auto here = assignment.purchases.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::any_of(assignment.purchases.begin(), here, same))
        tables[i].error("market", fmt::format("{} in '{}' stands before in the list already, and a gang with 'split' "
                                              "takes there all that is left; expected it once",
                                              purchase_names[static_cast<std::size_t>(purchase.buy)], where.name));
      if (traits_of(purchase.buy).limit == CapacityLimit::use && where.spot && where.spot->ages())
        tables[i].error(
            "buy", fmt::format("'split' does not go with spot whose reclaims hang on age or on factors, as in '{}'; "
                               "expected 'reclaim_every', without 'max_lifetime', there, or no 'split'",
                               where.name));
      if (traits_of(purchase.buy).limit == CapacityLimit::use && where.spot && where.spot->free_within_seconds > 0.0)
        tables[i].error("buy",
                        fmt::format("'split' does not go with spot that is free where it is reclaimed early, as in "
                                    "'{}'; expected no 'free_within' there, or no 'split'",
                                    where.name));
    }
  }

  void check_margin(const TableReader& table, const Job& job, const JobAssignment& assignment) {
    const double deadline = job.deadline_seconds.value_or(scenario_.horizon_seconds);
    const double margin = seconds_per_hour * lowest(assignment.margin_hours);
    if (table.has("margin") && deadline > 0.0 && margin >= deadline)
      table.error("margin", fmt::format("'margin' is {}; expected less than the {} of {}", duration_text(margin),
                                        job.deadline_seconds ? "deadline" : "horizon", duration_text(deadline)));
  }

  /// What the plan does not say of its checkpoint is the job's.
  static void take_over_checkpoint(const TableReader& table, const std::optional<Checkpoint>& jobs,
                                   std::optional<Checkpoint>& own) {
    if (!own) own = jobs;
    if (!jobs || !table.has("checkpoint")) return;
    const TableReader checkpoint = table.table("checkpoint");
    if (!checkpoint.has("interval")) own->interval_seconds = jobs->interval_seconds;
    if (!checkpoint.has("write")) own->write_seconds = jobs->write_seconds;
  }

  /// Every market of the list must suit the job and sell what the policy buys.
  void check_markets(const TableReader& table, const Job& job, const JobAssignment& assignment) {
    const PolicyTraits takes = traits_of(assignment.policy);
    const bool in_order = !assignment.purchases.empty();
    bool any_on_demand = false, any_spot = false;
    const std::string_view blamed = in_order ? "purchases" : table.given("markets") ? "markets" : "policy";
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      const int index = assignment.markets[i];
      const Market& candidate = market(index);
      any_on_demand = any_on_demand || (candidate.on_demand && assignment.may_hold(i, Purchase::on_demand));
      any_spot = any_spot || (candidate.spot && assignment.may_hold(i, Purchase::spot)) ||
                 assignment.may_hold(i, Purchase::reserved);
      const bool known = std::any_of(job.throughput.begin(), job.throughput.end(),
                                     [&](const MarketRate& rate) { return rate.market == index; });
      if (!known && !job.throughput.empty())
        table.error(blamed,
                    fmt::format("the job '{}' has no throughput in the market '{}'; expected one under 'throughput'",
                                job.name, candidate.name));
      if (takes.takes_on_demand && !takes.takes_spot && !candidate.on_demand)
        table.error(
            blamed,
            fmt::format("the market '{}' sells no on-demand instances; expected 'on_demand' there, or another policy",
                        candidate.name));
      if (takes.takes_spot && !takes.takes_on_demand && !candidate.spot)
        table.error(blamed,
                    fmt::format("the market '{}' sells no spot instances; expected 'spot' there, or another policy",
                                candidate.name));
    }
    if (assignment.markets.empty() || table.broken("markets") || table.broken("policy")) return;
    if (!takes.watches_slack) return;
    const std::string_view policy = policy_names[static_cast<std::size_t>(assignment.policy)];
    if (!any_spot)
      table.error(
          "policy",
          fmt::format("the policy \"{}\" buys spot, which none of its markets sells; expected a market with 'spot'",
                      policy));
    if (!any_on_demand)
      table.error("policy", fmt::format("the policy \"{}\" falls back on on-demand, which none of its markets sells; "
                                        "expected a market with 'on_demand'",
                                        policy));
  }

  void complete_service(const TableReader& table, ServiceAssignment& assignment) {
    if (assignment.min > assignment.max && !table.broken("min") && !table.broken("max"))
      table.error("min",
                  fmt::format("'min' is {} and 'max' is {}; expected min <= max", assignment.min, assignment.max));
    check_window(table, table.given("cold_start") ? "cold_start" : "scale_up_delay", assignment.start_up_seconds());
    check_window(table, "scale_down_window", assignment.scale_down_window_seconds);
    const std::vector<TableReader> pools = table.tables("pools");
    for (std::size_t i = 0; i < pools.size(); ++i) complete_pool(pools[i], assignment.service, assignment.pools.at(i));
    if (assignment.warm > 0) check_warm(table, assignment);
    const Service& service = scenario_.services[static_cast<std::size_t>(assignment.service)];
    if (assignment.overflow >= 0) check_overflow(table, service, assignment.overflow);
    if (assignment.pools.empty() && assignment.overflow < 0 && !table.broken("pools") && !table.broken("overflow"))
      table.error("pools", "'pools' is empty and there is no 'overflow'; expected at least one of them");
  }

  void check_warm(const TableReader& table, const ServiceAssignment& assignment) {
    if (assignment.pools.empty() || table.broken("pools")) return;
    const Market& first = market(assignment.pools.front().market);
    if (!first.on_demand)
      table.error("warm", fmt::format("the market '{}' of the first pool sells no on-demand instances, at whose price "
                                      "warm ones are paid; expected 'on_demand' there",
                                      first.name));
  }

  void check_window(const TableReader& table, std::string_view key, double seconds) {
    if (scenario_.step_seconds > 0.0 && seconds > most_window_steps * scenario_.step_seconds)
      table.error(key, fmt::format("'{}' is {}; expected at most 64 steps of {}", key, duration_text(seconds),
                                   duration_text(scenario_.step_seconds)));
  }

  void complete_pool(const TableReader& table, int service_index, Pool& pool) {
    const Service& service = scenario_.services[static_cast<std::size_t>(service_index)];
    const TableReader& service_table = services_[static_cast<std::size_t>(service_index)];
    if (!table.has("max")) pool.max = most_fleet;
    check_window(table, "after", pool.after_seconds);
    if (!table.has("market") || !table.has("buy")) return;
    const Market& candidate = market(pool.market);
    const bool known = std::any_of(service.rate.begin(), service.rate.end(),
                                   [&](const MarketRate& rate) { return rate.market == pool.market; });
    const bool told = service_table.given("rate") || service_table.given("output_token_rate");
    const bool input_known = std::any_of(service.input_rate.begin(), service.input_rate.end(),
                                         [&](const MarketRate& rate) { return rate.market == pool.market; });
    if (!service.input_rate.empty() && !input_known)
      table.error("market", fmt::format("the service '{}' has no rate of input tokens in the market '{}'; expected one "
                                        "under 'input_token_rate'",
                                        service.name, candidate.name));
    if (!known && (!told || !service.rate.empty()))
      table.error("market", fmt::format("the service '{}' has no rate in the market '{}'; expected one under 'rate'",
                                        service.name, candidate.name));
    check_sold(table, pool.market, pool.buy);
    if (traits_of(pool.buy).coverage == Coverage::capacity) {
      if (!table.given("max")) pool.max = std::min(committed(pool.market), most_fleet);
      allotments_.push_back({table, table.given("max") ? "max" : "buy", pool.market, pool.max});
    }
  }

  void check_overflow(const TableReader& table, const Service& service, int index) {
    const Serverless& serverless = scenario_.serverless[static_cast<std::size_t>(index)];
    const auto is_free = [](const Law& law) { return law.is_constant() && law.mode == 0.0; };
    if (is_free(serverless.input_per_million) && is_free(serverless.output_per_million)) return;
    if (static_cast<std::size_t>(service.demand) >= scenario_.demands.size()) return;
    const Demand& demand = scenario_.demands[static_cast<std::size_t>(service.demand)];
    if (!demand.tokens)
      table.error("overflow",
                  fmt::format("'{}' is priced by tokens, which the demand '{}' does not give; expected 'tokens' there",
                              serverless.name, demand.name));
  }

  /// The most instances that the plan's commitments of kind capacity hold in a market at any one time.
  int committed(int market_index) const {
    int most = 0;
    for (const Commitment& start : plan_.commitments) {
      int now = 0;
      for (const Commitment& other : plan_.commitments)
        if (other.kind == Commitment::Kind::capacity && other.market == market_index &&
            other.from_seconds <= start.from_seconds && start.from_seconds < other.from_seconds + other.term_seconds)
          now += other.instances;
      most = std::max(most, now);
    }
    return most;
  }

  /// Whether the plan has a commitment of capacity in a market, be it of no instances.
  bool commits_to(int market_index) const {
    return std::any_of(plan_.commitments.begin(), plan_.commitments.end(), [&](const Commitment& commitment) {
      return commitment.kind == Commitment::Kind::capacity && commitment.market == market_index;
    });
  }

  /// What jobs and pools draw on a market's capacity must have been committed.
  void check_allotments() {
    std::map<int, int> allotted;
    for (const Allotment& allotment : allotments_) {
      const int available = committed(allotment.market);
      int& sum = allotted[allotment.market];
      sum += allotment.instances;
      if (available == 0 && !commits_to(allotment.market))
        allotment.where.error(allotment.key,
                              fmt::format("the plan has no capacity of its own in the market '{}'; expected a "
                                          "[[plan.commitment]] with kind = \"capacity\" there",
                                          market(allotment.market).name));
      else if (sum > available)
        allotment.where.error(allotment.key, fmt::format("{} reserved instances are allotted in the market '{}', where "
                                                         "{} are committed; expected at most as many",
                                                         sum, market(allotment.market).name, available));
    }
  }

  const TableReader& table_;
  Plan& plan_;
  const Scenario& scenario_;
  const std::vector<TableReader>& services_;
  std::vector<Allotment> allotments_;
};

}  // namespace

bool JobAssignment::may_hold(std::size_t i, Purchase buy) const {
  if (!purchases.empty()) return purchases[i].buy == buy;
  const PolicyTraits takes = traits_of(policy);
  switch (buy) {
    case Purchase::on_demand:
      return takes.takes_on_demand;
    case Purchase::spot:
      return takes.takes_spot;
    case Purchase::reserved:
      return takes.takes_own;
  }
  __builtin_unreachable();
}

template const TableOf<Plan>& table_of<Plan>();

void complete(const TableReader& table, Plan& plan, const Scenario& scenario,
              const std::vector<TableReader>& services) {
  PlanCompleter(table, plan, scenario, services).run();
}

}  // namespace costrisk::scenario
