// A service gives the same bits in the form that its assignment allows and in the general one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/model/services/service_form.hpp"
#include "src/scenario/reader/load.hpp"
#include "tests/arbitrary/generator.hpp"
#include "tests/arbitrary/seeds.hpp"
#include "tests/identity/engine_runs.hpp"
#include "tests/identity/raw_numbers.hpp"
#include "tests/scenarios/simple_services.hpp"

namespace costrisk::identity {
namespace {

/// What of a form its steps ask for besides.
struct Case {
  ServiceForm form;
  bool misses, takes_all, is_committed;
  auto operator<=>(const Case&) const = default;
};
using Cases = std::set<Case>;

void add_cases(const Parameters& p, Cases& cases) {
  for (int i = 0; i < p.service_count; ++i) {
    const ServiceParameters& service = p.services[i];
    const PoolParameters* pools = p.pools + service.pools.first;
    const ServiceForm form = service_form(p, service);
    if (form == ServiceForm::general) continue;
    bool is_committed = false;
    for (int q = 0; q < service.pools.count; ++q) is_committed = is_committed || pools[q].use_row >= 0;
    cases.insert({form, may_miss(service, pools), pools[0].share >= 1.0f, is_committed});
  }
}

void expect_general_bits(const scenario::Lowered& lowered, const std::string& what) {
  for (const Build& build : builds()) {
    const Recording chosen(*build.run, lowered.parameters, 0, 0xFF);
    const Recording general(*build.run, lowered.parameters, 0, 0x47, Forms::general);
    EXPECT_EQ(difference(chosen, general), "") << build.name << ", " << what;
  }
}

Cases examine(std::uint64_t seed) {
  Cases cases;
  const arbitrary::Folder folder(seed, arbitrary::Chance::some, testing::TempDir());
  const scenario::Scenario scenario = scenario::load(folder.scenario()).scenario;
  for (const scenario::Scenario& each : {scenario, tests::with_simple_services(scenario, seed)}) {
    const scenario::Lowered lowered = scenario::lower(each);
    expect_general_bits(lowered, "seed " + std::to_string(seed));
    add_cases(lowered.parameters, cases);
  }
  folder.remove();
  return cases;
}

std::string text_of_services(const char* delay, const char* spot_max, double share, const char* commitment) {
  const auto service = [&](const char* plan, const std::string& pools) {
    return fmt::format(R"(
[[plan]]
name = "{0}"
{3}
[plan.service.chat]
utilization = 0.7
min = 1
max = 50
scale_up_delay = "{1}"
scale_down_window = "30m"
pools = [{2}]
)",
                       plan, delay, pools, commitment);
  };
  return fmt::format(R"(
horizon = "2w"
step = "15m"
[[market]]
name = "a"
on_demand = 2.0
[market.spot]
price = {{ mean = 0.9, volatility = 0.3, half_life = "1d" }}
capacity = {{ up = {{ mean = "5h", cv = 2.0 }}, down = {{ mean = "2h", cv = 1.5 }} }}
reclaim_every = "60h"
[[demand]]
name = "requests"
base = 30.0
noise = {{ volatility = 0.3, half_life = "3h" }}
bursts = {{ every = "3d", multiplier = 3.0, duration = {{ mean = "5h", cv = 1.0 }} }}
[[service]]
name = "chat"
demand = "requests"
rate = {{ a = 4.0 }}
unserved_penalty = 0.002
)") + service("on-demand", R"({ market = "a", buy = "on-demand", max = 20 })") +
         service("spot", fmt::format(R"({{ market = "a", buy = "spot"{} }})", spot_max)) +
         service("both",
                 fmt::format(R"({{ market = "a", buy = "spot", share = {}{} }}, {{ market = "a", buy = "on-demand" }})",
                             share, spot_max));
}

TEST(ServiceForms, give_the_bits_of_the_general_form) {
  Cases cases;
  for (const char* delay : {"0s", "4m"})
    for (const char* most : {"", ", max = 9"})
      for (const double share : {1.0, 0.4})
        for (const char* commitment :
             {"", "[[plan.commitment]]\nmarket = \"a\"\ninstances = 3\nprice_per_hour = 1.2\nterm = \"1y\""}) {
          const scenario::Lowered lowered =
              scenario::lower(scenario::load_text(text_of_services(delay, most, share, commitment), "forms").scenario);
          expect_general_bits(lowered, std::string("delay ") + delay + most);
          add_cases(lowered.parameters, cases);
        }
  Cases all;
  for (const bool misses : {false, true})
    for (const bool is_committed : {false, true}) {
      if (!misses) all.insert({ServiceForm::on_demand, false, true, is_committed});
      all.insert({ServiceForm::spot, misses, true, false});
      for (const bool takes_all : {false, true})
        all.insert({ServiceForm::spot_then_on_demand, misses, takes_all, is_committed});
    }
  EXPECT_EQ(cases, all);
}

TEST(ServiceForms, give_the_bits_of_the_general_form_on_arbitrary_scenarios) {
  Cases cases;
  for (std::uint64_t seed = 0; seed < 96; ++seed) cases.merge(examine(seed));
  std::set<ServiceForm> forms;
  for (const Case& each : cases) forms.insert(each.form);
  EXPECT_EQ(forms, (std::set{ServiceForm::on_demand, ServiceForm::spot, ServiceForm::spot_then_on_demand}));
}

TEST(LongServiceForms, give_the_bits_of_the_general_form_on_arbitrary_scenarios) {
  const arbitrary::Seeds seeds = arbitrary::seeds(1000, 300);
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) examine(seed);
}

}  // namespace
}  // namespace costrisk::identity
