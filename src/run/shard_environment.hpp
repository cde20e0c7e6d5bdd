// Which shard a process is, as batch systems say in its environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "src/results/sums/shard.hpp"

namespace costrisk::run {

/// Says the value of an environment variable; absent where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Of this process.
std::optional<std::string> own_environment(const std::string& name);

/// A shard, and who said so.
struct FoundShard {
  results::Shard shard;
  std::string source;  ///< "a Slurm array"
};

/// The shard of an array of a batch system (Slurm, AWS Batch, Google Cloud Batch and Run, Grid Engine, LSF, an indexed
/// job of Kubernetes, PBS), of a step of Slurm, or of an MPI rank. Where the system does not say how many there are,
/// the variable COSTRISK_SHARDS has to.
/// @throws std::invalid_argument where no system is found, two are, or what they say is no shard
FoundShard shard_of_environment(const Environment& environment = own_environment);

/// "3/8".
/// @throws std::invalid_argument
results::Shard parse_shard(const std::string& text);

}  // namespace costrisk::run
