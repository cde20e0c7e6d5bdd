// Costs go to the bins plan by plan in one row of integers a path, so that adding a path to a bin is adding two rows.
#include "src/tally/drivers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/model/driver_parameters.hpp"
#include "src/tally/numbers.hpp"
#include "src/tally/tally_parts.hpp"

namespace costrisk::tally {
namespace {

constexpr std::size_t bins = driver_bins;

/// What a path adds to a bin, a plan: cost, whether it is over budget, and square and cube of the cost in parts.
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
        sums_(bins * plans_ * columns) {}

  void add(DriverSums& to, const Output& chunk, int first, int paths) {
    if (fill(chunk, first, paths))
      for (std::size_t driver = 0; driver < drivers_; ++driver) add_driver(to, chunk, driver, first, paths);
    else
      add_wide(to, chunk, first, paths);
  }

 private:
  static const std::int32_t* bins_of(const Output& chunk, std::size_t driver, int first) {
    return chunk.driver_bin + driver * size(chunk.stride) + first;
  }
  static const std::int64_t* costs_of(const Output& chunk, std::size_t plan, int first) {
    return chunk.plan_cost + plan * size(chunk.stride) + first;
  }
  std::size_t place(std::size_t plan, std::size_t driver, std::size_t bin) const {
    return (plan * drivers_ + driver) * bins + bin;
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
    const std::int32_t* bin_of = bins_of(chunk, driver, first);
    std::fill(sums_.begin(), sums_.end(), 0);
    for (int p = 0; p < paths; ++p) {
      const std::int64_t* row = &rows_[size(p) * width];
      std::int64_t* sum = &sums_[size(bin_of[p]) * width];
      for (std::size_t i = 0; i < width; ++i) sum[i] += row[i];
      ++to.paths[driver * bins + size(bin_of[p])];
    }
    for (std::size_t bin = 0; bin < bins; ++bin)
      for (std::size_t plan = 0; plan < plans_; ++plan) {
        const std::int64_t* sum = &sums_[bin * width + plan * columns];
        Moments& moments = to.cost[place(plan, driver, bin)];
        moments.sum += sum[cost_column];
        add_square(moments.squares, (static_cast<UInt128>(sum[square_high_column]) << square_low_bits) +
                                        static_cast<UInt128>(sum[square_low_column]));
        to.cost_cubes[place(plan, driver, bin)] += Int192(Int128{sum[cube_low_column]}) +
                                                   shifted(sum[cube_middle_column], cube_part_bits) +
                                                   shifted(sum[cube_high_column], 2 * cube_part_bits);
        to.over_budget[place(plan, driver, bin)] += static_cast<std::uint64_t>(sum[over_column]);
      }
  }

  void add_wide(DriverSums& to, const Output& chunk, int first, int paths) {
    for (std::size_t driver = 0; driver < drivers_; ++driver) {
      const std::int32_t* bin_of = bins_of(chunk, driver, first);
      for (int p = 0; p < paths; ++p) {
        ++to.paths[driver * bins + size(bin_of[p])];
        for (std::size_t plan = 0; plan < plans_; ++plan) {
          const std::int64_t cost = costs_of(chunk, plan, first)[p];
          const std::size_t at = place(plan, driver, size(bin_of[p]));
          to.cost[at].sum += cost;
          add_square(to.cost[at].squares, static_cast<UInt128>(Int128{cost} * cost));
          to.cost_cubes[at] += cube(cost);
          to.over_budget[at] += cost > budget_ ? 1 : 0;
        }
      }
    }
  }

  std::size_t plans_, drivers_;
  std::int64_t budget_;
  std::vector<std::int64_t> rows_;  ///< [path][plan][column]
  std::vector<std::int64_t> sums_;  ///< [bin][plan][column] of one driver
};

/// What one bin says: its weight, its mean less that of all paths, and its variance and third central moment with n in
/// the denominator.
struct BinFigures {
  double weight = 0.0, distance = 0.0, variance = 0.0, third = 0.0, paths = 0.0;
};

}  // namespace

DriverSums empty_driver_sums(const Shape& shape) {
  const std::size_t cells = size(shape.drivers) * bins;
  DriverSums sums;
  sums.paths.resize(cells);
  sums.cost.resize(size(shape.plans) * cells);
  sums.cost_cubes.resize(size(shape.plans) * cells);
  sums.over_budget.resize(size(shape.plans) * cells);
  return sums;
}

void add_driver_sums(DriverSums& sums, const Shape& shape, std::optional<std::int64_t> budget_micros,
                     const Output& chunk, int paths) {
  if (shape.drivers == 0) return;
  Block block(shape, budget_micros);
  for (int first = 0; first < paths; first += block_paths)
    block.add(sums, chunk, first, std::min(block_paths, paths - first));
}

VarianceShare variance_share(std::span<const std::uint64_t> paths, std::span<const Moments> cost,
                             std::span<const Int192> cost_cubes, const CentralMoments& all) {
  double n = 0.0;
  Int128 total = 0;
  for (std::size_t bin = 0; bin < paths.size(); ++bin) {
    if (paths[bin] < 2) return {not_a_number, not_a_number};
    n += static_cast<double>(paths[bin]);
    total += cost[bin].sum;
  }
  const double mean = static_cast<double>(total) / n;
  if (!(all.second > 0.0)) return {not_a_number, not_a_number};

  std::vector<BinFigures> figures;
  for (std::size_t bin = 0; bin < paths.size(); ++bin) {
    const auto count = static_cast<double>(paths[bin]);
    figures.push_back({count / n, static_cast<double>(cost[bin].sum) / count - mean,
                       scaled_variance(cost[bin], paths[bin]) / (count * count),
                       third_moment(cost[bin], cost_cubes[bin], paths[bin]), count});
  }

  double between = 0.0, noise = 0.0, noise_of_means = 0.0, noise_of_noise = 0.0;
  for (const BinFigures& bin : figures) {
    const double variance = bin.variance * bin.paths / (bin.paths - 1.0);
    between += bin.weight * bin.distance * bin.distance;
    noise += (1.0 - bin.weight) * variance / n;
    noise_of_means += 4.0 * bin.weight * variance * variance / bin.paths;
    noise_of_noise += 2.0 * variance * variance * (1.0 - bin.weight) / (n * n);
  }
  const double variance = all.second;
  const double raw_share = between / variance;

  // Variances over paths of the influence of one path on the variance between bins and on all variance, and their
  // covariance. All are of this very sample, since for large shares they nearly cancel.
  double of_between = -between * between, joint = -between * variance;
  for (const BinFigures& bin : figures) {
    const double square = bin.distance * bin.distance;
    of_between += bin.weight * square * (4.0 * bin.variance + square);
    joint += bin.weight * (2.0 * bin.distance * bin.third + square * (5.0 * bin.variance + square));
  }
  const double of_variance = all.fourth - variance * variance;
  const double influence = of_between - 2.0 * raw_share * joint + raw_share * raw_share * of_variance -
                           (1.0 - raw_share) * (1.0 - raw_share) * noise_of_means;
  return {(between - noise) / variance, std::sqrt(std::max(0.0, influence) / n + noise_of_noise) / variance};
}

bool is_chance(std::string_view address) {
  return address.ends_with(".chance") && (address.starts_with("item.") || address.starts_with("demand."));
}

BudgetBreak budget_break(std::span<const std::uint64_t> paths, std::span<const std::uint64_t> over_budget) {
  const auto breaks = [&](std::size_t bin) { return 2 * over_budget[bin] > paths[bin]; };
  BudgetBreak result{not_a_number, not_a_number};
  std::size_t crossings = 0, place = 0;
  for (std::size_t bin = 1; bin < paths.size(); ++bin)
    if (breaks(bin) != breaks(bin - 1)) {
      ++crossings;
      place = bin;
    }
  if (crossings != 1) return result;
  const double level = paths.size() == 2 ? static_cast<double>(paths[0]) / static_cast<double>(paths[0] + paths[1])
                                         : static_cast<double>(place) / static_cast<double>(paths.size());
  (breaks(place) ? result.above : result.below) = level;
  return result;
}

}  // namespace costrisk::tally
