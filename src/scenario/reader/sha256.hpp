// SHA-256 (FIPS 180-4).
#pragma once

#include <sha2.h>

#include <cstddef>
#include <span>
#include <string>

namespace costrisk::scenario {

/// The digest of bytes given piece by piece.
class Sha256 {
 public:
  Sha256() { SHA256Init(&state_); }
  void update(std::span<const std::byte> bytes);

  /// The digest of everything given so far, as 64 lower-case hexadecimal digits. More may follow.
  std::string hex() const;

 private:
  SHA2_CTX state_;
};

std::string sha256_hex(std::span<const std::byte> bytes);

}  // namespace costrisk::scenario
