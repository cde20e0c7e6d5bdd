// PTX text to instructions.
#include <cxxabi.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "tests/cuda/ptx/instructions.hpp"
#include "tests/cuda/ptx/lexer.hpp"
#include "tests/cuda/ptx/program.hpp"

namespace costrisk::ptx {

namespace {

constexpr std::uint64_t rubbish = ~std::uint64_t{0};

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

/// A number as PTX writes it: decimal or hexadecimal, or the bits of a float behind 0f, of a double behind 0d.
std::optional<std::uint64_t> number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0f") || text.starts_with("0d")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t count(Lexer& lexer) {
  const Token token = lexer.take();
  const std::optional<std::uint64_t> value = number(token.text);
  if (!value) refuse(token, "is no number");
  return *value;
}

std::size_t bytes_of_type(const Token& type) {
  const std::string_view text = type.text;
  if (text.ends_with("8")) return 1;
  if (text.ends_with("16")) return 2;
  if (text.ends_with("32")) return 4;
  if (text.ends_with("64")) return 8;
  refuse(type, "is not supported as a type");
}

/// A declaration behind its state space: [.align N] .type name [ "[" count "]" ].
struct Variable {
  Token name;
  Placed memory;
  bool sized = true;
};

Variable variable(Lexer& lexer) {
  Variable result;
  if (lexer.take_if(".align")) result.memory.alignment = count(lexer);
  const std::size_t element = bytes_of_type(lexer.take());
  result.memory.alignment = std::max(result.memory.alignment, element);
  result.memory.bytes = element;
  result.name = lexer.take();
  if (!lexer.take_if("[")) return result;
  result.sized = lexer.peek().text != "]";
  result.memory.bytes *= result.sized ? count(lexer) : 0;
  lexer.expect("]");
  return result;
}

/// What is known outside of kernels.
struct Names {
  std::unordered_map<std::string_view, std::uint64_t> constants;  ///< addresses
  std::unordered_map<std::string_view, std::size_t> asked_for;    ///< shared memory of the launch's: alignment
};

/// One kernel's text.
class KernelParser {
 public:
  KernelParser(Lexer& lexer, const Names& names) : lexer_(lexer), names_(names) {}

  Kernel parse() {
    kernel_.name = plain_name(std::string(lexer_.take().text));
    parameters();
    while (lexer_.peek().text != "{") skip_directive();
    lexer_.expect("{");
    for (int depth = 1; depth > 0;) {
      if (lexer_.take_if("{"))
        ++depth;
      else if (lexer_.take_if("}"))
        --depth;
      else
        statement();
    }
    finish();
    return std::move(kernel_);
  }

 private:
  struct Range {
    std::int32_t first, count;
  };

  void parameters() {
    lexer_.expect("(");
    while (!lexer_.take_if(")")) {
      lexer_.expect(".param");
      Variable parameter = variable(lexer_);
      parameter.memory.slot = slot_of(parameter.name.text, rubbish);
      kernel_.parameters.push_back(parameter.memory);
      (void)lexer_.take_if(",");
    }
  }

  /// What bounds a launch or advises ptxas.
  void skip_directive() {
    const Token directive = lexer_.take();
    if (directive.text == ".pragma") {
      lexer_.take();
      return lexer_.expect(";");
    }
    if (directive.text != ".maxntid" && directive.text != ".minnctapersm") refuse(directive, "is not supported");
    do lexer_.take();
    while (lexer_.take_if(","));
  }

  void statement() {
    if (lexer_.peek().text == ".pragma") return skip_directive();
    if (lexer_.take_if(".reg")) return declare_registers();
    if (lexer_.take_if(".local")) {
      const Variable local = variable(lexer_);
      if (kernel_.local.bytes > 0) refuse(local.name, "is a second piece of local memory, which is not supported");
      kernel_.local = local.memory;
      kernel_.local.slot = slot_of(local.name.text, rubbish);
      return lexer_.expect(";");
    }
    if (lexer_.take_if(".shared")) {
      const Variable shared = variable(lexer_);
      const std::size_t place = round_up(kernel_.shared_bytes, shared.memory.alignment);
      slot_of(shared.name.text, place);
      kernel_.shared_bytes = place + shared.memory.bytes;
      return lexer_.expect(";");
    }
    if (lexer_.peek().text.starts_with("$")) {
      const Token label = lexer_.take();
      lexer_.expect(":");
      labels_[label.text] = static_cast<std::int32_t>(kernel_.code.size());
      return;
    }
    instruction();
  }

  void declare_registers() {
    lexer_.take();  // the type: every register is a slot
    do {
      const Token name = lexer_.take();
      std::size_t registers = 0;
      if (lexer_.take_if("<")) {
        registers = count(lexer_);
        lexer_.expect(">");
      }
      const auto first = static_cast<std::int32_t>(kernel_.registers.size());
      ranges_[name.text] = {first, static_cast<std::int32_t>(registers)};
      kernel_.registers.resize(kernel_.registers.size() + std::max<std::size_t>(registers, 1), rubbish);
    } while (lexer_.take_if(","));
    lexer_.expect(";");
  }

  void instruction() {
    Instruction decoded;
    const Token first = lexer_.peek();
    decoded.line = first.line;
    if (lexer_.take_if("@")) {
      decoded.guard_value = !lexer_.take_if("!");
      decoded.guard = register_slot(lexer_.take());
    }
    const Token mnemonic = lexer_.take();
    std::string shape;
    int operands = 0;
    const auto add = [&](std::int32_t slot) {
      if (operands == Instruction::most_operands) refuse(mnemonic, "has too many operands");
      decoded.operand[operands++] = slot;
    };
    while (!lexer_.take_if(";")) {
      if (operands > 0 || !shape.empty()) lexer_.expect(",");
      if (lexer_.take_if("{")) {
        int elements = 0;
        do {
          add(value_slot(lexer_.take()));
          ++elements;
        } while (lexer_.take_if(","));
        lexer_.expect("}");
        shape += std::to_string(elements);
      } else if (lexer_.take_if("[")) {
        add(value_slot(lexer_.take()));
        if (lexer_.take_if("+")) decoded.offset = signed_number();
        lexer_.expect("]");
        shape += 'm';
      } else if (lexer_.peek().text.starts_with("$")) {
        branches_.emplace_back(kernel_.code.size(), lexer_.take());
        shape += 'l';
      } else {
        add(value_slot(lexer_.take()));
        shape += 'r';
        if (lexer_.take_if("|")) {
          add(value_slot(lexer_.take()));
          shape += "|r";
        }
      }
    }
    const std::string key = std::string(mnemonic.text) + ' ' + shape;
    decoded.execute = find_instruction(key);
    if (!decoded.execute) refuse({key, mnemonic.line}, "is not supported");
    kernel_.code.push_back(decoded);
  }

  std::int64_t signed_number() {
    const bool negative = lexer_.take_if("-");
    const auto value = static_cast<std::int64_t>(count(lexer_));
    return negative ? -value : value;
  }

  std::int32_t register_slot(const Token& token) const {
    const std::size_t digits = token.text.find_last_not_of("0123456789") + 1;
    const auto range = ranges_.find(token.text.substr(0, digits));
    if (range == ranges_.end()) refuse(token, "is not supported as a register");
    const std::size_t index = digits < token.text.size() ? *number(token.text.substr(digits)) : 0;
    if (index >= static_cast<std::size_t>(std::max(range->second.count, 1))) refuse(token, "is not declared");
    return range->second.first + static_cast<std::int32_t>(index);
  }

  /// The slot of a register, a number or an address.
  std::int32_t value_slot(const Token& token) {
    if (std::int32_t* slot = special(token.text)) {
      if (*slot < 0) *slot = new_slot(rubbish);
      return *slot;
    }
    if (token.text.starts_with("%")) return register_slot(token);
    if (const auto named = slots_.find(token.text); named != slots_.end()) return named->second;
    if (token.text == "-") return number_slot(~count(lexer_) + 1);
    if (token.text == "WARP_SZ") return number_slot(32);
    if (const auto value = number(token.text)) return number_slot(*value);
    if (const auto constant = names_.constants.find(token.text); constant != names_.constants.end())
      return slot_of(token.text, constant->second);
    if (const auto shared = names_.asked_for.find(token.text); shared != names_.asked_for.end()) {
      behind_.emplace_back(slot_of(token.text, rubbish), shared->second);
      return behind_.back().first;
    }
    refuse(token, "is not known");
  }

  std::int32_t* special(std::string_view name) {
    if (name == "%tid.x") return &kernel_.numbers.thread;
    if (name == "%ntid.x") return &kernel_.numbers.threads;
    if (name == "%ctaid.x") return &kernel_.numbers.block;
    if (name == "%nctaid.x") return &kernel_.numbers.blocks;
    return nullptr;
  }

  std::int32_t new_slot(std::uint64_t value) {
    kernel_.registers.push_back(value);
    return static_cast<std::int32_t>(kernel_.registers.size() - 1);
  }
  std::int32_t slot_of(std::string_view name, std::uint64_t value) { return slots_[name] = new_slot(value); }
  std::int32_t number_slot(std::uint64_t value) {
    const auto [known, added] = numbers_.try_emplace(value, -1);
    if (added) known->second = new_slot(value);
    return known->second;
  }

  void finish() {
    for (const auto& [index, label] : branches_) {
      const auto target = labels_.find(label.text);
      if (target == labels_.end()) refuse(label, "is no label");
      kernel_.code[index].target = target->second;
    }
    for (const auto& [slot, alignment] : behind_)
      kernel_.registers[static_cast<std::size_t>(slot)] = round_up(kernel_.shared_bytes, alignment);
    for (const auto& [slot, alignment] : behind_) kernel_.shared_bytes = round_up(kernel_.shared_bytes, alignment);
    if (kernel_.code.empty()) throw Error("PTX: the kernel " + kernel_.name + " has no instructions");
  }

  Lexer& lexer_;
  const Names& names_;
  Kernel kernel_;
  std::unordered_map<std::string_view, Range> ranges_;         ///< of registers, by what precedes their numbers
  std::unordered_map<std::string_view, std::int32_t> slots_;   ///< of addresses
  std::unordered_map<std::uint64_t, std::int32_t> numbers_;    ///< slots by value
  std::unordered_map<std::string_view, std::int32_t> labels_;  ///< instructions
  std::vector<std::pair<std::size_t, Token>> branches_;        ///< instructions and their labels
  std::vector<std::pair<std::int32_t, std::size_t>> behind_;   ///< slots of what a launch asks for, and alignments
};

}  // namespace

std::string plain_name(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 ? name.get() : mangled;
}

Program parse(std::string_view text, const FindConstant& find_constant) {
  Lexer lexer(text);
  Program program;
  Names names;
  while (!lexer.peek().text.empty()) {
    const Token token = lexer.take();
    if (token.text == ".version" || token.text == ".target" || token.text == ".address_size") {
      lexer.take();
    } else if (token.text == ".visible" || token.text == ".weak" || token.text == ".extern") {
      // Who else may name it.
    } else if (token.text == ".const") {
      const Variable constant = variable(lexer);
      lexer.expect(";");
      std::byte* memory = find_constant(plain_name(std::string(constant.name.text)), constant.memory.bytes);
      if (std::bit_cast<std::uint64_t>(memory) % constant.memory.alignment != 0)
        refuse(constant.name, "is aligned less on the host");
      program.constants.push_back({memory, constant.memory.bytes});
      names.constants[constant.name.text] = std::bit_cast<std::uint64_t>(memory);
    } else if (token.text == ".shared") {
      const Variable shared = variable(lexer);
      if (shared.sized) refuse(shared.name, "is shared memory of no kernel, which is not supported");
      lexer.expect(";");
      names.asked_for[shared.name.text] = shared.memory.alignment;
    } else if (token.text == ".entry") {
      program.kernels.push_back(KernelParser(lexer, names).parse());
    } else {
      refuse(token, "is not supported");
    }
  }
  return program;
}

}  // namespace costrisk::ptx
