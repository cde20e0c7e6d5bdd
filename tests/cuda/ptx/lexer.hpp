// A test harness, no backend: the words and signs of PTX text.
#pragma once

#include <stdexcept>
#include <string_view>

namespace costrisk::ptx {

/// What the interpreter does not know, or what a kernel must not do; with the line of the PTX where there is one.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Token {
  std::string_view text;  ///< empty: the end
  int line = 0;
};

/// Cuts a text into words (names, numbers, directives, mnemonics), quoted strings and signs of one character.
class Lexer {
 public:
  /// @param text lives as long as the tokens
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& peek() const { return next_; }
  Token take();
  /// Takes the next token if it is this one.
  bool take_if(std::string_view text);
  /// @throws Error where the next token is another
  void expect(std::string_view text);

 private:
  void skip_space_and_comments();
  void advance();

  std::string_view text_;
  std::size_t place_ = 0;
  int line_ = 1;
  Token next_;
};

/// @throws Error naming the token and its line
[[noreturn]] void refuse(const Token& token, std::string_view why);

}  // namespace costrisk::ptx
