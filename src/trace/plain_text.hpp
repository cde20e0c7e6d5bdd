// Text that came from a file, a name or an argument: made fit to be shown, on a terminal, in a page, in JSON; and read
// as a number.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace costrisk::trace {

/// What `shown` does with line breaks and tabs.
enum class Breaks { kept, escaped };

/// The text with what a reader does not see, or a terminal obeys, as escapes: controls (C0, DEL, C1), line and
/// paragraph separators, bidirectional and other format characters, and whatever Unicode lets a display ignore, as
/// "\u202e" (beyond the basic plane "\U000e0001", line breaks and tabs "\n", "\r", "\t"); bytes that are no UTF-8 as
/// "\xff".
std::string shown(std::string_view text, Breaks breaks = Breaks::escaped);

/// Likewise of a JSON document in UTF-8, in which such characters stand inside strings alone: as JSON's own escapes, so
/// that it says the same as before.
std::string shown_json(std::string_view document);

/// The first character that `shown` would escape, as it would; absent where there is none.
std::optional<std::string> first_hidden(std::string_view text);

/// The text without blanks and tabs before and after it.
std::string_view trimmed(std::string_view text);

/// Whether the text may name a plan, a market or any other entity: letters, digits, '_', '-', and blanks between these.
bool is_name(std::string_view text);

/// A finite number that fills the whole text but for blanks around it; nothing otherwise.
std::optional<double> parse_number(std::string_view text);

/// A document of nlohmann's as lines of text that end in a line break; bytes in it that are no UTF-8 become U+FFFD.
template <class Json>
std::string json_text(const Json& document) {
  return shown_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace costrisk::trace
