// A scenario that is simulated part by part, by several workers of a page that know nothing but its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "src/results/sums/tally.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::live {

/// What there is to know of a scenario before it is simulated, as JSON: name, currency, budget, plans, its values with
/// their addresses (of numbers and durations alone), and warnings.
/// @throws scenario::InvalidScenario
std::string description(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder);
/// Likewise of a scenario that has been read; without warnings.
std::string description(const scenario::Scenario& scenario, const std::vector<std::string>& warnings = {});

/// One scenario with values set, and what has been simulated of it. Of several engines with the same scenario and run,
/// each takes paths of its own, and one takes in what the others have: integers, so that it does not matter how the
/// paths were dealt out.
class Engine {
 public:
  /// @param toml the scenario's text
  /// @param settings "ADDRESS=VALUE", as --set takes them
  /// @param folder where histories lie
  /// @param paths of the whole run, of all engines together
  /// @throws scenario::InvalidScenario
  Engine(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder,
         std::uint64_t paths);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Simulates paths [first, first + count) and adds them up.
  /// @throws std::runtime_error that names the path that could not be simulated
  /// @throws std::invalid_argument where one of them has been added before
  void simulate(std::uint64_t first, int count);
  /// What has been added up, for another engine; this one then has nothing.
  std::vector<std::byte> take();
  /// Adds what another engine has.
  /// @throws BadImage, std::invalid_argument
  void add(std::span<const std::byte> image);
  /// Results of the paths so far, as `costrisk run --json` prints them, with a histogram of each plan's cost.
  /// @pre a path at least
  std::string results_json() const;

 private:
  scenario::Scenario scenario_;
  scenario::Lowered lowered_;
  results::Tally tally_;
};

}  // namespace costrisk::live
