// Whatever stands in a result file under a checksum that fits: it is refused with reasons, or it is read, and then
// everything that is shown of it can be. Nothing crashes or hangs, and no forgery that shows is taken. Short by
// default; LongForgedFiles takes COSTRISK_FORGED files (10,000), to be run in a build with sanitizers.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "src/present/page/page.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/present/text/tables.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/quantities/summary.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/merge.hpp"
#include "src/results/store/results_file.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"
#include "tests/fuzz/forgeries.hpp"

namespace costrisk::fuzz {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class ForgedFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "costrisk-forged-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    const fs::path root = COSTRISK_SOURCE_DIR;
    // Costs path by path, with all that is kept, and as histograms, as part of a run too large to be exact.
    write("plain", root / "configs/quickstart.toml", 64, {});
    run::Options kept;
    kept.keep_paths = true;
    write("kept", root / "configs/llm-chat.toml", 48, kept);
    run::Options shard;
    shard.whole_run = results::PathRange{0, std::uint64_t{1} << 27};
    write("histograms", root / "tests/unit/good_inputs/everything.toml", 48, shard);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const fs::path& scenario_file, std::uint64_t paths, run::Options options) {
    scenario::Scenario scenario = scenario::load(scenario_file).scenario;
    options.paths = paths;
    options.backend = "scalar";
    options.threads = 1;
    run::Outcome outcome = run::simulate(scenario, options);
    sound_.push_back(folder_ / (name + ".h5"));
    results::write_results(sound_.back(), run::evaluate(scenario, outcome, {}), outcome.tally);
  }

  /// Reads a file as `show`, `show --json`, `report` and `merge` do; false where it is refused.
  static bool is_taken(const fs::path& file) {
    try {
      const results::Results results = results::read_results(file);
      const results::Tally tally = results::read_tally(file);
      const present::Verdict verdict = present::verdict(results);
      static_cast<void>(present::stored_scenario(results));
      present::results_json(results, file.string(), {verdict, present::cost_histogram(tally, present::shown_bins)});
      present::tables(results::summarize(results), {});
      present::html_report(results, tally);
      results::merge_files({file}, results::Gaps::allowed);
      return true;
    } catch (const results::FormatError&) {
      return false;
    } catch (const results::IoError&) {
      return false;  // more memory asked for than there is
    }
  }

  void forge_files(std::uint64_t count, std::uint64_t seed) {
    Mutations mutations(seed);
    std::map<std::string, std::uint64_t> counts;
    double slowest = 0.0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const fs::path file = folder_ / "forged.h5";
      fs::copy_file(sound_[mutations.below(sound_.size())], file, fs::copy_options::overwrite_existing);
      std::string what;
      bool unsound = false;
      for (const Forgery& forgery : forge(file, mutations)) {
        what += forgery.what + "; ";
        unsound = unsound || forgery.verdict == Verdict::is_unsound;
      }
      const auto begin = Clock::now();
      try {
        const bool taken = is_taken(file);
        ++counts[taken ? "taken" : "refused"];
        EXPECT_FALSE(taken && unsound) << "file " << i << " is taken: " << what;
      } catch (const std::exception& error) {
        ADD_FAILURE() << "file " << i << ": " << what << error.what();
      }
      slowest = std::max(slowest, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    fmt::print("{} forged files: {} refused, {} taken, the slowest in {:.3f} s\n", count, counts["refused"],
               counts["taken"], slowest);
    EXPECT_LT(slowest, 20.0);
    EXPECT_GT(counts["refused"], counts["taken"]);
  }

  fs::path folder_;
  std::vector<fs::path> sound_;
};

TEST_F(ForgedFiles, SoundOnesAreTaken) {
  for (const fs::path& file : sound_) EXPECT_TRUE(is_taken(file)) << file;
}

TEST_F(ForgedFiles, AreRefusedOrCanBeShown) { forge_files(600, 20260105); }

class LongForgedFiles : public ForgedFiles {};

TEST_F(LongForgedFiles, AreRefusedOrCanBeShown) {
  const char* given = std::getenv("COSTRISK_FORGED");
  forge_files(given != nullptr ? std::strtoull(given, nullptr, 10) : 10000, 7);
}

}  // namespace
}  // namespace costrisk::fuzz
