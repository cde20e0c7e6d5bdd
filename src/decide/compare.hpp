// What changed between two results, and what that did to the money.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/sums/tally.hpp"
#include "src/run/run.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::decide {

/// A part of a resolved scenario that differs: an entity, a section, or a value at the root.
struct Change {
  std::string what;                  ///< "market p5", "simulation", "budget"
  std::vector<std::string> details;  ///< "on_demand.price: 55.04 → 44", "new", "gone"
};

/// The resolved texts of two scenarios in parts that can be exchanged one by one.
class ScenarioParts {
 public:
  explicit ScenarioParts(const std::string& resolved_toml);

  /// "[[market]] p5" and the like, in the order of the text; the root's values by their keys.
  const std::vector<std::pair<std::string, std::string>>& parts() const { return parts_; }
  std::string text() const;
  /// Takes a part of another scenario, or drops it where the other does not have it.
  void take(const std::string& part, const ScenarioParts& from);
  const std::string* find(const std::string& part) const;

 private:
  std::vector<std::pair<std::string, std::string>> parts_;
};

/// What differs between two resolved texts, but for names, and for what only says how to simulate or to look; what is
/// gone last.
std::vector<Change> changes_between(const ScenarioParts& before, const ScenarioParts& after);

/// Mean costs of a plan in whole micro-units, its categories adding up to it.
struct MeanCosts {
  std::int64_t total = 0;
  std::array<std::int64_t, category_count> categories{};
};

struct CompareStep {
  Change change;
  std::vector<MeanCosts> difference;  ///< [plan of both]: what it adds; steps and the start add up to the end
};

struct Comparison {
  std::vector<std::string> plans;             ///< of both results
  std::vector<std::string> only_a, only_b;    ///< plans of one alone
  std::vector<MeanCosts> from, to;            ///< [plan]
  std::vector<results::Estimate> difference;  ///< [plan]: of mean costs, in currency, with an interval of 95 %
  bool paired = false;                        ///< both met the same futures
  std::vector<CompareStep> steps;             ///< none where the scenario is the same, or could not be simulated again
  std::vector<Change> changes;
  std::string unexplained;  ///< why there are no steps; empty where there are, or need not be
  bool complete = true;
};

/// One of the two results.
struct Side {
  const results::Results& results;
  const results::Tally& tally;
};

/// Goes from the scenario of `a` to that of `b` change by change, each simulated on the futures of `b`.
/// @param load of a resolved text
/// @param run threads, backend and stop
Comparison compare(const Side& a, const Side& b,
                   const std::function<scenario::Scenario(const std::string& resolved_toml)>& load,
                   const run::Options& run, const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace costrisk::decide
