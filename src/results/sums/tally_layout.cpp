// Axes and their extents.
#include "src/results/sums/tally_layout.hpp"

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

bool TallyLayout::exact() const {
  constexpr std::uint64_t exact_values = std::uint64_t{1} << 25;
  return shape.plans == 0 || paths <= exact_values / static_cast<std::uint64_t>(shape.plans);
}

std::size_t TallyLayout::pair(int i, int j) const {
  return size(i) * size(2 * shape.plans - i - 1) / 2 + size(j - i - 1);
}

AxisTerms TallyLayout::terms(Axis axis) const {
  switch (axis) {
    case Axis::plan:
      return {"plan", size(shape.plans), "plan"};
    case Axis::inexact_plan:
      return {"inexact_plan", exact() ? 0 : size(shape.plans), "plan"};
    case Axis::other_plan:
      return {"other_plan", size(shape.plans), "plan that is compared with"};
    case Axis::pair:
      return {"pair", size(shape.plans) * size(shape.plans - 1) / 2, "plans i < j, ordered by i, then j"};
    case Axis::category:
      return {"category", category_count, "category of cost"};
    case Axis::owner:
      return {"owner", size(shape.owners), "owner"};
    case Axis::waste_kind:
      return {"waste_kind", waste_kind_count, "kind of waste"};
    case Axis::bin:
      return {"bin", size(shape.bins), "bin of time"};
    case Axis::market:
      return {"market", size(shape.markets), "market"};
    case Axis::purchase:
      return {"purchase", purchase_count, "purchase"};
    case Axis::job:
      return {"job", size(jobs), "job"};
    case Axis::job_component:
      return {"job_component", size(shape.job_components), "job as some plans run it"};
    case Axis::service:
      return {"service", size(shape.services), "service"};
    case Axis::service_component:
      return {"service_component", size(shape.service_components), "service as some plans run it"};
    case Axis::latency_component:
      return {"latency_component", size(shape.latency_components), "service as some plans run it"};
    case Axis::latency_range:
      return {"latency_range", shape.latency_components > 0 ? std::size_t{latency_ranges} : 0,
              "range of latencies, the last that of requests beyond all of them"};
    case Axis::driver:
      return {"driver", size(shape.drivers), "unknown that is drawn once per future"};
    case Axis::driver_cell:
      return {"driver_cell", shape.drivers > 0 ? std::size_t{driver_cells} : 0, "part of a driver's distribution"};
    case Axis::budget:
      return {"budget", size(shape.budgets), "budget by owner and period"};
    case Axis::budget_period:
      return {"budget_period", size(shape.budget_periods), "period of a budget"};
  }
  return {};
}

std::size_t TallyLayout::entries(const Axes& axes) const {
  std::size_t count = 1;
  for (const Axis axis : axes) count *= terms(axis).extent;
  return count;
}

}  // namespace costrisk::results
