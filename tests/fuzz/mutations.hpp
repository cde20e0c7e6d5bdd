// Changes to a text, the same for the same seed on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace costrisk::fuzz {

class Mutations {
 public:
  explicit Mutations(std::uint64_t seed) : state_(seed) {}

  /// One change, and another one in a third of the cases: bytes, bits, pieces cut out, doubled or moved, words put in,
  /// numbers made others, and the end of another text.
  std::string changed(const std::string& text, const std::string& other, const std::vector<std::string>& words);

  /// 0 … n − 1.
  std::size_t below(std::size_t n);

 private:
  void change(std::string& text, const std::string& other, const std::vector<std::string>& words);

  std::uint64_t state_;
};

}  // namespace costrisk::fuzz
