// Random numbers of the reference simulator: one Mersenne twister per path and role, so that plans share
// their futures and the order in which things are drawn does not matter.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace costrisk::reference {

/// The draws of one role ("market/a/spot/price") on one path.
class Stream {
 public:
  Stream(std::uint64_t seed, std::uint64_t path, const std::string& role);

  double normal() { return normal_(engine_); }
  double uniform() { return uniform_(engine_); }          ///< in [0, 1)
  double exponential() { return exponential_(engine_); }  ///< mean 1
  int binomial(int trials, double chance);                ///< one uniform each, whatever its parameters

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::exponential_distribution<double> exponential_;
};

/// Makes the streams of one path.
struct StreamMaker {
  std::uint64_t seed = 0;
  std::uint64_t path = 0;
  Stream operator()(const std::string& role) const { return Stream(seed, path, role); }
};

}  // namespace costrisk::reference
