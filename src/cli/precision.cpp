// [[PLAN:]STATISTIC=]X%, read.
#include "src/cli/precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "src/cli/exit_codes.hpp"
#include "src/cli/words.hpp"

namespace costrisk::cli {

namespace {

/// A number and what stands after it; the number is NaN where there is none.
struct Number {
  double value = 0.0;
  std::string rest;
};

Number number_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return {end == text.c_str() ? std::nan("") : value, trimmed(end)};
}

}  // namespace

NamedPrecision parse_precision(const std::string& text, const std::vector<std::string>& plans, bool budget) {
  const auto refuse = [&](const std::string& why) {
    throw UsageError(fmt::format("--until-error '{}': {}", text, why));
  };
  NamedPrecision result;
  result.statistic = "cvar95";
  std::string error = trimmed(text);
  if (const auto equals = error.rfind('='); equals != std::string::npos) {
    std::string left = error.substr(0, equals);
    error = trimmed(error.substr(equals + 1));
    if (const auto colon = left.find(':'); colon != std::string::npos) {
      const std::string plan = trimmed(left.substr(0, colon));
      const auto found = std::find(plans.begin(), plans.end(), plan);
      if (found == plans.end())
        refuse(fmt::format("no plan is called '{}'; there are: {}", plan, fmt::join(plans, ", ")));
      result.precision.plan = static_cast<std::size_t>(found - plans.begin());
      left = left.substr(colon + 1);
    }
    result.statistic = trimmed(left);
  }

  const Number share = number_of(error);
  if (!(share.value > 0.0) || !std::isfinite(share.value) || (share.rest != "%" && share.rest != ""))
    refuse("expected the largest error, as in 0.5% or 'mean=0.2%'");
  result.precision.error = share.rest == "%" ? share.value / 100.0 : share.value;
  if (result.precision.error >= 1.0) refuse("an error of 100 % or more says nothing; as in 0.5%");

  using Statistic = run::Precision::Statistic;
  const auto by_probability = [&](const std::string& prefix, Statistic statistic) {
    if (!result.statistic.starts_with(prefix)) return false;
    const Number percent = number_of(result.statistic.substr(prefix.size()));
    if (!(percent.value > 0.0 && percent.value < 100.0) || !percent.rest.empty()) return false;
    result.precision.statistic = statistic;
    result.precision.probability = percent.value / 100.0;
    return true;
  };
  if (result.statistic == "mean")
    result.precision.statistic = Statistic::mean;
  else if (result.statistic == "over_budget" && budget)
    result.precision.statistic = Statistic::over_budget;
  else if (!by_probability("cvar", Statistic::cvar) && !by_probability("p", Statistic::quantile))
    refuse(fmt::format("'{}' is none of mean, over_budget{}, p50, p95, ..., cvar95, ...", result.statistic,
                       budget ? "" : " (which needs a budget in the scenario)"));
  return result;
}

}  // namespace costrisk::cli
