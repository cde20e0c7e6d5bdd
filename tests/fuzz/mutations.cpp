// The changes, each on a place drawn at random.
#include "tests/fuzz/mutations.hpp"

#include <algorithm>
#include <array>

namespace costrisk::fuzz {

namespace {

constexpr std::size_t longest = 1 << 15;
constexpr std::array<const char*, 14> numbers = {"0",
                                                 "-0",
                                                 "1",
                                                 "-1",
                                                 "1e-320",
                                                 "1e308",
                                                 "1e999",
                                                 "0.5.5",
                                                 "1e15",
                                                 "007",
                                                 "1e10",
                                                 "4294967296",
                                                 "-9223372036854775809",
                                                 "."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::size_t Mutations::below(std::size_t n) {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<std::size_t>((z ^ (z >> 31)) % n);
}

void Mutations::change(std::string& text, const std::string& other, const std::vector<std::string>& words) {
  const std::size_t at = below(text.size() + 1), length = 1 + below(16);
  switch (below(10)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 1:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(at, text.substr(below(text.size() + 1), length * (1 + below(8))));
      break;
    case 4:
    case 5:
      text.insert(at, words[below(words.size())]);
      break;
    case 6:
      if (at < text.size()) text.replace(at, length, words[below(words.size())]);
      break;
    case 7: {
      const auto digit = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
      const auto end = std::find_if_not(digit, text.end(), is_digit);
      text.replace(digit, end, numbers[below(numbers.size())]);
      break;
    }
    case 8:
      text.resize(at);
      break;
    default:
      text = text.substr(0, at) + other.substr(below(other.size() + 1));
  }
}

std::string Mutations::changed(const std::string& text, const std::string& other,
                               const std::vector<std::string>& words) {
  std::string result = text;
  for (bool more = true; more; more = below(3) == 0) change(result, other, words);
  if (result.size() > longest) result.resize(longest);
  return result;
}

}  // namespace costrisk::fuzz
