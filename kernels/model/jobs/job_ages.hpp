// Part of a job: how old the instances of its gang are, where the chance of a reclaim depends on it. All of a gang are
// as old as one another. Only jobs with such a market have any of this.
#pragma once

#include "kernels/math/elementary.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"

namespace costrisk {

/// What strikes a gang, by lane.
template <class L>
struct Strike {
  typename L::M reclaimed;  ///< one instance or, where `expired`, all of them
  typename L::M expired;
};

template <class L>
class JobAging {
  using F = typename L::F;
  using M = typename L::M;

 public:
  COSTRISK_FN JobAging(const JobParameters& job, JobState<L>& state, JobAges<L>& ages) : job_(job), s(state), a(ages) {}

  COSTRISK_FN void begin(const PhiloxWords<L>& words) {
    a.rate = a.shape = a.most = a.failure = a.multiplier = a.age = a.since_start = a.passed = F(0.0f);
    a.until_reclaim = a.until_failure = a.until_end = F(far);
    a.reclaim_clock = unit_exponential(words.word[0]);
    a.failure_clock = unit_exponential(words.word[1]);
  }

  /// The lanes start on new instances.
  /// @param rate 1 / scale, a step; 0: no reclaims
  /// @param most steps that an instance lives at most
  /// @param failure hazard of the gang, a step
  COSTRISK_FN void start(M where, F rate, F shape, F most, F failure, F multiplier) {
    a.rate = select(where, rate, a.rate);
    a.shape = select(where, shape, a.shape);
    a.most = select(where, most, a.most);
    a.failure = select(where, failure, a.failure);
    a.multiplier = select(where, multiplier, a.multiplier);
    a.age = select(where, F(0.0f), a.age);
    a.since_start = select(where, F(0.0f), a.since_start);
    a.passed = select(where, F(0.0f), a.passed);
    foresee(where);
  }
  /// The rate of reclaims is multiplied by another number from now on.
  COSTRISK_FN void change_multiplier(M where, F multiplier) {
    settle(where);
    a.multiplier = select(where, multiplier, a.multiplier);
    foresee(where);
  }
  COSTRISK_FN void pass(F steps) { a.passed = a.passed + steps; }
  /// The lanes let go of what they hold: their clocks stand until they start again.
  COSTRISK_FN void let_go(M where) { settle(where); }

  COSTRISK_FN Strike<L> strike() const {
    const M expired = a.until_end <= min(a.until_reclaim, a.until_failure);
    const M reclaimed = expired | (a.until_reclaim <= a.until_failure);
    return {reclaimed, expired};
  }
  /// What was struck is replaced: all that have expired, one of the others.
  COSTRISK_FN void replace(M where, const Strike<L>& strike, const PhiloxWords<L>& words) {
    settle(where);
    const M one = where & (!strike.expired), all = where & strike.expired;
    // n·H(age) becomes (n − 1)·H(age).
    F younger(0.0f);
    if (job_.gang > 1.0f)
      younger = a.age * exponential(logarithm(F((job_.gang - 1.0f) / job_.gang)) / max(a.shape, F(1e-3f)));
    a.age = select(one, younger, select(all, F(0.0f), a.age));
    a.since_start = select(all | (one & M(job_.gang <= 1.0f)), F(0.0f), a.since_start);
    a.reclaim_clock = select(one & strike.reclaimed, unit_exponential(words.word[0]), a.reclaim_clock);
    a.failure_clock = select(one & (!strike.reclaimed), unit_exponential(words.word[1]), a.failure_clock);
    foresee(where);
  }

 private:
  static constexpr float far = 1e30f;

  /// The reclaims that an instance of an age has had to expect, without the multiplier.
  COSTRISK_FN F expected(F age) const {
    const F x = age * a.rate;
    return select(x > F(0.0f), exponential(a.shape * logarithm(max(x, F(1e-30f)))), F(0.0f));
  }

  /// Clocks and ages take in the time that has passed.
  COSTRISK_FN void settle(M where) {
    const F time = select(where, a.passed, F(0.0f)), age = a.age + time;
    const F reclaims = F(job_.gang) * a.multiplier * (expected(age) - expected(a.age));
    a.reclaim_clock = max(a.reclaim_clock - select(where, reclaims, F(0.0f)), F(0.0f));
    a.failure_clock = max(a.failure_clock - time * a.failure, F(0.0f));
    a.age = age;
    a.since_start = a.since_start + time;
    a.passed = select(where, F(0.0f), a.passed);
  }

  /// When the lanes are struck next.
  COSTRISK_FN void foresee(M where) {
    const F hazard = F(job_.gang) * a.multiplier;
    const F level = expected(a.age) + a.reclaim_clock / max(hazard, F(1e-30f));
    const F age = exponential(logarithm(max(level, F(1e-30f))) / max(a.shape, F(1e-3f))) / max(a.rate, F(1e-30f));
    const M reclaims = (a.rate > F(0.0f)) & (hazard > F(0.0f));
    const F until_reclaim = select(reclaims, min(max(age - a.age, F(0.0f)), F(far)), F(far));
    const F until_failure = select(a.failure > F(0.0f), a.failure_clock / max(a.failure, F(1e-30f)), F(far));
    const F until_end = max(a.most - a.since_start, F(0.0f));
    a.until_reclaim = select(where, until_reclaim, a.until_reclaim);
    a.until_failure = select(where, until_failure, a.until_failure);
    a.until_end = select(where, until_end, a.until_end);
    s.until_interruption = select(where, min(min(until_reclaim, until_failure), until_end), s.until_interruption);
  }

  const JobParameters& job_;
  JobState<L>& s;
  JobAges<L>& a;
};

}  // namespace costrisk
