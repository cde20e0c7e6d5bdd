// Units become steps, laws and processes become numbers.
#include "src/scenario/lower/lowering.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/math/host.hpp"

namespace costrisk::scenario {

float narrow(double x) { return static_cast<float>(x); }

StepTime month_time(double months) {
  const double whole = std::floor(months);
  return {static_cast<std::int32_t>(whole), narrow(months - whole)};
}

Pair split(double x) {
  const float high = narrow(x);
  return {high, narrow(x - static_cast<double>(high))};
}

double log_sigma(double cv) { return host::square_root(host::logarithm(1.0 + cv * cv)); }

double reference_of(const Law& law) {
  const double center = center_of(law);
  return center > 0.0 ? center : 1.0;
}

std::int64_t to_micros(double currency) {
  return static_cast<std::int64_t>(std::floor(currency * static_cast<double>(micros_per_unit) + 0.5));
}

std::int32_t first_step(const Scenario& scenario, double seconds) {
  const double exact = std::min(seconds / scenario.step_seconds, far_steps);
  const double nearest = std::floor(exact + 0.5);
  return static_cast<std::int32_t>(std::abs(exact - nearest) <= 0x1p-10 ? nearest : std::ceil(exact));
}

Lowering::Lowering(const Scenario& scenario)
    : scenario_(scenario), storage_(std::make_unique<ParameterStorage>()), owners_(owner_names(scenario)) {
  owners_.emplace_back(unused_owner);
}

StepTime Lowering::step_time(double seconds) const {
  const double exact = std::min(steps(seconds), far_steps);
  const double whole = std::floor(exact);
  const float offset = narrow(exact - whole);
  // An offset that rounds to a whole step is one.
  if (offset > 1.0f - 1e-6f) return {static_cast<std::int32_t>(whole) + 1, 0.0f};
  return {static_cast<std::int32_t>(whole), offset};
}

LawParameters Lowering::law_parameters(const Law& law, double scale) {
  LawParameters result;
  result.kind = law.kind;
  switch (law.kind) {
    case LawKind::constant:
      result.value = narrow(law.mode * scale);
      return result;
    case LawKind::triangular: {
      const double low = law.low * scale, mode = law.mode * scale, high = law.high * scale, width = high - low;
      result.low = narrow(low);
      result.high = narrow(high);
      result.mode_share = width > 0.0 ? narrow((mode - low) / width) : 0.0f;
      result.rising = narrow(width * (mode - low));
      result.falling = narrow(width * (high - mode));
      break;
    }
    case LawKind::log_normal:
      result.median = narrow(law.median * scale);
      result.spread = narrow(law.spread);
      break;
    case LawKind::uniform:
      result.low = narrow(law.low * scale);
      result.high = narrow(law.high * scale);
      break;
    case LawKind::normal:
      result.median = narrow(law.median * scale);
      result.spread = narrow(law.spread * scale);
      if (is_cut_off(law)) result.numbers = law_quantiles(law, scale);
      break;
    case LawKind::pert:
      result.median = narrow(usual_value(law) * scale);
      result.numbers = law_quantiles(law, scale);
      break;
    case LawKind::discrete: {
      result.median = narrow(usual_value(law) * scale);
      result.numbers = {size_of(storage_->law_numbers), 2 * size_of(law.values)};
      const double all = std::accumulate(law.weights.begin(), law.weights.end(), 0.0);
      double sum = 0.0;
      for (std::size_t i = 0; i < law.values.size(); ++i) {
        sum += law.weights[i];
        storage_->law_numbers.push_back(narrow(law.values[i] * scale));
        storage_->law_numbers.push_back(narrow(sum / all));
      }
      break;
    }
  }
  result.stream = stream(law.address);
  result.mixture = mixture(law.loading);
  return result;
}

Range Lowering::law_quantiles(const Law& law, double scale) {
  const Range range = {size_of(storage_->law_numbers), table_intervals + 1};
  const LawQuantiles quantiles(law);
  for (int i = 0; i <= table_intervals; ++i) {
    const double z = table_deviations * (2.0 * i / table_intervals - 1.0);
    storage_->law_numbers.push_back(narrow(quantiles.at(z) * scale));
  }
  return range;
}

LawIndex Lowering::add_law(const Law& law, double scale, Transform transform, float factor, float most) {
  const auto next = static_cast<LawIndex>(storage_->laws.size());
  // Constants are the same by their value, whoever tells them; unknowns by their address.
  if (law.is_constant()) {
    const auto [entry, fresh] = known_constants_.emplace(std::tuple(law.mode * scale, transform, factor, most), next);
    if (!fresh) return entry->second;
  } else if (!law.address.empty()) {
    const auto [entry, fresh] = known_laws_.emplace(std::tuple(law.address, scale, transform, factor, most), next);
    if (!fresh) return entry->second;
  }
  LawParameters result = law_parameters(law, scale);
  result.transform = transform;
  result.factor = factor;
  result.most = most;
  storage_->laws.push_back(result);
  if (!law.is_constant()) driver(law.address, {DriverKind::law, next, 0});
  return next;
}

LawIndex Lowering::law(const Law& law, double scale, float most) {
  return add_law(law, scale, Transform::identity, 1.0f, most);
}

LawIndex Lowering::inverted_law(const Law& law, double scale) {
  const LawIndex index = add_law(law, scale, Transform::reciprocal, 1.0f, endless);
  if (law.is_constant()) storage_->laws[static_cast<std::size_t>(index)].value = narrow(1.0 / (law.mode * scale));
  return index;
}

LawIndex Lowering::log_one_plus_law(const Law& law, double factor) {
  const LawIndex index = add_law(law, 1.0, Transform::log_one_plus, narrow(factor), endless);
  if (law.is_constant())
    storage_->laws[static_cast<std::size_t>(index)].value = narrow(factor * host::logarithm(1.0 + law.mode));
  return index;
}

std::int32_t Lowering::event_law(const Law& law, double scale) {
  storage_->event_laws.push_back(law_parameters(law, scale));
  return static_cast<std::int32_t>(storage_->event_laws.size()) - 1;
}

Range Lowering::law_list(std::span<const LawIndex> laws) {
  const Range range = {static_cast<std::int32_t>(storage_->law_lists.size()), static_cast<std::int32_t>(laws.size())};
  storage_->law_lists.insert(storage_->law_lists.end(), laws.begin(), laws.end());
  return range;
}

MixtureParameters Lowering::mixture(Loadings loadings) {
  // Sums of parts do not hang on the order of the file.
  std::sort(loadings.begin(), loadings.end(), [&](const Loading& a, const Loading& b) {
    return at(scenario_.factors, a.factor).name < at(scenario_.factors, b.factor).name;
  });
  MixtureParameters result;
  result.loadings = {static_cast<std::int32_t>(storage_->loadings.size()), static_cast<std::int32_t>(loadings.size())};
  double squares = 0.0;
  for (const Loading& loading : loadings) {
    storage_->loadings.push_back({loading.factor, narrow(loading.beta)});
    squares += loading.beta * loading.beta;
  }
  result.residual = narrow(host::square_root(std::max(0.0, 1.0 - squares)));
  return result;
}

ProcessParameters Lowering::process(const std::string& stream_name, double half_life_seconds, double volatility,
                                    const Loadings& loadings) {
  ProcessParameters result;
  result.stream = stream(stream_name);
  if (std::isfinite(half_life_seconds)) {
    const double a = host::power_of_two(-scenario_.step_seconds / half_life_seconds);
    result.c = narrow(1.0 - a);
    result.b = narrow(host::square_root(1.0 - a * a));
  }
  result.volatility = narrow(volatility);
  result.drift = narrow(-0.5 * volatility * volatility);
  result.mixture = mixture(loadings);
  return result;
}

std::int32_t Lowering::renewal(const std::string& stream_name, const Renewal& renewal) {
  RenewalParameters result;
  result.stream = stream(stream_name);
  const double sigma = log_sigma(renewal.duration.cv);
  const double mean = steps(renewal.duration.mean_seconds), gap = steps(renewal.every_seconds);
  result.mean_gap = narrow(gap);
  result.median_length = narrow(mean * host::exponential(-0.5 * sigma * sigma));
  result.biased_median = narrow(mean * host::exponential(0.5 * sigma * sigma));
  result.sigma = narrow(sigma);
  result.on_share = narrow(mean / (mean + gap));
  storage_->renewals.push_back(result);
  return static_cast<std::int32_t>(storage_->renewals.size()) - 1;
}

void Lowering::driver(const std::string& address, DriverParameters driver) {
  if (std::find(drivers_.begin(), drivers_.end(), address) != drivers_.end()) return;
  drivers_.push_back(address);
  storage_->drivers.push_back(driver);
}

std::int32_t Lowering::owner_index(const std::string& owner) const {
  return static_cast<std::int32_t>(std::find(owners_.begin(), owners_.end(), owner) - owners_.begin());
}

}  // namespace costrisk::scenario
