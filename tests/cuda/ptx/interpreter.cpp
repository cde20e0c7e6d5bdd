// Finds the kernel of a launch and runs its grid.
#include "tests/cuda/ptx/interpreter.hpp"

namespace costrisk::ptx {

void Interpreter::add(const std::string& text) {
  const auto variable = [this](const std::string& name, std::size_t bytes) { return host_.variable(name, bytes); };
  const Program& program = *programs_.emplace_back(std::make_unique<Program>(parse(text, variable)));
  for (const Kernel& kernel : program.kernels)
    if (!kernels_.try_emplace(kernel.name, &program, &kernel).second)
      throw Error("PTX: there are two kernels " + kernel.name);
}

void Interpreter::run(const cudaLaunchConfig_t& config, const void* kernel,
                      const emulation::KernelArguments& arguments) {
  const std::string name = host_.name_of(kernel);
  const auto found = kernels_.find(name);
  if (found == kernels_.end()) throw Error("the PTX has no kernel \"" + name + "\"");
  if (config.gridDim.y * config.gridDim.z * config.blockDim.y * config.blockDim.z != 1)
    throw Error(name + ": grids of more than one dimension are not supported");
  const Grid grid = {config.gridDim.x, config.blockDim.x, config.dynamicSmemBytes,
                     emulation::machine().last_thread_first};
  std::vector<Window> global;
  for (const auto& memory : emulation::device_memory(emulation::device_of(config.stream)))
    global.push_back({memory.data(), memory.size()});
  ptx::run(*found->second.first, *found->second.second, grid, arguments, global, traces_[name]);
}

}  // namespace costrisk::ptx
