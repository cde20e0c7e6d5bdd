// Scenarios built in code for tests: one market and one job, to be changed from there.
#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::stat {

inline scenario::Law log_normal(double median, double spread) {
  scenario::Law law;
  law.kind = scenario::Law::Kind::log_normal;
  law.median = median;
  law.spread = spread;
  return law;
}

inline scenario::Law triangular(double low, double mode, double high) {
  scenario::Law law;
  law.kind = scenario::Law::Kind::triangular;
  law.low = low;
  law.mode = mode;
  law.high = high;
  return law;
}

/// A law under the address that its place in a scenario file would give it.
inline scenario::Law at(const std::string& address, scenario::Law law) {
  law.address = address;
  return law;
}

/// A market that sells on-demand at 2 and spot at a constant 1, always up, billed to the second.
inline scenario::Market plain_market(const std::string& name) {
  scenario::Market market;
  market.name = name;
  market.billing_increment_seconds = 1.0;
  scenario::OnDemand on_demand;
  on_demand.price = at("market." + name + ".on_demand.price", scenario::Law::constant(2.0));
  market.on_demand = on_demand;
  scenario::Spot spot;
  scenario::SpotPrice price;
  price.mean = at("market." + name + ".spot.price.mean", scenario::Law::constant(1.0));
  price.cap = std::numeric_limits<double>::infinity();
  spot.price = price;
  market.spot = spot;
  return market;
}

/// Capacity whose laws stand at `address` ("market.m.spot.capacity").
inline scenario::Capacity capacity(const std::string& address, double up_mean_hours, double up_cv,
                                   double down_mean_hours, double down_cv) {
  scenario::Capacity result;
  result.up.mean_hours = at(address + ".up.mean", scenario::Law::constant(up_mean_hours));
  result.up.cv = up_cv;
  result.down.mean_hours = at(address + ".down.mean", scenario::Law::constant(down_mean_hours));
  result.down.cv = down_cv;
  return result;
}

/// A job of `work` instance-hours that can run in the first market at throughput 1, with an owner of its own name,
/// nothing paid for what is unfinished; no restart, no checkpoints.
inline scenario::Job plain_job(const std::string& name, const scenario::Law& work) {
  scenario::Job job;
  job.name = job.owner = name;
  job.work_instance_hours = at("job." + name + ".work", work);
  job.throughput = {{0, at("job." + name + ".throughput.m", scenario::Law::constant(1.0))}};
  job.unfinished = scenario::Job::Unfinished::ignore;
  return job;
}

/// A world of one market "m", without jobs or plans.
inline scenario::Scenario one_market(double step_hours, double horizon_hours) {
  scenario::Scenario scenario;
  scenario.name = "one market";
  scenario.step_seconds = step_hours * 3600.0;
  scenario.horizon_seconds = horizon_hours * 3600.0;
  scenario.simulation.bin_seconds = scenario.horizon_seconds;
  scenario.markets.push_back(plain_market("m"));
  return scenario;
}

/// Adds the job and a plan of its own that runs it on one instance of the first market. Returns the assignment,
/// which the next addition invalidates.
inline scenario::JobAssignment& add_job(scenario::Scenario& scenario, const scenario::Job& job, Policy policy) {
  scenario.jobs.push_back(job);
  scenario::Plan plan;
  plan.name = "plan " + job.name;
  scenario::JobAssignment assignment;
  assignment.job = static_cast<int>(scenario.jobs.size()) - 1;
  assignment.markets = {0};
  assignment.policy = policy;
  plan.jobs.push_back(assignment);
  scenario.plans.push_back(plan);
  return scenario.plans.back().jobs.back();
}

}  // namespace costrisk::stat
