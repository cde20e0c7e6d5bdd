// What steers a thread, and the table of all instructions.
#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

void branch(const Instruction& i, Thread& t) { t.next = static_cast<std::size_t>(i.target); }
void end(const Instruction&, Thread& t) { t.state = Thread::State::ended; }
void wait_for_block(const Instruction& i, Thread& t) {
  if (t.get<std::uint32_t>(i.operand[0]) != 0) throw Error("names a barrier other than 0");
  t.state = Thread::State::at_barrier;
}

InstructionTable all_instructions() {
  InstructionTable table;
  add_integer_instructions(table);
  add_float_instructions(table);
  add_conversions(table);
  add_memory_instructions(table);
  table["bra l"] = table["bra.uni l"] = branch;
  table["ret "] = end;
  table["bar.sync r"] = wait_for_block;
  table["shfl.sync.bfly.b32 r|rrrrr"] = exchange_words;
  return table;
}

}  // namespace

void exchange_words(const Instruction&, Thread& t) { t.state = Thread::State::at_shuffle; }

Execute find_instruction(const std::string& name) {
  static const InstructionTable table = all_instructions();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace costrisk::ptx
