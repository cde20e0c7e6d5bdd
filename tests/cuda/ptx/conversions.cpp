// Numbers of one type as numbers of another, and floats rounded to whole ones.
#include <cmath>
#include <limits>

#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

struct ToEven {
  float operator()(float a) const { return one_nan(std::nearbyint(a)); }
};
struct ToZero {
  float operator()(float a) const { return one_nan(std::trunc(a)); }
};
struct Down {
  float operator()(float a) const { return one_nan(std::floor(a)); }
};
struct Up {
  float operator()(float a) const { return one_nan(std::ceil(a)); }
};
template <class To>
struct Nearest {
  template <class From>
  To operator()(From a) const {
    return static_cast<To>(a);
  }
};
/// Beyond the integers' range the nearest of them. A NaN is 0, but the least where one of the types has 64 bits.
template <class To, class Round>
struct Integer {
  template <class From>
  To operator()(From a) const {
    using Limits = std::numeric_limits<To>;
    if (std::isnan(a)) return sizeof(To) == 8 || sizeof(From) == 8 ? Limits::min() : To{0};
    const From rounded = Round{}(a);
    if (rounded < static_cast<From>(Limits::min())) return Limits::min();
    // The greatest integer may not be a float; the one after it is.
    if (rounded >= -static_cast<From>(Limits::min())) return Limits::max();
    return static_cast<To>(rounded);
  }
};
struct Truncated {
  template <class T>
  T operator()(T a) const {
    return std::trunc(a);
  }
};
struct Rounded {
  template <class T>
  T operator()(T a) const {
    return std::nearbyint(a);
  }
};

template <class To, class From>
void resize(const Instruction& i, Thread& t) {
  t.set<To>(i.operand[0], static_cast<To>(t.get<From>(i.operand[1])));
}

}  // namespace

void add_conversions(InstructionTable& table) {
  table["cvt.rni.f32.f32 rr"] = unary<float, float, ToEven>;
  table["cvt.rzi.f32.f32 rr"] = unary<float, float, ToZero>;
  table["cvt.rmi.f32.f32 rr"] = unary<float, float, Down>;
  table["cvt.rpi.f32.f32 rr"] = unary<float, float, Up>;
  table["cvt.rn.f32.s32 rr"] = unary<float, std::int32_t, Nearest<float>>;
  table["cvt.rn.f64.s64 rr"] = unary<double, std::int64_t, Nearest<double>>;
  table["cvt.rzi.s32.f32 rr"] = unary<std::int32_t, float, Integer<std::int32_t, Truncated>>;
  table["cvt.rzi.s64.f32 rr"] = unary<std::int64_t, float, Integer<std::int64_t, Truncated>>;
  table["cvt.rni.s64.f64 rr"] = unary<std::int64_t, double, Integer<std::int64_t, Rounded>>;
  table["cvt.u16.u32 rr"] = resize<std::uint16_t, std::uint32_t>;
  table["cvt.u32.u16 rr"] = resize<std::uint32_t, std::uint16_t>;
  table["cvt.u32.u64 rr"] = resize<std::uint32_t, std::uint64_t>;
  table["cvt.u64.u16 rr"] = resize<std::uint64_t, std::uint16_t>;
  table["cvt.u64.u32 rr"] = resize<std::uint64_t, std::uint32_t>;
  table["cvt.s32.s8 rr"] = resize<std::int32_t, std::int8_t>;
  table["cvt.s64.s32 rr"] = resize<std::int64_t, std::int32_t>;
}

}  // namespace costrisk::ptx
