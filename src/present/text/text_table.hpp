// A table for a terminal: columns as wide as what stands in them.
#pragma once

#include <string>
#include <vector>

namespace costrisk::present {

class TextTable {
 public:
  enum class Align { left, right };

  /// A title may be of several lines.
  void add_column(const std::string& title, Align align = Align::right);
  /// One cell a column; missing ones at the end are empty.
  void add_row(std::vector<std::string> cells);

  /// Lines of header and rows, each ending in a line feed, without trailing blanks.
  /// @param bold whether the header is set in bold by terminal codes
  /// @param room columns; where the table is wider, what stands first in its rows gets a line of its own above those
  ///        that share it, and so on as long as columns are aligned to the left; 0: any
  std::string text(bool bold = false, int room = 0) const;

  /// Character cells that the longest line takes.
  int width() const;

 private:
  struct Column {
    std::string title;
    Align align;
  };

  using Cells = std::vector<std::string>;

  std::vector<int> widths() const;
  /// With the columns before `first` in lines of their own.
  int width_from(std::size_t first, const std::vector<int>& widths) const;
  std::vector<Cells> title_lines() const;
  /// The cells from `first` on.
  std::string line(const Cells& cells, const std::vector<int>& widths, std::size_t first) const;

  std::vector<Column> columns_;
  std::vector<Cells> rows_;
};

/// How many character cells a UTF-8 text takes, for scripts whose characters take one each.
int display_width(const std::string& text);

}  // namespace costrisk::present
