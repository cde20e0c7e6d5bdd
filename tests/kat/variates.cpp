// Uniform, exponential and normal variates: their bounds over all words, and the normal's table recomputed.
#include "kernels/math/normal_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/kat/normal_reference.hpp"
#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

/// 2^20 words, evenly spread.
std::vector<std::int32_t> even_words(std::uint32_t offset) {
  std::vector<std::int32_t> words;
  for (std::uint64_t w = offset; w < (std::uint64_t{1} << 32); w += 1u << 12)
    words.push_back(word(static_cast<std::uint32_t>(w)));
  return words;
}

/// The words of both signs whose tails lie within 512 words of a border between octaves, and the first thousands.
std::vector<std::int32_t> border_words() {
  std::vector<std::int32_t> words;
  const auto both = [&](std::uint32_t tail) {
    words.push_back(word(tail & 0x7fffffffu));
    words.push_back(word(tail | 0x80000000u));
  };
  for (std::uint32_t tail = 0; tail < 8192; ++tail) both(tail);
  for (int octave = 13; octave <= 31; ++octave)
    for (std::int64_t d = -512; d <= 512; ++d) {
      const std::int64_t tail = (std::int64_t{1} << octave) + d;
      if (tail <= 0x7fffffff) both(static_cast<std::uint32_t>(tail));
    }
  return words;
}

/// 4096 words of each sign in every octave.
std::vector<std::int32_t> words_by_octave() {
  std::vector<std::int32_t> words;
  for (int octave = 12; octave < 31; ++octave)
    for (std::uint32_t i = 0; i < 4096; ++i) {
      const std::uint32_t tail = (1u << octave) + i * (1u << (octave - 12)) + i % (1u << (octave - 12));
      words.push_back(word(tail));
      words.push_back(word(tail | 0x80000000u));
    }
  return words;
}

double exact_normal(std::int32_t w) {
  const double tail = static_cast<double>((static_cast<std::uint32_t>(w) & 0x7fffffffu) | 1u) * 0x1p-32;
  return w < 0 ? -normal_of_tail(tail) : normal_of_tail(tail);
}

TEST(Uniform, lies_strictly_inside_the_unit_interval_at_the_extreme_words) {
  std::vector<std::int32_t> in;
  for (std::uint32_t i = 0; i < 4096; ++i) {
    in.push_back(word(i));
    in.push_back(word(0xffffffffu - i));
    in.push_back(word(0x7fffffffu - i));
    in.push_back(word(0x80000000u + i));
  }
  for (const std::int32_t bits : apply(fastest_probe(), Map::uniform, in)) {
    EXPECT_GT(float_of(bits), 0.0f);
    EXPECT_LT(float_of(bits), 1.0f);
  }
  EXPECT_EQ(float_of(apply(fastest_probe(), Map::uniform, {0})[0]), 0x1p-31f);
  EXPECT_EQ(float_of(apply(fastest_probe(), Map::uniform, {-1})[0]), 0x1.fffffep-1f);
}

TEST(Uniform, is_the_word_over_two_to_the_32) {
  const std::vector<std::int32_t> in = even_words(0x9e5);
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::uniform, in);
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double u = float_of(out[i]);
    EXPECT_NEAR(u, static_cast<std::uint32_t>(in[i]) * 0x1p-32, 0x1p-24);
    sum += u;
    squares += u * u;
  }
  const double n = static_cast<double>(in.size());
  EXPECT_NEAR(sum / n, 0.5, 1e-6);
  EXPECT_NEAR(squares / n, 1.0 / 3.0, 1e-6);
}

TEST(UnitExponential, is_positive_bounded_and_of_unit_mean_and_variance) {
  std::vector<std::int32_t> in = even_words(0x800);
  const std::size_t even = in.size();
  append(in, border_words());
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::unit_exponential, in);
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double x = float_of(out[i]);
    ASSERT_GT(x, 0.0) << "word " << in[i];
    ASSERT_LE(x, 21.5) << "word " << in[i];
    const double u = static_cast<double>((static_cast<std::uint32_t>(in[i]) >> 1) | 1u) * 0x1p-31;
    EXPECT_NEAR(x, -std::log(u), 1.7e-7 + 6e-8 * x) << "word " << in[i];
    if (i < even) sum += x, squares += x * x;
  }
  const double n = static_cast<double>(even);
  EXPECT_NEAR(sum / n, 1.0, 1e-5);
  EXPECT_NEAR(squares / n, 2.0, 2e-4);
}

TEST(StandardNormal, stays_within_its_error_in_every_octave) {
  std::vector<std::int32_t> in = border_words();
  append(in, words_by_octave());
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::standard_normal, in);
  double worst = 0.0;
  std::int32_t at = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double x = float_of(out[i]);
    ASSERT_LE(std::fabs(x), 6.24) << "word " << in[i];
    const double error = std::fabs(x - exact_normal(in[i]));
    if (!(error <= worst)) worst = error, at = in[i];
  }
  EXPECT_LT(worst, 4e-6) << "word " << static_cast<std::uint32_t>(at);
  EXPECT_GT(worst, 1e-7) << "no error at all: nothing was tested";
}

TEST(StandardNormal, is_antisymmetric) {
  std::vector<std::int32_t> in = even_words(0x123), mirrored = in;
  for (std::int32_t& w : mirrored) w ^= std::int32_t(0x80000000);
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::standard_normal, in);
  const std::vector<std::int32_t> other = apply(fastest_probe(), Map::standard_normal, mirrored);
  for (std::size_t i = 0; i < in.size(); ++i) ASSERT_EQ(out[i] ^ std::int32_t(0x80000000), other[i]);
}

/// Moments of the normals of evenly spread words, taken as the midpoints of equal parts of the unit interval.
TEST(StandardNormal, has_the_moments_of_the_normal) {
  const std::vector<std::int32_t> in = even_words(0x800);
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::standard_normal, in);
  std::array<double, 9> moment{};
  for (const std::int32_t bits : out) {
    double power = 1.0;
    for (int k = 1; k <= 8; ++k) moment[k] += (power *= float_of(bits));
  }
  for (double& m : moment) m /= static_cast<double>(in.size());
  // What a rule of 2^20 midpoints itself is off by is its last part's share, about x^k/2^21 at x = 4.9.
  EXPECT_NEAR(moment[1], 0.0, 1e-6);
  EXPECT_NEAR(moment[2], 1.0, 1.5e-5);
  EXPECT_NEAR(moment[3], 0.0, 1e-4);
  EXPECT_NEAR(moment[4], 3.0, 5e-4);
  EXPECT_NEAR(moment[6], 15.0, 2e-2);
  EXPECT_NEAR(moment[8], 105.0, 0.7);
}

TEST(StandardNormal, rises_as_the_tail_falls_across_octave_borders) {
  for (int octave = 1; octave < 31; ++octave) {
    std::vector<std::int32_t> in;
    for (std::int64_t d = -8192; d <= 8192; d += 512) {
      const std::int64_t tail = (std::int64_t{1} << octave) + d;
      if (tail > 0 && tail <= 0x7fffffff) in.push_back(static_cast<std::int32_t>(tail));
    }
    const std::vector<std::int32_t> out = apply(fastest_probe(), Map::standard_normal, in);
    for (std::size_t i = 1; i < out.size(); ++i)
      EXPECT_LE(float_of(out[i]), float_of(out[i - 1]) + 8e-6f) << "tail " << in[i];
  }
}

using Polynomial = std::array<double, 6>;  // by power

double value_of(const Polynomial& p, double t) {
  double x = p[5];
  for (int k = 4; k >= 0; --k) x = x * t + p[k];
  return x;
}

/// x of the tail (1.5 + t)·2^exponent.
double target(int exponent, double t) { return normal_of_tail(std::ldexp(1.5 + t, exponent)); }

/// The largest error of a polynomial on a grid over [−½, ½], and in each run of one sign the place of the largest.
double largest_error(int exponent, const Polynomial& p, std::vector<double>* extrema) {
  constexpr int points = 2000;
  double worst = 0.0, run_worst = -1.0, run_at = 0.0;
  bool run_positive = true;
  if (extrema) extrema->clear();
  for (int i = 0; i <= points; ++i) {
    const double t = static_cast<double>(i) / points - 0.5;
    const double error = value_of(p, t) - target(exponent, t);
    worst = std::max(worst, std::fabs(error));
    if (!extrema) continue;
    if (run_worst >= 0.0 && (error > 0.0) != run_positive) {
      extrema->push_back(run_at);
      run_worst = -1.0;
    }
    run_positive = error > 0.0;
    if (std::fabs(error) > run_worst) run_worst = std::fabs(error), run_at = t;
  }
  if (extrema) extrema->push_back(run_at);
  return worst;
}

/// The polynomial whose errors at seven places are equal with alternating signs.
Polynomial levelled(int exponent, const std::vector<double>& places) {
  double a[7][8];
  for (int row = 0; row < 7; ++row) {
    double power = 1.0;
    for (int k = 0; k < 6; ++k, power *= places[row]) a[row][k] = power;
    a[row][6] = row % 2 == 0 ? 1.0 : -1.0;
    a[row][7] = target(exponent, places[row]);
  }
  for (int column = 0; column < 7; ++column) {
    int pivot = column;
    for (int row = column + 1; row < 7; ++row)
      if (std::fabs(a[row][column]) > std::fabs(a[pivot][column])) pivot = row;
    for (int k = 0; k < 8; ++k) std::swap(a[column][k], a[pivot][k]);
    for (int row = 0; row < 7; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (int k = column; k < 8; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  Polynomial p;
  for (int k = 0; k < 6; ++k) p[k] = a[k][7] / a[k][k];
  return p;
}

/// The best polynomial of an octave, by the exchange of Remez.
Polynomial best_polynomial(int exponent) {
  std::vector<double> places;
  for (int i = 0; i < 7; ++i) places.push_back(-0.5 * std::cos(M_PI * i / 6.0));
  Polynomial p{};
  for (int turn = 0; turn < 6; ++turn) {
    p = levelled(exponent, places);
    std::vector<double> extrema;
    largest_error(exponent, p, &extrema);
    if (extrema.size() != 7) break;
    places = extrema;
  }
  return p;
}

TEST(NormalTable, is_the_best_polynomial_of_every_octave) {
  for (int octave = 0; octave <= 30; ++octave) {
    const int exponent = octave - 32;  // of the tail: (1.5 + t)·2^octave words
    const int column = (octave + 127) & 31;
    Polynomial table;
    for (int k = 0; k < 6; ++k) table[k] = normal_table.coefficient[k][column];
    const Polynomial best = best_polynomial(exponent);
    const double least = largest_error(exponent, best, nullptr);
    const double error = largest_error(exponent, table, nullptr);
    // Rounding the coefficients to float costs half a unit in the last place of the largest.
    EXPECT_LE(error, 1.02 * least + 6e-7) << "octave " << octave << ", the best there is " << least;
    for (int k = 0; k < 6; ++k) EXPECT_NEAR(table[k], best[k], 1e-5) << "octave " << octave << ", power " << k;
  }
}

TEST(NormalTable, is_zero_at_one_half) {
  for (int k = 0; k < 6; ++k) EXPECT_EQ(normal_table.coefficient[k][(31 + 127) & 31], 0.0f);
}

// Every word of one sign, in runs of 64 whose ends are judged; between them the normal is monotonic but for its
// error, so that its neighbours hold it.
TEST(LongStandardNormal, stays_within_its_error_at_every_64th_word) {
  double worst = 0.0;
  for (std::uint64_t first = 0; first < 0x80000000u; first += 1u << 24) {
    std::vector<std::int32_t> in;
    for (std::uint64_t w = first; w < first + (1u << 24); w += 64) in.push_back(static_cast<std::int32_t>(w));
    const std::vector<std::int32_t> out = apply(fastest_probe(), Map::standard_normal, in);
    for (std::size_t i = 0; i < in.size(); ++i)
      worst = std::max(worst, std::fabs(float_of(out[i]) - exact_normal(in[i])));
  }
  EXPECT_LT(worst, 4e-6);
}

}  // namespace
}  // namespace costrisk::kat
