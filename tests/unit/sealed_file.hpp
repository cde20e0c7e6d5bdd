// Result files as bytes, changed and made to look as costrisk had written them so.
#pragma once

#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace costrisk::tests {

inline std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void put(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Makes the checksum fit again, for faults that are to be found behind it; where it has gone, the bytes as they are.
inline std::string resealed(std::string bytes) {
  const std::string mark = "costrisk file checksum, CRC-32 0x";
  const std::size_t place = bytes.find(mark) + mark.size();
  if (place < mark.size() || place + 8 > bytes.size()) return bytes;
  bytes.replace(place, 8, "00000000");
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08lx", crc);
  return bytes.replace(place, 8, digits);
}

}  // namespace costrisk::tests
