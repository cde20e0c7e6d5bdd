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

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (std::getenv("COSTRISK_FUZZ_READER") == nullptr) {
    std::fputs("COSTRISK_FUZZ_READER names the reader:", stderr);
    for (const Reader& reader : costrisk::fuzz::readers()) std::fprintf(stderr, " %s", reader.name);
    std::fputs("\n", stderr);
    std::exit(2);
  }
  if (const char* folder = std::getenv("COSTRISK_FUZZ_SEEDS"))
    for (std::size_t i = 0; i < chosen().seeds.size(); ++i)
      std::ofstream(std::string(folder) + "/seed" + std::to_string(i)) << chosen().seeds[i];
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  chosen().read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
