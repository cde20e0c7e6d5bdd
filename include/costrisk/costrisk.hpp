/// @file
/// The whole interface of the library. Versions follow SemVer, docs/releasing.md.
#pragma once

#include <string>

#include "costrisk/backtest.hpp"
#include "costrisk/calibrate.hpp"
#include "costrisk/decide.hpp"
#include "costrisk/errors.hpp"
#include "costrisk/explain.hpp"
#include "costrisk/export.hpp"
#include "costrisk/files.hpp"
#include "costrisk/live.hpp"
#include "costrisk/merge.hpp"
#include "costrisk/ranks.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"
#include "costrisk/spreadsheets.hpp"

/// costrisk: how much could this plan cost, and how likely is that?
namespace costrisk {

/// The library in use.
struct Version {
  std::string version;               ///< "0.1.0"
  std::string git_sha;               ///< abbreviated commit; "unknown" outside a repository
  std::string compiler;              ///< "GNU 12.2.0"
  bool interactive_reports = false;  ///< whether reports answer to the reader; otherwise their charts are static
};

/// The library that the program runs with, which need not be the one that it was compiled with.
COSTRISK_API Version version();

/// What it is made of besides its own source, with versions: a software bill of materials, CycloneDX 1.5 JSON.
COSTRISK_API std::string bill_of_materials();

}  // namespace costrisk
