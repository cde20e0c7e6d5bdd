// A handler may touch only lock-free atomics, which for that must outlive any object.
#include "src/cli/signals.hpp"

#include <csignal>

#include "src/cli/exit_codes.hpp"

namespace costrisk::cli {

namespace {

std::atomic<bool> stop_wanted{false};
std::atomic<int> signal_seen{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int signal) {
  signal_seen.store(signal);
  stop_wanted.store(true);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals() {
  stop_wanted.store(false);
  signal_seen.store(0);
  handle(SIGINT, note_signal);
  handle(SIGTERM, note_signal);
}

StopSignals::~StopSignals() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& StopSignals::stop() const { return stop_wanted; }

int StopSignals::exit_code() const {
  switch (signal_seen.load()) {
    case SIGINT:
      return exit_interrupted;
    case SIGTERM:
      return exit_terminated;
    default:
      return 0;
  }
}

}  // namespace costrisk::cli
