// Tests whose one body runs on every lane, and is skipped where the processor lacks the instructions.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/kat/lane_probe.hpp"

namespace costrisk::kat {

class OnEveryLane : public testing::TestWithParam<const LaneProbe*> {
 protected:
  void SetUp() override {
    if (!can_run(*GetParam())) GTEST_SKIP() << "this processor cannot run the lane " << GetParam()->name;
  }
  const LaneProbe& lane() const { return *GetParam(); }
};

inline std::string lane_name(const testing::TestParamInfo<const LaneProbe*>& info) { return info.param->name; }

inline std::int32_t bits_of(float x) { return std::bit_cast<std::int32_t>(x); }
inline float float_of(std::int32_t bits) { return std::bit_cast<float>(bits); }
inline std::int32_t word(std::uint32_t w) { return static_cast<std::int32_t>(w); }

/// The function of each of the inputs; `in` grows to a multiple of a block.
inline std::vector<std::int32_t> apply(const LaneProbe& lane, Map function, std::vector<std::int32_t> in) {
  const std::size_t wanted = in.size();
  in.resize((wanted + block - 1) / block * block, in.empty() ? 0 : in.back());
  std::vector<std::int32_t> out(in.size());
  lane.map(function, in.data(), out.data(), static_cast<int>(in.size()));
  out.resize(wanted);
  return out;
}

/// Walks through the floats from `low` to `high` of one sign, about `count` of them, evenly by their bits.
inline std::vector<std::int32_t> floats_between(float low, float high, std::size_t count) {
  const std::int64_t first = bits_of(low), last = bits_of(high);
  const std::int64_t from = first < last ? first : last, to = first < last ? last : first;
  const std::int64_t stride = std::max<std::int64_t>(1, (to - from) / static_cast<std::int64_t>(count));
  std::vector<std::int32_t> bits;
  for (std::int64_t b = from; b <= to; b += stride) bits.push_back(static_cast<std::int32_t>(b));
  bits.push_back(static_cast<std::int32_t>(to));
  return bits;
}

inline void append(std::vector<std::int32_t>& to, const std::vector<std::int32_t>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace costrisk::kat
