// MPI as the interface has it.
#include "costrisk/ranks.hpp"

#include "src/api/boundary.hpp"
#include "src/run/ranks.hpp"

namespace costrisk {

Ranks::Ranks() {
  const run::RankOfAll ranks = at_boundary([] { return run::join_ranks(); });
  rank_ = ranks.rank;
  count_ = ranks.count;
}

Ranks::~Ranks() { run::leave_ranks(); }

int Ranks::largest(int value) const {
  return at_boundary([&] { return run::largest_of_ranks(value); });
}

int Ranks::of_first(int value) const {
  return at_boundary([&] { return run::value_of_first_rank(value); });
}

}  // namespace costrisk
