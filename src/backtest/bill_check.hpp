// A forecast held against the bill since: month by month, owner by owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/run/run.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::backtest {

struct BillCheckOptions {
  std::vector<std::string> bills;       ///< files in the FOCUS format
  std::string owner_tag, owner_column;  ///< both empty: as the scenario's own actuals have it
  std::optional<double> until_seconds;  ///< since the scenario's start; nothing: as far as the bills reach
  std::uint64_t paths = 0;              ///< of the forecast; as many are taken, or fewer, where `run` asks for none
  run::Options run;                     ///< backend, threads, first path, paths, stop; the rest is set here
};

/// What came in a stretch of time, and what was foretold of it. Money in currency.
struct BillPeriod {
  std::string name;  ///< "2027-04"; of all months together "2027-04 to 2027-06"
  double came = 0.0;
  double mean = 0.0, p5 = 0.0, p25 = 0.0, p50 = 0.0, p75 = 0.0, p95 = 0.0;
  double transform = 0.0;  ///< share of the futures below what came, those that equal it counted half

  bool within50() const { return p25 <= came && came <= p75; }
  bool within90() const { return p5 <= came && came <= p95; }
};

struct OwnerBillCheck {
  std::string owner;  ///< empty: all of them
  std::vector<BillPeriod> months;
  BillPeriod all;  ///< months together
};

struct PlanBillCheck {
  std::string plan;
  std::vector<OwnerBillCheck> owners;  ///< all of them first

  /// Whether what came of all months and owners lies within the 90 % interval foretold.
  bool held() const { return owners.front().all.within90(); }
};

struct BillCheck {
  scenario::Scenario read;                           ///< as the bills were read: the scenario with them as actuals
  double origin_seconds = 0.0, until_seconds = 0.0;  ///< from where the forecast was simulated; of the last month
  std::uint64_t paths = 0;
  std::vector<PlanBillCheck> plans;
  std::vector<std::string> left_out;  ///< months of the forecast of which the bills have no row
  double of_others = 0.0;             ///< of what came, of owners of which nothing was foretold
};

/// @throws std::invalid_argument where the bills cover no whole month of the forecast; trace::FormatError,
/// trace::IoError, as run::simulate
BillCheck check_bill(const scenario::Scenario& scenario, const BillCheckOptions& options);

}  // namespace costrisk::backtest
