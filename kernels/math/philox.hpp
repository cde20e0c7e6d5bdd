// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC'11. A pure function of counter and key.
//
// Counter (path low word, block, stream, path high word); key = seed. All lanes of a vector share block,
// stream and seed in the per-step draws, so that the first rounds are work per path or per block only:
// `PhiloxPath` and `PhiloxStream` hold what they leave, and a block costs seven rounds and a half.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/lane/scalar.hpp"

namespace costrisk {

struct PhiloxKey {
  std::uint32_t low = 0, high = 0;

  COSTRISK_FN std::uint32_t round_low(int round) const { return low + static_cast<std::uint32_t>(round) * 0x9E3779B9u; }
  COSTRISK_FN std::uint32_t round_high(int round) const {
    return high + static_cast<std::uint32_t>(round) * 0xBB67AE85u;
  }
};

/// The rounds' keys in memory: AVX-512 spreads a word from there over a vector within the operation that takes it.
class PhiloxKeyTable {
 public:
  COSTRISK_FN explicit PhiloxKeyTable(PhiloxKey key) {
    for (int round = 0; round < 10; ++round) {
      low_[round] = key.round_low(round);
      high_[round] = key.round_high(round);
    }
  }
  COSTRISK_FN std::uint64_t round_low(int round) const { return low_[round]; }
  COSTRISK_FN std::uint64_t round_high(int round) const { return high_[round]; }

 private:
  std::uint64_t low_[10], high_[10];
};

template <class L>
using PhiloxKeys = std::conditional_t<(L::width >= 16), PhiloxKeyTable, PhiloxKey>;

inline constexpr std::uint32_t philox_m0 = 0xD2511F53u;
inline constexpr std::uint32_t philox_m1 = 0xCD9E8D57u;

/// The four words of a block, as the bits of I.
template <class L>
struct PhiloxWords {
  typename L::I word[4];
};

/// Rounds first … 9 on a state whose words lie in the low halves.
template <class L>
COSTRISK_FN PhiloxWords<L> philox_rounds(typename L::X c0, typename L::X c1, typename L::X c2, typename L::X c3,
                                         const PhiloxKeys<L>& key, int first) {
  using I = typename L::I;
  using X = typename L::X;
  for (int round = first; round < 9; ++round) {
    const X p0 = product(c0, philox_m0);
    const X p1 = product(c2, philox_m1);
    c0 = exclusive_or(high_half(p1), c1, X(std::uint64_t{key.round_low(round)}));
    c2 = exclusive_or(high_half(p0), c3, X(std::uint64_t{key.round_high(round)}));
    c1 = p1;
    c3 = p0;
  }
  // The last round on words that are narrow already.
  const X p0 = product(c0, philox_m0);
  const X p1 = product(c2, philox_m1);
  return {{exclusive_or(narrow_high(p1), narrow(c1), I(static_cast<std::int32_t>(key.round_low(9)))), narrow(p1),
           exclusive_or(narrow_high(p0), narrow(c3), I(static_cast<std::int32_t>(key.round_high(9)))), narrow(p0)}};
}

/// The block of any counter.
template <class L>
COSTRISK_FN PhiloxWords<L> philox(typename L::I c0, typename L::I c1, typename L::I c2, typename L::I c3,
                                  PhiloxKey key) {
  return philox_rounds<L>(widen(c0), widen(c1), widen(c2), widen(c3), PhiloxKeys<L>(key), 0);
}

/// What the first two rounds leave of the path alone.
template <class L>
struct PhiloxPath {
  PhiloxKeys<L> key;
  typename L::X a3, b1, q1_high;

  COSTRISK_FN PhiloxPath(typename L::I path_low, typename L::I path_high, PhiloxKey k) : key(k) {
    using X = typename L::X;
    a3 = product(widen(path_low), philox_m0);
    const X a2 = exclusive_or(high_half(a3), widen(path_high), X(std::uint64_t{key.round_high(0)}));
    b1 = product(a2, philox_m1);
    q1_high = high_half(b1);
  }
  /// The block of an event: its ordinal may differ from lane to lane. Of the first two rounds only the
  /// ordinal's product is left to do.
  COSTRISK_FN PhiloxWords<L> event(std::uint32_t stream, typename L::I ordinal) const {
    using X = typename L::X;
    const std::uint64_t p1 = std::uint64_t{stream} * philox_m1;
    const X a0 = exclusive_or(widen(ordinal), X((p1 >> 32) ^ key.round_low(0)));
    const X q0 = product(a0, philox_m0);
    const X b0 = exclusive_or(q1_high, X((p1 & 0xFFFFFFFFu) ^ key.round_low(1)));
    const X b2 = exclusive_or(high_half(q0), a3, X(std::uint64_t{key.round_high(1)}));
    return philox_rounds<L>(b0, b1, b2, q0, key, 2);
  }
};

/// What the first three rounds leave of the path and the stream.
template <class L>
struct PhiloxStream {
  PhiloxKeys<L> key;
  std::uint64_t p1;
  typename L::X a3, b1_key, r0, r0_high;

  COSTRISK_FN PhiloxStream(const PhiloxPath<L>& path, std::uint32_t stream) : key(path.key) {
    using X = typename L::X;
    p1 = std::uint64_t{stream} * philox_m1;
    const std::uint64_t a1 = p1 & 0xFFFFFFFFu;
    const X b0 = exclusive_or(path.q1_high, X(a1), X(std::uint64_t{key.round_low(1)}));
    r0 = product(b0, philox_m0);
    r0_high = high_half(r0);
    a3 = path.a3;
    b1_key = exclusive_or(path.b1, X(std::uint64_t{key.round_low(2)}));
  }
  /// The block that all lanes share.
  COSTRISK_FN PhiloxWords<L> block(std::uint32_t number) const {
    using X = typename L::X;
    const std::uint32_t a0 = static_cast<std::uint32_t>((p1 >> 32) ^ number ^ key.round_low(0));
    const std::uint64_t q0 = std::uint64_t{a0} * philox_m0;
    const X b2 = exclusive_or(a3, X((q0 >> 32) ^ key.round_high(1)));
    const X r1 = product(b2, philox_m1);
    const X c0 = exclusive_or(high_half(r1), b1_key);
    const X c2 = exclusive_or(r0_high, X((q0 & 0xFFFFFFFFu) ^ key.round_high(2)));
    return philox_rounds<L>(c0, r1, c2, r0, key, 3);
  }
};

}  // namespace costrisk
