// The words of the model that parameters, results and scenario share: categories of cost, ways to buy,
// policies. Their numeric values are part of the results format, their names stand in files and on screen.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/lane/function.hpp"

namespace costrisk {

// A table has a row an enumerator: its enum, the names and the traits are made from it.
#define COSTRISK_ENUMERATOR(enumerator, ...) enumerator,
#define COSTRISK_NAME(enumerator, name, ...) name,
#define COSTRISK_COUNTED(...) +1

#define COSTRISK_CATEGORIES(ROW) \
  ROW(commitment, "commitment")  \
  ROW(on_demand, "on-demand")    \
  ROW(spot, "spot")              \
  ROW(serverless, "serverless")  \
  ROW(egress, "egress")          \
  ROW(item, "item")              \
  ROW(penalty, "penalty")        \
  ROW(one_off, "one-off")        \
  ROW(unfinished, "unfinished")  \
  ROW(credit, "credit")          \
  ROW(stranded, "stranded")
enum class Category { COSTRISK_CATEGORIES(COSTRISK_ENUMERATOR) };
inline constexpr int category_count = COSTRISK_CATEGORIES(COSTRISK_COUNTED);
inline constexpr std::array<const char*, category_count> category_names = {COSTRISK_CATEGORIES(COSTRISK_NAME)};

/// What a market's capacity limits of instances that are bought so.
enum class CapacityLimit {
  launches,  ///< new ones; what runs is kept
  use,       ///< all of them: what runs is lost where capacity ends, and reclaimed one by one
  none,      ///< nothing: they are there by commitments of capacity
};
/// How commitments cover use that is bought so.
enum class Coverage {
  discount,  ///< use is paid at list price, and by discounted commitments and savings plans where they cover it
  capacity,  ///< by commitments of capacity, which alone are paid
  none,
};
struct PurchaseTraits {
  CapacityLimit limit;
  Coverage coverage;
};
#define COSTRISK_PURCHASES(ROW)                                            \
  ROW(on_demand, "on-demand", CapacityLimit::launches, Coverage::discount) \
  ROW(spot, "spot", CapacityLimit::use, Coverage::none)                    \
  ROW(reserved, "reserved", CapacityLimit::none, Coverage::capacity)
enum class Purchase { COSTRISK_PURCHASES(COSTRISK_ENUMERATOR) };
inline constexpr int purchase_count = COSTRISK_PURCHASES(COSTRISK_COUNTED);
inline constexpr std::array<const char*, purchase_count> purchase_names = {COSTRISK_PURCHASES(COSTRISK_NAME)};

#define COSTRISK_WASTE_KINDS(ROW)             \
  ROW(unused_commitment, "unused commitment") \
  ROW(idle_headroom, "idle headroom")         \
  ROW(restart, "restart")                     \
  ROW(lost_work, "lost work")                 \
  ROW(planned_headroom, "planned headroom")
enum class WasteKind { COSTRISK_WASTE_KINDS(COSTRISK_ENUMERATOR) };
inline constexpr int waste_kind_count = COSTRISK_WASTE_KINDS(COSTRISK_COUNTED);
inline constexpr std::array<const char*, waste_kind_count> waste_kind_names = {COSTRISK_WASTE_KINDS(COSTRISK_NAME)};

/// What a policy holds, and what it looks at.
struct PolicyTraits {
  bool takes_spot, takes_on_demand;
  bool takes_own;      ///< instances of one's own, by commitments of capacity, and nothing else
  bool watches_slack;  ///< the time that a deadline leaves
  bool keeps_pace;     ///< progress against the time passed; on-demand is left again once it is ahead
  bool in_order;       ///< the first entry of a list that can be had, and nothing of the deadline
};
#define COSTRISK_POLICIES(ROW)                                                    \
  ROW(on_demand, "on-demand", false, true, false, false, false, false)            \
  ROW(spot, "spot", true, false, false, false, false, false)                      \
  ROW(greedy, "greedy", true, true, false, true, false, false)                    \
  ROW(uniform_progress, "uniform-progress", true, true, false, true, true, false) \
  ROW(reserved, "reserved", false, false, true, false, false, false)              \
  ROW(in_order, "in-order", true, true, false, false, false, true)
enum class Policy { COSTRISK_POLICIES(COSTRISK_ENUMERATOR) };
inline constexpr int policy_count = COSTRISK_POLICIES(COSTRISK_COUNTED);
inline constexpr std::array<const char*, policy_count> policy_names = {COSTRISK_POLICIES(COSTRISK_NAME)};

#define COSTRISK_PURCHASE_TRAITS(enumerator, name, ...) \
  case Purchase::enumerator:                            \
    return {__VA_ARGS__};
COSTRISK_FN constexpr PurchaseTraits traits_of(Purchase purchase) {
  switch (purchase) { COSTRISK_PURCHASES(COSTRISK_PURCHASE_TRAITS) }
  __builtin_unreachable();
}
/// Whether what no commitment covers is paid at the market's list price.
COSTRISK_FN constexpr bool is_at_list_price(Purchase purchase) {
  return traits_of(purchase).coverage == Coverage::discount;
}
#define COSTRISK_POLICY_TRAITS(enumerator, name, ...) \
  case Policy::enumerator:                            \
    return {__VA_ARGS__};
COSTRISK_FN constexpr PolicyTraits traits_of(Policy policy) {
  switch (policy) { COSTRISK_POLICIES(COSTRISK_POLICY_TRAITS) }
  __builtin_unreachable();
}
#undef COSTRISK_POLICY_TRAITS
#undef COSTRISK_PURCHASE_TRAITS
#undef COSTRISK_COUNTED
#undef COSTRISK_NAME
#undef COSTRISK_ENUMERATOR

enum class Choose { first, cheapest };

/// To which of the entries that it could have a gang that holds one moves.
enum class Upgrade { never, when_cheaper, always };

/// Whether a kind of waste could have been avoided; what was chosen counts in no sum of waste.
COSTRISK_FN constexpr bool is_avoidable(WasteKind kind) { return kind != WasteKind::planned_headroom; }

/// The distribution of a value.
enum class LawKind : std::int32_t { constant, triangular, log_normal, uniform, normal, pert, discrete };

/// Money is counted in millionths of the scenario's currency.
inline constexpr std::int64_t micros_per_unit = 1'000'000;

/// Instants and use are counted in 2^-20 of a step.
inline constexpr int tick_bits = 20;
inline constexpr std::int64_t ticks_per_step = std::int64_t{1} << tick_bits;

/// The finish of a job that is not done at the horizon.
inline constexpr std::int64_t never_ticks = INT64_MAX;

}  // namespace costrisk
