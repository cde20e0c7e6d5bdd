// Every call with which a command writes fails in turn, or is cut off: nothing is lost, nothing damaged, and the exit
// code says what happened.
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/cli/program.hpp"

#ifdef COSTRISK_IO_FAULTS  // which a sanitizer, that stands in the same place, leaves out

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using Files = std::map<std::string, std::string>;  ///< contents by name

/// A command that writes, and the files that it may write.
struct Writing {
  std::string name;
  Words command;
  std::set<std::string> files;
  bool goes_on = false;  ///< whether a failed write on the way is told, and the run goes on
};

struct Fault {
  std::string call, kind;
  int error = 0;
};

class WriteFaults : public testing::Test {
 protected:
  void SetUp() override {
    std::string prices = "time,price\n";
    for (int i = 0; i < 100; ++i) prices += std::to_string(3600 * i) + "," + std::to_string(1 + i * 7 % 5) + "\n";
    folder.write("prices.csv", prices);
    folder.write("s.toml", small_scenario());
    fs::create_directory(folder.path() / "out");
    const auto make = [&](const Words& words) { ASSERT_EQ(costrisk(words, folder).code, 0) << words[1]; };
    for (const char* shard : {"1/2", "2/2"})
      make({"run", "s.toml", "--paths", "256", "--shard", shard, "-o", "kept.h5", "--quiet"});
    make({"run", "s.toml", "--paths", "128", "--quiet", "-o", "first.h5"});
    make({"run", "s.toml", "--paths", "256", "--quiet", "-o", "whole.h5"});
  }

  static std::vector<Writing> writings() {
    const Words run = {"run", "s.toml", "--paths", "256", "--quiet", "-o", "out/r.h5"};
    const auto with = [](Words words, const Words& more) {
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    return {
        {"run", run, {"r.h5"}},
        {"run --report --timings", with(run, {"--report", "--timings", "out/t.json"}), {"r.h5", "r.html", "t.json"}},
        {"run --shard", with(run, {"--shard", "1/2"}), {"r.shard-1-of-2.h5"}},
        {"run --resume", with(run, {"--resume"}), {"r.h5"}},
        {"run --beyond", with(run, {"--beyond", "first.h5"}), {"r.h5"}},
        {"run --checkpoint",
         {"run", "s.toml", "--paths", "3000", "--quiet", "-o", "out/r.h5", "--checkpoint", "0.001s", "--backend",
          "scalar", "--threads", "1"},
         {"r.h5", "r.partial.h5"},
         true},
        {"merge", {"merge", "out/r.h5", "kept.shard-1-of-2.h5", "kept.shard-2-of-2.h5", "--quiet"}, {"r.h5"}},
        {"merge --report",
         {"merge", "out/r.h5", "kept.shard-1-of-2.h5", "kept.shard-2-of-2.h5", "--quiet", "--report"},
         {"r.h5", "r.html"}},
        {"report", {"report", "whole.h5", "-o", "out/r.html"}, {"r.html"}},
        {"explain",
         {"explain", "whole.h5", "--plan", "gamble", "--worst", "--csv", "out/e.csv", "--hdf5", "out/e.h5", "--html",
          "out/e.html"},
         {"e.csv", "e.h5", "e.html"}},
        {"calibrate", {"calibrate", "price", "prices.csv", "--plot", "out/c.html"}, {"c.html"}}};
  }

  Files contents() const {
    Files files;
    for (const auto& entry : fs::directory_iterator(folder.path() / "out"))
      files[entry.path().filename().string()] = read_text(entry.path());
    return files;
  }

  void put_back(const Files& files) const {
    fs::remove_all(folder.path() / "out");
    fs::create_directory(folder.path() / "out");
    for (const auto& [name, text] : files) folder.write("out/" + name, text);
    fs::remove(folder.path() / "log");
  }

  bool fired() const { return fs::exists(folder.path() / "log"); }

  Ended with_fault(const Writing& writing, const Fault& fault, int at) const {
    return costrisk(writing.command, folder,
                    {{"LD_PRELOAD", COSTRISK_IO_FAULTS},
                     {"COSTRISK_FAULT_WRITES", "out"},
                     {"COSTRISK_FAULT_CALL", fault.call},
                     {"COSTRISK_FAULT_KIND", fault.kind},
                     {"COSTRISK_FAULT_ERROR", std::to_string(fault.error)},
                     {"COSTRISK_FAULT_AT", std::to_string(at)},
                     {"COSTRISK_FAULT_LOG", folder / "log"}});
  }

  /// What a file may hold: nothing new, or all of it; and a report only of the result beside it.
  void expect_whole(const Writing& writing, const Files& before, const Files& after, const std::string& told) const {
    const Files now = contents();
    for (const auto& [name, text] : now) {
      if (name.ends_with(".tmp")) continue;
      if (before.contains(name) && before.at(name) == text) continue;
      if (after.contains(name) && after.at(name) == text) continue;
      if (name == "t.json" && text.starts_with("{\n") && text.ends_with("}\n")) continue;  // times are never the same
      // A part of a run, at a checkpoint.
      EXPECT_TRUE(writing.goes_on && costrisk({"show", "out/" + name}, folder).code == 0) << name << " of " << told;
    }
    for (const auto& [name, text] : before) {
      const bool outdated_report = name == "r.html" && now.contains("r.h5");  // can be made again
      EXPECT_TRUE(now.contains(name) || outdated_report || name == "r.partial.h5") << name << " is lost: " << told;
    }
  }

  /// Fails every call of one kind in turn.
  /// @returns how many were there
  int fail_all(const Writing& writing, const Fault& fault, const Files& before, const Files& after, int most) const {
    const bool ends = fault.kind == "kill" || fault.kind == "torn";
    const bool harmless = fault.kind == "short" || (fault.kind == "error" && fault.error == EINTR &&
                                                    (fault.call == "write" || fault.call == "fsync"));
    for (int at = 1; at <= most; ++at) {
      put_back(before);
      const Ended ended = with_fault(writing, fault, at);
      if (!fired()) return at - 1;
      const std::string told = writing.name + ": " + fault.kind + " " + fault.call + " " + std::to_string(at) + " " +
                               (fault.error != 0 ? std::strerror(fault.error) : "") + "\n" + ended.err;
      if (ends)
        EXPECT_EQ(ended.code, 137) << told;
      else if (harmless)
        EXPECT_EQ(ended.code, 0) << told;
      else
        EXPECT_TRUE(ended.code == 5 || (writing.goes_on && ended.code == 0) ||
                    ((fault.call == "unlink" || fault.call == "create" || fault.call == "fsync") && ended.code == 0))
            << ended.code << " " << told;
      if (ended.code == 5) {
        EXPECT_TRUE(contains(ended.err, std::strerror(fault.error))) << told;
      }
      expect_whole(writing, before, after, told);
      for (const auto& [name, text] : contents())
        EXPECT_TRUE(ends || !name.ends_with(".tmp")) << name << " of " << told;
      // Nothing stands in the way of the next try.
      if (ended.code != 0 || ends) {
        const Ended again = costrisk(writing.command, folder);
        EXPECT_EQ(again.code, 0) << told << again.err;
        for (const auto& [name, text] : after) {
          const bool differs = name == "t.json" || name == "r.partial.h5";
          EXPECT_TRUE(differs || read_text(folder / ("out/" + name)) == text) << name << " after " << told;
        }
      }
    }
    return most;
  }

  /// @param old whether an earlier file of another seed is there
  int fail_everything(const Writing& writing, const std::vector<Fault>& faults, bool old, int most) const {
    put_back({});
    if (old) {
      const Ended first = costrisk(writing.command, folder);
      EXPECT_EQ(first.code, 0) << first.err;
      if (writing.command.front() == "run" && writing.name != "run --resume" && writing.name != "run --beyond") {
        Words other = writing.command;
        other.insert(other.end(), {"--seed", "77"});
        EXPECT_EQ(costrisk(other, folder).code, 0);
      }
    }
    const Files before = contents();
    const Ended whole = costrisk(writing.command, folder);
    EXPECT_EQ(whole.code, 0) << writing.name << whole.err;
    const Files after = contents();
    int injected = 0;
    for (const Fault& fault : faults) injected += fail_all(writing, fault, before, after, most);
    return injected;
  }

  static std::vector<Fault> all_faults() {
    std::vector<Fault> faults;
    for (const char* call : {"create", "write", "fsync", "close", "rename"})
      for (const int error : {ENOSPC, EIO, EMFILE, EINTR, EDQUOT})
        if (!(error == EINTR && (std::strcmp(call, "create") == 0 || std::strcmp(call, "rename") == 0 ||
                                 std::strcmp(call, "close") == 0)))
          faults.push_back({call, "error", error});
    faults.push_back({"fchmod", "error", EPERM});
    faults.push_back({"unlink", "error", EIO});
    faults.push_back({"write", "short", 0});
    faults.push_back({"write", "torn", 0});
    for (const char* call : {"create", "write", "fsync", "close", "rename", "unlink"})
      faults.push_back({call, "kill", 0});
    return faults;
  }

  ScratchFolder folder;
};

TEST_F(WriteFaults, LoseAndDamageNothing) {
  const std::vector<Fault> few = {{"create", "error", EMFILE}, {"write", "error", ENOSPC}, {"write", "short", 0},
                                  {"write", "torn", 0},        {"fsync", "error", EIO},    {"write", "error", EINTR},
                                  {"rename", "error", EIO},    {"rename", "kill", 0}};
  int injected = 0;
  for (const Writing& writing : writings()) injected += fail_everything(writing, few, true, 3);
  EXPECT_GT(injected, 100);
  std::cout << injected << " faults injected\n";
}

TEST_F(WriteFaults, AReadOnlyOrVanishedFolderIsToldAndLosesNothing) {
  const std::vector<Writing> all = writings();
  for (const Writing& writing : all) {
    put_back({});
    fs::remove_all(folder.path() / "out");
    folder.write("out", "no folder");
    const Ended ended = costrisk(writing.command, folder);
    EXPECT_TRUE(ended.code == 5 || ended.code == 2) << writing.name << ended.code << ended.err;
    EXPECT_EQ(read_text(folder / "out"), "no folder");
    fs::remove(folder.path() / "out");
  }
  // Away while the run computes: the table stands, and the exit code says that the file does not.
  fs::create_directory(folder.path() / "out");
  Child child({COSTRISK_PROGRAM, "run", "s.toml", "--paths", "1000000000", "--max-time", "1s", "-o", "out/r.h5"},
              folder.path());
  ASSERT_TRUE(child.wait_for_stderr("simulating"));
  fs::remove_all(folder.path() / "out");
  const Ended gone = child.wait();
  EXPECT_EQ(gone.code, 5) << gone.err;
  EXPECT_TRUE(contains(gone.out, "gamble")) << gone.out;
}

TEST_F(WriteFaults, TwoWritersLeaveAWholeFile) {
  put_back({});
  const Ended whole = costrisk(writings().front().command, folder);
  ASSERT_EQ(whole.code, 0);
  const std::string right = contents().at("r.h5");
  for (int round = 0; round < 5; ++round) {
    Words command = {COSTRISK_PROGRAM};
    const Words words = writings().front().command;
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--checkpoint", "0.001s", "--resume"});
    put_back({});
    Child one(command, folder.path()), two(command, folder.path());
    EXPECT_EQ(one.wait().code, 0);
    EXPECT_EQ(two.wait().code, 0);
    EXPECT_TRUE(contents().at("r.h5") == right);
  }
}

TEST_F(WriteFaults, LinksAreFollowedAndStay) {
  put_back({});
  folder.write("real.h5", "");
  fs::create_symlink("../real.h5", folder.path() / "out/r.h5");
  EXPECT_EQ(costrisk(writings().front().command, folder).code, 0);
  EXPECT_TRUE(fs::is_symlink(folder.path() / "out/r.h5"));
  EXPECT_TRUE(read_text(folder / "real.h5") == read_text(folder / "whole.h5"));
  EXPECT_EQ(costrisk({"merge", "out/r.h5", "kept.shard-1-of-2.h5", "kept.shard-2-of-2.h5", "--quiet"}, folder).code, 0);
  EXPECT_TRUE(fs::is_symlink(folder.path() / "out/r.h5"));
}

class LongWriteFaults : public WriteFaults {
 protected:
  /// Ends a run at moments by chance until it is done, each time going on.
  /// @returns signals sent to running programs
  int end_by_chance(int signal, int code, int times) {
    const Words run = {"run",    "s.toml",    "--paths", "60000",        "--quiet", "-o",       "out/r.h5", "--backend",
                       "scalar", "--threads", "1",       "--checkpoint", "0.02s",   "--resume", "--report"};
    Words with_program = {COSTRISK_PROGRAM};
    with_program.insert(with_program.end(), run.begin(), run.end());
    Words single = run;
    single[6] = "single.h5";
    EXPECT_EQ(costrisk(single, folder).code, 0);
    std::mt19937_64 random(static_cast<unsigned>(signal));
    int sent = 0;
    std::uint64_t done = 0;
    for (int i = 0; i < times; ++i) {
      Child child(with_program, folder.path());
      Child::sleep_ms(static_cast<int>(random() % 120));
      child.signal(signal);
      const Ended ended = child.wait();
      ++sent;
      EXPECT_TRUE(ended.code == code || ended.code == 0 || ended.code == 128 + signal) << ended.code << ended.err;
      const std::uint64_t before = std::exchange(done, paths_done());
      EXPECT_GE(done, before);
      if (done == 60000) {
        EXPECT_EQ(costrisk(run, folder).code, 0);
        EXPECT_TRUE(read_text(folder / "out/r.h5") == read_text(folder / "single.h5"));
        EXPECT_EQ(read_text(folder / "out/r.html"), read_text(folder / "single.html"));
        put_back({});
        done = 0;
      }
    }
    return sent;
  }

  /// Of the result file; each that is there must be valid.
  std::uint64_t paths_done() const {
    std::uint64_t most = 0;
    for (const auto& entry : fs::directory_iterator(folder.path() / "out")) {
      if (entry.path().extension() != ".h5") continue;
      const Ended shown = costrisk({"show", entry.path().string(), "--json"}, folder);
      EXPECT_EQ(shown.code, 0) << shown.err;
      const std::string key = "\"paths\": ";
      most = std::max<std::uint64_t>(most, std::stoull(shown.out.substr(shown.out.find(key) + key.size())));
    }
    return most;
  }
};

TEST_F(LongWriteFaults, OfEveryCallOfEveryCommandLoseAndDamageNothing) {
  for (const bool old : {false, true})
    for (const Writing& writing : writings())
      std::cout << writing.name << (old ? ", over an old file: " : ": ")
                << fail_everything(writing, all_faults(), old, 60) << " faults injected\n";
}

TEST_F(LongWriteFaults, KillsByChanceLoseNothing) { EXPECT_EQ(end_by_chance(SIGKILL, 137, 200), 200); }
TEST_F(LongWriteFaults, InterruptsByChanceLoseNothing) { EXPECT_EQ(end_by_chance(SIGINT, 130, 50), 50); }
TEST_F(LongWriteFaults, TerminationsByChanceLoseNothing) { EXPECT_EQ(end_by_chance(SIGTERM, 143, 50), 50); }

}  // namespace
}  // namespace costrisk::tests

#endif
