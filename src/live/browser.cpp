// What the page's script calls. Each call returns JSON, or an error as {"error": …}.
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/live/engine.hpp"

namespace {

using costrisk::live::Engine;

std::string answer;
std::vector<std::byte> image;
std::unique_ptr<Engine> engine;

std::vector<std::string> lines_of(const char* text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

/// @throws std::logic_error before live_open
Engine& opened() {
  if (!engine) throw std::logic_error("no scenario is open");
  return *engine;
}

template <class Call>
const char* answer_of(const Call& call) {
  try {
    answer = call();
  } catch (const std::exception& problem) {
    answer = nlohmann::json{{"error", problem.what()}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return answer.c_str();
}

constexpr char folder[] = "/0/1/2/3/4/5/6/7/scenario";  // as the worker has it

}  // namespace

#define COSTRISK_CALLED extern "C" __attribute__((used, visibility("default")))

COSTRISK_CALLED const char* live_describe(const char* toml, const char* settings) {
  return answer_of([&] { return costrisk::live::description(toml, lines_of(settings), folder); });
}

COSTRISK_CALLED const char* live_open(const char* toml, const char* settings, double paths) {
  return answer_of([&] {
    engine.reset();
    engine = std::make_unique<Engine>(toml, lines_of(settings), folder, static_cast<std::uint64_t>(paths));
    return std::string("{}");
  });
}

COSTRISK_CALLED const char* live_simulate(double first, int count) {
  return answer_of([&] {
    opened().simulate(static_cast<std::uint64_t>(first), count);
    return std::string("{}");
  });
}

/// Makes the image of what was simulated since the last one, which live_image then points to. Returns its size in
/// bytes.
COSTRISK_CALLED int live_take_image() {
  image = engine->take();
  return static_cast<int>(image.size());
}
COSTRISK_CALLED const std::byte* live_image() { return image.data(); }

COSTRISK_CALLED const char* live_add(const std::byte* bytes, int size) {
  return answer_of([&] {
    opened().add({bytes, static_cast<std::size_t>(size)});
    return std::string("{}");
  });
}

COSTRISK_CALLED const char* live_results() {
  return answer_of([] { return opened().results_json(); });
}
