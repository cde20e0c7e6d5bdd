// Lowered plans: which components they use, what they commit to, which items they pay. Units as in
// world_parameters.hpp.
#pragma once

#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

enum class ItemKind : std::int32_t { spread, once, share, per_request };

struct ItemParameters {
  ItemKind kind = ItemKind::spread;
  LawIndex amount = 0;  ///< relative to `money`; not used by ItemKind::share
  Pair money;           ///< currency in all; for ItemKind::per_request, of one request
  std::uint32_t chance_stream = 0;
  float chance = 1.0f;
  StepTime from, until;
  StepTime from_month;          ///< ItemKind::spread: `from` in calendar months, as Parameters::edge_months
  float inverse_months = 0.0f;  ///< 1 / the calendar months from `from` to `until`
  std::uint32_t share_high = 0, share_low = 0;  ///< ItemKind::share: the share in 2^-60, as two words
  std::uint32_t of = 0;                         ///< ItemKind::share: bit i for category i
  std::int32_t owner = 0;
};

/// Use of one component in one market and way to buy, told step by step because some plan that pays for it has
/// commitments.
struct UseRowParameters {
  PriceSource price;  ///< on-demand; of reserved use none
  Pair money;         ///< currency for one instance and step at relative price 1; 0 for reserved use
};

/// A row of use as one plan pays for it. Services stand before jobs, both in file order.
struct PlanUseParameters {
  std::int32_t use_row = 0;
  std::int32_t market = 0;
  Purchase buy = Purchase::on_demand;  ///< or reserved
  std::int32_t owner = 0;
  std::int32_t service = none;  ///< index among the scenario's services; −1: a job's use
};

/// What is asked of a commitment or savings plan beside what it covers. Contracts of which nothing is asked have none.
struct ContractParameters {
  std::int64_t booked_micros = 0;  ///< its cost within the horizon
  std::int64_t owed_micros = 0;    ///< what is owed for the time after it and may be stranded
  LawIndex use_after = no_law;     ///< share of `owed_micros` that will be of use; −1: as it was used from `from` on
  std::int32_t from = 0;           ///< a step, at which a settlement period begins
  float inverse_offered = 0.0f;    ///< 1 / what it offers from there on: instances · steps, or steps of spend
  std::int32_t unused = 0;         ///< the owner who pays for what is not used; −1: pro rata
};

/// A promise to spend an amount in each period. Plans have the ends of its periods as marks.
struct SpendParameters {
  std::int64_t owed_micros = 0;  ///< for the time after the horizon, and may be stranded
  std::uint32_t of = 0;          ///< categories that count, a bit each
  std::int32_t unused = 0;       ///< the owner who pays for what is not spent
  Range marks;                   ///< in spend_marks, by edge
  LawIndex use_after = no_law;   ///< share of `owed_micros` that will be of use; −1: as in the last period
  std::int32_t reserved = 0;
};
/// Where a period of a spend commitment ends.
struct SpendMarkParameters {
  std::int64_t amount_micros = 0;  ///< promised for the period
  std::int32_t edge = 0;
  std::int32_t begins = 0;  ///< no period ends here; the first one begins
};

/// Where a period of a budget ends. The last one of each ends at the horizon.
struct BudgetMarkParameters {
  std::int64_t amount_micros = 0;
  std::int32_t edge = 0;
  std::int32_t budget = 0;
  std::int32_t period = 0;  ///< among the periods of all budgets
  std::int32_t owner = 0;   ///< −1: the whole plan
};

/// Covers use of one market and way to buy, up to `instances` at a time.
struct CommitmentParameters {
  std::int32_t market = 0;
  Purchase covers = Purchase::on_demand;  ///< or reserved
  float instances = 0.0f;
  StepTime from, until;
  Pair rate;                     ///< currency for one instance and step, the upfront payment spread over the term
  std::int32_t owner = none;     ///< whose uses are covered first; −1: all are alike
  std::int32_t contract = none;  ///< in contracts; −1: nothing is asked of it
};

/// Currency of the savings plan's spend for one instance and step at relative price 1, in one market.
struct DiscountParameters {
  std::int32_t market = 0;
  float money = 0.0f;          ///< (1 − discount) · the market's reference
  float inverse_money = 0.0f;  ///< 0 where `money` is
};

/// A savings plan that spends something; one that spends nothing covers nothing and is left out.
struct SavingsPlanParameters {
  StepTime from, until;
  Pair spend;                  ///< currency a step
  float inverse_spend = 0.0f;  ///< 1 / spend
  Range discounts;             ///< in discounts, highest first
  std::int32_t owner = none;   ///< as in CommitmentParameters
  std::int32_t contract = none;
};

/// Where a plan has uses, the component's own on-demand money does not count for those of its jobs and services that
/// are `settled`: a settled component has a use of the plan for each market that it may hold on-demand
/// instances in, whether or not a commitment covers that market. A component whose on-demand markets no commitment of
/// the plan covers need not be settled, and has no on-demand uses then. Reserved uses stand for no money of the
/// component and are told wherever a capacity commitment of the plan may cover them.
struct PlanParameters {
  Range jobs;           ///< in plan_jobs: job components
  Range services;       ///< in plan_services: service components
  Range items;          ///< in plan_items: of all kinds but ItemKind::per_request
  Range service_items;  ///< in plan_service_items: indices of service_items
  Range uses;           ///< in plan_uses; none where the plan has no commitments of any kind
  Range commitments, savings_plans;
  Range contracts;
  Range spends;
  std::uint32_t settled_jobs = 0;      ///< bit i: the i-th of `jobs` is settled
  std::uint32_t settled_services = 0;  ///< bit i: the i-th of `services` is settled
  std::int32_t credit_edge = none;     ///< the edge until which credit is drawn; −1: no credit
};

}  // namespace costrisk
