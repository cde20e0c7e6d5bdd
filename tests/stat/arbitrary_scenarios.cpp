// The engine against the reference simulator over scenarios that nobody wrote, and the same comparison against a
// reference with one number changed, which must fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "src/scenario/reader/load.hpp"
#include "tests/arbitrary/generator.hpp"
#include "tests/arbitrary/seeds.hpp"
#include "tests/stat/comparison.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

using arbitrary::Chance;
using arbitrary::Seeds;
using Change = std::function<void(scenario::Scenario&)>;

/// Of all comparisons of a test together; seeds are fixed.
constexpr double false_alarm = 1e-3;
/// Where a difference is larger in standard errors, a second and larger sample decides: the tails of some quantities
/// are heavy.
constexpr double doubtful = 4.5;

struct Sizes {
  std::uint64_t engine, reference, seed;
};

std::vector<Difference> compare_with(const scenario::Scenario& scenario, const Change& change, const Sizes& sizes) {
  scenario::Scenario changed = scenario;
  if (change) change(changed);
  return compare(scenario, simulate(Subject::engine, scenario, sizes.engine, sizes.seed),
                 simulate(Subject::reference, changed, sizes.reference, sizes.seed + 1));
}

bool in_doubt(const std::vector<Difference>& differences) {
  return std::any_of(differences.begin(), differences.end(),
                     [](const Difference& d) { return std::abs(d.z) > doubtful; });
}

/// A little more work and slower instances. What one half of a tie decides does not outlast it.
void shift(scenario::Scenario& scenario) {
  const auto scale = [](scenario::Law& law, double factor) {
    law.mode *= factor;
    law.low *= factor;
    law.high *= factor;
    law.median *= factor;
  };
  for (scenario::Job& job : scenario.jobs) scale(job.work_instance_hours, 1.0007);
  for (scenario::Service& service : scenario.services)
    for (scenario::MarketRate& rate : service.rate) scale(rate.rate, 1.0 - 0.0003);
}

std::vector<Difference> differences_of(scenario::Scenario scenario, Chance chance, const Change& change) {
  if (chance == Chance::some) {
    const std::vector<Difference> first = compare_with(scenario, change, {6'000, 600, 7});
    return in_doubt(first) ? compare_with(scenario, change, {100'000, 10'000, 107}) : first;
  }
  constexpr Sizes few{64, 40, 1};
  const std::vector<Difference> first = compare_with(scenario, change, few);
  if (!in_doubt(first)) return first;
  shift(scenario);
  return compare_with(scenario, change, few);
}

/// What differs on these scenarios, and where to find them. One that cannot be simulated fails the test.
std::string disagreements(const Seeds& seeds, Chance chance, const Change& change = {}) {
  std::vector<Difference> all;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const arbitrary::Folder folder(seed, chance, testing::TempDir());
    bool keeps = false;
    try {
      std::vector<Difference> differences = differences_of(scenario::load(folder.scenario()).scenario, chance, change);
      keeps = in_doubt(differences) && !change;
      for (Difference& d : differences) {
        d.what = folder.scenario().string() + ": " + d.what;
        all.push_back(std::move(d));
      }
    } catch (const std::exception& error) {
      ADD_FAILURE() << folder.scenario() << ": " << error.what();
      keeps = true;
    }
    if (!keeps) folder.remove();
  }
  return beyond(all, false_alarm);
}

TEST(Arbitrary, futures_that_are_known_agree) { EXPECT_EQ(disagreements({0, 120}, Chance::none), ""); }
TEST(Arbitrary, futures_of_chance_agree) { EXPECT_EQ(disagreements({0, 24}, Chance::some), ""); }

TEST(LongArbitrary, futures_that_are_known_agree) {
  EXPECT_EQ(disagreements(arbitrary::seeds(1000, 2000), Chance::none), "");
}
TEST(LongArbitrary, futures_of_chance_agree) {
  EXPECT_EQ(disagreements(arbitrary::seeds(1000, 500), Chance::some), "");
}

struct PlantedError {
  const char* name;
  Change change;
};

void PrintTo(const PlantedError& error, std::ostream* out) { *out << error.name; }

class ArbitraryChanged : public testing::TestWithParam<PlantedError> {};

TEST_P(ArbitraryChanged, Disagree) { EXPECT_NE(disagreements({0, 40}, Chance::none, GetParam().change), ""); }

std::vector<PlantedError> planted_errors() {
  using scenario::Scenario;
  return {
      {"OnDemandInOneMarketTwoPercentMore",
       [](Scenario& s) {
         if (s.markets.back().on_demand) s.markets.back().on_demand->price.mode *= 1.02;
       }},
      {"NoEgress",
       [](Scenario& s) {
         for (scenario::Market& market : s.markets) market.egress_per_gb = 0.0;
       }},
      {"LaterReleases",
       [](Scenario& s) {
         for (scenario::Job& job : s.jobs) job.release_seconds *= 1.05;
       }},
      {"BilledByTheSecond",
       [](Scenario& s) {
         for (scenario::Market& market : s.markets) market.billing_increment_seconds = 1.0;
       }},
      {"DelaysAPercentLonger",
       [](Scenario& s) {
         for (scenario::Plan& plan : s.plans)
           for (scenario::ServiceAssignment& service : plan.services) service.scale_up_delay_seconds *= 1.01;
       }},
      {"TermsAPercentLonger",
       [](Scenario& s) {
         for (scenario::Plan& plan : s.plans)
           for (scenario::Commitment& commitment : plan.commitments) commitment.term_seconds *= 1.01;
       }},
      {"SharesAPercentMore",
       [](Scenario& s) {
         for (scenario::Item& item : s.items)
           if (item.kind == scenario::Item::Kind::share) item.amount.mode *= 1.01;
       }},
  };
}

INSTANTIATE_TEST_SUITE_P(By, ArbitraryChanged, testing::ValuesIn(planted_errors()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace costrisk::stat
