// Text and tables as HTML that no name in a scenario can break out of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace costrisk::present::html {

/// Text as it may stand between tags and in quoted attributes.
std::string escape(std::string_view text);

/// A sentence, escaped, in which a number and its unit (4.9 %, 25 hours) stay on one line.
std::string prose(std::string_view text);

/// JSON text as it may stand in a script element.
std::string escape_json(std::string_view json);

struct TableRow {
  int plan = -1;  ///< the plan that the row is of: hidden with it, and marked with its colour; −1: none
  std::vector<std::string> cells;
};

/// A table whose first columns are words and the others numbers. Cells are plain text.
struct Table {
  std::string caption;
  std::vector<std::string> columns;
  std::size_t text_columns = 1;
  std::vector<TableRow> rows;
};

std::string table_markup(const Table& table);

/// A sample of a plan's line, for legends and table rows, which say its name too.
std::string swatch(int plan);

}  // namespace costrisk::present::html
