#include "src/scenario/entities/stress.hpp"

#include <fmt/format.h>

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {

template const TableOf<Stress>& table_of<Stress>();

void complete(const TableReader& table, const Stress& stress) {
  if (stress.set.empty() && stress.scale.empty() && !table.broken("set") && !table.broken("scale"))
    table.error("name", fmt::format("the stress '{}' changes nothing; expected 'set' or 'scale'", stress.name));
  const auto check = [&](const char* key, const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      if (text.find('=') == std::string::npos || text.starts_with('='))
        table.error(key, fmt::format("'{}' is no change; expected ADDRESS=VALUE", text));
  };
  check("set", stress.set);
  check("scale", stress.scale);
}

}  // namespace costrisk::scenario
