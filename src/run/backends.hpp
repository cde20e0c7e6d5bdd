// Which backends this machine can run, and the choice among them.
#pragma once

#include <string>
#include <vector>

#include "kernels/backends/backend.hpp"

namespace costrisk::run {

/// All that there are, whether or not this machine can run them, the fastest first.
std::vector<std::string> backend_names();

/// The backend of that name that runs on the processor; "auto" is the fastest here.
/// @throws BackendUnavailable with the reason, std::invalid_argument for an unknown name
const Backend& find_backend(const std::string& name);

}  // namespace costrisk::run
