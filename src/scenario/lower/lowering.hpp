// What every part of the lowering shares: the arrays it fills, units, laws, processes and streams.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/lower/streams.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

/// Steps beyond any horizon.
inline constexpr double far_steps = 0x1p28;
/// Stands for "never" and "unlimited" where a number is asked for.
inline constexpr float endless = 1e30f;

template <class T>
std::int32_t size_of(const std::vector<T>& array) {
  return static_cast<std::int32_t>(array.size());
}

template <class T>
const T& at(const std::vector<T>& array, std::int32_t index) {
  return array[static_cast<std::size_t>(index)];
}

float narrow(double x);
/// Calendar months as whole ones and a part.
StepTime month_time(double months);
Pair split(double x);

/// σ of the logarithm of a log-normal with this coefficient of variation.
double log_sigma(double cv);

/// The center, or 1 where that is 0; amounts are told relative to it.
double reference_of(const Law& law);

/// Micro-units, to the nearest.
std::int64_t to_micros(double currency);

/// The first step whose start is at or after this instant, within 2^-10 step; at most far_steps.
std::int32_t first_step(const Scenario& scenario, double seconds);

/// The arrays under construction, and how a scenario's values become entries of them.
class Lowering {
 public:
  explicit Lowering(const Scenario& scenario);

  const Scenario& scenario() const { return scenario_; }
  ParameterStorage& storage() { return *storage_; }
  std::unique_ptr<ParameterStorage> take_storage() { return std::move(storage_); }

  /// @throws std::invalid_argument where two names share a stream
  std::uint32_t stream(const std::string& name) { return streams_.claim(name); }
  int new_slot() { return slots_++; }
  int slots() const { return slots_; }

  double steps(double seconds) const { return seconds / scenario_.step_seconds; }
  StepTime step_time(double seconds) const;
  std::int32_t first_step(double seconds) const { return scenario::first_step(scenario_, seconds); }

  /// The path's value of a law times `scale`, at most `most`. A law that is told by its address is one entry for
  /// everyone who asks for the same.
  LawIndex law(const Law& law, double scale, float most = endless);
  /// 1 / (law · scale)
  LawIndex inverted_law(const Law& law, double scale);
  /// factor · ln(1 + law)
  LawIndex log_one_plus_law(const Law& law, double factor);
  /// A law drawn anew at each event.
  std::int32_t event_law(const Law& law, double scale);
  Range law_list(std::span<const LawIndex> laws);

  MixtureParameters mixture(Loadings loadings);
  ProcessParameters process(const std::string& stream_name, double half_life_seconds, double volatility,
                            const Loadings& loadings);
  std::int32_t renewal(const std::string& stream_name, const Renewal& renewal);

  /// Notes an unknown that is drawn once per future, by its address; once however often it is named.
  void driver(const std::string& address, DriverParameters driver);
  /// Addresses of the drivers noted, in that order.
  const std::vector<std::string>& drivers() const { return drivers_; }

  /// Workloads' and items' owners, and "unused" last.
  const std::vector<std::string>& owners() const { return owners_; }
  std::int32_t owner_index(const std::string& owner) const;

 private:
  LawParameters law_parameters(const Law& law, double scale);
  /// Appends the law's quantiles, times `scale`, at the deviations of a table.
  Range law_quantiles(const Law& law, double scale);
  LawIndex add_law(const Law& law, double scale, Transform transform, float factor, float most);

  const Scenario& scenario_;
  std::unique_ptr<ParameterStorage> storage_;
  Streams streams_;
  int slots_ = 0;
  std::vector<std::string> owners_, drivers_;
  std::map<std::tuple<std::string, double, Transform, float, float>, LawIndex> known_laws_;
  std::map<std::tuple<double, Transform, float, float>, LawIndex> known_constants_;
};

}  // namespace costrisk::scenario
