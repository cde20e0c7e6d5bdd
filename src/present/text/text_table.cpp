// Padding by display width, since a dash or a currency sign is several bytes long.
#include "src/present/text/text_table.hpp"
#include "src/trace/plain_text.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace costrisk::present {

int display_width(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

void TextTable::add_column(const std::string& title, Align align) {
  columns_.push_back({trace::shown(title, trace::Breaks::kept), align});
}

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = trace::shown(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::line(const Cells& cells, const std::vector<int>& widths, std::size_t first) const {
  std::string result(2 * first, ' ');
  for (std::size_t i = first; i < cells.size(); ++i) {
    if (i > first) result += "  ";
    const std::string padding(static_cast<std::size_t>(widths[i] - display_width(cells[i])), ' ');
    result += columns_[i].align == Align::left ? cells[i] + padding : padding + cells[i];
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

std::vector<TextTable::Cells> TextTable::title_lines() const {
  std::vector<Cells> columns;
  std::size_t height = 0;
  for (const Column& column : columns_) {
    Cells& lines = columns.emplace_back();
    std::istringstream text(column.title);
    for (std::string title; std::getline(text, title);) lines.push_back(title);
    height = std::max(height, lines.size());
  }
  std::vector<Cells> result(height, Cells(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (std::size_t k = 0; k < columns[i].size(); ++k) result[height - columns[i].size() + k][i] = columns[i][k];
  return result;
}

std::vector<int> TextTable::widths() const {
  std::vector<int> widths(columns_.size());
  const auto widen = [&widths](const std::vector<Cells>& rows) {
    for (const Cells& row : rows)
      for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  };
  widen(title_lines());
  widen(rows_);
  return widths;
}

int TextTable::width() const { return width_from(0, widths()); }

int TextTable::width_from(std::size_t first, const std::vector<int>& widths) const {
  return std::accumulate(widths.begin() + static_cast<std::ptrdiff_t>(first), widths.end(),
                         2 * std::max(static_cast<int>(widths.size()) - 1, 0));
}

std::string TextTable::text(bool bold, int room) const {
  const std::vector<int> widths = this->widths();
  std::size_t first = 0;
  while (room > 0 && first + 1 < columns_.size() && columns_[first].align == Align::left &&
         width_from(first, widths) > room)
    ++first;
  std::string result;
  const auto add_title = [&](const std::string& title) {
    result += (bold ? "\033[1m" + title + "\033[0m" : title) + "\n";
  };
  for (std::size_t i = 0; i < first; ++i) add_title(std::string(2 * i, ' ') + columns_[i].title);
  for (const Cells& titles : title_lines()) add_title(line(titles, widths, first));
  Cells names(first);
  for (const Cells& row : rows_) {
    for (std::size_t i = 0; i < first; ++i) {
      if (row[i].empty() || row[i] == names[i]) continue;
      names[i] = row[i];
      std::fill(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), "");
      result += std::string(2 * i, ' ') + row[i] + "\n";
    }
    result += line(row, widths, first) + "\n";
  }
  return result;
}

}  // namespace costrisk::present
