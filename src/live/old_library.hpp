// What the C++ library of emscripten 3.1.6 (Debian 12) has not of C++20 and this project uses. Included before all else
// by the build for browsers alone; where the library has it nothing is left of this.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <string>
#include <type_traits>
#include <version>

namespace std {

#if !defined(__cpp_lib_bit_cast)
template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}
#endif

#if !defined(__cpp_lib_to_chars)
/// Decimal numbers, as the standard has them: no sign but −, no spaces, no hexadecimal forms.
inline from_chars_result from_chars(const char* first, const char* last, double& value,
                                    chars_format = chars_format::general) {
  const char* digits = first != last && *first == '-' ? first + 1 : first;
  const auto is_digit = [last](const char* c) { return c < last && *c >= '0' && *c <= '9'; };
  if (!is_digit(digits) && !(digits < last && *digits == '.' && is_digit(digits + 1)))
    return {first, errc::invalid_argument};
  const char* stop = digits;
  while (stop < last && strchr("0123456789.eE+-", *stop) != nullptr) ++stop;
  const string text(first, stop);
  char* end = nullptr;
  const double read = strtod(text.c_str(), &end);
  const char* const place = first + (end - text.c_str());
  if (read > 1.7976931348623157e308 || read < -1.7976931348623157e308) return {place, errc::result_out_of_range};
  value = read;
  return {place, errc()};
}
/// The shortest decimal without an exponent that reads back as the same bits.
inline to_chars_result to_chars(char* first, char* last, double value, chars_format) {
  for (int places = 0; places <= 340; ++places) {
    char text[700];
    const int length = snprintf(text, sizeof text, "%.*f", places, value);
    if (places < 340 && strtod(text, nullptr) != value) continue;
    if (length > last - first) return {last, errc::value_too_large};
    memcpy(first, text, static_cast<size_t>(length));
    return {first + length, errc()};
  }
  return {last, errc::value_too_large};
}
#endif

#if !defined(__cpp_lib_ranges)
namespace ranges {

template <class Range, class Value, class Projection>
auto find(Range&& range, const Value& value, Projection projection) {
  return find_if(begin(range), end(range), [&](const auto& element) { return invoke(projection, element) == value; });
}
template <class Range, class Predicate>
bool any_of(Range&& range, Predicate predicate) {
  return std::any_of(begin(range), end(range), [&](const auto& element) { return invoke(predicate, element); });
}
template <class Range, class Value, class Order = std::less<>, class Projection>
auto upper_bound(Range&& range, const Value& value, Order order, Projection projection) {
  return std::upper_bound(begin(range), end(range), value, [&](const auto& a, const auto& element) {
    return invoke(order, a, invoke(projection, element));
  });
}
template <class Range, class Place>
void move(Range&& range, Place place) {
  std::move(begin(range), end(range), place);
}
template <class Range, class Middle, class Order = std::less<>, class Projection>
void inplace_merge(Range&& range, Middle middle, Order order, Projection projection) {
  std::inplace_merge(begin(range), middle, end(range), [&](const auto& a, const auto& b) {
    return invoke(order, invoke(projection, a), invoke(projection, b));
  });
}

}  // namespace ranges
#endif

}  // namespace std
