// What the data came to beside what the fitted laws come to.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

namespace costrisk::calibrate {

/// Differences from which a warning is due, and from which a fit is not to be used unless it is accepted.
inline constexpr double notable_difference = 0.03, refused_difference = 0.10;

struct MeanCheck {
  std::string what;  ///< "share of the time up", "price an hour"
  double data = 0.0, model = 0.0;

  /// Of the model from the data, relative to them.
  double difference() const {
    if (data == model) return 0.0;
    return data != 0.0 ? (model - data) / std::abs(data) : INFINITY;
  }
};

}  // namespace costrisk::calibrate
