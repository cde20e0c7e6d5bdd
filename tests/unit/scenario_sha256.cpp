// SHA-256 against the published examples of FIPS 180-4, and independence of how the bytes arrive.
#include "src/scenario/reader/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace costrisk::scenario {
namespace {

std::string digest(const std::string& text) { return sha256_hex(std::as_bytes(std::span(text))); }

TEST(ScenarioSha256, GivesThePublishedDigests) {
  EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(
      digest("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnop"
             "qrstnopqrstu"),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(digest(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(ScenarioSha256, DoesNotDependOnHowTheBytesArrive) {
  for (std::size_t length : {0u, 1u, 55u, 56u, 57u, 63u, 64u, 65u, 119u, 120u, 128u, 200u}) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + i % 26);
    for (std::size_t piece : {1u, 3u, 63u, 64u, 65u}) {
      Sha256 pieces;
      for (std::size_t at = 0; at < length; at += piece) {
        const std::string part = text.substr(at, piece);
        pieces.update(std::as_bytes(std::span(part)));
        pieces.hex();
      }
      EXPECT_EQ(pieces.hex(), digest(text)) << length << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace costrisk::scenario
