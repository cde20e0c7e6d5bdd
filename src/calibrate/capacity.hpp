// From traces of availability to the capacity of markets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/findings.hpp"
#include "src/calibrate/loadings.hpp"
#include "src/calibrate/sojourn.hpp"
#include "src/trace/history.hpp"

namespace costrisk::calibrate {

/// What stands in the fragment as mean and cv of the runs.
enum class SojournBy {
  automatic,   ///< likelihood where the trace sees at least 95 % of the fitted runs, else moments
  likelihood,  ///< the fitted log-normal law, runs that fall between two samples included
  moments,     ///< mean and cv of the complete runs as they were seen
};

/// Whether estimates stand as they are, or as laws by their standard errors.
enum class Uncertainty { left_out, as_laws };

struct CapacityOptions {
  std::vector<std::string> names;  ///< of the markets, one a trace; empty: the stems of the files
  double instances = 1.0;          ///< a sample is up where its value is at least this
  SojournBy by = SojournBy::automatic;
  Uncertainty uncertainty = Uncertainty::left_out;
  std::string factor = "shortage";
  std::optional<double> half_life_hours;  ///< of the factor
  int replications = 199;                 ///< simulations behind each p-value
};

/// The laws of a trace, as a fragment would have them.
struct CapacityFit {
  SojournBy by = SojournBy::likelihood;  ///< never automatic
  double up_hours = 0.0, up_cv = 1.0, down_hours = 0.0, down_cv = 1.0;
  double memoryless_up_hours = 0.0, memoryless_down_hours = 0.0;  ///< means of exponential laws
};

/// @throws results::FormatError: gaps in the trace, too few runs
CapacityFit fit_capacity(const trace::History& trace, const CapacityOptions& options = {});

/// Of one trace a fragment [market.spot.capacity] to stand below its market; of several one [[market]] each, and the
/// factor that they share.
/// @throws results::FormatError: gaps in a trace, traces of different gaps, too few runs
Findings calibrate_capacity(const std::vector<trace::History>& traces, const CapacityOptions& options = {});

}  // namespace costrisk::calibrate
