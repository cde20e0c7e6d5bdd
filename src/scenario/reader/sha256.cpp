// By libmd.
#include "src/scenario/reader/sha256.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace costrisk::scenario {

void Sha256::update(std::span<const std::byte> bytes) {
  SHA256Update(&state_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string Sha256::hex() const {
  SHA2_CTX ended = state_;
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256Final(digest.data(), &ended);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

}  // namespace costrisk::scenario
