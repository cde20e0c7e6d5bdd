// Builds plans and the goal, and checks that a plan asks only for what its markets sell and it has committed.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "kernels/model/service_parameters.hpp"
#include "src/scenario/reader/build.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_window_steps = 64.0;

/// One plan under construction.
class PlanBuilder {
 public:
  /// @param services the tables of the scenario's services
  PlanBuilder(const TableReader& table, const Scenario& scenario, const std::vector<TableReader>& services)
      : table_(table), scenario_(scenario), services_(services) {}

  Plan built() {
    plan_.name = table_.text("name");
    if (table_.has("credit")) {
      const TableReader credit = table_.table("credit");
      plan_.credit = Credit{credit.number("amount"), scenario_.horizon_seconds};
      if (credit.has("until"))
        plan_.credit->until_seconds = std::min(scenario_.horizon_seconds, credit.seconds("until"));
    }
    for (const TableReader& commitment : table_.tables("commitment")) add_commitment(commitment);
    for (const TableReader& savings_plan : table_.tables("savings_plan")) add_savings_plan(savings_plan);
    for (const auto& [job, assignment] : table_.tables_by_name("job")) add_job(job, assignment);
    for (const auto& [service, assignment] : table_.tables_by_name("service")) add_service(service, assignment);
    std::sort(plan_.jobs.begin(), plan_.jobs.end(), [](const auto& a, const auto& b) { return a.job < b.job; });
    std::sort(plan_.services.begin(), plan_.services.end(),
              [](const auto& a, const auto& b) { return a.service < b.service; });
    check_allotments();
    if (table_.sound() && plan_.jobs.empty() && plan_.services.empty() && !table_.broken("job") &&
        !table_.broken("service"))
      table_.error("name", "the plan runs nothing; expected a job or a service such as [plan.job.NAME]");
    return std::move(plan_);
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

  void add_commitment(const TableReader& table) {
    Commitment commitment;
    commitment.market = table.reference("market");
    commitment.kind = table.is("kind", "capacity") ? Commitment::Kind::capacity : Commitment::Kind::discount;
    commitment.instances = static_cast<int>(table.integer("instances"));
    commitment.price_per_hour = table.number("price_per_hour");
    commitment.upfront = table.number("upfront");
    commitment.from_seconds = table.seconds("from");
    commitment.term_seconds = table.seconds("term");
    check_from(table, commitment.from_seconds);
    if (commitment.market >= 0 && commitment.kind == Commitment::Kind::discount &&
        !market(commitment.market).on_demand && !table.broken("kind"))
      table.error("market",
                  fmt::format("the market '{}' sells no on-demand instances for a discount to cover; expected "
                              "'on_demand' there, or kind = \"capacity\"",
                              market(commitment.market).name));
    plan_.commitments.push_back(commitment);
  }

  void add_savings_plan(const TableReader& table) {
    SavingsPlan savings_plan;
    savings_plan.spend_per_hour = table.number("spend_per_hour");
    savings_plan.discounts = table.numbers_by_name("discounts");
    std::sort(savings_plan.discounts.begin(), savings_plan.discounts.end());
    savings_plan.from_seconds = table.seconds("from");
    savings_plan.term_seconds = table.seconds("term");
    check_from(table, savings_plan.from_seconds);
    for (const auto& [index, discount] : savings_plan.discounts)
      if (!market(index).on_demand)
        table.error("discounts",
                    fmt::format("the market '{}' sells no on-demand instances; expected markets with 'on_demand'",
                                market(index).name));
    plan_.savings_plans.push_back(std::move(savings_plan));
  }

  void check_from(const TableReader& table, double from_seconds) {
    if (table.has("from") && scenario_.horizon_seconds > 0.0 && from_seconds >= scenario_.horizon_seconds)
      table.error("from", fmt::format("'from' is {}; expected it before the horizon, {}", table.text("from"),
                                      duration_text(scenario_.horizon_seconds)));
  }

  void add_job(int index, const TableReader& table) {
    const Job& job = scenario_.jobs[static_cast<std::size_t>(index)];
    JobAssignment assignment;
    assignment.job = index;
    assignment.markets = table.references("markets");
    if (!table.given("markets"))
      for (const MarketRate& rate : job.throughput) assignment.markets.push_back(rate.market);
    assignment.choose = table.is("choose", "cheapest") ? Choose::cheapest : Choose::first;
    assignment.instances = static_cast<int>(table.integer("instances"));
    const std::string policy = table.text("policy");
    const auto found = std::find(policy_names.begin(), policy_names.end(), policy);
    assignment.policy = static_cast<Policy>(found == policy_names.end() ? 0 : found - policy_names.begin());
    assignment.checkpoint = checkpoint_of(table, job.checkpoint);
    assignment.restart_seconds = table.has("restart") ? table.seconds("restart") : job.restart_seconds;
    assignment.optimizations = table.references("optimizations");
    check_markets(table, job, assignment);
    if (assignment.policy == Policy::reserved)
      for (int market_index : assignment.markets)
        allotments_.push_back(
            {table, table.given("instances") ? "instances" : "policy", market_index, assignment.instances});
    plan_.jobs.push_back(std::move(assignment));
  }

  /// Every market of the list must suit the job and sell what the policy buys.
  void check_markets(const TableReader& table, const Job& job, const JobAssignment& assignment) {
    bool any_on_demand = false, any_spot = false;
    const std::string_view blamed = table.given("markets") ? "markets" : "policy";
    for (int index : assignment.markets) {
      const Market& candidate = market(index);
      any_on_demand = any_on_demand || candidate.on_demand;
      any_spot = any_spot || candidate.spot;
      const bool known = std::any_of(job.throughput.begin(), job.throughput.end(),
                                     [&](const MarketRate& rate) { return rate.market == index; });
      if (!known && !job.throughput.empty())
        table.error(blamed,
                    fmt::format("the job '{}' has no throughput in the market '{}'; expected one under 'throughput'",
                                job.name, candidate.name));
      if (assignment.policy == Policy::on_demand && !candidate.on_demand)
        table.error(
            blamed,
            fmt::format("the market '{}' sells no on-demand instances; expected 'on_demand' there, or another policy",
                        candidate.name));
      if (assignment.policy == Policy::spot && !candidate.spot)
        table.error(blamed,
                    fmt::format("the market '{}' sells no spot instances; expected 'spot' there, or another policy",
                                candidate.name));
    }
    if (assignment.markets.empty() || table.broken("markets") || table.broken("policy")) return;
    if (assignment.policy != Policy::greedy && assignment.policy != Policy::uniform_progress) return;
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

  void add_service(int index, const TableReader& table) {
    const Service& service = scenario_.services[static_cast<std::size_t>(index)];
    ServiceAssignment assignment;
    assignment.service = index;
    assignment.utilization = table.number("utilization");
    assignment.min = static_cast<int>(table.integer("min"));
    assignment.max = static_cast<int>(table.integer("max"));
    if (assignment.min > assignment.max && !table.broken("min") && !table.broken("max"))
      table.error("min",
                  fmt::format("'min' is {} and 'max' is {}; expected min <= max", assignment.min, assignment.max));
    assignment.scale_up_delay_seconds = window(table, "scale_up_delay");
    assignment.scale_down_window_seconds = window(table, "scale_down_window");
    for (const TableReader& pool : table.tables("pools")) assignment.pools.push_back(built_pool(pool, index));
    assignment.overflow = table.reference("overflow");
    if (assignment.overflow >= 0) check_overflow(table, service, assignment.overflow);
    if (assignment.pools.empty() && assignment.overflow < 0 && !table.broken("pools") && !table.broken("overflow"))
      table.error("pools", "'pools' is empty and there is no 'overflow'; expected at least one of them");
    assignment.optimizations = table.references("optimizations");
    plan_.services.push_back(std::move(assignment));
  }

  double window(const TableReader& table, std::string_view key) {
    const double seconds = table.seconds(key);
    if (scenario_.step_seconds > 0.0 && seconds > most_window_steps * scenario_.step_seconds)
      table.error(key, fmt::format("'{}' is {}; expected at most 64 steps of {}", key, duration_text(seconds),
                                   duration_text(scenario_.step_seconds)));
    return seconds;
  }

  Pool built_pool(const TableReader& table, int service_index) {
    const Service& service = scenario_.services[static_cast<std::size_t>(service_index)];
    const TableReader& service_table = services_[static_cast<std::size_t>(service_index)];
    Pool pool;
    pool.market = std::max(0, table.reference("market"));
    const std::string buy = table.text("buy");
    const auto found = std::find(purchase_names.begin(), purchase_names.end(), buy);
    pool.buy = static_cast<Purchase>(found == purchase_names.end() ? 0 : found - purchase_names.begin());
    pool.share = table.number("share");
    pool.max = table.has("max") ? static_cast<int>(table.integer("max")) : most_fleet;
    if (!table.has("market") || !table.has("buy")) return pool;
    const Market& candidate = market(pool.market);
    const bool known = std::any_of(service.rate.begin(), service.rate.end(),
                                   [&](const MarketRate& rate) { return rate.market == pool.market; });
    const bool told = service_table.given("rate") || service_table.given("output_token_rate");
    if (!known && (!told || !service.rate.empty()))
      table.error("market", fmt::format("the service '{}' has no rate in the market '{}'; expected one under 'rate'",
                                        service.name, candidate.name));
    if (pool.buy == Purchase::on_demand && !candidate.on_demand)
      table.error("buy", fmt::format("the market '{}' sells no on-demand instances; expected 'on_demand' there",
                                     candidate.name));
    if (pool.buy == Purchase::spot && !candidate.spot)
      table.error("buy", fmt::format("the market '{}' sells no spot instances; expected 'spot' there", candidate.name));
    if (pool.buy == Purchase::reserved) {
      if (!table.given("max")) pool.max = std::clamp(committed(pool.market), 1, most_fleet);
      allotments_.push_back({table, table.given("max") ? "max" : "buy", pool.market, pool.max});
    }
    return pool;
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

  /// What jobs and pools draw on a market's capacity must have been committed.
  void check_allotments() {
    std::map<int, int> allotted;
    for (const Allotment& allotment : allotments_) {
      const int available = committed(allotment.market);
      int& sum = allotted[allotment.market];
      sum += allotment.instances;
      if (available == 0)
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
  const Scenario& scenario_;
  const std::vector<TableReader>& services_;
  Plan plan_;
  std::vector<Allotment> allotments_;
};

Goal built_goal(const TableReader& root, const Scenario& scenario) {
  Goal goal;
  if (!root.has("goal")) return goal;
  const TableReader table = root.table("goal");
  goal.over_budget = table.optional_number("over_budget");
  if (goal.over_budget && !root.given("budget"))
    table.error("over_budget", "'over_budget' needs a budget; expected 'budget' in the scenario");
  goal.late = table.numbers_by_name("late");
  goal.served = table.numbers_by_name("served");
  std::sort(goal.late.begin(), goal.late.end());
  std::sort(goal.served.begin(), goal.served.end());
  for (const auto& [job, share] : goal.late)
    if (!scenario.jobs[static_cast<std::size_t>(job)].deadline_seconds)
      table.error("late", fmt::format("the job '{}' has no deadline to miss; expected 'deadline' there",
                                      scenario.jobs[static_cast<std::size_t>(job)].name));
  return goal;
}

}  // namespace

void build_plans(const TableReader& root, Scenario& scenario) {
  const std::vector<TableReader> services = root.tables("service");
  for (const TableReader& table : root.tables("plan"))
    scenario.plans.push_back(PlanBuilder(table, scenario, services).built());
  if (scenario.plans.empty() && !root.broken("plan"))
    root.error("plan", "the scenario has no plan; expected at least one [[plan]]");
  scenario.goal = built_goal(root, scenario);
}

}  // namespace costrisk::scenario
