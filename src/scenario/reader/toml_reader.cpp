// Reads TOML text into the node tree: the only file that includes the TOML library. That library can abort, overflow
// the stack or come where its authors thought nothing could (on characters beyond ASCII where white space may stand),
// so its assertions throw here and a scan of the text precedes it.
#include "src/scenario/reader/toml_reader.hpp"

#undef NDEBUG
#include <stdexcept>

namespace costrisk::scenario {
namespace {
struct TomlAssertion : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] void fail_assertion() { throw TomlAssertion("malformed"); }
}  // namespace
}  // namespace costrisk::scenario

#define TOML_ASSERT(expr) static_cast<void>((expr) ? 0 : (::costrisk::scenario::fail_assertion(), 0))
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace costrisk::scenario {
namespace {

constexpr int most_dots = 64;
constexpr int deepest = 32;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Walks over the text the way a TOML lexer does, as far as texts, comments and brackets go.
class Scan {
 public:
  Scan(std::string_view text, int source, Diagnostics& diagnostics)
      : text_(text), source_(source), diagnostics_(diagnostics) {}

  bool accepts() {
    if (text_.size() > largest_text)
      return refuse("the file has more than 1 MiB; expected a scenario, split with include where it is large");
    int depth = 0, dots = 0;
    bool in_word = false, in_number = false;
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_control(c)) return refuse_control();
      if (!is_ascii(c))
        return refuse(
            "a character beyond ASCII outside of quotes; expected quotes around names and texts that have one");
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') {
          if (is_control(text_[at_])) return refuse_control();
          step();
        }
        continue;
      }
      if (c == '"' || c == '\'') {
        if (!skip_quoted(c, in_number ? Allowed::ascii : Allowed::all)) return false;
        in_word = true;
        continue;
      }
      in_number = in_number ? !ends_value(c) : !in_word && is_of_a_number(c);
      in_word = !ends_value(c) && c != '=' && c != '[' && c != '{';
      if (c == '\n') dots = 0;
      if (c == '.' && ++dots > most_dots) return refuse("more than 64 dots in a line; expected a shorter key");
      if ((c == '[' || c == '{') && ++depth > deepest) return refuse("brackets nest deeper than 32 levels");
      if ((c == ']' || c == '}') && depth > 0) --depth;
      step();
    }
    return true;
  }

 private:
  static bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F;
  }

  static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
  static bool is_of_a_number(char c) { return (c >= '0' && c <= '9') || c == '+' || c == '-'; }
  static bool ends_value(char c) { return std::string_view(" \t\r\n,]}#").find(c) != std::string_view::npos; }

  bool refuse(std::string message) {
    diagnostics_.error({source_, line_, column_}, std::move(message));
    return false;
  }

  bool refuse_control() {
    return refuse(fmt::format("control character 0x{:02X}; expected plain text",
                              static_cast<unsigned>(static_cast<unsigned char>(text_[at_]))));
  }

  void step() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    ++at_;
    if (byte == '\n') {
      ++line_;
      column_ = 1;
    } else if ((byte & 0xC0u) != 0x80u) {
      ++column_;
    }
  }

  enum class Allowed { all, ascii };

  /// Skips a quoted text; one that does not end is left to the TOML library to report.
  bool skip_quoted(char quote, Allowed allowed) {
    const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
    const bool multi_line = text_.substr(at_, 3) == triple;
    for (int i = multi_line ? 3 : 1; i > 0; --i) step();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_control(c)) return refuse_control();
      // The library looks for a number's end beyond the quote.
      if (allowed == Allowed::ascii && !is_ascii(c))
        return refuse("a number that runs into a text; expected white space or a comma between them");
      if (c == '\n' && !multi_line) return true;
      if (c == '\\' && quote == '"') {
        const std::size_t next = std::min(text_.find_first_not_of(" \t\r\n", at_ + 1), text_.size() - 1);
        if (multi_line && !is_ascii(text_[next]))
          return refuse(
              "a backslash before a character beyond ASCII; expected an escape such as \\n, or a line that begins with "
              "ASCII");
        step();
        if (at_ < text_.size() && !is_control(text_[at_])) step();
        continue;
      }
      if (multi_line ? text_.substr(at_, 3) == triple : c == quote) {
        for (int i = multi_line ? 3 : 1; i > 0; --i) step();
        return true;
      }
      step();
    }
    return true;
  }

  std::string_view text_;
  int source_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

Place place_of(const toml::source_region& region, int source) {
  return {source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Node converted(const toml::node& value, int source) {
  Node node;
  node.place = place_of(value.source(), source);
  if (const auto* text = value.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
  } else if (const auto* integer = value.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* real = value.as_floating_point()) {
    node.kind = Node::Kind::real;
    node.real = real->get();
  } else if (const auto* boolean = value.as_boolean()) {
    node.kind = Node::Kind::boolean;
    node.boolean = boolean->get();
  } else if (const auto* date = value.as_date()) {
    node.kind = Node::Kind::date_time;
    node.date_time = {date->get().year, date->get().month, date->get().day, 0, 0, 0};
    node.text = fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
  } else if (const auto* date_time = value.as_date_time()) {
    const toml::date_time& when = date_time->get();
    node.kind = Node::Kind::date_time;
    node.date_time = {when.date.year, when.date.month,  when.date.day,
                      when.time.hour, when.time.minute, when.time.second};
    node.has_zone = when.offset.has_value();
    node.text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", when.date.year, when.date.month, when.date.day,
                            when.time.hour, when.time.minute, when.time.second);
  } else if (const auto* list = value.as_array()) {
    node.kind = Node::Kind::list;
    for (const toml::node& item : *list) node.items.push_back(converted(item, source));
  } else if (const auto* table = value.as_table()) {
    node.kind = Node::Kind::table;
    for (const auto& [key, item] : *table)
      node.entries.push_back({std::string(key.str()), place_of(key.source(), source), converted(item, source)});
    std::stable_sort(node.entries.begin(), node.entries.end(), [](const Entry& a, const Entry& b) {
      return a.place.line != b.place.line ? a.place.line < b.place.line : a.place.column < b.place.column;
    });
    if (node.place.line == 0 && !node.entries.empty()) node.place = node.entries.front().place;
  } else {
    node.kind = Node::Kind::clock_time;
  }
  return node;
}

}  // namespace

bool read_toml(std::string_view text, int source, Diagnostics& diagnostics, Node& root) {
  root = Node{};
  root.place = {source, 1, 1};
  if (!Scan(text, source, diagnostics).accepts()) return false;
  try {
    root = converted(toml::parse(text), source);
    root.place = {source, 1, 1};
    return true;
  } catch (const toml::parse_error& error) {
    diagnostics.error(place_of(error.source(), source), "no valid TOML: " + std::string(error.description()));
  } catch (const TomlAssertion&) {
    diagnostics.error({source, 1, 1}, "no valid TOML: a table header or key is malformed");
  }
  return false;
}

}  // namespace costrisk::scenario
