// Floats as the PTX manual has them: rounded to nearest, denormals kept, and one NaN for all that come out.
#include <cmath>

#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

struct Plus {
  template <class T>
  T operator()(T a, T b) const {
    return one_nan(a + b);
  }
};
struct Minus {
  template <class T>
  T operator()(T a, T b) const {
    return one_nan(a - b);
  }
};
struct Product {
  template <class T>
  T operator()(T a, T b) const {
    return one_nan(a * b);
  }
};
struct Quotient {
  template <class T>
  T operator()(T a, T b) const {
    return one_nan(a / b);
  }
};
struct Fused {
  template <class T>
  T operator()(T a, T b, T c) const {
    return one_nan(std::fma(a, b, c));
  }
};
struct Inverse {
  template <class T>
  T operator()(T a) const {
    return one_nan(T{1} / a);
  }
};
struct SquareRoot {
  template <class T>
  T operator()(T a) const {
    return one_nan(std::sqrt(a));
  }
};
/// The lesser number; a NaN is none, and −0 is less than 0.
struct Least {
  template <class T>
  T operator()(T a, T b) const {
    if (std::isnan(a) || std::isnan(b)) return one_nan(std::isnan(a) ? b : a);
    if (a == b) return std::signbit(a) ? a : b;
    return a < b ? a : b;
  }
};
struct Most {
  template <class T>
  T operator()(T a, T b) const {
    if (std::isnan(a) || std::isnan(b)) return one_nan(std::isnan(a) ? b : a);
    if (a == b) return std::signbit(a) ? b : a;
    return a > b ? a : b;
  }
};
struct Magnitude {
  template <class T>
  T operator()(T a) const {
    return std::fabs(a);
  }
};
struct Negative {
  template <class T>
  T operator()(T a) const {
    return -a;
  }
};

// Comparisons that are false of a NaN, …
struct Equal {
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};
struct Different {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b || a > b;
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
/// … and true of it.
template <class Opposite>
struct Unless {
  template <class T>
  bool operator()(T a, T b) const {
    return !Opposite{}(a, b);
  }
};

template <class T>
void add_type(InstructionTable& table, const std::string& type) {
  table["add.rn." + type + " rrr"] = binary<T, Plus>;
  table["sub.rn." + type + " rrr"] = binary<T, Minus>;
  table["mul.rn." + type + " rrr"] = binary<T, Product>;
  table["div.rn." + type + " rrr"] = binary<T, Quotient>;
  table["fma.rn." + type + " rrrr"] = ternary<T, Fused>;
  table["rcp.rn." + type + " rr"] = unary<T, T, Inverse>;
  table["sqrt.rn." + type + " rr"] = unary<T, T, SquareRoot>;
  table["min." + type + " rrr"] = binary<T, Least>;
  table["max." + type + " rrr"] = binary<T, Most>;
  table["abs." + type + " rr"] = unary<T, T, Magnitude>;
  table["neg." + type + " rr"] = unary<T, T, Negative>;
  table["mov." + type + " rr"] = move<T>;
  table["selp." + type + " rrrr"] = select<T>;
  table["setp.eq." + type + " rrr"] = compare<T, Equal>;
  table["setp.ne." + type + " rrr"] = compare<T, Different>;
  table["setp.lt." + type + " rrr"] = compare<T, Less>;
  table["setp.le." + type + " rrr"] = compare<T, AtMost>;
  table["setp.gt." + type + " rrr"] = compare<T, Greater>;
  table["setp.ge." + type + " rrr"] = compare<T, AtLeast>;
  table["setp.equ." + type + " rrr"] = compare<T, Unless<Different>>;
  table["setp.neu." + type + " rrr"] = compare<T, Unless<Equal>>;
  table["setp.ltu." + type + " rrr"] = compare<T, Unless<AtLeast>>;
  table["setp.leu." + type + " rrr"] = compare<T, Unless<Greater>>;
  table["setp.gtu." + type + " rrr"] = compare<T, Unless<AtMost>>;
  table["setp.geu." + type + " rrr"] = compare<T, Unless<Less>>;
}

}  // namespace

void add_float_instructions(InstructionTable& table) {
  add_type<float>(table, "f32");
  add_type<double>(table, "f64");
}

}  // namespace costrisk::ptx
