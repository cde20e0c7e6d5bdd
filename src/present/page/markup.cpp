// Escaping, and tables.
#include "src/present/page/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/present/page/chart.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present::html {

namespace {

std::string cell(const Table& table, const TableRow& row, std::size_t column) {
  const std::string text = escape(row.cells[column]);
  if (column == 0) return fmt::format("<th scope=\"row\">{}{}", row.plan >= 0 ? swatch(row.plan) : "", text);
  return column < table.text_columns ? fmt::format("<td class=\"w\">{}</td>", text) : "<td>" + text;
}

/// The head of a column; a long one breaks after its comma.
std::string heading(const std::string& name) {
  const std::size_t comma = name.find(", ");
  if (name.size() < 14 || comma == std::string::npos) return escape(name);
  return escape(name.substr(0, comma + 1)) + " <br>" + escape(name.substr(comma + 2));
}

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : trace::shown(text, trace::Breaks::kept)) switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  return result;
}

std::string prose(std::string_view text) {
  // A unit is a word of at most two letters or signs behind a number; other short words lose nothing by it.
  constexpr std::string_view ends = " .,;:)";
  std::string joined;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool after_digit = text[i] == ' ' && i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9';
    const std::size_t next = std::min(text.find_first_of(ends, i + 1), text.size());
    std::size_t letters = 0;
    for (std::size_t k = i + 1; k < next; ++k) letters += (static_cast<unsigned char>(text[k]) & 0xC0) != 0x80;
    if (after_digit && letters > 0 && letters <= 2)
      joined += "\u00a0";
    else
      joined += text[i];
  }
  return escape(joined);
}

std::string escape_json(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  }
  return result;
}

std::string swatch(int plan) { return fmt::format("<i class=\"w{} d{}\"></i>", color_of(plan), dash_of(plan)); }

std::string table_markup(const Table& table) {
  std::string html = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + escape(table.caption) +
                     "\"><table><caption>" + escape(table.caption) + "</caption><thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    html += fmt::format("<th scope=\"col\"{}>{}</th>", i < table.text_columns ? " class=\"w\"" : "",
                        heading(table.columns[i]));
  html += "</tr></thead><tbody>";
  for (const TableRow& row : table.rows) {
    html += row.plan >= 0 ? fmt::format("<tr data-plan=\"{}\">", row.plan) : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) html += cell(table, row, i);
    html += "\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace costrisk::present::html
