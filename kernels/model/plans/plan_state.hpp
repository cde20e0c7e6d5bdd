// The memory of the plan stage, and what it reads of the components.
#pragma once

#include <cstdint>

#include "kernels/model/arena.hpp"
#include "kernels/model/jobs/job_state.hpp"
#include "kernels/model/parameters.hpp"
#include "kernels/model/plans/plan_book.hpp"
#include "kernels/model/plans/settlement_state.hpp"
#include "kernels/model/services/service_state.hpp"

namespace costrisk {

template <class L>
struct PlanState {
  std::int64_t* item_micros;    ///< [item][lane]: what each item has cost so far
  std::int64_t* credit_micros;  ///< [plan][lane]: credit drawn by the edge until which it is
  std::int64_t* book;           ///< PlanBook, of the plan in hand
  std::int64_t* spent;          ///< [spend commitment][lane]: the bill that counts, up to its last mark
  std::int64_t* shortfall;      ///< [spend commitment][lane]: up to there
  std::int32_t* useless;        ///< [spend commitment][lane]: share that was not spent of the last period, in 2^-24
  std::int64_t* charged;        ///< [plan][budget][lane]: to its owner, up to the last period's end
  std::int32_t* is_over;        ///< [plan][budget][lane]: in some period so far
  SettlementState<L> settlement;

  COSTRISK_FN static PlanState take(Arena& arena, const Parameters& p) {
    PlanState state;
    state.item_micros = arena.take<std::int64_t>(p.item_count * L::width);
    state.credit_micros = arena.take<std::int64_t>(p.plan_count * L::width);
    state.book = arena.take<std::int64_t>(PlanBook<L>::length(p));
    state.spent = arena.take<std::int64_t>(p.spend_count * L::width);
    state.shortfall = arena.take<std::int64_t>(p.spend_count * L::width);
    state.useless = arena.take<std::int32_t>(p.spend_count * L::width);
    state.charged = arena.take<std::int64_t>(p.plan_count * p.budget_count * L::width);
    state.is_over = arena.take<std::int32_t>(p.plan_count * p.budget_count * L::width);
    state.settlement = SettlementState<L>::take(arena, p);
    return state;
  }
};

/// What the components leave for the plans.
template <class L>
struct ComponentCosts {
  const JobTotals<L>* jobs;                   ///< [job]
  std::int64_t* job_edges;                    ///< [job] edge_row
  const ServiceTotals<L>* services;           ///< [service]
  std::int64_t* service_edges;                ///< [service] edge_row
  const ServiceItemTotals<L>* service_items;  ///< [service item]
  const std::int64_t* service_item_edges;     ///< [service item][edge of the tile][lane]
  const typename L::F* use_rows;              ///< [use row][tile step]: instances, on average over the step
};

}  // namespace costrisk
