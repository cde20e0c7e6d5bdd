// Which unknowns one path of a plan made use of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/history_sampling.hpp"

namespace costrisk::present {

class UsedDraws {
 public:
  UsedDraws(const scenario::Scenario& scenario, const run::Timeline& timeline);

  /// Whether the unknown at an address bore on the plan in this path: on its markets, demands, jobs, services, and the
  /// serverless offers, optimizations and items that it uses; not the price of what was never bought, nor the size of
  /// what did not happen. A factor does where something loads on it that does.
  bool uses(const std::string& address) const;

  /// Where the window of a measured history begins, in hours after the trace does; empty for any other draw.
  std::optional<double> window_begins_hours(const run::Draw& draw) const;

 private:
  bool concerns_plan(const std::string& address) const;
  bool uses_market(int market, const std::string& address) const;
  bool uses_factor(int factor) const;
  bool uses_history(const std::string& address) const;
  /// Whether the chance at an address went against it.
  bool did_not_happen(const std::string& chance) const;
  /// Instances of one market, over all jobs and services.
  bool held(int market, std::optional<Purchase> purchase) const;
  /// Whether prices decide where something of the plan is bought.
  bool chooses_by_price(int market) const;
  double overflowed(int offer) const;

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const scenario::Plan& plan_;
  std::vector<scenario::SampledHistory> histories_;
};

}  // namespace costrisk::present
