// The work of a job's run: what is left of it, what is safe, what an interruption takes.
//
// It is `checkpoints` whole intervals and a last piece `tail`, both as run time at the current market's rate;
// `position` is the place in the current checkpoint cycle. A run ends when no checkpoint remains and the position
// has reached the tail, so nothing is subtracted step by step and nothing drifts.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"

namespace costrisk {

template <class L>
class JobWork {
  using F = typename L::F;
  using M = typename L::M;

 public:
  COSTRISK_FN JobWork(const JobParameters& job, JobState<L>& state) : job_(job), s(state) {}

  /// Run time left of the current attempt, safe and unsaved work taken together.
  COSTRISK_FN F left() const {
    return fma(s.checkpoints, F(job_.interval), s.tail) - min(s.position, F(job_.interval));
  }
  /// Likewise with restarts and the pauses to write checkpoints, if nothing comes between.
  COSTRISK_FN F time_left() const { return fma(s.checkpoints, F(job_.cycle), (s.restart_left + s.tail) - s.position); }
  COSTRISK_FN M is_done() const {
    return (s.checkpoints <= F(0.0f)) & (s.restart_left <= F(0.0f)) & (s.position >= s.tail - F(time_tolerance));
  }
  /// What an interruption without notice would take.
  COSTRISK_FN F unsaved() const { return max(min(s.position, F(job_.interval)), F(0.0f)); }

  COSTRISK_FN void set_total(M where, F total) {
    s.total = select(where, total, s.total);
    s.pace = select(where, total / max(s.deadline.since(s.release), F(time_tolerance)), s.pace);
  }
  COSTRISK_FN void set_left(M where, F left) {
    const F whole = ceil_snapped(left * F(job_.inverse_interval)) - F(1.0f);
    const F checkpoints = max(whole, F(0.0f));
    s.checkpoints = select(where, checkpoints, s.checkpoints);
    s.tail = select(where, max(fma(-checkpoints, F(job_.interval), left), F(0.0f)), s.tail);
    s.position = select(where, F(0.0f), s.position);
    s.tail_excess = select(where, F(0.0f), s.tail_excess);
  }
  /// What is unsaved becomes safe and the cycle begins anew.
  COSTRISK_FN void save(M where) {
    // Compensated (Kahan, CACM 8(1), 1965): equal pieces would be rounded the same way again and again.
    const F piece = min(s.position, F(job_.interval)) + s.tail_excess;
    const F tail = s.tail - piece;
    s.tail_excess = select(where, (tail - s.tail) + piece, s.tail_excess);
    const M borrow = (tail <= F(0.0f)) & (s.checkpoints > F(0.0f));
    s.tail = select(where, max(select(borrow, tail + F(job_.interval), tail), F(0.0f)), s.tail);
    s.checkpoints = select(where & borrow, s.checkpoints - F(1.0f), s.checkpoints);
    s.position = select(where, F(0.0f), s.position);
  }
  COSTRISK_FN void lose(M where) { s.position = select(where, F(0.0f), s.position); }

  /// The gang runs for a time: what is left of a restart, then work and checkpoints. Returns what the restart took.
  COSTRISK_FN F run(F time) {
    const F restarting = min(s.restart_left, time);
    s.restart_left = s.restart_left - restarting;
    s.position = s.position + (time - restarting);
    if (job_.inverse_cycle > 0.0f) {
      // Completed cycles become safe. What the tie's tolerance counted too early stays owed, as a position a
      // little below zero. In cycles it is less than 2^-10 where they are longer than steps.
      const float tolerance = time_tolerance * (job_.inverse_cycle < 1.0f ? job_.inverse_cycle : 1.0f);
      const F whole = min(floor(snap(s.position * F(job_.inverse_cycle), tolerance)), s.checkpoints);
      s.position = fma(-whole, F(job_.cycle), s.position);
      s.checkpoints = s.checkpoints - whole;
    }
    return restarting;
  }

 private:
  const JobParameters& job_;
  JobState<L>& s;
};

}  // namespace costrisk
