// The scalar backend: one path at a time.
#include "kernels/lane/scalar.hpp"

#include "kernels/backends/launch.hpp"

namespace costrisk {

using Lane = ScalarLane<0>;
const Backend scalar_backend = {"scalar", Lane::width, Launcher<Lane>::workspace_bytes, Launcher<Lane>::simulate,
                                Launcher<Lane>::draw_floor};

}  // namespace costrisk
