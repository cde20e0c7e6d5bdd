// What is under test, seen the same way whichever it is: the engine, or the reference simulator.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/stat/z_test.hpp"

namespace costrisk::stat {

enum class Subject { reference, engine };

inline std::string subject_name(Subject subject) { return subject == Subject::engine ? "Engine" : "Reference"; }

/// The mean over paths and the standard deviation of one path; NaN where the subject does not keep it.
struct Average {
  double mean = 0.0, deviation = 0.0;
};

/// What one service of a plan left behind.
struct ServiceResults {
  Average served, unserved, tokens;  ///< requests; output tokens
  Average within;                    ///< requests answered within the objective; 0 without one
  Average queued, waiting;           ///< requests that entered the fleet or its queue; request·steps in the queue
  Average peak, cost;
  std::vector<double> unserved_by_path;
  std::vector<double> unit_cost;   ///< by path: per 1000 requests served; infinity where none was
  std::vector<double> token_cost;  ///< by path: per million output tokens served, likewise; empty without tokens
  std::vector<Average> use_hours;  ///< [market · purchases + purchase]
};

/// What one plan left behind. Money in the scenario's currency, times in hours.
struct PlanResults {
  std::vector<double> cost;       ///< by path
  std::vector<Average> category;  ///< by category
  std::map<std::string, Average> owner;
  std::vector<Average> cumulative;                             ///< by bin of the fan charts
  std::vector<std::vector<double>> finish;                     ///< [job assignment][path]; infinity for never
  std::vector<Average> runs, late, interruptions, lost_hours;  ///< by job assignment
  std::vector<std::vector<Average>> use_hours;                 ///< [job assignment][market · purchases + purchase]
  std::vector<ServiceResults> services;                        ///< by service assignment
  Average restart_waste, lost_work_waste, unused_commitment_waste, idle_waste, planned_headroom;
  std::vector<Average> period;                   ///< by budget and period: what is charged in it
  std::vector<double> period_over, budget_over;  ///< by budget and period, by budget: share of paths where it is broken
  Average covered;                               ///< list price of the on-demand use that commitments covered
  double effective = 0.0, obligation = 0.0;      ///< of commitments: cost within the horizon, and owed beyond it
};

struct Results {
  std::uint64_t paths = 0;
  std::vector<PlanResults> plans;
};

/// Simulates; jobs and services of every plan are in the order of the plan's assignments.
Results simulate(Subject subject, const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed);

}  // namespace costrisk::stat
