// The program as a function of its command line.
#pragma once

namespace costrisk::cli {

/// Runs a command and returns the program's exit code. Throws nothing.
int run_program(int argc, char** argv);

}  // namespace costrisk::cli
