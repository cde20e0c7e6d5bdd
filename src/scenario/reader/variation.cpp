#include "src/scenario/reader/variation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {

namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// A number, perhaps with k, M or G, and with underscores between digits.
std::optional<double> number_of(std::string text) {
  std::erase(text, '_');
  double factor = 1.0;
  if (!text.empty()) {
    const std::size_t suffix = std::string_view("kMG").find(text.back());
    if (suffix != std::string_view::npos) {
      factor = std::pow(1000.0, static_cast<double>(suffix + 1));
      text.pop_back();
    }
  }
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (text.empty() || failed != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value * factor;
}

std::string without_quotes(const std::string& text) {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

std::optional<Duration> duration_of(const std::string& text) { return parse_duration(without_quotes(text)); }

/// The parts between commas that stand in no brackets or quotes.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
    if (c == ',' && depth == 0 && !quote)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) part = trimmed(part);
  return parts;
}

void add_value(Variation& variation, const std::string& value) {
  double number = std::numeric_limits<double>::quiet_NaN();
  if (const auto plain = number_of(value)) {
    number = *plain;
  } else if (const auto duration = duration_of(value)) {
    number = duration->hours;
    variation.of_durations = true;
  }
  variation.values.push_back(value);
  variation.numbers.push_back(number);
}

/// A range; false where the text is none.
bool add_range(Variation& variation, const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos || text.find_first_of("[{\"',") != std::string::npos) return false;
  const std::size_t colon = text.find(':', dots);
  const std::string from = trimmed(text.substr(0, dots)),
                    to = trimmed(text.substr(dots + 2, colon == std::string::npos ? colon : colon - dots - 2)),
                    step = colon == std::string::npos ? "" : trimmed(text.substr(colon + 1));
  // Durations count in seconds, so that whole ones stay whole.
  const auto measure = [&](const std::string& part, bool& of_durations) -> std::optional<double> {
    if (const auto number = number_of(part)) return number;
    if (const auto duration = duration_of(part)) {
      of_durations = true;
      return duration->seconds;
    }
    return std::nullopt;
  };
  bool durations = false;
  const auto low = measure(from, durations), high = measure(to, durations);
  if (!low || !high)
    throw BadVariation(
        fmt::format("'{}' is no range; expected two numbers or durations such as 0..40 or 6h..2d:6h", text));
  double by = durations || *low != std::floor(*low) || *high != std::floor(*high) ? (*high - *low) / 10.0 : 1.0;
  if (!step.empty()) {
    const auto given = measure(step, durations);
    if (!given || !(*given > 0.0))
      throw BadVariation(fmt::format("'{}' is no step; expected a number or duration above 0", step));
    by = *given;
  }
  if (!(*high >= *low))
    throw BadVariation(fmt::format("the range {} ends before it begins; expected FROM..TO with FROM <= TO", text));
  const double steps = by > 0.0 ? std::floor((*high - *low) / by * (1.0 + 1e-12) + 1e-9) : 0.0;
  if (!(steps < static_cast<double>(most_values)))
    throw BadVariation(fmt::format("the range {} has more than {} values; expected a larger step", text, most_values));
  for (std::size_t i = 0; i <= static_cast<std::size_t>(steps); ++i) {
    // Rounded to twelve digits, so that 0.1 + 2 · 0.1 is 0.3.
    const double value = std::stod(fmt::format("{:.12g}", *low + static_cast<double>(i) * by));
    add_value(variation, durations ? duration_text(value) : fmt::format("{}", value));
  }
  return true;
}

}  // namespace

Assignment Variation::assignment(std::size_t i) const {
  return {fmt::format("{}{}{}", address, scales ? " *= " : "=", values[i]), source};
}

bool Variation::of_contracts() const {
  for (const char* part : {".commitment.", ".savings_plan.", ".credit"})
    if (address.find(part) != std::string::npos) return true;
  return false;
}

bool Variation::is_numeric() const {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

Variation parse_variation(const std::string& text, const std::string& source) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw BadVariation(fmt::format(
        "'{}' is no variation; expected ADDRESS=FROM..TO, ADDRESS=FROM..TO:STEP or ADDRESS=VALUE,VALUE", text));
  Variation variation;
  variation.source = source;
  variation.scales = text[equals - 1] == '*' && equals > 1 && (text[equals - 2] == ' ' || text[equals - 2] == '\t');
  variation.address = trimmed(text.substr(0, variation.scales ? equals - 1 : equals));
  const std::string values = trimmed(text.substr(equals + 1));
  if (!add_range(variation, values))
    for (const std::string& part : parts_of(values)) {
      if (part.empty())
        throw BadVariation(fmt::format("a value of '{}' is empty; expected ADDRESS=VALUE,VALUE", variation.address));
      add_value(variation, part);
    }
  for (std::size_t i = 0; i < variation.values.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (variation.values[i] == variation.values[j])
        throw BadVariation(
            fmt::format("'{}' has the value {} twice; expected each once", variation.address, variation.values[i]));
  return variation;
}

std::optional<CostStatistic> parse_cost_statistic(const std::string& text) {
  if (text == "mean") return CostStatistic{};
  const bool tail = text.starts_with("cvar");
  if (!tail && !text.starts_with("p")) return std::nullopt;
  const auto percentage = number_of(text.substr(tail ? 4 : 1));
  if (!percentage || !(*percentage > 0.0) || !(*percentage < 100.0)) return std::nullopt;
  return CostStatistic{tail ? CostStatistic::Kind::tail_mean : CostStatistic::Kind::quantile, *percentage / 100.0,
                       text};
}

std::string not_a_cost_statistic(const std::string& text) {
  return fmt::format(
      "'{}' is no statistic of cost; expected mean, a quantile such as p90, or a tail mean such as cvar95", text);
}

}  // namespace costrisk::scenario
