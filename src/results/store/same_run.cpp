// The first difference, those that explain most before those that follow from them.
#include "src/results/store/same_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace costrisk::results {
namespace {

/// As many digits of a checksum as tell two apart.
std::string_view start_of_digits(const std::string& digits) { return std::string_view(digits).substr(0, 12); }

std::string version_of(const ResultsContext& context) {
  return fmt::format("{} ({})", context.costrisk_version, context.git_sha);
}

std::string scenario_of(const ResultsContext& context) {
  return fmt::format("'{}' (SHA-256 {}…)", context.scenario_name, start_of_digits(context.scenario_sha256));
}

std::string parameters_of(const ResultsContext& context) {
  return fmt::format("SHA-256 {}…", start_of_digits(context.parameters_sha256));
}

std::string probabilities_of(const ResultsContext& context) {
  return fmt::format("{}", fmt::join(context.probabilities, ", "));
}

std::string budget_of(const TallyLayout& layout) {
  return layout.budget_micros ? fmt::format("{} millionths", *layout.budget_micros) : "none";
}

/// The layout with what may differ taken from another.
TallyLayout as_long_as(TallyLayout layout, const TallyLayout& other) {
  layout.paths = other.paths;
  return layout;
}

}  // namespace

std::optional<Difference> difference_of(const ResultsContext& found, const TallyLayout& found_layout,
                                        const ResultsContext& kept, const TallyLayout& kept_layout) {
  const auto of = [](const char* what, const std::string& one, const std::string& other) -> std::optional<Difference> {
    if (one == other) return std::nullopt;
    return Difference{what, one, other};
  };
  const auto kept_by_path = [](const TallyLayout& layout) {
    return std::string(layout.keep_paths ? "kept" : "not kept");
  };
  std::optional<Difference> difference = of("version", version_of(found), version_of(kept));
  if (!difference && found.scenario_sha256 != kept.scenario_sha256)
    difference = Difference{"scenario", scenario_of(found), scenario_of(kept)};
  if (!difference) difference = of("seed", std::to_string(found.seed), std::to_string(kept.seed));
  if (!difference) difference = of("random number generator", found.rng, kept.rng);
  if (!difference) difference = of("list of probabilities", probabilities_of(found), probabilities_of(kept));
  if (!difference)
    difference =
        of("grid of time bins", std::to_string(found_layout.shape.bins), std::to_string(kept_layout.shape.bins));
  if (!difference && found.time_hours != kept.time_hours)
    difference = Difference{"grid of time bins", "other ends", fmt::format("{} bins", kept.time_hours.size())};
  if (!difference && found.parameters_sha256 != kept.parameters_sha256)
    difference = Difference{"set of parameters", parameters_of(found), parameters_of(kept)};
  if (!difference) difference = of("budget", budget_of(found_layout), budget_of(kept_layout));
  if (!difference) difference = of("choice of --keep-paths", kept_by_path(found_layout), kept_by_path(kept_layout));
  if (!difference)
    difference = of("first path", std::to_string(found_layout.first_path), std::to_string(kept_layout.first_path));
  if (!difference && !(as_long_as(found_layout, kept_layout) == kept_layout))
    difference = Difference{"layout of sums", "other plans, jobs, services or markets", "those of its scenario"};
  return difference;
}

}  // namespace costrisk::results
