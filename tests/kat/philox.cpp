// Philox4x32-10 on every lane: the published known answers, Random123's own implementation, and that the short
// cuts for paths and streams give the same words.
#include "kernels/math/philox.hpp"

#include <array>

#include "tests/kat/on_every_lane.hpp"

#if __has_include(<Random123/philox.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop
#define COSTRISK_HAS_RANDOM123 1
#else
#define COSTRISK_HAS_RANDOM123 0
#pragma message("Random123 is not installed (librandom123-dev): the comparison with it is left out")
#endif

namespace costrisk::kat {
namespace {

using Words = std::array<std::uint32_t, 4>;

struct KnownAnswer {
  Words counter;
  std::array<std::uint32_t, 2> key;
  Words words;
};

// The vectors "philox4x32 10" among the known answers that Random123 is published with.
constexpr KnownAnswer known_answers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

/// A sequence of numbers that has nothing to do with Philox (Weyl's, mixed as in splitmix64).
class Mixer {
 public:
  explicit Mixer(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint32_t word() {
    const std::uint64_t z = next();
    // One in eight is an extreme.
    if ((z >> 32) % 8 == 0) return (z & 1) != 0 ? 0xffffffffu : 0u;
    return static_cast<std::uint32_t>(z);
  }

 private:
  std::uint64_t state_;
};

using Philox = OnEveryLane;

TEST_P(Philox, gives_the_published_known_answers) {
  for (const KnownAnswer& answer : known_answers) {
    std::vector<std::uint32_t> counters, words(4 * block);
    for (int i = 0; i < block; ++i) counters.insert(counters.end(), answer.counter.begin(), answer.counter.end());
    lane().philox(counters.data(), {answer.key[0], answer.key[1]}, words.data(), block);
    for (int i = 0; i < block; ++i)
      for (int w = 0; w < 4; ++w) EXPECT_EQ(words[4 * i + w], answer.words[w]) << "lane " << i << ", word " << w;
  }
}

TEST_P(Philox, keeps_each_lane_to_its_own_counter) {
  std::vector<std::uint32_t> counters, words(4 * block);
  for (int i = 0; i < block; ++i) {
    const Words& counter = known_answers[i % 3 == 1 ? 1 : 0].counter;
    counters.insert(counters.end(), counter.begin(), counter.end());
  }
  lane().philox(counters.data(), {0, 0}, words.data(), block);
  for (int i = 0; i < block; ++i) EXPECT_EQ(words[4 * i] == known_answers[0].words[0], i % 3 != 1) << "lane " << i;
}

TEST_P(Philox, stream_blocks_and_events_are_the_words_of_their_counters) {
  Mixer mixer(1);
  std::vector<std::uint32_t> low(block), high(block), ordinal(block), counters(4 * block), expected(4 * block),
      actual(4 * block);
  for (int turn = 0; turn < 2000; ++turn) {
    const PhiloxKey key{mixer.word(), mixer.word()};
    const std::uint32_t stream = mixer.word(), number = mixer.word();
    for (int i = 0; i < block; ++i) {
      low[i] = mixer.word();
      high[i] = mixer.word();
      ordinal[i] = mixer.word();
      const Words counter = {low[i], number, stream, high[i]};
      std::copy(counter.begin(), counter.end(), counters.begin() + 4 * i);
    }
    lane().philox(counters.data(), key, expected.data(), block);
    lane().stream_block(low.data(), high.data(), key, stream, number, actual.data(), block);
    ASSERT_EQ(actual, expected) << "block of a stream, turn " << turn;

    for (int i = 0; i < block; ++i) counters[4 * i + 1] = ordinal[i];
    lane().philox(counters.data(), key, expected.data(), block);
    lane().event(low.data(), high.data(), key, stream, ordinal.data(), actual.data(), block);
    ASSERT_EQ(actual, expected) << "event, turn " << turn;
  }
}

TEST_P(Philox, equals_random123_on_a_million_counters) {
#if COSTRISK_HAS_RANDOM123
  Mixer mixer(2);
  constexpr int batch = 4096, batches = 256;
  std::vector<std::uint32_t> counters(4 * batch), words(4 * batch);
  for (int b = 0; b < batches; ++b) {
    const PhiloxKey key{mixer.word(), mixer.word()};
    for (std::uint32_t& c : counters) c = mixer.word();
    lane().philox(counters.data(), key, words.data(), batch);
    const philox4x32_key_t their_key = {{key.low, key.high}};
    for (int i = 0; i < batch; ++i) {
      const philox4x32_ctr_t counter = {
          {counters[4 * i], counters[4 * i + 1], counters[4 * i + 2], counters[4 * i + 3]}};
      const philox4x32_ctr_t theirs = philox4x32_R(10, counter, their_key);
      for (int w = 0; w < 4; ++w) ASSERT_EQ(words[4 * i + w], theirs.v[w]) << "batch " << b << ", counter " << i;
    }
  }
#else
  GTEST_SKIP() << "built without Random123 (librandom123-dev)";
#endif
}

INSTANTIATE_TEST_SUITE_P(Lanes, Philox, testing::ValuesIn(all_probes()), lane_name);

}  // namespace
}  // namespace costrisk::kat
