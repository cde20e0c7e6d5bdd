// The roofs under which a processor's rungs work: how many instructions a lane can issue, how fast random words can be
// made. Each is a loop that does nothing else.
#pragma once

#include <cstdint>

#include "kernels/math/philox.hpp"
#include "kernels/math/variates.hpp"

namespace costrisk::ladder {

/// The roofs' loops over one lane type.
struct RoofLoops {
  int lanes;
  /// Issues `rounds` · issue_operations instructions; returns a number that depends on them.
  float (*issue)(int rounds);
  /// Draws `blocks` blocks of 4 · lanes words; returns a number that depends on them.
  float (*draw)(int blocks);
};

extern const RoofLoops scalar_roofs, avx2_roofs, avx512_roofs;

/// Instructions of a round: more than half of them fused multiply-adds, the rest on integers, about as in the model.
inline constexpr int issue_operations = 14;

/// Chains that do not wait for one another: eight of floats, since two fused operations a cycle take four cycles each,
/// and three of integers with two operations each. With their constants they fit the sixteen registers of AVX2.
template <class L>
COSTRISK_FN float issue_loop(int rounds, typename L::I first = typename L::I(0)) {
  using F = typename L::F;
  using I = typename L::I;
  F floats[8];
  I integers[3];
  for (int i = 0; i < 8; ++i) floats[i] = to_float(add(first, I(i)));
  for (int i = 0; i < 3; ++i) integers[i] = add(add(L::lane_index(), first), I(i));
  for (int round = 0; round < rounds; ++round) {
    for (F& x : floats) x = fma(x, F(0.999f), F(0.5f));
    for (I& x : integers) x = add(x ^ I(0x5bd1e995), I(77));
  }
  F sum(0.0f);
  for (const F& x : floats) sum = sum + x;
  for (const I& x : integers) sum = sum + to_float(x);
  float lanes[L::width];
  L::store(sum, lanes);
  return lanes[0];
}

template <class L>
COSTRISK_FN float draw_loop(int blocks, typename L::I first = typename L::I(0)) {
  using I = typename L::I;
  const PhiloxPath<L> path(add(L::lane_index(), first), I(0), PhiloxKey{1, 2});
  const PhiloxStream<L> stream(path, 3);
  I mixed(0);
  for (int block = 0; block < blocks; ++block) {
    const PhiloxWords<L> words = stream.block(static_cast<std::uint32_t>(block));
    mixed = mixed ^ ((words.word[0] ^ words.word[1]) ^ (words.word[2] ^ words.word[3]));
  }
  float lanes[L::width];
  L::store(to_float(mixed), lanes);
  return lanes[0];
}

}  // namespace costrisk::ladder
