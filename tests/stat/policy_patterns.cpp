// Policies equal the published tick rules: the reference on hand-made capacity patterns and on the published
// replays, the engine on capacity that alternates regularly.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "tests/reference/job.hpp"
#include "tests/stat/builder.hpp"
#include "tests/stat/subject.hpp"
#include "tests/stat/tick_rules.hpp"

namespace costrisk::stat {
namespace {

constexpr double on_demand_price = 3.06;
constexpr double spot_price = 0.9731;

/// One job under the rules' own conditions: whole gaps billed, nothing ever rolled back.
scenario::Scenario rules_scenario(const TickCase& c, std::int64_t steps) {
  const double hour = 3600.0;
  scenario::Scenario scenario = one_market(c.gap / hour, static_cast<double>(steps) * c.gap / hour);
  scenario.markets[0].billing_increment_seconds = c.gap;
  scenario::Job job = plain_job("j", scenario::Law::constant(c.task / hour));
  job.deadline_seconds = c.deadline;
  scenario::JobAssignment& assignment =
      add_job(scenario, job, c.uniform_progress ? Policy::uniform_progress : Policy::greedy);
  assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
  assignment.restart_seconds = c.restart;
  return scenario;
}

struct ReferenceOutcome {
  double cost;
  reference::JobPath job;
};

ReferenceOutcome reference_on(const TickCase& c, const std::vector<char>& up) {
  const auto steps = static_cast<std::int64_t>(up.size());
  const scenario::Scenario scenario = rules_scenario(c, steps);
  reference::MarketPath market;
  market.on_demand_price.assign(up.size(), on_demand_price);
  market.spot_price.assign(up.size(), spot_price);
  market.on_demand = reference::CapacityPath::always_up(steps);
  market.spot = reference::CapacityPath::of_pattern(up);
  reference::RunDraw run;
  run.work_instance_hours = c.task / 3600.0;
  reference::Bill bill(steps, 1);
  reference::JobPath job = reference::simulate_job(scenario, scenario.plans[0].jobs[0], {market}, {run},
                                                   reference::Stream(1, 0, "none"), 0, bill);
  return {bill.total(), job};
}

double cost_of(const TickOutcome& outcome, double gap) {
  return gap / 3600.0 * (outcome.spot_gaps * spot_price + outcome.on_demand_gaps * on_demand_price);
}

void expect_equal(const TickCase& c, const std::vector<char>& up, const std::string& where) {
  const TickOutcome expected = replay(c, up);
  const ReferenceOutcome got = reference_on(c, up);
  EXPECT_NEAR(got.cost, cost_of(expected, c.gap), 1e-6) << where;
  EXPECT_NEAR(got.job.finish_hours, expected.finish / 3600.0, 1e-9) << where;
  EXPECT_EQ(got.job.interruptions, expected.preemptions) << where;
}

std::vector<char> pattern(const std::string& letters, std::size_t size) {
  std::vector<char> up;
  while (up.size() < size) up.push_back(letters[up.size() % letters.size()] == 'u' ? 1 : 0);
  return up;
}

TEST(PolicyPatterns, ReferenceEqualsTheTickRulesOnHandMadePatterns) {
  for (const bool uniform : {false, true}) {
    for (const std::string letters :
         {"u", "d", "ud", "uuuuud", "uddddddd", "uuuuuuuuuuuuuuuudddddddddddddddddddddddddddd",
          "dddddddddddddddddddddddddddddduuuuuuuuuuuuuuuuuu", "uudduuudddduuuuudddddd"}) {
      for (const double restart : {0.0, 0.3, 1.0, 2.5}) {
        for (const double slack : {0.0, 3.0, 10.0, 40.0}) {
          const TickCase c{uniform, 600.0, 60 * 600.0, (60 + slack) * 600.0, restart * 600.0};
          expect_equal(c, pattern(letters, 600),
                       letters + " restart " + std::to_string(restart) + " slack " + std::to_string(slack));
        }
      }
    }
  }
}

TEST(PolicyPatterns, ReferenceEqualsTheTickRulesOnRandomPatterns) {
  std::mt19937_64 engine(20240416);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int trial = 0; trial < 2000; ++trial) {
    const double up_chance = uniform(engine), stay = uniform(engine);
    std::vector<char> up(700);
    char state = uniform(engine) < up_chance ? 1 : 0;
    for (char& entry : up) {
      if (uniform(engine) > stay) state = uniform(engine) < up_chance ? 1 : 0;
      entry = state;
    }
    const auto eighths = [&](double most) { return std::floor(8.0 * most * uniform(engine)) / 8.0; };
    const double task = 20.0 + eighths(80.0);
    const TickCase c{trial % 2 == 0, 600.0, task * 600.0, (task + eighths(60.0)) * 600.0, eighths(3.0) * 600.0};
    expect_equal(c, up, "trial " + std::to_string(trial));
  }
}

/// A trace of a value a step of an hour, of which each future meets a window.
scenario::History in_turn(int up, int down, int steps) {
  trace::History trace;
  trace.gap_seconds = 3600.0;
  for (int k = 0; k < steps; ++k) {
    trace.time_seconds.push_back(3600.0 * k);
    trace.value.push_back(k % (up + down) < up ? 1.0 : 0.0);
  }
  scenario::History history;
  history.path = history.content_sha256 = "in turn";
  history.sampling = scenario::History::Sampling::window;
  history.trace = std::make_shared<const trace::History>(std::move(trace));
  return history;
}

class RegularCapacity : public testing::TestWithParam<Subject> {};

// Capacity that is up for `u` steps and down for `d` in turn, measured once a step and met at a random one, can only
// show u + d patterns: every future must cost and end as the rules say for one of them.
TEST_P(RegularCapacity, EveryFutureFollowsTheTickRules) {
  struct Rhythm {
    int up, down;
  };
  for (const Rhythm& rhythm : {Rhythm{7, 5}, Rhythm{3, 9}, Rhythm{30, 4}, Rhythm{2, 1}, Rhythm{5, 40}}) {
    for (const bool uniform : {false, true}) {
      for (const double restart : {0.0, 0.5, 1.25}) {
        for (const double slack : {2.0, 15.0, 45.0}) {
          const TickCase c{uniform, 3600.0, 40.25 * 3600.0, (40.0 + slack) * 3600.0, restart * 3600.0};
          const std::string where = "up " + std::to_string(rhythm.up) + " down " + std::to_string(rhythm.down) +
                                    (uniform ? " uniform progress" : " greedy") + " restart " +
                                    std::to_string(restart) + " slack " + std::to_string(slack);
          const int period = rhythm.up + rhythm.down;
          const int steps = 150;
          scenario::Scenario scenario = rules_scenario(c, steps);
          scenario.markets[0].on_demand->price.mode = on_demand_price;
          scenario.markets[0].spot->price->mean.mode = spot_price;
          scenario.markets[0].spot->capacity.reset();
          scenario.markets[0].spot->capacity_history = in_turn(rhythm.up, rhythm.down, steps + period - 1);
          const PlanResults plan = simulate(GetParam(), scenario, 200, 3).plans[0];

          std::vector<TickOutcome> possible;
          for (int phase = 0; phase < period; ++phase) {
            std::vector<char> up(steps);
            for (int k = 0; k < steps; ++k) up[k] = (k + phase) % period < rhythm.up ? 1 : 0;
            possible.push_back(replay(c, up));
          }
          std::vector<int> seen(possible.size(), 0);
          for (std::size_t path = 0; path < plan.cost.size(); ++path) {
            bool found = false;
            for (std::size_t phase = 0; phase < possible.size(); ++phase) {
              if (std::abs(plan.cost[path] - cost_of(possible[phase], c.gap)) < 2e-5 &&
                  std::abs(plan.finish[0][path] - possible[phase].finish / 3600.0) < 1e-4) {
                found = true;
                seen[phase] = 1;
              }
            }
            ASSERT_TRUE(found) << where << ", path " << path << ": cost " << plan.cost[path] << ", finish "
                               << plan.finish[0][path];
          }
          // 200 futures leave one of at most 45 phases out with a chance below 2 %, two of three hardly ever.
          EXPECT_GT(2 * std::accumulate(seen.begin(), seen.end(), 0), period) << where;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, RegularCapacity, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

/// The published replays: policies by name, their traces and costs.
class PublishedReplays : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(COSTRISK_SOURCE_DIR) / "../shared/data";
    std::ifstream file(folder_ / "cbl_reference.json");
    if (!file) GTEST_SKIP() << "no published replays at " << folder_.lexically_normal();
    cases_ = nlohmann::json::parse(file).at("cases");
  }
  const std::vector<char>& trace(const std::string& name) {
    auto found = traces_.find(name);
    if (found == traces_.end()) {
      std::ifstream file(folder_ / "spot-traces" / name);
      const nlohmann::json parsed = nlohmann::json::parse(file);
      std::vector<char> up;
      for (const auto& entry : parsed.at("data")) up.push_back(entry.get<double>() > 0.0 ? 1 : 0);
      found = traces_.emplace(name, up).first;
    }
    return found->second;
  }
  std::filesystem::path folder_;
  nlohmann::json cases_;
  std::map<std::string, std::vector<char>> traces_;
};

TEST_F(PublishedReplays, AllCostsAreReproducedByTheReferenceAndByTheRules) {
  int replayed = 0;
  for (const auto& published : cases_) {
    const std::string policy = published.at("policy");
    if (policy != "strawman" && policy != "rc_cr_threshold") continue;
    const TickCase c{policy == "rc_cr_threshold", published.at("gap_seconds").get<double>(),
                     published.at("task_hours").get<double>() * 3600.0,
                     published.at("deadline_hours").get<double>() * 3600.0,
                     published.at("restart_overhead_hours").get<double>() * 3600.0};
    const std::vector<char>& whole = trace(published.at("trace"));
    const auto start = published.at("start_index").get<std::ptrdiff_t>();
    const std::vector<char> up(whole.begin() + start, whole.end());
    const double cost = published.at("cost").get<double>();
    EXPECT_NEAR(reference_on(c, up).cost, cost, 1e-6) << published;
    EXPECT_NEAR(cost_of(replay(c, up), c.gap), cost, 1e-6) << published;
    EXPECT_EQ(reference_on(c, up).job.interruptions, published.at("preemptions").get<int>()) << published;
    ++replayed;
  }
  EXPECT_EQ(replayed, 384);
}

}  // namespace
}  // namespace costrisk::stat
