// Escaping, and tables.
#include "src/report/html/markup.hpp"

#include <fmt/format.h>

#include "src/report/html/chart.hpp"

namespace costrisk::report::html {

namespace {

std::string cell(const Table& table, const TableRow& row, std::size_t column) {
  const std::string text = escape(row.cells[column]);
  if (column == 0) return fmt::format("<th scope=\"row\">{}{}", row.plan >= 0 ? swatch(row.plan) : "", text);
  return column < table.text_columns ? fmt::format("<td class=\"w\">{}</td>", text) : "<td>" + text;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) switch (c) {
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
                        escape(table.columns[i]));
  html += "</tr></thead><tbody>";
  for (const TableRow& row : table.rows) {
    html += row.plan >= 0 ? fmt::format("<tr data-plan=\"{}\">", row.plan) : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) html += cell(table, row, i);
    html += "\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace costrisk::report::html
