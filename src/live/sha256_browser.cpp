// SHA-256 (FIPS 180-4) behind libmd's interface, since libmd is not there for browsers.
#include <sha2.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

/// The first 32 bits behind the point of a prime's root, as FIPS 180-4, 4.2.2 and 5.3.3 have their constants: exact,
/// since a double has 53.
struct Constants {
  std::uint32_t start[8], round[64];
  Constants() {
    int found = 0;
    for (int n = 2; found < 64; ++n) {
      bool is_prime = true;
      for (int d = 2; d * d <= n; ++d) is_prime = is_prime && n % d != 0;
      if (!is_prime) continue;
      if (found < 8) start[found] = behind_point(std::sqrt(static_cast<double>(n)));
      round[found++] = behind_point(std::cbrt(static_cast<double>(n)));
    }
  }
  static std::uint32_t behind_point(double root) {
    return static_cast<std::uint32_t>((root - std::floor(root)) * 0x1p32);
  }
};

const Constants& constants() {
  static const Constants constants;
  return constants;
}

}  // namespace

extern "C" {

void SHA256Init(SHA2_CTX* context) {
  std::memset(context, 0, sizeof *context);
  std::memcpy(context->state.st32, constants().start, sizeof constants().start);
}

void SHA256Transform(std::uint32_t state[8], const std::uint8_t block[SHA256_BLOCK_LENGTH]) {
  std::uint32_t w[64];
  for (int i = 0; i < 16; ++i)
    w[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
           std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; ++i) {
    const std::uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
           (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
  }
  std::uint32_t s[8];
  std::memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; ++i) {
    const std::uint32_t high = std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
    const std::uint32_t first = s[7] + high + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants().round[i] + w[i];
    const std::uint32_t low = std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
    const std::uint32_t second = low + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    std::memmove(s + 1, s, 7 * sizeof s[0]);
    s[4] += first;
    s[0] = first + second;
  }
  for (int i = 0; i < 8; ++i) state[i] += s[i];
}

void SHA256Update(SHA2_CTX* context, const std::uint8_t* data, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t place = context->bitcount[0] / 8 % SHA256_BLOCK_LENGTH;
    context->buffer[place] = data[i];
    context->bitcount[0] += 8;
    if (place + 1 == SHA256_BLOCK_LENGTH) SHA256Transform(context->state.st32, context->buffer);
  }
}

void SHA256Final(std::uint8_t digest[SHA256_DIGEST_LENGTH], SHA2_CTX* context) {
  const std::uint64_t bits = context->bitcount[0];
  const std::uint8_t one = 0x80, zero = 0;
  SHA256Update(context, &one, 1);
  while (context->bitcount[0] / 8 % SHA256_BLOCK_LENGTH != SHA256_BLOCK_LENGTH - 8) SHA256Update(context, &zero, 1);
  for (int i = 7; i >= 0; --i) {
    const auto byte = static_cast<std::uint8_t>(bits >> (8 * i));
    SHA256Update(context, &byte, 1);
  }
  for (int i = 0; i < 32; ++i) digest[i] = static_cast<std::uint8_t>(context->state.st32[i / 4] >> (24 - 8 * (i % 4)));
}

}  // extern "C"
