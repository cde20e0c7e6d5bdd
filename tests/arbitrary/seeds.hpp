// Which scenarios a long test takes.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace costrisk::arbitrary {

struct Seeds {
  std::uint64_t first = 0, count = 0;
};

/// COSTRISK_SCENARIOS=FIRST:COUNT of the environment, or else these.
inline Seeds seeds(std::uint64_t first, std::uint64_t count) {
  const char* wanted = std::getenv("COSTRISK_SCENARIOS");
  if (!wanted) return {first, count};
  const std::string_view text = wanted;
  Seeds seeds;
  const auto [colon, no_first] = std::from_chars(text.data(), text.data() + text.size(), seeds.first);
  const char* from = colon == text.data() + text.size() ? colon : colon + 1;
  const auto [end, no_count] = std::from_chars(from, text.data() + text.size(), seeds.count);
  if (no_first != std::errc() || no_count != std::errc() || *colon != ':' || end != text.data() + text.size())
    throw std::invalid_argument("COSTRISK_SCENARIOS is no FIRST:COUNT, such as 1000:500");
  return seeds;
}

}  // namespace costrisk::arbitrary
