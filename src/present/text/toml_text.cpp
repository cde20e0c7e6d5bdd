// Rounding, units and quotes.
#include "src/present/text/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/scenario/reader/resolved_values.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

/// Bytes of the UTF-8 character that begins there; 0 where none does.
std::size_t character_bytes(const std::string& text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F, beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

/// The text with '?' for each byte that is no UTF-8.
std::string valid_text(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_bytes(text, i);
    result += length == 0 ? "?" : text.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return result;
}

}  // namespace

std::string rounded_number(double value, int digits) {
  if (value == 0.0 || !std::isfinite(value)) return "0";
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
  const int decimals = std::clamp(digits - 1 - exponent, 0, 12);
  const double unit = exponent >= 12 ? std::pow(10.0, exponent - 11) : 0.0;
  std::string text = fmt::format("{:.{}f}", unit > 0.0 ? std::round(value / unit) * unit : value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string rounded_duration(double hours) {
  if (hours >= 72.0) return fmt::format("\"{}d\"", rounded_number(hours / 24.0));
  if (hours >= 1.0) return fmt::format("\"{}h\"", rounded_number(hours));
  if (hours >= 1.0 / 60.0) return fmt::format("\"{}m\"", rounded_number(hours * 60.0));
  return fmt::format("\"{}s\"", rounded_number(hours * seconds_per_hour));
}

std::string toml_string(const std::string& text) { return scenario::text_text(valid_text(text)); }

std::string number_law(double value, double log_se, bool uncertain) {
  if (!uncertain || !(log_se > 0.0) || !std::isfinite(log_se)) return rounded_number(value);
  return fmt::format("{{ median = {}, spread = {} }}", rounded_number(value), rounded_number(log_se, 2));
}

std::string duration_law(double hours, double log_se, bool uncertain) {
  if (!uncertain || !(log_se > 0.0) || !std::isfinite(log_se)) return rounded_duration(hours);
  return fmt::format("{{ median = {}, spread = {} }}", rounded_duration(hours), rounded_number(log_se, 2));
}

std::string number_list(const std::vector<double>& values, int digits) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(rounded_number(value, digits));
  return fmt::format("[ {} ]", fmt::join(texts, ", "));
}

std::string name_of(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' || c == '-';
    result += fits ? c : '-';
  }
  const auto first = result.find_first_not_of(' ');
  if (first == std::string::npos) return "x";
  return result.substr(first, result.find_last_not_of(' ') - first + 1);
}

std::string comment(const std::string& text) {
  std::string result = "# ";
  for (const char c : valid_text(text))
    if (c == '\n')
      result += "\n# ";
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)
      result += c;
  return result + "\n";
}

}  // namespace costrisk::present
