// Series brought to even distances, and looked at between their measurements.
#include "src/trace/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "src/trace/errors.hpp"
#include "src/trace/points.hpp"

namespace costrisk::trace {

namespace {

/// How far from its place a sample may be, in distances of samples.
constexpr double most_jitter = 0.2;
constexpr double most_samples = 2e6;

/// Where a sample stands that is at no multiple of the usual distance from the one before, or after too many that are
/// missing.
struct Misplaced {
  std::size_t index = 0;
  double gap = 0.0;
};

/// Samples from one measurement to the next, at the usual distance.
double samples_in(double gap, double usual) { return std::round(gap / usual); }

/// How far from its place a sample came, in usual distances. A long hole has a length of its own.
double jitter_of(double gap, double usual) {
  const double samples = samples_in(gap, usual);
  return samples < 10.0 ? std::abs(gap / usual - samples) : 0.0;
}

std::optional<Misplaced> misplaced(const History& history, double usual) {
  double missing = 0.0;
  Misplaced longest;
  for (std::size_t i = 1; i < history.size(); ++i) {
    const double gap = history.time_seconds[i] - history.time_seconds[i - 1], samples = samples_in(gap, usual);
    if (samples < 1.0 || jitter_of(gap, usual) > most_jitter) return Misplaced{i, gap};
    missing += samples - 1.0;
    if (gap > longest.gap) longest = {i, gap};
  }
  if (missing > most_missing * static_cast<double>(history.size()) + 1.0) return longest;
  return std::nullopt;
}

}  // namespace

double History::span_seconds() const {
  return time_seconds.empty() ? 0.0 : time_seconds.back() - time_seconds.front() + gap_seconds;
}

std::string place_of(const History& history, std::size_t index) {
  return history.line.empty() ? fmt::format("{}: data[{}]", history.file, index)
                              : fmt::format("{}:{}", history.file, history.line[index]);
}

bool is_nearly_even(const History& history) {
  return history.gap_seconds > 0.0 || (history.size() > 1 && !misplaced(history, usual_gap(history.time_seconds)));
}

History evened(const History& history) {
  if (history.gap_seconds > 0.0) return history;
  if (history.size() < 2)
    throw FormatError(fmt::format("{} has one value only; expected many at even distances", history.file));
  const double usual = usual_gap(history.time_seconds);
  if (const auto wrong = misplaced(history, usual)) {
    const double missing = samples_in(wrong->gap, usual) - 1.0;
    throw FormatError(fmt::format(
        "{}: {} s after the value before, where the others are {} s apart{}; expected even distances: fill the gap or "
        "cut the file there",
        place_of(history, wrong->index), wrong->gap, usual,
        missing >= 1.0 ? fmt::format(" ({:.0f} missing)", missing) : std::string()));
  }
  History even = history;
  even.value.clear();
  even.line.clear();
  std::size_t missing = 0, holes = 0, longest_at = 0;
  double longest = 0.0, jitter = 0.0;
  const auto put = [&](std::size_t i) {
    even.value.push_back(history.value[i]);
    if (!history.line.empty()) even.line.push_back(history.line[i]);
  };
  put(0);
  for (std::size_t i = 1; i < history.size(); ++i) {
    const double gap = history.time_seconds[i] - history.time_seconds[i - 1], samples = samples_in(gap, usual);
    jitter = std::max(jitter, jitter_of(gap, usual) * usual);
    if (samples > 1.0) {
      ++holes;
      missing += static_cast<std::size_t>(samples) - 1;
      if (gap > longest) longest_at = i;
      longest = std::max(longest, gap);
    }
    for (double k = 1.0; k < samples; k += 1.0) put(i - 1);
    put(i);
  }
  even.gap_seconds =
      (history.time_seconds.back() - history.time_seconds.front()) / static_cast<double>(even.value.size() - 1);
  even.time_seconds.resize(even.value.size());
  for (std::size_t i = 0; i < even.value.size(); ++i)
    even.time_seconds[i] = history.time_seconds.front() + static_cast<double>(i) * even.gap_seconds;
  even.at_changes = false;
  if (jitter > 1e-3 + 1e-6 * usual)
    even.reading.mended.push_back(fmt::format("samples came up to {:.3g} s early or late: put at distances of {:.6g} s",
                                              jitter, even.gap_seconds));
  if (missing > 0)
    even.reading.mended.push_back(fmt::format(
        "{} sample{} missing in {} place{}, the longest {:.6g} s up to {}: the value before was held", missing,
        missing == 1 ? " is" : "s are", holes, holes == 1 ? "" : "s", longest, place_of(history, longest_at)));
  return even;
}

History sampled_changes(const History& history) {
  std::int64_t divisor = 0;
  for (std::size_t i = 1; i < history.size(); ++i)
    divisor = std::gcd(divisor, std::llround(history.time_seconds[i] - history.time_seconds[0]));
  const double span = history.span_seconds();
  History samples = history;
  samples.gap_seconds = std::max({1.0, static_cast<double>(divisor), std::ceil(span / most_samples)});
  samples.value = held_values(history, samples.gap_seconds);
  samples.time_seconds.clear();
  samples.line.clear();
  for (std::size_t i = 0; i < samples.value.size(); ++i)
    samples.time_seconds.push_back(history.time_seconds.front() + static_cast<double>(i) * samples.gap_seconds);
  return samples;
}

std::vector<double> held_values(const History& history, double gap_seconds) {
  std::vector<double> values;
  const double first = history.time_seconds.front(), last = history.time_seconds.back();
  constexpr double rounding = 1e-9, rounding_seconds = 1e-6;  // so that sums of gaps reach the times they stand for
  const auto count = static_cast<std::size_t>(std::floor((last - first) / gap_seconds + rounding)) + 1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double time = first + static_cast<double>(i) * gap_seconds;
    while (at + 1 < history.size() && history.time_seconds[at + 1] <= time + rounding_seconds) ++at;
    values.push_back(history.value[at]);
  }
  return values;
}

double mean_over_time(const History& history, std::optional<double> until_seconds) {
  const double end = until_seconds.value_or(history.time_seconds.back() + history.gap_seconds);
  double sum = 0.0, held = 0.0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const double until = i + 1 < history.size() ? std::min(history.time_seconds[i + 1], end) : end;
    const double seconds = std::max(0.0, until - history.time_seconds[i]);
    sum += history.value[i] * seconds;
    held += seconds;
  }
  return held > 0.0 ? sum / held : history.value.back();
}

}  // namespace costrisk::trace
