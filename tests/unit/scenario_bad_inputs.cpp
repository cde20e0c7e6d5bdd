// Every case of bad_inputs/*.cases has the errors that it foretells, each at its place, and no others. A case is
//
//   name: base
//    line of the base, up to which its lines stay as they are
//   -line of the base that is gone
//   +line of the case's own
//   ! part of the first error's message
//
// The base is bad_inputs/base_BASE.toml, or nothing. A « in a line stands before the character at which the next error
// is expected and is no part of the text; ␇ and ␡ stand for BEL and DEL; a line that is a backslash takes the last
// line's end away. An empty line ends a case.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/scenario/reader/load.hpp"
#include "tests/unit/scenario_samples.hpp"

namespace costrisk::scenario {
namespace {

namespace fs = std::filesystem;

const fs::path bad_inputs = fs::path(COSTRISK_SOURCE_DIR) / "tests/unit/bad_inputs";

struct Expectation {
  int line = 0, column = 0;
  std::string part;
};

struct Case {
  std::string name, text;
  std::vector<Expectation> expected;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// One case as it is read, line by line, from a file of cases.
class CaseReader {
 public:
  CaseReader(const std::string& name, const std::string& base) {
    case_.name = name;
    if (base == "nothing") return;
    base_ = lines_of(text_of(bad_inputs / ("base_" + base + ".toml")));
    std::vector<std::string> sorted = base_;
    std::sort(sorted.begin(), sorted.end());
    if (base_.empty() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
      fail("the base '" + base + "' is not there, or has a line twice");
  }

  void add(const std::string& line) {
    const std::string rest = line.substr(1);
    switch (line[0]) {
      case '+':
        return append(rest);
      case '-':
        copy_until(rest);
        ++at_;
        return;
      case ' ':
        copy_until(without_marks(rest));
        append(rest);
        ++at_;
        return;
      case '!':
        parts_.push_back(rest.substr(1));
        return;
      case '\\':
        case_.text.pop_back();
        ends_ = true;
        return;
      default:
        fail("'" + line + "' is no line of a case");
    }
  }

  Case finished() {
    while (at_ < base_.size()) append(base_[at_++]);
    if (case_.expected.size() != parts_.size() || parts_.empty())
      fail("there must be as many « as messages, at least one");
    for (std::size_t i = 0; i < parts_.size(); ++i) case_.expected[i].part = parts_[i];
    return std::move(case_);
  }

 private:
  static constexpr std::string_view mark = "«";

  [[noreturn]] void fail(const std::string& problem) const { throw std::runtime_error(case_.name + ": " + problem); }

  static std::string without_marks(std::string line) {
    replace_all(line, mark, "");
    return line;
  }

  void copy_until(const std::string& line) {
    while (at_ < base_.size() && base_[at_] != line) append(base_[at_++]);
    if (at_ == base_.size()) fail("the base has no line '" + line + "' here");
  }

  void append(std::string line) {
    if (ends_) fail("the text has ended");
    ++line_;
    for (auto at = line.find(mark); at != std::string::npos; at = line.find(mark, at)) {
      line.erase(at, mark.size());
      const auto characters = std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; });
      case_.expected.push_back({line_, static_cast<int>(characters) + 1, {}});
    }
    replace_all(line, "␇", "\a");
    replace_all(line, "␡", "\x7F");
    case_.text += line + "\n";
  }

  Case case_;
  std::vector<std::string> base_, parts_;
  std::size_t at_ = 0;
  int line_ = 0;
  bool ends_ = false;
};

std::vector<Case> cases_of(const fs::path& file) {
  std::vector<Case> cases;
  std::optional<CaseReader> reader;
  std::vector<std::string> lines = lines_of(text_of(file));
  lines.emplace_back();
  for (const std::string& line : lines) {
    if (line.empty() && reader) {
      cases.push_back(reader->finished());
      reader.reset();
    } else if (!line.empty() && !reader) {
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) throw std::runtime_error("'" + line + "' names no case and base");
      reader.emplace(line.substr(0, colon), line.substr(colon + 2));
    } else if (!line.empty()) {
      reader->add(line);
    }
  }
  return cases;
}

template <class Load>
std::vector<Diagnostic> problems_in(const Load& load_it) {
  try {
    load_it();
  } catch (const InvalidScenario& invalid) {
    return invalid.diagnostics;
  }
  return {};
}

std::vector<Diagnostic> problems_of(const fs::path& path) {
  return problems_in([&] { load(path); });
}

std::vector<Diagnostic> problems_of_text(const std::string& text) {
  return problems_in([&] { load_text(text, "case.toml", {}, bad_inputs); });
}

TEST(ScenarioBadInputs, EachIsRefusedAtItsPlaceWithItsReasonAndNoOther) {
  int count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(bad_inputs)) {
    if (entry.path().extension() != ".cases") continue;
    for (const Case& bad : cases_of(entry.path())) {
      ++count;
      const std::vector<Diagnostic> found = problems_of_text(bad.text);
      std::string all;
      for (const Diagnostic& problem : found) all += problem.rendered + "\n";
      SCOPED_TRACE(entry.path().filename().string() + ": " + bad.name + "\n" + all);
      EXPECT_EQ(found.size(), bad.expected.size());
      if (found.size() != bad.expected.size()) continue;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const Expectation& expected = bad.expected[i];
        EXPECT_EQ(found[i].line, expected.line);
        EXPECT_EQ(found[i].column, expected.column);
        EXPECT_NE(found[i].message.find(expected.part), std::string::npos) << "expected: " << expected.part;
        EXPECT_EQ(found[i].file, "case.toml");
      }
    }
  }
  EXPECT_GE(count, 280);
}

TEST(ScenarioBadInputs, EveryBaseIsSoundByItself) {
  for (const fs::directory_entry& entry : fs::directory_iterator(bad_inputs))
    if (entry.path().filename().string().starts_with("base_")) {
      EXPECT_TRUE(problems_of(entry.path()).empty()) << entry.path();
    }
}

TEST(ScenarioBadInputs, TheFirstOfAKindThatIsOneTooManyIsRefusedAndItAlone) {
  struct Kind {
    std::string name;
    int most;
    std::string entity;
  };
  const std::string base = text_of(bad_inputs / "base_job.toml");
  for (const Kind& kind : {Kind{"factor", 8, "half_life = \"1d\""}, Kind{"market", 32, "on_demand = 1"},
                           Kind{"demand", 16, "base = 1"}, Kind{"job", 16, "like = \"train\""},
                           Kind{"item", 64, "monthly = 1"}, Kind{"plan", 64, "extends = \"plain\""}}) {
    const std::string header = "[[" + kind.name + "]]";
    std::string text = base;
    int count = base.find(header) == std::string::npos ? 0 : 1;
    int line = 0;
    while (count < kind.most + 2) {
      if (++count == kind.most + 1) line = static_cast<int>(lines_of(text).size()) + 1;
      text += fmt::format("{}\nname = \"x{}\"\n{}\n", header, count, kind.entity);
    }
    const std::vector<Diagnostic> found = problems_of_text(text);
    ASSERT_EQ(found.size(), 1u) << kind.name;
    EXPECT_EQ(found[0].line, line);
    EXPECT_EQ(found[0].column, 1);
    EXPECT_NE(found[0].message.find(fmt::format("more than {} entities of kind '{}'", kind.most, kind.name)),
              std::string::npos)
        << found[0].message;
  }
}

TEST(ScenarioBadInputs, AProblemShowsFileLineColumnSourceLineAndCaret) {
  try {
    load_text("horizon = \"1w\"\nstep = 5\n[[plan]]\nname = \"p\"\nextends = \"p\"\n", "plans.toml");
    FAIL();
  } catch (const InvalidScenario& invalid) {
    ASSERT_EQ(invalid.diagnostics.size(), 2u);
    EXPECT_EQ(invalid.diagnostics[0].rendered,
              "plans.toml:2:8: error: 'step' is the number 5; expected a duration such as \"36h\"\n"
              "  step = 5\n"
              "         ^");
    EXPECT_EQ(std::string(invalid.what()), invalid.diagnostics[0].rendered + "\n" + invalid.diagnostics[1].rendered);
  }
}

TEST(ScenarioBadInputs, ACaretStandsUnderItsCharacterAfterTabsAndWideTexts) {
  try {
    load_text("[[factor]]\nname = \"größe\"\n[goal]\n\tlate = 5\n", "x.toml");
    FAIL();
  } catch (const InvalidScenario& invalid) {
    EXPECT_NE(std::string(invalid.what()).find("\n  \tlate = 5\n  \t       ^"), std::string::npos) << invalid.what();
    EXPECT_NE(std::string(invalid.what()).find("\n  name = \"größe\"\n         ^"), std::string::npos)
        << invalid.what();
  }
}

TEST(ScenarioBadInputs, AFileThatIsNotThereIsAProblemOfItsOwn) {
  const std::vector<Diagnostic> problems = problems_of(bad_inputs / "parts" / "nowhere.toml");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].message.find("cannot be read"), std::string::npos);
}

TEST(ScenarioBadInputs, ACycleOfIncludesIsToldWhereItCloses) {
  const std::vector<Diagnostic> problems = problems_of(bad_inputs / "parts" / "cycle.toml");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(fs::path(problems[0].file).filename(), "cycle_back.toml");
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_EQ(problems[0].column, 12);
  EXPECT_NE(problems[0].message.find("includes itself"), std::string::npos);
}

TEST(ScenarioBadInputs, AValueThatTwoIncludedFilesGiveIsAnErrorUnlessTheIncludingFileGivesItToo) {
  const std::string include = "include = [\"budget_one.toml\", \"budget_two.toml\"]\n";
  const std::string rest =
      "horizon = \"1w\"\n[[market]]\nname = \"m\"\non_demand = 1\n[[job]]\nname = \"j\"\nwork = 1\nthroughput = { m = "
      "1 }\n"
      "[[plan]]\nname = \"p\"\n[plan.job.j]\n";
  try {
    load_text(include + rest, "x.toml", {}, bad_inputs / "parts");
    FAIL();
  } catch (const InvalidScenario& invalid) {
    ASSERT_EQ(invalid.diagnostics.size(), 1u) << invalid.what();
    EXPECT_EQ(fs::path(invalid.diagnostics[0].file).filename(), "budget_two.toml");
    EXPECT_NE(invalid.diagnostics[0].message.find("'budget' is given by"), std::string::npos);
  }
}

TEST(ScenarioBadInputs, ATextOfMoreThanAMebibyteIsRefused) {
  const std::string text = "horizon = \"1w\"\n# " + std::string(1 << 20, 'x') + "\n";
  try {
    load_text(text, "big.toml");
    FAIL();
  } catch (const InvalidScenario& invalid) {
    ASSERT_EQ(invalid.diagnostics.size(), 1u);
    EXPECT_NE(invalid.diagnostics[0].message.find("more than 1 MiB"), std::string::npos);
  }
}

}  // namespace
}  // namespace costrisk::scenario
