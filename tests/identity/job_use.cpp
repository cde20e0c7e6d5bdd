// Jobs on capacity of their own, and use told step by step: with parameters changed after they were lowered, so
// that each property stands alone.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>

#include "kernels/model/jobs/job_state.hpp"
#include "kernels/model/tile.hpp"
#include "tests/identity/engine_runs.hpp"

namespace costrisk::identity {
namespace {

/// Markets without spot; work of whole steps where nothing is uncertain.
std::string scenario_text(const std::string& job) {
  return R"(name = "use"
horizon = "100h"
step = "30m"
[[market]]
name = "a"
hardware_mtbf = "80000000h"
billing = { increment = "1s", minimum = "60s" }
on_demand = 10.0
[[market]]
name = "b"
like = "a"
[[job]]
name = "train"
work = 40
throughput = { a = 1.0, b = 1.0 }
checkpoint = { interval = "1h", write = "0s" }
restart = "30m"
)" + job +
         R"(
[[plan]]
name = "plan"
[plan.job.train]
markets = ["a", "b"]
instances = 1
policy = "on-demand"
)";
}

scenario::Lowered lowered_text(const std::string& job = "") {
  return scenario::lower(load_configs_text(scenario_text(job)));
}

struct Offer {
  std::int32_t step;
  float instances;
};

/// Makes the first job draw on capacity of its own, market by market.
void reserve(scenario::Lowered& lowered, const std::vector<std::vector<Offer>>& offers) {
  scenario::ParameterStorage& s = *lowered.storage;
  JobParameters& job = s.jobs[0];
  job.policy = Policy::reserved;
  for (std::size_t m = 0; m < offers.size(); ++m) {
    JobMarketParameters& market = s.job_markets[static_cast<std::size_t>(job.markets.first) + m];
    market.availability = {static_cast<std::int32_t>(s.availabilities.size()),
                           static_cast<std::int32_t>(offers[m].size())};
    for (const Offer& offer : offers[m]) s.availabilities.push_back({offer.step, offer.instances});
  }
  lowered.parameters.availabilities = s.availabilities.data();
}

void ask_for_use(scenario::Lowered& lowered) {
  scenario::ParameterStorage& s = *lowered.storage;
  s.use_rows.assign(s.job_markets.size(), {});
  for (std::size_t i = 0; i < s.job_markets.size(); ++i) s.job_markets[i].use_row = static_cast<std::int32_t>(i);
  lowered.parameters.use_rows = s.use_rows.data();
  lowered.parameters.use_row_count = static_cast<std::int32_t>(s.use_rows.size());
}

/// What one group of paths told of its use, by job market: by step, and in all.
struct Told {
  std::map<int, std::vector<std::vector<float>>> rows;  ///< [job market][step][path]
  std::map<int, std::vector<double>> steady;            ///< [job market][path]: steps
};

class Listener {
 public:
  Listener(const LaneRun& lane, const Parameters& parameters) : width_(lane.width), parameters_(parameters) {
    const std::size_t bytes = lane.workspace_bytes(parameters);
    const std::unique_ptr<std::byte[]> memory(new std::byte[bytes + 64]);
    auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.get()) + 63) / 64 * 64);
    std::memset(aligned, 0xFF, bytes);
    lane.record(parameters, 0, aligned, {this, put}, Forms::chosen);
  }
  const Told& told() const { return told_; }

 private:
  static void put(void* context, const char* what, int entity, int element, bool, const std::int32_t* bits) {
    Listener& self = *static_cast<Listener*>(context);
    const auto width = static_cast<std::size_t>(self.width_);
    if (std::string_view(what) == "job use row") {
      std::vector<float> lanes(width);
      std::memcpy(lanes.data(), bits, sizeof(float) * width);
      self.told_.rows[entity].push_back(lanes);
    } else if (std::string_view(what) == "job use") {
      // Capacity of one's own that is taken as spot is told as that.
      const int holding = self.parameters_.job_markets[entity].has_own ? holding_spot : holding_steady;
      if (element / 2 != holding) return;
      std::vector<double>& steady = self.told_.steady[entity];
      if (element % 2 == 0) steady.assign(width, 0.0);
      for (std::size_t i = 0; i < width; ++i) steady[i] += element % 2 == 0 ? bits[i] : std::ldexp(bits[i], -tick_bits);
    }
  }

  int width_;
  const Parameters& parameters_;
  Told told_;
};

constexpr std::int64_t step_ticks = ticks_per_step;

TEST(Use, told_by_the_step_adds_up_to_the_use_on_every_lane_and_scenario) {
  for (const std::filesystem::path& file : scenario_files()) {
    scenario::Lowered lowered = scenario::lower(load_file(file));
    ask_for_use(lowered);
    const Parameters& p = lowered.parameters;
    for (const Build& build : builds()) {
      const Listener listener(*build.run, p);
      for (int j = 0; j < p.job_count; ++j)
        for (int m = p.jobs[j].markets.first; m < p.jobs[j].markets.first + p.jobs[j].markets.count; ++m) {
          // Nothing covers spot; a gang that splits would tell of that too.
          if (p.jobs[j].split >= 0 && p.job_markets[m].has_spot) continue;
          const auto& rows = listener.told().rows.at(m);
          ASSERT_EQ(rows.size(), static_cast<std::size_t>((p.steps + tile_steps - 1) / tile_steps * tile_steps));
          for (int lane = 0; lane < build.run->width; ++lane) {
            double sum = 0.0;
            for (std::size_t k = 0; k < rows.size(); ++k) {
              const double instances = rows[k][static_cast<std::size_t>(lane)];
              EXPECT_GE(instances, 0.0);
              if (k >= static_cast<std::size_t>(p.steps)) {
                EXPECT_EQ(instances, 0.0) << "beyond the horizon";
              }
              sum += instances;
            }
            const double used =
                listener.told().steady.at(m)[static_cast<std::size_t>(lane)] * static_cast<double>(p.jobs[j].gang);
            // A tile's sum of up to 64 steps in single precision, and its rounding to ticks.
            const double tiles = static_cast<double>(rows.size()) / tile_steps;
            EXPECT_NEAR(sum, used, static_cast<double>(p.jobs[j].gang) * tiles * 0x1p-16)
                << file << ", " << build.name << ", job market " << m << ", lane " << lane;
          }
        }
    }
  }
}

TEST(Use, of_a_part_of_a_step_stands_in_that_step_with_what_billing_adds) {
  // A restart of one step and 41.25 steps of work, billed by whole steps.
  scenario::Lowered lowered = lowered_text();
  lowered.storage->event_laws[static_cast<std::size_t>(lowered.storage->jobs[0].work)].value = 41.25f;
  for (JobMarketParameters& market : lowered.storage->job_markets) {
    market.increments = 0;
    market.increments_per_step = market.increment = 1.0f;
    market.minimum = 45.0f;
  }
  ask_for_use(lowered);
  for (const Build& build : builds()) {
    const Listener listener(*build.run, lowered.parameters);
    const auto& rows = listener.told().rows.at(0);
    for (std::size_t k = 0; k < rows.size(); ++k)
      // 42.25 steps have run in step 42 and the minimum is 45: the remaining 2.75 are billed there.
      EXPECT_EQ(rows[k][0], k < 42 ? 1.0f : k == 42 ? 3.0f : 0.0f) << build.name << ", step " << k;
    for (const auto& row : listener.told().rows.at(1)) EXPECT_EQ(row[0], 0.0f);
  }
}

TEST(Reserved, capacity_that_never_ends_runs_as_on_demand_does_and_costs_nothing) {
  scenario::Lowered on_demand = lowered_text(), reserved = lowered_text();
  for (scenario::Lowered* lowered : {&on_demand, &reserved})
    for (JobMarketParameters& market : lowered->storage->job_markets)
      lowered->storage->laws[static_cast<std::size_t>(market.failure_rate)].value = 0.05f;
  reserve(reserved, {{{0, 1.0f}}});
  constexpr int paths = 64;
  for (const Build& build : builds()) {
    const Results bought = simulate(*build.backend, on_demand, 0, paths),
                  owned = simulate(*build.backend, reserved, 0, paths);
    for (const char* name : {"job_finish", "job_late", "job_interruptions", "job_lost"})
      EXPECT_EQ(array(bought, name), array(owned, name)) << build.name;
    EXPECT_GT(array(owned, "job_interruptions").rows[0][0] + array(owned, "job_interruptions").rows[0][1], 0);
    const auto& use = array(owned, "job_use").rows;
    EXPECT_EQ(use[static_cast<std::size_t>(Purchase::reserved)],
              array(bought, "job_use").rows[static_cast<std::size_t>(Purchase::on_demand)]);
    for (int path = 0; path < paths; ++path) {
      EXPECT_EQ(use[static_cast<std::size_t>(Purchase::on_demand)][static_cast<std::size_t>(path)], 0);
      EXPECT_EQ(array(owned, "plan_cost").rows[0][static_cast<std::size_t>(path)], 0);
      EXPECT_GT(array(bought, "plan_cost").rows[0][static_cast<std::size_t>(path)], 0);
    }
  }
}

TEST(Reserved, a_gang_waits_while_nothing_is_offered_and_loses_no_work) {
  // 80 steps of work and a restart of one step: 40 steps, 25 of waiting, a second restart. In between, and before
  // its first entry, too little is offered. Cycles of two steps leave unsaved work at the end of the first offer.
  scenario::Lowered lowered = lowered_text();
  reserve(lowered, {{{0, 0.0f}, {3, 1.0f}, {43, 0.0f}, {68, 5.0f}}});
  ask_for_use(lowered);
  for (const Build& build : builds()) {
    const Results results = simulate(*build.backend, lowered, 0, 1);
    EXPECT_EQ(array(results, "job_finish").rows[0][0], (3 + 40 + 25 + 1 + 41) * step_ticks) << build.name;
    EXPECT_EQ(array(results, "job_lost").rows[0][0], 0);
    EXPECT_EQ(array(results, "job_interruptions").rows[0][0], 0);
    const Listener listener(*build.run, lowered.parameters);
    const auto& rows = listener.told().rows.at(0);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const bool held = (k >= 3 && k < 43) || (k >= 68 && k < 110);
      EXPECT_EQ(rows[k][0], held ? 1.0f : 0.0f) << build.name << ", step " << k;
    }
  }
}

TEST(Reserved, the_first_market_of_the_list_that_offers_it_is_taken_when_the_held_one_ends) {
  scenario::Lowered lowered = lowered_text();
  reserve(lowered, {{{0, 1.0f}, {33, 0.0f}, {50, 1.0f}}, {{0, 1.0f}, {70, 0.0f}}});
  ask_for_use(lowered);
  for (const Build& build : builds()) {
    // It moves at 33 and at 70, when `a` has long come back: 80 steps of work and three restarts.
    const Results results = simulate(*build.backend, lowered, 0, 1);
    EXPECT_EQ(array(results, "job_finish").rows[0][0], 83 * step_ticks) << build.name;
    const Listener listener(*build.run, lowered.parameters);
    for (std::size_t k = 0; k < 200; ++k) {
      EXPECT_EQ(listener.told().rows.at(0)[k][0], k < 33 || (k >= 70 && k < 83) ? 1.0f : 0.0f) << "step " << k;
      EXPECT_EQ(listener.told().rows.at(1)[k][0], k >= 33 && k < 70 ? 1.0f : 0.0f) << "step " << k;
    }
  }
}

TEST(Reserved, what_is_unfinished_is_bought_out_at_the_on_demand_price) {
  scenario::Lowered lowered = lowered_text("unfinished = \"buy-out\"\n");
  reserve(lowered, {{{0, 1.0f}, {41, 0.0f}}});
  const Results results = simulate(*fastest_build().backend, lowered, 0, 1);
  EXPECT_EQ(array(results, "job_finish").rows[0][0], never_ticks);
  // 40 of 80 steps are done; the others are half an hour each.
  EXPECT_EQ(array(results, "plan_category").rows[static_cast<std::size_t>(Category::unfinished)][0],
            40 * 5 * micros_per_unit);
  EXPECT_EQ(array(results, "plan_cost").rows[0][0], 40 * 5 * micros_per_unit);
}

TEST(Optimizations, multiply_the_time_that_the_work_takes) {
  scenario::Lowered plain = lowered_text(), faster = lowered_text();
  scenario::ParameterStorage& s = *faster.storage;
  for (const float factor : {0.5f, 0.75f}) {
    LawParameters law;
    law.value = factor;
    s.law_lists.push_back(static_cast<LawIndex>(s.laws.size()));
    s.laws.push_back(law);
  }
  s.jobs[0].speedups = {static_cast<std::int32_t>(s.law_lists.size()) - 2, 2};
  faster.parameters.laws = s.laws.data();
  faster.parameters.law_count = static_cast<std::int32_t>(s.laws.size());
  faster.parameters.law_lists = s.law_lists.data();
  for (const Build& build : builds()) {
    EXPECT_EQ(array(simulate(*build.backend, plain, 0, 1), "job_finish").rows[0][0], 81 * step_ticks);
    EXPECT_EQ(array(simulate(*build.backend, faster, 0, 1), "job_finish").rows[0][0], 31 * step_ticks);
  }
}

}  // namespace
}  // namespace costrisk::identity
