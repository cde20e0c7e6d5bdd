// Every file in bad_inputs/ has the errors that its first lines foretell, each at its place, and no others.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

namespace fs = std::filesystem;

const fs::path bad_inputs = fs::path(COSTRISK_SOURCE_DIR) / "tests/unit/bad_inputs";

struct Expectation {
  int line = 0, column = 0;
  std::string part;
};

/// What the lines "# expect LINE:COL part of the message" at the top of a file say.
std::vector<Expectation> expectations(const fs::path& path) {
  std::vector<Expectation> result;
  std::ifstream file(path);
  const std::string lead = "# expect ";
  for (std::string line; std::getline(file, line) && line.rfind(lead, 0) == 0;) {
    const std::size_t colon = line.find(':'), space = line.find(' ', colon);
    result.push_back({std::stoi(line.substr(lead.size())), std::stoi(line.substr(colon + 1)), line.substr(space + 1)});
  }
  return result;
}

std::vector<Diagnostic> problems_of(const fs::path& path) {
  try {
    load(path);
  } catch (const InvalidScenario& invalid) {
    return invalid.diagnostics;
  }
  return {};
}

TEST(ScenarioBadInputs, EachIsRefusedAtItsPlaceWithItsReasonAndNoOther) {
  int files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(bad_inputs)) {
    if (entry.path().extension() != ".toml") continue;
    ++files;
    const std::vector<Expectation> expected = expectations(entry.path());
    const std::vector<Diagnostic> found = problems_of(entry.path());
    std::string all;
    for (const Diagnostic& problem : found) all += problem.rendered + "\n";
    SCOPED_TRACE(entry.path().filename().string() + "\n" + all);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(found.size(), expected.size());
    if (found.size() != expected.size()) continue;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(found[i].line, expected[i].line);
      EXPECT_EQ(found[i].column, expected[i].column);
      EXPECT_NE(found[i].message.find(expected[i].part), std::string::npos) << "expected: " << expected[i].part;
      EXPECT_EQ(found[i].file, entry.path().string());
    }
  }
  EXPECT_GE(files, 150);
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
