// The results file: round trips, equal bytes, damage, and that xarray opens it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "src/results/quantities/quantities.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/store/results_file.hpp"
#include "src/trace/files.hpp"
#include "tests/unit/sealed_file.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;
using results::Results;
using results::Tally;
using results::TallyLayout;

enum class Keep { nothing, paths };

class ResultsFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "costrisk-results-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static TallyLayout layout(std::uint64_t run_paths, Keep keep = Keep::nothing) {
    TallyLayout result = small_layout(run_paths);
    result.keep_paths = keep == Keep::paths;
    return result;
  }

  /// A scenario that has no more than it must.
  static TallyLayout bare_layout() {
    TallyLayout bare;
    bare.shape = {.plans = 1, .owners = 1, .bins = 1, .markets = 1};
    bare.paths = 100;
    bare.step_hours = 1;
    return bare;
  }
  static results::ResultsContext bare_context() {
    results::ResultsContext context = small_context();
    context.plans = {"only"};
    context.jobs = {};
    context.services = context.drivers = {};
    context.driver_bin_low = context.driver_bin_high = {};
    context.obligation = context.commitment_cost = context.discount_cost = {0.0};
    context.owners = {"unused"};
    context.markets = {"m"};
    context.time_hours = {1};
    return context;
  }

  fs::path write(const char* name, const Tally& tally, const results::ResultsContext& context = small_context()) const {
    const fs::path path = folder_ / name;
    results::write_results(path, evaluate(tally, context), tally);
    return path;
  }

  fs::path folder_;
};

TEST_F(ResultsFile, GivesBackWhatWasWritten) {
  const Tally tally = tally_of(layout(5000), 0, 3000);
  const Results written = evaluate(tally, small_context());
  const Results read = results::read_results(write("a.h5", tally));
  EXPECT_EQ(read.context, written.context);
  EXPECT_EQ(read.paths, 3000u);
  EXPECT_EQ(read.first_path, 0u);
  EXPECT_EQ(read.step_hours, 0.25);
  EXPECT_EQ(read.budget, written.budget);
  for (const results::Quantity& quantity : results::quantities())
    EXPECT_TRUE(same_bits(read.*quantity.values, written.*quantity.values)) << quantity.name;
}

TEST_F(ResultsFile, EqualRunsAreEqualFiles) {
  const std::string first = content(write("a.h5", tally_of(layout(5000, Keep::paths), 0, 5000, 64)));
  std::vector<std::vector<char>> noise;  // so that freed memory differs between the two writes
  for (int i = 1; i < 2000; ++i) noise.emplace_back(static_cast<std::size_t>(i), '\xA5');
  noise.clear();
  Tally parts = tally_of(layout(5000, Keep::paths), 2500, 2500, 100);
  parts.merge(tally_of(layout(5000, Keep::paths), 0, 2500, 999));
  EXPECT_EQ(content(write("b.h5", parts)), first);
  EXPECT_NE(content(write("c.h5", tally_of(layout(5000, Keep::paths), 0, 4999))), first);
}

TEST_F(ResultsFile, TheTallyReadBackWritesTheSameBytes) {
  for (const Keep keep : {Keep::nothing, Keep::paths})
    for (const std::uint64_t run_paths : {std::uint64_t{70'000}, std::uint64_t{1} << 30}) {
      const Tally tally = tally_of(layout(run_paths, keep), 0, 70'000, 512);
      const fs::path path = write("a.h5", tally);
      const Tally read = results::read_tally(path);
      EXPECT_EQ(read.layout(), tally.layout());
      EXPECT_EQ(content(write("b.h5", read, results::read_results(path).context)), content(path));
    }
}

TEST_F(ResultsFile, ShardsMergeToTheWholeRun) {
  for (const Keep keep : {Keep::nothing, Keep::paths}) {
    const fs::path one = write("1.h5", tally_of(layout(4000, keep), 1000, 3000));
    const fs::path two = write("2.h5", tally_of(layout(4000, keep), 0, 1000));
    Tally merged = results::read_tally(one);
    merged.merge(results::read_tally(two));
    EXPECT_EQ(content(write("merged.h5", merged)), content(write("whole.h5", tally_of(layout(4000, keep), 0, 4000))));
  }
}

TEST_F(ResultsFile, TalliesWithGapsAreKept) {
  for (const Keep keep : {Keep::nothing, Keep::paths}) {
    Tally tally = tally_of(layout(4000, keep), 0, 100);
    add_paths(tally, 500, 300, 64);
    Tally read = results::read_tally(write("a.h5", tally));
    EXPECT_EQ(read.data().ranges, tally.data().ranges);
    read.merge(tally_of(layout(4000, keep), 100, 400));
    EXPECT_EQ(content(write("b.h5", read)), content(write("c.h5", tally_of(layout(4000, keep), 0, 800))));
  }
}

TEST_F(ResultsFile, ScenariosWithoutJobsServicesBudgetOrPathsHaveFiles) {
  const results::ResultsContext context = bare_context();
  for (const std::uint64_t paths : {0, 100}) {
    const fs::path path = write("a.h5", tally_of(bare_layout(), 0, paths), context);
    const Results read = results::read_results(path);
    EXPECT_EQ(read.context, context);
    EXPECT_EQ(read.paths, paths);
    EXPECT_TRUE(read.over_budget.empty());
    EXPECT_EQ(content(write("b.h5", results::read_tally(path), context)), content(path));
  }
}

TEST_F(ResultsFile, AnyChangedByteIsFound) {
  const fs::path path = write("a.h5", tally_of(layout(500), 0, 500));
  const std::string bytes = content(path);
  for (std::size_t i = 0; i < bytes.size(); i += 1 + bytes.size() / 200) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    put(path, damaged);
    EXPECT_THROW(results::read_results(path), results::FormatError) << "byte " << i;
    EXPECT_THROW(results::read_tally(path), results::FormatError) << "byte " << i;
  }
}

TEST_F(ResultsFile, AnyTruncationIsFound) {
  const fs::path path = write("a.h5", tally_of(layout(500), 0, 500));
  const std::string bytes = content(path);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 100) {
    put(path, bytes.substr(0, size));
    EXPECT_THROW(results::read_results(path), results::FormatError) << size << " bytes";
  }
}

TEST_F(ResultsFile, AnotherMajorVersionIsRefusedAndAnotherMinorRead) {
  const fs::path path = write("a.h5", tally_of(layout(500), 0, 500));
  const auto set_version = [&](std::int32_t major, std::int32_t minor) {
    {
      const results::hdf5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
      const results::hdf5::Handle attribute(H5Aopen(file, "format_version", H5P_DEFAULT), H5Aclose);
      const std::array<std::int32_t, 2> version = {major, minor};
      ASSERT_GE(H5Awrite(attribute, H5T_NATIVE_INT32, version.data()), 0);
    }
    put(path, resealed(content(path)));
  };
  set_version(2, 9);
  EXPECT_NO_THROW(results::read_results(path));
  for (const std::int32_t other : {0, 3}) {
    set_version(other, 0);
    try {
      results::read_results(path);
      FAIL() << "version " << other << " was read";
    } catch (const results::FormatError& error) {
      EXPECT_NE(std::string(error.what()).find(fmt::format("version {}.0", other)), std::string::npos) << error.what();
    }
  }
}

TEST_F(ResultsFile, OtherFilesAreRefusedByName) {
  put(folder_ / "text.h5", "this is no HDF5 file at all");
  EXPECT_THROW(results::read_results(folder_ / "text.h5"), results::FormatError);
  EXPECT_THROW(results::read_results(folder_ / "none.h5"), results::IoError);
  EXPECT_THROW(results::read_results(folder_), trace::NoRegularFile);
  {
    const results::hdf5::Handle file(H5Fcreate((folder_ / "other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                                     H5Fclose);
  }
  EXPECT_THROW(results::read_results(folder_ / "other.h5"), results::FormatError);
}

TEST_F(ResultsFile, LongScenariosAndNamesAreKept) {
  results::ResultsContext context = small_context();
  context.scenario_toml.assign(1 << 20, 'x');
  context.plans[1].assign(3000, 'y');
  EXPECT_EQ(results::read_results(write("a.h5", tally_of(layout(100), 0, 100), context)).context, context);
}

TEST_F(ResultsFile, XarrayOpensItWithBothEngines) {
  const std::string script = std::string(COSTRISK_SOURCE_DIR) + "/tests/unit/xarray_open.py";
  const fs::path kept = write("kept.h5", tally_of(layout(70'000, Keep::paths), 0, 70'000, 512));
  const fs::path plain = write("plain.h5", tally_of(layout(500), 0, 500));
  TallyLayout bare = bare_layout();
  bare.keep_paths = true;
  const fs::path without_workloads = write("bare.h5", tally_of(bare, 0, 100), bare_context());
  std::string command = "/usr/bin/python3 " + script;
  for (const fs::path& file : {kept, plain, without_workloads}) command += " " + file.string();
  const int status = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127)
    GTEST_SKIP() << "python3 with xarray, h5netcdf and netCDF4 is not installed";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace costrisk::tests
