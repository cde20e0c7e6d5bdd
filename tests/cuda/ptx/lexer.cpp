// Cuts PTX text into tokens.
#include "tests/cuda/ptx/lexer.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace costrisk::ptx {

namespace {

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '%' || c == '.';
}

}  // namespace

Token Lexer::take() {
  const Token taken = next_;
  advance();
  return taken;
}

bool Lexer::take_if(std::string_view text) {
  if (next_.text != text) return false;
  advance();
  return true;
}

void Lexer::expect(std::string_view text) {
  if (!take_if(text)) refuse(next_, "stands where \"" + std::string(text) + "\" was expected");
}

void Lexer::skip_space_and_comments() {
  while (place_ < text_.size()) {
    const std::string_view rest = text_.substr(place_);
    std::size_t length = 0;
    if (std::isspace(static_cast<unsigned char>(rest[0])))
      length = 1;
    else if (rest.starts_with("//"))
      length = std::min(rest.find('\n'), rest.size());
    else if (rest.starts_with("/*"))
      length = std::min(rest.find("*/"), rest.size() - 2) + 2;
    else
      return;
    line_ += static_cast<int>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
    place_ += length;
  }
}

void Lexer::advance() {
  skip_space_and_comments();
  std::size_t end = place_;
  if (end < text_.size() && text_[end] == '"')
    end = std::min(text_.find('"', end + 1), text_.size() - 1) + 1;
  else if (end < text_.size() && !in_word(text_[end]))
    ++end;
  else
    while (end < text_.size() && in_word(text_[end])) ++end;
  next_ = {text_.substr(place_, end - place_), line_};
  place_ = end;
}

void refuse(const Token& token, std::string_view why) {
  throw Error("PTX, line " + std::to_string(token.line) + ": \"" + std::string(token.text) + "\" " + std::string(why));
}

}  // namespace costrisk::ptx
