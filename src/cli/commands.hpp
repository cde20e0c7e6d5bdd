// The commands of the program, a file each. Every function adds one to the command line; when it is the
// one asked for, its work is done while the command line is parsed and its exit code left in `exit_code`.
// Errors are exceptions, which app.cpp turns into messages and exit codes.
#pragma once

#include <CLI/CLI.hpp>

namespace costrisk::cli {

/// Runs a command and returns the program's exit code. Throws nothing.
int run_program(int argc, char** argv);

void add_run(CLI::App& app, int& exit_code);
void add_merge(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_live(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_calibrate(CLI::App& app, int& exit_code);
void add_prices(CLI::App& app, int& exit_code);
void add_backtest(CLI::App& app, int& exit_code);
/// `costrisk backtest replay`, a part of backtest.
CLI::App* add_backtest_replay(CLI::App& parent, int& exit_code);
void add_sweep(CLI::App& app, int& exit_code);
void add_optimize(CLI::App& app, int& exit_code);
void add_stress(CLI::App& app, int& exit_code);
void add_sensitivity(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_grade(CLI::App& app, int& exit_code);
void add_init(CLI::App& app, int& exit_code);
void add_help(CLI::App& app, int& exit_code);
void add_devices(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_ladder(CLI::App& app, int& exit_code);

}  // namespace costrisk::cli
