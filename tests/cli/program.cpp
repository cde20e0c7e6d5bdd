// Child processes, their streams in files.
#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace costrisk::tests {

namespace {

std::vector<std::string> with_program(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {COSTRISK_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

/// In the child: becomes the program, or ends with 127.
[[noreturn]] void become(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                         const Environment& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execvp(pointers[0], pointers.data());
  _exit(127);
}

int wait_code(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "costrisk-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return *this / name;
}

Child::Child(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
             const Environment& environment) {
  const std::string out = output_ / "out", err = output_ / "err";
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("fork failed");
  if (process_ > 0) return;
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(out.c_str(), flags, 0600), STDOUT_FILENO);
  dup2(open(err.c_str(), flags, 0600), STDERR_FILENO);
  become(arguments, folder, environment);
}

Child::~Child() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  wait_code(process_);
}

void Child::signal(int number) const { kill(process_, number); }

bool Child::wait_for_stderr(const std::string& text) const {
  for (int tries = 0; tries < 6000; ++tries) {
    if (read_text(output_ / "err").find(text) != std::string::npos) return true;
    sleep_ms(10);
  }
  return false;
}

void Child::sleep_ms(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

Ended Child::wait() {
  Ended ended;
  ended.code = wait_code(std::exchange(process_, -1));
  ended.out = read_text(output_ / "out");
  ended.err = read_text(output_ / "err");
  return ended;
}

Ended costrisk(const std::vector<std::string>& arguments, const ScratchFolder& folder, const Environment& environment) {
  return Child(with_program(arguments), folder.path(), environment).wait();
}

Ended costrisk_on_terminal(const std::vector<std::string>& arguments, const ScratchFolder& folder,
                           const Environment& environment) {
  int terminal = -1;
  winsize size{24, 80, 0, 0};
  const pid_t process = forkpty(&terminal, nullptr, nullptr, &size);
  if (process < 0) throw std::runtime_error("forkpty failed");
  if (process == 0) {
    setenv("TERM", "xterm", 1);
    become(with_program(arguments), folder.path(), environment);
  }
  Ended ended;
  char buffer[4096];
  // A terminal whose other end is closed reads as an error.
  for (ssize_t size_read; (size_read = read(terminal, buffer, sizeof buffer)) > 0;)
    ended.out.append(buffer, static_cast<std::size_t>(size_read));
  close(terminal);
  ended.code = wait_code(process);
  return ended;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string small_scenario() {
  return R"(name = "Small"
horizon = "2w"
step = "1h"
budget = 600
[simulation]
paths = 500
[[market]]
name = "zone"
[market.on_demand]
price = 10.0
[market.spot]
price = { mean = 4.0, volatility = 0.2, half_life = "2d", cap = 10.0 }
capacity = { up = { mean = "8h", cv = 1.5 }, down = { mean = "4h", cv = 1.5 } }
[[job]]
name = "train"
work = { median = 48, spread = 0.2 }
throughput = { zone = 1.0 }
checkpoint = { interval = "1h", write = "2m" }
restart = "10m"
deadline = "4d"
[[plan]]
name = "steady"
[plan.job.train]
markets = ["zone"]
[[plan]]
name = "gamble"
[plan.job.train]
markets = ["zone"]
policy = "spot"
)";
}

}  // namespace costrisk::tests
