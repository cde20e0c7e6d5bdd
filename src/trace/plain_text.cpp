// A strict decoder of UTF-8, and the ranges of characters that are not shown.
#include "src/trace/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace costrisk::trace {

namespace {

struct Range {
  std::uint32_t first, last;
};

/// Unicode 14: general categories Cc, Cf, Zl and Zp, and the property Default_Ignorable_Code_Point.
constexpr Range hidden[] = {
    {0x0, 0x1F},        {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},     {0x8E2, 0x8E2},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool is_hidden(std::uint32_t code) {
  const Range* found = std::lower_bound(std::begin(hidden), std::end(hidden), code,
                                        [](const Range& range, std::uint32_t c) { return range.last < c; });
  return found != std::end(hidden) && found->first <= code;
}

/// A character and the bytes that it takes; 0 of them where they are no UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  std::uint32_t code = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[bytes] || code > 0x10FFFF || surrogate) return {};
  return {code, bytes};
}

std::string escape_of(std::uint32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
  }
}

std::string json_escape_of(std::uint32_t code) {
  if (code < 0x10000) return fmt::format("\\u{:04x}", code);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF));
}

/// The text with each run of what `escape(character, byte)` has an answer to replaced by that answer.
template <class Escape>
std::string escaped(std::string_view text, const Escape& escape) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const std::size_t bytes = std::max<std::size_t>(character.bytes, 1);
    const std::optional<std::string> replacement = escape(character, static_cast<unsigned char>(text[at]));
    if (replacement)
      result += *replacement;
    else
      result += text.substr(at, bytes);
    at += bytes;
  }
  return result;
}

std::optional<std::string> text_escape(const Character& character, unsigned char byte) {
  if (character.bytes == 0) return fmt::format("\\x{:02x}", byte);
  if (is_hidden(character.code)) return escape_of(character.code);
  return std::nullopt;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n'; });
}

}  // namespace

std::string shown(std::string_view text, Breaks breaks) {
  return escaped(text, [breaks](const Character& character, unsigned char byte) -> std::optional<std::string> {
    if (breaks == Breaks::kept && (byte == '\n' || byte == '\t')) return std::nullopt;
    return text_escape(character, byte);
  });
}

std::string shown_json(std::string_view document) {
  if (is_plain(document)) return std::string(document);
  return escaped(document, [](const Character& character, unsigned char byte) -> std::optional<std::string> {
    if (byte == '\n' || character.bytes == 0 || !is_hidden(character.code)) return std::nullopt;
    return json_escape_of(character.code);
  });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' ||
                  c == '-';
         });
}

std::optional<std::string> first_hidden(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (auto escape = text_escape(character, static_cast<unsigned char>(text[at]))) return escape;
    at += character.bytes;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace costrisk::trace
