// What a search for a plan may vary, and what it minimizes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Search {
  std::vector<std::string> vary;  ///< variations (reader/variation.hpp)
  std::string minimize = "mean";  ///< "mean", "p90", "cvar95", …
  std::int64_t paths = 0;         ///< futures of the last round; 0: chosen by the search
  std::int64_t proof_paths = 0;   ///< fresh futures that the plan is tried on; 0: likewise
  double confidence = 0.95;

  static constexpr std::string_view table_name = "search";
  template <class Rows>
  static void fields(Rows& row) {
    row.texts(
        "vary", &Search::vary,
        {.about = "values of plans that may vary: ADDRESS=FROM..TO, ADDRESS=FROM..TO:STEP or ADDRESS=VALUE,VALUE; "
                  "* in the address stands for any text"});
    row.text("minimize", &Search::minimize,
             {.about = "statistic of cost: \"mean\", a quantile such as \"p90\" or a tail mean such as \"cvar95\"",
              .fallback = "\"mean\""});
    row.integer("paths", &Search::paths,
                {.about = "futures of the last round of the search; 0: as many as [simulation] says, at most 8192",
                 .range = {0.0, 16777216.0},
                 .fallback = "0"});
    row.integer("proof_paths", &Search::proof_paths,
                {.about = "fresh futures that the plan found is tried on; 0: four times those of the search",
                 .range = {0.0, 67108864.0},
                 .fallback = "0"});
    row.number("confidence", &Search::confidence,
               {.about = "with which the goal is to be shown to be met", .range = open_share, .fallback = "0.95"});
  }
};

extern template const TableOf<Search>& table_of<Search>();

/// Notes variations and statistics that are none.
void complete(const TableReader& table, const Search& search);

}  // namespace costrisk::scenario
