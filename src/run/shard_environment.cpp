// A row a batch system: the variables in which it says a task's number and how many there are.
#include "src/run/shard_environment.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace costrisk::run {

namespace {

constexpr std::int64_t most_shards = 1'000'000;
constexpr const char* own_count = "COSTRISK_SHARDS";

/// Variables of a batch system; null where it has none of that kind.
struct System {
  const char* name;
  const char* index;
  const char* first;      ///< lowest index; null: `base`
  const char* step;       ///< from one index to the next; null: 1
  const char* last;       ///< highest index
  const char* count;      ///< how many tasks there are; null: by `last`, or COSTRISK_SHARDS where there is none either
  std::int64_t base;      ///< lowest index where `first` is null
  const char* only_with;  ///< a variable that must be set, too; null: none
};

constexpr std::array<System, 12> systems = {{
    {"a Slurm array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_MAX",
     "SLURM_ARRAY_TASK_COUNT", 0, nullptr},
    {"an array of AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", nullptr, nullptr, nullptr, "AWS_BATCH_JOB_ARRAY_SIZE", 0,
     nullptr},
    {"Google Cloud Batch", "BATCH_TASK_INDEX", nullptr, nullptr, nullptr, "BATCH_TASK_COUNT", 0, nullptr},
    {"a job of Cloud Run", "CLOUD_RUN_TASK_INDEX", nullptr, nullptr, nullptr, "CLOUD_RUN_TASK_COUNT", 0, nullptr},
    {"an indexed job of Kubernetes", "JOB_COMPLETION_INDEX", nullptr, nullptr, nullptr, nullptr, 0, nullptr},
    {"a PBS array", "PBS_ARRAY_INDEX", nullptr, nullptr, nullptr, nullptr, 1, nullptr},
    {"a Torque array", "PBS_ARRAYID", nullptr, nullptr, nullptr, nullptr, 1, nullptr},
    {"an LSF array", "LSB_JOBINDEX", nullptr, "LSB_JOBINDEX_STEP", "LSB_JOBINDEX_END", nullptr, 1, "LSB_JOBINDEX_END"},
    {"a Grid Engine array", "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_STEPSIZE", "SGE_TASK_LAST", nullptr, 1,
     "SGE_TASK_LAST"},
    {"Open MPI", "OMPI_COMM_WORLD_RANK", nullptr, nullptr, nullptr, "OMPI_COMM_WORLD_SIZE", 0, nullptr},
    {"MPI", "PMI_RANK", nullptr, nullptr, nullptr, "PMI_SIZE", 0, nullptr},
    {"a step of Slurm", "SLURM_PROCID", nullptr, nullptr, nullptr, "SLURM_STEP_NUM_TASKS", 0, "SLURM_STEP_ID"},
}};

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  bool has(const char* name) const { return name != nullptr && environment_(name).has_value(); }

  std::int64_t number(const char* name) const {
    const std::string text = environment_(name).value_or("");
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > std::int64_t{1} << 40)
      throw std::invalid_argument(fmt::format("{} is '{}', which is no number of a task", name, text));
    return number;
  }

  /// Of one system's task. Absent where the process is none, or the only one.
  std::optional<results::Shard> shard(const System& system) const {
    if (!has(system.index) || (system.only_with != nullptr && !has(system.only_with))) return std::nullopt;
    // Grid Engine says "undefined" where there is no array, LSF 0.
    const std::string task = environment_(system.index).value_or("");
    if (task == "undefined" || (task == "0" && system.base == 1 && system.last != nullptr)) return std::nullopt;
    const std::int64_t first = has(system.first) ? number(system.first) : system.base;
    const std::int64_t step = has(system.step) ? number(system.step) : 1, index = number(system.index);
    std::int64_t count = 0;
    if (has(system.count))
      count = number(system.count);
    else if (has(system.last))
      count = step > 0 ? (number(system.last) - first) / step + 1 : 0;
    else if (has(own_count))
      count = number(own_count);
    else
      throw std::invalid_argument(
          fmt::format("{} says the number of a task in {}, and not how many there are: set {} to "
                      "that, or name the shard, as in --shard 3/8",
                      system.name, system.index, own_count));
    const std::int64_t place =
        step > 0 && index >= first && (index - first) % step == 0 ? (index - first) / step + 1 : 0;
    const bool gaps = has(system.last) && step > 0 && (number(system.last) - first) / step + 1 != count;
    if (gaps || place < 1 || place > count || count > most_shards)
      throw std::invalid_argument(fmt::format(
          "{} has the task {} of {}, which are not numbered one after the other from {}: name the shard, as "
          "in --shard 3/8",
          system.name, index, count, first));
    return results::Shard{static_cast<std::int32_t>(place), static_cast<std::int32_t>(count)};
  }

 private:
  const Environment& environment_;
};

}  // namespace

std::optional<std::string> own_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

FoundShard shard_of_environment(const Environment& environment) {
  const Reader reader(environment);
  std::vector<FoundShard> found;
  for (const System& system : systems)
    if (const auto shard = reader.shard(system)) {
      const FoundShard one{*shard, system.name};
      // Ranks of a job of one task, or the same ranks named by two, add nothing.
      if (shard->count == 1 && !found.empty()) continue;
      if (found.size() == 1 && found.front().shard.count == 1) found.clear();
      if (!found.empty() && found.front().shard == one.shard) continue;
      found.push_back(one);
    }
  if (found.empty())
    throw std::invalid_argument(
        "auto: no batch system says which task this is (Slurm, AWS Batch, Google Cloud, Kubernetes, PBS, LSF, Grid "
        "Engine and MPI are looked for): name the shard, as in --shard 3/8");
  if (found.size() > 1)
    throw std::invalid_argument(
        fmt::format("auto: this is task {} of {} of {}, and {} of {} of {}: name the shard, as in --shard 3/8",
                    found[0].shard.index, found[0].shard.count, found[0].source, found[1].shard.index,
                    found[1].shard.count, found[1].source));
  return found.front();
}

results::Shard parse_shard(const std::string& text) {
  results::Shard shard{0, 0};
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  const bool slash = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  const auto count = slash ? std::from_chars(index.ptr + 1, end, shard.count) : index;
  if (!slash || count.ec != std::errc() || count.ptr != end || shard.index < 1 || shard.count < shard.index ||
      shard.count > most_shards)
    throw std::invalid_argument(
        fmt::format("'{}' is no shard; expected one such as 3/8, from 1/8 to 8/8, or auto", text));
  return shard;
}

}  // namespace costrisk::run
