// Stresses: changes of the world that plans are tried under.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Stress {
  std::string name;
  std::vector<std::string> set;    ///< "ADDRESS=VALUE"
  std::vector<std::string> scale;  ///< "ADDRESS=FACTOR"

  static constexpr std::string_view table_name = "stress";
  template <class Rows>
  static void fields(Rows& row) {
    row.label("name", &Stress::name, {.about = "what it is called", .required = true});
    row.texts("set", &Stress::set, {.about = "values as --set takes them: ADDRESS=VALUE"});
    row.texts("scale", &Stress::scale, {.about = "factors as --scale takes them: ADDRESS=FACTOR"});
  }
};

extern template const TableOf<Stress>& table_of<Stress>();

/// Notes a stress that changes nothing, or is no assignment.
void complete(const TableReader& table, const Stress& stress);

}  // namespace costrisk::scenario
