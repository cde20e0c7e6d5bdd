// Runs a lane group by group and keeps what it tells.
#include "tests/identity/raw_numbers.hpp"

#include <cmath>
#include <cstring>
#include <memory>

namespace costrisk::identity {

namespace {

std::string text_of(const Label& label, int path) {
  return std::string(label.what) + " " + std::to_string(label.entity) + "[" + std::to_string(label.element) +
         "] of path " + std::to_string(path);
}

}  // namespace

float as_float(std::int32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

Recording::Recording(const LaneRun& lane, const Parameters& parameters, std::uint64_t base, int fill, Forms forms)
    : width_(lane.width) {
  const std::size_t bytes = lane.workspace_bytes(parameters);
  const std::unique_ptr<std::byte[]> memory(new std::byte[bytes + 64]);
  auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.get()) + 63) / 64 * 64);
  for (first_ = 0; first_ < raw_paths; first_ += width_) {
    std::memset(aligned, fill, bytes);
    lane.record(parameters, base + static_cast<std::uint64_t>(first_), aligned, {this, put}, forms);
  }
}

void Recording::put(void* context, const char* what, int entity, int element, bool is_float, const std::int32_t* bits) {
  auto& self = *static_cast<Recording*>(context);
  if (self.first_ == 0) self.labels_.push_back({what, entity, element, is_float});
  for (int lane = 0; lane < self.width_; ++lane) self.bits_[self.first_ + lane].push_back(bits[lane]);
}

std::string difference(const Recording& a, const Recording& b) {
  for (int path = 0; path < raw_paths; ++path) {
    if (a.path(path) == b.path(path)) continue;
    if (a.path(path).size() != b.path(path).size()) return "they differ in length";
    for (std::size_t i = 0; i < a.path(path).size(); ++i) {
      const std::int32_t x = a.path(path)[i], y = b.path(path)[i];
      if (x == y) continue;
      const Label& label = a.labels()[i];
      return text_of(label, path) + ", number " + std::to_string(i) + ": " +
             (label.is_float ? std::to_string(as_float(x)) + " and " + std::to_string(as_float(y))
                             : std::to_string(x) + " and " + std::to_string(y));
    }
  }
  return "";
}

std::string not_finite(const Recording& recording) {
  for (int path = 0; path < raw_paths; ++path)
    for (std::size_t i = 0; i < recording.labels().size(); ++i) {
      const Label& label = recording.labels()[i];
      if (label.is_float && !std::isfinite(as_float(recording.path(path)[i]))) return text_of(label, path);
    }
  return "";
}

}  // namespace costrisk::identity
