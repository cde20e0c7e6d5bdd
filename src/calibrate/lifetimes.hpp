// From lifetimes of single instances to the mean time to a reclaim.
#pragma once

#include <optional>
#include <vector>

#include "src/calibrate/mean_check.hpp"
#include "src/calibrate/sojourn.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::calibrate {

struct Lifetimes {
  std::string file;
  std::vector<double> hours;
  std::vector<bool> lost;  ///< false: ended for another reason or still running, so that its life is at least that long
  trace::Reading reading;
};

/// Which columns of a table hold what; empty names are found.
struct LifetimeColumns {
  std::string lifetime, start, end, flag;
  std::vector<std::string> lost_words;  ///< of the flag's column: what says that the instance was lost
  bool all_lost = false;                ///< every end was a loss, and there is no flag
};

/// Reads a column of lifetimes (lifetime_hours, lifetime_seconds, …) or of start and end; an empty end is an instance
/// that ran on when the last time of the file was written. A column lost, reclaimed, preempted or event (yes or no, 1
/// or 0), or one of reasons (termination_reason, …), says which ends were losses.
/// @throws results::FormatError with file and line: negative lifetimes, losses after none, an end before its start,
/// words that are no answer, several columns that would do, none that says which ends were losses
Lifetimes read_lifetimes(const trace::CsvTable& table, const LifetimeColumns& columns = {});

/// A step of the Kaplan–Meier estimate (Kaplan and Meier 1958), with Greenwood's interval on the scale of log(−log).
struct SurvivalStep {
  double hours = 0.0;
  int at_risk = 0, lost = 0;
  Estimate survival;
};
std::vector<SurvivalStep> survival_of(const Lifetimes& lifetimes);

struct LifetimeFit {
  int losses = 0, censored = 0;              ///< an end at the longest lifetime counts as neither
  std::optional<double> max_lifetime_hours;  ///< that the provider allows, where many instances end there
  int ended_at_max = 0;
  double exposure_hours = 0.0;
  Estimate per_hour;     ///< a constant hazard, with its exact Poisson interval
  Estimate shape;        ///< of a Weibull law: under 1 the hazard falls with age
  double shape_p = 1.0;  ///< likelihood ratio test of shape 1
  bool constant = true;  ///< not refuted at 5 %

  /// Instance-hours a loss, of those that were lost one by one.
  MeanCheck loss_check() const;
};

/// A twentieth of the losses, and five of them at least, within a hundredth of the longest lifetime are the provider's
/// limit: these ended there, and were not lost.
/// @throws TooLittleData where nothing was lost, or held
LifetimeFit fit_lifetimes(const Lifetimes& lifetimes);

}  // namespace costrisk::calibrate
