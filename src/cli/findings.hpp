// How calibrations answer: the fragment on stdout, what it rests on on stderr, plots in a file.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "src/calibrate/findings.hpp"

namespace costrisk::cli {

struct FindingsOptions {
  std::string plot;
  bool json = false, quiet = false;
};

void add_findings_options(CLI::App& command, FindingsOptions& options);

/// @throws UsageError where the plot would replace a file that is no page of calibrate, results::IoError
void present(const calibrate::Findings& findings, const FindingsOptions& options);

/// The table as lines of text for a stream, below its title.
std::string table_text(const calibrate::Table& table, std::FILE* stream);

/// Hours of a duration on the command line, such as "15m".
/// @param option the option it was given to, for the message
/// @throws UsageError where it is none or not positive
double hours_option(const std::string& text, const char* option);

}  // namespace costrisk::cli
