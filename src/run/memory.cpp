// Reads what the kernel shows of its memory and its groups.
#include "src/run/memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace costrisk::run {

namespace {

namespace fs = std::filesystem;

/// The number that a file begins with; absent where there is none, as in "max".
std::optional<std::uint64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

/// The number behind a word, at the start of a line.
std::optional<std::uint64_t> number_after(const fs::path& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    std::uint64_t number = 0;
    if (words >> first && first == word && words >> number) return number;
  }
  return std::nullopt;
}

void take_less(AvailableMemory& least, std::uint64_t bytes, const std::string& limited_by) {
  if (least.limited_by.empty() || bytes < least.bytes) least = {bytes, limited_by};
}

/// What one group leaves: its limit less what it has, of which the kernel drops what files can be read again for.
void take_group(AvailableMemory& least, const fs::path& folder, const char* limit_name, const char* used_name,
                const char* inactive_name) {
  const auto limit = number_in(folder / limit_name), used = number_in(folder / used_name);
  if (!limit || !used) return;
  const std::uint64_t held = *used - std::min(*used, number_after(folder / "memory.stat", inactive_name).value_or(0));
  take_less(least, *limit - std::min(*limit, held), fmt::format("the control group {}", folder.string()));
}

/// The group at `path` below `mount` and those above it. In a container the path may be one of the outside: then the
/// group at the mount is this process's.
void take_groups(AvailableMemory& least, const fs::path& mount, const std::string& path, const char* limit_name,
                 const char* used_name, const char* inactive_name) {
  std::error_code failure;
  for (fs::path group = fs::path(path).relative_path(); !group.empty() && group != "."; group = group.parent_path())
    if (fs::exists(mount / group, failure)) take_group(least, mount / group, limit_name, used_name, inactive_name);
  take_group(least, mount, limit_name, used_name, inactive_name);
}

}  // namespace

AvailableMemory available_memory(const fs::path& proc, const fs::path& groups) {
  AvailableMemory least;
  if (const auto kilobytes = number_after(proc / "meminfo", "MemAvailable:"))
    take_less(least, *kilobytes * 1024, "the machine");

  // Lines as "0::/user.slice" (version 2) and "9:memory:/docker/…" (version 1).
  std::ifstream file(proc / "self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers == ",,")
      take_groups(least, groups, line.substr(second + 1), "memory.max", "memory.current", "inactive_file");
    else if (controllers.find(",memory,") != std::string::npos)
      take_groups(least, groups / "memory", line.substr(second + 1), "memory.limit_in_bytes", "memory.usage_in_bytes",
                  "total_inactive_file");
  }

  rlimit limit{};
  const auto pages = number_in(proc / "self/statm");
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && pages) {
    const std::uint64_t used = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    take_less(least, limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used),
              "the limit on address space (ulimit -v)");
  }
  return least;
}

}  // namespace costrisk::run
