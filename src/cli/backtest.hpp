// The parts of `costrisk backtest` that stand in files of their own.
#pragma once

#include <CLI/CLI.hpp>

namespace costrisk::cli {

/// `costrisk backtest replay`: the published simulator's rules on a trace.
CLI::App* add_backtest_replay(CLI::App& parent, int& exit_code);

}  // namespace costrisk::cli
