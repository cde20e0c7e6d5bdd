// Processes of one MPI job; one alone in a build without MPI.
#pragma once

namespace costrisk::run {

struct RankOfAll {
  int rank = 0, count = 1;
};

/// Joins the processes that were started together. To be called once.
RankOfAll join_ranks();
void leave_ranks();
/// Of all processes, each of which must call it.
int largest_of_ranks(int value);
int value_of_first_rank(int value);

}  // namespace costrisk::run
