// Replacing a file whole or not at all, under faults.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "src/results/store/atomic_file.hpp"
#include "src/results/store/errors.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "costrisk-atomic-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "results.h5";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static void write(const fs::path& path, const std::string& text) {
    results::write_file_atomically(path, std::as_bytes(std::span(text)));
  }
  static std::string content(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }

  /// Runs `body` in a child process and returns its wait status.
  template <class Body>
  static int in_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  fs::path folder_, file_;
};

TEST_F(AtomicFile, WritesAndReplaces) {
  write(file_, "old");
  EXPECT_EQ(content(file_), "old");
  write(file_, std::string(3'000'000, 'n'));
  EXPECT_EQ(content(file_), std::string(3'000'000, 'n'));
  write(file_, "");
  EXPECT_EQ(content(file_), "");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, KeepsTheOldFileWhenTheSizeLimitStopsTheWrite) {
  write(file_, "old");
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_DFL);
    const rlimit limit{50'000, 50'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      write(file_, std::string(200'000, 'n'));
    } catch (const results::IoError& error) {
      return std::string(error.what()).find("limit on file sizes") == std::string::npos ? 2 : 7;
    }
    return 1;
  });
  ASSERT_TRUE(WIFEXITED(status)) << "killed by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(content(file_), "old");
  EXPECT_EQ(entries(), 1) << "the temporary file is gone";
}

TEST_F(AtomicFile, IsTheOldOrTheNewOneWhenKilledAtAnyMoment) {
  const std::string first(2'000'000, 'a'), second(3'000'000, 'b');
  write(file_, first);
  int rewritten = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;) {
        write(file_, second);
        write(file_, first);
      }
    }
    ::usleep(static_cast<useconds_t>(500 + 733 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string found = content(file_);
    EXPECT_TRUE(found == first || found == second) << "round " << round << ", " << found.size() << " bytes";
    rewritten += found == second ? 1 : 0;
  }
  EXPECT_GT(entries(), 1) << "no kill fell into a write: the test shows nothing";
  EXPECT_GT(rewritten, 0) << "no kill came after a write: the test shows nothing";
}

TEST_F(AtomicFile, SaysWhatIsWrongWithTheTarget) {
  EXPECT_THROW(write(folder_ / "none" / "results.h5", "x"), results::IoError);
  EXPECT_THROW(write(folder_, "x"), results::IoError);
  EXPECT_THROW(write("/dev/null", "x"), results::IoError);
  EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFile, FollowsLinksAndKeepsPermissions) {
  const fs::path real = folder_ / "real.h5";
  write(real, "old");
  fs::permissions(real, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  fs::create_symlink("real.h5", file_);
  write(file_, "new");
  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_EQ(content(real), "new");
  EXPECT_EQ(fs::status(real).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(AtomicFile, TemporaryFilesThatAKilledProcessLeftAreSweptAndNoOthers) {
  // A child that has ended, and this process, which lives.
  const pid_t ended = ::fork();
  if (ended == 0) ::_exit(0);
  ::waitpid(ended, nullptr, 0);
  const auto leave = [&](const std::string& name, std::chrono::hours age) {
    std::ofstream(folder_ / name) << "half";
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - age);
    return folder_ / name;
  };
  const std::string dead = std::to_string(ended), alive = std::to_string(::getpid());
  using std::chrono::hours;
  const fs::path orphan = leave(".results.h5." + dead + ".0.tmp", hours(2));
  const std::vector<fs::path> kept = {
      leave(".results.h5." + dead + ".1.tmp", hours(0)), leave(".results.h5." + alive + ".0.tmp", hours(2)),
      leave(".other.h5." + dead + ".0.tmp", hours(2)), leave(".results.h5.mine.tmp", hours(2))};
  write(file_, "whole");
  EXPECT_FALSE(fs::exists(orphan));
  for (const fs::path& path : kept) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST_F(AtomicFile, WhatWasMadeFromTheOldFileGoesWithIt) {
  const fs::path report = folder_ / "results.html";
  write(file_, "old");
  write(report, "of old");
  const std::string text = "new";
  results::write_file_atomically(file_, std::as_bytes(std::span(text)), report);
  EXPECT_EQ(content(file_), "new");
  EXPECT_FALSE(fs::exists(report));
  results::write_file_atomically(file_, std::as_bytes(std::span(text)), report);  // which is not there any more
  // Where the new file cannot be written, the old ones stay.
  write(report, "of new");
  EXPECT_THROW(results::write_file_atomically(folder_ / "none" / "x.h5", std::as_bytes(std::span(text)), report),
               results::IoError);
  EXPECT_EQ(content(report), "of new");
}

}  // namespace
}  // namespace costrisk::tests
