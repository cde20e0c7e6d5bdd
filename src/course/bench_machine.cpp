// Reads /proc, and times a chain of multiplications.
#include "src/course/bench_machine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>

namespace costrisk::course {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

double measure_clock_ghz() {
#if defined(__x86_64__)
  constexpr int turns = 20'000, chain = 32;
  constexpr double latency = 3.0;  // of a 64-bit multiplication, on every x86-64 processor since 2008
  double best = 0.0;
  for (int repetition = 0; repetition < 60; ++repetition) {
    std::uint64_t x = 3;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < turns; ++i)
      asm volatile(
          ".rept 32\n"
          "imul %0, %0\n"
          ".endr"
          : "+r"(x));
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    best = std::max(best, turns * chain * latency / time.count());
  }
  return best;
#else
  return 0.0;
#endif
}

void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

double peak_memory_mb() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  return 0.0;
}

}  // namespace costrisk::course
