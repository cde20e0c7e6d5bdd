// Exports as finance opens them: a table whose values read back, a workbook of the same, and nothing else replaced.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "costrisk/results.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line)
    if (c == ',')
      fields.emplace_back();
    else
      fields.back() += c;
  return fields;
}

class ExportCommandLine : public testing::Test {
 protected:
  ExportCommandLine() {
    std::string scenario = small_scenario();
    folder.write("small.toml", scenario);
    EXPECT_EQ(costrisk({"run", "small.toml", "--paths", "200", "-o", "small.h5", "--quiet"}, folder).code, 0);
  }
  Ended exported(const std::string& from, const std::string& to) const {
    return costrisk({"export", from, "-o", to, "--quiet"}, folder);
  }

  ScratchFolder folder;
};

TEST_F(ExportCommandLine, TheTableHasEveryValueOfTheFile) {
  const Ended ended = exported("small.h5", "small.csv");
  ASSERT_EQ(ended.code, 0) << ended.err;
  std::istringstream lines(read_text(folder / "small.csv"));
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> header = fields_of(line);
  EXPECT_EQ(header.front(), "quantity");
  EXPECT_EQ(header[1], "statistic");
  EXPECT_EQ(header[header.size() - 2], "value");
  EXPECT_EQ(header.back(), "unit");
  std::size_t values = 0;
  std::vector<double> means;
  for (; std::getline(lines, line); ++values) {
    const std::vector<std::string> fields = fields_of(line);
    ASSERT_EQ(fields.size(), header.size()) << line;
    if (fields[0] == "cost_mean" && fields[1] == "mean") means.push_back(std::stod(fields[fields.size() - 2]));
  }
  const Results results = Results::read(folder / "small.h5");
  EXPECT_EQ(means, results.array("cost_mean").values) << "to the bit";
  std::size_t held = 0;
  for (const std::string& name : results.names()) held += results.array(name).values.size();
  EXPECT_GE(values, held);
  EXPECT_LE(values, held + 6) << "and what is of the whole run";
}

TEST_F(ExportCommandLine, EqualResultsGiveEqualTables) {
  ASSERT_EQ(exported("small.h5", "a.csv").code, 0);
  ASSERT_EQ(exported("small.h5", "b.csv").code, 0);
  EXPECT_EQ(read_text(folder / "a.csv"), read_text(folder / "b.csv"));
}

TEST_F(ExportCommandLine, StudiesAreTablesToo) {
  ASSERT_EQ(costrisk({"stress", "small.toml", "--paths", "100", "-o", "stress.h5", "--quiet"}, folder).code, 0);
  const Ended ended = exported("stress.h5", "stress.csv");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::string table = read_text(folder / "stress.csv");
  EXPECT_TRUE(table.starts_with("quantity,statistic,case,plan,")) << table.substr(0, 200);
  EXPECT_TRUE(contains(table, "\ncost_mean,value,as it is,"));
}

/// A name may begin with a minus, which a spreadsheet would take for the beginning of a formula.
TEST_F(ExportCommandLine, NamesAreNoFormulas) {
  std::string scenario = small_scenario();
  const std::size_t at = scenario.find("name = \"gamble\"");
  ASSERT_NE(at, std::string::npos) << scenario;
  scenario.replace(at, 15, "name = \"-1-gamble\"");
  folder.write("minus.toml", scenario);
  ASSERT_EQ(costrisk({"run", "minus.toml", "--paths", "50", "-o", "minus.h5", "--quiet"}, folder).code, 0);
  ASSERT_EQ(exported("minus.h5", "minus.csv").code, 0);
  const std::string table = read_text(folder / "minus.csv");
  EXPECT_TRUE(contains(table, ",'-1-gamble,"));
  EXPECT_FALSE(contains(table, ",-1-gamble,"));
}

TEST_F(ExportCommandLine, AWorkbookIsWholeAndTheSameEachTimeOrItsLibraryIsNamed) {
  const Ended ended = exported("small.h5", "small.xlsx");
  if (ended.code != 0) {
    EXPECT_EQ(ended.code, 2);
    EXPECT_TRUE(contains(ended.err, "libxlsxwriter")) << ended.err;
    GTEST_SKIP() << ended.err;
  }
  const std::string book = read_text(folder / "small.xlsx");
  EXPECT_TRUE(book.starts_with("PK\x03\x04"));
  ASSERT_EQ(exported("small.h5", "again.xlsx").code, 0);
  EXPECT_EQ(read_text(folder / "again.xlsx"), book);
  EXPECT_EQ(exported("small.h5", "small.xlsx").code, 0) << "its like is replaced";
}

TEST_F(ExportCommandLine, NothingElseIsReplacedOrTakenForAResult) {
  folder.write("mine.csv", "a,b\n1,2\n");
  folder.write("mine.xlsx", "PK\x03\x04 somebody's");
  EXPECT_TRUE(contains(exported("small.h5", "mine.csv").err, "is there already and is no table of export"));
  EXPECT_TRUE(contains(exported("small.h5", "mine.xlsx").err, "is there already and is no workbook of export"));
  EXPECT_EQ(read_text(folder / "mine.csv"), "a,b\n1,2\n");
  EXPECT_TRUE(contains(exported("small.h5", "small.txt").err, "ends in .csv or .xlsx"));
  EXPECT_EQ(exported("small.toml", "x.csv").code, 2);
  EXPECT_EQ(exported("missing.h5", "x.csv").code, 2);
}

}  // namespace
}  // namespace costrisk::tests
