// Lowers service assignments; those that simulate alike are one component.
#pragma once

#include <map>
#include <vector>

#include "src/scenario/lower/availability.hpp"
#include "src/scenario/lower/lower_world.hpp"

namespace costrisk::scenario {

class ServiceLowering {
 public:
  ServiceLowering(Lowering& lowering, const WorldSlots& world);

  /// The component of an assignment.
  /// @param availability [pool]: what it may take; for reserved pools
  int component(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability);

 private:
  void lower(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability);
  /// The index of an assignment's autoscaler.
  /// @param alone whether it can be nobody else's
  int autoscaler(const ServiceAssignment& assignment, bool alone);
  void lower_pools(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability,
                   ServiceParameters& result);
  LawIndex rate_in(const Service& service, int market);
  ServerlessPriceParameters serverless_price(const Serverless& serverless, const Demand& demand);
  WindowParameters window(double seconds) const;

  Lowering& lowering_;
  const WorldSlots& world_;
  std::map<std::vector<double>, int> components_;
  std::map<std::vector<double>, int> autoscalers_;  ///< those that are shared
};

}  // namespace costrisk::scenario
