// Plans of teams: each is graded by what it costs by itself, and what is wrong with one costs no other its grade.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "costrisk/decide.hpp"
#include "costrisk/errors.hpp"
#include "costrisk/simulate.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* world = R"(
horizon = "4w"
step = "1h"
budget = 2500
[simulation]
paths = 400
seed = 11
[goal]
over_budget = 0.5
[[market]]
name = "g"
on_demand = 3.0
spot = { price = { mean = 1.0, volatility = 0.3, half_life = "2d", cap = 3.0 }, reclaim_every = "60h", notice = "0s" }
[[job]]
name = "train"
work = { low = 500, mode = 600, high = 800 }
throughput = { g = 1.0 }
deadline = "27d"
checkpoint = { interval = "1h", write = "2m" }
restart = "10m"
[[item]]
name = "support"
once = 100
)";

std::string plan(const std::string& policy, const std::string& interval = "1h", int instances = 2) {
  return "[[plan]]\nname = \"ours\"\n[plan.job.train]\nmarkets = [\"g\"]\ninstances = " + std::to_string(instances) +
         "\npolicy = \"" + policy + "\"\ncheckpoint = { interval = \"" + interval + "\" }\n";
}

class Grading : public ::testing::Test {
 protected:
  Grading()
      : folder_(fs::path(::testing::TempDir()) / ("grades-" + std::to_string(::getpid()) + "-" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~Grading() override {
    std::error_code stays;
    fs::remove_all(folder_, stays);
  }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  GradeOptions options() const {
    GradeOptions options;
    options.seeds = {5, 6};
    return options;
  }

  fs::path folder_;
};

double figure(const Study& study, const std::string& name) {
  for (const auto& [key, value] : study.figures)
    if (key == name) return value;
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::string> teams(const Study& study) {
  for (const Dimension& dimension : study.dimensions)
    if (dimension.name == "team") return dimension.labels;
  return {};
}

std::string thrown(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(Grading, IsTheRunOfEachPlanOverAllSeeds) {
  const fs::path red = write("red.toml", world + plan("spot")), blue = write("blue.toml", world + plan("on-demand"));
  const Grades grades = grade({red, blue}, options());
  ASSERT_EQ(teams(grades), (std::vector<std::string>{"red", "blue"}));
  for (std::size_t team : {0u, 1u}) {
    double mean = 0.0;
    for (const std::uint64_t seed : {5u, 6u}) {
      RunOptions run;
      run.seed = seed;
      mean += 0.5 * simulate(Scenario::from_file(team == 0 ? red : blue), run).array("cost_mean").values[0];
    }
    EXPECT_NEAR(grades.array("cost_mean").values[team], mean, 1e-9 * mean) << team;
  }
  EXPECT_TRUE(grades.ungraded.empty());
}

TEST_F(Grading, GivesTheSameAlone) {
  const fs::path red = write("red.toml", world + plan("spot")), blue = write("blue.toml", world + plan("on-demand"));
  const Grades both = grade({blue, red}, options()), alone = grade({red}, options());
  EXPECT_EQ(both.array("cost_mean").values[1], alone.array("cost_mean").values[0]);
  EXPECT_EQ(both.array("share").values[1], alone.array("share").values[0]);
}

TEST_F(Grading, RanksWhatCanBeToldApartAndSaysWhatCannot) {
  const Grades grades = grade({write("a.toml", world + plan("spot", "1h")), write("b.toml", world + plan("spot", "1h")),
                               write("c.toml", world + plan("on-demand"))},
                              options());
  const Array &first = grades.array("rank_first"), &last = grades.array("rank_last");
  EXPECT_EQ((std::vector<double>{first.values[0], first.values[1], first.values[2]}), (std::vector<double>{1, 1, 3}));
  EXPECT_EQ((std::vector<double>{last.values[0], last.values[1], last.values[2]}), (std::vector<double>{2, 2, 3}));
  EXPECT_EQ(grades.array("difference").values[1], 0.0);
  EXPECT_GT(grades.array("difference_low").values[2], 0.0);
}

/// On-demand costs less here than the budget never, spot always: a goal that is met is before one that is missed,
/// whatever it costs.
TEST_F(Grading, WhoMeetsTheGoalIsBeforeWhoMissesIt) {
  const std::string late = std::string(world) + "[[item]]\nname = \"fast\"\nonce = 5000\nplans = [\"ours\"]\n";
  const Grades grades =
      grade({write("dear.toml", late + plan("spot")), write("cheap.toml", world + plan("spot"))}, options());
  EXPECT_EQ(grades.array("rank").values, (std::vector<double>{2, 1}));
  EXPECT_EQ(figure(grades, "points.cheap"), 2.0);
  EXPECT_EQ(figure(grades, "points.dear"), 0.0);
  EXPECT_EQ(figure(grades, "met"), 1.0);
}

TEST_F(Grading, OneBadTeamCostsNoOtherItsGrade) {
  const fs::path good = write("good.toml", world + plan("spot"));
  const fs::path broken = write("broken.toml", "horizon = \n");
  const fs::path wrong = write("wrong.toml", world + plan("sopt"));
  const fs::path missing = folder_ / "missing.toml";
  const fs::path other = write("other.toml", "[[item]]\nname = \"x\"\nonce = 1\n" + plan("spot"));
  const Grades grades = grade({broken, good, wrong, missing, other}, options());
  EXPECT_EQ(teams(grades), (std::vector<std::string>{"good"}));
  EXPECT_EQ(grades.array("cost_mean").values, grade({good}, options()).array("cost_mean").values);
  ASSERT_EQ(grades.ungraded.size(), 4u);
  for (const Ungraded& one : grades.ungraded)
    EXPECT_NE(one.reason.find(one.team + ".toml"), std::string::npos) << one.reason;
  EXPECT_NE(grades.ungraded[0].reason.find("broken.toml:1:"), std::string::npos) << grades.ungraded[0].reason;
  EXPECT_NE(grades.ungraded[1].reason.find("did you mean 'spot'"), std::string::npos) << grades.ungraded[1].reason;
  EXPECT_EQ(Json::parse(grades.json)["ungraded"].size(), 4u);
}

TEST_F(Grading, OtherWorldsHaveNoGradeAndSayWhatDiffers) {
  std::string rich = world;
  rich.replace(rich.find("budget = 2500"), 13, "budget = 9999");
  const Grades grades = grade({write("rich.toml", rich + plan("spot")), write("a.toml", world + plan("spot")),
                               write("b.toml", world + plan("on-demand"))},
                              options());
  EXPECT_EQ(teams(grades), (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(grades.ungraded.size(), 1u);
  EXPECT_NE(grades.ungraded[0].reason.find("budget: 2500"), std::string::npos) << grades.ungraded[0].reason;
}

TEST_F(Grading, TheWorldOfTheScenarioCountsAndTeamsBringPlansAndItems) {
  const fs::path scenario = write("case.toml", world + plan("on-demand"));
  std::string rich = world;
  rich.replace(rich.find("budget = 2500"), 13, "budget = 9999");
  const std::string own = "[[item]]\nname = \"move\"\nonce = 50\n";
  GradeOptions asked = options();
  asked.scenario = scenario;
  const Grades grades = grade({write("whole.toml", world + plan("spot")), write("rich.toml", rich + plan("spot")),
                               write("part.toml", plan("spot")), write("moves.toml", own + plan("spot"))},
                              asked);
  ASSERT_TRUE(grades.ungraded.empty()) << grades.ungraded[0].reason;
  const std::vector<double>& mean = grades.array("cost_mean").values;
  EXPECT_EQ(mean[0], mean[1]);
  EXPECT_EQ(mean[0], mean[2]);
  EXPECT_NEAR(mean[3], mean[0] + 50.0, 1e-6);
  ASSERT_EQ(grades.notices.size(), 1u);
  EXPECT_NE(grades.notices[0].find("rich.toml"), std::string::npos);
  EXPECT_NE(grades.notices[0].find("budget"), std::string::npos) << grades.notices[0];
}

TEST_F(Grading, WhatATeamIncludesMayHaveStayedBesideTheScenario) {
  write("case/world.toml", world);
  GradeOptions asked = options();
  asked.scenario = write("case/case.toml", "include = [\"world.toml\"]\n" + plan("on-demand"));
  const fs::path red = write("class/red.toml", "include = [\"world.toml\"]\n" + plan("spot"));
  const fs::path lost = write("class/lost.toml", "include = [\"word.toml\"]\n" + plan("spot"));
  const Grades grades = grade({red, lost}, asked);
  EXPECT_EQ(teams(grades), std::vector<std::string>{"red"});
  ASSERT_EQ(grades.ungraded.size(), 1u);
  EXPECT_NE(grades.ungraded[0].reason.find("lost.toml:1:"), std::string::npos) << grades.ungraded[0].reason;
}

TEST_F(Grading, AnItemOfThePlanIsTheTeamsToStop) {
  const std::string habit = "[[item]]\nname = \"habit\"\nonce = 70\nplans = [\"ours\"]\n";
  const std::string stopped = "[[item]]\nname = \"habit\"\nonce = 70\nplans = [\"other\"]\n" + plan("spot") +
                              "[[plan]]\nname = \"other\"\nextends = \"ours\"\n";
  GradeOptions asked = options();
  asked.scenario = write("case.toml", world + habit + plan("on-demand"));
  asked.plan = "ours";
  const Grades grades = grade({write("keeps.toml", plan("spot")), write("stops.toml", stopped)}, asked);
  ASSERT_TRUE(grades.ungraded.empty()) << grades.ungraded[0].reason;
  const std::vector<double>& mean = grades.array("cost_mean").values;
  EXPECT_NEAR(mean[0] - mean[1], 70.0, 1e-6);
}

TEST_F(Grading, FoldersHoldPlansButForWhatTheyInclude) {
  write("class/world.toml", world);
  write("class/red.toml", "include = [\"world.toml\"]\n" + plan("spot"));
  write("class/blue.toml", "include = [\"world.toml\"]\n" + plan("on-demand"));
  write("class/notes.txt", "nothing");
  write("other/red.toml", world + plan("on-demand"));
  const Grades grades = grade({folder_ / "class", folder_ / "other"}, options());
  EXPECT_EQ(teams(grades), (std::vector<std::string>{"blue", "class/red", "other/red"}));
  EXPECT_NE(thrown([&] {
              grade({folder_ / "class", folder_ / "class" / "red.toml"}, options());
            }).find("named twice"),
            std::string::npos);
  fs::create_directories(folder_ / "empty");
  EXPECT_NE(thrown([&] { grade({folder_ / "empty"}, options()); }).find("has no plan"), std::string::npos);
}

TEST_F(Grading, StressesAreWorldsOfTheirOwn) {
  GradeOptions asked = options();
  asked.stresses = {write("market.toml",
                          "[[stress]]\nname = \"list prices twice\"\nscale = "
                          "[\"market.*.on_demand.price=2\"]\n")};
  const Grades grades =
      grade({write("red.toml", world + plan("spot")), write("blue.toml", world + plan("on-demand"))}, asked);
  const std::vector<double>& mean = grades.array("cost_mean").values;
  EXPECT_NEAR(mean[3] - 100.0, 2.0 * (mean[1] - 100.0), 1e-6 * mean[3]);  // all but the item of 100
  EXPECT_EQ(mean[2], mean[0]);
}

TEST_F(Grading, WhatIsWrongWithAStressNamesItsPlace) {
  const fs::path red = write("red.toml", world + plan("spot"));
  const auto problem = [&](const std::string& text) {
    GradeOptions asked = options();
    asked.stresses = {write("market.toml", text)};
    return thrown([&] { grade({red}, asked); });
  };
  const std::string unknown = problem("[[stress]]\nname = \"x\"\nset = [\"market.h.on_demand.price=2\"]\n");
  EXPECT_NE(unknown.find("market.toml, [[stress]] 'x'"), std::string::npos) << unknown;
  const std::string other = problem("[[market]]\nname = \"g\"\n");
  EXPECT_NE(other.find("market.toml:1:"), std::string::npos) << other;
  EXPECT_NE(other.find("[[stress]]"), std::string::npos) << other;
  EXPECT_NE(problem("[[stress]]\nname = \"x\"\n").find("changes nothing"), std::string::npos);
  EXPECT_NE(problem("[[stress]]\nname = \"x\"\nscael = []\n").find("unknown key 'scael'"), std::string::npos);
}

TEST_F(Grading, SeedsThatATeamHasSeenAreNamed) {
  GradeOptions asked = options();
  const fs::path red = write("red.toml", world + plan("spot"));
  asked.seeds = {11};
  EXPECT_NE(grade({red}, asked).text(1000).find("red may have seen"), std::string::npos);
  asked.seeds = {5, 5};
  EXPECT_NE(thrown([&] { grade({red}, asked); }).find("given twice"), std::string::npos);
  asked.seeds = {};
  EXPECT_NE(thrown([&] { grade({red}, asked); }).find("no seeds"), std::string::npos);
}

TEST_F(Grading, APlanWithoutTheJobOfTheGoalMissesIt) {
  std::string goal = std::string(world) + "[[job]]\nname = \"small\"\nwork = 5\nthroughput = { g = 1.0 }\n";
  goal.replace(goal.find("over_budget = 0.5"), 17, "late = { train = 0.5 }");
  const std::string none = "[[plan]]\nname = \"ours\"\n[plan.job.small]\nmarkets = [\"g\"]\npolicy = \"on-demand\"\n";
  const Grades grades = grade({write("none.toml", goal + none), write("red.toml", goal + plan("spot"))}, options());
  ASSERT_TRUE(grades.ungraded.empty()) << grades.ungraded[0].reason;
  EXPECT_EQ(grades.array("rank").values, (std::vector<double>{2, 1}));
  EXPECT_EQ(grades.array("meets_goal").values, (std::vector<double>{0, 1}));
}

}  // namespace
}  // namespace costrisk::tests
