// Stable 32-bit stream numbers from the name and role of what draws.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace costrisk::scenario {

/// FNV-1a with a final mix: the same number for the same name in every version.
constexpr std::uint32_t stream_of(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
  return hash ^ (hash >> 16);
}

/// The streams in use.
class Streams {
 public:
  /// @throws std::invalid_argument where two names share a number, with both
  std::uint32_t claim(const std::string& name);

 private:
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace costrisk::scenario
