// A table for a terminal: columns as wide as what stands in them.
#pragma once

#include <string>
#include <vector>

namespace costrisk::report {

class TextTable {
 public:
  enum class Align { left, right };

  void add_column(std::string title, Align align = Align::right);
  /// One cell a column; missing ones at the end are empty.
  void add_row(std::vector<std::string> cells);

  /// Lines of header and rows, each ending in a line feed, without trailing blanks.
  /// @param bold whether the header is set in bold by terminal codes
  std::string text(bool bold = false) const;

  /// Character cells that the longest line takes.
  int width() const;

 private:
  struct Column {
    std::string title;
    Align align;
  };

  std::vector<int> widths() const;
  std::string line(const std::vector<std::string>& cells, const std::vector<int>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// How many character cells a UTF-8 text takes, for scripts whose characters take one each.
int display_width(const std::string& text);

}  // namespace costrisk::report
