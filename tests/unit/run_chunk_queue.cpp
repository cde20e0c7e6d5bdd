// Chunks are added up in path order, are as large as they are quick, and are left unfinished some time after a stop.
#include "src/run/chunk_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

namespace costrisk::run {
namespace {

constexpr int lanes = 16, most_paths = 64;

/// A queue of two workers; the buffers are of no interest here.
class ChunkQueueOf : public testing::Test {
 protected:
  Chunk taken() {
    Chunk chunk;
    EXPECT_TRUE(queue.take(chunk));
    return chunk;
  }

  std::atomic<bool> stop{false};
  Options options = [this] {
    Options with_stop;
    with_stop.first_path = 100;
    with_stop.stop = &stop;
    return with_stop;
  }();
  ChunkQueue queue{options, 1000, most_paths, false, lanes, 2, [] { return std::unique_ptr<ChunkBuffers>(); }};
};

TEST_F(ChunkQueueOf, AChunkWaitsUntilAllBeforeItAreFinished) {
  Chunk first = taken(), second = taken(), third = taken();
  EXPECT_EQ(first.first, 100u);
  EXPECT_EQ(first.count, 12);  // up to the next multiple of the lanes
  EXPECT_EQ(second.first, 112u);
  EXPECT_TRUE(queue.finish(std::move(third), 1e-3).empty());
  EXPECT_TRUE(queue.finish(std::move(second), 1e-3).empty());
  const std::vector<Chunk> ready = queue.finish(std::move(first), 1e-3);
  ASSERT_EQ(ready.size(), 3u);
  EXPECT_EQ(ready[0].first, 100u);
  EXPECT_EQ(ready[1].first, 112u);
  EXPECT_EQ(ready[2].first, 128u);
}

TEST_F(ChunkQueueOf, ChunksGrowAndShrinkWithTheirSpeedAndCoverEveryPathOnce) {
  EXPECT_EQ(queue.finish(taken(), 1e-6).size(), 1u);
  Chunk large = taken();
  EXPECT_EQ(large.count, most_paths);
  queue.finish(std::move(large), 100.0);
  Chunk small = taken();
  EXPECT_EQ(small.count, lanes);
  std::uint64_t next = small.first + lanes;
  queue.finish(std::move(small), 1e-6);
  for (Chunk chunk; queue.take(chunk);) {
    EXPECT_EQ(chunk.first, next);
    next += static_cast<std::uint64_t>(chunk.count);
    queue.finish(std::move(chunk), 1e-6);
  }
  EXPECT_EQ(next, 1100u);
}

TEST_F(ChunkQueueOf, AfterAStopNoChunkBeginsAndSoonThoseUnderWayAreLeft) {
  Chunk first = taken(), second = taken();
  stop = true;
  Chunk none;
  EXPECT_FALSE(queue.take(none));
  EXPECT_FALSE(queue.abandon());
  EXPECT_TRUE(queue.finish(std::move(second), 1e-3).empty());
  const auto start = std::chrono::steady_clock::now();
  while (!queue.abandon() && std::chrono::steady_clock::now() - start < std::chrono::seconds(20))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(queue.abandon());
}

TEST_F(ChunkQueueOf, AFailureEndsItForAll) {
  const Chunk first = taken();
  queue.fail();
  Chunk none;
  EXPECT_FALSE(queue.take(none));
  EXPECT_TRUE(queue.abandon());
}

}  // namespace
}  // namespace costrisk::run
