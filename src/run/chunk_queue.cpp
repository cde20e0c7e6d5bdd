// One lock, taken twice a chunk.
#include "src/run/chunk_queue.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "src/run/stopwatch.hpp"

namespace costrisk::run {

namespace {

/// Long enough that handing out costs nothing, short enough to stop soon.
constexpr double chunk_seconds = 0.25;
constexpr std::chrono::milliseconds patience{1000}, look_every{50};

}  // namespace

ChunkQueue::ChunkQueue(const Options& options, std::uint64_t paths, int most_paths, bool fixed, int lanes, int workers,
                       std::function<std::unique_ptr<ChunkBuffers>()> make_buffers)
    : options_(options),
      end_(options.first_path + paths),
      most_paths_(most_paths),
      lanes_(lanes),
      fixed_(fixed),
      most_waiting_(2 * static_cast<std::size_t>(workers)),
      make_buffers_(std::move(make_buffers)) {
  const auto grid = static_cast<std::uint64_t>(fixed ? most_paths : lanes);
  next_ = options.first_path / grid * grid;
  if (options.stop || options.deadline) watcher_ = std::thread([this] { watch_for_stop(); });
}

ChunkQueue::~ChunkQueue() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

int ChunkQueue::next_count() const {
  if (fixed_) return most_paths_;
  if (seconds_per_path_ == 0.0) return lanes_;
  const double groups = chunk_seconds / (seconds_per_path_ * lanes_);
  return groups >= static_cast<double>(most_paths_ / lanes_) ? most_paths_
                                                             : std::max(static_cast<int>(groups), 1) * lanes_;
}

bool ChunkQueue::take(Chunk& chunk) {
  std::unique_lock lock(mutex_);
  // Where one is far behind, the others wait for it.
  changed_.wait(lock, [&] { return waiting_.size() < most_waiting_ || closed(); });
  if (closed() || next_ >= end_) return false;
  begun_ = true;
  const std::uint64_t base = next_;
  next_ += static_cast<std::uint64_t>(next_count());
  chunk.first = std::max(base, options_.first_path);
  chunk.count = static_cast<int>(std::min(next_, end_) - chunk.first);
  under_way_.insert(chunk.first);
  if (!spare_.empty()) {
    chunk.buffers = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  if (!chunk.buffers) chunk.buffers = make_buffers_();
  return true;
}

std::vector<Chunk> ChunkQueue::finish(Chunk chunk, double seconds) {
  std::vector<Chunk> ready;
  {
    const std::lock_guard lock(mutex_);
    seconds_per_path_ = seconds / chunk.count;
    under_way_.erase(chunk.first);
    waiting_.emplace(chunk.first, std::move(chunk));
    while (!waiting_.empty() && (under_way_.empty() || waiting_.begin()->first < *under_way_.begin())) {
      ready.push_back(std::move(waiting_.begin()->second));
      waiting_.erase(waiting_.begin());
    }
  }
  changed_.notify_all();
  return ready;
}

void ChunkQueue::recycle(std::unique_ptr<ChunkBuffers> buffers) {
  const std::lock_guard lock(mutex_);
  spare_.push_back(std::move(buffers));
}

void ChunkQueue::report(int count) {
  const std::lock_guard lock(mutex_);
  done_ += static_cast<std::uint64_t>(count);
  if (options_.progress) options_.progress(done_, end_ - options_.first_path);
}

void ChunkQueue::fail() {
  {
    const std::lock_guard lock(mutex_);
    failed_ = true;
  }
  abandon_ = true;
  changed_.notify_all();
}

void ChunkQueue::watch_for_stop() {
  std::unique_lock lock(mutex_);
  auto reported = SteadyClock::now();
  while (!ended_ && !stopped()) {
    changed_.wait_for(lock, look_every);
    if (!options_.progress || seconds_since(reported) < 1.0) continue;
    reported = SteadyClock::now();
    options_.progress(done_, end_ - options_.first_path);
  }
  lock.unlock();
  changed_.notify_all();
  lock.lock();
  if (!changed_.wait_for(lock, patience, [this] { return ended_; })) abandon_ = true;
}

}  // namespace costrisk::run
