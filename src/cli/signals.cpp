// A handler may touch only lock-free atomics, as a token is, which for that must outlive any object.
#include "src/cli/signals.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "src/cli/exit_codes.hpp"

namespace costrisk::cli {

namespace {

CancellationToken stop_wanted;
std::atomic<int> signal_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int signal) {
  signal_seen.store(signal);
  stop_wanted.cancel();
}

/// @returns false, with errno, where the signal cannot be handled
bool handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  // SIGXCPU comes again every second that the program goes on.
  action.sa_flags = signal == SIGXCPU ? SA_RESTART : SA_RESTART | SA_RESETHAND;
  return sigemptyset(&action.sa_mask) == 0 && sigaction(signal, &action, nullptr) == 0;
}

/// Of the keyboard, of whoever ends a process or a session, of batch systems before the time is up (Slurm's --signal,
/// which names SIGUSR1 by custom), and of a limit on processor time.
constexpr int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU};

/// As SIGHUP is under nohup.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopSignals::StopSignals() {
  signal_seen.store(0);
  for (const int signal : stop_signals)
    if (!is_ignored(signal) && !handle(signal, note_signal))
      throw std::runtime_error(fmt::format("signals cannot be handled: {}", std::strerror(errno)));
}

StopSignals::~StopSignals() {
  // What was handled above can be handled again, and a destructor has nobody to tell.
  for (const int signal : stop_signals)
    if (!is_ignored(signal)) handle(signal, SIG_DFL);
}

const CancellationToken& StopSignals::stop() const { return stop_wanted; }

int StopSignals::exit_code() const {
  const int signal = signal_seen.load();
  return signal == 0 ? exit_done : exit_signal + signal;
}

}  // namespace costrisk::cli
