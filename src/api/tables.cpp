// Tables of words and figures.
#include "src/api/tables.hpp"

namespace costrisk {

std::vector<Table> tables_of(const std::vector<present::PlainTable>& tables) {
  std::vector<Table> all;
  for (const present::PlainTable& table : tables) all.push_back({table.title, table.columns, table.rows});
  return all;
}

std::string Table::text(bool bold) const { return present::table_text({title, columns, rows}, bold); }

}  // namespace costrisk
