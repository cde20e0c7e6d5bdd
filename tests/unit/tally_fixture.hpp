// A made-up run for tests of tallies and files: every value is a hash of its path, so that any split of the
// paths over chunks and tallies sees the same numbers.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <list>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

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

/// NaN equals itself, and 0 is not −0.
inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  const auto equal = [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

/// Owns what an Output points to.
class SyntheticChunk {
 public:
  SyntheticChunk(const Shape& shape, std::uint64_t first_path, int paths, int stride) : shape_(shape), stride_(stride) {
    const auto rows = [&](int count) { return static_cast<std::size_t>(count) * static_cast<std::size_t>(stride); };
    each_array(shape, out_, [&](const char*, auto*& pointer, int count) {
      auto& values = arrays_of<std::remove_reference_t<decltype(*pointer)>>().emplace_back();
      values.resize(rows(count));
      pointer = values.data();
    });
    out_.stride = stride;
    for (int p = 0; p < paths; ++p) fill(first_path + static_cast<std::uint64_t>(p), p);
  }

  Output output() { return out_; }

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
      out_.plan_cost[at(plan, p)] = cost;
      const int c = plan * category_count;
      out_.plan_category[at(c + static_cast<int>(Category::on_demand), p)] = cost + credit;
      out_.plan_category[at(c + static_cast<int>(Category::credit), p)] = -credit;
      for (int owner = 0; owner < shape_.owners; ++owner)
        out_.plan_owner[at(plan * shape_.owners + owner, p)] = owner == 0 ? cost - credit : owner == 1 ? credit : 0;
      for (int bin = 0; bin < shape_.bins; ++bin)
        out_.plan_bin[at(plan * shape_.bins + bin, p)] = cost * (bin + 1) / shape_.bins;
      for (int kind = 0; kind < waste_kind_count; ++kind)
        out_.plan_waste[at(plan * waste_kind_count + kind, p)] = cost / (kind + 10);
      out_.plan_covered[at(plan, p)] = cost / 3;
      for (int service = 0; service < shape_.services; ++service)
        out_.plan_service[at(plan * shape_.services + service, p)] = cost / (service + 2);
    }
    for (int job = 0; job < shape_.job_components; ++job) {
      const std::uint64_t key = hashed(path, 1000 + static_cast<std::uint64_t>(job));
      const bool never = key % 10 == 0;
      out_.job_finish[at(job, p)] = never ? never_ticks : static_cast<std::int64_t>(key % (1000 * ticks_per_step));
      out_.job_runs[at(job, p)] = 3;
      out_.job_late[at(job, p)] = static_cast<std::int32_t>(key % 4);
      out_.job_interruptions[at(job, p)] = static_cast<std::int32_t>(key % 17);
      out_.job_lost[at(job, p)] = static_cast<std::int64_t>(key % (50 * ticks_per_step));
      const int uses = shape_.markets * purchase_count;
      for (int i = 0; i < uses; ++i)
        out_.job_use[at(job * uses + i, p)] = i * ticks_per_step + static_cast<std::int64_t>(key % 1000);
    }
    fill_services(path, p);
    // The first driver is what the first plan's cost follows, the second, a chance, nothing.
    for (int driver = 0; driver < shape_.drivers; ++driver)
      out_.driver_cell[at(driver, p)] = driver == 0 ? static_cast<std::int32_t>(driver_cells * uniform(path, 100))
                                        : uniform(path, 5000) < 0.25 ? 0
                                                                     : driver_cells - 1;
  }

  /// One path in ten serves nothing.
  void fill_services(std::uint64_t path, int p) {
    for (int service = 0; service < shape_.service_components; ++service) {
      const std::uint64_t key = hashed(path, 3000 + static_cast<std::uint64_t>(service));
      const std::int64_t served = key % 10 == 0 ? 0 : static_cast<std::int64_t>(key % 1'000'000'000);
      out_.service_served[at(service, p)] = served;
      out_.service_unserved[at(service, p)] = static_cast<std::int64_t>(key % 5'000'000);
      out_.service_tokens[at(service, p)] = served / 4;
      out_.service_queued[at(service, p)] = served / 2;
      out_.service_waiting[at(service, p)] = served * 3;
      out_.service_peak[at(service, p)] = static_cast<std::int32_t>(key % 60);
      const int uses = shape_.markets * purchase_count;
      for (int i = 0; i < uses; ++i)
        out_.service_use[at(service * uses + i, p)] = i * ticks_per_step + static_cast<std::int64_t>(key % 999);
    }
  }

  template <class Value>
  std::list<std::vector<Value>>& arrays_of() {
    return std::get<std::list<std::vector<Value>>>(arrays_);
  }

  Shape shape_;
  int stride_;
  Output out_;
  std::tuple<std::list<std::vector<std::int64_t>>, std::list<std::vector<std::int32_t>>,
             std::list<std::vector<std::uint32_t>>>
      arrays_;
};

/// Three plans, four bins; two jobs and two services, of each of which the last plan runs only the first. The second
/// service's demand tells no tokens.
inline results::TallyLayout small_layout(std::uint64_t paths) {
  results::TallyLayout layout;
  layout.shape = {.plans = 3,
                  .owners = 3,
                  .bins = 4,
                  .markets = 2,
                  .services = 2,
                  .job_components = 3,
                  .service_components = 4,
                  .drivers = 2};
  layout.jobs = 2;
  layout.job_component = {0, 1, 2, 1, 0, -1};
  layout.service_component = {0, 3, 1, 2, 1, -1};
  layout.tells_tokens = {1, 0};
  layout.paths = paths;
  layout.step_hours = 0.25;
  layout.budget_micros = 1'000'000'000'000;
  return layout;
}

inline results::ResultsContext small_context() {
  results::ResultsContext context;
  context.plans = {"on-demand", "spot", "mixed"};
  context.jobs = {"pretrain", "tune"};
  context.services = {"chat", "batch"};
  context.categories.assign(category_names.begin(), category_names.end());
  context.owners = {"research", "platform ü", "unused"};
  context.markets = {"m1", "m2"};
  context.purchases = {"on-demand", "spot", "reserved"};
  context.drivers = {"demand.chat.growth", "item.rent.chance"};
  for (int bin = 0; bin < 32; ++bin) {
    context.driver_bin_low.push_back(bin);
    context.driver_bin_high.push_back(bin + 1);
  }
  context.probabilities = {0.05, 0.5, 0.9, 0.95, 0.999};
  context.time_hours = {168, 336, 504, 672};
  context.obligation = {0.0, 250'000.0, 1.5};
  context.commitment_cost = {0.0, 40'000.0, 60'000.0};
  context.discount_cost = {0.0, 40'000.0, 20'000.0};
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
inline void add_paths(results::Tally& tally, std::uint64_t first, std::uint64_t count, int chunk) {
  for (std::uint64_t done = 0; done < count;) {
    const auto paths = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(chunk), count - done));
    SyntheticChunk made(tally.layout().shape, first + done, paths, chunk + 3);
    tally.add(made.output(), first + done, paths);
    done += static_cast<std::uint64_t>(paths);
  }
}

inline results::Tally tally_of(const results::TallyLayout& layout, std::uint64_t first, std::uint64_t count,
                               int chunk = 64) {
  results::Tally tally(layout);
  add_paths(tally, first, count, chunk);
  return tally;
}

}  // namespace costrisk::tests
