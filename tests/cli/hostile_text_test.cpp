// No byte of a file, a name or an argument that a terminal would obey, or a reader not see, is shown as it is.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;

const fs::path good_inputs = fs::path(COSTRISK_SOURCE_DIR) / "tests/unit/good_inputs";

/// How a hostile text stands in a TOML text, and the bytes that must not come out.
struct Hostile {
  std::string written, raw;
};

const std::array<Hostile, 7> hostile = {{{"\\u001b[31mx", "\x1b["},
                                         {"\x1b]0;x\x07", "\x1b]"},
                                         {"\u009b31mx", "\u009b"},
                                         {"\\u202eabc", "\u202e"},
                                         {"a\u200bb\u2066", "\u2066"},
                                         {"\\u007f", "\x7f"},
                                         {"x\xff", "\xff"}}};

void expect_harmless(const std::string& text, const std::string& what) {
  for (const Hostile& one : hostile)
    EXPECT_FALSE(contains(text, one.raw)) << what << "\nshows '" << one.written << "' as it is in\n" << text;
}

/// The same text with a hostile piece in each of its quoted texts in turn.
std::vector<std::string> planted(const std::string& text, const std::string& piece) {
  std::vector<std::string> results;
  for (auto open = text.find('"'); open != std::string::npos;) {
    const auto close = text.find('"', open + 1);
    results.push_back(text.substr(0, open + 1) + piece + text.substr(open + 1));
    open = text.find('"', close + 1);
  }
  return results;
}

TEST(HostileText, NoneOfAScenarioReachesTheTerminal) {
  const ScratchFolder folder;
  fs::copy_file(good_inputs / "trace.json", folder.path() / "trace.json");
  const std::string text = read_text(good_inputs / "everything.toml");
  int refused = 0, count = 0;
  for (const Hostile& one : hostile)
    for (const std::string& changed : planted(text, one.written)) {
      folder.write("s.toml", changed);
      const Ended ended = costrisk({"check", "s.toml"}, folder);
      expect_harmless(ended.out + ended.err, changed);
      ++count;
      refused += ended.code == 2 ? 1 : 0;
    }
  EXPECT_GE(count, 400);
  EXPECT_EQ(refused, count);
}

TEST(HostileText, NoneOfTheCommandLineReachesTheTerminal) {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  for (const std::string piece :
       {"\x1b[31mx", "\x1b]0;x\x07", "\u009b31mx", "\u202eabc", "a\u200bb\u2066", "\x7f", "x\xff"}) {
    const std::string scenario = folder.write(piece + ".toml", small_scenario());
    const std::string garbage = folder.write(piece + ".csv", "a," + piece + "\n1," + piece + "\n");
    const std::vector<std::vector<std::string>> lines = {
        {piece},
        {"run", piece},
        {"run", scenario, "--paths", "32", "-o", "o.h5", "--report"},
        {"run", scenario, "--paths", "32", "-o", piece + ".h5", "--json"},
        {"run", scenario, "--paths", piece},
        {"run", scenario, "--set", piece + "=1"},
        {"run", scenario, "--set", "budget=" + piece},
        {"run", scenario, "--require", piece},
        {"run", scenario, "--until-error", piece},
        {"run", scenario, "--backend", piece},
        {"run", scenario, "--" + piece},
        {"check", scenario, "--json"},
        {"check", scenario, "--resolved"},
        {"show", piece},
        {"show", scenario},
        {"show", piece + ".h5"},
        {"show", "o.h5", "--json"},
        {"report", "o.h5", "-o", piece + ".html"},
        {"explain", "o.h5", "--plan", piece},
        {"explain", "o.h5", "--plan", "spot", "--path", "1", "--json"},
        {"calibrate", "price", garbage},
        {"calibrate", "price", garbage, "--value-column", piece},
        {"calibrate", "billing", garbage},
        {"prices", garbage},
        {"backtest", garbage},
    };
    for (const auto& line : lines) {
      const Ended ended = costrisk(line, folder);
      std::string command;
      for (const std::string& word : line) command += word + " ";
      expect_harmless(ended.out + ended.err, command);
      EXPECT_NE(ended.code, 1) << command << ended.err;
      EXPECT_LT(ended.code, 128) << command;
    }
    const std::string page = read_text(folder.path() / "o.html");
    ASSERT_FALSE(page.empty());
    EXPECT_FALSE(contains(page, piece)) << "the page of a file with that name";
  }
}

TEST(HostileText, OnATerminalTheOnlyEscapesAreTheProgramsOwn) {
  const ScratchFolder folder;
  const std::string scenario = folder.write("\x1b[31mx.toml", small_scenario());
  const Ended ended =
      costrisk_on_terminal({"run", scenario, "--paths", "32", "-o", "\x1b[31m.h5"}, folder, {{"TERM", "xterm"}});
  EXPECT_EQ(ended.code, 0) << ended.out;
  EXPECT_FALSE(contains(ended.out, "\x1b[31mx"));
  EXPECT_FALSE(contains(ended.out, "\x1b[31m.h5"));
  EXPECT_TRUE(contains(ended.out, "\x1b[1m"));
}

}  // namespace
}  // namespace costrisk::tests
