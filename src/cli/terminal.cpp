// Streams, colours and the progress line.
#include "src/cli/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

constexpr int usual_columns = 80;

constexpr std::string_view bold = "\033[1m", plain = "\033[0m";

/// What a stream gets: nothing that a terminal obeys but the bold titles of tables, where they are welcome.
std::string fit_for(std::FILE* stream, std::string_view text) {
  std::string result;
  while (styled(stream)) {
    const std::size_t at = std::min(text.find(bold), text.find(plain));
    if (at == std::string_view::npos) break;
    result += trace::shown(text.substr(0, at), trace::Breaks::kept);
    result += text.substr(at, bold.size());
    text.remove_prefix(at + bold.size());
  }
  return result + trace::shown(text, trace::Breaks::kept);
}

/// The result is ignored: what cannot be said on a full or closed stderr is no reason to end a run, and there is
/// nowhere else to say it.
void write_stderr(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void label(const char* word, const char* colour, const std::string& text) {
  const std::string line = trace::shown(text);
  write_stderr(styled(stderr) ? fmt::format("\033[{}m{}:\033[0m {}\n", colour, word, line)
                              : fmt::format("{}: {}\n", word, line));
}

/// The text with the words of severity in colour, where that is welcome.
std::string coloured(const std::string& given) {
  std::string text = trace::shown(given, trace::Breaks::kept);
  if (!styled(stderr)) return text;
  for (const auto& [word, colour] : {std::pair(" error: ", "31"), std::pair(" warning: ", "33")})
    for (auto place = text.find(word); place != std::string::npos; place = text.find(word, place + 1)) {
      const std::string replacement =
          fmt::format(" \033[{}m{}\033[0m ", colour, std::string(word + 1, std::strlen(word) - 2));
      text.replace(place, std::strlen(word), replacement);
    }
  return text;
}

[[noreturn]] void fail_to_write(int error) {
  const std::string problem = fmt::format("cannot write to standard output: {}", std::strerror(error));
  if (error == EPIPE) throw ClosedPipe(problem);
  throw FileError(problem);
}

}  // namespace

void hold_standard_streams() {
  // Opened the wrong way round, so that using them fails as it does while they are closed. Where there is no
  // /dev/null they stay closed.
  const std::pair<int, int> streams[] = {
      {STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_RDONLY}};
  for (const auto& [stream, mode] : streams)
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", mode) < 0) return;
}

bool shows_blocks(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  if (!isatty(fileno(stream)) || (term && std::string_view(term) == "dumb")) return false;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* locale = std::getenv(name);
    if (!locale || !*locale) continue;
    std::string text = locale;
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

int terminal_columns(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int text_width() {
  constexpr int widest = 100, narrowest = 40;
  const int columns = terminal_columns(stdout);
  return columns > 0 ? std::clamp(columns, narrowest, widest) : usual_columns;
}

bool styled(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::strcmp(term, "dumb") == 0) return false;
  return isatty(fileno(stream)) == 1;
}

void print(const std::string& given) {
  const std::string text = fit_for(stdout, given);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_to_write(errno);
}

void flush_output() {
  if (std::fflush(stdout) != 0) fail_to_write(errno);
}

void Notices::note(const std::string& text) const {
  if (!quiet_) write_stderr(fit_for(stderr, text) + "\n");
}

void Notices::warning(const std::string& text) const {
  if (!quiet_) label("warning", "33", text);
}

void Notices::diagnostics(const std::string& text) const {
  if (!quiet_) print_diagnostics(text);
}

void print_diagnostics(const std::string& text) { write_stderr(coloured(text) + "\n"); }

void print_error(const std::string& text, const std::string& hint) {
  label("error", "31", text);
  if (!hint.empty()) write_stderr(trace::shown(hint) + "\n");
}

ProgressBar::ProgressBar(bool enabled) : enabled_(enabled), on_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

std::string ProgressBar::line(std::uint64_t done, std::uint64_t total, double seconds, int width) {
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0;
  std::string text = fmt::format("{:3.0f} %", 100.0 * share);
  std::string speed;
  if (seconds > 0.0 && done > 0) {
    const double per_second = static_cast<double>(done) / seconds;
    speed = fmt::format("  {} futures/s  {} left", present::rate(per_second),
                        present::wait(static_cast<double>(total - done) / per_second));
  }
  const int room = width - static_cast<int>(text.size() + speed.size()) - 4;
  if (room >= 10) {
    const int length = std::min(room, 40);
    const int filled = static_cast<int>(share * length);
    text += fmt::format(" [{:#<{}}{:.<{}}]", "", filled, "", length - filled);
  }
  return (text + speed).substr(0, static_cast<std::size_t>(std::max(width - 1, 0)));
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) {
  if (!enabled_) return;
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (!on_terminal_) {
    if (now - last_ < std::chrono::minutes(1)) return;
    last_ = now;
    write_stderr(line(done, total, seconds, usual_columns) + "\n");
    return;
  }
  if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  shown_ = true;
  const int columns = terminal_columns(stderr);
  write_stderr("\r\033[K" + line(done, total, seconds, columns > 0 ? columns : usual_columns));
}

void ProgressBar::clear() {
  if (!shown_) return;
  write_stderr("\r\033[K");
  shown_ = false;
}

}  // namespace costrisk::cli
