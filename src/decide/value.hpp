// What it is worth to find something out before a plan is chosen.
#pragma once

#include <string>
#include <vector>

#include "src/decide/choice.hpp"
#include "src/decide/observe.hpp"

namespace costrisk::decide {

/// An amount saved on average, in currency, with its standard error.
struct Worth {
  double value = 0.0, error = 0.0;
};

struct ValueOfInformation {
  std::size_t best = 0;          ///< the plan with the lowest mean cost: what is chosen without knowing more
  Worth perfect;                 ///< EVPI: of knowing each future whole
  std::vector<Worth> by_driver;  ///< EVPPI: of knowing one unknown alone
};

/// EVPI = E[min over plans of cost | future] below min over plans of E[cost] (Raiffa and Schlaifer 1961), and EVPPI
/// likewise with what is expected in each cell of a driver: the plan of a cell is chosen by the mean costs of nine
/// tenths of the paths and judged by those of the last tenth, in turn, so that choosing by noise earns nothing.
/// @param plans those that may be chosen, over the same paths
ValueOfInformation value_of_information(const std::vector<const Record*>& plans,
                                        const std::vector<std::vector<std::uint8_t>>& cells);

}  // namespace costrisk::decide
