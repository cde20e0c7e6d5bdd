// Every rung computes the same paths: once to be checked against the engine, then against the clock.
#include "src/course/ladder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "costrisk/costrisk.hpp"
#include "kernels/backends/cuda.hpp"
#include "kernels/ladder/device_ladder.hpp"
#include "kernels/ladder/roofs.hpp"
#include "kernels/ladder/sources.hpp"
#include "kernels/ladder/tally.hpp"
#include "src/api/boundary.hpp"
#include "src/course/bench_machine.hpp"
#include "src/course/ladder_model.hpp"
#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/run/run.hpp"
#include "src/run/stopwatch.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::course {

namespace {

/// The best rate of many short repetitions, since whatever disturbs a loop makes it slower: of `work`, which does
/// `amount` of it.
template <class Work>
double best_rate(double amount, int repetitions, Work work) {
  double best = 0.0;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const auto start = run::SteadyClock::now();
    work();
    best = std::max(best, amount / run::seconds_since(start));
  }
  return best;
}

/// Instructions of a lane a second, one thread.
double measure_issue_rate(const ladder::RoofLoops& roofs) {
  constexpr int rounds = 200'000;
  volatile float keep = 0.0f;
  return best_rate(static_cast<double>(rounds) * ladder::issue_operations, 200, [&] { keep = roofs.issue(rounds); });
}

/// Random words a second, one thread.
double measure_draw_rate(const ladder::RoofLoops& roofs) {
  constexpr int blocks = 20'000;
  volatile float keep = 0.0f;
  return best_rate(4.0 * blocks * roofs.lanes, 200, [&] { keep = roofs.draw(blocks); });
}

/// Bytes read and written a second by a copy far larger than the caches, one thread.
double measure_memory_rate() {
  constexpr std::size_t bytes = std::size_t{96} << 20u;
  const auto from = std::make_unique<char[]>(bytes), to = std::make_unique<char[]>(bytes);
  volatile char keep = 0;
  return best_rate(2.0 * static_cast<double>(bytes), 10, [&] {
    std::memcpy(to.get(), from.get(), bytes);
    keep = to[bytes / 2];
  });
}

/// Costs of all plans by path, and what they come to.
class Results {
 public:
  explicit Results(int paths)
      : paths_(paths), micros_(static_cast<std::size_t>(ladder::plan_count) * static_cast<std::size_t>(paths)) {}

  ladder::Costs costs() { return {micros_.data(), paths_}; }
  int paths() const { return paths_; }
  ladder::Tally tally() const {
    ladder::Tally tally;
    for (int plan = 0; plan < ladder::plan_count; ++plan)
      for (int path = 0; path < paths_; ++path)
        ladder::add_to(tally, static_cast<std::uint64_t>(path), plan, micros(plan, path));
    return tally;
  }
  double mean(int plan) const {
    double sum = 0.0;
    for (int path = 0; path < paths_; ++path) sum += static_cast<double>(micros(plan, path));
    return sum / paths_;
  }
  double variance(int plan) const {
    const double center = mean(plan);
    double sum = 0.0;
    for (int path = 0; path < paths_; ++path) sum += std::pow(static_cast<double>(micros(plan, path)) - center, 2);
    return sum / (paths_ - 1);
  }

 private:
  std::int64_t micros(int plan, int path) const {
    return micros_[static_cast<std::size_t>(plan) * static_cast<std::size_t>(paths_) + static_cast<std::size_t>(path)];
  }

  int paths_;
  std::vector<std::int64_t> micros_;
};

/// What the engine itself makes of the ladder's scenario.
Results engine_results(const scenario::Lowered& lowered, int paths) {
  const Backend& backend = run::find_backend("auto");
  Results results(paths);
  const int most = 1024;
  run::ChunkBuffers buffers(backend, lowered.parameters, lowered.shape, most);
  StageSeconds stages;
  for (int done = 0; done < paths; done += most) {
    const int count = std::min(most, paths - done);
    backend.simulate(lowered.parameters, static_cast<std::uint64_t>(done), count, buffers.output(), buffers.workspace(),
                     stages);
    for (int plan = 0; plan < ladder::plan_count; ++plan)
      std::copy_n(buffers.output().plan_cost + std::int64_t{plan} * buffers.output().stride, count,
                  results.costs().row(plan) + done);
  }
  return results;
}

/// The largest deviation of a plan's mean from the engine's, in standard errors of their difference.
double largest_z(const Results& results, const Results& engine) {
  double largest = 0.0;
  for (int plan = 0; plan < ladder::plan_count; ++plan) {
    const double error = std::sqrt((results.variance(plan) + engine.variance(plan)) / engine.paths());
    largest = std::max(largest, std::abs(results.mean(plan) - engine.mean(plan)) / error);
  }
  return largest;
}

/// The roofs that were asked for so far, each measured once.
class Roofs {
 public:
  double issue(const ladder::RoofLoops& loops) {
    return rate("issue, " + lane_name(loops), "instructions", [&] { return measure_issue_rate(loops); });
  }
  double draw(const ladder::RoofLoops& loops) {
    return rate("generator, " + lane_name(loops), "words", [&] { return measure_draw_rate(loops); });
  }
  double memory() {
    return rate("memory copy", "bytes", [] { return measure_memory_rate(); });
  }
  double issue(ladder::DeviceLadder& device) {
    return rate("issue, GPU", "instructions", [&] { return device.issue_rate(); });
  }
  double draw(ladder::DeviceLadder& device) {
    return rate("generator, GPU", "words", [&] { return device.draw_rate(); });
  }
  double memory(ladder::DeviceLadder& device) {
    return rate("memory copy, GPU", "bytes", [&] { return device.memory_rate(); });
  }
  const std::vector<LadderRoof>& all() const { return roofs_; }

 private:
  static std::string lane_name(const ladder::RoofLoops& loops) {
    return loops.lanes == 1 ? "scalar" : loops.lanes == 8 ? "AVX2" : "AVX-512";
  }
  template <class Measure>
  double rate(const std::string& name, const char* unit, Measure measure) {
    for (const LadderRoof& roof : roofs_)
      if (roof.name == name) return roof.per_second;
    roofs_.push_back({name, measure(), unit});
    return roofs_.back().per_second;
  }

  std::vector<LadderRoof> roofs_;
};

/// What a rung may reach by each roof, in paths and steps a second.
struct Ceilings {
  double issue = INFINITY, draw = INFINITY, memory = INFINITY;
};

/// Random words that a path takes a step.
constexpr double words_a_step = 4.0;

Ceilings ceilings(const LadderProcessorRung& here, const LadderRung& rung, int threads, Roofs& roofs) {
  Ceilings result;
  if (here.roofs) {
    result.issue = here.roofs->lanes * threads * roofs.issue(*here.roofs) / here.operations;
    result.draw = threads * roofs.draw(*here.roofs) / words_a_step;
  }
  if (rung.memory_bytes > 0.0) result.memory = roofs.memory() / rung.memory_bytes;
  return result;
}
Ceilings ceilings(ladder::DeviceLadder& device, const LadderRung& rung, Roofs& roofs) {
  Ceilings result{roofs.issue(device) / ladder_device_operations, roofs.draw(device) / words_a_step, INFINITY};
  if (rung.memory_bytes > 0.0) result.memory = roofs.memory(device) / rung.memory_bytes;
  return result;
}

/// The rung's rate beside the lowest of its roofs.
void judge(const Ceilings& ceilings, LadderRow& row) {
  constexpr double near = 0.5;  // from half of a roof on, that roof is what limits
  const double roof = std::min({ceilings.issue, ceilings.draw, ceilings.memory});
  if (std::isfinite(roof)) row.roof_share = row.path_steps_per_second / roof;
  // Else nothing was measured that says what does: the rung's own guess, and called one. So it is where the operations
  // of the roofs are not the rung's.
  row.limiter = row.roof_share < near || !row.rung.engine_bits ? std::string("presumed: ") + row.rung.otherwise
                : roof == ceilings.memory                      ? "memory"
                : roof == ceilings.draw                        ? "generator"
                                                               : "instruction issue";
}

/// Seconds of each repetition, ascending.
template <class Work>
std::vector<double> time(const LadderOptions& options, Work work) {
  std::vector<double> seconds;
  double sum = 0.0;
  while (static_cast<int>(seconds.size()) < options.repetitions || sum < options.seconds) {
    const auto start = run::SteadyClock::now();
    work();
    seconds.push_back(run::seconds_since(start));
    sum += seconds.back();
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

/// Measures one rung after the other.
class Climb {
 public:
  explicit Climb(const LadderOptions& options)
      : options_(options),
        lowered_(scenario::lower(scenario::load_text(ladder::scenario_text(), "ladder.toml").scenario)),
        model_(ladder_model(lowered_)),
        engine_(engine_results(lowered_, options.paths)),
        engine_checksum_(engine_.tally().checksum) {}

  LadderReport report() {
    LadderReport report;
    report.processor = processor_name();
    report.compiler = version().compiler;
    report.steps = model_.steps;
    report.paths = options_.paths;
    report.threads = usable_processors();
    report.engine_checksum = engine_checksum_;
    for (const LadderRung& rung : ladder_rungs())
      if (rung.number >= options_.first && rung.number <= options_.last) report.rows.push_back(measure(rung));
    if (device_) report.device = device_->device();
    report.roofs = roofs_.all();
    return report;
  }

 private:
  LadderRow measure(const LadderRung& rung) {
    LadderRow row;
    row.rung = rung;
    row.place = ladder_place(rung);
    try {
      if (rung.needs == LadderNeeds::gpu)
        measure_on_device(row);
      else
        measure_on_processor(row);
    } catch (const cuda::Error& error) {
      if (error.kind() == cuda::ErrorKind::failed) throw run::DeviceFailed(error.what());
      row.problem = error.what();
    }
    return row;
  }

  void measure_on_processor(LadderRow& row) {
    const LadderProcessorRung here = ladder_processor_rung(row.rung.number);
    row.problem = here.problem;
    if (!row.problem.empty()) return;
    row.threads = here.threads ? usable_processors() : 1;
    Results results(options_.paths);
    const auto simulate = [&] {
      if (here.threads)
        ladder::on_all_threads(here.simulate, model_, 0, options_.paths, results.costs());
      else
        here.simulate(model_, 0, options_.paths, results.costs());
    };
    simulate();
    check(results.tally().checksum, &results, row);
    enter_times(time(options_, simulate), options_.paths, row);
    judge(ceilings(here, row.rung, row.threads, roofs_), row);
  }

  void measure_on_device(LadderRow& row) {
    row.problem = ladder::device_ladder_problem();
    if (!row.problem.empty()) return;
    if (!device_) device_ = std::make_unique<ladder::DeviceLadder>(model_);
    const int number = row.rung.number;
    Results results(options_.paths);
    const ladder::Tally tally = device_->run(number, 0, options_.paths, ladder::Count::all, results.costs().micros);
    check(tally.checksum, row.rung.engine_bits ? nullptr : &results, row);
    const auto simulate = [&] { (void)device_->run(number, 0, options_.device_paths, ladder::Count::sums); };
    simulate();
    enter_times(time(options_, simulate), options_.device_paths, row);
    judge(ceilings(*device_, row.rung, roofs_), row);
  }

  void check(std::uint64_t checksum, const Results* results, LadderRow& row) const {
    row.checksum = checksum;
    row.same_bits = checksum == engine_checksum_;
    if (results) row.largest_z = largest_z(*results, engine_);
  }

  /// @param seconds of each repetition, ascending
  void enter_times(const std::vector<double>& seconds, int paths, LadderRow& row) {
    row.paths = paths;
    row.median_seconds = seconds[seconds.size() / 2];
    row.best_seconds = seconds.front();
    row.path_steps_per_second = static_cast<double>(paths) * model_.steps / row.best_seconds;
    if (first_ == 0.0) first_ = previous_ = row.path_steps_per_second;
    row.to_first = row.path_steps_per_second / first_;
    row.to_previous = row.path_steps_per_second / previous_;
    previous_ = row.path_steps_per_second;
  }

  const LadderOptions& options_;
  const scenario::Lowered lowered_;
  const ladder::Model model_;
  const Results engine_;
  const std::uint64_t engine_checksum_;
  Roofs roofs_;
  std::unique_ptr<ladder::DeviceLadder> device_;
  double first_ = 0.0, previous_ = 0.0;  ///< rates of rungs that ran
};

}  // namespace

LadderReport measure_ladder(const LadderOptions& options) {
  const int count = static_cast<int>(ladder_rungs().size());
  if (options.first < 1 || options.first > options.last || options.first > count)
    throw std::invalid_argument("there are rungs 1 to " + std::to_string(count));
  if (options.paths < 2) throw std::invalid_argument("a spread takes two paths at least");
  return at_boundary([&] { return Climb(options).report(); });
}

std::string ladder_scenario() { return std::string(ladder::scenario_text()); }

}  // namespace costrisk::course
