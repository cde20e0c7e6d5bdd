// What a stretch of one path costs, by which its events are weighed: instances at the path's prices, before discounts.
#pragma once

#include <cstddef>
#include <vector>

#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// Amounts in the scenario's currency. Instants are in steps since the start, and may lie between steps.
class PathMoney {
 public:
  PathMoney(const scenario::Scenario& scenario, const run::Timeline& timeline);

  /// Of an instance-hour; 0 for capacity of one's own.
  double price(int market, Purchase purchase, double step) const;

  /// @param place in Timeline::jobs, Timeline::services
  double of_job(std::size_t place, double from, double until) const { return jobs_[place].between(from, until); }
  double of_service(std::size_t place, double from, double until) const {
    return services_[place].between(from, until);
  }
  /// Of the requests that a service leaves unserved.
  double penalty_of_service(std::size_t place, double from, double until) const {
    return penalties_[place].between(from, until);
  }
  /// Of all instances that are held in a market.
  double of_market(int market, double from, double until) const {
    return markets_[static_cast<std::size_t>(market)].between(from, until);
  }
  /// Of the plan with everything that it pays.
  double of_plan(double from, double until) const { return plan_.between(from, until); }

 private:
  /// What was spent before each step, and at the end.
  class Sums {
   public:
    explicit Sums(std::size_t steps) : before_(steps + 1, 0.0) {}
    void spend(std::size_t step, double amount) { before_[step + 1] += amount; }
    void sum_up();
    double between(double from, double until) const;

   private:
    double before(double step) const;
    std::vector<double> before_;
  };

  void add(const std::vector<run::Holding>& holdings, Sums& sums);

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  std::vector<Sums> jobs_, services_, penalties_, markets_;
  Sums plan_;
};

}  // namespace costrisk::present
