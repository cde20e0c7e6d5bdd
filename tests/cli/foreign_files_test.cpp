// A scenario of somebody else reads nothing but what lies in its folder, shows nothing of what is no TOML, and waits
// for nothing.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;

/// A scenario `mine/s.toml`, and beside its folder files that are none of its business.
class ForeignFiles : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"mine", "mine/parts", "theirs"}) fs::create_directories(folder.path() / name);
    folder.write("theirs/zone.toml", zone);
    const std::string price = "time,price\n0,1\n3600,1.5\n604800,1\n";
    folder.write("theirs/price.csv", price);
    folder.write("mine/parts/price.csv", price);
    folder.write("mine/parts/zone.toml", zone);
  }

  Ended check(const std::string& head, const std::string& price = "0.8", const std::vector<std::string>& more = {}) {
    std::string text = head + "horizon = \"1w\"\nstep = \"1h\"\n";
    if (head.find("zone.toml") == std::string::npos)
      text += "[[market]]\nname = \"east\"\non_demand = 2.0\nspot = { price = " + price + " }\n";
    text +=
        "[[job]]\nname = \"train\"\nwork = 100\nthroughput = { east = 1.0 }\n[[plan]]\nname = \"plain\"\n"
        "[plan.job.train]\npolicy = \"on-demand\"\n";
    folder.write("mine/s.toml", text);
    std::vector<std::string> line = {"check", "mine/s.toml"};
    line.insert(line.end(), more.begin(), more.end());
    return costrisk(line, folder);
  }

  const std::string zone = "[[market]]\nname = \"east\"\non_demand = 2.0\nspot = { price = 0.8 }\n";
  ScratchFolder folder;
};

void expect_refused(const Ended& ended, const std::string& reason) {
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
}

TEST_F(ForeignFiles, IncludesAndHistoriesStayInTheScenariosFolder) {
  EXPECT_EQ(check("include = [\"parts/zone.toml\"]\n").code, 0);
  EXPECT_EQ(check("", "{ history = \"parts/price.csv\" }").code, 0);
  const std::string theirs = (folder.path() / "theirs").string();
  for (const std::string& way : {std::string("../theirs"), std::string("parts/../../theirs"), theirs}) {
    expect_refused(check("include = [\"" + way + "/zone.toml\"]\n"), "lies outside of the folder 'mine'");
    expect_refused(check("", "{ history = \"" + way + "/price.csv\" }"), "lies outside of the folder 'mine'");
  }
  fs::create_directory_symlink("../theirs", folder.path() / "mine/link");
  expect_refused(check("include = [\"link/zone.toml\"]\n"), "lies outside of the folder");
  expect_refused(check("", "{ history = \"link/price.csv\" }"), "lies outside of the folder");
}

TEST_F(ForeignFiles, AnOptionWidensTheFolder) {
  EXPECT_EQ(check("include = [\"../theirs/zone.toml\"]\n", "", {"--root", "."}).code, 0);
  EXPECT_EQ(check("", "{ history = \"../theirs/price.csv\" }", {"--root", "."}).code, 0);
  expect_refused(check("include = [\"../theirs/zone.toml\"]\n", "", {"--root", "mine/parts"}), "with --root");
  expect_refused(check("", "0.8", {"--root", "nowhere"}), "nowhere");
  // What the command line names is the user's own word.
  EXPECT_EQ(check("", "0.8", {"--set", "market.east.spot.price={ history = \"theirs/price.csv\" }"}).code, 0);
}

TEST_F(ForeignFiles, WhatIsNoTomlIsNotQuoted) {
  folder.write("mine/secret", "PASSWORD=hunter2\nTOKEN: abc\n");
  folder.write("mine/words", "hunter2 = hunter2\n");
  for (const char* name : {"secret", "words"}) {
    const Ended ended = check("include = [\"" + std::string(name) + "\"]\n");
    expect_refused(ended, "no valid TOML");
    EXPECT_FALSE(contains(ended.err, "hunter2") || contains(ended.err, "PASSWORD")) << ended.err;
  }
  const Ended environment = check("include = [\"/proc/self/environ\"]\n", "0.8", {"--root", "/"});
  expect_refused(environment, "no valid TOML");
  EXPECT_FALSE(contains(environment.err, "PATH=")) << environment.err;
  // One's own mistakes are shown where they stand.
  folder.write("mine/own.toml", "horizon = hunter2\n");
  EXPECT_TRUE(contains(costrisk({"check", "mine/own.toml"}, folder).err, "horizon = hunter2"));
}

TEST_F(ForeignFiles, PipesAndDevicesAreRefusedAtOnce) {
  ASSERT_EQ(mkfifo((folder / "mine/pipe.toml").c_str(), 0600), 0);
  const auto start = std::chrono::steady_clock::now();
  expect_refused(check("include = [\"pipe.toml\"]\n"), "is a pipe, not a file");
  expect_refused(check("", "{ history = \"pipe.toml\" }"), "is no file");
  expect_refused(check("include = [\"/dev/zero\"]\n", "0.8", {"--root", "/"}), "is a device or socket, not a file");
  for (const char* command : {"show", "report"})
    expect_refused(costrisk({command, "mine/pipe.toml"}, folder), "is a pipe, not a file");
  expect_refused(costrisk({"prices", "/dev/zero"}, folder), "is a device or socket, not a file");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// Whoever names a pipe on the command line waits for its writer, and reads from it what a file would say.
TEST_F(ForeignFiles, APipeOfOnesOwnIsRead) {
  std::string prices = "time,price\n";
  for (int hour = 0; hour < 200; ++hour) prices += fmt::format("{},{}\n", 3600 * hour, 1.0 + 0.1 * (hour * 7 % 5));
  folder.write("mine/price.csv", prices);
  const std::string pipe = folder / "mine/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const Ended of_file = costrisk({"calibrate", "price", "mine/price.csv", "--json"}, folder);
  ASSERT_EQ(of_file.code, 0) << of_file.err;
  std::thread writer([&] { std::ofstream(pipe) << prices; });
  const Ended of_pipe = costrisk({"calibrate", "price", "mine/pipe", "--json"}, folder);
  // Where nobody has read, the writer still waits for a reader.
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  writer.join();
  ::close(reader);
  EXPECT_EQ(of_pipe.code, 0) << of_pipe.err;
  std::string said = of_file.out;
  for (std::size_t at; (at = said.find("price.csv")) != std::string::npos;)
    said.replace(at, std::strlen("price.csv"), "pipe");
  EXPECT_EQ(of_pipe.out, said);
}

}  // namespace
}  // namespace costrisk::tests
