// However a run is cut, stopped and put together, its file is that of the single run.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "costrisk/simulate.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A scenario of so many plans that few paths are too many for exact quantiles.
std::string many_plans() {
  std::string text =
      "name = \"Many\"\nhorizon = \"6h\"\nstep = \"1h\"\nbudget = 30\n[[market]]\nname = \"m\"\n"
      "on_demand = 5\nspot = { price = { mean = 2, volatility = 0.3, half_life = \"3h\" }, reclaim_every = \"9h\" }\n"
      "[[job]]\nname = \"j\"\nwork = { median = 3, spread = 0.4 }\nthroughput = { m = 1.0 }\n"
      "checkpoint = { interval = \"1h\", write = \"1m\" }\nrestart = \"5m\"\n";
  for (int i = 0; i < 64; ++i)
    text += "[[plan]]\nname = \"p" + std::to_string(i) + "\"\n[plan.job.j]\nmarkets = [\"m\"]\n" +
            (i % 2 == 0 ? "policy = \"spot\"\n" : "");
  return text;
}

/// A run by the words of its command, without its output.
struct RunToCut {
  std::string name;
  Words words;
  int checkpoint_ms;  ///< many times what a checkpoint takes
};

class LongRuns : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("small.toml", small_scenario());
    folder.write("many.toml", many_plans());
    for (const BackendInfo& backend : backends())
      if (backend.available && backend.name != "cuda") names.push_back(backend.name);
  }

  Ended run(const Words& arguments, const Environment& environment = {}) const {
    return costrisk(arguments, folder, environment);
  }
  std::string bytes(const std::string& name) const { return read_text(folder / name); }
  bool there(const std::string& name) const { return fs::exists(folder.path() / name); }

  void expect_done(const Words& arguments) const {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
  }

  /// Runs all shards of a run of small.toml beside `output`.
  Words shards(const std::string& output, int count, const Words& more = {}) const {
    Words files;
    for (int i = 1; i <= count; ++i) {
      const std::string shard = std::to_string(i) + "/" + std::to_string(count);
      expect_done(Words{"run", "small.toml", "--quiet", "--shard", shard, "-o", output} + more);
      files.push_back(fs::path(output).stem().string() + ".shard-" + std::to_string(i) + "-of-" +
                      std::to_string(count) + ".h5");
    }
    return files;
  }

  std::uint64_t draw(std::uint64_t below) { return random() % below; }

  /// Simulates a part with a backend and threads by chance, kills it up to twice on the way, and goes on.
  void simulate_with_kills(const Words& command, int checkpoint_ms) {
    const std::string every = std::to_string(checkpoint_ms / 1000.0) + "s";
    for (int kills = static_cast<int>(draw(3)); kills > 0; --kills) {
      Child child(Words{COSTRISK_PROGRAM} + command + Words{"--checkpoint", every, "--resume"} + machine(),
                  folder.path());
      Child::sleep_ms(static_cast<int>(draw(static_cast<std::uint64_t>(5 * checkpoint_ms))));
      child.signal(SIGKILL);
      child.wait();
    }
    expect_done(command + Words{"--checkpoint", draw(2) == 0 ? every : "1h", "--resume"} + machine());
  }

  Words machine() { return {"--backend", names[draw(names.size())], "--threads", std::to_string(1 + draw(3))}; }

  /// Cuts a run by chance, puts it together, and compares with the file of the single run.
  void cut(const RunToCut& whole, int number) {
    const std::string name = "cut-" + std::to_string(number), merged = name + ".h5";
    const int count = 1 + static_cast<int>(draw(7));
    Words files;
    for (int i = 1; i <= count; ++i) {
      const std::string shard = std::to_string(i) + "/" + std::to_string(count);
      simulate_with_kills(whole.words + Words{"--quiet", "-o", merged, "--shard", shard}, whole.checkpoint_ms);
      files.push_back(name + ".shard-" + std::to_string(i) + "-of-" + std::to_string(count) + ".h5");
    }
    std::shuffle(files.begin(), files.end(), random);
    expect_done(Words{"merge", merged} + files + Words{"--quiet"});
    EXPECT_TRUE(bytes(merged) == bytes(whole.name + ".h5"))
        << whole.name << " in " << count << ", seed of this test " << number;
    for (const std::string& file : files) fs::remove(folder.path() / file);
    fs::remove(folder.path() / merged);
  }

  void cut_all(int cuts) {
    const std::string configs = std::string(COSTRISK_SOURCE_DIR) + "/configs/";
    const std::vector<RunToCut> runs = {{"kept", {"run", "small.toml", "--paths", "12345", "--keep-paths"}, 30},
                                        {"exact", {"run", configs + "quickstart.toml", "--paths", "9000"}, 100},
                                        {"services", {"run", configs + "company-year.toml", "--paths", "301"}, 100},
                                        {"binned", {"run", "many.toml", "--paths", "524289"}, 1500}};
    for (const RunToCut& whole : runs) expect_done(whole.words + Words{"--quiet", "-o", whole.name + ".h5"});
    for (int i = 0; i < cuts; ++i) cut(runs[static_cast<std::size_t>(i) % runs.size()], i);
  }

  ScratchFolder folder;
  std::vector<std::string> names;
  std::mt19937_64 random{20261};
};

TEST_F(LongRuns, CutByChanceAreTheSingleRun) { cut_all(4); }

class LongLongRuns : public LongRuns {};

TEST_F(LongLongRuns, CutByChanceAHundredTimesAreTheSingleRun) { cut_all(100); }

TEST_F(LongRuns, MergeRefusesWhatIsNotOfOneRunByName) {
  const Words paths = {"--paths", "1000"};
  const Words files = shards("a.h5", 3, paths);
  const auto other = [&](const std::string& name, const Words& more) {
    expect_done(Words{"run", "small.toml", "--quiet", "--shard", "2/3", "-o", name + ".h5"} + more);
    return name + ".shard-2-of-3.h5";
  };
  const std::vector<std::pair<Words, std::string>> cases = {
      {{files[0], other("seed", paths + Words{"--seed", "7"}), files[2]}, "is of another seed"},
      {{files[0], other("scenario", paths + Words{"--set", "market.zone.on_demand.price=11"}), files[2]},
       "is of another scenario"},
      {{files[0], other("kept", paths + Words{"--keep-paths"}), files[2]}, "is of another choice of --keep-paths"},
      {{files[0], other("quantiles", paths + Words{"--set", "simulation.probabilities=[0.5,0.9]"}), files[2]},
       "is of another list of probabilities"},
      {{files[0], other("bins", paths + Words{"--set", "simulation.bins=1d"}), files[2]},
       "is of another grid of time bins"},
      {{files[0], files[2]}, "333 are in no file: futures 333 to 665"},
      {{files[0], files[1]}, "334 are in no file: futures 666 to 999"},
      {{files[1], files[2]}, "333 are in no file: futures 0 to 332"},
      {{files[0], files[1], files[1], files[2]}, "futures 333 to 665 are in 'a.shard-2-of-3.h5' and in"},
      {{files[0], other("longer", {"--paths", "1100"}), files[2]}, "futures 666 to 732 are in"},
      {{files[0], "small.toml", files[2]}, "small.toml"},
      {{files[0], "nowhere.h5", files[2]}, "nowhere.h5"},
  };
  for (const auto& [parts, reason] : cases) {
    const Ended ended = run(Words{"merge", "x.h5"} + parts);
    EXPECT_EQ(ended.code, 2) << reason;
    EXPECT_TRUE(contains(ended.err, reason)) << reason << "\n" << ended.err;
    EXPECT_FALSE(there("x.h5")) << reason;
  }
  // A file that is named in place of the output is not lost.
  const std::string before = bytes(files[0]);
  const Ended ended = run(Words{"merge"} + files + Words{"--partial"});
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_TRUE(contains(ended.err, "is it one of them?")) << ended.err;
  EXPECT_EQ(bytes(files[0]), before);
}

TEST_F(LongRuns, MergeOfAPartSaysWhatIsMissingAndGoesOn) {
  const Words files = shards("a.h5", 4, {"--paths", "16384"});
  const Ended partial = run({"merge", "some.h5", files[0], files[2], "--partial", "--need-error", "mean=0.01%"});
  EXPECT_EQ(partial.code, 3) << partial.err;
  EXPECT_TRUE(contains(partial.err, "8,192 of 16,384 futures")) << partial.err;
  EXPECT_TRUE(contains(partial.err, "of which")) << partial.err;
  expect_done({"merge", "all.h5", files[1], "some.h5", files[3], "--quiet"});
  expect_done({"run", "small.toml", "--paths", "16384", "--quiet", "-o", "single.h5"});
  EXPECT_TRUE(bytes("all.h5") == bytes("single.h5"));
  EXPECT_EQ(run({"merge", "again.h5", "all.h5", "--need-error", "90%"}).code, 0);
  EXPECT_TRUE(bytes("again.h5") == bytes("single.h5"));
}

TEST_F(LongRuns, FuturesBeyondAFileAreCutAndMerged) {
  expect_done({"run", "small.toml", "--paths", "5000", "--quiet", "-o", "first.h5"});
  const Words files = shards("more.h5", 3, {"--paths", "17000", "--beyond", "first.h5"});
  expect_done(Words{"merge", "all.h5", "first.h5"} + files + Words{"--quiet"});
  expect_done({"run", "small.toml", "--paths", "17000", "--quiet", "-o", "single.h5"});
  EXPECT_TRUE(bytes("all.h5") == bytes("single.h5"));
  for (const auto& [words, reason] : {std::pair(Words{"--paths", "5000"}, "holds 5000 futures already"),
                                      {Words{"--paths", "9000", "--seed", "3"}, "is of another seed"}}) {
    const Ended ended = run(Words{"run", "small.toml", "--beyond", "first.h5", "-o", "x.h5"} + words);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
  }
}

TEST_F(LongRuns, ARequeuedTaskGoesOnAndNeverBack) {
  const Words command = {"run", "small.toml", "--paths", "400000", "--shard", "2/3", "-o", "a.h5", "--quiet"};
  const Words slowly = {"--backend", "scalar", "--threads", "1"};
  const std::string file = "a.shard-2-of-3.h5";
  const Ended first = run(command + slowly + Words{"--max-time", "0.5s"});
  ASSERT_EQ(first.code, 6) << first.err;
  const auto paths = [&] {
    const std::string json = run({"show", file, "--json"}).out, key = "\"paths\": ";
    return std::stoull(json.substr(json.find(key) + key.size()));
  };
  const std::uint64_t before = paths();
  ASSERT_GT(before, 0u);
  // From the beginning, in less time: what is there is larger and stays.
  const std::string larger = bytes(file);
  EXPECT_EQ(run(command + slowly + Words{"--max-time", "0.01s"}).code, 6);
  EXPECT_TRUE(bytes(file) == larger);
  EXPECT_EQ(run(command + slowly + Words{"--max-time", "0.5s", "--resume"}).code, 6);
  EXPECT_GT(paths(), before);
  expect_done(command + Words{"--resume"});
  EXPECT_EQ(paths(), 133333u);
  EXPECT_FALSE(there("a.shard-2-of-3.partial.h5"));
  // Done is done: nothing is computed or written again.
  const auto written = fs::last_write_time(folder.path() / file);
  expect_done(command + Words{"--resume"});
  EXPECT_EQ(fs::last_write_time(folder.path() / file), written);
}

TEST_F(LongRuns, ARunUntilAnErrorGoesOnToo) {
  const Words command = {"run", "small.toml", "--until-error", "mean=0.5%", "-o", "a.h5", "--quiet"};
  expect_done({"run", "small.toml", "--until-error", "mean=0.5%", "-o", "single.h5", "--quiet"});
  // Ever longer, so that it comes to its end on any machine.
  int code = 6;
  for (int milliseconds = 1; code == 6 && milliseconds < 1 << 20; milliseconds *= 2)
    code = run(command + Words{"--resume", "--checkpoint", "50ms", "--max-time", std::to_string(milliseconds) + "ms"})
               .code;
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(bytes("a.h5") == bytes("single.h5"));
}

TEST_F(LongRuns, ARunOfMoreFuturesGoesOnFromFewer) {
  expect_done({"run", "small.toml", "--paths", "5000", "--quiet", "-o", "a.h5"});
  expect_done({"run", "small.toml", "--paths", "9000", "--quiet", "-o", "a.h5", "--resume"});
  expect_done({"run", "small.toml", "--paths", "9000", "--quiet", "-o", "single.h5"});
  EXPECT_TRUE(bytes("a.h5") == bytes("single.h5"));
  const Ended other = run({"run", "small.toml", "--paths", "9000", "--seed", "8", "-o", "a.h5", "--resume"});
  EXPECT_EQ(other.code, 0);
  EXPECT_TRUE(contains(other.err, "is of another seed: 42, and not 8")) << other.err;
}

TEST_F(LongRuns, TheShardIsThatOfTheBatchSystem) {
  const std::vector<Environment> systems = {
      {{"SLURM_ARRAY_TASK_ID", "14"},
       {"SLURM_ARRAY_TASK_MIN", "10"},
       {"SLURM_ARRAY_TASK_MAX", "16"},
       {"SLURM_ARRAY_TASK_STEP", "2"},
       {"SLURM_ARRAY_TASK_COUNT", "4"}},
      {{"AWS_BATCH_JOB_ARRAY_INDEX", "2"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "4"}},
      {{"BATCH_TASK_INDEX", "2"}, {"BATCH_TASK_COUNT", "4"}},
      {{"CLOUD_RUN_TASK_INDEX", "2"}, {"CLOUD_RUN_TASK_COUNT", "4"}},
      {{"JOB_COMPLETION_INDEX", "2"}, {"COSTRISK_SHARDS", "4"}},
      {{"PBS_ARRAY_INDEX", "3"}, {"COSTRISK_SHARDS", "4"}},
      {{"PBS_ARRAYID", "3"}, {"COSTRISK_SHARDS", "4"}},
      {{"LSB_JOBINDEX", "3"}, {"LSB_JOBINDEX_END", "4"}},
      {{"SGE_TASK_ID", "3"}, {"SGE_TASK_FIRST", "1"}, {"SGE_TASK_LAST", "4"}, {"SGE_TASK_STEPSIZE", "1"}},
      {{"OMPI_COMM_WORLD_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "4"}},
      {{"PMI_RANK", "2"}, {"PMI_SIZE", "4"}},
      {{"SLURM_STEP_ID", "0"}, {"SLURM_PROCID", "2"}, {"SLURM_STEP_NUM_TASKS", "4"}}};
  for (const Environment& system : systems) {
    fs::remove(folder.path() / "a.shard-3-of-4.h5");
    const Ended ended = run({"run", "small.toml", "--paths", "40", "--shard", "auto", "-o", "a.h5"}, system);
    EXPECT_EQ(ended.code, 0) << system.front().first << ended.err;
    EXPECT_TRUE(there("a.shard-3-of-4.h5")) << system.front().first;
  }
  const std::vector<std::pair<Environment, std::string>> unclear = {
      {{}, "no batch system says"},
      {{{"JOB_COMPLETION_INDEX", "2"}}, "set COSTRISK_SHARDS"},
      {{{"JOB_COMPLETION_INDEX", "4"}, {"COSTRISK_SHARDS", "4"}}, "are not numbered one after the other"},
      {{{"PBS_ARRAY_INDEX", "0"}, {"COSTRISK_SHARDS", "4"}}, "are not numbered one after the other"},
      {{{"SLURM_ARRAY_TASK_ID", "7"},
        {"SLURM_ARRAY_TASK_MIN", "1"},
        {"SLURM_ARRAY_TASK_MAX", "7"},
        {"SLURM_ARRAY_TASK_COUNT", "3"}},
       "are not numbered one after the other"},
      {{{"AWS_BATCH_JOB_ARRAY_INDEX", "x"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "4"}}, "is 'x', which is no number"},
      {{{"AWS_BATCH_JOB_ARRAY_INDEX", "2"},
        {"AWS_BATCH_JOB_ARRAY_SIZE", "4"},
        {"OMPI_COMM_WORLD_RANK", "1"},
        {"OMPI_COMM_WORLD_SIZE", "2"}},
       "name the shard"}};
  for (const auto& [environment, reason] : unclear) {
    const Ended ended = run({"run", "small.toml", "--paths", "40", "--shard", "auto", "-o", "b.h5"}, environment);
    EXPECT_EQ(ended.code, 2) << reason;
    EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
  }
}

TEST_F(LongRuns, WrongUsageIsRefusedBeforeAnyWork) {
  for (const auto& [words, reason] : {std::pair(Words{"--shard", "0/3"}, "is no shard"),
                                      {Words{"--shard", "4/3"}, "is no shard"},
                                      {Words{"--shard", "1"}, "is no shard"},
                                      {Words{"--shard", "7/8", "--paths", "4"}, "of 4 futures has none"},
                                      {Words{"--shard", "1/2", "--until-error", "1%"}, "cannot go on until an error"},
                                      {Words{"--beyond", "a.h5", "--until-error", "1%"}, "cannot go on until an error"},
                                      {Words{"--shard", "1/2", "--require", "mean<3"}, "give it to costrisk merge"},
                                      {Words{"--checkpoint", "soon"}, "--checkpoint soon is no duration"},
                                      {Words{"--max-time", "0h"}, "--max-time is 0h"}}) {
    const Ended ended = run(Words{"run", "small.toml", "-o", "x.h5"} + words);
    EXPECT_EQ(ended.code, 2) << reason << ended.err;
    EXPECT_TRUE(contains(ended.err, reason)) << ended.err;
  }
}

}  // namespace
}  // namespace costrisk::tests
