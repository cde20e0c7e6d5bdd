// What a path draws from: its Philox counters, the normal's table, and the unknowns drawn once.
#pragma once

#include "kernels/math/philox.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk {

/// The random source and the path's constants, as every stage sees them.
template <class L>
struct PathContext {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

  const Parameters& parameters;
  PhiloxPath<L> philox;
  const NormalTable& table;
  F* law_values;                 ///< [law]
  F* factors_at_start;           ///< [factor], without shocks
  I status;                      ///< Status bits
  std::uint64_t first_path = 0;  ///< of the first lane

  COSTRISK_FN F normal(I word) const { return standard_normal(word, table); }
  COSTRISK_FN void normals(const I (&words)[4], F (&x)[4]) const { standard_normals(words, table, x); }

  /// Σ β·F + residual·x with the factors at the start.
  COSTRISK_FN F mixture_at_start(const MixtureParameters& mixture, F x) const {
    F z = F(mixture.residual) * x;
    for (int i = 0; i < mixture.loadings.count; ++i) {
      const LoadingParameters& loading = parameters.loadings[mixture.loadings.first + i];
      z = fma(F(loading.beta), factors_at_start[loading.factor], z);
    }
    return z;
  }

  /// The law's quantile function at Φ(z).
  COSTRISK_FN F quantile(const LawParameters& law, F z) const {
    if (is_tabulated(law)) return tabulated(law, z);
    switch (law.kind) {
      case LawKind::constant:
        return F(law.value);
      case LawKind::triangular: {
        const F share = normal_distribution(z);
        const F from_low = F(law.low) + sqrt(share * F(law.rising));
        const F from_high = F(law.high) - sqrt((F(1.0f) - share) * F(law.falling));
        return select(share < F(law.mode_share), from_low, from_high);
      }
      case LawKind::log_normal:
        return F(law.median) * exponential(F(law.spread) * z);
      case LawKind::uniform:
        return fma(normal_distribution(z), F(law.high - law.low), F(law.low));
      case LawKind::normal:
        return fma(F(law.spread), z, F(law.median));
      case LawKind::pert:
        break;
      case LawKind::discrete: {
        const float* pair = parameters.law_numbers + law.numbers.first;
        const F share = normal_distribution(z);
        F value(pair[0]);
        COSTRISK_ROLLED
        for (int i = 2; i < law.numbers.count; i += 2) value = select(share < F(pair[i - 1]), value, F(pair[i]));
        return value;
      }
    }
    __builtin_unreachable();
  }
  /// A normal law has a table where it is truncated, a PERT law always.
  COSTRISK_FN static bool is_tabulated(const LawParameters& law) {
    switch (law.kind) {
      case LawKind::discrete:
        return false;
      case LawKind::constant:
      case LawKind::triangular:
      case LawKind::log_normal:
      case LawKind::uniform:
      case LawKind::normal:
      case LawKind::pert:
        return law.numbers.count > 0;
    }
    __builtin_unreachable();
  }
  COSTRISK_FN F tabulated(const LawParameters& law, F z) const {
    constexpr float per_deviation = table_intervals / (2.0f * table_deviations);
    const float* quantiles = parameters.law_numbers + law.numbers.first;
    const F x = min(max(fma(z, F(per_deviation), F(0.5f * table_intervals)), F(0.0f)), F(float(table_intervals)));
    const F left = min(floor(x), F(float(table_intervals - 1)));
    const I at = to_int(left);
    const F low = L::gather(quantiles, at), high = L::gather(quantiles + 1, at);
    return fma(x - left, high - low, low);
  }

  /// The normal that a law is drawn by: word 0 of the event's block, loaded on the factors.
  COSTRISK_FN F event_normal(const LawParameters& law, I ordinal) const {
    return mixture_at_start(law.mixture, normal(philox.event(law.stream, ordinal).word[0]));
  }
  /// A law drawn anew at each event.
  COSTRISK_FN F event_value(const LawParameters& law, I ordinal) const {
    if (is_constant(law)) return F(law.value);
    return quantile(law, event_normal(law, ordinal));
  }

  /// Where an item happens: one draw a path.
  COSTRISK_FN M happens(const ItemParameters& item) const {
    if (item.chance >= 1.0f) return M(true);
    return uniform(philox.event(item.chance_stream, I(0)).word[0]) < F(item.chance);
  }

  COSTRISK_FN F law(LawIndex index) const { return law_values[index]; }

  /// Gives up the lanes whose money is more than a close may take.
  COSTRISK_FN void check_money(M where, F money) {
    fail(where & (abs(money) >= F(largest_close)), status_money_overflow);
  }

  COSTRISK_FN void fail(M where, Status bit) { status = select(where, status | I(static_cast<int>(bit)), status); }
};

}  // namespace costrisk
