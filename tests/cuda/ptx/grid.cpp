// Threads, barriers and the exchange of words in a warp.
#include "tests/cuda/ptx/grid.hpp"

#include <algorithm>
#include <span>

#include "tests/cuda/ptx/instructions.hpp"

namespace costrisk::ptx {

namespace {

constexpr std::size_t warp_size = 32;
constexpr auto rubbish = std::byte{0xFF};
/// Of a thread between two barriers: beyond it, it will not end.
constexpr std::uint64_t most_instructions = std::uint64_t{1} << 36;

/// Memory that begins at a multiple of any alignment that PTX asks for.
class AlignedMemory {
 public:
  explicit AlignedMemory(std::size_t bytes) : memory_(bytes + alignment), bytes_(bytes) {}
  Window window() {
    const std::uint64_t address = std::bit_cast<std::uint64_t>(memory_.data());
    return {memory_.data() + (alignment - address % alignment) % alignment, bytes_};
  }

 private:
  static constexpr std::size_t alignment = 256;
  std::vector<std::byte> memory_;
  std::size_t bytes_;
};

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

class Block {
 public:
  Block(const Program& program, const Kernel& kernel, const Grid& grid, Window parameters,
        const std::vector<Window>& global, Trace& trace)
      : kernel_(kernel),
        grid_(grid),
        parameters_(parameters),
        constants_(program.constants),
        global_(global),
        local_bytes_(round_up(kernel.local.bytes, 256)),
        registers_(grid.threads * kernel.registers.size()),
        local_(grid.threads * local_bytes_),
        shared_(kernel.shared_bytes + grid.shared_bytes),
        threads_(grid.threads),
        trace_(trace) {}

  void run(unsigned number, std::vector<std::uint64_t> registers) {
    put(registers, kernel_.numbers.block, number);
    const auto fill = [](Window window) { std::fill_n(window.begin, window.bytes, rubbish); };
    fill(local_.window());
    fill(shared_.window());
    for (std::size_t i = 0; i < threads_.size(); ++i) begin(i, registers);
    for (;;) {
      bool ran = false;
      for (std::size_t n = 0; n < threads_.size(); ++n) {
        Thread& thread = threads_[grid_.last_thread_first ? threads_.size() - 1 - n : n];
        if (thread.state != Thread::State::ready) continue;
        advance(thread);
        ran = true;
      }
      if (ran || exchange() || open_barrier()) continue;
      if (all(Thread::State::ended)) return;
      throw Error(kernel_.name + ": threads wait for others that never come");
    }
  }

 private:
  static void put(std::vector<std::uint64_t>& registers, std::int32_t slot, std::uint64_t value) {
    if (slot >= 0) registers[static_cast<std::size_t>(slot)] = value;
  }

  void begin(std::size_t i, std::vector<std::uint64_t>& registers) {
    Thread& thread = threads_[i];
    thread = {};
    thread.registers = registers_.data() + i * registers.size();
    thread.local = {local_.window().begin + i * local_bytes_, kernel_.local.bytes};
    thread.shared = shared_.window();
    thread.parameters = parameters_;
    thread.constants = &constants_;
    thread.global = &global_;
    put(registers, kernel_.numbers.thread, i);
    put(registers, kernel_.local.slot, std::bit_cast<std::uint64_t>(thread.local.begin));
    std::copy(registers.begin(), registers.end(), thread.registers);
  }

  /// Runs a thread until it waits or ends.
  void advance(Thread& thread) {
    const Instruction* code = kernel_.code.data();
    std::uint64_t executed = 0;
    const Instruction* instruction = code;
    try {
      while (thread.state == Thread::State::ready) {
        if (++executed == most_instructions) throw Error("is reached again and again");
        if (thread.next == kernel_.code.size()) throw Error("is followed by nothing");
        trace_.reached[thread.next] = 1;
        instruction = code + thread.next++;
        if (instruction->guard >= 0 && thread.get<bool>(instruction->guard) != instruction->guard_value) continue;
        instruction->execute(*instruction, thread);
      }
    } catch (const Error& error) {
      throw Error(kernel_.name + ", line " + std::to_string(instruction->line) + " of the PTX: " + error.what());
    }
    trace_.executed += executed;
  }

  bool all(Thread::State state) const {
    return std::all_of(threads_.begin(), threads_.end(), [state](const Thread& t) { return t.state == state; });
  }

  bool open_barrier() {
    if (!all(Thread::State::at_barrier)) return false;
    for (Thread& thread : threads_) thread.state = Thread::State::ready;
    return true;
  }

  /// Lets the warps go on whose threads have all come to an exchange of words; false where there are none.
  bool exchange() {
    bool exchanged = false;
    for (std::size_t first = 0; first < threads_.size(); first += warp_size) {
      const std::size_t threads = std::min(warp_size, threads_.size() - first);
      const std::span<Thread> warp(threads_.data() + first, threads);
      const auto waits = [&](const Thread& thread) {
        return thread.state == Thread::State::at_shuffle && thread.next == warp[0].next;
      };
      if (!std::all_of(warp.begin(), warp.end(), waits)) continue;
      exchange_by_lane(warp, kernel_.code[warp[0].next - 1]);
      exchanged = true;
    }
    return exchanged;
  }

  /// shfl.sync.bfly: each lane gets the word of the one whose number differs in the given bits.
  void exchange_by_lane(std::span<Thread> warp, const Instruction& i) {
    std::uint32_t words[warp_size] = {};
    const auto everybody = static_cast<std::uint32_t>((std::uint64_t{1} << warp.size()) - 1);
    for (std::size_t lane = 0; lane < warp.size(); ++lane) {
      if (warp[lane].get<std::uint32_t>(i.operand[5]) != everybody || warp.size() != warp_size)
        throw Error(kernel_.name + ", line " + std::to_string(i.line) +
                    " of the PTX: a part of a warp is not supported");
      words[lane] = warp[lane].get<std::uint32_t>(i.operand[2]);
    }
    for (std::size_t lane = 0; lane < warp.size(); ++lane) {
      Thread& thread = warp[lane];
      const auto bits = thread.get<std::uint32_t>(i.operand[3]) & 31u;
      const auto bounds = thread.get<std::uint32_t>(i.operand[4]);
      const std::uint32_t segment = (bounds >> 8) & 31u;
      const std::uint32_t last = (static_cast<std::uint32_t>(lane) & segment) | (bounds & 31u & ~segment);
      const std::uint32_t from = static_cast<std::uint32_t>(lane) ^ bits;
      thread.set(i.operand[0], words[from <= last ? from : lane]);
      thread.set(i.operand[1], from <= last);
      thread.state = Thread::State::ready;
    }
  }

  const Kernel& kernel_;
  const Grid& grid_;
  Window parameters_;
  const std::vector<Window>& constants_;
  const std::vector<Window>& global_;
  std::size_t local_bytes_;
  std::vector<std::uint64_t> registers_;  ///< of all threads
  AlignedMemory local_, shared_;
  std::vector<Thread> threads_;
  Trace& trace_;
};

}  // namespace

void run(const Program& program, const Kernel& kernel, const Grid& grid,
         const std::vector<std::vector<std::byte>>& arguments, const std::vector<Window>& global, Trace& trace) {
  if (arguments.size() != kernel.parameters.size()) throw Error(kernel.name + " has another number of parameters");
  std::size_t bytes = 0;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].size() != kernel.parameters[i].bytes)
      throw Error(kernel.name + ": parameter " + std::to_string(i) + " has " + std::to_string(arguments[i].size()) +
                  " bytes on the host and " + std::to_string(kernel.parameters[i].bytes) + " in the PTX");
    places.push_back(round_up(bytes, kernel.parameters[i].alignment));
    bytes = places.back() + arguments[i].size();
  }
  AlignedMemory parameters(bytes);
  std::vector<std::uint64_t> registers = kernel.registers;
  const auto put = [&](std::int32_t slot, std::uint64_t value) {
    if (slot >= 0) registers[static_cast<std::size_t>(slot)] = value;
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::byte* place = parameters.window().begin + places[i];
    std::copy(arguments[i].begin(), arguments[i].end(), place);
    put(kernel.parameters[i].slot, std::bit_cast<std::uint64_t>(place));
  }
  put(kernel.numbers.threads, grid.threads);
  put(kernel.numbers.blocks, grid.blocks);
  trace.reached.resize(kernel.code.size());
  Block block(program, kernel, grid, parameters.window(), global, trace);
  for (unsigned number = 0; number < grid.blocks; ++number) block.run(number, registers);
}

}  // namespace costrisk::ptx
