// Every number that a group of paths holds on one lane, before anything is rounded to money.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/identity/lane_run.hpp"

namespace costrisk::identity {

/// Paths of a recording: one group of the widest lane.
inline constexpr int raw_paths = 16;

/// What a number of a recording is.
struct Label {
  const char* what;
  int entity, element;
  bool is_float;
};

float as_float(std::int32_t bits);

/// The numbers of [base, base + raw_paths) on one lane. Memory that the kernels find is filled with the byte `fill`.
class Recording {
 public:
  Recording(const LaneRun& lane, const Parameters& parameters, std::uint64_t base, int fill,
            Forms forms = Forms::chosen);

  const std::vector<Label>& labels() const { return labels_; }
  const std::vector<std::int32_t>& path(int i) const { return bits_[i]; }

 private:
  static void put(void* context, const char* what, int entity, int element, bool is_float, const std::int32_t* bits);

  int width_, first_ = 0;
  std::vector<Label> labels_;
  std::vector<std::int32_t> bits_[raw_paths];
};

/// Where two recordings first differ; empty where they do not.
std::string difference(const Recording& a, const Recording& b);
/// The first number that is not finite; empty where there is none.
std::string not_finite(const Recording& recording);

}  // namespace costrisk::identity
