// The roofs' loops, one number at a time.
#include "kernels/lane/scalar.hpp"

#include "kernels/ladder/roofs.hpp"

namespace costrisk::ladder {

namespace {

using Lane = ScalarLane<5>;
float issue(int rounds) { return issue_loop<Lane>(rounds); }
float draw(int blocks) { return draw_loop<Lane>(blocks); }

}  // namespace

const RoofLoops scalar_roofs = {Lane::width, issue, draw};

}  // namespace costrisk::ladder
