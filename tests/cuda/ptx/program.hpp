// A test harness, no backend: PTX as the interpreter keeps it, decoded once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cuda/ptx/thread.hpp"

namespace costrisk::ptx {

struct Instruction;
using Execute = void (*)(const Instruction&, Thread&);

struct Instruction {
  static constexpr int most_operands = 6;

  Execute execute = nullptr;
  std::int64_t offset = 0;                   ///< of an address, in bytes
  std::int32_t operand[most_operands] = {};  ///< slots, vectors' one by one
  std::int32_t target = -1;                  ///< of a branch: an instruction
  std::int32_t guard = -1;                   ///< slot of the predicate that it is executed under; −1: always
  bool guard_value = true;                   ///< the predicate's value then
  int line = 0;
};

/// Memory that is given to a launch or a thread, and the slot that then holds its address; −1: nobody asks for it.
struct Placed {
  std::size_t bytes = 0, alignment = 1;
  std::int32_t slot = -1;
};

struct Kernel {
  std::string name;  ///< as C++ writes it
  std::vector<Instruction> code;
  std::vector<std::uint64_t> registers;  ///< of a thread at its start: rubbish; numbers and addresses of the text
  std::vector<Placed> parameters;
  Placed local;
  std::size_t shared_bytes = 0;  ///< without what a launch asks for, which follows
  /// Slots of %tid.x, %ntid.x, %ctaid.x and %nctaid.x.
  struct {
    std::int32_t thread = -1, threads = -1, block = -1, blocks = -1;
  } numbers;
};

struct Program {
  std::vector<Window> constants;
  std::vector<Kernel> kernels;
};

/// Constant memory of that name and so many bytes.
using FindConstant = std::function<std::byte*(const std::string& name, std::size_t bytes)>;

/// @throws Error naming what is not supported, and its line
Program parse(std::string_view text, const FindConstant& find_constant);

/// A mangled name as C++ writes it; others as they are.
std::string plain_name(const std::string& mangled);

}  // namespace costrisk::ptx
