// PLAN:STATISTIC<NUMBER, read and judged.
#include "src/cli/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "src/cli/exit_codes.hpp"
#include "src/cli/words.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::cli {

namespace {

std::string listed(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

/// "5%", "60k", "1.5M", "0.05".
double parse_threshold(const std::string& text, const std::string& gate) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = trimmed(end);
  if (end == text.c_str() || !std::isfinite(number) || (unit != "" && unit != "%" && unit != "k" && unit != "M"))
    throw UsageError(
        fmt::format("--require '{}': '{}' is not a number, as in 0.05, 5%, 60000, 60k or 1.5M", gate, text));
  if (unit == "%") return number / 100.0;
  if (unit == "k") return number * 1e3;
  if (unit == "M") return number * 1e6;
  return number;
}

bool holds(double value, const Gate& gate) {
  switch (gate.comparison) {
    case Gate::Comparison::below:
      return value < gate.threshold;
    case Gate::Comparison::at_most:
      return value <= gate.threshold;
    case Gate::Comparison::above:
      return value > gate.threshold;
    case Gate::Comparison::at_least:
      return value >= gate.threshold;
  }
  return false;
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

bool is_share(const std::string& statistic) {
  for (const char* share : {"over_budget", "cheapest", "late", "served", "coverage", "utilization"})
    if (statistic == share) return true;
  return statistic.starts_with("late.") || statistic.starts_with("served.");
}

/// Why a figure says nothing; empty where it does.
std::string why_untold(const present::Summary& summary, const std::string& statistic) {
  const std::uint64_t fewest = present::fewest_paths(summary, statistic);
  return summary.paths >= fewest ? ""
                                 : fmt::format("of {} it cannot be told; {} would do",
                                               present::counted(summary.paths, "future"), present::count(fewest));
}

/// Why a figure is no number, of a plan that has a part in it.
std::string why_undefined(const present::Summary& summary) {
  return summary.paths < 2 ? "a single future has no spread" : "the results hold no number";
}

std::string shown(double value, const std::string& statistic) {
  return is_share(statistic) ? present::percent(value) : fmt::format("{:.10g}", value);
}

std::string not_judged(const present::PlanSummary& plan, const Gate& gate, const std::string& reason) {
  return fmt::format("{}: {} cannot be judged: {}", plan.plan, gate.statistic, reason);
}

/// How a plan that has a part in the figure fails the gate; empty where it does not.
std::string failure(const Gate& gate, const present::Summary& summary, const present::PlanSummary& plan) {
  const double value = present::statistic(summary, plan, gate.statistic);
  if (std::isnan(value)) return not_judged(plan, gate, why_undefined(summary));
  if (const std::string reason = why_untold(summary, gate.statistic); !reason.empty())
    return not_judged(plan, gate, reason);
  if (holds(value, gate)) return "";
  return fmt::format("{}: {} is {}, {} {}", plan.plan, gate.statistic, shown(value, gate.statistic),
                     wanted(gate.comparison), shown(gate.threshold, gate.statistic));
}

}  // namespace

Gate parse_gate(const std::string& text, const std::vector<std::string>& plans, const present::StatisticScope& scope) {
  const auto sign = text.find_first_of("<>");
  if (sign == std::string::npos)
    throw UsageError(
        fmt::format("--require '{}' is no gate: expected [PLAN:]STATISTIC<NUMBER, with <, <=, > or >=, "
                    "as in 'over_budget<5%'",
                    text));
  const bool or_equal = sign + 1 < text.size() && text[sign + 1] == '=';
  const bool less = text[sign] == '<';
  Gate gate;
  gate.text = text;
  gate.comparison = less ? (or_equal ? Gate::Comparison::at_most : Gate::Comparison::below)
                         : (or_equal ? Gate::Comparison::at_least : Gate::Comparison::above);
  gate.threshold = parse_threshold(trimmed(text.substr(sign + (or_equal ? 2 : 1))), text);

  std::string left = text.substr(0, sign);
  if (const auto colon = left.find(':'); colon != std::string::npos) {
    gate.plan = trimmed(left.substr(0, colon));
    left = left.substr(colon + 1);
    if (std::find(plans.begin(), plans.end(), gate.plan) == plans.end())
      throw UsageError(
          fmt::format("--require '{}': no plan is called '{}'; there are: {}", text, gate.plan, listed(plans)));
  }
  gate.statistic = trimmed(left);
  const std::vector<std::string> names = present::statistic_names(scope);
  if (std::find(names.begin(), names.end(), gate.statistic) == names.end()) {
    const char* hint = gate.statistic == "over_budget" ? " (over_budget needs a budget in the scenario)" : "";
    throw UsageError(fmt::format("--require '{}': no statistic is called '{}'{}; there are: {}", text, gate.statistic,
                                 hint, listed(names)));
  }
  if (is_share(gate.statistic) && !(gate.threshold >= 0.0 && gate.threshold <= 1.0))
    throw UsageError(
        fmt::format("--require '{}': {} is a share, from 0 to 1; expected a bound within, such as 5% or "
                    "0.05",
                    text, gate.statistic));
  return gate;
}

std::vector<std::string> failures(const std::vector<Gate>& gates, const present::Summary& summary) {
  std::vector<std::string> lines;
  for (const Gate& gate : gates) {
    std::vector<std::string> without_part;
    bool any_with_part = false;
    for (const present::PlanSummary& plan : summary.plans) {
      if (!gate.plan.empty() && gate.plan != plan.plan) continue;
      if (const std::string reason = present::why_inapplicable(plan, gate.statistic); !reason.empty()) {
        without_part.push_back(not_judged(plan, gate, reason));
        continue;
      }
      any_with_part = true;
      if (const std::string line = failure(gate, summary, plan); !line.empty()) lines.push_back(line);
    }
    // A gate that judges nothing would hold whatever its bound.
    if (!any_with_part) lines.insert(lines.end(), without_part.begin(), without_part.end());
  }
  return lines;
}

}  // namespace costrisk::cli
