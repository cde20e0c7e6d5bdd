// [[PLAN:]STATISTIC=]X%, read.
#include "src/present/text/precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include "src/present/text/gates.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

/// A number and what stands after it; the number is NaN where there is none.
struct Number {
  double value = 0.0;
  std::string rest;
};

Number number_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return {end == text.c_str() ? std::nan("") : value, std::string(trace::trimmed(end))};
}

}  // namespace

run::Precision parse_precision(const std::string& text, results::Scope scope) {
  const auto refuse = [&](const std::string& why) { throw std::invalid_argument(fmt::format("'{}': {}", text, why)); };
  scope.any_probability = true;
  run::Precision result;
  std::string statistic = "cvar95", error = std::string(trace::trimmed(text));
  if (const auto equals = error.rfind('='); equals != std::string::npos) {
    std::string left = error.substr(0, equals);
    error = std::string(trace::trimmed(error.substr(equals + 1)));
    if (const auto colon = left.find(':'); colon != std::string::npos) {
      const std::vector<std::string>& plans = scope.labels_of(results::Dimension::plan);
      const std::string plan = std::string(trace::trimmed(left.substr(0, colon)));
      const auto found = std::find(plans.begin(), plans.end(), plan);
      if (found == plans.end())
        refuse(fmt::format("no plan is called '{}'; there are: {}", plan, fmt::join(plans, ", ")));
      result.plan = static_cast<std::size_t>(found - plans.begin());
      left = left.substr(colon + 1);
    }
    statistic = std::string(trace::trimmed(left));
  }

  const Number share = number_of(error);
  if (!(share.value > 0.0) || !std::isfinite(share.value) || (share.rest != "%" && share.rest != ""))
    refuse("expected the largest error, as in 0.5% or 'mean=0.2%'");
  result.error = share.rest == "%" ? share.value / 100.0 : share.value;
  if (result.error >= 1.0) refuse("an error of 100 % or more says nothing; as in 0.5%");

  const std::optional<results::Address> address = results::parse_address(statistic, scope);
  if (!address || !run::can_be_precise(*address->quantity)) {
    std::vector<std::string> names = results::addresses(scope);
    std::erase_if(names, [&](const std::string& name) {
      return !run::can_be_precise(*results::parse_address(name, scope)->quantity);
    });
    refuse(address ? fmt::format("how sure '{}' is cannot be known while a run goes on; of these it can: {}", statistic,
                                 fmt::join(names, ", "))
                   : no_statistic(statistic, names));
  }
  result.statistic = *address;
  const std::vector<std::string>& plans = scope.labels_of(results::Dimension::plan);
  const auto other = std::find(plans.begin(), plans.end(), address->label_of(results::Dimension::other_plan));
  if (other != plans.end()) result.other_plan = static_cast<std::size_t>(other - plans.begin());
  return result;
}

}  // namespace costrisk::present
