// What every part of a generated scenario is written with: lines of text, and values drawn to fit its time grid.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/arbitrary/draws.hpp"
#include "tests/arbitrary/generator.hpp"

namespace costrisk::arbitrary {

/// Milliseconds.
inline constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

using Names = std::vector<std::string>;

class Writer {
 protected:
  Writer(std::uint64_t seed, Chance chance)
      : draws_(seed * 2 + (chance == Chance::some ? 1 : 0)), later_(~seed), random_(chance == Chance::some) {}

  // Lines

  void line(const std::string& text) { text_ += text + "\n"; }
  void key(const std::string& name, const std::string& value) { line(name + " = " + value); }

  /// What `write` makes, of other draws: those of what was thought of later, so that all else stays as it was.
  template <class Write>
  auto later(Write write) {
    std::swap(draws_, later_);
    const auto written = write();
    std::swap(draws_, later_);
    return written;
  }

  // Values

  std::string number(double low, double high) { return number_text(draws_.log_linear(low, high)); }

  /// A time between two, often of a round length.
  std::int64_t time(double low, double high) {
    const double drawn = draws_.log_linear(std::max(1.0, low), std::max(1.0, high));
    const std::int64_t grains[] = {step_, step_ / 2, step_ / 4, hour, minute, second, second, 1};
    for (std::int64_t grain : grains) {
      if (grain == 0 || draws_.chance(0.6)) continue;
      const std::int64_t round = std::llround(drawn / static_cast<double>(grain)) * grain;
      if (round > 0 && static_cast<double>(round) >= low && static_cast<double>(round) <= high) return round;
    }
    return std::clamp(std::llround(drawn), std::max<long long>(1, std::llround(std::ceil(low))),
                      std::max<long long>(1, std::llround(std::floor(high))));
  }
  std::string duration(double low, double high) { return in_quotes(duration_text(time(low, high))); }
  std::string duration(std::int64_t milliseconds) { return in_quotes(duration_text(milliseconds)); }

  /// Weights on factors, whose squares add up to less than 1; empty: none.
  std::string loading() {
    if (!random_ || factors_.empty() || !draws_.chance(0.4)) return "";
    std::string text;
    double left = 0.95;
    for (const std::string& factor : draws_.some_of(factors_)) {
      const double weight = std::sqrt(left * draws_.uniform()) * (draws_.chance(0.3) ? -1.0 : 1.0);
      left -= weight * weight;
      text += fmt::format("{}{} = {:.3f}", text.empty() ? "" : ", ", in_quotes(factor), weight);
    }
    return "loading = { " + text + " }";
  }
  std::string and_loading() {
    const std::string text = loading();
    return text.empty() ? "" : ", " + text;
  }

  enum class Of { numbers, durations, amounts };

  /// A law around a value, of which low, mode, high, percentiles and the like are not far. Of those that may be cut off
  /// where values may not be, only amounts are.
  std::string law(double middle, Of of = Of::numbers, double widest = 0.35) {
    const auto text = [&](double value) {
      return of != Of::durations ? number_text(value) : duration(std::max<std::int64_t>(1, std::llround(value)));
    };
    if (!random_ || draws_.chance(0.45)) return text(middle);
    const double spread = draws_.linear(0.05, widest);
    const int kind = draws_.whole(0, 2);
    const std::string loading = and_loading();
    const auto low = text(middle * (1.0 - spread)), high = text(middle * (1.0 + 2.0 * spread));
    switch (later_.chance(0.5) ? later_.whole(3, 6) : kind) {
      case 0:
        return fmt::format("{{ low = {}, mode = {}, high = {}{} }}", low, text(middle), high, loading);
      case 1:
        return fmt::format("{{ median = {}, spread = {:.3f}{} }}", text(middle), spread, loading);
      case 3:
        return fmt::format("{{ from = {}, to = {}{} }}", low, text(middle * (1.0 + spread)), loading);
      case 4: {
        const double sd = of == Of::amounts ? later_.linear(0.1, 0.7) : std::min(0.12, spread);
        return fmt::format("{{ mean = {}, sd = {}{} }}", text(middle), text(middle * sd), loading);
      }
      case 5:
        return fmt::format("{{ min = {}, mode = {}, max = {}{} }}", low,
                           text(middle * (1.0 + later_.linear(-0.9, 1.9) * spread)), high, loading);
      case 6: {
        std::string values, weights;
        const int count = later_.whole(2, 5);
        for (int i = 0; i < count; ++i) {
          values += (i ? ", " : "") + text(middle * (1.0 + spread * (2.0 * i / (count - 1.0) - 1.0)));
          weights += (i ? ", " : "") + fmt::format("{}", later_.whole(i ? 0 : 1, 4));
        }
        return fmt::format("{{ values = [{}]{}{} }}", values, later_.chance(0.6) ? ", weights = [" + weights + "]" : "",
                           loading);
      }
      default:
        return fmt::format("{{ p10 = {}, p90 = {}{} }}", text(middle * std::exp(-1.28 * spread)),
                           text(middle * std::exp(1.28 * spread)), loading);
    }
  }

  std::string half_life() {
    if (draws_.chance(0.15)) return "\"forever\"";
    return duration(0.3 * d(step_), 5.0 * d(horizon_) + d(step_));
  }

  std::string renewal() {
    const double every = draws_.log_linear(3.0 * d(step_), 2.0 * d(horizon_) + 3.0 * d(step_));
    return fmt::format("every = {}, duration = {{ mean = {}, cv = {} }}", duration(every, every * 1.2),
                       duration(std::max(0.5 * d(step_), 0.1 * every), std::max(d(step_), 0.8 * every)), cv());
  }

  std::string cv() { return draws_.chance(0.1) ? "0" : number(0.3, 2.0); }

  static double d(std::int64_t milliseconds) { return static_cast<double>(milliseconds); }

  Draws draws_;
  Draws later_;  ///< of what was thought of later, so that all else stays as it was
  const bool random_;
  std::string text_;

  std::int64_t step_ = 0, horizon_ = 0;  ///< milliseconds
  Names factors_;
};

}  // namespace costrisk::arbitrary
