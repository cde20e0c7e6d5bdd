// Turns a validated document into a Scenario and checks what the schema cannot say: how values relate to
// one another. Every function notes all problems of its part and goes on.
#pragma once

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/table_reader.hpp"

namespace costrisk::scenario {

/// Title, time, money, simulation.
void build_frame(const TableReader& root, const std::string& default_name, Scenario& scenario);

/// Factors, markets and demands.
void build_world(const TableReader& root, const Diagnostics& diagnostics, Scenario& scenario);

/// Jobs, services, serverless, items and optimizations.
void build_workloads(const TableReader& root, Scenario& scenario);

/// Plans and the goal. Needs what the other functions build.
void build_plans(const TableReader& root, Scenario& scenario);

/// The checkpoint that a table gives; what it leaves out is taken from `start`.
std::optional<Checkpoint> checkpoint_of(const TableReader& owner, const std::optional<Checkpoint>& start);

}  // namespace costrisk::scenario
