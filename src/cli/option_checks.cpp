// Each says what it expects in a line.
#include "src/cli/option_checks.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

/// "42", "1e5", "100k", "1.5M"; nothing where it is no whole number, or none that a double holds exactly.
std::optional<std::uint64_t> parse_whole(std::string text) {
  text = std::string(trace::trimmed(text));
  std::uint64_t exact = 0;
  if (const auto read = std::from_chars(text.data(), text.data() + text.size(), exact);
      read.ec == std::errc() && read.ptr == text.data() + text.size())
    return exact;
  double unit = 1.0;
  if (text.ends_with('k')) unit = 1e3;
  if (text.ends_with('M')) unit = 1e6;
  if (unit > 1.0) text.pop_back();
  const std::optional<double> number = trace::parse_number(text);
  if (!number) return std::nullopt;
  const double value = *number * unit;
  if (!(value >= 0.0) || value > 0x1p53 || value != std::floor(value)) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator(
      [least, most](std::string& text) {
        const std::optional<std::uint64_t> number = parse_whole(text);
        if (!number || *number < least || *number > most)
          return fmt::format("'{}' is no whole number from {} to {}, as in 5000, 100k or 1M", text,
                             present::count(least), present::count(most));
        text = std::to_string(*number);
        return std::string();
      },
      "");
}

CLI::Validator above_zero() {
  return CLI::Validator(
      [](std::string& text) {
        const std::optional<double> number = trace::parse_number(text);
        return number && *number > 0.0 ? std::string() : fmt::format("'{}' is no number above 0", text);
      },
      "");
}

CLI::Validator number_between(double least, double most) {
  return CLI::Validator(
      [least, most](std::string& text) {
        const std::optional<double> number = trace::parse_number(text);
        return number && *number >= least && *number <= most
                   ? std::string()
                   : fmt::format("'{}' is no number from {} to {}", text, least, most);
      },
      "");
}

CLI::Validator not_empty(const std::string& example) {
  return CLI::Validator(
      [example](std::string& text) {
        return trace::trimmed(text).empty() ? fmt::format("nothing is given; expected something like {}", example)
                                            : std::string();
      },
      "");
}

CLI::Validator backend_or_auto() {
  std::vector<std::string> names = backend_names();
  names.insert(names.begin(), "auto");
  return CLI::IsMember(names);
}

double hours_or_zero_option(const std::string& text, const char* option) {
  const std::optional<double> hours = duration_hours(text);
  if (!hours) throw UsageError(fmt::format("{} {} is no duration; expected one such as 0h, 12m or 36h", option, text));
  return *hours;
}

double hours_option(const std::string& text, const char* option) {
  const std::optional<double> hours = duration_hours(text);
  if (!hours) throw UsageError(fmt::format("{} {} is no duration; expected one such as 15m or 36h", option, text));
  if (!(*hours > 0.0))
    throw UsageError(fmt::format("{} is {}; expected a positive duration such as 15m or 36h", option, text));
  return *hours;
}

}  // namespace costrisk::cli
