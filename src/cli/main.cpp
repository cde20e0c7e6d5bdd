// costrisk: how much could this plan cost, and how likely is that?
#include "src/cli/commands.hpp"

int main(int argc, char** argv) { return costrisk::cli::run_program(argc, argv); }
