// What the system refuses is told as what it is, exit code 5 and its cause, for every command and file that is read.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

#ifdef COSTRISK_IO_FAULTS  // which a sanitizer, that stands in the same place, leaves out

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;

/// A command that reads a file, and how that file's path ends.
struct Reading {
  std::vector<std::string> command;
  std::string file;
};

class IoFaults : public testing::Test {
 protected:
  void SetUp() override {
    std::string prices = "time,price\n", rates = "time,rate\n", zone = "{\"gap_seconds\": 600, \"data\": [";
    for (int i = 0; i < 400; ++i) {
      prices += std::to_string(3600 * i) + "," + std::to_string(1 + i * 7 % 5) + "\n";
      rates += std::to_string(3600 * i) + "," + std::to_string(10 + i * 5 % 7) + "\n";
      zone += std::string(i == 0 ? "" : ",") + (i * i * 7 % 11 < 4 ? "0" : "1");
    }
    folder.write("prices.csv", prices);
    folder.write("rates.csv", rates);
    folder.write("zone.json", zone + "]}");
    folder.write("lifetimes.csv", "lifetime_hours,lost\n1,1\n2,1\n5,0\n4,1\n3,1\n");
    folder.write("markets.toml", "[[market]]\nname = \"more\"\non_demand = 3\n");
    folder.write("s.toml", small_scenario());
    folder.write("i.toml", "include = [\"markets.toml\"]\n" + small_scenario());
    std::string traced = small_scenario();
    traced.insert(traced.find("[[job]]"),
                  "[[market]]\nname = \"traced\"\nspot = { price = { history = \"prices.csv\" } }\n");
    folder.write("h.toml", traced);
    ASSERT_EQ(costrisk({"run", "h.toml", "--paths", "64", "--quiet", "-o", "h.h5"}, folder).code, 0);
  }

  std::vector<Reading> readings() const {
    const std::string plan = "gamble";
    return {{{"check", "s.toml"}, "s.toml"},
            {{"check", "s.toml", "--json"}, "s.toml"},
            {{"check", "i.toml"}, "markets.toml"},
            {{"check", "h.toml"}, "prices.csv"},
            {{"run", "s.toml", "--paths", "16", "-o", "o.h5"}, "s.toml"},
            {{"run", "h.toml", "--paths", "16", "-o", "o.h5"}, "prices.csv"},
            {{"run", "s.toml", "--paths", "16", "-o", "h.h5"}, "h.h5"},
            {{"show", "h.h5"}, "h.h5"},
            {{"show", "h.h5", "--json"}, "h.h5"},
            {{"report", "h.h5", "-o", "r.html"}, "h.h5"},
            {{"explain", "h.h5", "--plan", plan, "--worst"}, "h.h5"},
            {{"explain", "h.h5", "--plan", plan, "--worst"}, "prices.csv"},
            {{"explain", "s.toml", "--plan", plan, "--worst", "--paths", "16"}, "s.toml"},
            {{"calibrate", "capacity", "zone.json"}, "zone.json"},
            {{"calibrate", "price", "prices.csv"}, "prices.csv"},
            {{"calibrate", "demand", "rates.csv"}, "rates.csv"},
            {{"calibrate", "lifetimes", "lifetimes.csv"}, "lifetimes.csv"},
            {{"calibrate", "billing", "prices.csv"}, "prices.csv"},
            {{"prices", "prices.csv"}, "prices.csv"},
            {{"backtest", "h.toml"}, "h.toml"},
            {{"backtest", "h.toml"}, "prices.csv"}};
  }

  Ended with_fault(const Reading& reading, const std::string& call, int error) const {
    return costrisk(reading.command, folder,
                    {{"LD_PRELOAD", COSTRISK_IO_FAULTS},
                     {"COSTRISK_FAULT_CALL", call},
                     {"COSTRISK_FAULT_ERROR", std::to_string(error)},
                     {"COSTRISK_FAULT_PATH", reading.file}});
  }

  static std::string told(const Reading& reading, const std::string& call, int error, const Ended& ended) {
    std::string text;
    for (const std::string& word : reading.command) text += word + " ";
    return text + ": " + call + " of " + reading.file + " fails: " + std::strerror(error) + "\n" + ended.err +
           ended.out;
  }

  ScratchFolder folder;
};

TEST_F(IoFaults, OfReadingAreExitCodeFiveWithTheirCause) {
  const std::vector<std::pair<std::string, int>> faults = {{"open", EIO},    {"open", EMFILE}, {"open", EACCES},
                                                           {"read", EIO},    {"read", ENOMEM}, {"fstat", EIO},
                                                           {"fstat", ENOMEM}};
  for (const Reading& reading : readings())
    for (const auto& [call, error] : faults) {
      const Ended ended = with_fault(reading, call, error);
      EXPECT_EQ(ended.code, 5) << told(reading, call, error, ended);
      EXPECT_TRUE(contains(ended.err, std::strerror(error))) << told(reading, call, error, ended);
      EXPECT_FALSE(contains(ended.err, "damaged")) << told(reading, call, error, ended);
    }
}

TEST_F(IoFaults, ALockOnAResultFileIsTold) {
  const Ended ended = with_fault({{"show", "h.h5"}, "h.h5"}, "flock", EAGAIN);
  EXPECT_EQ(ended.code, 5) << ended.err;
  EXPECT_TRUE(contains(ended.err, std::strerror(EAGAIN))) << ended.err;
}

TEST_F(IoFaults, AFileThatIsReadAndFailsToCloseHasBeenRead) {
  for (const Reading& reading : readings()) {
    const Ended whole = costrisk(reading.command, folder), ended = with_fault(reading, "close", EIO);
    EXPECT_EQ(ended.code, whole.code) << told(reading, "close", EIO, ended);
    EXPECT_EQ(ended.out, whole.out) << told(reading, "close", EIO, ended);
  }
}

TEST_F(IoFaults, ThreadsThatCannotBeMadeAreSaidToBe) {
  const Ended ended =
      with_fault({{"run", "s.toml", "--paths", "4096", "--threads", "2", "-o", "o.h5"}, ""}, "thread", EAGAIN);
  EXPECT_TRUE(ended.code == 0 || (ended.code == 5 && contains(ended.err, "thread"))) << ended.code << ended.err;
}

}  // namespace
}  // namespace costrisk::tests

#endif
