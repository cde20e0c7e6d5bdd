// Loads, stores, atomics, addresses, and words taken apart and put together.
#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

template <Space Where, class T, int Count>
void load(const Instruction& i, Thread& t) {
  const std::uint64_t address = t.get<std::uint64_t>(i.operand[Count]) + static_cast<std::uint64_t>(i.offset);
  T values[Count];
  std::memcpy(values, t.at<Where>(address, sizeof values), sizeof values);
  for (int k = 0; k < Count; ++k) t.set<T>(i.operand[k], values[k]);
}
template <Space Where, class T, int Count>
void store(const Instruction& i, Thread& t) {
  const std::uint64_t address = t.get<std::uint64_t>(i.operand[0]) + static_cast<std::uint64_t>(i.offset);
  T values[Count];
  for (int k = 0; k < Count; ++k) values[k] = t.get<T>(i.operand[1 + k]);
  std::memcpy(t.at<Where>(address, sizeof values), values, sizeof values);
}

/// The old value goes to the first operand.
template <class T, class Operation>
void change_atomically(const Instruction& i, Thread& t) {
  const std::uint64_t address = t.get<std::uint64_t>(i.operand[1]) + static_cast<std::uint64_t>(i.offset);
  std::byte* place = t.at<Space::global>(address, sizeof(T));
  T old;
  std::memcpy(&old, place, sizeof old);
  const T changed = Operation{}(old, t.get<T>(i.operand[2]));
  std::memcpy(place, &changed, sizeof changed);
  t.set<T>(i.operand[0], old);
}
struct Plus {
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};
struct Most {
  template <class T>
  T operator()(T a, T b) const {
    return b > a ? b : a;
  }
};

void split_word(const Instruction& i, Thread& t) {
  const auto word = t.get<std::uint64_t>(i.operand[2]);
  t.set(i.operand[0], static_cast<std::uint32_t>(word));
  t.set(i.operand[1], static_cast<std::uint32_t>(word >> 32));
}
void join_words(const Instruction& i, Thread& t) {
  const std::uint64_t low = t.get<std::uint32_t>(i.operand[1]), high = t.get<std::uint32_t>(i.operand[2]);
  t.set(i.operand[0], high << 32 | low);
}
void shared_to_generic(const Instruction& i, Thread& t) {
  t.set(i.operand[0], t.get<std::uint64_t>(i.operand[1]) + std::bit_cast<std::uint64_t>(t.shared.begin));
}

template <Space Where, class T>
void add_type(InstructionTable& table, const std::string& space, const std::string& type) {
  table["ld" + space + '.' + type + " rm"] = load<Where, T, 1>;
  table["ld" + space + ".v2." + type + " 2m"] = load<Where, T, 2>;
  if constexpr (sizeof(T) <= 4) table["ld" + space + ".v4." + type + " 4m"] = load<Where, T, 4>;
  if constexpr (Where != Space::parameter && Where != Space::constant) {
    table["st" + space + '.' + type + " mr"] = store<Where, T, 1>;
    table["st" + space + ".v2." + type + " m2"] = store<Where, T, 2>;
    if constexpr (sizeof(T) <= 4) table["st" + space + ".v4." + type + " m4"] = store<Where, T, 4>;
  }
}

template <Space Where>
void add_space(InstructionTable& table, const std::string& space) {
  add_type<Where, std::uint8_t>(table, space, "u8");
  add_type<Where, std::int8_t>(table, space, "s8");
  add_type<Where, std::uint16_t>(table, space, "u16");
  add_type<Where, std::int16_t>(table, space, "s16");
  add_type<Where, std::uint32_t>(table, space, "u32");
  add_type<Where, std::int32_t>(table, space, "s32");
  add_type<Where, std::uint64_t>(table, space, "u64");
  add_type<Where, float>(table, space, "f32");
  add_type<Where, double>(table, space, "f64");
}

}  // namespace

void add_memory_instructions(InstructionTable& table) {
  add_space<Space::generic>(table, "");
  add_space<Space::global>(table, ".global");
  add_space<Space::local>(table, ".local");
  add_space<Space::shared>(table, ".shared");
  add_space<Space::parameter>(table, ".param");
  add_space<Space::constant>(table, ".const");
  table["atom.global.add.u32 rmr"] = change_atomically<std::uint32_t, Plus>;
  table["atom.global.add.u64 rmr"] = change_atomically<std::uint64_t, Plus>;
  table["atom.global.max.s32 rmr"] = change_atomically<std::int32_t, Most>;
  // Generic addresses are the host's, as those of all spaces but the shared one.
  for (const char* space : {"local", "param", "const", "to.global", "to.local"})
    table["cvta." + std::string(space) + ".u64 rr"] = move<std::uint64_t>;
  table["cvta.shared.u64 rr"] = shared_to_generic;
  table["mov.b64 2r"] = split_word;
  table["mov.b64 r2"] = join_words;
}

}  // namespace costrisk::ptx
