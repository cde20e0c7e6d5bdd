// Lowers job assignments; those that simulate alike are one component.
#pragma once

#include <map>
#include <vector>

#include "src/scenario/lower/availability.hpp"
#include "src/scenario/lower/shared.hpp"

namespace costrisk::scenario {

class JobLowering {
 public:
  JobLowering(Lowering& lowering, const WorldSlots& world);

  /// The component of an assignment.
  /// @param availability [market of the assignment]: what it may take; for Policy::reserved
  /// @param shared       what it finds of what it shares
  int component(const JobAssignment& assignment, const std::vector<AvailabilityList>& availability,
                const Shared& shared);
  /// What the component leaves of a capacity of the world: an index into capacities.
  int left_capacity(int component, int of_world);

 private:
  void lower(const JobAssignment& assignment, const std::vector<AvailabilityList>& availability, const Shared& shared);
  LawIndex margin_law(const JobAssignment& assignment);
  double margin_key(const JobAssignment& assignment);
  void lower_checkpoint(const JobAssignment& assignment, JobParameters& result) const;
  void lower_releases(const Job& job, JobParameters& result) const;
  /// @param i of the assignment's markets
  void lower_market(const Job& job, const JobAssignment& assignment, std::size_t i, double first_throughput,
                    const AvailabilityList& availability, const Shared& shared);

  /// @param losses world slots of the instants at which spot is lost, by size
  void add_part_losses(const std::map<int, int>& losses, int instances, JobMarketParameters& market);

  Lowering& lowering_;
  const WorldSlots& world_;
  std::map<std::vector<double>, int> components_;
  std::map<std::pair<int, int>, int> left_;  ///< by component and capacity of the world
  int aging_jobs_ = 0;                       ///< so far
  int split_jobs_ = 0, parts_ = 0;           ///< likewise
};

}  // namespace costrisk::scenario
