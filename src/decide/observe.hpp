// Plans over the same futures, path by path: what comparisons on common random numbers are made of.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/results/sums/wide.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::decide {

/// A share that a goal may bound, of a job or a service, or of the futures.
struct Measure {
  enum class Kind { over_budget, late, served, within };
  Kind kind = Kind::over_budget;
  std::size_t of = 0;           ///< the job or service
  std::string address;          ///< as in gates: "late.train"
  std::optional<double> limit;  ///< that the goal sets: at most for over_budget and late, at least for the others

  bool at_most() const { return kind == Kind::over_budget || kind == Kind::late; }
};

/// Every measure that a scenario has: over_budget where there is a budget, the lateness of jobs with deadlines, what
/// services serve and, where they have a latency, answer within its objective.
std::vector<Measure> measures_of(const scenario::Scenario& scenario);

/// A share of sums over paths: late runs of all runs, requests served of all requests.
struct Ratio {
  std::vector<float> part, whole;  ///< by path
  results::Int128 part_sum = 0, whole_sum = 0;

  double value() const;  ///< of nothing: 0 late, all served
  double of_nothing = 0.0;
};

/// One plan over a range of futures.
struct Record {
  std::vector<std::int64_t> cost;                    ///< by path, micro-units
  std::vector<std::shared_ptr<const Ratio>> ratios;  ///< by measure; null of over_budget, and of what the plan has not

  std::size_t paths() const { return cost.size(); }
};

/// All plans of a scenario over the same futures.
struct Observations {
  std::vector<Record> plans;
  std::vector<std::string> drivers;              ///< addresses of the unknowns drawn once per future
  std::vector<std::vector<std::uint8_t>> cells;  ///< [driver][path], where they were asked for
};

/// How plans are observed. The seed is the scenario's.
struct Sampling {
  std::uint64_t first_path = 0, paths = 0;
  std::string backend = "auto";  ///< one of the processor
  int threads = 0;
  bool with_drivers = false;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Simulates every plan. Where it was stopped, the records hold the first paths, perhaps none.
/// @throws as run::simulate
Observations observe(const scenario::Scenario& scenario, const Sampling& sampling);

/// The futures of both, those of `more` after those of `record`.
void append(std::vector<Record>& records, std::vector<Record> more);

}  // namespace costrisk::decide
