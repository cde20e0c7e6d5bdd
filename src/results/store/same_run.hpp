// Whether results are of one run, so that their paths may be put together.
#pragma once

#include <optional>
#include <string>

#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

/// In what two runs differ first.
struct Difference {
  std::string what;         ///< "seed"
  std::string found, kept;  ///< of the first and of the second, for a message
};

/// Why paths of two runs may not be put together: they are of another version, scenario, seed or the like. Absent where
/// they may, which they also may where one run is longer than the other.
std::optional<Difference> difference_of(const ResultsContext& found, const TallyLayout& found_layout,
                                        const ResultsContext& kept, const TallyLayout& kept_layout);

}  // namespace costrisk::results
