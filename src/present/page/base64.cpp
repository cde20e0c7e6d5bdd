// Three bytes to four digits.
#include "src/present/page/base64.hpp"

namespace costrisk::present::html {

std::string base64(std::span<const std::byte> bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? std::to_integer<unsigned>(bytes[i]) : 0u; };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (std::size_t place = 0; place < 4; ++place)
      text += i + place <= bytes.size() ? digits[word >> (18 - 6 * place) & 63] : '=';
  }
  return text;
}

}  // namespace costrisk::present::html
