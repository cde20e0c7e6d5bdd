// Factors: standard-normal states that laws, prices, capacity and demands load on.
#pragma once

#include <optional>
#include <string>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Shock {
  Renewal renewal;
  double size = 0.0;  ///< standard deviations

  static constexpr std::string_view table_name = "shock";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration("every", through(&Shock::renewal, &Renewal::every_seconds),
                 {.about = "mean time from the end of one shock to the next", .range = positive, .required = true});
    row.number("size", &Shock::size,
               {.about = "how far a shock raises the factor, in standard deviations",
                .range = {-20.0, 20.0},
                .required = true});
    row.table("duration", through(&Shock::renewal, &Renewal::duration),
              {.about = "how long a shock lasts: log-normal", .required = true});
  }
};

struct Factor {
  std::string name;
  double half_life_seconds = 0.0;  ///< infinity: "forever"
  std::optional<Shock> shock;

  static constexpr std::string_view table_name = "factor";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Factor::name, {.about = "name of the factor", .required = true});
    row.key({.name = "like", .about = "another factor to start from"});
    row.duration_or_forever("half_life", &Factor::half_life_seconds,
                            {.about = "how fast the factor forgets; \"forever\": one draw per future",
                             .range = positive,
                             .required = true});
    row.table("shock", &Factor::shock, {.about = "temporary rises of the factor; absent: none"});
  }
};

extern template const TableOf<Factor>& table_of<Factor>();

}  // namespace costrisk::scenario
