/// @file
/// Processes of one MPI job.
#pragma once

#include "costrisk/export.hpp"

namespace costrisk {

/// The processes that mpirun or srun started together with this one. One alone where the library was built without MPI
/// (COSTRISK_MPI) or nobody started more. There may be one object of this type in a process, once.
class COSTRISK_API Ranks {
 public:
  /// Joins the others.
  Ranks();
  /// Leaves; waits for the others to do so.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  /// Number of this process, from 0.
  int rank() const { return rank_; }
  /// Number of processes.
  int count() const { return count_; }
  /// The largest value of all processes, each of which must call it.
  int largest(int value) const;
  /// The value of the first process; all must call it.
  int of_first(int value) const;

 private:
  int rank_ = 0, count_ = 1;
};

}  // namespace costrisk
