// The scenario in plain C++: the standard library's generator and distributions, one future at a time, every plan as
// soon as the world has taken a step. Compile with -O2.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

namespace {

constexpr double step_hours = 0.25;
constexpr int steps = static_cast<int>(4 * 7 * 24 / step_hours);

/// An Ornstein–Uhlenbeck process on the grid: x ← kept·x + fresh·ε.
struct Process {
  double kept, fresh, x = 0.0;
  explicit Process(double half_life_hours)
      : kept(std::exp2(-step_hours / half_life_hours)), fresh(std::sqrt(1.0 - kept * kept)) {}
};

/// Mean and spread of the logarithm of a length in steps.
struct LogNormal {
  double mean, spread;
  LogNormal(double mean_hours, double cv) {
    const double variance = std::log(1.0 + cv * cv);
    mean = std::log(mean_hours / step_hours) - variance / 2.0;
    spread = std::sqrt(variance);
  }
};

struct Market {
  double on_demand, spot_mean, volatility;  // money for a step
  Process process;
  std::array<LogNormal, 2> sojourns;  // down, up
  double up_share;
  double price = 0.0, left = 0.0;
  bool up = false, unbroken = false;
};

struct Plan {
  int gang;
  std::array<int, 2> job_markets;  // in order; -1: none
  double utilization;
  std::array<int, 2> pools;  // spot, in order; on-demand is bought in the first market
  int held = -1;
  double work = 0.0, restart = 0.0, cost = 0.0;
};

constexpr double spot_loading = 0.5, capacity_loading = 0.6, noise_loading = 0.3, noise_volatility = 0.2;
constexpr double by_hour[24] = {0.5, 0.4, 0.4, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.6, 1.6,
                                1.5, 1.5, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6};
constexpr double base = 35.0 * 3600.0 * step_hours, rate = 4.0 * 3600.0 * step_hours;  // requests a step
constexpr double restart = 10.0 / 60.0 / step_hours, deadline = 17 * 24 / step_hours;
constexpr double late_penalty = 100.0 * step_hours, billing = 1.0 / 3600.0 / step_hours, unserved_penalty = 0.002;
constexpr double least = 2, most = 28, most_spot = 10;

class Simulator {
 public:
  explicit Simulator(std::uint64_t seed) : random_(seed) {}

  /// What each plan costs in the next future.
  const std::array<Plan, 8>& simulate() {
    begin();
    for (int k = 0; k < steps; ++k) {
      const double demand = advance_world(k);
      for (Plan& plan : plans_) {
        advance_job(plan, k);
        advance_service(plan, demand);
      }
      for (Market& market : markets_) advance_capacity(market);
    }
    for (Plan& plan : plans_)
      if (plan.work > 0.0)
        plan.cost += late_penalty * std::max(0.0, steps - deadline) +
                     plan.gang * plan.work * markets_[plan.job_markets[0]].on_demand;
    return plans_;
  }

 private:
  double normal() { return normal_(random_); }
  double uniform() { return uniform_(random_); }
  static double loaded(double beta, double factor, double x) {
    return beta * factor + std::sqrt(1.0 - beta * beta) * x;
  }
  double sojourn_normal(bool up) { return loaded(up ? -capacity_loading : capacity_loading, factor_.x, normal()); }

  void begin() {
    factor_.x = normal();
    noise_.x = normal();
    for (Market& market : markets_) {
      market.process.x = normal();
      market.up = market.unbroken = uniform() < market.up_share;
      // The sojourn that time zero falls into is drawn by its length.
      const LogNormal& law = market.sojourns[market.up];
      market.left = std::exp(law.mean + law.spread * law.spread + law.spread * sojourn_normal(market.up)) * uniform();
    }
    const double low = 0.02, mode = 0.08, high = 0.2, u = uniform();
    const double growth = u * (high - low) < mode - low ? low + std::sqrt(u * (high - low) * (mode - low))
                                                        : high - std::sqrt((1 - u) * (high - low) * (high - mode));
    log_growth_ = std::log(1.0 + growth) / (730.0 / step_hours);
    const double hours = 2400.0 * std::exp(0.2 * normal());
    for (Plan& plan : plans_) {
      plan.held = -1;
      plan.restart = plan.cost = 0.0;
      plan.work = hours / (plan.gang * step_hours);
    }
  }

  /// Factor, prices, and the demand of a step.
  double advance_world(int k) {
    const auto advance = [&](Process& process) {
      if (k > 0) process.x = process.kept * process.x + process.fresh * normal();
    };
    advance(factor_);
    advance(noise_);
    for (Market& market : markets_) {
      advance(market.process);
      const double v = market.volatility, z = loaded(spot_loading, factor_.x, market.process.x);
      market.price = std::min(market.on_demand, market.spot_mean * std::exp(v * z - v * v / 2));
    }
    const double v = noise_volatility, z = loaded(noise_loading, factor_.x, noise_.x);
    return base * by_hour[static_cast<int>(k * step_hours) % 24] * std::exp(v * z - v * v / 2 + log_growth_ * k);
  }

  void advance_capacity(Market& market) {
    market.left -= 1.0;
    market.unbroken = market.up;
    while (market.left < 0.0) {
      market.up = !market.up;
      market.unbroken = false;
      const LogNormal& law = market.sojourns[market.up];
      market.left += std::exp(law.mean + law.spread * sojourn_normal(market.up));
    }
  }

  void advance_job(Plan& plan, int k) {
    if (plan.work <= 0.0) return;
    if (plan.held >= 0 && !markets_[plan.held].unbroken) plan.held = -1;
    if (plan.held < 0) {
      for (const int market : plan.job_markets)
        if (plan.held < 0 && market >= 0 && markets_[market].up) plan.held = market;
      plan.restart = restart;
    }
    if (plan.held < 0) return;
    double time = std::min(1.0, plan.restart + plan.work);
    const double restarting = std::min(plan.restart, time);
    plan.restart -= restarting;
    plan.work -= time - restarting;
    if (time < 1.0) {
      plan.work = 0.0;
      plan.cost += late_penalty * std::max(0.0, k + time - deadline);
      time = std::ceil(time / billing) * billing;
    }
    plan.cost += plan.gang * time * markets_[plan.held].price;
  }

  void advance_service(Plan& plan, double demand) {
    const double fleet = std::clamp(std::ceil(demand / (rate * plan.utilization)), least, most);
    double rest = fleet;
    for (const int market : plan.pools) {
      if (market < 0 || !markets_[market].up) continue;
      const double got = std::min(rest, most_spot);
      rest -= got;
      plan.cost += got * markets_[market].price;
    }
    plan.cost += rest * markets_[plan.pools[0]].on_demand;
    plan.cost += unserved_penalty * std::max(0.0, demand - fleet * rate);
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  Process factor_{5 * 24}, noise_{6};
  double log_growth_ = 0.0;
  std::array<Market, 2> markets_ = {Market{22.0 * step_hours,
                                           8.9 * step_hours,
                                           0.25,
                                           Process(3 * 24),
                                           {LogNormal(1.8, 1.7), LogNormal(5.5, 2.5)},
                                           5.5 / (5.5 + 1.8)},
                                    Market{23.5 * step_hours,
                                           9.6 * step_hours,
                                           0.35,
                                           Process(24),
                                           {LogNormal(1.1, 1.3), LogNormal(9.8, 2.6)},
                                           9.8 / (9.8 + 1.1)}};
  std::array<Plan, 8> plans_ = {Plan{8, {0, 1}, 0.70, {0, -1}},  Plan{8, {1, 0}, 0.70, {1, -1}},
                                Plan{8, {0, -1}, 0.70, {0, 1}},  Plan{8, {1, -1}, 0.70, {1, 0}},
                                Plan{16, {0, 1}, 0.85, {0, -1}}, Plan{16, {1, 0}, 0.85, {1, -1}},
                                Plan{16, {0, -1}, 0.85, {0, 1}}, Plan{16, {1, -1}, 0.85, {1, 0}}};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s PATHS SEED OUTPUT\n", argv[0]);
    return 2;
  }
  const std::size_t paths = std::strtoull(argv[1], nullptr, 10);
  Simulator simulator(std::strtoull(argv[2], nullptr, 10));
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  std::vector<double> costs(8 * paths);
  for (std::size_t i = 0; i < paths; ++i) {
    const auto& plans = simulator.simulate();
    for (std::size_t plan = 0; plan < plans.size(); ++plan) costs[plan * paths + i] = plans[plan].cost;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  std::FILE* file = std::fopen(argv[3], "wb");
  if (file == nullptr || std::fwrite(costs.data(), sizeof(double), costs.size(), file) != costs.size() ||
      std::fclose(file) != 0) {
    std::perror(argv[3]);
    return 5;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"paths\": %zu, \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"peak_mb\": %.1f}\n", paths, seconds,
              cpu_seconds, static_cast<double>(usage.ru_maxrss) / 1024.0);
}
