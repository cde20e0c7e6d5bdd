// Padding by display width, since a dash or a currency sign is several bytes long.
#include "src/report/text_table.hpp"

#include <algorithm>
#include <numeric>

namespace costrisk::report {

int display_width(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

void TextTable::add_column(std::string title, Align align) { columns_.push_back({std::move(title), align}); }

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::line(const std::vector<std::string>& cells, const std::vector<int>& widths) const {
  std::string result;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) result += "  ";
    const std::string padding(static_cast<std::size_t>(widths[i] - display_width(cells[i])), ' ');
    result += columns_[i].align == Align::left ? cells[i] + padding : padding + cells[i];
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

std::vector<int> TextTable::widths() const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int width = display_width(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  return widths;
}

int TextTable::width() const {
  const std::vector<int> widths = this->widths();
  return std::accumulate(widths.begin(), widths.end(), 2 * std::max(static_cast<int>(widths.size()) - 1, 0));
}

std::string TextTable::text(bool bold) const {
  const std::vector<int> widths = this->widths();
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  const std::string header = line(titles, widths);
  std::string result = (bold ? "\033[1m" + header + "\033[0m" : header) + "\n";
  for (const auto& row : rows_) result += line(row, widths) + "\n";
  return result;
}

}  // namespace costrisk::report
