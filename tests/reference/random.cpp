// Seeds a stream from the seed, the path and the letters of its role.
#include "tests/reference/random.hpp"

#include <cmath>

namespace costrisk::reference {

namespace {

/// A bijection of 64 bits that leaves no trace of its input's structure (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::uint64_t engine_seed(std::uint64_t seed, std::uint64_t path, const std::string& role) {
  std::uint64_t state = mixed(mixed(seed) ^ path);
  for (const char letter : role) state = mixed(state ^ static_cast<unsigned char>(letter));
  return state;
}

}  // namespace

Stream::Stream(std::uint64_t seed, std::uint64_t path, const std::string& role)
    : engine_(engine_seed(seed, path, role)) {}

int Stream::binomial(int trials, double chance) {
  const double u = uniform();
  if (chance >= 1.0) return trials;
  double log_probability = trials * std::log1p(-chance);
  const double log_odds = std::log(chance) - std::log1p(-chance);
  double below = std::exp(log_probability);
  int successes = 0;
  while (u >= below && successes < trials) {
    log_probability += std::log(static_cast<double>(trials - successes) / (successes + 1)) + log_odds;
    below += std::exp(log_probability);
    ++successes;
  }
  return successes;
}

}  // namespace costrisk::reference
