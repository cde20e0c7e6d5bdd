// Paths over threads, plans over worlds.
#include "tests/reference/reference.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "tests/reference/calendar.hpp"
#include "tests/reference/settlement.hpp"

namespace costrisk::reference {

namespace {

std::vector<std::string> accounts_of(const scenario::Scenario& scenario) {
  std::vector<std::string> owners;
  const auto add = [&](const std::string& owner) {
    if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
  };
  for (const scenario::Service& service : scenario.services) add(service.owner);
  for (const scenario::Job& job : scenario.jobs) add(job.owner);
  for (const scenario::Item& item : scenario.items) add(item.owner);
  owners.push_back("unused");
  return owners;
}

std::vector<double> edges_of(const scenario::Scenario& scenario) {
  std::vector<double> edges;
  const double horizon = scenario.horizon_hours();
  const double last = horizon - time_tolerance * scenario.step_hours();
  if (const int months = scenario.simulation.calendar_months; months > 0) {
    for (int month = months - month_of_year(scenario.start) % months;; month += months) {
      const double edge = month_begins(scenario.start, month) / 3600.0;
      if (edge >= last) break;
      if (edge > horizon - last) edges.push_back(edge);
    }
  } else {
    const double bin = scenario.simulation.bin_seconds / 3600.0;
    for (int i = 1; i * bin < last; ++i) edges.push_back(i * bin);
  }
  edges.push_back(horizon);
  return edges;
}

}  // namespace

Sample simulate_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  Sample sample;
  sample.owners = accounts_of(scenario);
  sample.edge_hours = edges_of(scenario);
  std::vector<PlanSetting> settings;
  for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan) {
    settings.push_back({scenario, sample.owners, sample.edge_hours, static_cast<int>(plan),
                        offers_of(scenario, scenario.plans[plan])});
    sample.plans.emplace_back(paths);
    sample.obligation.push_back(obligation(scenario, scenario.plans[plan]));
  }
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    for (std::uint64_t path = next++; path < paths; path = next++) {
      const StreamMaker streams{seed, path};
      const World world = draw_world(scenario, streams);
      for (std::size_t plan = 0; plan < settings.size(); ++plan) {
        sample.plans[plan][path] = simulate_plan(settings[plan], world, streams);
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return sample;
}

}  // namespace costrisk::reference
