// One switch a question.
#include "src/scenario/entities/law_forms.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/math/host.hpp"

namespace costrisk::scenario {

namespace {

double triangular_quantile(const Law& law, double level) {
  const double width = law.high - law.low;
  if (width == 0.0) return law.low;
  const double mode_level = (law.mode - law.low) / width;
  return level < mode_level ? law.low + host::square_root(level * width * (law.mode - law.low))
                            : law.high - host::square_root((1.0 - level) * width * (law.high - law.mode));
}

double log_normal_quantile(const Law& law, double z) {
  if (std::isinf(z)) return z < 0.0 ? 0.0 : z;
  return law.median * host::exponential(law.spread * z);
}

}  // namespace

double quantile(const Law& law, double level, double z) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return triangular_quantile(law, level);
    case LawKind::log_normal:
      return log_normal_quantile(law, z);
  }
  __builtin_unreachable();
}

double center_of(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
    case LawKind::triangular:
      return law.mode;
    case LawKind::log_normal:
      return law.median;
  }
  __builtin_unreachable();
}

double usual_value(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return (law.low + law.mode + law.high) / 3.0;
    case LawKind::log_normal:
      return law.median;
  }
  __builtin_unreachable();
}

double lowest(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return law.low;
    case LawKind::log_normal:
      return law.median * std::exp(-extreme_deviations * law.spread);
  }
  __builtin_unreachable();
}

double highest(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return law.mode;
    case LawKind::triangular:
      return law.high;
    case LawKind::log_normal:
      return law.median * std::exp(extreme_deviations * law.spread);
  }
  __builtin_unreachable();
}

bool has_end(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
    case LawKind::triangular:
      return true;
    case LawKind::log_normal:
      return false;
  }
  __builtin_unreachable();
}

double rough_log_deviation(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return 0.0;
    case LawKind::triangular:
      return std::log(law.high / std::max(law.low, 1e-3 * law.high)) / 4.0;
    case LawKind::log_normal:
      return law.spread;
  }
  __builtin_unreachable();
}

std::vector<LawEntry> entries_of(const Law& law) {
  switch (law.kind) {
    case LawKind::constant:
      return {};
    case LawKind::triangular:
      return {{"low", law.low}, {"mode", law.mode}, {"high", law.high}};
    case LawKind::log_normal:
      return {{"median", law.median}, {"spread", law.spread, false}};
  }
  __builtin_unreachable();
}

}  // namespace costrisk::scenario
