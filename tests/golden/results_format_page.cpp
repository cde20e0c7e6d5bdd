// The tables of docs/results-format.md that say what the catalogue says are made from it. COSTRISK_UPDATE_DOCS=1 in the
// environment makes the test write them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "src/results/quantities/quantities.hpp"
#include "tests/golden/results_format_page.hpp"

namespace costrisk::results {
namespace {

/// The page with a table of its own between the marks of that name.
std::string with_table(std::string page, const std::string& name, const std::string& table) {
  const std::string begin = "<!-- made from the catalogue: " + name + " -->\n", end = "<!-- end of " + name + " -->\n";
  const std::size_t from = page.find(begin), to = page.find(end);
  EXPECT_NE(from, std::string::npos) << begin;
  EXPECT_NE(to, std::string::npos) << end;
  if (from == std::string::npos || to == std::string::npos) return page;
  return page.replace(from + begin.size(), to - from - begin.size(), "\n" + table + "\n");
}

TEST(Catalogue, IsWhatThePageOfTheFormatSays) {
  const std::filesystem::path path = std::filesystem::path(COSTRISK_SOURCE_DIR) / "docs/results-format.md";
  std::ifstream stream(path);
  const std::string page{std::istreambuf_iterator<char>(stream), {}};
  const std::string expected =
      with_table(with_table(page, "quantities", quantities_table()), "renames", renames_table());
  if (std::getenv("COSTRISK_UPDATE_DOCS"))
    std::ofstream(path) << expected;
  else
    EXPECT_TRUE(page == expected) << "COSTRISK_UPDATE_DOCS=1 writes docs/results-format.md anew";
  for (const DimensionTerms& dimension : dimensions())
    EXPECT_NE(page.find(code(dimension.name)), std::string::npos) << dimension.name;
}

TEST(Catalogue, HasEveryNameOnce) {
  for (std::size_t i = 0; i < dimensions().size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(dimensions()[i].dimension), i) << dimensions()[i].name;
  EXPECT_EQ(dimensions().size(), dimension_count);
  for (const Quantity& quantity : quantities()) {
    for (const Quantity& other : quantities())
      if (&other != &quantity) {
        EXPECT_STRNE(other.name, quantity.name);
        EXPECT_STRNE(other.alias, quantity.name);
      }
    EXPECT_FALSE(std::string(quantity.title).empty()) << quantity.name;
    EXPECT_FALSE(quantity.description.empty()) << quantity.name;
    EXPECT_EQ(&quantity_of(quantity.values), &quantity);
  }
}

}  // namespace
}  // namespace costrisk::results
