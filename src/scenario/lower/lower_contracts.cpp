// Commitments and savings plans, and the rows of use that they are settled against.
#include "src/scenario/lower/lower_contracts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>

#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/periods.hpp"

namespace costrisk::scenario {

namespace {

class ContractLowering {
 public:
  ContractLowering(Lowering& lowering, const std::vector<MarketSlots>& markets, const Plan& plan,
                   PlanParameters& result)
      : lowering_(lowering),
        scenario_(lowering.scenario()),
        storage_(lowering.storage()),
        markets_(markets),
        plan_(plan),
        result_(result) {}

  void run() {
    result_.uses.first = size_of(storage_.plan_uses);
    result_.commitments.first = size_of(storage_.commitments);
    result_.savings_plans.first = size_of(storage_.savings_plans);
    add_service_uses();
    add_job_uses();
    result_.uses.count = size_of(storage_.plan_uses) - result_.uses.first;
    const auto covers_a_use = [&](const auto& contract) {
      return std::any_of(storage_.plan_uses.begin() + result_.uses.first, storage_.plan_uses.end(),
                         [&](const PlanUseParameters& use) { return can_cover(contract, use.market, use.buy); });
    };
    result_.contracts.first = size_of(storage_.contracts);
    for (const Commitment* commitment : in_turn(plan_.commitments)) {
      const std::int32_t contract = add_contract(*commitment, commitment->instances);
      if (commitment->instances > 0 && covers_a_use(*commitment)) add_commitment(*commitment, contract);
    }
    for (const SavingsPlan* savings_plan : in_turn(plan_.savings_plans)) {
      const std::int32_t contract = add_contract(*savings_plan, 1.0);
      if (savings_plan->spend_per_hour > 0.0 && covers_a_use(*savings_plan)) add_savings_plan(*savings_plan, contract);
    }
    result_.contracts.count = size_of(storage_.contracts) - result_.contracts.first;
    result_.spends.first = size_of(storage_.spends);
    for (const SpendCommitment& commitment : plan_.spend_commitments) add_spend(commitment);
    result_.spends.count = size_of(storage_.spends) - result_.spends.first;
    result_.commitments.count = size_of(storage_.commitments) - result_.commitments.first;
    result_.savings_plans.count = size_of(storage_.savings_plans) - result_.savings_plans.first;
  }

 private:
  static Purchase covered_by(const Commitment& commitment) {
    return commitment.kind == Commitment::Kind::capacity ? Purchase::reserved : Purchase::on_demand;
  }
  static bool can_cover(const Commitment& commitment, int market, Purchase buy) {
    return commitment.market == market && covered_by(commitment) == buy;
  }
  static bool can_cover(const SavingsPlan& savings_plan, int market, Purchase buy) {
    return is_at_list_price(buy) && std::any_of(savings_plan.discounts.begin(), savings_plan.discounts.end(),
                                                [&](const auto& entry) { return entry.first == market; });
  }
  /// Whether any contract of the plan may cover such use.
  bool may_be_covered(int market, Purchase buy) const {
    const auto covers = [&](const auto& contract) { return can_cover(contract, market, buy); };
    return std::any_of(plan_.commitments.begin(), plan_.commitments.end(), covers) ||
           std::any_of(plan_.savings_plans.begin(), plan_.savings_plans.end(), covers);
  }

  /// Notes a use of the plan, on the component's row for it.
  void add_use(std::int32_t& use_row, const PriceSource& on_demand_price, PlanUseParameters use) {
    if (use_row == none) {
      use_row = size_of(storage_.use_rows);
      UseRowParameters row;
      if (is_at_list_price(use.buy)) {
        row.price = on_demand_price;
        row.money = split(scenario_.step_hours() * at(markets_, use.market).on_demand_reference);
      }
      storage_.use_rows.push_back(row);
    }
    use.use_row = use_row;
    storage_.plan_uses.push_back(use);
  }

  /// Whether one use of a component is told to the plan: on-demand use all or none, reserved use where it is covered.
  bool told(const PlanUseParameters& use, bool settled) const {
    return is_at_list_price(use.buy) ? settled : may_be_covered(use.market, use.buy);
  }

  void add_service_uses() {
    for (std::int32_t i = 0; i < result_.services.count; ++i) {
      const ServiceParameters& service = at(storage_.services, at(storage_.plan_services, result_.services.first + i));
      const auto pools =
          std::span(storage_.pools)
              .subspan(static_cast<std::size_t>(service.pools.first), static_cast<std::size_t>(service.pools.count));
      const bool settled = std::any_of(pools.begin(), pools.end(), [&](const PoolParameters& pool) {
        return is_at_list_price(pool.buy) && may_be_covered(pool.market, pool.buy);
      });
      if (settled) result_.settled_services |= 1u << i;
      for (PoolParameters& pool : pools) {
        if (traits_of(pool.buy).coverage == Coverage::none) continue;
        PlanUseParameters use;
        use.market = pool.market;
        use.buy = pool.buy;
        use.owner = service.owner;
        use.service = at(storage_.plan_service_slots, result_.services.first + i);
        if (told(use, settled)) add_use(pool.use_row, pool.price, use);
      }
    }
  }

  /// Whether a job may hold instances on-demand in the k-th of its markets.
  /// The first market of the list that can always launch it ends the search.
  static bool may_buy_on_demand(const JobParameters& job, const JobMarketParameters* markets, std::int32_t k) {
    if (!traits_of(job.policy).takes_on_demand || !markets[k].has_on_demand) return false;
    const bool takes_any = job.choose == Choose::cheapest || traits_of(job.policy).in_order;
    return takes_any || std::none_of(markets, markets + k, [](const JobMarketParameters& before) {
             return before.has_on_demand && before.launch_capacity == none;
           });
  }

  void add_job_uses() {
    for (std::int32_t i = 0; i < result_.jobs.count; ++i) {
      const JobParameters& job = at(storage_.jobs, at(storage_.plan_jobs, result_.jobs.first + i));
      JobMarketParameters* const markets = storage_.job_markets.data() + job.markets.first;
      bool settled = false;
      for (std::int32_t k = 0; k < job.markets.count; ++k)
        settled =
            settled || (may_buy_on_demand(job, markets, k) && may_be_covered(markets[k].market, Purchase::on_demand));
      if (settled) result_.settled_jobs |= 1u << i;
      for (std::int32_t k = 0; k < job.markets.count; ++k) {
        const bool own = traits_of(job.policy).takes_own || markets[k].has_own;
        if (!own && !may_buy_on_demand(job, markets, k)) continue;
        PlanUseParameters use;
        use.market = markets[k].market;
        use.buy = own ? Purchase::reserved : Purchase::on_demand;
        use.owner = job.owner;
        if (told(use, settled)) add_use(markets[k].use_row, markets[k].on_demand, use);
      }
    }
  }

  /// The upfront payment included.
  static double cost_per_hour(const Commitment& commitment) {
    if (commitment.instances == 0) return commitment.price_per_hour;
    return commitment.price_per_hour +
           commitment.upfront / (commitment.instances * (commitment.term_seconds / seconds_per_hour));
  }
  static double highest_discount(const SavingsPlan& savings_plan) {
    double highest = 0.0;
    for (const auto& [market, discount] : savings_plan.discounts) highest = std::max(highest, discount);
    return highest;
  }
  /// What decides which of two contracts covers first: the lesser.
  auto rank(const Commitment& commitment) const {
    return std::tuple(commitment.owner.empty(), cost_per_hour(commitment),
                      std::string_view(at(scenario_.markets, commitment.market).name));
  }
  auto rank(const SavingsPlan& savings_plan) const {
    return std::tuple(savings_plan.owner.empty(), -highest_discount(savings_plan), -savings_plan.spend_per_hour,
                      markets_of(savings_plan));
  }
  /// Discounts, the highest first, and of equal ones by the markets' names.
  std::vector<std::pair<int, double>> by_discount(const SavingsPlan& savings_plan) const {
    auto discounts = savings_plan.discounts;
    std::sort(discounts.begin(), discounts.end(), [&](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second
                                  : at(scenario_.markets, a.first).name < at(scenario_.markets, b.first).name;
    });
    return discounts;
  }
  std::vector<std::string_view> markets_of(const SavingsPlan& savings_plan) const {
    std::vector<std::string_view> names;
    for (const auto& [market, discount] : by_discount(savings_plan))
      names.push_back(at(scenario_.markets, market).name);
    return names;
  }
  template <class Contract>
  std::vector<const Contract*> in_turn(const std::vector<Contract>& contracts) const {
    std::vector<const Contract*> result;
    for (const Contract& contract : contracts) result.push_back(&contract);
    std::stable_sort(result.begin(), result.end(),
                     [&](const Contract* a, const Contract* b) { return rank(*a) < rank(*b); });
    return result;
  }

  std::int32_t owner_index(const std::string& name) const { return name.empty() ? none : lowering_.owner_index(name); }

  /// Notes what is asked of a contract. Returns its index, or none where nothing is.
  /// @param rate what it offers a step
  template <class Contract>
  std::int32_t add_contract(const Contract& contract, double rate) {
    const Accounting accounting = scenario_.accounting;
    const double booked = cost_until(contract, accounting, scenario_.horizon_seconds);
    const double owed = accounting == Accounting::effective
                            ? cost_until(contract, accounting, std::numeric_limits<double>::infinity()) - booked
                            : 0.0;
    ContractParameters result;
    result.booked_micros = to_micros(booked);
    result.owed_micros = std::max<std::int64_t>(to_micros(owed), 0);
    result.unused = contract.unused == pro_rata ? none : lowering_.owner_index(contract.unused);
    if (result.owed_micros == 0 && contract.unused == unused_owner) return none;
    if (contract.use_after) result.use_after = lowering_.law(*contract.use_after, 1.0);
    const Settlement periods = settlement(scenario_);
    result.from = periods.start_of_last_quarter(scenario_.steps());
    const double steps = offered_steps(contract, result.from);
    result.inverse_offered = rate * steps > 0.0 ? narrow(1.0 / (rate * steps)) : 0.0f;
    storage_.contracts.push_back(result);
    for (const std::int32_t edge : storage_.edges)
      storage_.contract_micros.push_back(to_micros(cost_until(contract, accounting, edge * scenario_.step_seconds)));
    return size_of(storage_.contracts) - 1;
  }
  /// Steps of its term from a step on to the horizon.
  template <class Contract>
  double offered_steps(const Contract& contract, std::int32_t from) const {
    const double begin = std::max(contract.from_seconds / scenario_.step_seconds, static_cast<double>(from));
    const double end = std::min((contract.from_seconds + contract.term_seconds) / scenario_.step_seconds,
                                static_cast<double>(scenario_.steps()));
    return std::max(0.0, end - begin);
  }

  void add_spend(const SpendCommitment& commitment) {
    SpendParameters result;
    for (const Category category : commitment.of) result.of |= 1u << static_cast<unsigned>(category);
    result.unused = lowering_.owner_index(commitment.unused);
    if (scenario_.accounting == Accounting::effective)
      result.owed_micros = to_micros(promised_after_horizon(scenario_, commitment));
    if (commitment.use_after && result.owed_micros > 0) result.use_after = lowering_.law(*commitment.use_after, 1.0);
    result.marks.first = size_of(storage_.spend_marks);
    const std::vector<Period> periods = spend_periods(scenario_, commitment).within;
    for (const Period& period : periods) {
      const auto edge = [&](double seconds) { return edge_at(scenario_, storage_.edges, seconds); };
      if (&period == &periods.front() && first_step(scenario_, period.begin_seconds) > 0)
        storage_.spend_marks.push_back({0, edge(period.begin_seconds), 1});
      const double spent = &period == &periods.front() ? commitment.spent : 0.0;
      storage_.spend_marks.push_back(
          {to_micros(std::max(commitment.amount * period.share - spent, 0.0)), edge(period.end_seconds), 0});
    }
    result.marks.count = size_of(storage_.spend_marks) - result.marks.first;
    // What is of no use after the horizon is as in the last period: of all of its amount, also of what had been spent
    // of it when the simulation begins.
    if (periods.size() == 1 && commitment.spent > 0.0 && !commitment.use_after) {
      const double amount = commitment.amount * periods.front().share;
      const double left = amount > 0.0 ? std::max(1.0 - commitment.spent / amount, 0.0) : 0.0;
      result.owed_micros = std::llround(left * static_cast<double>(result.owed_micros));
    }
    storage_.spends.push_back(result);
  }

  void add_commitment(const Commitment& commitment, std::int32_t contract) {
    CommitmentParameters result;
    result.owner = owner_index(commitment.owner);
    result.contract = contract;
    result.market = commitment.market;
    result.covers = covered_by(commitment);
    result.instances = narrow(commitment.instances);
    result.from = lowering_.step_time(commitment.from_seconds);
    result.until = lowering_.step_time(commitment.from_seconds + commitment.term_seconds);
    result.rate = split(scenario_.step_hours() * cost_per_hour(commitment));
    storage_.commitments.push_back(result);
  }

  void add_savings_plan(const SavingsPlan& savings_plan, std::int32_t contract) {
    SavingsPlanParameters result;
    result.owner = owner_index(savings_plan.owner);
    result.contract = contract;
    result.from = lowering_.step_time(savings_plan.from_seconds);
    result.until = lowering_.step_time(savings_plan.from_seconds + savings_plan.term_seconds);
    const double spend = savings_plan.spend_per_hour * scenario_.step_hours();
    result.spend = split(spend);
    result.inverse_spend = narrow(1.0 / spend);
    const auto discounts = by_discount(savings_plan);
    result.discounts = {size_of(storage_.discounts), size_of(discounts)};
    for (const auto& [market, discount] : discounts) {
      const double money = (1.0 - discount) * scenario_.step_hours() * at(markets_, market).on_demand_reference;
      storage_.discounts.push_back({market, narrow(money), money > 0.0 ? narrow(1.0 / money) : 0.0f});
    }
    storage_.savings_plans.push_back(result);
  }

  Lowering& lowering_;
  const Scenario& scenario_;
  ParameterStorage& storage_;
  const std::vector<MarketSlots>& markets_;
  const Plan& plan_;
  PlanParameters& result_;
};

}  // namespace

void lower_contracts(Lowering& lowering, const std::vector<MarketSlots>& markets, const Plan& plan,
                     PlanParameters& result) {
  ContractLowering(lowering, markets, plan, result).run();
}

}  // namespace costrisk::scenario
