// A lane of many numbers: Highway vectors of the instruction set this file is compiled for, several
// registers wide so that independent paths hide each other's latency. The same words as lane/scalar.hpp.
#pragma once

#include <hwy/highway.h>

#include <cstdint>

#include "kernels/lane/function.hpp"

namespace costrisk {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using IntTag = hn::ScalableTag<std::int32_t>;
using UintTag = hn::ScalableTag<std::uint32_t>;
using WideTag = hn::ScalableTag<std::uint64_t>;
using FloatVec = hn::Vec<FloatTag>;
using IntVec = hn::Vec<IntTag>;
using WideVec = hn::Vec<WideTag>;
using MaskVec = hn::Mask<FloatTag>;

template <class V, int R>
struct Registers {
  V v[R];
};

template <int R>
struct Float : Registers<FloatVec, R> {
  Float() = default;
  COSTRISK_FN Float(float a) {
    for (int i = 0; i < R; ++i) this->v[i] = hn::Set(FloatTag(), a);
  }
};
template <int R>
struct Int : Registers<IntVec, R> {
  Int() = default;
  COSTRISK_FN Int(std::int32_t a) {
    for (int i = 0; i < R; ++i) this->v[i] = hn::Set(IntTag(), a);
  }
};
template <int R>
struct Mask : Registers<MaskVec, R> {
  Mask() = default;
  COSTRISK_FN Mask(bool a) {
    for (int i = 0; i < R; ++i) this->v[i] = hn::RebindMask(FloatTag(), hn::MaskFromVec(hn::Set(IntTag(), a ? -1 : 0)));
  }
};
/// Each register's words in two vectors of 64-bit elements: even lanes, odd lanes.
template <int R>
struct Wide {
  WideVec even[R], odd[R];
  Wide() = default;
  COSTRISK_FN Wide(std::uint64_t a) {
    for (int i = 0; i < R; ++i) even[i] = odd[i] = hn::Set(WideTag(), a);
  }
};

/// Applies a vector operation register by register.
template <class Out, int R, class Operation>
COSTRISK_FN Out each(Operation operation) {
  Out out;
  for (int i = 0; i < R; ++i) out.v[i] = operation(i);
  return out;
}

#define COSTRISK_BINARY(Type, Result, name, expression)              \
  template <int R>                                                   \
  COSTRISK_FN Result<R> name(const Type<R>& a, const Type<R>& b) {   \
    return each<Result<R>, R>([&](int i) { return expression; });    \
  }                                                                  \
  template <int R, class Scalar>                                     \
    requires std::is_arithmetic_v<Scalar>                            \
  COSTRISK_FN Result<R> name(const Type<R>& a, Scalar b) {           \
    return name(a, Type<R>(b));                                      \
  }                                                                  \
  template <int R, class Scalar>                                     \
    requires std::is_arithmetic_v<Scalar>                            \
  COSTRISK_FN Result<R> name(Scalar a, const Type<R>& b) {           \
    return name(Type<R>(a), b);                                      \
  }
#define COSTRISK_UNARY(Type, Result, name, expression)            \
  template <int R>                                                \
  COSTRISK_FN Result<R> name(const Type<R>& a) {                  \
    return each<Result<R>, R>([&](int i) { return expression; }); \
  }

COSTRISK_BINARY(Float, Float, operator+, hn::Add(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Float, operator-, hn::Sub(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Float, operator*, hn::Mul(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Float, operator/, hn::Div(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Float, min, hn::Min(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Float, max, hn::Max(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Mask, operator<, hn::Lt(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Mask, operator>, hn::Gt(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Mask, operator<=, hn::Le(a.v[i], b.v[i]))
COSTRISK_BINARY(Float, Mask, operator>=, hn::Ge(a.v[i], b.v[i]))
COSTRISK_UNARY(Float, Float, operator-, hn::Neg(a.v[i]))
COSTRISK_UNARY(Float, Float, sqrt, hn::Sqrt(a.v[i]))
COSTRISK_UNARY(Float, Float, rint, hn::Round(a.v[i]))
COSTRISK_UNARY(Float, Float, floor, hn::Floor(a.v[i]))
COSTRISK_UNARY(Float, Float, ceil, hn::Ceil(a.v[i]))
COSTRISK_UNARY(Float, Float, abs, hn::Abs(a.v[i]))
COSTRISK_UNARY(Float, Int, to_int, hn::NearestInt(a.v[i]))
COSTRISK_UNARY(Int, Float, to_float, hn::ConvertTo(FloatTag(), a.v[i]))
COSTRISK_UNARY(Float, Int, float_bits, hn::BitCast(IntTag(), a.v[i]))
COSTRISK_UNARY(Int, Float, bits_float, hn::BitCast(FloatTag(), a.v[i]))
COSTRISK_BINARY(Int, Int, add, hn::Add(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Int, subtract, hn::Sub(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Int, multiply, hn::Mul(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Int, operator&, hn::And(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Int, operator|, hn::Or(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Int, operator^, hn::Xor(a.v[i], b.v[i]))
COSTRISK_BINARY(Int, Mask, operator==, hn::RebindMask(FloatTag(), hn::Eq(a.v[i], b.v[i])))
COSTRISK_BINARY(Int, Mask, operator<, hn::RebindMask(FloatTag(), hn::Lt(a.v[i], b.v[i])))
COSTRISK_BINARY(Int, Mask, operator>, hn::RebindMask(FloatTag(), hn::Gt(a.v[i], b.v[i])))
COSTRISK_BINARY(Int, Mask, operator<=, hn::RebindMask(FloatTag(), hn::Not(hn::Gt(a.v[i], b.v[i]))))
COSTRISK_BINARY(Int, Mask, operator>=, hn::RebindMask(FloatTag(), hn::Not(hn::Lt(a.v[i], b.v[i]))))
COSTRISK_BINARY(Mask, Mask, operator&, hn::And(a.v[i], b.v[i]))
COSTRISK_BINARY(Mask, Mask, operator|, hn::Or(a.v[i], b.v[i]))
COSTRISK_UNARY(Mask, Mask, operator!, hn::Not(a.v[i]))
#undef COSTRISK_BINARY
#undef COSTRISK_UNARY

template <int R>
COSTRISK_FN Mask<R> operator&&(const Mask<R>& a, const Mask<R>& b) {
  return a & b;
}
template <int R>
COSTRISK_FN Mask<R> operator||(const Mask<R>& a, const Mask<R>& b) {
  return a | b;
}
template <int R>
COSTRISK_FN Float<R> fma(const Float<R>& a, const Float<R>& b, const Float<R>& c) {
  return each<Float<R>, R>([&](int i) { return hn::MulAdd(a.v[i], b.v[i], c.v[i]); });
}
template <int R>
COSTRISK_FN Float<R> select(const Mask<R>& m, const Float<R>& a, const Float<R>& b) {
  return each<Float<R>, R>([&](int i) { return hn::IfThenElse(m.v[i], a.v[i], b.v[i]); });
}
template <int R>
COSTRISK_FN Int<R> select(const Mask<R>& m, const Int<R>& a, const Int<R>& b) {
  return each<Int<R>, R>([&](int i) { return hn::IfThenElse(hn::RebindMask(IntTag(), m.v[i]), a.v[i], b.v[i]); });
}
template <int R>
COSTRISK_FN bool any(const Mask<R>& m) {
  MaskVec all = m.v[0];
  for (int i = 1; i < R; ++i) all = hn::Or(all, m.v[i]);
  return !hn::AllFalse(FloatTag(), all);
}
template <int N, int R>
COSTRISK_FN Int<R> shift_left(const Int<R>& a) {
  return each<Int<R>, R>([&](int i) { return hn::ShiftLeft<N>(a.v[i]); });
}
template <int N, int R>
COSTRISK_FN Int<R> shift_right(const Int<R>& a) {
  return each<Int<R>, R>([&](int i) { return hn::ShiftRight<N>(a.v[i]); });
}
template <int N, int R>
COSTRISK_FN Int<R> shift_right_logical(const Int<R>& a) {
  return each<Int<R>, R>([&](int i) {
    return hn::BitCast(IntTag(), hn::ShiftRight<N>(hn::BitCast(UintTag(), a.v[i])));
  });
}
template <int R>
COSTRISK_FN Int<R> low_bits(const Int<R>& count) {
  return each<Int<R>, R>([&](int i) {
    const auto one = hn::Set(UintTag(), 1);
    return hn::BitCast(IntTag(), hn::Sub(hn::Shl(one, hn::BitCast(UintTag(), count.v[i])), one));
  });
}
template <int R>
COSTRISK_FN Mask<R> test(const Int<R>& a, const Int<R>& b) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return each<Mask<R>, R>([&](int i) { return MaskVec{_mm512_test_epi32_mask(a.v[i].raw, b.v[i].raw)}; });
#else
  return !((a & b) == Int<R>(0));
#endif
}
template <int R>
COSTRISK_FN Float<R> lookup32(const float* table, const Int<R>& index) {
  return each<Float<R>, R>([&](int i) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    return FloatVec{_mm512_permutex2var_ps(_mm512_load_ps(table), index.v[i].raw, _mm512_load_ps(table + 16))};
#else
    return hn::GatherIndex(FloatTag(), table, hn::And(index.v[i], hn::Set(IntTag(), 31)));
#endif
  });
}

template <int R>
COSTRISK_FN Wide<R> widen(const Int<R>& a) {
  Wide<R> out;
  for (int i = 0; i < R; ++i) {
    out.even[i] = hn::BitCast(WideTag(), a.v[i]);
    out.odd[i] = hn::ShiftRight<32>(out.even[i]);
  }
  return out;
}
template <int R>
COSTRISK_FN Int<R> narrow(const Wide<R>& a) {
  return each<Int<R>, R>([&](int i) {
    return hn::OddEven(hn::BitCast(IntTag(), hn::ShiftLeft<32>(a.odd[i])), hn::BitCast(IntTag(), a.even[i]));
  });
}
template <int R>
COSTRISK_FN Wide<R> product(const Wide<R>& a, std::uint32_t b) {
  const auto factor = hn::Set(UintTag(), b);
  Wide<R> out;
  for (int i = 0; i < R; ++i) {
    out.even[i] = hn::MulEven(hn::BitCast(UintTag(), a.even[i]), factor);
    out.odd[i] = hn::MulEven(hn::BitCast(UintTag(), a.odd[i]), factor);
  }
  return out;
}
template <int R>
COSTRISK_FN Wide<R> high_half(const Wide<R>& a) {
  Wide<R> out;
  for (int i = 0; i < R; ++i) {
    out.even[i] = hn::ShiftRight<32>(a.even[i]);
    out.odd[i] = hn::ShiftRight<32>(a.odd[i]);
  }
  return out;
}
template <int R>
COSTRISK_FN Wide<R> exclusive_or(const Wide<R>& a, const Wide<R>& b, const Wide<R>& c) {
  Wide<R> out;
  for (int i = 0; i < R; ++i) {
    out.even[i] = hn::Xor3(a.even[i], b.even[i], c.even[i]);
    out.odd[i] = hn::Xor3(a.odd[i], b.odd[i], c.odd[i]);
  }
  return out;
}

template <int R>
struct SimdLane {
  using F = Float<R>;
  using I = Int<R>;
  using M = Mask<R>;
  using X = Wide<R>;
  static constexpr int register_width = static_cast<int>(hn::MaxLanes(FloatTag()));
  static constexpr int width = R * register_width;

  COSTRISK_FN static I lane_index() {
    return each<I, R>([](int i) { return hn::Iota(IntTag(), i * register_width); });
  }
  COSTRISK_FN static F gather_row(const F* rows, const I& index) {
    const I element = add(multiply(index, I(width)), lane_index());
    return each<F, R>([&](int i) {
      return hn::GatherIndex(FloatTag(), reinterpret_cast<const float*>(rows), element.v[i]);
    });
  }
  COSTRISK_FN static F load(const float* p) {
    return each<F, R>([&](int i) { return hn::LoadU(FloatTag(), p + i * register_width); });
  }
  COSTRISK_FN static void store(const F& a, float* p) {
    for (int i = 0; i < R; ++i) hn::StoreU(a.v[i], FloatTag(), p + i * register_width);
  }
  COSTRISK_FN static void store(const I& a, std::int32_t* p) {
    for (int i = 0; i < R; ++i) hn::StoreU(a.v[i], IntTag(), p + i * register_width);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace costrisk
