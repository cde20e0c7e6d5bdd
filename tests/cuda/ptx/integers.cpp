// Whole numbers, bits and predicates.
#include <bit>
#include <limits>

#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

// Sums, differences and products modulo 2^width.
struct Plus {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};
struct Minus {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  }
};
struct LowProduct {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
};
struct LowProductPlus {
  template <class T>
  T operator()(T a, T b, T c) const {
    return Plus{}(LowProduct{}(a, b), c);
  }
};
struct HighProduct {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return static_cast<std::int64_t>((Int128{a} * b) >> 64);
  }
  std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const {
    return static_cast<std::uint64_t>((UInt128{a} * b) >> 64);
  }
};
struct Quotient {
  template <class T>
  T operator()(T a, T b) const {
    if (b == 0) throw Error("divides by zero");
    if constexpr (std::is_signed_v<T>)
      if (b == -1) return Minus{}(T{0}, a);
    return a / b;
  }
};
struct Remainder {
  template <class T>
  T operator()(T a, T b) const {
    return Minus{}(a, LowProduct{}(Quotient{}(a, b), b));
  }
};
struct Negative {
  template <class T>
  T operator()(T a) const {
    return Minus{}(T{0}, a);
  }
};
struct Magnitude {
  template <class T>
  T operator()(T a) const {
    return a < 0 ? Negative{}(a) : a;
  }
};
struct Least {
  template <class T>
  T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};
struct Most {
  template <class T>
  T operator()(T a, T b) const {
    return b > a ? b : a;
  }
};

struct And {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a | b);
  }
};
struct ExclusiveOr {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a ^ b);
  }
};
struct Not {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(~a);
  }
  bool operator()(bool a) const { return !a; }
};
struct Reverse {
  std::uint32_t operator()(std::uint32_t a) const {
    std::uint32_t result = 0;
    for (int bit = 0; bit < 32; ++bit) result |= ((a >> bit) & 1u) << (31 - bit);
    return result;
  }
};
/// How far the highest bit is from the word's top; all bits where there is none.
struct ShiftOfHighestBit {
  std::uint32_t operator()(std::uint32_t a) const {
    return a == 0 ? ~0u : static_cast<std::uint32_t>(std::countl_zero(a));
  }
};

struct Equal {
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};
struct Different {
  template <class T>
  bool operator()(T a, T b) const {
    return a != b;
  }
};
struct Less {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};
struct AtMost {
  template <class T>
  bool operator()(T a, T b) const {
    return a <= b;
  }
};
struct Greater {
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};
struct AtLeast {
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};

/// By 32 bits of the second operand; what is shifted beyond the width is lost.
template <class T>
void shift_left(const Instruction& i, Thread& t) {
  const auto bits = t.get<std::uint32_t>(i.operand[2]);
  t.set<T>(i.operand[0], bits < 8 * sizeof(T) ? static_cast<T>(t.get<T>(i.operand[1]) << bits) : T{0});
}
template <class T>
void shift_right(const Instruction& i, Thread& t) {
  const auto bits = t.get<std::uint32_t>(i.operand[2]);
  const T value = t.get<T>(i.operand[1]);
  if (bits < 8 * sizeof(T)) return t.set<T>(i.operand[0], static_cast<T>(value >> bits));
  t.set<T>(i.operand[0], value < T{0} ? static_cast<T>(-1) : T{0});
}

template <class Wide, class Narrow>
void wide_product(const Instruction& i, Thread& t) {
  t.set<Wide>(i.operand[0], Wide{t.get<Narrow>(i.operand[1])} * t.get<Narrow>(i.operand[2]));
}

void add_and_carry(Thread& t, const Instruction& i, bool carry) {
  const UInt128 sum = UInt128{t.get<std::uint64_t>(i.operand[1])} + t.get<std::uint64_t>(i.operand[2]) + carry;
  t.set<std::uint64_t>(i.operand[0], static_cast<std::uint64_t>(sum));
  t.carry = (sum >> 64) != 0;
}
void add_first(const Instruction& i, Thread& t) { add_and_carry(t, i, false); }
void add_next(const Instruction& i, Thread& t) { add_and_carry(t, i, t.carry); }

/// So many bits of the first operand in place of those of the second, from a position on.
void insert_bits(const Instruction& i, Thread& t) {
  const auto position = t.get<std::uint32_t>(i.operand[3]) & 0xFFu, length = t.get<std::uint32_t>(i.operand[4]) & 0xFFu;
  std::uint64_t mask = length < 64 ? (std::uint64_t{1} << length) - 1 : ~std::uint64_t{0};
  mask = position < 64 ? mask << position : 0;
  const std::uint64_t bits = position < 64 ? t.get<std::uint64_t>(i.operand[1]) << position : 0;
  t.set<std::uint64_t>(i.operand[0], (bits & mask) | (t.get<std::uint64_t>(i.operand[2]) & ~mask));
}

/// Bytes of two words, the first's before the second's, picked by the selector's nibbles; with a nibble's highest bit,
/// the sign of the byte in its place.
void permute_bytes(const Instruction& i, Thread& t) {
  const std::uint64_t bytes =
      std::uint64_t{t.get<std::uint32_t>(i.operand[2])} << 32 | t.get<std::uint32_t>(i.operand[1]);
  const auto selector = t.get<std::uint32_t>(i.operand[3]);
  std::uint32_t result = 0;
  for (unsigned place = 0; place < 4; ++place) {
    const std::uint32_t nibble = selector >> (4 * place) & 0xFu;
    const auto byte = static_cast<std::uint32_t>(bytes >> (8 * (nibble & 7u)) & 0xFFu);
    const std::uint32_t picked = nibble & 8u ? (byte & 0x80u ? 0xFFu : 0u) : byte;
    result |= picked << (8 * place);
  }
  t.set<std::uint32_t>(i.operand[0], result);
}

template <class T>
void add_arithmetic(InstructionTable& table, const std::string& type) {
  table["add." + type + " rrr"] = binary<T, Plus>;
  table["sub." + type + " rrr"] = binary<T, Minus>;
  table["mul.lo." + type + " rrr"] = binary<T, LowProduct>;
  table["mad.lo." + type + " rrrr"] = ternary<T, LowProductPlus>;
  table["div." + type + " rrr"] = binary<T, Quotient>;
  table["rem." + type + " rrr"] = binary<T, Remainder>;
  table["min." + type + " rrr"] = binary<T, Least>;
  table["max." + type + " rrr"] = binary<T, Most>;
  table["shr." + type + " rrr"] = shift_right<T>;
  if constexpr (std::is_signed_v<T>) {
    table["neg." + type + " rr"] = unary<T, T, Negative>;
    table["abs." + type + " rr"] = unary<T, T, Magnitude>;
  }
}

template <class T>
void add_comparisons(InstructionTable& table, const std::string& type) {
  table["setp.lt." + type + " rrr"] = compare<T, Less>;
  table["setp.le." + type + " rrr"] = compare<T, AtMost>;
  table["setp.gt." + type + " rrr"] = compare<T, Greater>;
  table["setp.ge." + type + " rrr"] = compare<T, AtLeast>;
}

template <class T>
void add_equality(InstructionTable& table, const std::string& type) {
  table["setp.eq." + type + " rrr"] = compare<T, Equal>;
  table["setp.ne." + type + " rrr"] = compare<T, Different>;
  table["selp." + type + " rrrr"] = select<T>;
  table["mov." + type + " rr"] = move<T>;
}

template <class T>
void add_bits(InstructionTable& table, const std::string& type) {
  table["and." + type + " rrr"] = binary<T, And>;
  table["or." + type + " rrr"] = binary<T, Or>;
  table["xor." + type + " rrr"] = binary<T, ExclusiveOr>;
  table["not." + type + " rr"] = unary<T, T, Not>;
}

}  // namespace

void add_integer_instructions(InstructionTable& table) {
  add_arithmetic<std::int32_t>(table, "s32");
  add_arithmetic<std::uint32_t>(table, "u32");
  add_arithmetic<std::int64_t>(table, "s64");
  add_arithmetic<std::uint64_t>(table, "u64");
  add_comparisons<std::int32_t>(table, "s32");
  add_comparisons<std::uint32_t>(table, "u32");
  add_comparisons<std::int64_t>(table, "s64");
  add_comparisons<std::uint64_t>(table, "u64");
  add_comparisons<std::int16_t>(table, "s16");
  add_comparisons<std::uint16_t>(table, "u16");
  for (const char* type : {"s16", "u16", "b16"}) add_equality<std::uint16_t>(table, type);
  for (const char* type : {"s32", "u32", "b32"}) add_equality<std::uint32_t>(table, type);
  for (const char* type : {"s64", "u64", "b64"}) add_equality<std::uint64_t>(table, type);
  add_bits<bool>(table, "pred");
  add_bits<std::uint16_t>(table, "b16");
  add_bits<std::uint32_t>(table, "b32");
  add_bits<std::uint64_t>(table, "b64");
  table["mov.pred rr"] = move<bool>;
  table["mul.hi.s64 rrr"] = binary<std::int64_t, HighProduct>;
  table["mul.hi.u64 rrr"] = binary<std::uint64_t, HighProduct>;
  table["mul.wide.s32 rrr"] = wide_product<std::int64_t, std::int32_t>;
  table["mul.wide.u32 rrr"] = wide_product<std::uint64_t, std::uint32_t>;
  table["add.cc.s64 rrr"] = add_first;
  table["addc.cc.s64 rrr"] = add_next;
  table["shl.b32 rrr"] = shift_left<std::uint32_t>;
  table["shl.b64 rrr"] = shift_left<std::uint64_t>;
  table["bfi.b64 rrrrr"] = insert_bits;
  table["prmt.b32 rrrr"] = permute_bytes;
  table["brev.b32 rr"] = unary<std::uint32_t, std::uint32_t, Reverse>;
  table["bfind.shiftamt.u32 rr"] = unary<std::uint32_t, std::uint32_t, ShiftOfHighestBit>;
}

}  // namespace costrisk::ptx
