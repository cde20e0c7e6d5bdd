// Reads what nvcc made.
#include "tests/cuda/ptx/fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace costrisk::ptx {

namespace {

const std::string all_files = COSTRISK_PTX_FILES;  // separated by bars; empty: there was no nvcc

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (text.empty()) throw Error(file.string() + " cannot be read, or is empty");
  return text;
}

}  // namespace

bool made_by_nvcc() { return !all_files.empty(); }

std::string text_of(const std::string& source) {
  std::istringstream files(all_files);
  for (std::string file; std::getline(files, file, '|');)
    if (std::filesystem::path(file).stem() == source) return read(file);
  throw Error("no PTX was made of " + source + ".cu");
}

std::string contracted_float_hashes() { return read(COSTRISK_CONTRACTED_PTX); }

Interpreter& interpreter(const std::string& source) {
  static std::map<std::string, std::unique_ptr<Interpreter>> instances;
  std::unique_ptr<Interpreter>& instance = instances[source];
  if (!instance) {
    auto loaded = std::make_unique<Interpreter>();
    loaded->add(text_of(source));
    instance = std::move(loaded);
  }
  return *instance;
}

void use(Interpreter& in_place) {
  emulation::machine().run_kernel = [&in_place](const auto& config, const void* kernel, const auto& arguments) {
    in_place.run(config, kernel, arguments);
  };
}

double part_reached(const Interpreter& of, const std::string& kernel) {
  for (const auto& [name, trace] : of.traces())
    if (name.find(kernel) != std::string::npos)
      return static_cast<double>(std::count(trace.reached.begin(), trace.reached.end(), 1)) /
             static_cast<double>(trace.reached.size());
  return 0.0;
}

}  // namespace costrisk::ptx
