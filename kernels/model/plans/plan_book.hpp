// What one plan costs a group of paths, as it adds up: whole rows of lanes, which go to the output's columns at the
// end.
#pragma once

#include <cstdint>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk {

/// Adds a number a lane.
template <class L>
COSTRISK_FN void add_row(std::int64_t* sums, const std::int64_t* row) {
  for (int lane = 0; lane < L::width; ++lane) sums[lane] += row[lane];
}

template <class L>
class PlanBook {
 public:
  /// Micro-units, one a lane.
  struct Micros {
    std::int64_t of[L::width];
  };

  /// @param memory of length() numbers
  COSTRISK_FN PlanBook(const Parameters& p, std::int64_t* memory)
      : owners_(p.owner_count),
        services_(p.service_slots),
        category_(memory),
        waste_(category_ + category_count * L::width),
        owner_(waste_ + waste_kind_count * L::width),
        service_(owner_ + owners_ * L::width) {}
  COSTRISK_FN static int length(const Parameters& p) {
    return (category_count + waste_kind_count + p.owner_count + p.service_slots) * L::width;
  }

  COSTRISK_FN void open() {
    std::int64_t* end = service_ + services_ * L::width;
    for (std::int64_t* number = category_; number != end; ++number) *number = 0;
  }

  COSTRISK_FN void charge(Category to, int to_owner, const std::int64_t* micros) {
    add_row<L>(category(to), micros);
    add_row<L>(owner(to_owner), micros);
  }
  COSTRISK_FN void charge_service(int slot, const std::int64_t* micros) {
    add_row<L>(service_ + slot * L::width, micros);
  }
  COSTRISK_FN void waste(WasteKind kind, const std::int64_t* micros) {
    add_row<L>(waste_ + static_cast<int>(kind) * L::width, micros);
  }

  // Rows of lanes
  COSTRISK_FN std::int64_t* category(Category which) { return category_ + static_cast<int>(which) * L::width; }
  COSTRISK_FN const std::int64_t* category(int which) const { return category_ + which * L::width; }
  COSTRISK_FN std::int64_t* owner(int which) { return owner_ + which * L::width; }

  /// Closes the book of the plan `index`: the lanes [first, first + count) into the output's columns.
  COSTRISK_FN void write(int index, int bins, int first, int count, int column, const Output& out) const {
    const auto write_rows = [&](std::int64_t* to, int rows, const std::int64_t* from) {
      to += std::int64_t{index} * rows * out.stride + column;
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < count; ++i) to[std::int64_t{r} * out.stride + i] = from[r * L::width + first + i];
    };
    write_rows(out.plan_category, category_count, category_);
    write_rows(out.plan_owner, owners_, owner_);
    write_rows(out.plan_waste, waste_kind_count, waste_);
    write_rows(out.plan_service, services_, service_);
    Micros total{};
    for (int i = 0; i < category_count; ++i) add_row<L>(total.of, category_ + i * L::width);
    write_rows(out.plan_cost, 1, total.of);
    std::int64_t* bin = out.plan_bin + (std::int64_t{index} * bins + bins - 1) * out.stride + column;
    for (int i = 0; i < count; ++i) bin[i] = total.of[first + i];
  }

 private:
  const int owners_, services_;
  std::int64_t *const category_, *const waste_, *const owner_, *const service_;
};

}  // namespace costrisk
