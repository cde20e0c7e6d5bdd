// Checks and times a rung of one's own: a shared object that climb.sh compiles of a copy of a rung's file.
#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/ladder/sources.hpp"
#include "kernels/ladder/tally.hpp"
#include "src/course/ladder_model.hpp"
#include "src/course/ladder_rungs.hpp"
#include "src/run/stopwatch.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::ladder {
namespace {

constexpr const char* usage =
    "usage: ladder_climb MINE.so [--beside N] [--paths N] [--repetitions N] [--predict X]\n"
    "MINE.so has costrisk::ladder::simulate_yours, which is timed beside rung N [4] and must give its costs to the "
    "bit;\n"
    "X is how many times its rate you expect. Exit code 1 where the costs differ.\n";

/// costrisk::ladder::simulate_yours(Model const&, unsigned long, int, Costs), as compilers for Linux write it.
constexpr const char* symbol = "_ZN8costrisk6ladder14simulate_yoursERKNS0_5ModelEmiNS0_5CostsE";

struct Options {
  std::string object;
  int beside = 4, paths = 4096, repetitions = 7;
  double prediction = 0.0;
};

Options read(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&] {
      char* end = nullptr;
      const double number = i + 1 < count ? std::strtod(words[++i], &end) : 0.0;
      if (!end || *end != '\0' || number <= 0.0) throw std::invalid_argument(word + " needs a number above 0");
      return number;
    };
    if (word == "--beside")
      options.beside = static_cast<int>(value());
    else if (word == "--paths")
      options.paths = static_cast<int>(value());
    else if (word == "--repetitions")
      options.repetitions = static_cast<int>(value());
    else if (word == "--predict")
      options.prediction = value();
    else if (options.object.empty() && !word.starts_with("--"))
      options.object = word;
    else
      throw std::invalid_argument("what is " + word + "?");
  }
  if (options.object.empty()) throw std::invalid_argument("no file is given");
  if (options.beside < 1 || options.beside > 6) throw std::invalid_argument("--beside takes one of the rungs 1 to 6");
  return options;
}

Simulate load(const std::string& object) {
  void* library = dlopen(object.c_str(), RTLD_NOW);
  if (!library) throw std::runtime_error(dlerror());
  void* function = dlsym(library, symbol);
  if (!function) throw std::runtime_error(object + " has no simulate_yours: make it with climb.sh");
  Simulate simulate = nullptr;
  static_assert(sizeof simulate == sizeof function);
  std::memcpy(&simulate, &function, sizeof simulate);
  return simulate;
}

struct Measured {
  double best_seconds = 1e300;
  std::uint64_t checksum = 0;
};

/// One repetition more: the costs of all paths, and the time that they took.
void repeat(Simulate simulate, const Model& model, int paths, Measured& measured) {
  std::vector<std::int64_t> micros(static_cast<std::size_t>(plan_count) * static_cast<std::size_t>(paths));
  const auto start = run::SteadyClock::now();
  simulate(model, 0, paths, {micros.data(), paths});
  measured.best_seconds = std::min(measured.best_seconds, run::seconds_since(start));
  Tally tally;
  for (int plan = 0; plan < plan_count; ++plan)
    for (int path = 0; path < paths; ++path)
      add_to(tally, static_cast<std::uint64_t>(path), plan,
             micros[static_cast<std::size_t>(plan) * static_cast<std::size_t>(paths) + static_cast<std::size_t>(path)]);
  measured.checksum = tally.checksum;
}

int climb(const Options& options) {
  const Model model =
      course::ladder_model(scenario::lower(scenario::load_text(scenario_text(), "ladder.toml").scenario));
  const course::LadderProcessorRung rung = course::ladder_processor_rung(options.beside);
  if (!rung.simulate) throw std::runtime_error(rung.problem);
  const Simulate yours = load(options.object);
  // By turns, so that whatever else the machine does disturbs both alike.
  Measured theirs, mine;
  for (int repetition = 0; repetition < options.repetitions; ++repetition) {
    repeat(rung.simulate, model, options.paths, theirs);
    repeat(yours, model, options.paths, mine);
  }
  const bool same = mine.checksum == theirs.checksum;
  const double ratio = theirs.best_seconds / mine.best_seconds;
  const auto row = [&](const std::string& name, const Measured& measured, const std::string& check) {
    fmt::print("{:8}{:10.2f} ms{:12.3g} steps/s   {:016x}  {}\n", name, 1e3 * measured.best_seconds,
               static_cast<double>(options.paths) * model.steps / measured.best_seconds, measured.checksum, check);
  };
  row(fmt::format("rung {}", options.beside), theirs, "");
  row("yours", mine, same ? "the same costs, bit for bit" : "DIFFERS: it computes something else");
  fmt::print("yours is {:.2f} times as fast", ratio);
  if (options.prediction > 0.0) fmt::print("; you predicted {:.2f}", options.prediction);
  fmt::print("\n");
  return same ? 0 : 1;
}

}  // namespace
}  // namespace costrisk::ladder

int main(int count, char** words) {
  try {
    return costrisk::ladder::climb(costrisk::ladder::read(count, words));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n{}", error.what(), costrisk::ladder::usage);
    return 2;
  }
}
