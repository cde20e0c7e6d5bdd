// Warnings about what a plan's services, commitments and credit ask for.
#pragma once

#include <functional>
#include <string>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Takes the address of a value and what is odd about it.
using Warn = std::function<void(const std::string& address, std::string message)>;

/// A time of less than this share of a step is as good as none, which is worth a word where it is given.
inline constexpr double small_share_of_step = 0.1;

/// Windows and reclaims far finer than the step, pools that never fill, a `max` below the usual demand, commitments
/// that nothing can use in full, credit that never applies.
void advise_plan(const Scenario& scenario, const Plan& plan, const Warn& warn);

}  // namespace costrisk::scenario
