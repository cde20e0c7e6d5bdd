// A part ends when a checkpoint is due; the next begins where it ended.
#include "src/run/continued_run.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace costrisk::run {

namespace {

void add_timings(Timings& to, const Timings& from) {
  to.wall_seconds += from.wall_seconds;
  to.start_up_seconds += from.start_up_seconds;
  to.world_seconds += from.world_seconds;
  to.jobs_seconds += from.jobs_seconds;
  to.services_seconds += from.services_seconds;
  to.plans_seconds += from.plans_seconds;
  to.tally_seconds += from.tally_seconds;
  to.launches.insert(to.launches.end(), from.launches.begin(), from.launches.end());
}

Outcome joined(Outcome&& before, Outcome&& after, std::uint64_t run_paths) {
  after.tally.merge(std::move(before.tally).within(run_paths));
  add_timings(after.timings, before.timings);
  // A GPU that could not sort is not asked again.
  if (before.backend == after.backend) after.sort_device = before.sort_device;
  return std::move(after);
}

}  // namespace

Outcome continue_run(const scenario::Scenario& scenario, const Options& options, std::optional<Outcome> before,
                     const results::PathRange& paths, const results::PathRange& whole_run,
                     const Checkpoints& checkpoints) {
  const std::uint64_t done_before = before ? before->tally.paths() : 0, total = done_before + paths.count;
  std::optional<Outcome> outcome = std::move(before);
  for (std::uint64_t done = 0; done < paths.count;) {
    Options part = options;
    part.first_path = paths.first + done;
    part.paths = paths.count - done;
    part.whole_run = whole_run;
    part.done_before = done;
    // It has been said already, unless a GPU was lost since.
    if (outcome && !outcome->backend.empty() && outcome->backend != "cuda") part.notice = nullptr;
    if (options.progress)
      part.progress = [&, so_far = done_before + done](std::uint64_t now, std::uint64_t) {
        options.progress(so_far + now, total);
      };
    if (checkpoints.every_seconds > 0.0)
      part.pause = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                          std::chrono::duration<double>(checkpoints.every_seconds));
    Outcome next = simulate(scenario, part);
    const bool complete = next.complete;
    done += next.tally.paths();
    outcome = outcome ? joined(std::move(*outcome), std::move(next), whole_run.count) : std::move(next);
    outcome->complete = complete;
    if (complete || options.stopped() || !checkpoints.keep) break;
    checkpoints.keep(*outcome);
  }
  if (!outcome) throw std::logic_error("a run without paths, and nothing done before");
  if (paths.count == 0) outcome->tally = std::move(outcome->tally).within(whole_run.count);
  return std::move(*outcome);
}

}  // namespace costrisk::run
