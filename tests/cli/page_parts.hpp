// What stands in a page that the program wrote.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace costrisk::tests {

/// What stands between two texts, the first time; nothing where either is missing.
inline std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from);
  if (start == std::string::npos) return "";
  const std::size_t first = start + from.size();
  return text.substr(first, text.find(to, first) - first);
}

/// Whether the build had npm, so that pages draw.
inline bool page_has_script(const std::string& page) { return page.find("<script>") != std::string::npos; }

/// What the page's script draws.
inline nlohmann::json data_of(const std::string& page) {
  return nlohmann::json::parse(between(page, "<script type=\"application/json\" id=\"data\">", "</script>"));
}

}  // namespace costrisk::tests
