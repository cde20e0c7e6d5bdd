// A made-up run for tests of tallies and files: every value is a hash of its path, so that any split of the
// paths over chunks and tallies sees the same numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "src/tally/results.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::tests {

/// A well-mixed function of its arguments (splitmix64's finalizer).
inline std::uint64_t hashed(std::uint64_t path, std::uint64_t what) {
  std::uint64_t z = path * 0x9E3779B97F4A7C15ULL + what * 0xD1B54A32D192ED03ULL + 0x632BE59BD9B4E019ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// Uniform on (0, 1).
inline double uniform(std::uint64_t path, std::uint64_t what) {
  return (static_cast<double>(hashed(path, what) >> 12) + 0.5) * 0x1p-52;
}

/// Owns what an Output points to.
class SyntheticChunk {
 public:
  SyntheticChunk(const Shape& shape, std::uint64_t first_path, int paths, int stride) : shape_(shape), stride_(stride) {
    const auto rows = [&](int count) { return static_cast<std::size_t>(count) * static_cast<std::size_t>(stride); };
    cost_.resize(rows(shape.plans));
    category_.resize(rows(shape.plans * category_count));
    owner_.resize(rows(shape.plans * shape.owners));
    edge_.resize(rows(shape.plans * shape.edges));
    waste_.resize(rows(shape.plans * waste_kind_count));
    finish_.resize(rows(shape.job_components));
    runs_.resize(rows(shape.job_components));
    late_.resize(rows(shape.job_components));
    interruptions_.resize(rows(shape.job_components));
    lost_.resize(rows(shape.job_components));
    use_.resize(rows(shape.job_components * shape.markets * purchase_count));
    for (int p = 0; p < paths; ++p) fill(first_path + static_cast<std::uint64_t>(p), p);
  }

  Output output() {
    Output out;
    out.stride = stride_;
    out.plan_cost = cost_.data();
    out.plan_category = category_.data();
    out.plan_owner = owner_.data();
    out.plan_edge = edge_.data();
    out.plan_waste = waste_.data();
    out.job_finish = finish_.data();
    out.job_runs = runs_.data();
    out.job_late = late_.data();
    out.job_interruptions = interruptions_.data();
    out.job_lost = lost_.data();
    out.job_use = use_.data();
    return out;
  }

  /// The cost of a plan on a path, in micro-units. On one path in eight all plans cost the same.
  static std::int64_t cost_micros(std::uint64_t path, int plan) {
    const std::uint64_t plan_key = hashed(path, 7) % 8 == 0 ? 0 : static_cast<std::uint64_t>(plan);
    const double u = uniform(path, 100 + plan_key);
    return static_cast<std::int64_t>(2e11 + 1e11 * u / (1.05 - u));
  }

 private:
  std::size_t at(int row, int p) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(stride_) + static_cast<std::size_t>(p);
  }

  void fill(std::uint64_t path, int p) {
    for (int plan = 0; plan < shape_.plans; ++plan) {
      const std::int64_t cost = cost_micros(path, plan);
      const std::int64_t credit = static_cast<std::int64_t>(hashed(path, 11) % 1'000'000'000);
      cost_[at(plan, p)] = cost;
      const int c = plan * category_count;
      category_[at(c + static_cast<int>(Category::on_demand), p)] = cost + credit;
      category_[at(c + static_cast<int>(Category::credit), p)] = -credit;
      for (int owner = 0; owner < shape_.owners; ++owner)
        owner_[at(plan * shape_.owners + owner, p)] = owner == 0 ? cost - credit : owner == 1 ? credit : 0;
      for (int edge = 0; edge < shape_.edges; ++edge)
        edge_[at(plan * shape_.edges + edge, p)] = cost * (edge + 1) / shape_.edges;
      for (int kind = 0; kind < waste_kind_count; ++kind)
        waste_[at(plan * waste_kind_count + kind, p)] = cost / (kind + 10);
    }
    for (int job = 0; job < shape_.job_components; ++job) {
      const std::uint64_t key = hashed(path, 1000 + static_cast<std::uint64_t>(job));
      const bool never = key % 10 == 0;
      finish_[at(job, p)] = never ? never_ticks : static_cast<std::int64_t>(key % (1000 * ticks_per_step));
      runs_[at(job, p)] = 3;
      late_[at(job, p)] = static_cast<std::int32_t>(key % 4);
      interruptions_[at(job, p)] = static_cast<std::int32_t>(key % 17);
      lost_[at(job, p)] = static_cast<std::int64_t>(key % (50 * ticks_per_step));
      const int uses = shape_.markets * purchase_count;
      for (int i = 0; i < uses; ++i)
        use_[at(job * uses + i, p)] = i * ticks_per_step + static_cast<std::int64_t>(key % 1000);
    }
  }

  Shape shape_;
  int stride_;
  std::vector<std::int64_t> cost_, category_, owner_, edge_, waste_, finish_, lost_, use_;
  std::vector<std::int32_t> runs_, late_, interruptions_;
};

/// Three plans, two jobs of which the last plan runs only the first, four bins.
inline tally::TallyLayout small_layout(std::uint64_t paths) {
  tally::TallyLayout layout;
  layout.shape = {3, 3, 4, 2, 3, 0};
  layout.jobs = 2;
  layout.job_component = {0, 1, 2, 1, 0, -1};
  layout.paths = paths;
  layout.step_hours = 0.25;
  layout.budget_micros = 1'000'000'000'000;
  return layout;
}

inline tally::ResultsContext small_context() {
  tally::ResultsContext context;
  context.plans = {"on-demand", "spot", "mixed ü"};
  context.jobs = {"pretrain", "tune"};
  context.categories = {"commitment", "on-demand", "spot",    "serverless", "egress",
                        "item",       "penalty",   "one-off", "unfinished", "credit"};
  context.owners = {"research", "platform", "unused"};
  context.markets = {"m1", "m2"};
  context.purchases = {"on-demand", "spot", "reserved"};
  context.probabilities = {0.05, 0.5, 0.9, 0.95, 0.999};
  context.time_hours = {168, 336, 504, 672};
  context.scenario_name = "A made-up run";
  context.horizon_hours = 672;
  context.scenario_toml = "name = \"A made-up run\"\n";
  context.scenario_sha256 = std::string(64, 'a');
  context.parameters_sha256 = std::string(64, 'b');
  context.seed = 42;
  context.costrisk_version = "0.0.0";
  context.git_sha = "unknown";
  return context;
}

/// Adds paths [first, first + count) in chunks of `chunk`.
inline void add_paths(tally::Tally& tally, std::uint64_t first, std::uint64_t count, int chunk) {
  for (std::uint64_t done = 0; done < count;) {
    const auto paths = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(chunk), count - done));
    SyntheticChunk made(tally.layout().shape, first + done, paths, chunk + 3);
    tally.add(made.output(), first + done, paths);
    done += static_cast<std::uint64_t>(paths);
  }
}

inline tally::Tally tally_of(const tally::TallyLayout& layout, std::uint64_t first, std::uint64_t count,
                             int chunk = 64) {
  tally::Tally tally(layout);
  add_paths(tally, first, count, chunk);
  return tally;
}

}  // namespace costrisk::tests
