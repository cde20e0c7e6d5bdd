// What a plan pays on one path, by step, category and owner.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/model/terms.hpp"

namespace costrisk::reference {

/// Amounts in the scenario's currency.
class Bill {
 public:
  Bill(std::int64_t steps, int owners) : steps_(static_cast<std::size_t>(steps)), by_owner_(owners, Amounts{}) {}

  void charge(std::int64_t step, int owner, Category category, double amount) {
    std::vector<double>& charged = by_step_[static_cast<int>(category)];
    charged.resize(steps_, 0.0);
    charged[static_cast<std::size_t>(step)] += amount;
    by_owner_[owner][static_cast<int>(category)] += amount;
  }

  /// The same money, to another owner's account.
  void move(int from, int to, Category category, double amount) {
    by_owner_[from][static_cast<int>(category)] -= amount;
    by_owner_[to][static_cast<int>(category)] += amount;
  }

  /// Takes back all of a category, to charge it anew.
  void forget(Category category) {
    by_step_[static_cast<int>(category)].clear();
    for (Amounts& amounts : by_owner_) amounts[static_cast<int>(category)] = 0.0;
  }

  double total() const {
    double sum = 0.0;
    for (const double amount : by_category()) sum += amount;
    return sum;
  }
  std::array<double, category_count> by_category() const {
    Amounts sums{};
    for (int c = 0; c < category_count; ++c) {
      for (const double amount : by_step_[c]) sums[c] += amount;
    }
    return sums;
  }
  std::vector<double> by_owner() const {
    std::vector<double> sums;
    for (const Amounts& amounts : by_owner_) {
      double sum = 0.0;
      for (const double amount : amounts) sum += amount;
      sums.push_back(sum);
    }
    return sums;
  }
  double of_step(std::int64_t step) const {
    double sum = 0.0;
    for (int c = 0; c < category_count; ++c) sum += of_step(step, static_cast<Category>(c));
    return sum;
  }
  double of_step(std::int64_t step, Category category) const {
    const std::vector<double>& charged = by_step_[static_cast<int>(category)];
    return charged.empty() ? 0.0 : charged[static_cast<std::size_t>(step)];
  }

 private:
  using Amounts = std::array<double, category_count>;

  std::size_t steps_;
  std::array<std::vector<double>, category_count> by_step_;  ///< [category][step]; empty where nothing is charged
  std::vector<Amounts> by_owner_;
};

}  // namespace costrisk::reference
