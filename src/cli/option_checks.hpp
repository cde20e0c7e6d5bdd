// What the command line asks of the values of options.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "costrisk/errors.hpp"
#include "src/cli/exit_codes.hpp"

namespace costrisk::cli {

/// A whole number, also as 1e5, 100k or 1M; to be given to `transform`, which spells it out.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// A number above zero.
CLI::Validator above_zero();

CLI::Validator number_between(double least, double most);

/// Anything but nothing.
/// @param example what might be given: "0.5%"
CLI::Validator not_empty(const std::string& example);

/// The name of a backend, or "auto".
CLI::Validator backend_or_auto();

/// What `work` returns; what it refuses is reported with the option that it was given to.
/// @throws UsageError
template <class Work>
auto of_option(const char* option, Work work) {
  try {
    return work();
  } catch (const InputError& error) {
    throw UsageError(std::string(option) + " " + error.what());
  }
}

/// Hours of a duration on the command line, such as "15m".
/// @param option the option it was given to, for the message
/// @throws UsageError where it is none or not positive
double hours_option(const std::string& text, const char* option);

/// Likewise, of a duration that may be 0.
/// @throws UsageError where it is none
double hours_or_zero_option(const std::string& text, const char* option);

}  // namespace costrisk::cli
