// What a replay reads is what stands in the tables, bit for bit, on every path number.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/identity/engine_runs.hpp"

namespace costrisk::identity {
namespace {

/// The rows of the world on one path: [row's name and entity][step].
using Rows = std::map<std::string, std::vector<std::int32_t>>;

struct Reading {
  int lane;
  Rows rows;

  static void put(void* context, const char* what, int entity, int, bool, const std::int32_t* bits) {
    auto& self = *static_cast<Reading*>(context);
    self.rows[std::string(what) + " " + std::to_string(entity)].push_back(bits[self.lane]);
  }
};

Rows rows_of(const Build& build, const Parameters& parameters, std::uint64_t path) {
  const std::size_t bytes = build.run->workspace_bytes(parameters);
  const std::unique_ptr<std::byte[]> memory(new std::byte[bytes + 64]);
  auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory.get()) + 63) / 64 * 64);
  std::memset(aligned, 0xFF, bytes);
  const auto width = static_cast<std::uint64_t>(build.run->width);
  Reading reading{static_cast<int>(path % width), {}};
  build.run->record(parameters, path / width * width, aligned, {&reading, Reading::put}, Forms::chosen);
  return std::move(reading.rows);
}

TEST(Replay, reads_the_tables_from_where_the_paths_number_begins) {
  const scenario::Lowered lowered = scenario::lower(
      load_file(std::filesystem::path(COSTRISK_SOURCE_DIR) / "tests/stat/scenarios/history_replay.toml"));
  const Parameters& p = lowered.parameters;
  const HistoryParameters& price = p.histories[p.prices[0].history];
  ASSERT_EQ(p.prices[0].repricing, none);
  ASSERT_GT(price.start_count, 10);
  ASSERT_EQ(price.every, 12);
  for (const Build& build : builds())
    for (const std::uint64_t path :
         {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{1000003}, (std::uint64_t{1} << 40) - 1}) {
      const Rows rows = rows_of(build, p, path);
      const auto start = static_cast<std::int32_t>(path % static_cast<std::uint64_t>(price.start_count)) * price.every;
      const std::vector<std::int32_t>& read = rows.at("price 0");
      ASSERT_EQ(read.size(), static_cast<std::size_t>(p.steps));
      EXPECT_EQ(std::memcmp(read.data(), p.history_values + price.first_value + start, read.size() * sizeof(float)), 0)
          << build.name << ", path " << path;
      const std::vector<std::int32_t>& depth = rows.at("depth 1");
      const HistoryParameters& capacity = p.histories[p.capacities[1].history];
      EXPECT_EQ(std::memcmp(depth.data(), p.history_values + capacity.first_value + capacity.offset + start,
                            depth.size() * sizeof(float)),
                0)
          << build.name << ", path " << path;
    }
}

}  // namespace
}  // namespace costrisk::identity
