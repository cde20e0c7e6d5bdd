// Whatever is done to a scenario file, it loads or is refused with reasons; nothing else happens.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "scenario_samples.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::scenario {
namespace {

std::string mutated(const std::string& text, const std::vector<std::string>& lines, std::mt19937& generator) {
  static const std::vector<std::string> pieces = {"[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  "\"",
                                                  "=",
                                                  ".",
                                                  "-1",
                                                  "0",
                                                  "1e99",
                                                  "inf",
                                                  "nan",
                                                  "\n",
                                                  "#",
                                                  "'",
                                                  "\\",
                                                  "[[",
                                                  "]]",
                                                  "\"5h\"",
                                                  "like = \"chat\"\n",
                                                  "true",
                                                  "\xff",
                                                  "\t",
                                                  ",",
                                                  "9223372036854775807",
                                                  "2026-01-01",
                                                  "[plan.job.pretrain]\n"};
  std::string result = text;
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(generator); };
  for (std::size_t edits = 1 + below(3); edits > 0 && !result.empty(); --edits) {
    const std::size_t at = below(result.size());
    switch (below(6)) {
      case 0:
        result.erase(at, 1 + below(12));
        break;
      case 1:
        result.insert(at, pieces[below(pieces.size())]);
        break;
      case 2:
        result[at] = static_cast<char>(below(256));
        break;
      case 3:
        result.insert(at, lines[below(lines.size())] + "\n");
        break;
      case 4: {
        const std::size_t end = result.find('\n', at);
        if (end != std::string::npos) result.erase(at, end - at);
        break;
      }
      default:
        result.replace(at, std::min<std::size_t>(result.size() - at, 1 + below(5)), pieces[below(pieces.size())]);
    }
  }
  return result;
}

TEST(ScenarioRobustness, CharactersBeyondAsciiAreTakenInTextsAndComments) {
  const std::string text = "\xEF\xBB\xBF# größer\nname = \"\"\"é\\\\é \\\n  und é\"\"\" # é\n";
  EXPECT_EQ(load_text(text + small_scenario, "test.toml", {}, good_inputs).scenario.name, "é\\é und é");
}

TEST(ScenarioRobustness, AMutatedFileLoadsOrIsRefusedWithReasons) {
  const std::string text = text_of(good_inputs / "everything.toml");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::mt19937 generator(20260105);
  int loads = 0, refusals = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string candidate = mutated(text, lines, generator);
    try {
      const Loaded loaded = load_text(candidate, "mutated.toml", {}, good_inputs);
      EXPECT_FALSE(resolved_toml(loaded.scenario).empty());
      ++loads;
    } catch (const InvalidScenario& invalid) {
      EXPECT_FALSE(invalid.diagnostics.empty()) << candidate;
      ++refusals;
    }
  }
  EXPECT_GT(loads, 30);
  EXPECT_GT(refusals, 1000);
}

TEST(ScenarioRobustness, HalfAFileLoadsOrIsRefusedWithReasons) {
  const std::string text = text_of(good_inputs / "everything.toml");
  for (std::size_t length = 0; length < text.size(); length += 13) try {
      load_text(text.substr(0, length), "half.toml", {}, good_inputs);
    } catch (const InvalidScenario& invalid) {
      EXPECT_FALSE(invalid.diagnostics.empty());
    }
}

TEST(ScenarioRobustness, LongKeysAndDeepNestingAreRefused) {
  std::string dotted = "a";
  for (int i = 0; i < 100000; ++i) dotted += ".a";
  EXPECT_THROW(load_text(dotted + " = 1\n", "x.toml"), InvalidScenario);
  EXPECT_THROW(load_text("a = " + std::string(100000, '['), "x.toml"), InvalidScenario);
  std::string tables = "a = ";
  for (int i = 0; i < 100000; ++i) tables += "{a=";
  EXPECT_THROW(load_text(tables, "x.toml"), InvalidScenario);
  EXPECT_THROW(load_text("[/u", "x.toml"), InvalidScenario);
}

}  // namespace
}  // namespace costrisk::scenario
