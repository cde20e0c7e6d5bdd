// Lowers items: what plans pay by time, by the request, as a share, and for optimizations.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

class ItemLowering {
 public:
  /// Lowers the scenario's items, in their order.
  explicit ItemLowering(Lowering& lowering);

  /// Appends the items that a plan pays, but for those by the request, to plan_items.
  void add_items_of(std::size_t plan);

  /// Gives every service component the items that some plan pays for it by the request, and every plan its own.
  void lower_service_items();

 private:
  bool pays(std::size_t plan, const Item& item) const;
  void lower_amount(const Law& amount, double times, ItemParameters& result);
  void lower_item(const Item& item);
  std::int32_t optimization_item(int optimization, std::int32_t owner);
  void add_optimizations(const Plan& plan);
  std::vector<std::int32_t> items_by_request(std::size_t plan, const ServiceAssignment& assignment) const;

  Lowering& lowering_;
  const Scenario& scenario_;
  ParameterStorage& storage_;
  std::map<std::pair<int, std::int32_t>, std::int32_t> optimization_items_;
};

}  // namespace costrisk::scenario
