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
  Bill(std::int64_t steps, int owners) : by_step_(static_cast<std::size_t>(steps), 0.0), by_owner_(owners, 0.0) {}

  void charge(std::int64_t step, int owner, Category category, double amount) {
    by_step_[static_cast<std::size_t>(step)] += amount;
    by_owner_[owner] += amount;
    by_category_[static_cast<int>(category)] += amount;
  }

  double total() const {
    double sum = 0.0;
    for (const double amount : by_category_) sum += amount;
    return sum;
  }
  const std::array<double, category_count>& by_category() const { return by_category_; }
  const std::vector<double>& by_owner() const { return by_owner_; }
  const std::vector<double>& by_step() const { return by_step_; }

 private:
  std::vector<double> by_step_;
  std::vector<double> by_owner_;
  std::array<double, category_count> by_category_{};
};

}  // namespace costrisk::reference
