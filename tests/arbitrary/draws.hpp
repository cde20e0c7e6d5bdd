// Draws of numbers, choices and durations for generated scenarios.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace costrisk::arbitrary {

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014), and what is
/// drawn of it. Nothing of <random>, whose distributions differ between libraries.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t word();
  /// In [0, 1).
  double uniform() { return static_cast<double>(word() >> 11) * 0x1p-53; }
  bool chance(double p) { return uniform() < p; }
  int whole(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }
  double linear(double low, double high) { return low + (high - low) * uniform(); }
  double log_linear(double low, double high);

  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(whole(0, static_cast<int>(values.size()) - 1))];
  }
  std::string one_of(std::initializer_list<const char*> values) {
    return *(values.begin() + whole(0, static_cast<int>(values.size()) - 1));
  }
  /// Some of the values, at least one, in any order.
  template <class T>
  std::vector<T> some_of(std::vector<T> values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[static_cast<std::size_t>(whole(0, static_cast<int>(i) - 1))]);
    values.resize(static_cast<std::size_t>(whole(1, static_cast<int>(values.size()))));
    return values;
  }

 private:
  std::uint64_t state_;
};

/// A number as files have it, of four digits.
std::string number_text(double value);
/// A duration of whole milliseconds, in the largest units that say it.
std::string duration_text(std::int64_t milliseconds);
std::string in_quotes(const std::string& text);
/// `["a", "b"]`.
std::string list_text(const std::vector<std::string>& texts);

}  // namespace costrisk::arbitrary
