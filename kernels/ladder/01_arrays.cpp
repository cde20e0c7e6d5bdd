// Rung 1: array at a time, as one writes it in NumPy.
//
// Every operation is one pass over an array of [step][path] and leaves a new array behind. That reads like the formula,
// and a library does the loops. What it costs: an array of a few thousand paths is far larger than any cache, so every
// single + and × fetches its numbers from memory and sends them back. And a new array of that size is new memory from
// the operating system, which hands it out page by page, with a fault each time the first number of a page is touched:
// a quarter of the time, docs/ladder.md. The normals come from the standard library, one after the other.
#include <cmath>
#include <cstddef>
#include <memory>
#include <random>

#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

namespace {

/// Doubles by [step][path].
class Array {
 public:
  explicit Array(std::size_t size) : size_(size), values_(std::make_unique_for_overwrite<double[]>(size)) {}

  std::size_t size() const { return size_; }
  double& operator[](std::size_t i) { return values_[i]; }
  double operator[](std::size_t i) const { return values_[i]; }

 private:
  std::size_t size_;
  std::unique_ptr<double[]> values_;
};

/// f of every element.
template <class Function>
Array map(const Array& a, Function f) {
  Array result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = f(a[i]);
  return result;
}
template <class Function>
Array map(const Array& a, const Array& b, Function f) {
  Array result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = f(a[i], b[i]);
  return result;
}
Array operator+(const Array& a, const Array& b) {
  return map(a, b, [](double x, double y) { return x + y; });
}
Array operator-(const Array& a, const Array& b) {
  return map(a, b, [](double x, double y) { return x - y; });
}
Array operator*(const Array& a, const Array& b) {
  return map(a, b, [](double x, double y) { return x * y; });
}
Array operator+(const Array& a, double b) {
  return map(a, [b](double x) { return x + b; });
}
Array operator*(const Array& a, double b) {
  return map(a, [b](double x) { return x * b; });
}
Array exp(const Array& a) {
  return map(a, [](double x) { return std::exp(x); });
}
Array floor(const Array& a) {
  return map(a, [](double x) { return std::floor(x); });
}
Array ceil(const Array& a) {
  return map(a, [](double x) { return std::ceil(x); });
}
Array at_most(const Array& a, double most) {
  return map(a, [most](double x) { return x < most ? x : most; });
}
Array at_least(const Array& a, double least) {
  return map(a, [least](double x) { return x > least ? x : least; });
}

/// The process of all paths: normals first, then the recurrence, a row of paths at a time.
Array process_states(const Process& process, std::size_t steps, std::size_t paths, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  Array x(steps * paths);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = normal(generator);
  const double b = process.b, keep = 1.0 - double{process.c};
  for (std::size_t i = paths; i < x.size(); ++i) x[i] = keep * x[i - paths] + b * x[i];
  return x;
}

Array prices_of(const SpotPrice& price, const Array& factor, const Array& x) {
  const Array z = factor * price.factor_loading + x * price.own_loading;
  return at_most(exp(z * price.volatility + price.drift) * price.mean, price.cap);
}

/// What a fleet costs, by step and path.
Array cost_of(const Fleet& fleet, const Array& demand, const Array& price) {
  const Array wanted = at_most(at_least(ceil(demand * fleet.inverse_rate), fleet.least), fleet.most);
  const Array spot = floor(wanted * fleet.spot_share + 0.5);
  return spot * price * fleet.spot_money.high + (wanted - spot) * fleet.on_demand_money.high;
}

}  // namespace

void simulate_arrays(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  std::mt19937_64 generator(first_path);
  const auto steps = static_cast<std::size_t>(model.steps), columns = static_cast<std::size_t>(paths);
  const Array factor = process_states(model.factor, steps, columns, generator);
  const Array prices[market_count] = {
      prices_of(model.prices[0], factor, process_states(model.prices[0].process, steps, columns, generator)),
      prices_of(model.prices[1], factor, process_states(model.prices[1].process, steps, columns, generator))};
  const Array x = process_states(model.demand.process, steps, columns, generator);
  const Array demand = exp(x * model.demand.volatility + model.demand.drift) * model.demand.base;

  for (int plan = 0; plan < plan_count; ++plan) {
    const Fleet& first = model.fleets[model.plan_fleets[plan][0]];
    const Fleet& second = model.fleets[model.plan_fleets[plan][1]];
    const Array cost = cost_of(first, demand, prices[first.market]) + cost_of(second, demand, prices[second.market]);
    Array total(columns);
    for (std::size_t path = 0; path < columns; ++path) total[path] = 0.0;
    for (std::size_t i = 0; i < cost.size(); ++i) total[i % columns] += cost[i];
    for (std::size_t path = 0; path < columns; ++path)
      costs.row(plan)[path] = std::llround(total[path] * static_cast<double>(micros_per_unit));
  }
}

}  // namespace costrisk::ladder
