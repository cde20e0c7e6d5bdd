// The same bits on every lane: the vocabulary of the model, and the functions built from it.
#include <cmath>

#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

constexpr std::int32_t sign_bit = std::int32_t(0x80000000);

/// Numbers of every size and both signs, zeros included, without NaN and infinity.
std::vector<std::int32_t> finite_floats(std::size_t count) {
  std::vector<std::int32_t> bits = floats_between(0.0f, 0x1.fffffep127f, count / 2);
  const std::size_t n = bits.size();
  for (std::size_t i = 0; i < n; ++i) bits.push_back(bits[i] ^ sign_bit);
  return bits;
}

/// Normal numbers within ±limit, those that are halves and close to whole numbers among them.
std::vector<std::int32_t> floats_within(float limit, std::size_t count) {
  std::vector<std::int32_t> bits = floats_between(0x1p-126f, limit, count / 4);
  for (std::size_t i = 0; i < count / 4; ++i) {
    const float whole = 0.5f * static_cast<float>(i);
    for (const float x : {whole, std::nextafterf(whole, limit), std::nextafterf(whole, 0.0f)})
      if (x <= limit && (x == 0.0f || x >= 0x1p-126f)) bits.push_back(bits_of(x));
  }
  const std::size_t n = bits.size();
  for (std::size_t i = 0; i < n; ++i) bits.push_back(bits[i] ^ sign_bit);
  return bits;
}

std::vector<std::int32_t> words(std::size_t count) {
  std::vector<std::int32_t> result = {0, -1, 1, sign_bit, ~sign_bit};
  std::uint32_t w = 1;
  for (int bit = 0; bit < 32; ++bit)
    for (std::uint32_t d : {0u, 1u, 0xffffffffu}) result.push_back(word((1u << bit) + d));
  while (result.size() < count) result.push_back(word(w = w * 747796405u + 2891336453u));
  return result;
}

struct Domain {
  const char* name;
  Map function;
  std::vector<std::int32_t> in;
};

std::vector<Domain> domains() {
  const std::size_t many = std::size_t{1} << 19;
  std::vector<std::int32_t> counts;
  for (int i = -2; i <= 34; ++i) counts.push_back(i);
  counts.insert(counts.end(), {1 << 21, INT32_MAX, INT32_MIN});
  return {
      {"exponential", Map::exponential, finite_floats(many)},
      {"power_of_two", Map::power_of_two, finite_floats(many)},
      {"logarithm", Map::logarithm, floats_between(0x1p-126f, 0x1.fffffep127f, many)},
      {"normal_distribution", Map::normal_distribution, finite_floats(many)},
      {"uniform", Map::uniform, words(many)},
      {"unit_exponential", Map::unit_exponential, words(many)},
      {"standard_normal", Map::standard_normal, words(many)},
      {"standard_normals", Map::standard_normals, words(many)},
      {"clamp", Map::clamp, finite_floats(many)},
      {"snap_fleet", Map::snap_fleet, floats_within(0x1p30f, many)},
      {"snap_time", Map::snap_time, floats_within(0x1p30f, many)},
      {"first_set_bit", Map::first_set_bit, words(many)},
      {"low_bits", Map::low_bits, counts},
      {"to_int", Map::to_int, floats_within(0x1p30f, many)},
      {"rint", Map::rint, finite_floats(many)},
      {"floor", Map::floor, finite_floats(many)},
      {"ceil", Map::ceil, finite_floats(many)},
      {"sqrt", Map::sqrt, floats_between(0.0f, 0x1.fffffep127f, many)},
  };
}

struct Domain2 {
  const char* name;
  Map2 function;
  std::vector<std::int32_t> a, b;
};

std::vector<Domain2> pairs() {
  const std::size_t many = std::size_t{1} << 18;
  std::vector<std::int32_t> w = words(many), v = words(many), x = finite_floats(many), y = x;
  std::uint32_t state = 1;
  const auto shuffle = [&](std::vector<std::int32_t>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      state = state * 747796405u + 2891336453u;
      std::swap(values[i - 1], values[state % i]);
    }
  };
  shuffle(v);
  shuffle(y);
  // Zeros of either sign, and numbers against themselves.
  const std::int32_t zeros[] = {0, sign_bit};
  for (const std::int32_t a : zeros)
    for (const std::int32_t b : zeros) x.push_back(a), y.push_back(b);
  for (std::size_t i = 0; i < 1000; ++i) x.push_back(y[i]), y.push_back(y[i]);
  // Numbers of like size, whose sums and products stay finite.
  std::vector<std::int32_t> c = floats_between(0x1p-40f, 0x1p40f, many), d = c;
  shuffle(d);
  for (std::size_t i = 0; i < d.size(); i += 3) d[i] ^= sign_bit;
  return {{"min", Map2::min, x, y},           {"max", Map2::max, x, y},
          {"add", Map2::add, w, v},           {"subtract", Map2::subtract, w, v},
          {"multiply", Map2::multiply, w, v}, {"divide", Map2::divide, c, d},
          {"fused", Map2::fused, c, d},       {"test", Map2::test, w, v},
          {"less", Map2::less, x, y},         {"product_of_words", Map2::product_of_words, w, v}};
}

using Lane = OnEveryLane;

TEST_P(Lane, gives_the_scalar_lanes_bits_in_every_function) {
  for (const Domain& domain : domains()) {
    const std::vector<std::int32_t> expected = apply(scalar_probe, domain.function, domain.in);
    const std::vector<std::int32_t> actual = apply(lane(), domain.function, domain.in);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(actual[i], expected[i]) << domain.name << " of " << domain.in[i] << " (as a float "
                                        << float_of(domain.in[i]) << ")";
  }
}

TEST_P(Lane, gives_the_scalar_lanes_bits_in_every_function_of_two) {
  for (Domain2& domain : pairs()) {
    const std::size_t n = std::min(domain.a.size(), domain.b.size()) / block * block;
    std::vector<std::int32_t> expected(n), actual(n);
    scalar_probe.map2(domain.function, domain.a.data(), domain.b.data(), expected.data(), static_cast<int>(n));
    lane().map2(domain.function, domain.a.data(), domain.b.data(), actual.data(), static_cast<int>(n));
    for (std::size_t i = 0; i < n; ++i)
      ASSERT_EQ(actual[i], expected[i]) << domain.name << " of " << domain.a[i] << " and " << domain.b[i];
  }
}

TEST_P(Lane, gathers_from_the_row_it_names_in_its_own_column) {
  std::vector<std::int32_t> rows(block), out(block);
  for (int turn = 0; turn < 32; ++turn) {
    for (int i = 0; i < block; ++i) rows[i] = (turn * 7 + i * 5) % 32;
    lane().map2(Map2::gather, rows.data(), rows.data(), out.data(), block);
    for (int i = 0; i < block; ++i) EXPECT_EQ(float_of(out[i]), static_cast<float>(1000 * rows[i] + i % lane().width));
  }
}

TEST_P(Lane, gathers_from_a_table_that_all_lanes_share) {
  std::vector<std::int32_t> places(block), out(block);
  for (int i = 0; i < block; ++i) places[i] = (31 + i * 5) % 32;
  lane().map2(Map2::gather_shared, places.data(), places.data(), out.data(), block);
  for (int i = 0; i < block; ++i) EXPECT_EQ(out[i], 1003 * places[i]);
}

TEST_P(Lane, adds_only_to_the_row_it_names_in_its_own_column_where_it_is_told_to) {
  const std::vector<std::int32_t> rows = {0, 31, 7, 1, 16, 15, 30, 2, 3, 29, 5, 5, 17, 0, 31, 8};
  const std::vector<std::int32_t> where = {1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1};
  std::vector<std::int32_t> out(block);
  lane().map2(Map2::add_to_row, rows.data(), where.data(), out.data(), block);
  for (int i = 0; i < block; ++i) {
    int expected = where[static_cast<std::size_t>(i)] * 7 * (rows[static_cast<std::size_t>(i)] + 1);
    for (int r = 0; r < 32; ++r) expected += (r + 1) * (1000 * r + i % lane().width);
    EXPECT_EQ(float_of(out[static_cast<std::size_t>(i)]), static_cast<float>(expected)) << "lane " << i;
  }
}

TEST_P(Lane, has_the_width_of_its_registers) {
  const int expected = &lane() == &avx512_probe ? 16 : &lane() == &avx2_probe ? 8 : 1;
  EXPECT_EQ(lane().width, expected);
}

INSTANTIATE_TEST_SUITE_P(Lanes, Lane, testing::ValuesIn(all_probes()), lane_name);

}  // namespace
}  // namespace costrisk::kat
