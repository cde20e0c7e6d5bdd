// MPI is started only where more than one process was.
#include "src/run/ranks.hpp"

#ifdef COSTRISK_MPI

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "src/run/shard_environment.hpp"

namespace costrisk::run {

namespace {

void check(int error, const char* what) {
  if (error != MPI_SUCCESS) throw std::runtime_error(std::string("MPI: ") + what + " failed; see what mpirun says");
}

bool started_by_mpi() {
  constexpr std::array<const char*, 4> sizes = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK",
                                                "SLURM_STEP_NUM_TASKS"};
  return std::any_of(sizes.begin(), sizes.end(), [](const char* name) {
    const auto size = own_environment(name);
    return size && *size != "1";
  });
}

bool is_running() {
  int running = 0;
  check(MPI_Initialized(&running), "asking whether it runs");
  return running != 0;
}

}  // namespace

RankOfAll join_ranks() {
  RankOfAll ranks;
  if (!started_by_mpi()) return ranks;
  check(MPI_Init(nullptr, nullptr), "the start");
  check(MPI_Comm_rank(MPI_COMM_WORLD, &ranks.rank), "asking for the rank");
  check(MPI_Comm_size(MPI_COMM_WORLD, &ranks.count), "asking for the number of ranks");
  return ranks;
}

void leave_ranks() {
  if (is_running()) MPI_Finalize();  // who leaves cannot report it
}

int largest_of_ranks(int value) {
  if (!is_running()) return value;
  int largest = value;
  check(MPI_Allreduce(&value, &largest, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD), "comparing ranks");
  return largest;
}

int value_of_first_rank(int value) {
  if (is_running()) check(MPI_Bcast(&value, 1, MPI_INT, 0, MPI_COMM_WORLD), "the broadcast");
  return value;
}

}  // namespace costrisk::run

#else

namespace costrisk::run {

RankOfAll join_ranks() { return {}; }
void leave_ranks() {}
int largest_of_ranks(int value) { return value; }
int value_of_first_rank(int value) { return value; }

}  // namespace costrisk::run

#endif
