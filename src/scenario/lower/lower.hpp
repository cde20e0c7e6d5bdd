// Lowers a scenario to the plain numbers that the kernels read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/parameter_storage.hpp"
#include "src/scenario/lower/remaining.hpp"

namespace costrisk::scenario {

struct Lowered {
  std::unique_ptr<ParameterStorage> storage;
  Parameters parameters;                       ///< points into the storage
  std::vector<ParameterArray> arrays;          ///< all that it points to
  costrisk::Shape shape;                       ///< of what is simulated
  std::optional<Past> past;                    ///< what is added to each future of that
  std::vector<std::string> drivers;            ///< addresses of the unknowns drawn once per future
  std::vector<std::string> owners;             ///< "unused" last
  std::vector<int> plan_job_component;         ///< [plan][job], −1 where the plan does not run the job
  std::vector<int> plan_service_component;     ///< [plan][service], −1 where the plan does not run the service
  std::vector<double> obligation;              ///< [plan]: currency owed beyond the horizon
  std::vector<std::int64_t> effective_micros;  ///< [plan]: what commitments and savings plans cost over the horizon,
                                               ///< upfront payments spread over their term
  std::string sha256;                          ///< of the numbers' bits, without seed and bins

  /// The shape of results.
  const costrisk::Shape& result_shape() const { return past ? past->shape : shape; }
};

/// A scenario with actuals: what remains of it, and its past.
/// @throws std::invalid_argument where two streams collide, or a history cannot be sampled
Lowered lower(const Scenario& scenario);

}  // namespace costrisk::scenario
