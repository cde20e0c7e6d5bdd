// Error bounds of exp, log and Φ in float and of the host's functions in double, each as its docstring states
// it and over its whole domain.
#include "kernels/math/elementary.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/math/host.hpp"
#include "tests/kat/normal_reference.hpp"
#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

constexpr std::size_t dense = std::size_t{1} << 20;

std::vector<std::int32_t> both_signs(std::vector<std::int32_t> magnitudes) {
  const std::size_t n = magnitudes.size();
  for (std::size_t i = 0; i < n; ++i) magnitudes.push_back(magnitudes[i] ^ std::int32_t(0x80000000));
  return magnitudes;
}

/// Floats between −limit and limit: every magnitude, and evenly.
std::vector<std::int32_t> around_zero(float limit, std::size_t count) {
  std::vector<std::int32_t> bits = both_signs(floats_between(0.0f, limit, count / 4));
  for (std::size_t i = 0; i <= count / 2; ++i)
    bits.push_back(
        bits_of(static_cast<float>(limit * (4.0 * static_cast<double>(i) / static_cast<double>(count) - 1.0))));
  return bits;
}

struct Worst {
  double error = 0.0;
  float at = 0.0f;
  void take(double e, float x) {
    if (e > error || std::isnan(e)) error = e, at = x;
  }
};

/// The largest relative error of a function.
Worst relative_error(Map function, double (*exactly)(double), const std::vector<std::int32_t>& in) {
  const std::vector<std::int32_t> out = apply(fastest_probe(), function, in);
  Worst worst;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const float x = float_of(in[i]);
    const double exact = exactly(static_cast<double>(x));
    worst.take(std::fabs(float_of(out[i]) - exact) / exact, x);
  }
  return worst;
}

TEST(Exponential, stays_within_its_relative_error) {
  const Worst worst = relative_error(Map::exponential, std::exp, around_zero(87.0f, 4 * dense));
  EXPECT_LT(worst.error, 2.5e-7) << "at " << worst.at;
  EXPECT_GT(worst.error, 2.5e-8) << "no error at all: nothing was tested";
}

TEST(PowerOfTwo, stays_within_its_relative_error) {
  const Worst worst = relative_error(Map::power_of_two, std::exp2, around_zero(126.0f, 4 * dense));
  EXPECT_LT(worst.error, 2e-7) << "at " << worst.at;
  EXPECT_GT(worst.error, 2e-8) << "no error at all: nothing was tested";
}

TEST(PowerOfTwo, is_exact_for_whole_numbers) {
  std::vector<std::int32_t> in;
  for (int x = -126; x <= 126; ++x) in.push_back(bits_of(static_cast<float>(x)));
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::power_of_two, in);
  for (std::size_t i = 0; i < in.size(); ++i) EXPECT_EQ(float_of(out[i]), std::exp2(float_of(in[i])));
}

/// A function is constant beyond ±limit.
void expect_clamped(Map function, float limit) {
  const std::vector<std::int32_t> in = {bits_of(limit),  bits_of(limit + 1.0f),  bits_of(1e30f),  bits_of(INFINITY),
                                        bits_of(-limit), bits_of(-limit - 1.0f), bits_of(-1e30f), bits_of(-INFINITY)};
  const std::vector<std::int32_t> out = apply(fastest_probe(), function, in);
  for (int i = 1; i < 4; ++i) {
    EXPECT_EQ(out[i], out[0]) << float_of(in[i]);
    EXPECT_EQ(out[4 + i], out[4]) << float_of(in[4 + i]);
  }
  EXPECT_TRUE(std::isnormal(float_of(out[0])) && std::isnormal(float_of(out[4])));
}

TEST(Exponential, clamps_outside_its_domain) { expect_clamped(Map::exponential, 87.0f); }
TEST(PowerOfTwo, clamps_outside_its_domain) { expect_clamped(Map::power_of_two, 126.0f); }

Worst logarithm_excess(const std::vector<std::int32_t>& in) {
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::logarithm, in);
  Worst worst;  // error over bound
  for (std::size_t i = 0; i < in.size(); ++i) {
    const float x = float_of(in[i]);
    const double exact = std::log(static_cast<double>(x));
    worst.take(std::fabs(float_of(out[i]) - exact) / (1e-7 + 6e-8 * std::fabs(exact)), x);
  }
  return worst;
}

TEST(Logarithm, stays_within_its_absolute_error) {
  std::vector<std::int32_t> in = floats_between(0x1p-126f, 0x1.fffffep127f, 4 * dense);
  append(in, floats_between(0.5f, 2.0f, dense));
  append(in, floats_between(0.99f, 1.01f, dense));
  const Worst worst = logarithm_excess(in);
  EXPECT_LT(worst.error, 1.0) << "of its bound, at " << worst.at;
  EXPECT_GT(worst.error, 0.1) << "no error at all: nothing was tested";
}

TEST(Logarithm, is_zero_at_one) {
  EXPECT_EQ(float_of(apply(fastest_probe(), Map::logarithm, {bits_of(1.0f)})[0]), 0.0f);
}

TEST(NormalDistribution, stays_within_its_error_and_inside_the_unit_interval) {
  const std::vector<std::int32_t> in = around_zero(40.0f, 4 * dense);
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::normal_distribution, in);
  Worst lower, upper;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const float z = float_of(in[i]), value = float_of(out[i]);
    ASSERT_GT(value, 0.0f) << "at " << z;
    ASSERT_LT(value, 1.0f) << "at " << z;
    const double exact = upper_tail(-static_cast<double>(z));
    if (z < 0.0f && z >= -9.0f)
      lower.take(std::fabs(value - exact) / exact, z);
    else
      upper.take(std::fabs(value - exact), z);
  }
  EXPECT_LT(lower.error, 3e-6) << "at " << lower.at;
  EXPECT_LT(upper.error, 2.2e-7) << "at " << upper.at;
  EXPECT_GT(lower.error, 1e-8);
  EXPECT_GT(upper.error, 1e-8);
}

TEST(NormalDistribution, never_falls_by_more_than_its_error) {
  std::vector<std::int32_t> in;
  for (int i = -9000; i <= 9000; ++i) in.push_back(bits_of(static_cast<float>(i) * 1e-3f));
  const std::vector<std::int32_t> out = apply(fastest_probe(), Map::normal_distribution, in);
  for (std::size_t i = 1; i < out.size(); ++i)
    EXPECT_GE(float_of(out[i]), float_of(out[i - 1]) * (1.0f - 1e-6f)) << "at " << float_of(in[i]);
}

double relative(double value, long double exact) {
  return static_cast<double>(std::fabs((static_cast<long double>(value) - exact) / exact));
}

TEST(Host, exponential_stays_within_its_relative_error) {
  double worst = 0.0, at = 0.0;
  for (int i = -700'000; i <= 700'000; ++i) {
    const double x = i * 1e-3 + 1.7e-5 * std::sin(i);
    if (std::fabs(x) > 700.0) continue;
    const double error = relative(host::exponential(x), std::exp(static_cast<long double>(x)));
    if (error > worst) worst = error, at = x;
  }
  for (int i = -40; i <= 40; ++i)  // where the reduction changes over
    for (int j = -50; j <= 50; ++j) {
      const double x = (i + 0.5) * 0.69314718055994531 + j * 1e-15;
      const double error = relative(host::exponential(x), std::exp(static_cast<long double>(x)));
      if (error > worst) worst = error, at = x;
    }
  EXPECT_LT(worst, 4e-16) << "at " << at;
  EXPECT_EQ(host::exponential(0.0), 1.0);
}

TEST(Host, logarithm_stays_within_its_error) {
  double worst = 0.0, at = 0.0;
  const auto judge = [&](double x) {
    const long double exact = std::log(static_cast<long double>(x));
    // Near one the bound is that of the absolute error.
    const double error = static_cast<double>(std::fabs(host::logarithm(x) - exact) / std::max(std::fabs(exact), 0.5L));
    if (error > worst) worst = error, at = x;
  };
  for (int exponent = -1022; exponent <= 1023; ++exponent)
    for (int i = 0; i < 500; ++i) judge(std::ldexp(1.0 + (i + 0.5 * std::sin(exponent) + 0.5) / 501.0, exponent));
  for (int i = -200'000; i <= 200'000; ++i) judge(1.0 + i * 2.4e-6);
  for (int i = -100; i <= 100; ++i) judge(1.4142135623730951 + i * 2.3e-16);
  EXPECT_LT(worst, 4e-16) << "at " << at;
  EXPECT_EQ(host::logarithm(1.0), 0.0);
}

TEST(Host, power_stays_within_its_relative_error) {
  double worst = 0.0, worst_a = 0.0, worst_b = 0.0;
  for (int i = 0; i < 2000; ++i)
    for (int j = 0; j < 200; ++j) {
      const double a = std::exp(-20.0 + 0.02 * i + 1e-3 * std::sin(j)), b = -8.0 + 0.08 * j + 1e-3 * std::cos(i);
      const long double exact = std::pow(static_cast<long double>(a), static_cast<long double>(b));
      const double size = 1.0 + static_cast<double>(std::fabs(b * std::log(static_cast<long double>(a))));
      const double error = relative(host::power(a, b), exact) / size;
      if (error > worst) worst = error, worst_a = a, worst_b = b;
    }
  EXPECT_LT(worst, 1e-15) << "at " << worst_a << "^" << worst_b;
}

TEST(Host, power_of_two_is_exact_at_whole_numbers_and_close_between) {
  double worst = 0.0;
  for (int i = -4000; i <= 4000; ++i) {
    const double x = i * 0.0123;
    worst =
        std::max(worst, relative(host::power_of_two(x), std::exp2(static_cast<long double>(x))) / (1.0 + std::fabs(x)));
  }
  EXPECT_LT(worst, 4e-16);
  EXPECT_EQ(host::power_of_two(0.0), 1.0);
}

TEST(Host, square_root_is_correctly_rounded) {
  for (int i = 0; i < 100'000; ++i) {
    const double x = (i + 0.37) * 1.0e-3;
    const double root = host::square_root(x), unit = std::nextafter(root, 1e9) - root;
    // (root ± unit/2)² lie on either side of x; the fused operation is exact here.
    EXPECT_LE(std::fabs(std::fma(root, root, -x)), root * unit) << x;
  }
}

// Every float there is.
TEST(LongExponential, stays_within_its_relative_error_at_every_float) {
  Worst worst;
  const std::int64_t last = bits_of(87.0f);
  for (std::int64_t first = 0; first <= last; first += 1 << 20) {
    std::vector<std::int32_t> in;
    for (std::int64_t b = first; b <= std::min(last, first + (1 << 20) - 1); ++b)
      in.push_back(static_cast<std::int32_t>(b));
    const Worst part = relative_error(Map::exponential, std::exp, both_signs(std::move(in)));
    worst.take(part.error, part.at);
  }
  EXPECT_LT(worst.error, 2.5e-7) << "at " << worst.at;
}

TEST(LongLogarithm, stays_within_its_absolute_error_at_every_float) {
  Worst worst;
  const std::int64_t first_bits = bits_of(0x1p-126f), last = bits_of(0x1.fffffep127f);
  for (std::int64_t first = first_bits; first <= last; first += 1 << 20) {
    std::vector<std::int32_t> in;
    for (std::int64_t b = first; b <= std::min(last, first + (1 << 20) - 1); ++b)
      in.push_back(static_cast<std::int32_t>(b));
    const Worst part = logarithm_excess(in);
    worst.take(part.error, part.at);
  }
  EXPECT_LT(worst.error, 1.0) << "of its bound, at " << worst.at;
}

}  // namespace
}  // namespace costrisk::kat
