// Instantiates the probe of a lane. Nothing of the standard library is called here, so that no code compiled
// for one processor is shared with the rest of the program.
#pragma once

#include <type_traits>

#include "kernels/math/philox.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/services/binomial.hpp"
#include "kernels/model/services/window.hpp"
#include "tests/kat/lane_probe.hpp"
#include "tests/kat/plan_probe_of.hpp"

namespace costrisk::kat {

template <class L>
struct ProbeOf {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

  template <class V, class T>
  COSTRISK_FN static V load(const T* p) {
    V v;
    static_assert(sizeof(V) == sizeof(T) * L::width);
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  COSTRISK_FN static F floats(const std::int32_t* p) { return load<F>(p); }
  COSTRISK_FN static I ints(const std::int32_t* p) { return load<I>(p); }
  COSTRISK_FN static void put(F f, std::int32_t* p) { L::store(float_bits(f), p); }
  COSTRISK_FN static void put(M m, std::int32_t* p) { L::store(select(m, I(1), I(0)), p); }

  template <class Function>
  COSTRISK_FN static void each(const std::int32_t* in, std::int32_t* out, int count, Function function) {
    for (int i = 0; i < count; i += L::width) function(in + i, out + i);
  }

  static void map(Map function, const std::int32_t* in, std::int32_t* out, int count) {
    using P = const std::int32_t*;
    using Q = std::int32_t*;
    switch (function) {
      case Map::exponential:
        return each(in, out, count, [](P p, Q q) { put(exponential(floats(p)), q); });
      case Map::power_of_two:
        return each(in, out, count, [](P p, Q q) { put(power_of_two(floats(p)), q); });
      case Map::logarithm:
        return each(in, out, count, [](P p, Q q) { put(logarithm(floats(p)), q); });
      case Map::normal_distribution:
        return each(in, out, count, [](P p, Q q) { put(normal_distribution(floats(p)), q); });
      case Map::uniform:
        return each(in, out, count, [](P p, Q q) { put(F(uniform(ints(p))), q); });
      case Map::unit_exponential:
        return each(in, out, count, [](P p, Q q) { put(F(unit_exponential(ints(p))), q); });
      case Map::standard_normal:
        return each(in, out, count, [](P p, Q q) { put(F(standard_normal(ints(p), normal_table)), q); });
      case Map::standard_normals:
        return each(in, out, count, [](P p, Q q) {
          const I word = ints(p);
          const I words[4] = {word, word ^ I(-1), word ^ I(0x15555555), word ^ I(0x2AAAAAAA)};
          F normals[4];
          standard_normals(words, normal_table, normals);
          M same(true);
          for (int j = 0; j < 4; ++j)
            same = same & (float_bits(normals[j]) == float_bits(standard_normal(words[j], normal_table)));
          put(select(same, normals[0], F(99.0f)), q);
        });
      case Map::clamp:
        return each(in, out, count, [](P p, Q q) { put(clamp(floats(p), 1.0f), q); });
      case Map::snap_fleet:
        return each(in, out, count, [](P p, Q q) { put(snap(floats(p), 0.0f), q); });
      case Map::snap_time:
        return each(in, out, count, [](P p, Q q) { put(snap(floats(p), time_tolerance), q); });
      case Map::first_set_bit:
        return each(in, out, count, [](P p, Q q) { L::store(first_set_bit(ints(p)), q); });
      case Map::low_bits:
        return each(in, out, count, [](P p, Q q) { L::store(low_bits(ints(p)), q); });
      case Map::to_int:
        return each(in, out, count, [](P p, Q q) { L::store(to_int(floats(p)), q); });
      case Map::rint:
        return each(in, out, count, [](P p, Q q) { put(rint(floats(p)), q); });
      case Map::floor:
        return each(in, out, count, [](P p, Q q) { put(floor(floats(p)), q); });
      case Map::ceil:
        return each(in, out, count, [](P p, Q q) { put(ceil(floats(p)), q); });
      case Map::sqrt:
        return each(in, out, count, [](P p, Q q) { put(sqrt(floats(p)), q); });
    }
  }

  static void map2(Map2 function, const std::int32_t* a, const std::int32_t* b, std::int32_t* out, int count) {
    // Rows to gather from and to add to: row r holds 1000·r + lane.
    alignas(64) float rows[32 * L::width];
    for (int k = 0; k < 32 * L::width; ++k) rows[k] = static_cast<float>(1000 * (k / L::width) + k % L::width);
    for (int i = 0; i < count; i += L::width) {
      const F x = floats(a + i), y = floats(b + i);
      const I m = ints(a + i), n = ints(b + i);
      std::int32_t* q = out + i;
      switch (function) {
        case Map2::min:
          put(min(x, y), q);
          break;
        case Map2::max:
          put(max(x, y), q);
          break;
        case Map2::add:
          L::store(add(m, n), q);
          break;
        case Map2::subtract:
          L::store(subtract(m, n), q);
          break;
        case Map2::multiply:
          L::store(multiply(m, n), q);
          break;
        case Map2::divide:
          put(x / y, q);
          break;
        case Map2::fused:
          put(fma(x, y, x), q);
          break;
        case Map2::test:
          put(test(m, n), q);
          break;
        case Map2::less:
          put(x < y, q);
          break;
        case Map2::product_of_words:
          L::store(narrow(high_half(product(widen(m), philox_m0))) ^ narrow(product(widen(n), philox_m1)), q);
          break;
        case Map2::gather:
          put(L::gather_row(reinterpret_cast<const F*>(rows), m & I(31)), q);
          break;
        case Map2::gather_shared: {
          std::int32_t integers[32];
          float numbers[32];
          for (int k = 0; k < 32; ++k) integers[k] = 1000 * k, numbers[k] = 3.0f * static_cast<float>(k);
          L::store(add(L::gather(integers, m), to_int(L::gather(numbers, m))), q);
          break;
        }
        case Map2::add_to_row: {
          // Weighed by its number, no row can stand in for another.
          L::add_to_row(reinterpret_cast<F*>(rows), m & I(31), F(7.0f), I(0) < n);
          F sum(0.0f);
          for (int r = 0; r < 32; ++r) sum = sum + F(static_cast<float>(r + 1)) * reinterpret_cast<const F*>(rows)[r];
          put(sum, q);
          for (int k = 0; k < 32 * L::width; ++k) rows[k] = static_cast<float>(1000 * (k / L::width) + k % L::width);
          break;
        }
      }
    }
  }

  COSTRISK_FN static void scatter(const PhiloxWords<L>& words, std::uint32_t* out) {
    std::int32_t lanes[L::width];
    for (int w = 0; w < 4; ++w) {
      L::store(words.word[w], lanes);
      for (int lane = 0; lane < L::width; ++lane) out[4 * lane + w] = static_cast<std::uint32_t>(lanes[lane]);
    }
  }

  static void philox_words(const std::uint32_t* counters, PhiloxKey key, std::uint32_t* words, int count) {
    for (int i = 0; i < count; i += L::width) {
      std::uint32_t column[4][L::width];
      for (int lane = 0; lane < L::width; ++lane)
        for (int w = 0; w < 4; ++w) column[w][lane] = counters[4 * (i + lane) + w];
      scatter(philox<L>(load<I>(column[0]), load<I>(column[1]), load<I>(column[2]), load<I>(column[3]), key),
              words + 4 * i);
    }
  }

  static void stream_block(const std::uint32_t* path_low, const std::uint32_t* path_high, PhiloxKey key,
                           std::uint32_t stream, std::uint32_t number, std::uint32_t* words, int count) {
    for (int i = 0; i < count; i += L::width) {
      const PhiloxPath<L> path(load<I>(path_low + i), load<I>(path_high + i), key);
      scatter(PhiloxStream<L>(path, stream).block(number), words + 4 * i);
    }
  }

  static void event(const std::uint32_t* path_low, const std::uint32_t* path_high, PhiloxKey key, std::uint32_t stream,
                    const std::uint32_t* ordinal, std::uint32_t* words, int count) {
    for (int i = 0; i < count; i += L::width) {
      const PhiloxPath<L> path(load<I>(path_low + i), load<I>(path_high + i), key);
      scatter(path.event(stream, load<I>(ordinal + i)), words + 4 * i);
    }
  }

  static void instant_plus(const std::int32_t* step, const float* offset, const float* by, std::int32_t* to_step,
                           float* to_offset, std::int32_t* first_step, float* since, int count) {
    for (int i = 0; i < count; i += L::width) {
      const Instant<L> from{load<I>(step + i), load<F>(offset + i)};
      const Instant<L> to = from.plus(load<F>(by + i));
      L::store(to.step, to_step + i);
      L::store(to.offset, to_offset + i);
      L::store(to.first_step(), first_step + i);
      L::store(to.since(from), since + i);
    }
  }

  static void amounts(const float* values, const float* errors, std::int64_t* totals, int turns, int count) {
    for (int i = 0; i < count; i += L::width) {
      F rest(0.0f);
      for (int lane = 0; lane < L::width; ++lane) totals[i + lane] = 0;
      for (int turn = 0; turn < turns; ++turn) {
        const std::size_t at = static_cast<std::size_t>(turn) * static_cast<std::size_t>(count) + i;
        accumulate<L>(totals + i, to_amount<L>(load<F>(values + at), load<F>(errors + at) + rest, rest));
      }
    }
  }

  static void sums(const float* a, const float* b, float* sum, float* rest, int turns, int count) {
    for (int i = 0; i < count; i += L::width) {
      CompensatedSum<L> total = CompensatedSum<L>::zero();
      for (int turn = 0; turn < turns; ++turn) {
        const std::size_t at = static_cast<std::size_t>(turn) * static_cast<std::size_t>(count) + i;
        total.add_product(load<F>(a + at), load<F>(b + at));
      }
      L::store(total.sum, sum + i);
      L::store(total.rest, rest + i);
    }
  }

  static void binomial(const float* instances, const float* rates, const std::int32_t* words, PhiloxKey key,
                       float* counts, int count) {
    for (int i = 0; i < count; i += L::width) {
      const PhiloxPath<L> path(add(L::lane_index(), I(i)), I(0), key);
      Binomial<L> binomial;
      binomial.begin(load<F>(rates + i));
      const auto next_word = [&](int part) { return path.event(1, I(part / 4)).word[part % 4]; };
      L::store(binomial.draw(load<F>(instances + i), uniform(load<I>(words + i)), next_word), counts + i);
    }
  }

  struct RareWords {
    const PhiloxPath<L>& path;
    int step;
    COSTRISK_FN PhiloxWords<L> of(I place) const { return path.event(0, add(place, I(step + 1))); }
    COSTRISK_FN I further(I place, int part) const {
      return path.event(1, add(shift_left<5>(add(place, I(step))), I(part / 4))).word[part % 4];
    }
  };
  static void rare_binomials(const float* instances, float bound, float rate, PhiloxKey key, float* counts, int steps,
                             int count) {
    for (int i = 0; i < count; i += L::width) {
      const PhiloxPath<L> path(add(L::lane_index(), I(i)), I(0), key);
      RareBinomials<L> reclaims;
      reclaims.begin(F(rate), unit_exponential(path.event(0, I(0)).word[0]));
      F passed[tile_steps + 1], struck[tile_steps];
      passed[0] = F(0.0f);
      for (int start = 0; start < steps; start += tile_steps) {
        const int end = steps - start < tile_steps ? steps - start : tile_steps;
        reclaims.begin_tile(passed[start == 0 ? 0 : tile_steps]);
        passed[0] = F(0.0f);
        for (int k = 0; k < end; ++k) {
          passed[k + 1] = passed[k] + load<F>(instances + (start + k) * count + i);
          struck[k] = F(0.0f);
        }
        // Many steps at once and one alone take turns.
        for (int k = 0; k < end;) {
          const RareWords words{path, start + k};
          if constexpr (L::width > 1) {
            if (k % 3 == 0) {
              const int many = end - k < 11 ? end - k : 11;
              const auto strike = [&](I place, F number, M where) { L::add_to_row(struck + k, place, number, where); };
              reclaims.draw(passed + k, many, F(bound), words, strike);
              k += many;
              continue;
            }
          }
          const F n = passed[k + 1] - passed[k];
          if (reclaims.draws(n, passed[k + 1])) struck[k] = reclaims.draw(n, passed[k + 1], I(0), words);
          ++k;
        }
        for (int k = 0; k < end; ++k) L::store(struck[k], counts + (start + k) * count + i);
      }
    }
  }

  template <Extreme kind>
  COSTRISK_FN static void slide(const float* values, const WindowParameters& window, float* extremes, int steps,
                                int count) {
    F memory[80];
    for (int i = 0; i < count; i += L::width) {
      SlidingExtreme<L, kind> sliding(window, memory, {F(0.0f), F(0.0f)}, 0);
      // Four steps at once and one alone take turns.
      const auto push = [&]<int group>(int k, std::integral_constant<int, group>) {
        F in[group], out[group];
        for (int j = 0; j < group; ++j) in[j] = load<F>(values + (k + j) * count + i);
        sliding.push(in, out);
        for (int j = 0; j < group; ++j) L::store(out[j], extremes + (k + j) * count + i);
        return k + group;
      };
      for (int k = 0; k < steps;)
        k = k % 5 == 0 && k + 4 <= steps ? push(k, std::integral_constant<int, 4>())
                                         : push(k, std::integral_constant<int, 1>());
    }
  }
  static void sliding(const float* values, const WindowParameters& window, Extreme extreme, float* extremes, int steps,
                      int count) {
    if (extreme == Extreme::most)
      slide<Extreme::most>(values, window, extremes, steps, count);
    else
      slide<Extreme::least>(values, window, extremes, steps, count);
  }
};

template <class L>
consteval LaneProbe probe_of(const char* name) {
  using P = ProbeOf<L>;
  return {name,
          L::width,
          P::map,
          P::map2,
          P::philox_words,
          P::stream_block,
          P::event,
          P::instant_plus,
          P::amounts,
          P::sums,
          P::binomial,
          P::rare_binomials,
          P::sliding,
          {PlanProbeOf<L>::bytes, PlanProbeOf<L>::simulate}};
}

}  // namespace costrisk::kat
