// Lowers job assignments; those that simulate alike are one component.
#pragma once

#include <map>
#include <vector>

#include "src/scenario/lower/availability.hpp"
#include "src/scenario/lower/lower_world.hpp"

namespace costrisk::scenario {

class JobLowering {
 public:
  JobLowering(Lowering& lowering, const WorldSlots& world);

  /// The component of an assignment.
  /// @param availability [market of the assignment]: what it may take; for Policy::reserved
  int component(const JobAssignment& assignment, const std::vector<AvailabilityList>& availability);

 private:
  void lower(const JobAssignment& assignment, const std::vector<AvailabilityList>& availability);
  void lower_checkpoint(const JobAssignment& assignment, JobParameters& result) const;
  void lower_releases(const Job& job, JobParameters& result) const;
  void lower_market(const Job& job, const JobAssignment& assignment, int market, double first_throughput,
                    const AvailabilityList& availability);

  Lowering& lowering_;
  const WorldSlots& world_;
  std::map<std::vector<double>, int> components_;
};

}  // namespace costrisk::scenario
