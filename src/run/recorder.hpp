// Looks on while the scalar lane simulates a path, and writes a timeline.
#pragma once

#include <vector>

#include "kernels/lane/scalar.hpp"

#include "kernels/model/engine.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::run {

using Lane = ScalarLane<0>;

class Recorder {
 public:
  /// Writes what concerns the only plan of the scenario. Refers to its arguments, which must outlive it.
  Recorder(const scenario::Scenario& scenario, const scenario::Lowered& lowered, Timeline& timeline);

  /// Whose calls the engine makes.
  struct JobWatch;
  struct ServiceWatch;
  struct Watch;

 private:
  /// A price that the path sees, and where it goes.
  struct PriceTap {
    PriceSource source;
    double per_hour = 0.0;  ///< currency an instance-hour at relative price 1
    std::size_t market = 0;
    Purchase purchase = Purchase::on_demand;
  };
  struct CapacityTap {
    int capacity = 0;
    std::size_t market = 0;
    Purchase purchase = Purchase::on_demand;
  };
  /// What is remembered of a job between events.
  struct JobMemory {
    std::size_t place = none_here;      ///< in the timeline; none_here: the plan does not run it
    std::int32_t let_go_step = -1;      ///< the last inside which it let go of what it held
    std::vector<std::size_t> holdings;  ///< in the timeline, of each of its markets, steady before spot
  };
  struct ServiceMemory {
    std::size_t place = none_here;
    double overflowed = 0.0, unserved = 0.0;  ///< since the tile began
  };
  static constexpr std::size_t none_here = static_cast<std::size_t>(-1);

  void add_job(const scenario::JobAssignment& assignment, int component);
  void add_service(const scenario::ServiceAssignment& assignment, int component);
  std::size_t market_place(int market);
  void tap_price(int market, Purchase purchase, const PriceSource& source, double per_hour);
  void tap_capacity(int market, Purchase purchase, int capacity);
  void add_demand(int demand, int slot);

  void begins(const PathContext<Lane>& path, const Workspace<Lane>& work);
  void tile(const WorldTile<Lane>& tile, const Workspace<Lane>& work);
  void end(const Workspace<Lane>& work);
  void record_repricings(const WorldTile<Lane>& tile);

  void happens(int job, JobEvent event, const Instant<Lane>& at, const JobState<Lane>& state);
  void passes(int job, int from, int until, const JobState<Lane>& state);
  void lived(int job, int step, const JobState<Lane>& state);
  void serves(int service, const WorldTile<Lane>& tile, int first, const ServiceState<Lane>& state,
              const ServiceArrays<Lane>& arrays, const ServiceRows<Lane>& rows);

  /// Adds a share of the step to what the job holds in it.
  void add_holding(int job, int step, const JobState<Lane>& state, float share);
  void describe_parts(const JobParameters& job, JobRecord& record) const;
  void let_go_inside(int job, const Instant<Lane>& at, const JobState<Lane>& state);
  void note_progress(int job, int step, const JobState<Lane>& before, const JobState<Lane>& now);
  /// Whether instances of the fleet are taken back one by one.
  bool any_reclaims(const ServiceParameters& service) const;
  bool was_reclaim(const JobParameters& job, const JobState<Lane>& state) const;
  /// Of a gang that splits; null: it does not.
  const JobMix<Lane>* mix(const JobParameters& job) const { return job.split < 0 ? nullptr : mixes_ + job.split; }
  bool saves(const JobParameters& job, const JobState<Lane>& state, JobRecord::Kind kind) const;

  const scenario::Scenario& scenario_;
  const scenario::Lowered& lowered_;
  const Parameters& parameters_;
  Timeline& timeline_;
  std::vector<PriceTap> prices_;
  std::vector<CapacityTap> capacities_;
  std::vector<int> demand_slots_;        ///< beside Timeline::demands
  std::vector<int> repricings_;          ///< beside Timeline::markets, −1: never
  std::vector<float> multipliers_;       ///< likewise: of the step before
  std::vector<JobMemory> jobs_;          ///< [job component]
  std::vector<ServiceMemory> services_;  ///< [service component]
  // While the path is simulated
  const PathContext<Lane>* path_ = nullptr;
  const JobPart<Lane>* parts_ = nullptr;
  const JobMix<Lane>* mixes_ = nullptr;
};

struct Recorder::JobWatch {
  Recorder* recorder;
  int job;

  void happens(JobEvent event, bool where, const Instant<Lane>& at, const JobState<Lane>& state) const {
    if (where) recorder->happens(job, event, at, state);
  }
  void passes(int from, int until, const JobState<Lane>& state) const { recorder->passes(job, from, until, state); }
  void lived(int step, const JobState<Lane>& state) const { recorder->lived(job, step, state); }
};

struct Recorder::ServiceWatch {
  Recorder* recorder;
  int service;

  void serves(const WorldTile<Lane>& tile, int first, int end, const ServiceState<Lane>& state,
              const ServiceArrays<Lane>& arrays, const ServiceRows<Lane>& rows) const {
    for (int k = first; k < end; ++k) recorder->serves(service, tile, k, state, arrays, rows);
  }
};

struct Recorder::Watch {
  Recorder* recorder;

  void begins(const PathContext<Lane>& path, const Workspace<Lane>& work) const { recorder->begins(path, work); }
  void tile(const WorldTile<Lane>& tile, const Workspace<Lane>& work) const { recorder->tile(tile, work); }
  JobWatch job(int j) const { return {recorder, j}; }
  ServiceWatch service(int i) const { return {recorder, i}; }
};

}  // namespace costrisk::run
