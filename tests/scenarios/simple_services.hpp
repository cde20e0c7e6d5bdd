// Scenarios whose services are simple enough for a form of their own.
#pragma once

#include <cstdint>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::tests {

/// The scenario with windows and pools such that most of its services have a form
/// (kernels/model/services/service_form.hpp).
scenario::Scenario with_simple_services(scenario::Scenario scenario, std::uint64_t seed);

}  // namespace costrisk::tests
