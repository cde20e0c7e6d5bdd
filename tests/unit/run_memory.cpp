// The memory that a run may take is the least of what machine, control groups and limits leave.
#include "src/run/memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace costrisk::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1 << 20;

/// A system that shows what a test has written.
class AvailableMemoryOf : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("costrisk_memory_" + std::to_string(::getpid()));
    write("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable: 4194304 kB\n");
  }
  void TearDown() override { fs::remove_all(folder); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  AvailableMemory available() const { return available_memory(folder / "proc", folder / "groups"); }

  fs::path folder;
};

TEST_F(AvailableMemoryOf, AMachineWithoutGroupsIsWhatItsKernelEstimates) {
  EXPECT_EQ(available().bytes, 4096 * mebibyte);
  EXPECT_EQ(available().limited_by, "the machine");
}

TEST_F(AvailableMemoryOf, AGroupOfVersionTwoIsItsLimitLessWhatItHolds) {
  write("proc/self/cgroup", "0::/jobs/mine\n");
  write("groups/jobs/mine/memory.max", "max\n");
  write("groups/jobs/mine/memory.current", "1048576\n");
  EXPECT_EQ(available().bytes, 4096 * mebibyte);
  write("groups/jobs/memory.max", std::to_string(150 * mebibyte));
  write("groups/jobs/memory.current", std::to_string(50 * mebibyte));
  write("groups/jobs/memory.stat", "anon 7\ninactive_file " + std::to_string(20 * mebibyte) + "\n");
  EXPECT_EQ(available().bytes, 120 * mebibyte);
  EXPECT_NE(available().limited_by.find("the control group"), std::string::npos);
}

TEST_F(AvailableMemoryOf, AGroupOfVersionOneIsFoundAtItsMountInAContainer) {
  write("proc/self/cgroup", "9:cpu,cpuacct:/x\n4:memory:/docker/abc\n");
  write("groups/memory/memory.limit_in_bytes", std::to_string(100 * mebibyte));
  write("groups/memory/memory.usage_in_bytes", std::to_string(30 * mebibyte));
  EXPECT_EQ(available().bytes, 70 * mebibyte);
}

TEST_F(AvailableMemoryOf, WhatCannotBeReadLimitsNothing) {
  fs::remove_all(folder / "proc");
  EXPECT_EQ(available().limited_by, "");
}

}  // namespace
}  // namespace costrisk::run
