// Which paths a worker simulates next, and which finished ones may be added up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "src/run/chunk.hpp"
#include "src/run/run.hpp"

namespace costrisk::run {

/// Paths that are simulated together, with the buffers that they are simulated into.
struct Chunk {
  std::uint64_t first = 0;  ///< a multiple of the lanes, but for that of a run which does not begin at one
  int count = 0;
  std::unique_ptr<ChunkBuffers> buffers;
};

/// Hands out chunks in path order, as large as take a quarter of a second, and takes the finished ones back. A chunk
/// may be added up when all before it are finished, so what has been added up is at any time the first paths of the
/// run, and whatever is still under way can be left unfinished when the run is stopped. No result depends on the sizes.
class ChunkQueue {
 public:
  /// @param most_paths largest chunk, a multiple of `lanes`
  /// @param fixed whether every chunk is that large
  /// @param make_buffers for chunks of most_paths
  ChunkQueue(const Options& options, std::uint64_t paths, int most_paths, bool fixed, int lanes, int workers,
             std::function<std::unique_ptr<ChunkBuffers>()> make_buffers);
  ~ChunkQueue();
  ChunkQueue(const ChunkQueue&) = delete;
  ChunkQueue& operator=(const ChunkQueue&) = delete;

  /// The next chunk; false when there is none, or the run was stopped or has failed.
  bool take(Chunk& chunk);

  /// Takes a chunk back that has been simulated.
  /// @returns what may be added up now, in path order; hand the buffers back with `recycle`
  std::vector<Chunk> finish(Chunk chunk, double seconds);
  void recycle(std::unique_ptr<ChunkBuffers> buffers);

  /// Adds to what progress counts.
  void report(int count);

  /// No worker takes another chunk.
  void fail();

  /// Set when chunks under way are to be left unfinished: some time after a stop, in which short ones end by
  /// themselves.
  const std::atomic<bool>& abandon() const { return abandon_; }

  std::uint64_t done() const { return done_; }

 private:
  bool stopped() const { return options_.stopped(); }
  /// Whether no chunk is handed out any more. One at least is before a pause, so that every part of a run gets on.
  bool closed() const { return failed_ || stopped() || (begun_ && options_.paused()); }
  int next_count() const;
  void watch_for_stop();

  const Options& options_;
  std::uint64_t end_;
  int most_paths_, lanes_;
  bool fixed_;
  std::size_t most_waiting_;
  std::function<std::unique_ptr<ChunkBuffers>()> make_buffers_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  double seconds_per_path_ = 0.0;  ///< of the latest chunk; 0: none has been finished
  bool failed_ = false, ended_ = false, begun_ = false;
  std::set<std::uint64_t> under_way_;  ///< by first path
  std::map<std::uint64_t, Chunk> waiting_;
  std::vector<std::unique_ptr<ChunkBuffers>> spare_;
  std::uint64_t done_ = 0;
  std::atomic<bool> abandon_{false};
  std::thread watcher_;
};

}  // namespace costrisk::run
