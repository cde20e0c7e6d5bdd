// What a benchmark asks of the machine: the processor's name and clock, and the memory of this process.
#pragma once

#include <string>

namespace costrisk::course {

std::string processor_name();

/// Core cycles a nanosecond, by a chain of multiplications that each wait for the one before; 0 where the latency of a
/// multiplication is not known.
double measure_clock_ghz();

/// Forgets what memory the process has had, where the system allows it.
void reset_peak_memory();
/// The most memory this process had since then, in MB; 0 where the system does not report it.
double peak_memory_mb();

}  // namespace costrisk::course
