// A test harness, no backend: PTX in place of the kernels that the emulator has as C++. The host's code launches them
// as ever, and they work on the memory of the emulated device.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/cuda/emulator.hpp"
#include "tests/cuda/ptx/grid.hpp"
#include "tests/cuda/ptx/host_symbols.hpp"
#include "tests/cuda/ptx/program.hpp"

namespace costrisk::ptx {

class Interpreter {
 public:
  Interpreter() = default;
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// Adds the kernels of a PTX text. What constant memory it names is the host variable of that name.
  /// @throws Error
  void add(const std::string& text);
  /// Runs a kernel that the host names by its function.
  /// @throws Error
  void run(const cudaLaunchConfig_t& config, const void* kernel, const emulation::KernelArguments& arguments);

  /// By kernel that has been launched.
  const std::map<std::string, Trace>& traces() const { return traces_; }

 private:
  HostSymbols host_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::map<std::string, std::pair<const Program*, const Kernel*>> kernels_;  ///< by name
  std::map<std::string, Trace> traces_;
};

}  // namespace costrisk::ptx
