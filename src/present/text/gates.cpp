// PLAN:STATISTIC<NUMBER, read and judged.
#include "src/present/text/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "src/present/text/numbers.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

std::string with_commas(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

/// "5%", "60k", "1.5M", "0.05".
double parse_threshold(const std::string& text, const std::string& gate) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = std::string(trace::trimmed(end));
  if (end == text.c_str() || !std::isfinite(number) || (unit != "" && unit != "%" && unit != "k" && unit != "M"))
    throw std::invalid_argument(
        fmt::format("'{}': '{}' is not a number, as in 0.05, 5%, 60000, 60k or 1.5M", gate, text));
  if (unit == "%") return number / 100.0;
  if (unit == "k") return number * 1e3;
  if (unit == "M") return number * 1e6;
  return number;
}

bool holds(double value, Gate::Comparison comparison, double threshold) {
  switch (comparison) {
    case Gate::Comparison::below:
      return value < threshold;
    case Gate::Comparison::at_most:
      return value <= threshold;
    case Gate::Comparison::above:
      return value > threshold;
    case Gate::Comparison::at_least:
      return value >= threshold;
  }
  return false;
}

/// The parts of a gate's text.
struct GateText {
  std::string left;
  Gate::Comparison comparison;
  double threshold;
};

GateText parts_of(const std::string& text, const char* form) {
  const auto sign = text.find_first_of("<>");
  if (sign == std::string::npos)
    throw std::invalid_argument(
        fmt::format("'{}' is no gate: expected {}<NUMBER, with <, <=, > or >=, as in 'over_budget<5%'", text, form));
  const bool or_equal = sign + 1 < text.size() && text[sign + 1] == '=';
  const bool less = text[sign] == '<';
  return {text.substr(0, sign),
          less ? (or_equal ? Gate::Comparison::at_most : Gate::Comparison::below)
               : (or_equal ? Gate::Comparison::at_least : Gate::Comparison::above),
          parse_threshold(std::string(trace::trimmed(text.substr(sign + (or_equal ? 2 : 1)))), text)};
}

const char* wanted(Gate::Comparison comparison) {
  switch (comparison) {
    case Gate::Comparison::below:
      return "not below";
    case Gate::Comparison::at_most:
      return "above";
    case Gate::Comparison::above:
      return "not above";
    case Gate::Comparison::at_least:
      return "below";
  }
  return "";
}

bool is_share(const results::Address& statistic) { return statistic.quantity->unit == results::Unit::share; }

/// Why a figure says nothing; empty where it does.
std::string why_untold(const results::Results& results, const results::Address& statistic) {
  const std::uint64_t fewest = results::fewest_paths(statistic);
  return results.paths >= fewest
             ? ""
             : fmt::format("of {} it cannot be known; {} would do", counted(results.paths, "future"), count(fewest));
}

std::string shown(double value, const results::Address& statistic) {
  return is_share(statistic) ? percent(value) : fmt::format("{:.10g}", value);
}

std::string not_judged(const std::string& plan, const Gate& gate, const std::string& reason) {
  return fmt::format("{}: {} cannot be judged: {}", plan, gate.statistic.text, reason);
}

/// How a plan that has a part in the figure fails the gate; empty where it does not.
std::string failure(const Gate& gate, const results::Results& results, std::size_t plan) {
  const std::string& name = results.context.plans[plan];
  const double value = results::value_of(results, plan, gate.statistic);
  if (std::isnan(value)) return not_judged(name, gate, results::why_undefined(results, gate.statistic));
  if (const std::string reason = why_untold(results, gate.statistic); !reason.empty())
    return not_judged(name, gate, reason);
  if (holds(value, gate.comparison, gate.threshold)) return "";
  return fmt::format("{}: {} is {}, {} {}", name, gate.statistic.text, shown(value, gate.statistic),
                     wanted(gate.comparison), shown(gate.threshold, gate.statistic));
}

}  // namespace

std::string no_statistic(const std::string& name, const std::vector<std::string>& names) {
  constexpr std::size_t most_named = 8;
  const char* hint = name.starts_with("over_budget") ? " (over_budget needs a budget in the scenario)" : "";
  return fmt::format("no statistic is called '{}'{}; near are: {}", name, hint,
                     with_commas(scenario::nearest_words(name, names, most_named)));
}

Gate parse_gate(const std::string& text, const results::Scope& scope) {
  GateText parts = parts_of(text, "[PLAN:]STATISTIC");
  Gate gate;
  gate.text = text;
  gate.comparison = parts.comparison;
  gate.threshold = parts.threshold;

  std::string& left = parts.left;
  if (const auto colon = left.find(':'); colon != std::string::npos) {
    gate.plan = std::string(trace::trimmed(left.substr(0, colon)));
    left = left.substr(colon + 1);
    const std::vector<std::string>& plans = scope.labels_of(results::Dimension::plan);
    if (std::find(plans.begin(), plans.end(), gate.plan) == plans.end())
      throw std::invalid_argument(
          fmt::format("'{}': no plan is called '{}'; there are: {}", text, gate.plan, with_commas(plans)));
  }
  const std::string name = std::string(trace::trimmed(left));
  const std::optional<results::Address> statistic = results::parse_address(name, scope);
  if (!statistic)
    throw std::invalid_argument(fmt::format("'{}': {}", text, no_statistic(name, results::addresses(scope))));
  gate.statistic = *statistic;
  if (is_share(gate.statistic) && !(gate.threshold >= 0.0 && gate.threshold <= 1.0))
    throw std::invalid_argument(
        fmt::format("'{}': {} is a share, from 0 to 1; expected a bound within, such as 5% or "
                    "0.05",
                    text, gate.statistic.text));
  return gate;
}

std::vector<std::string> failures(const std::vector<Gate>& gates, const results::Results& results) {
  std::vector<std::string> lines;
  for (const Gate& gate : gates) {
    std::vector<std::string> without_part;
    bool any_with_part = false;
    for (std::size_t plan = 0; plan < results.context.plans.size(); ++plan) {
      const std::string& name = results.context.plans[plan];
      if (!gate.plan.empty() && gate.plan != name) continue;
      if (const std::string reason = results::why_inapplicable(results, plan, gate.statistic); !reason.empty()) {
        without_part.push_back(not_judged(name, gate, reason));
        continue;
      }
      any_with_part = true;
      if (const std::string line = failure(gate, results, plan); !line.empty()) lines.push_back(line);
    }
    // A gate that judges nothing would hold whatever its bound.
    if (!any_with_part) lines.insert(lines.end(), without_part.begin(), without_part.end());
  }
  return lines;
}

std::vector<std::string> failures(const std::vector<std::string>& gates, const std::vector<NamedFigure>& figures) {
  std::vector<std::string> lines;
  for (const std::string& text : gates) {
    const GateText parts = parts_of(text, "NAME");
    const std::string name(trace::trimmed(parts.left));
    const auto found =
        std::find_if(figures.begin(), figures.end(), [&](const NamedFigure& figure) { return figure.name == name; });
    if (found == figures.end()) {
      std::vector<std::string> names;
      for (const NamedFigure& figure : figures) names.push_back(figure.name);
      throw std::invalid_argument(
          fmt::format("'{}': no figure is called '{}'; there are: {}", text, name, with_commas(names)));
    }
    const auto text_of = [&](double value) { return found->is_share ? percent(value) : fmt::format("{:.10g}", value); };
    if (std::isnan(found->value))
      lines.push_back(fmt::format("{} cannot be judged: it is not known here", name));
    else if (!holds(found->value, parts.comparison, parts.threshold))
      lines.push_back(fmt::format("{} is {}, {} {}", name, text_of(found->value), wanted(parts.comparison),
                                  text_of(parts.threshold)));
  }
  return lines;
}

}  // namespace costrisk::present
