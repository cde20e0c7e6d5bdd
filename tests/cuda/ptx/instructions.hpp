// A test harness, no backend: the instructions that the interpreter knows, by how they are written.
//
// Names are a mnemonic and the shape of its operands: r a register, number or address, 2 or 4 so many of them in
// braces, m memory, l a label, | between two results. Only what nvcc makes of the project's kernels is here; whatever
// else it may make one day is refused, not guessed.
#pragma once

#include <bit>
#include <cmath>
#include <string>
#include <unordered_map>

#include "tests/cuda/ptx/program.hpp"

namespace costrisk::ptx {

using InstructionTable = std::unordered_map<std::string, Execute>;

void add_integer_instructions(InstructionTable& table);
void add_float_instructions(InstructionTable& table);
void add_conversions(InstructionTable& table);
void add_memory_instructions(InstructionTable& table);

/// Null where there is none of that name.
Execute find_instruction(const std::string& name);

/// Where threads of a warp exchange words, which needs all of them: the grid does it, see grid.cpp.
void exchange_words(const Instruction& instruction, Thread& thread);

/// The NaN that arithmetic on floats gives; on doubles it keeps theirs.
inline float one_nan(float value) { return std::isnan(value) ? std::bit_cast<float>(0x7FFFFFFFu) : value; }
inline double one_nan(double value) { return value; }

// Instructions made of functors

template <class To, class From, class Operation>
void unary(const Instruction& i, Thread& t) {
  t.set<To>(i.operand[0], Operation{}(t.get<From>(i.operand[1])));
}
template <class T, class Operation>
void binary(const Instruction& i, Thread& t) {
  t.set<T>(i.operand[0], Operation{}(t.get<T>(i.operand[1]), t.get<T>(i.operand[2])));
}
template <class T, class Operation>
void ternary(const Instruction& i, Thread& t) {
  t.set<T>(i.operand[0], Operation{}(t.get<T>(i.operand[1]), t.get<T>(i.operand[2]), t.get<T>(i.operand[3])));
}
template <class T, class Operation>
void compare(const Instruction& i, Thread& t) {
  t.set<bool>(i.operand[0], Operation{}(t.get<T>(i.operand[1]), t.get<T>(i.operand[2])));
}
template <class T>
void select(const Instruction& i, Thread& t) {
  t.set<T>(i.operand[0], t.get<T>(i.operand[t.get<bool>(i.operand[3]) ? 1 : 2]));
}
template <class T>
void move(const Instruction& i, Thread& t) {
  t.set<T>(i.operand[0], t.get<T>(i.operand[1]));
}

}  // namespace costrisk::ptx
