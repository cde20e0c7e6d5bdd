// Reads the table of symbols of the running program, ELF of 64 bits.
#include "tests/cuda/ptx/host_symbols.hpp"

#include <elf.h>
#include <link.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/cuda/ptx/program.hpp"

namespace costrisk::ptx {

namespace {

/// How far from where its file says the program has been loaded.
std::uint64_t load_offset() {
  std::uint64_t offset = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        *static_cast<std::uint64_t*>(result) = info->dlpi_addr;
        return 1;  // the program comes first
      },
      &offset);
  return offset;
}

template <class T>
std::vector<T> read(const std::vector<char>& file, std::uint64_t place, std::size_t count) {
  if (place > file.size() || count > (file.size() - place) / sizeof(T)) throw Error("this program's file is cut off");
  std::vector<T> items(count);
  std::memcpy(items.data(), file.data() + place, count * sizeof(T));
  return items;
}

}  // namespace

HostSymbols::HostSymbols() {
  std::ifstream stream("/proc/self/exe", std::ios::binary);
  const std::vector<char> file((std::istreambuf_iterator<char>(stream)), {});
  const auto header = read<Elf64_Ehdr>(file, 0, 1)[0];
  const auto sections = read<Elf64_Shdr>(file, header.e_shoff, header.e_shnum);
  const std::uint64_t offset = load_offset();
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_SYMTAB) continue;
    const char* names = file.data() + sections.at(section.sh_link).sh_offset;
    for (const Elf64_Sym& symbol : read<Elf64_Sym>(file, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
      const std::string name = names + symbol.st_name;
      if (symbol.st_value == 0 || name.find("costrisk") == std::string::npos) continue;
      const std::uint64_t address = symbol.st_value + offset;
      if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC) functions_[address] = name;
      if (ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT) variables_[plain_name(name)] = {address, symbol.st_size};
    }
  }
  if (functions_.empty()) throw Error("this program's file names no functions: it has been stripped");
}

std::string HostSymbols::name_of(const void* address) const {
  const auto function = functions_.find(std::bit_cast<std::uint64_t>(address));
  return function == functions_.end() ? "" : plain_name(function->second);
}

std::byte* HostSymbols::variable(const std::string& name, std::size_t bytes) const {
  const auto found = variables_.find(name);
  if (found == variables_.end()) throw Error("PTX: the host has no variable " + name);
  if (found->second.bytes != bytes) throw Error("PTX: " + name + " has another size on the host");
  return std::bit_cast<std::byte*>(found->second.address);
}

}  // namespace costrisk::ptx
