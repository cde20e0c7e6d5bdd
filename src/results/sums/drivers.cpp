// Costs go to the cells plan by plan in one row of integers a path, so that adding a path to a cell is adding two rows.
#include "src/results/sums/drivers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {
namespace {

constexpr std::size_t cells = driver_cells;

/// What a path adds to a cell, a plan: cost, whether it is over budget, and square and cube of the cost in parts.
enum Column : std::size_t {
  cost_column,
  over_column,
  square_low_column,
  square_high_column,
  cube_low_column,
  cube_middle_column,
  cube_high_column,
  columns
};

/// Paths that are added up in 64 bits before they go to the sums. Costs of so many bits leave room for that.
constexpr int block_paths = 512;
constexpr int square_low_bits = 48, cube_part_bits = 50;
constexpr std::int64_t largest_in_block = std::int64_t{1} << 50;

/// Adds the costs of up to block_paths paths.
class Block {
 public:
  Block(const Shape& shape, std::optional<std::int64_t> budget_micros)
      : plans_(size(shape.plans)),
        drivers_(size(shape.drivers)),
        budget_(budget_micros.value_or(std::numeric_limits<std::int64_t>::max())),
        rows_(block_paths * plans_ * columns),
        sums_(cells * plans_ * columns) {}

  void add(DriverSums& to, const Output& chunk, int first, int paths) {
    if (fill(chunk, first, paths))
      for (std::size_t driver = 0; driver < drivers_; ++driver) add_driver(to, chunk, driver, first, paths);
    else
      add_wide(to, chunk, first, paths);
  }

 private:
  static const std::int32_t* cells_of(const Output& chunk, std::size_t driver, int first) {
    return chunk.driver_cell + driver * size(chunk.stride) + first;
  }
  static const std::int64_t* costs_of(const Output& chunk, std::size_t plan, int first) {
    return chunk.plan_cost + plan * size(chunk.stride) + first;
  }
  std::size_t place(std::size_t plan, std::size_t driver, std::size_t cell) const {
    return (plan * drivers_ + driver) * cells + cell;
  }

  /// Makes a row a path; false where a cost is too large for sums of 64 bits.
  bool fill(const Output& chunk, int first, int paths) {
    for (std::size_t plan = 0; plan < plans_; ++plan) {
      const std::int64_t* cost = costs_of(chunk, plan, first);
      for (int p = 0; p < paths; ++p) {
        if (cost[p] > largest_in_block || cost[p] < -largest_in_block) return false;
        std::int64_t* row = &rows_[(size(p) * plans_ + plan) * columns];
        const auto square = static_cast<UInt128>(Int128{cost[p]} * cost[p]);
        row[cost_column] = cost[p];
        row[over_column] = cost[p] > budget_ ? 1 : 0;
        row[square_low_column] = static_cast<std::int64_t>(square & ((UInt128{1} << square_low_bits) - 1));
        row[square_high_column] = static_cast<std::int64_t>(square >> square_low_bits);
        const Int192 cubed = cube(cost[p]);
        const UInt128 lower = UInt128{cubed.middle} << 64 | cubed.low, upper = UInt128{cubed.high} << 64 | cubed.middle;
        constexpr UInt128 part = (UInt128{1} << cube_part_bits) - 1;
        row[cube_low_column] = static_cast<std::int64_t>(lower & part);
        row[cube_middle_column] = static_cast<std::int64_t>((lower >> cube_part_bits) & part);
        row[cube_high_column] = static_cast<std::int64_t>(static_cast<Int128>(upper) >> (2 * cube_part_bits - 64));
      }
    }
    return true;
  }

  void add_driver(DriverSums& to, const Output& chunk, std::size_t driver, int first, int paths) {
    const std::size_t width = plans_ * columns;
    const std::int32_t* cell_of = cells_of(chunk, driver, first);
    std::fill(sums_.begin(), sums_.end(), 0);
    for (int p = 0; p < paths; ++p) {
      const std::int64_t* row = &rows_[size(p) * width];
      std::int64_t* sum = &sums_[size(cell_of[p]) * width];
      for (std::size_t i = 0; i < width; ++i) sum[i] += row[i];
      ++to.paths[driver * cells + size(cell_of[p])];
    }
    for (std::size_t cell = 0; cell < cells; ++cell)
      for (std::size_t plan = 0; plan < plans_; ++plan) {
        const std::int64_t* sum = &sums_[cell * width + plan * columns];
        to.cost[place(plan, driver, cell)] +=
            Moments{sum[cost_column], (static_cast<UInt128>(sum[square_high_column]) << square_low_bits) +
                                          static_cast<UInt128>(sum[square_low_column])};
        to.cost_cubes[place(plan, driver, cell)] += Int192(Int128{sum[cube_low_column]}) +
                                                    shifted(sum[cube_middle_column], cube_part_bits) +
                                                    shifted(sum[cube_high_column], 2 * cube_part_bits);
        to.over_budget[place(plan, driver, cell)] += static_cast<std::uint64_t>(sum[over_column]);
      }
  }

  void add_wide(DriverSums& to, const Output& chunk, int first, int paths) {
    for (std::size_t driver = 0; driver < drivers_; ++driver) {
      const std::int32_t* cell_of = cells_of(chunk, driver, first);
      for (int p = 0; p < paths; ++p) {
        ++to.paths[driver * cells + size(cell_of[p])];
        for (std::size_t plan = 0; plan < plans_; ++plan) {
          const std::int64_t cost = costs_of(chunk, plan, first)[p];
          const std::size_t at = place(plan, driver, size(cell_of[p]));
          to.cost[at] += Moments{cost, static_cast<UInt128>(Int128{cost} * cost)};
          to.cost_cubes[at] += cube(cost);
          to.over_budget[at] += cost > budget_ ? 1 : 0;
        }
      }
    }
  }

  std::size_t plans_, drivers_;
  std::int64_t budget_;
  std::vector<std::int64_t> rows_;  ///< [path][plan][column]
  std::vector<std::int64_t> sums_;  ///< [cell][plan][column] of one driver
};

/// What one group says: its weight, its mean less that of all paths, and its variance and third central moment with n
/// in the denominator.
struct GroupFigures {
  double weight = 0.0, distance = 0.0, variance = 0.0, third = 0.0, paths = 0.0;
};

/// The sums of one plan and driver.
class DriverRow {
 public:
  DriverRow(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver)
      : sums_(sums), paths_(driver * cells), costs_((plan * size(shape.drivers) + driver) * cells) {}

  std::uint64_t paths(std::size_t cell) const { return sums_.paths[paths_ + cell]; }

  /// Makes one group of the cells [first, end).
  void join(DriverGroups& groups, std::size_t first, std::size_t end) const {
    groups.paths.push_back(0);
    groups.cost.emplace_back();
    groups.cost_cubes.emplace_back();
    groups.over_budget.push_back(0);
    for (std::size_t cell = first; cell < end; ++cell) {
      groups.paths.back() += paths(cell);
      groups.cost.back() += sums_.cost[costs_ + cell];
      groups.cost_cubes.back() += sums_.cost_cubes[costs_ + cell];
      groups.over_budget.back() += sums_.over_budget[costs_ + cell];
    }
  }

  /// Groups that end where `ends` says, ascending, the last at `cells`.
  DriverGroups groups(const std::vector<std::size_t>& ends) const {
    DriverGroups groups;
    std::size_t first = 0;
    for (const std::size_t end : ends) {
      join(groups, first, end);
      first = end;
    }
    return groups;
  }

 private:
  const DriverSums& sums_;
  std::size_t paths_, costs_;
};

constexpr std::size_t tail_cells = driver_tail_cells;

/// The part of the variance that the mean cost makes within groups. If it is smooth, a group of an even grid hides a
/// sixth of what joining it with a neighbour would hide besides; a tail that goes on without end, about as much. A
/// chance, which has no neighbours, hides nothing.
double variance_within(const std::vector<GroupFigures>& groups) {
  constexpr std::size_t fewest = 6;
  if (groups.size() < fewest) return 0.0;
  const auto hidden_by_joining = [&](std::size_t i) {
    const GroupFigures &a = groups[i], &b = groups[i + 1];
    const double noise = a.variance / (a.paths - 1.0) + b.variance / (b.paths - 1.0);
    const double step = a.distance - b.distance;
    return a.weight * b.weight / (a.weight + b.weight) * (step * step - noise);
  };
  const std::size_t last = groups.size() - 2;  // of the joints; the first and the last are those of the tails
  double hidden = hidden_by_joining(0) + hidden_by_joining(last);
  for (std::size_t i = 1; i < last; ++i) hidden += hidden_by_joining(i) / 6.0;
  // The innermost tail cells have one neighbour each to be told by.
  return hidden + (hidden_by_joining(1) + hidden_by_joining(last - 1)) / 12.0;
}

}  // namespace

void add_driver_sums(DriverSums& sums, const Shape& shape, std::optional<std::int64_t> budget_micros,
                     const Output& chunk, int paths) {
  if (shape.drivers == 0) return;
  Block block(shape, budget_micros);
  for (int first = 0; first < paths; first += block_paths)
    block.add(sums, chunk, first, std::min(block_paths, paths - first));
}

DriverGroups by_bin(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver) {
  std::vector<std::size_t> ends;
  for (std::size_t end = tail_cells; end <= cells - tail_cells; ++end) ends.push_back(end);
  ends.push_back(cells);
  return DriverRow(sums, shape, plan, driver).groups(ends);
}

DriverGroups by_cell(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver) {
  const DriverRow row(sums, shape, plan, driver);
  // Sizes of the groups of a tail, from its end on.
  const auto sizes_of_tail = [&](auto cell_from_end) {
    constexpr std::uint64_t least_paths = 8;
    std::vector<std::size_t> sizes = {0};
    std::uint64_t paths = 0;
    for (std::size_t i = 0; i < tail_cells; ++i) {
      if (paths >= least_paths) {
        sizes.push_back(0);
        paths = 0;
      }
      ++sizes.back();
      paths += row.paths(cell_from_end(i));
    }
    if (paths < least_paths && sizes.size() > 1) {
      const std::size_t left = sizes.back();
      sizes.pop_back();
      sizes.back() += left;
    }
    return sizes;
  };
  const std::vector<std::size_t> low = sizes_of_tail([](std::size_t i) { return i; });
  const std::vector<std::size_t> high = sizes_of_tail([](std::size_t i) { return cells - 1 - i; });
  std::vector<std::size_t> ends;
  for (const std::size_t size : low) ends.push_back((ends.empty() ? 0 : ends.back()) + size);
  for (std::size_t end = tail_cells + 1; end <= cells - tail_cells; ++end) ends.push_back(end);
  std::for_each(high.rbegin(), high.rend(), [&](std::size_t size) { ends.push_back(ends.back() + size); });
  return row.groups(ends);
}

DriverGroups by_outcome(const DriverSums& sums, const Shape& shape, std::size_t plan, std::size_t driver) {
  const DriverRow row(sums, shape, plan, driver);
  DriverGroups groups;
  row.join(groups, 0, 1);
  row.join(groups, cells - 1, cells);
  return groups;
}

VarianceShare variance_share(const DriverGroups& groups, const CentralMoments& all) {
  const auto& [paths, cost, cost_cubes, over_budget] = groups;
  double n = 0.0;
  Int128 total = 0;
  for (std::size_t group = 0; group < paths.size(); ++group) {
    if (paths[group] < 2) return {not_a_number, not_a_number};
    n += static_cast<double>(paths[group]);
    total += cost[group].sum;
  }
  const double mean = static_cast<double>(total) / n;
  if (!(all.second > 0.0)) return {not_a_number, not_a_number};

  std::vector<GroupFigures> figures;
  for (std::size_t group = 0; group < paths.size(); ++group) {
    const auto count = static_cast<double>(paths[group]);
    figures.push_back({count / n, static_cast<double>(cost[group].sum) / count - mean,
                       scaled_variance(cost[group], paths[group]) / (count * count),
                       third_moment(cost[group], cost_cubes[group], paths[group]), count});
  }

  double between = 0.0, noise = 0.0, noise_of_means = 0.0, noise_of_noise = 0.0;
  for (const GroupFigures& group : figures) {
    const double variance = group.variance * group.paths / (group.paths - 1.0);
    between += group.weight * group.distance * group.distance;
    noise += (1.0 - group.weight) * variance / n;
    noise_of_means += 4.0 * group.weight * variance * variance / group.paths;
    noise_of_noise += 2.0 * variance * variance * (1.0 - group.weight) / (n * n);
  }
  const double variance = all.second;
  const double raw_share = between / variance;

  // Variances over paths of the influence of one path on the variance between groups and on all variance, and their
  // covariance. All are of this very sample, since for large shares they nearly cancel.
  double of_between = -between * between, joint = -between * variance;
  for (const GroupFigures& group : figures) {
    const double square = group.distance * group.distance;
    of_between += group.weight * square * (4.0 * group.variance + square);
    joint += group.weight * (2.0 * group.distance * group.third + square * (5.0 * group.variance + square));
  }
  const double of_variance = all.fourth - variance * variance;
  const double influence = of_between - 2.0 * raw_share * joint + raw_share * raw_share * of_variance -
                           (1.0 - raw_share) * (1.0 - raw_share) * noise_of_means;
  const double within = variance_within(figures);
  const double error_of_within = 0.5 * within;
  return {(between - noise + within) / variance,
          std::sqrt(std::max(0.0, influence) / n + noise_of_noise + error_of_within * error_of_within) / variance};
}

bool is_chance(std::string_view address) {
  return address.ends_with(".chance") && (address.starts_with("item.") || address.starts_with("demand."));
}

BudgetBreak budget_break(const DriverGroups& groups) {
  const std::vector<std::uint64_t>&paths = groups.paths, &over_budget = groups.over_budget;
  const auto breaks = [&](std::size_t group) { return 2 * over_budget[group] > paths[group]; };
  BudgetBreak result{not_a_number, not_a_number};
  std::size_t crossings = 0, place = 0;
  for (std::size_t group = 1; group < paths.size(); ++group)
    if (breaks(group) != breaks(group - 1)) {
      ++crossings;
      place = group;
    }
  if (crossings != 1) return result;
  const double level = paths.size() == 2 ? static_cast<double>(paths[0]) / static_cast<double>(paths[0] + paths[1])
                                         : static_cast<double>(place) / static_cast<double>(paths.size());
  (breaks(place) ? result.above : result.below) = level;
  return result;
}

}  // namespace costrisk::results
