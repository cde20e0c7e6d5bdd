// A results file of format 1.0, which costrisk 0.1.0 wrote with --keep-paths: everything in it is read under today's
// names, and says what its own sums say.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/present/text/results_json.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/results/store/results_file.hpp"

namespace costrisk::golden {
namespace {

namespace fs = std::filesystem;

/// The file, unpacked into a folder that goes with it.
class OldFile {
 public:
  OldFile() {
    std::string pattern = (fs::temp_directory_path() / "costrisk-format-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for the file");
    folder_ = pattern;
    const fs::path packed = fs::path(COSTRISK_SOURCE_DIR) / "tests/golden/results_1.0.h5.gz";
    gzFile input = gzopen(packed.c_str(), "rb");
    if (!input) throw std::runtime_error("tests/golden/results_1.0.h5.gz cannot be read");
    std::ofstream output(path(), std::ios::binary);
    std::vector<char> piece(1 << 16);
    for (int count; (count = gzread(input, piece.data(), static_cast<unsigned>(piece.size()))) > 0;)
      output.write(piece.data(), count);
    gzclose(input);
  }
  ~OldFile() { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "old.h5"; }

 private:
  fs::path folder_;
};

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(FormatOne, EveryQuantityIsReadAndIsWhatItsSumsSay) {
  const OldFile file;
  const results::Results read = results::read_results(file.path());
  EXPECT_EQ(read.context.scenario_name, "Format 1.0");
  EXPECT_EQ(read.paths, 60u);
  EXPECT_EQ(read.budget, 2000.0);
  const results::Results again = results::evaluate(results::read_tally(file.path()), read.context);
  for (const results::Quantity& quantity : results::quantities()) {
    EXPECT_TRUE(same_bits(read.*quantity.values, again.*quantity.values)) << quantity.name;
    const bool is_absent = quantity.has(results::Dimension::checkpoint) ||  // needs more paths
                           quantity.needs == results::Needs::latency ||     // which no service of the file has
                           quantity.needs == results::Needs::budgets ||     // by owner and period, which the format
                           quantity.needs == results::Needs::actuals;       // does not know, nor what was paid
    EXPECT_EQ((read.*quantity.values).empty(), is_absent) << quantity.name;
  }
}

TEST(FormatOne, BecomesFormatTwoWithTheSameNumbers) {
  const OldFile file;
  const results::Results read = results::read_results(file.path());
  const fs::path copy = file.path().parent_path() / "new.h5";
  results::write_results(copy, read, results::read_tally(file.path()));
  const results::Results written = results::read_results(copy);
  EXPECT_EQ(written.context, read.context);
  EXPECT_EQ(present::results_json(written, "a.h5"), present::results_json(read, "a.h5"));
  std::size_t renamed = 0;
  for (const results::Quantity& quantity : results::quantities()) renamed += quantity.name_in_1 ? 1 : 0;
  EXPECT_EQ(renamed, 3u) << "docs/results-format.md lists each";
}

}  // namespace
}  // namespace costrisk::golden
