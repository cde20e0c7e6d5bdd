// Checks of a whole scenario: what the engine could not simulate (errors), and what its author probably does
// not want (warnings).
#pragma once

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/validate.hpp"

namespace costrisk::scenario {

/// Notes an error for each history whose file is not there, or lies outside of the folder `root` although the scenario
/// names it, and not the command line.
void find_histories(const Scenario& scenario, const Places& places, const std::filesystem::path& root,
                    Diagnostics& diagnostics);

/// Notes an error where a file that the scenario names is none, or lies outside of the folder `root` although the
/// scenario names it, and not the command line.
/// @param expected "a trace"
void find_file(const std::string& path, Place where, const std::filesystem::path& root, std::string_view expected,
               Diagnostics& diagnostics);

/// Likewise of the bills of what was paid so far.
void find_bills(const Scenario& scenario, const Places& places, const std::filesystem::path& root,
                Diagnostics& diagnostics);

/// Reads the bills, and notes an error where they are not what they should be.
/// @throws trace::IoError where the system fails to read one
void read_bills(Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Reads the files of all histories, and notes an error for each that is not what it should be.
/// @throws trace::IoError where the system fails to read one
void read_histories(Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Notes an error for each history that cannot be sampled as it is asked to be. The files have been read.
void check_histories(const Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Notes an error for mean sojourns under 1/64 step, over 64 expected interruptions of a gang in a step, and money,
/// requests or tokens that could leave the range in which they are counted.
void check_feasible(const Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Notes warnings: steps too coarse for what happens within them, nothing uncertain, policies without a
/// deadline, unfinished work that nothing prices, pools and commitments that cannot be used, entities that nothing
/// uses.
void advise(const Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Where the value at an address stands, or the nearest table around it that is written down.
Place place_of(const std::string& address, const Places& places);

/// Interruptions of a gang of this job expected in one step, under spot where the policy buys it.
double expected_interruptions_per_step(const Scenario& scenario, const JobAssignment& assignment);

}  // namespace costrisk::scenario
