// The rules of ties, instants and money, on every lane.
#include "kernels/model/arithmetic.hpp"

#include <cmath>

#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

using Arithmetic = OnEveryLane;

std::vector<float> apply_floats(const LaneProbe& lane, Map function, const std::vector<float>& in) {
  std::vector<std::int32_t> bits;
  for (const float x : in) bits.push_back(bits_of(x));
  std::vector<float> out;
  for (const std::int32_t b : apply(lane, function, bits)) out.push_back(float_of(b));
  return out;
}

TEST_P(Arithmetic, snap_takes_what_is_within_the_tolerance_and_nothing_else) {
  std::vector<float> in;
  for (int whole = -40; whole <= 4096; whole += whole < 40 ? 1 : 97)
    for (int d = -64; d <= 64; ++d) in.push_back(static_cast<float>(whole + d * 0x1p-14));
  for (const bool time : {false, true}) {
    const std::vector<float> out = apply_floats(lane(), time ? Map::snap_time : Map::snap_fleet, in);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const double x = in[i], nearest = std::rint(x);
      const bool near = std::fabs(x - nearest) <= std::max(std::fabs(nearest) * 0x1p-20, time ? 0x1p-10 : 0.0);
      EXPECT_EQ(out[i], near ? nearest : x) << x << (time ? ", of time" : "");
    }
  }
}

TEST_P(Arithmetic, snap_undoes_the_rounding_of_quotients) {
  // ⌈n·r/r⌉ is n however n·r was rounded.
  std::vector<float> in;
  std::vector<float> expected;
  for (int n = 1; n <= 4096; n += 3)
    for (const float r : {0.1f, 0.7f, 1.0f / 3.0f, 4.0f * 0.7f, 123.456f}) {
      in.push_back(static_cast<float>(n) * r / r);
      expected.push_back(static_cast<float>(n));
      in.push_back(static_cast<float>(n) * r * (1.0f / r));
      expected.push_back(static_cast<float>(n));
    }
  EXPECT_EQ(apply_floats(lane(), Map::snap_fleet, in), expected);
}

TEST_P(Arithmetic, first_set_bit_is_the_place_of_the_lowest) {
  std::vector<std::int32_t> in = {0};
  std::vector<std::int32_t> expected = {32};
  for (int bit = 0; bit < 32; ++bit)
    for (const std::uint32_t above : {0u, 0xffffffffu, 0xaaaaaaaau, 0x80000000u}) {
      in.push_back(word((1u << bit) | (bit == 31 ? 0u : above & (0xffffffffu << (bit + 1)))));
      expected.push_back(bit);
    }
  EXPECT_EQ(apply(lane(), Map::first_set_bit, in), expected);
}

TEST_P(Arithmetic, low_bits_sets_as_many_as_asked_for) {
  std::vector<std::int32_t> in, expected;
  for (int count = 0; count <= 32; ++count) {
    in.push_back(count);
    expected.push_back(word(static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1)));
  }
  for (const int beyond : {-1, 33, 1 << 21, INT32_MAX, INT32_MIN}) {
    in.push_back(beyond);
    expected.push_back(-1);
  }
  EXPECT_EQ(apply(lane(), Map::low_bits, in), expected);
}

TEST_P(Arithmetic, instants_keep_their_fraction_inside_a_step) {
  std::vector<std::int32_t> step;
  std::vector<float> offset, by;
  const float offsets[] = {0.0f, 0x1p-30f, 0x1p-24f, 0x1p-11f, 0x1p-10f, 0.00098f, 0.25f, 0.5f, 0.999f, 0x1.fffffep-1f};
  const float spans[] = {0.0f,  0x1p-30f,       0x1p-25f, 0x1p-24f,       0x1p-12f, 0.5f,
                         0.75f, 0x1.fffffep-1f, 1.0f,     1.5f,           31.99f,   32.0f,
                         1e3f,  65535.5f,       0x1p20f,  0x1.fffffep20f, 0x1p21f,  0x1p22f};
  for (const std::int32_t s : {0, 1, 31, 1 << 20})
    for (const float o : offsets)
      for (const float b : spans) {
        step.push_back(s);
        offset.push_back(o);
        by.push_back(b);
      }
  while (step.size() % block != 0) {
    step.push_back(0);
    offset.push_back(0.0f);
    by.push_back(0.0f);
  }
  const int n = static_cast<int>(step.size());
  std::vector<std::int32_t> to_step(step.size()), first(step.size());
  std::vector<float> to_offset(step.size()), since(step.size());
  lane().instant_plus(step.data(), offset.data(), by.data(), to_step.data(), to_offset.data(), first.data(),
                      since.data(), n);
  for (std::size_t i = 0; i < step.size(); ++i) {
    const double exact = double(offset[i]) + double(by[i]);
    EXPECT_GE(to_offset[i], 0.0f);
    EXPECT_LT(to_offset[i], 1.0f) << step[i] << " + " << offset[i] << " + " << by[i];
    const double reached = (to_step[i] - step[i]) + double(to_offset[i]);
    EXPECT_NEAR(reached, exact, exact * 0x1p-24) << step[i] << " + " << offset[i] << " + " << by[i];
    EXPECT_EQ(first[i], to_step[i] + (to_offset[i] > time_tolerance ? 1 : 0));
    EXPECT_NEAR(since[i], by[i], exact * 0x1p-23 + 0x1p-24);
  }
}

TEST_P(Arithmetic, amounts_that_carry_their_rest_add_up_to_a_micro_unit) {
  // 100,000 amounts a lane, from a thousandth of a micro-unit to some thousands of units, with errors that
  // stand for what a float product dropped.
  constexpr int turns = 100'000;
  std::vector<float> values(static_cast<std::size_t>(turns) * block), errors(values.size());
  std::vector<std::int64_t> totals(block);
  long double exact[block] = {};
  const double scale[block] = {1e-9, 3.3e-8, 1e-7, 4.9e-7, 5.1e-7, 1e-6, 1.7e-6, 1e-5,
                               1e-4, 1e-3,   0.01, 0.1,    1.0,    22.0, 333.3,  4321.0};
  std::uint32_t state = 7;
  for (int turn = 0; turn < turns; ++turn)
    for (int lane_index = 0; lane_index < block; ++lane_index) {
      state = state * 747796405u + 2891336453u;
      const double amount = scale[lane_index] * (0.5 + (state >> 8) * 0x1p-24);
      const std::size_t at = static_cast<std::size_t>(turn) * block + static_cast<std::size_t>(lane_index);
      values[at] = static_cast<float>(amount);
      errors[at] = static_cast<float>(amount - static_cast<double>(values[at]));
      exact[lane_index] += static_cast<long double>(values[at]) + static_cast<long double>(errors[at]);
    }
  lane().amounts(values.data(), errors.data(), totals.data(), turns, block);
  for (int i = 0; i < block; ++i) {
    const long double micros = exact[i] * 1e6L;
    // The rest is a float of up to half a micro-unit: 2^-24 of one a turn may be lost. Fractions of large amounts
    // are held to 2^-25 of a unit.
    const long double allowed = 1.0L + turns * (0x1p-24L + (scale[i] > 1e-6 ? 3e-3L : 0.0L));
    EXPECT_LE(std::fabs(static_cast<long double>(totals[i]) - micros), allowed) << "amounts of " << scale[i];
  }
}

TEST_P(Arithmetic, amounts_round_to_the_nearest_micro_unit) {
  std::vector<float> values, errors;
  for (const double micros : {0.0, 0.4, 0.6, -0.4, -0.6, 1.0, 999'999.0, 1'000'000.0, -1'000'000.0, 1'500'000.0,
                              2'500'000.0, -2'500'000.0, 123'456'789.0, 1e12, -1e12, 1.073741824e15}) {
    const float value = static_cast<float>(micros / 1e6);
    values.push_back(value);
    errors.push_back(static_cast<float>(micros / 1e6 - static_cast<double>(value)));
  }
  ASSERT_EQ(values.size(), std::size_t{block});
  std::vector<std::int64_t> totals(block);
  lane().amounts(values.data(), errors.data(), totals.data(), 1, block);
  const std::vector<std::int64_t> expected = {0,
                                              0,
                                              1,
                                              0,
                                              -1,
                                              1,
                                              999'999,
                                              1'000'000,
                                              -1'000'000,
                                              1'500'000,
                                              2'500'000,
                                              -2'500'000,
                                              123'456'789,
                                              1'000'000'000'000,
                                              -1'000'000'000'000,
                                              1'073'741'824'000'000};
  EXPECT_EQ(totals, expected);
}

TEST_P(Arithmetic, compensated_sums_keep_what_rounding_drops) {
  constexpr int turns = 200'000;
  std::vector<float> a(static_cast<std::size_t>(turns) * block), b(a.size());
  long double exact[block] = {};
  double plain_error = 0.0;
  float plain = 0.0f;
  for (int turn = 0; turn < turns; ++turn)
    for (int i = 0; i < block; ++i) {
      const std::size_t at = static_cast<std::size_t>(turn) * block + static_cast<std::size_t>(i);
      a[at] = static_cast<float>(0.1 + 0.9 * std::fabs(std::sin(0.37 * turn + i)));
      b[at] = static_cast<float>(2.2 + 0.01 * i + std::cos(0.11 * turn));
      exact[i] += static_cast<long double>(a[at]) * static_cast<long double>(b[at]);
      if (i == 0) plain += a[at] * b[at];
    }
  plain_error = std::fabs(static_cast<double>(plain - exact[0]));
  std::vector<float> sum(block), rest(block);
  lane().sums(a.data(), b.data(), sum.data(), rest.data(), turns, block);
  for (int i = 0; i < block; ++i)
    EXPECT_NEAR(static_cast<double>(static_cast<long double>(sum[i]) + static_cast<long double>(rest[i]) - exact[i]),
                0.0, static_cast<double>(exact[i]) * 1e-8)
        << "lane " << i;
  EXPECT_GT(plain_error, static_cast<double>(exact[0]) * 1e-7) << "a plain sum would have done: nothing was tested";
}

INSTANTIATE_TEST_SUITE_P(Lanes, Arithmetic, testing::ValuesIn(all_probes()), lane_name);

}  // namespace
}  // namespace costrisk::kat
