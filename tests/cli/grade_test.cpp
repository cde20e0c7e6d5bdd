// Plans of teams as an instructor grades them: the table, JSON, exit codes, what is said of files that do not fit.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

class GradeCommandLine : public testing::Test {
 protected:
  GradeCommandLine() {
    std::filesystem::create_directories(folder / "teams");
    folder.write("case.toml", small_scenario());
    folder.write("teams/red.toml", small_scenario());
    folder.write("teams/blue.toml", small_scenario());
  }
  Ended grade(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"grade", "teams", "--scenario", "case.toml", "--paths", "50", "--quiet"});
    return costrisk(more, folder);
  }

  ScratchFolder folder;
};

TEST_F(GradeCommandLine, PrintsATableAndTheSameAsJson) {
  const Ended text = grade();
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "red")) << text.out;
  EXPECT_TRUE(contains(text.out, "1–2")) << "equal plans cannot be distinguished\n" << text.out;
  const Json json = Json::parse(grade({"--json"}).out);
  ASSERT_EQ(json["teams"].size(), 2u);
  EXPECT_EQ(json["seeds"], (Json{2031, 2032}));
  EXPECT_EQ(json["teams"][0]["worlds"][0]["rank"]["last"], 2);
}

TEST_F(GradeCommandLine, NamesWhatIsWrongAndGradesTheOthers) {
  folder.write("teams/green.toml", "[[plan]]\nname = 5\n");
  const Ended bad = grade({"-o", "class.h5"});
  EXPECT_EQ(bad.code, 2);
  EXPECT_TRUE(contains(bad.err, "no grade for 'green'")) << bad.err;
  EXPECT_TRUE(contains(bad.err, "teams/green.toml:2:")) << bad.err;
  EXPECT_TRUE(contains(bad.out, "blue")) << bad.out;
  EXPECT_TRUE(std::filesystem::exists(folder / "class.h5"));
}

TEST_F(GradeCommandLine, RefusesWhatItCannotDo) {
  const auto refusal = [&](const std::vector<std::string>& more) {
    const Ended ended = grade(more);
    EXPECT_EQ(ended.code, 2) << ended.out;
    return ended.err;
  };
  EXPECT_TRUE(contains(refusal({"--seeds", "5,x"}), "'x' is no seed"));
  EXPECT_TRUE(contains(refusal({"--seeds", "5,5"}), "given twice"));
  EXPECT_TRUE(contains(refusal({"--plan", "no such plan"}), "no plan is named 'no such plan'"));
  EXPECT_TRUE(contains(refusal({"--stress", "missing.toml"}), "there is no file missing.toml"));
  EXPECT_TRUE(contains(refusal({"--minimize", "medium"}), "no statistic of cost"));
  EXPECT_EQ(grade({"--require", "met>2"}).code, 3);
  EXPECT_EQ(costrisk({"grade", "nowhere"}, folder).code, 2);
}

}  // namespace
}  // namespace costrisk::tests
