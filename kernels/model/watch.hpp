// What someone who looks on is told of a group of paths as they are lived through. Who does not look costs nothing:
// the calls are empty.
#pragma once

#include "kernels/lane/function.hpp"

namespace costrisk {

/// What happens to a job, told while its state is as before it; of `taken` and `released`, as after it.
enum class JobEvent {
  released,       ///< a run begins
  taken,          ///< the gang starts on what it now holds
  left,           ///< the policy lets go of what it holds
  capacity_lost,  ///< its spot capacity went down
  struck,         ///< a reclaim or a failure inside a step
  reclaimed,      ///< likewise a reclaim, of a gang whose instances age
  failed,         ///< likewise a failure
  starts_over,    ///< a finished attempt does not please
  finished,       ///< a run ends
};

/// Nobody looks on. Whoever does has functions of these names and arguments.
struct Unwatched {
  /// `begins(path, workspace)`: the path's constants are drawn.
  /// `tile(tile, workspace)`: world and components have lived through the tile.
  template <class... Anything>
  COSTRISK_FN void begins(const Anything&...) const {}
  template <class... Anything>
  COSTRISK_FN void tile(const Anything&...) const {}

  /// Those of one component, by its index.
  COSTRISK_FN Unwatched job(int) const { return {}; }
  COSTRISK_FN Unwatched service(int) const { return {}; }

  /// `happens(event, where, instant, state)`: to the lanes `where`.
  /// `passes(from, until, state)`: the steps until then are about to pass without events.
  /// `lived(step, state)`: a step with events has been lived through.
  template <class... Anything>
  COSTRISK_FN void happens(const Anything&...) const {}
  template <class... Anything>
  COSTRISK_FN void passes(const Anything&...) const {}
  template <class... Anything>
  COSTRISK_FN void lived(const Anything&...) const {}

  /// `serves(tile, first, end, state, arrays, rows)`: a service has lived through these steps of the tile.
  template <class... Anything>
  COSTRISK_FN void serves(const Anything&...) const {}
};

}  // namespace costrisk
