// A handler may touch only lock-free atomics, which for that must outlive any object.
#include "src/cli/signals.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

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

/// @returns false, with errno, where the signal cannot be handled
bool handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | SA_RESETHAND;
  return sigemptyset(&action.sa_mask) == 0 && sigaction(signal, &action, nullptr) == 0;
}

}  // namespace

StopSignals::StopSignals() {
  stop_wanted.store(false);
  signal_seen.store(0);
  if (!handle(SIGINT, note_signal) || !handle(SIGTERM, note_signal))
    throw std::runtime_error(fmt::format("signals cannot be handled: {}", std::strerror(errno)));
}

StopSignals::~StopSignals() {
  // What was handled above can be handled again, and a destructor has nobody to tell.
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
      return exit_done;
  }
}

}  // namespace costrisk::cli
