// The words of the model that parameters, results and scenario share: categories of cost, ways to buy,
// policies. Their numeric values are part of the results format, their names stand in files and on screen.
#pragma once

#include <array>
#include <cstdint>

namespace costrisk {

enum class Category { commitment, on_demand, spot, serverless, egress, item, penalty, one_off, unfinished, credit };
inline constexpr int category_count = 10;
inline constexpr std::array<const char*, category_count> category_names = {
    "commitment", "on-demand", "spot", "serverless", "egress", "item", "penalty", "one-off", "unfinished", "credit"};

enum class Purchase { on_demand, spot, reserved };
inline constexpr int purchase_count = 3;
inline constexpr std::array<const char*, purchase_count> purchase_names = {"on-demand", "spot", "reserved"};

enum class WasteKind { unused_commitment, idle_headroom, restart, lost_work };
inline constexpr int waste_kind_count = 4;
inline constexpr std::array<const char*, waste_kind_count> waste_kind_names = {"unused commitment", "idle headroom",
                                                                               "restart", "lost work"};

enum class Policy { on_demand, spot, greedy, uniform_progress, reserved };
inline constexpr int policy_count = 5;
inline constexpr std::array<const char*, policy_count> policy_names = {"on-demand", "spot", "greedy",
                                                                       "uniform-progress", "reserved"};

enum class Choose { first, cheapest };

/// Money is counted in millionths of the scenario's currency.
inline constexpr std::int64_t micros_per_unit = 1'000'000;

/// Instants and use are counted in 2^-20 of a step.
inline constexpr int tick_bits = 20;
inline constexpr std::int64_t ticks_per_step = std::int64_t{1} << tick_bits;

/// The finish of a job that is not done at the horizon.
inline constexpr std::int64_t never_ticks = INT64_MAX;

}  // namespace costrisk
