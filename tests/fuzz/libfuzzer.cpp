// The same readers for libFuzzer: COSTRISK_FUZZ_READER says which. Not part of the test programs; see run.sh.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/fuzz/readers.hpp"

using costrisk::fuzz::Reader;

namespace {

const Reader& chosen() {
  static const Reader& reader = costrisk::fuzz::reader_named(std::getenv("COSTRISK_FUZZ_READER"));
  return reader;
}

void write_seeds(const std::string& folder) {
  for (std::size_t i = 0; i < chosen().seeds.size(); ++i)
    std::ofstream(folder + "/seed" + std::to_string(i)) << chosen().seeds[i];
}

/// As libFuzzer's dictionaries are written: a quoted word a line, its bytes in hexadecimal.
void write_words(const std::string& file) {
  std::ofstream out(file);
  for (const std::string& word : chosen().words) {
    out << '"';
    for (const unsigned char byte : word) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02X", byte);
      out << escaped;
    }
    out << "\"\n";
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (std::getenv("COSTRISK_FUZZ_READER") == nullptr) {
    std::fputs("COSTRISK_FUZZ_READER names the reader:", stderr);
    for (const Reader& reader : costrisk::fuzz::readers()) std::fprintf(stderr, " %s", reader.name);
    std::fputs("\n", stderr);
    std::exit(2);
  }
  if (const char* folder = std::getenv("COSTRISK_FUZZ_SEEDS")) write_seeds(folder);
  if (const char* file = std::getenv("COSTRISK_FUZZ_WORDS")) write_words(file);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  chosen().read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
