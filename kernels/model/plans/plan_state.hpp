// The memory of the plan stage, and what it reads of the components.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/model/arena.hpp"
#include "kernels/model/jobs/job_state.hpp"
#include "kernels/model/parameters.hpp"
#include "kernels/model/plans/plan_book.hpp"
#include "kernels/model/plans/settlement_state.hpp"
#include "kernels/model/services/service_state.hpp"

namespace costrisk {

template <class L>
struct PlanState {
  Near<std::int64_t> item_micros;    ///< [item][lane]: what each item has cost so far
  Near<std::int64_t> credit_micros;  ///< [plan][lane]: credit drawn by the edge until which it is
  Near<std::int64_t> book;           ///< PlanBook, of the plan in hand
  Near<std::int64_t> spent;          ///< [spend commitment][lane]: the bill that counts, up to its last mark
  Near<std::int64_t> shortfall;      ///< [spend commitment][lane]: up to there
  Near<std::int32_t> useless;  ///< [spend commitment][lane]: share that was not spent of the last period, in 2^-24
  Near<std::int64_t> charged;  ///< [plan][budget][lane]: to its owner, up to the last period's end
  Near<std::int32_t> is_over;  ///< [plan][budget][lane]: in some period so far
  SettlementState<L> settlement;

  COSTRISK_FN static void take(Arena& arena, const Parameters& p, PlanState* state) {
    arena.take(state, &PlanState::item_micros, p.item_count * L::width);
    arena.take(state, &PlanState::credit_micros, p.plan_count * L::width);
    arena.take(state, &PlanState::book, PlanBook<L>::length(p));
    arena.take(state, &PlanState::spent, p.spend_count * L::width);
    arena.take(state, &PlanState::shortfall, p.spend_count * L::width);
    arena.take(state, &PlanState::useless, p.spend_count * L::width);
    arena.take(state, &PlanState::charged, p.plan_count * p.budget_count * L::width);
    arena.take(state, &PlanState::is_over, p.plan_count * p.budget_count * L::width);
    SettlementState<L>::take(arena, p, state ? &state->settlement : nullptr);
  }
};

/// What the components leave for the plans.
template <class L>
struct ComponentCosts {
  template <class T>
  using Pointer = std::conditional_t<keeps_pointers<L>, T*, Near<T>>;

  Pointer<const JobTotals<L>> jobs;                   ///< [job]
  Pointer<std::int64_t> job_edges;                    ///< [job] edge_row
  Pointer<const ServiceTotals<L>> services;           ///< [service]
  Pointer<std::int64_t> service_edges;                ///< [service] edge_row
  Pointer<const ServiceItemTotals<L>> service_items;  ///< [service item]
  Pointer<const std::int64_t> service_item_edges;     ///< [service item][edge of the tile][lane]
  Pointer<const typename L::F> use_rows;              ///< [use row][tile step]: instances, on average over the step

  /// As the plans have it.
  using AtHand = std::conditional_t<keeps_pointers<L>, ComponentCosts, const ComponentCosts&>;
};

}  // namespace costrisk
