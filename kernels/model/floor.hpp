// The world's floor: its random words and transcendentals alone, without the model around them. What the
// world stage is measured against.
#pragma once

#include "kernels/math/variates.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk {

/// A central value of a law that the floor takes for all paths.
COSTRISK_FN float typical_value(const LawParameters& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.value;
    case LawKind::triangular:
      return 0.5f * (law.low + law.high);
    case LawKind::uniform:
      return 0.5f * (law.low + law.high);
    case LawKind::log_normal:
    case LawKind::normal:
    case LawKind::pert:
    case LawKind::discrete:
      return law.median;
  }
  __builtin_unreachable();
}

/// The draws of one group of lanes: a word and a normal for each step of a process, a power of two for each price and
/// demand, and for each cycle of a capacity one block, two normals and two exponentials.
/// Returns a number that depends on all of them.
template <class L>
COSTRISK_FN typename L::F draw_floor(const Parameters& p, std::uint64_t base, const NormalTable& table) {
  using F = typename L::F;
  using I = typename L::I;
  const I path_low = add(L::lane_index(), I(static_cast<std::int32_t>(static_cast<std::uint32_t>(base))));
  const PhiloxPath<L> path(path_low, I(static_cast<std::int32_t>(static_cast<std::uint32_t>(base >> 32))), p.key);
  F sum(0.0f);
  const auto each_normal = [&](std::uint32_t number, auto use) {
    const PhiloxStream<L> stream(path, number);
    for (int block = 0; block * 4 < p.steps; ++block) {
      const PhiloxWords<L> words = stream.block(static_cast<std::uint32_t>(block));
      F normals[4];
      standard_normals(words.word, table, normals);
      unrolled<4>([&](int j) COSTRISK_INLINE { use(normals[j]); });
    }
  };
  for (int f = 0; f < p.factor_count; ++f)
    each_normal(p.factors[f].process.stream, [&](F normal) { sum = sum + normal; });
  for (int i = 0; i < p.price_count; ++i)
    if (p.prices[i].history < 0)
      each_normal(p.prices[i].process.stream, [&](F normal) { sum = sum + power_of_two(normal); });
  for (int d = 0; d < p.demand_count; ++d)
    if (p.demands[d].has_noise)
      each_normal(p.demands[d].noise.stream, [&](F normal) { sum = sum + power_of_two(normal); });
  for (int i = 0; i < p.capacity_count; ++i) {
    const CapacityParameters& capacity = p.capacities[i];
    if (capacity.history >= 0) continue;
    const float cycle = typical_value(p.laws[capacity.up.mean]) + typical_value(p.laws[capacity.down.mean]);
    const int cycles = static_cast<int>(static_cast<float>(p.steps) / cycle);
    for (int k = 0; k < cycles; ++k) {
      const PhiloxWords<L> words = path.event(capacity.stream, I(k));
      sum =
          sum + exponential(standard_normal(words.word[0], table)) + exponential(standard_normal(words.word[1], table));
    }
  }
  return sum;
}

}  // namespace costrisk
