// How well distributions foretold what came: coverage, probability integral transform, pinball loss and CRPS.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "src/calibrate/statistics.hpp"

namespace costrisk::backtest {

/// The share of predicted futures below what came, those that equal it counted half.
double transform(std::span<const double> sorted, double came);

/// Loss of the ⌈np⌉-th smallest future as a prediction of the p-quantile (Koenker and Bassett 1978).
double pinball_loss(std::span<const double> sorted, double p, double came);

/// The continuous ranked probability score, E|X − y| − ½E|X − X'| (Gneiting and Raftery 2007).
double crps(std::span<const double> sorted, double came);

/// Blocks below which there are no intervals.
inline constexpr std::size_t fewest_blocks = 3;

/// A mean of values that depend on one another when they are near: values are put into `blocks` (an index each, in
/// order), and the interval is Student's of the blocks' means, which count by their size.
/// @returns an infinite interval for fewer than `fewest_blocks`
calibrate::Estimate mean_by_blocks(std::span<const double> values, std::span<const std::size_t> blocks);

inline constexpr std::size_t transform_bins = 10;
/// Shares of the transforms in bins of a tenth; 0.1 each where the predictions are right.
std::array<double, transform_bins> transform_histogram(std::span<const double> transforms);

}  // namespace costrisk::backtest
