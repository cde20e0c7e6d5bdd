// SHA-256 by its published examples (FIPS 180-4).
#include "src/scenario/reader/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace costrisk::scenario {
namespace {

TEST(ScenarioSha256, IsWrittenInHexadecimalDigitsAndMoreMayFollow) {
  Sha256 digest;
  EXPECT_EQ(digest.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const char letter : {'a', 'b', 'c'}) {
    digest.update(std::as_bytes(std::span(&letter, 1)));
    digest.hex();
  }
  EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span("abc", 3))), digest.hex());
}

}  // namespace
}  // namespace costrisk::scenario
