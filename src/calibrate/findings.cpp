// Figures in words.
#include "src/calibrate/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "src/calibrate/toml_text.hpp"

namespace costrisk::calibrate {

std::string estimate_text(const Estimate& estimate, int digits) {
  const auto text = [digits](double value) {
    return std::isfinite(value) && std::abs(value) < 1e9 ? number_text(value, digits) : std::string("∞");
  };
  return fmt::format("{} ({} – {})", text(estimate.value), text(estimate.low), text(estimate.high));
}

nlohmann::ordered_json estimate_json(const Estimate& estimate) {
  return {{"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}};
}

std::string p_text(double p, double smallest) {
  return p <= smallest ? fmt::format("≤ {}", number_text(smallest, 2)) : number_text(p, 2);
}

}  // namespace costrisk::calibrate
