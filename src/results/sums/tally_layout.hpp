// What a tally is of: its extents, what plans run, and the axes of its arrays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "kernels/model/output.hpp"

namespace costrisk::results {

/// An axis of an array of a tally.
enum class Axis {
  plan,
  inexact_plan,  ///< plans where quantiles of cost come from histograms, none where they are exact
  other_plan,
  pair,
  category,
  owner,
  waste_kind,
  bin,
  market,
  purchase,
  job,
  job_component,
  service,
  service_component,
  latency_component,  ///< service components where some service has a latency, else none
  latency_range,
  driver,
  driver_cell,
  budget,
  budget_period,
};

/// What an axis is called and counts.
struct AxisTerms {
  const char* name;
  std::size_t extent;
  const char* description;
};

/// Axes of an array, the slowest first.
class Axes {
 public:
  constexpr Axes(std::initializer_list<Axis> axes) {
    for (const Axis axis : axes) axes_[count_++] = axis;
  }
  constexpr const Axis* begin() const { return axes_.data(); }
  constexpr const Axis* end() const { return axes_.data() + count_; }

 private:
  std::array<Axis, 3> axes_{};
  std::size_t count_ = 0;
};

/// What a tally is of. Tallies merge only when their layouts are equal.
struct TallyLayout {
  Shape shape;
  int jobs = 0;
  std::vector<int> job_component;  ///< [plan][job]: the job component of the plan, −1 where it does not run the job
  std::vector<int> service_component;  ///< [plan][service]: likewise
  std::vector<int> tells_tokens;       ///< [service]: 1 where its demand tells tokens, else 0
  std::uint64_t first_path = 0;        ///< of the whole run, all shards together
  std::uint64_t paths = 0;             ///< likewise
  double step_hours = 0.0;
  std::optional<std::int64_t> budget_micros;
  bool keep_paths = false;  ///< keep cost, finish and served share of every path

  bool operator==(const TallyLayout& other) const = default;

  /// Whether quantiles of cost come from the sorted costs themselves: plans × paths of the whole run ≤ 2^25.
  bool exact() const;
  /// Whether costs are held path by path.
  bool holds_costs() const { return exact() || keep_paths; }
  /// The place of plans i < j in an array by pair.
  std::size_t pair(int i, int j) const;

  AxisTerms terms(Axis axis) const;
  /// How many entries an array of these axes has.
  std::size_t entries(const Axes& axes) const;
};

/// Walks over the extents that a layout is made of: visit(name, extent).
template <class Visit, class Layout>
void each_extent(Visit&& visit, Layout& layout) {
  visit("plans", layout.shape.plans);
  visit("owners", layout.shape.owners);
  visit("bins", layout.shape.bins);
  visit("markets", layout.shape.markets);
  visit("job_components", layout.shape.job_components);
  visit("services", layout.shape.services);
  visit("service_components", layout.shape.service_components);
  visit("latency_components", layout.shape.latency_components);
  visit("jobs", layout.jobs);
  visit("drivers", layout.shape.drivers);
  visit("budgets", layout.shape.budgets);
  visit("budget_periods", layout.shape.budget_periods);
}

/// What a list of a layout is called and means. Its entries are least … most.
struct LayoutList {
  const char* name;
  Axes axes;
  const char* description;
  int least, most;
};

/// Walks over the lists of a layout: visit(terms, list).
template <class Visit, class Layout>
void each_list(Visit&& visit, Layout& layout) {
  visit(LayoutList{"component",
                   {Axis::plan, Axis::job},
                   "job component of plan and job, -1 where not run",
                   -1,
                   layout.shape.job_components - 1},
        layout.job_component);
  visit(LayoutList{"plan_service_component",
                   {Axis::plan, Axis::service},
                   "service component of plan and service, -1 where not run",
                   -1,
                   layout.shape.service_components - 1},
        layout.service_component);
  visit(LayoutList{"tells_tokens", {Axis::service}, "1 where the service's demand tells tokens", 0, 1},
        layout.tells_tokens);
}

}  // namespace costrisk::results
