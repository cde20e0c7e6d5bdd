// Claims of stream numbers.
#include "src/scenario/lower/streams.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace costrisk::scenario {

std::uint32_t Streams::claim(const std::string& name) {
  const std::uint32_t stream = stream_of(name);
  const auto [entry, fresh] = names_.emplace(stream, name);
  if (!fresh && entry->second != name)
    throw std::invalid_argument(
        fmt::format("'{}' and '{}' would draw the same random numbers (stream {:#010x}); rename one of them", name,
                    entry->second, stream));
  return stream;
}

}  // namespace costrisk::scenario
