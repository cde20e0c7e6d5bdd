// Lowers service assignments; those that simulate alike are one component.
#pragma once

#include <map>
#include <vector>

#include "src/scenario/lower/availability.hpp"
#include "src/scenario/lower/shared.hpp"

namespace costrisk::scenario {

class ServiceLowering {
 public:
  ServiceLowering(Lowering& lowering, const WorldSlots& world);

  /// The component of an assignment.
  /// @param availability [pool]: what it may take; for reserved pools
  /// @param shared       what it finds of what it shares
  int component(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability,
                const Shared& shared);
  /// What the component leaves of a capacity of the world: an index into capacities.
  int left_capacity(int component, int of_world);
  /// What it leaves of the rate that its overflow takes: a world slot.
  int left_overflow(int component);

 private:
  void lower(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability,
             const Shared& shared);
  /// The index of an assignment's autoscaler.
  /// @param alone whether it can be nobody else's
  int autoscaler(const ServiceAssignment& assignment, bool alone);
  void lower_pools(const ServiceAssignment& assignment, const std::vector<AvailabilityList>& availability,
                   Shared shared, ServiceParameters& result);
  /// The world's capacity that a pool draws on; none: it is always there.
  int capacity_of(const Pool& pool) const;
  /// What a pool leaves of its capacity.
  int left_by(int pool);
  LawIndex rate_in(const Service& service, int market);
  LawIndex input_rate_in(const Service& service, int market);
  ServerlessPriceParameters serverless_price(const Serverless& serverless, const Demand& demand);
  WindowParameters window(double seconds) const;

  Lowering& lowering_;
  const WorldSlots& world_;
  std::map<std::vector<double>, int> components_;
  std::map<std::vector<double>, int> autoscalers_;  ///< those that are shared
  std::map<int, int> left_;                         ///< by pool
};

}  // namespace costrisk::scenario
