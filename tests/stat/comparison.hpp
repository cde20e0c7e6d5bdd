// Two samples of the same scenario compared in everything that both report.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/scenario.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {

/// How far apart a quantity is in two samples, in standard errors of the difference.
struct Difference {
  std::string what;
  double first = 0.0, second = 0.0;
  double z = 0.0;
};

/// Means of cost, categories, cumulative cost, use, interruptions, lateness, lost work and waste; P5, P50 and P95 of
/// cost and finish; the chance of not finishing; which plan is cheaper. Spreads that one side does not keep are taken
/// from the other.
std::vector<Difference> compare(const scenario::Scenario& scenario, const Results& first, const Results& second);

/// Those beyond the bound, one a line; empty when there are none.
std::string beyond(const std::vector<Difference>& differences, double bound);

}  // namespace costrisk::stat
