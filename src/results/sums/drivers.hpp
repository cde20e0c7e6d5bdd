// Which unknowns make the cost: sums by cell of each driver, and the share of the variance that they come to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kernels/model/output.hpp"
#include "src/results/sums/wide.hpp"

namespace costrisk::results {

/// Sums over paths by cell of each driver.
struct DriverSums {
#define TALLY_DRIVER(element, name, unit, what, ...) std::vector<element> name;
#include "src/results/sums/tally_arrays.inc"
};

/// Adds the first `paths` paths of a chunk.
/// @throws std::overflow_error where a sum of squares leaves its 128 bits
void add_driver_sums(DriverSums& sums, const Shape& shape, std::optional<std::int64_t> budget_micros,
                     const Output& chunk, int paths);

/// The sums of one plan by groups of one driver's neighbouring cells, from low values to high ones.
struct DriverGroups {
  std::vector<std::uint64_t> paths;
  std::vector<Moments> cost;
  std::vector<Int192> cost_cubes;
  std::vector<std::uint64_t> over_budget;
};

/// The driver's bins.
DriverGroups by_bin(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver);

/// As fine as the paths allow: within the first and the last bin cells are joined, from their ends on, to groups of
/// eight paths at least, or to the whole bin.
DriverGroups by_cell(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver);

/// Of a chance: the paths in which it happens, and the others.
DriverGroups by_outcome(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver);

/// Central moments of a quantity over paths, in its unit to the power of two and four.
struct CentralMoments {
  double second = 0.0, fourth = 0.0;
};

struct VarianceShare {
  double share = 0.0;
  double standard_error = 0.0;
};

/// The first-order share of variance of one driver: the variance between groups of the mean cost over the variance of
/// cost, less what the noise of the groups' means adds to it, and with what a smooth mean cost makes within groups, by
/// extrapolation from joining neighbours. It may come out below zero where there is nothing to see.
/// The standard error is that of the delta method, with the noise of the noise where the share is small. NaN where a
/// group has fewer than two paths or nothing varies.
VarianceShare variance_share(const DriverGroups& groups, const CentralMoments& all);

/// Whether a driver is a chance, which has the first cell, where it happens, and the last, where it does not.
/// @param address of the driver
bool is_chance(std::string_view address);

/// Where along a driver the budget breaks: paths above (or below) it are over budget more often than not, the others
/// are not. As the share of the driver's distribution below that place; NaN where there is no such place.
struct BudgetBreak {
  double above = 0.0;
  double below = 0.0;
};

/// @param groups the bins, or the two outcomes of a chance; of these the place is the share of the first
BudgetBreak budget_break(const DriverGroups& groups);

}  // namespace costrisk::results
