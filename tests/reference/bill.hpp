// What a plan pays on one path, by step, category and owner.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include "kernels/model/terms.hpp"

namespace costrisk::reference {

/// Amounts in the scenario's currency. What is known at the horizon alone stands after all steps.
class Bill {
 public:
  Bill(std::int64_t steps, int owners)
      : places_(static_cast<std::size_t>(steps) + 1), by_owner_(static_cast<std::size_t>(owners)) {}

  void charge(std::int64_t step, int owner, Category category, double amount) {
    add(by_step_, category, static_cast<std::size_t>(step), amount);
    add(by_owner_[static_cast<std::size_t>(owner)], category, static_cast<std::size_t>(step), amount);
  }
  void charge_at_horizon(int owner, Category category, double amount) {
    charge(static_cast<std::int64_t>(places_) - 1, owner, category, amount);
  }

  /// The same money, from that step on to another owner's account.
  void move(std::int64_t step, int from, int to, Category category, double amount) {
    add(by_owner_[static_cast<std::size_t>(from)], category, static_cast<std::size_t>(step), -amount);
    add(by_owner_[static_cast<std::size_t>(to)], category, static_cast<std::size_t>(step), amount);
  }
  void move_at_horizon(int from, int to, Category category, double amount) {
    move(static_cast<std::int64_t>(places_) - 1, from, to, category, amount);
  }

  /// Takes back all of a category, to charge it anew.
  void forget(Category category) {
    of(by_step_, category).clear();
    for (Amounts& amounts : by_owner_) of(amounts, category).clear();
  }

  double total() const {
    double sum = 0.0;
    for (const double amount : by_category()) sum += amount;
    return sum;
  }
  std::array<double, category_count> by_category() const {
    std::array<double, category_count> sums{};
    for (std::size_t c = 0; c < category_count; ++c) sums[c] = up_to(by_step_[c], places_);
    return sums;
  }
  std::vector<double> by_owner() const { return by_owner_before(static_cast<std::int64_t>(places_)); }
  /// What each is charged in all steps before this one. The step after the last is the horizon.
  std::vector<double> by_owner_before(std::int64_t step) const {
    std::vector<double> sums;
    for (const Amounts& amounts : by_owner_) {
      double sum = 0.0;
      for (const std::vector<double>& charged : amounts) sum += up_to(charged, static_cast<std::size_t>(step));
      sums.push_back(sum);
    }
    return sums;
  }
  double of_step(std::int64_t step) const {
    double sum = 0.0;
    for (const std::vector<double>& charged : by_step_)
      if (!charged.empty()) sum += charged[static_cast<std::size_t>(step)];
    return sum;
  }
  double at_horizon() const { return of_step(static_cast<std::int64_t>(places_) - 1); }
  double of_step(std::int64_t step, Category category) const {
    const std::vector<double>& charged = by_step_[static_cast<std::size_t>(category)];
    return charged.empty() ? 0.0 : charged[static_cast<std::size_t>(step)];
  }

 private:
  using Amounts =
      std::array<std::vector<double>, category_count>;  ///< [category][step]; empty where nothing is charged

  static std::vector<double>& of(Amounts& amounts, Category category) {
    return amounts[static_cast<std::size_t>(category)];
  }
  void add(Amounts& amounts, Category category, std::size_t place, double amount) {
    std::vector<double>& charged = of(amounts, category);
    charged.resize(places_, 0.0);
    charged[place] += amount;
  }
  static double up_to(const std::vector<double>& charged, std::size_t end) {
    return std::accumulate(charged.begin(),
                           charged.begin() + static_cast<std::ptrdiff_t>(std::min(end, charged.size())), 0.0);
  }

  std::size_t places_;
  Amounts by_step_;
  std::vector<Amounts> by_owner_;
};

}  // namespace costrisk::reference
