// Two samples of the same scenario compared in everything that both report.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {

/// How far apart a quantity is in two samples, in standard errors of the difference.
struct Difference {
  std::string what;
  double first = 0.0, second = 0.0;
  double z = 0.0;
};

/// Means of cost, categories, owners, cumulative cost, use, interruptions, lateness, lost work, waste, requests,
/// tokens, waiting and peaks, and of what is charged in the periods of budgets; P5, P50 and P95 of cost, finish,
/// unserved requests and cost per request and token; the chance of not finishing, and of breaking budgets; which plan
/// is cheaper; what commitments cost and leave owed. Spreads that one side does not keep are taken from the other.
std::vector<Difference> compare(const scenario::Scenario& scenario, const Results& first, const Results& second);

/// Those that would be as far apart with at most the chance `false_alarm`, of all of them together, one a line; empty
/// when there are none.
std::string beyond(const std::vector<Difference>& differences, double false_alarm);

}  // namespace costrisk::stat
